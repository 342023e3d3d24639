import Glibc
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix

extension EdgeChannel {
    /// Puts one connection together, lets it answer one request, and takes it apart again, before there are others.
    ///
    /// Swift makes the types of a pipeline when the first connection needs them. Where many connections came first and
    /// at once, a debug build has crashed in the runtime while it did so.
    public static func warmUp() async throws {
        let edge = EdgeChannel(immediate: NothingInMemory()) { _, writer, _ in
            let head = HTTPResponse(status: .notFound, headerFields: [.contentLength: "0", .connection: "close"])
            try await writer.write(response: head, body: ResponseBody(byteBuffer: ByteBuffer()))
        }
        var ends: [Int32] = [0, 0]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0 else {
            throw IOError(errnoCode: errno, reason: "socketpair")
        }
        let client = ends[1]
        defer { Glibc.close(client) }
        let request = Array("GET / HTTP/1.1\r\nHost: warm-up\r\nConnection: close\r\n\r\n".utf8)
        guard Glibc.write(client, request, request.count) == request.count else {
            throw IOError(errnoCode: errno, reason: "write")
        }
        // Nothing more comes, so that the server need not wait for it.
        shutdown(client, Int32(SHUT_WR))
        let logger = Logger(label: "edge.warm-up") { _ in SwiftLogNoOpLogHandler() }
        let value = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .withConnectedSocket(ends[0]) { channel in edge.setup(channel: channel, logger: logger) }
        await edge.handle(value: value, logger: logger)
    }

    private struct NothingInMemory: ImmediateResponder {
        func respond(to request: EdgeRequest) -> ImmediateResponse? { nil }
    }
}
