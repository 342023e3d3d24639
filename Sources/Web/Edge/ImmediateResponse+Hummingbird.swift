import HTTPTypes
public import HummingbirdCore
import NIOCore
import NIOPosix

extension ImmediateResponse {
    /// How much of a file is read at once, in bytes.
    private static let chunk = 128 * 1024

    /// The same answer through Hummingbird, for the first request of something that is in memory only now.
    ///
    /// - Parameter isHead: whether the request was a `HEAD`, which gets no body.
    public func response(isHead: Bool) -> Response {
        let head = head.response(outcome)
        guard !isHead, let body else { return Response(status: head.status, headers: head.headerFields) }
        switch body {
        case .bytes(let bytes):
            return Response(status: head.status, headers: head.headerFields, body: ResponseBody(byteBuffer: bytes))
        case .file(let file, let range):
            let stream = ResponseBody(contentLength: range.count) { writer in
                for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.chunk) {
                    let count = min(Self.chunk, range.upperBound - start)
                    let bytes = try await NIOThreadPool.singleton.runIfActive { file.read(at: start, count: count) }
                    try await writer.write(bytes)
                }
                try await writer.finish(nil)
            }
            return Response(status: head.status, headers: head.headerFields, body: stream)
        }
    }
}

/// Asks several responders, each for what begins with its prefix.
public struct ImmediateResponders: ImmediateResponder {
    private let files: FileResponder
    private let pages: PageCache

    /// Files are asked for what is below `/packages/`, and then pages.
    public init(files: FileResponder, pages: PageCache) {
        self.files = files
        self.pages = pages
    }

    /// The first answer.
    public func respond(to request: EdgeRequest) -> ImmediateResponse? {
        if request.target.hasPrefix("/packages/"), let response = files.respond(to: request) { return response }
        return pages.respond(to: request)
    }
}
