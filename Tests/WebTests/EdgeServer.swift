import Foundation
import HTTPTypes
import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Web

/// An edge on a loopback port, with a router of its own.
///
/// `/slow/…` is answered after a moment with its own path, and `/last` when its connection has been told that the
/// server shuts down: once `/last waits` is in `reached`, it would be seen. `POST /echo` is answered with the size of
/// its body, `/deaf` without reading one, `/stream` with a body of unknown length, `/long` with a long one, and all
/// else with 404. Pages and files are what the test puts into them.
final class EdgeServer: Sendable {
    /// Bytes of `/long`: more than what the sockets take and some megabytes.
    static let longAnswer = 40_000_000

    let port: Int
    let pages: PageCache
    let files: FileResponder
    let counters: EdgeCounters
    /// The requests that reached the router, as `METHOD path`.
    let reached: Journal
    let downloads: Journal

    final class Journal: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private init(
        port: Int, pages: PageCache, files: FileResponder, counters: EdgeCounters, reached: Journal, downloads: Journal
    ) {
        self.port = port
        self.pages = pages
        self.files = files
        self.counters = counters
        self.reached = reached
        self.downloads = downloads
    }

    /// Sees that a connection is told that the server shuts down.
    private final class Farewell: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        let told: EventLoopPromise<Void>

        init(told: EventLoopPromise<Void>) { self.told = told }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            // First to all that follows: when the answer is written, the connection knows.
            context.fireUserInboundEventTriggered(event)
            if event is ChannelShouldQuiesceEvent { told.succeed() }
        }

        func handlerRemoved(context: ChannelHandlerContext) { told.fail(ChannelError.ioOnClosedChannel) }
    }

    /// Runs `test` with a server, and shuts the server down gracefully.
    static func run(
        limits: EdgeLimits = EdgeLimits(), _ test: @escaping @Sendable (EdgeServer) async throws -> Void
    ) async throws {
        let (pages, counters, reached, downloads) = (PageCache(), EdgeCounters(), Journal(), Journal())
        let files = FileResponder { file, request in downloads.add("\(file.id) \(request.userAgent ?? "-")") }
        let channel = EdgeChannel(
            immediate: ImmediateResponders(files: files, pages: pages), limits: limits, counters: counters
        ) { request, writer, channel in
            reached.add("\(request.method) \(request.head.path ?? "")")
            if request.head.path == "/last" {
                let farewell = Farewell(told: channel.eventLoop.makePromise())
                try await channel.pipeline.addHandler(farewell, position: .first)
                reached.add("/last waits")
                try await farewell.told.futureResult.get()
            }
            try await answer(request, writer)
        }
        let (running, started) = AsyncStream<Int>.makeStream()
        let server = Server(
            childChannelSetup: channel, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { started.yield($0.localAddress?.port ?? 0) },
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "edge"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await server.run() }
            var ports = running.makeAsyncIterator()
            let port = try #require(await ports.next())
            try await test(
                EdgeServer(
                    port: port, pages: pages, files: files, counters: counters, reached: reached, downloads: downloads))
            try await server.shutdownGracefully()
            try await group.waitForAll()
        }
    }

    private static func answer(_ request: Request, _ writer: consuming ResponseWriter) async throws {
        let path = request.head.path ?? ""
        switch path {
        case "/echo":
            var size = 0
            for try await part in request.body { size += part.readableBytes }
            try await writer.write(
                response: .init(status: .ok, headerFields: length(of: "\(size)")), body: text("\(size)"))
        case "/deaf":
            try await writer.write(
                response: .init(status: .unauthorized, headerFields: length(of: "no")), body: text("no"))
        case "/stream":
            var body = try await writer.writeHead(.init(status: .ok))
            try await body.write(ByteBuffer(string: "one "))
            try await body.write(ByteBuffer(string: "two"))
            try await body.finish(nil)
        case "/long":
            let isHead = request.method == .head
            try await writer.write(
                response: .init(status: .ok, headerFields: [.contentLength: "\(longAnswer)"]),
                body: isHead
                    ? .init() : ResponseBody(byteBuffer: ByteBuffer(repeating: UInt8(ascii: "x"), count: longAnswer)))
        case "/last":
            try await writer.write(response: .init(status: .ok, headerFields: length(of: path)), body: text(path))
        case _ where path.hasPrefix("/slow/"):
            try await Task.sleep(for: .milliseconds(40))
            try await writer.write(response: .init(status: .ok, headerFields: length(of: path)), body: text(path))
        default:
            try await writer.write(
                response: .init(status: .notFound, headerFields: length(of: "none")), body: text("none"))
        }
    }

    private static func text(_ text: String) -> ResponseBody { ResponseBody(byteBuffer: ByteBuffer(string: text)) }
    private static func length(of text: String) -> HTTPFields { [.contentLength: "\(text.utf8.count)"] }

    func connect() async throws -> RawClient { try await RawClient(port: port) }

    /// Sends `request` on a connection of its own, and gives all that comes back.
    func exchange(_ request: String, answers: Int = 1) async throws -> RawClient.Reply {
        let client = try await connect()
        try await client.send(request)
        return await client.reply(answers: answers)
    }

    func put(_ path: String, _ text: String) { put(path, Array(text.utf8)) }

    func put(_ path: String, _ bytes: [UInt8]) {
        let body = EncodedBody(bytes, compresses: false)
        pages.put(CachedPage(.single(contentType: "text/plain", body), serial: 1), path: path, asOf: 1)
    }
}

