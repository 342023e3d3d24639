import HTTPTypes
public import HummingbirdCore
import NIOCore
import Ports

/// Files whose bytes are not on this machine's disk: every request comes to the router, and gets what `FileResponder`
/// would say of a file that is.
extension FileResponder {
    /// The bytes through this process, whole or in a range.
    public func response(streaming stream: BlobStream, of file: ServedFile, to request: EdgeRequest) -> Response {
        let answers = FileAnswers(file)
        let answer = answers.answer(to: request)
        let head = answers.head.response(answer.outcome)
        guard let range = answer.range else { return Response(status: head.status, headers: head.headerFields) }
        count(answer, of: file, request)
        let body = ResponseBody(contentLength: range.count) { writer in
            for try await bytes in stream.bytes(Int64(range.lowerBound)..<Int64(range.upperBound)) {
                try await writer.write(ByteBuffer(bytes: bytes))
            }
            try await writer.finish(nil)
        }
        return Response(status: head.status, headers: head.headerFields, body: body)
    }

    /// Where the bytes are.
    ///
    /// 302, for the address may be another one the next time, and is not to be kept (`no-store`). Who has the file
    /// already is told so here, and so is who asks for bytes that there are not; a `HEAD` is answered here, for the
    /// address may be good for `GET` alone. Clients send `Range` and `If-Range` there again: with our ETag, which is
    /// not the other store's, the latter gets the whole file, as it would of one that has changed.
    public func response(redirecting url: String, of file: ServedFile, to request: EdgeRequest) -> Response {
        let answers = FileAnswers(file)
        let answer = answers.answer(to: request)
        guard answer.range != nil else {
            let head = answers.head.response(answer.outcome)
            return Response(status: head.status, headers: head.headerFields)
        }
        count(answer, of: file, request)
        return Response(
            status: .found,
            headers: [
                .location: url, .cacheControl: "no-store", .accessControlAllowOrigin: "*", .contentLength: "0",
            ])
    }
}
