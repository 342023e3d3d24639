public import HummingbirdCore
public import Logging
public import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import Synchronization

/// The HTTP edge: what a connection goes through before a request reaches the router.
///
///     socket → Wire → parser → RequestGuard → ServerCodec → Hummingbird
///                                   ↓
///                          ImmediateResponder
///
/// `Wire` keeps connections within their time, `RequestGuard` refuses requests whose framing is doubtful and lets an
/// ``ImmediateResponder`` answer what is in memory, on the event loop. Only a connection that asks for something else
/// gets the second half of the pipeline, and with it the memory and the switches of thread that Swift's concurrency
/// costs.
public struct EdgeChannel: ServerChildChannel, HTTPChannelHandler {
    /// Answers requests that are not answered from memory.
    public let responder: HTTPChannelHandler.Responder
    private let immediate: any ImmediateResponder
    private let basePath: BasePath
    private let limits: EdgeLimits
    private let counters: EdgeCounters
    private let ledger: ConnectionLedger
    private let watches = Watches()

    /// - Parameters:
    ///   - immediate: answers on the event loop what it can.
    ///   - basePath: the path below which the index stands; requests for another are refused.
    ///   - limits: what one client may cost.
    ///   - counters: where to count.
    ///   - responder: answers everything else, on Swift's own threads.
    public init(
        immediate: any ImmediateResponder, basePath: BasePath = .root, limits: EdgeLimits = EdgeLimits(),
        counters: EdgeCounters = EdgeCounters(), responder: @escaping HTTPChannelHandler.Responder
    ) {
        self.immediate = immediate
        self.basePath = basePath
        self.limits = limits
        self.counters = counters
        ledger = ConnectionLedger(limits: limits)
        self.responder = { request, writer, channel in
            try await responder(request.askingForItsBody(on: channel), writer, channel)
        }
    }

    /// A connection, and the part of its pipeline that Hummingbird serves, once there is one.
    public struct Value: ServerChildChannelValue {
        public let channel: any Channel
        /// Nil when the connection closed without ever needing one.
        let slowPath: EventLoopFuture<SlowPath?>
    }

    typealias SlowPath = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    /// Builds the pipeline of a new connection.
    public func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture { try setupNow(channel: channel) }
    }

    /// Serves what is not answered from memory, until the connection closes.
    public func handle(value: Value, logger: Logger) async {
        // A connection that fails before its first slow request leaves nothing to serve and nothing to report.
        let slowPath = await withTaskCancellationHandler {
            try? await value.slowPath.get()
        } onCancel: {
            value.channel.close(promise: nil)
        }
        guard let slowPath else { return }
        await handleHTTP(asyncChannel: slowPath, logger: logger)
    }

    private func setupNow(channel: any Channel) throws -> Value {
        let operations = channel.pipeline.syncOperations
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        // A second read would nearly always find nothing, at the price of a system call.
        try channel.syncOptions?.setOption(.maxMessagesPerRead, value: 1)
        let watch = watches.watch(for: channel.eventLoop, tick: limits.tick)
        let source: ConnectionLedger.Source?
        switch ledger.enter(from: channel.remoteAddress) {
        case .admitted(let admitted): source = admitted
        case .tooManyFromAddress: return try turnAway(channel, .tooManyFromAddress, watch: watch)
        case .full: return try turnAway(channel, .full, watch: watch)
        }
        let slowPath = channel.eventLoop.makePromise(of: SlowPath?.self)
        let wire = Wire(watch: watch, limits: limits, unread: UnreadAnswers(ledger: ledger, source: source)) {
            [ledger] in
            ledger.leave(source)
            slowPath.succeed(nil)
        }
        do {
            try operations.addHandler(wire)
        } catch {
            ledger.leave(source)
            slowPath.succeed(nil)
            throw error
        }
        var encoding = HTTPResponseEncoder.Configuration()
        encoding.automaticallySetFramingHeaders = false
        try operations.addHandler(HTTPResponseEncoder(configuration: encoding))
        try operations.addHandler(
            ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits.decoding)))
        try operations.addHandler(
            RequestGuard(wire: wire, responder: immediate, basePath: basePath, counters: counters) { context in
                try context.pipeline.syncOperations.addHandler(ServerCodec())
                slowPath.succeed(
                    try SlowPath(
                        wrappingChannelSynchronously: context.channel,
                        configuration: .init(isOutboundHalfClosureEnabled: true)))
            })
        return Value(channel: channel, slowPath: slowPath.futureResult)
    }

    /// Says why, without a parser or anything else behind it, and hangs up.
    private func turnAway(_ channel: any Channel, _ refusal: EdgeRefusal, watch: LoopWatch) throws -> Value {
        counters.turnedAway.add(1, ordering: .relaxed)
        counters.note(refusal)
        let wire = Wire(watch: watch, limits: limits, unread: UnreadAnswers(ledger: ledger, source: nil)) {}
        try channel.pipeline.syncOperations.addHandler(wire)
        // The channel takes writes once it is active, which is right after its set-up.
        channel.eventLoop.assumeIsolated().execute {
            wire.write(.byteBuffer(refusal.message(isHead: false, dateLine: watch.dateLine)), promise: nil)
            wire.hangUp(lingers: refusal != .full)
        }
        return Value(channel: channel, slowPath: channel.eventLoop.makeSucceededFuture(nil))
    }
}

/// The clocks of the event loops that have connections.
private final class Watches: Sendable {
    private let byLoop = Mutex<[ObjectIdentifier: NIOLoopBound<LoopWatch>]>([:])

    func watch(for loop: any EventLoop, tick: TimeAmount) -> LoopWatch {
        byLoop.withLock { byLoop in
            if let bound = byLoop[ObjectIdentifier(loop)] { return bound }
            let bound = NIOLoopBound(LoopWatch(loop: loop, tick: tick), eventLoop: loop)
            byLoop[ObjectIdentifier(loop)] = bound
            return bound
        }.value
    }
}

extension EdgeLimits {
    fileprivate var decoding: NIOHTTPDecoderLimitConfiguration {
        var decoding = NIOHTTPDecoderLimitConfiguration()
        decoding.maxHeaderFieldSize = headerField
        decoding.maxHeaderListSize = headerList
        decoding.maxHeaderFieldCount = headerFields
        return decoding
    }
}