/// Bytes as a client might send them, shown on one line.
struct RawRequest: ExpressibleByStringInterpolation, CustomTestStringConvertible {
    var text: String
    init(stringLiteral text: String) { self.text = text }
    var testDescription: String { text.count > 120 ? "\(text.prefix(120).debugDescription)…" : text.debugDescription }
}

/// A client that sends exactly the bytes it is told to.
final class RawClient: Sendable {
    struct Reply: Sendable {
        var text: String
        /// Whether the server has closed the connection.
        var isClosed: Bool
        var statusLine: String { String(text.prefix { $0 != "\r\n" }) }
        /// The status codes of all answers, in order.
        var statuses: [Int] {
            text.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
        }
    }

    private let channel: any Channel
    private let inbox: Inbox

    private final class Inbox: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer

        struct State {
            var bytes: [UInt8] = []
            var count = 0
            var isClosed = false
        }

        let state = Mutex(State())
        private let keepsBytes: Bool

        init(keepsBytes: Bool) { self.keepsBytes = keepsBytes }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let part = Self.unwrapInboundIn(data)
            state.withLock {
                $0.count += part.readableBytes
                if keepsBytes { $0.bytes.append(contentsOf: part.readableBytesView) }
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { state.withLock { $0.isClosed = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { state.withLock { $0.isClosed = true } }

        // A reset ends the connection too.
        func errorCaught(context: ChannelHandlerContext, error: any Error) { state.withLock { $0.isClosed = true } }
    }

    /// - Parameters:
    ///   - reads: whether to read at all without being told to.
    ///   - keepsBytes: whether what is received is kept, or only counted.
    init(port: Int, reads: Bool = true, keepsBytes: Bool = true) async throws {
        let inbox = Inbox(keepsBytes: keepsBytes)
        self.inbox = inbox
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in channel.pipeline.addHandler(inbox) }
            .connect(host: "127.0.0.1", port: port).get()
    }

    func send(_ text: String) async throws { try await send(ByteBuffer(string: text)) }

    func send(_ bytes: ByteBuffer) async throws { try await channel.writeAndFlush(bytes) }

    func finishSending() async throws { try await channel.close(mode: .output) }

    func close() { channel.close(promise: nil) }

    func read() { channel.read() }

    var isClosed: Bool { inbox.state.withLock { $0.isClosed } }

    var count: Int { inbox.state.withLock { $0.count } }

    var receivedBytes: [UInt8] { inbox.state.withLock { $0.bytes } }

    var received: String { String(decoding: receivedBytes, as: UTF8.self) }

    /// Waits until the server hangs up, or has sent so many answers and then nothing more for a moment.
    func reply(answers: Int = .max, within limit: Duration = .seconds(60)) async -> Reply {
        let clock = ContinuousClock()
        let end = clock.now + limit
        var lastChange = clock.now
        var seen = (bytes: 0, answers: 0)
        while clock.now < end, !isClosed {
            if answers != .max, count != seen.bytes {
                seen = (count, Reply(text: received, isClosed: false).statuses.count)
                lastChange = clock.now
            }
            if seen.answers >= answers, clock.now - lastChange > .milliseconds(150) { break }
            await Self.pause()
        }
        let reply = Reply(text: received, isClosed: isClosed)
        close()
        return reply
    }

    /// Waits until `condition` holds.
    func wait(within limit: Duration = .seconds(20), until condition: (RawClient) -> Bool) async -> Bool {
        let clock = ContinuousClock()
        let end = clock.now + limit
        while clock.now < end {
            if condition(self) { return true }
            await Self.pause()
        }
        return false
    }

    // Being cancelled only ends the pause early.
    private static func pause() async { try? await Task.sleep(for: .milliseconds(3)) }
}
