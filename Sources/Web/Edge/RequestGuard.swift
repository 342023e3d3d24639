import NIOCore
import NIOHTTP1
import Synchronization

/// Lets one request at a time through, and only if its framing is beyond doubt.
///
/// A request is answered here when it is refused or when the answer is in memory, else by Hummingbird. What a client
/// sends ahead waits in a backlog, while nothing more is read from its socket: so answers keep their order, and a
/// client can make us hold no more than one read's worth of requests and one answer.
///
/// Owned by its channel's event loop.
final class RequestGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// A request that has begun to arrive and has not been answered to its end.
    struct Exchange {
        var isHead: Bool
        /// Whether it only reads, so that nothing is lost when its answer is another one.
        var isRead: Bool
        var isVersion10: Bool
        var keepsAlive: Bool
        var awaitsContinue: Bool
        /// Answered here: Hummingbird knows nothing of it.
        var isImmediate = false
        var isReadToEnd = false
        var hasAnswerBegun = false
        var isAnswered = false
        /// What is left to write of an answer whose length was announced.
        var unwritten: Int?
        var discarded = 0
        var discardDeadline: NIODeadline?
    }

    let wire: Wire
    private let rules: RequestRules
    private let responder: any ImmediateResponder
    private let counters: EdgeCounters
    private let openSlowPath: (ChannelHandlerContext) throws -> Void
    private var hasSlowPath = false
    private var context: ChannelHandlerContext?
    private var remoteAddress: String?

    var exchange: Exchange?
    private var isDone = false
    private var isQuiescing = false
    private var isWritable = true
    private var needsFlush = false

    private var backlog = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 1)
    private var isDraining = false
    /// What to say after the requests in the backlog.
    private var laterRefusal: EdgeRefusal?
    private var isInputClosed = false

    /// - Parameter openSlowPath: adds what follows in the pipeline; called before the first request that goes there.
    init(
        wire: Wire, responder: any ImmediateResponder, basePath: BasePath, counters: EdgeCounters,
        openSlowPath: @escaping (ChannelHandlerContext) throws -> Void
    ) {
        self.wire = wire
        rules = RequestRules(maximumTarget: wire.limits.target, basePath: basePath)
        self.responder = responder
        self.counters = counters
        self.openSlowPath = openSlowPath
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        remoteAddress = context.channel.remoteAddress?.ipAddress
        wire.requests = self
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }
}

// MARK: Requests

extension RequestGuard {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isDone else { return }
        let part = Self.unwrapInboundIn(data)
        if backlog.isEmpty, canTake(part) {
            take(part, context: context)
        } else {
            backlog.append(part)
            wire.holdReads()
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flushIfNeeded()
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        isWritable = context.channel.isWritable
        context.fireChannelWritabilityChanged()
        if isWritable { drain(context: context) }
    }

    private func canTake(_ part: HTTPServerRequestPart) -> Bool {
        guard case .head = part else { return true }
        return exchange == nil && isWritable
    }

    private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
        switch part {
        case .head(let head): begin(head, context: context)
        case .body(let bytes): takeBody(bytes, context: context)
        case .end:
            exchange?.isReadToEnd = true
            wire.bodyEnded()
            // Trailers are not passed on: nobody here may be led to take them for headers.
            if exchange?.isImmediate == false { context.fireChannelRead(Self.wrapInboundOut(.end(nil))) }
            endIfOver(context: context)
        }
    }

    private func takeBody(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
        exchange?.awaitsContinue = false
        if exchange?.isAnswered == true {
            exchange?.discarded += bytes.readableBytes
            let deadline = exchange?.discardDeadline ?? wire.watch.deadline(in: wire.limits.discarding)
            exchange?.discardDeadline = deadline
            if let discarded = exchange?.discarded, discarded > wire.limits.discardedBody || wire.watch.now > deadline {
                return hangUp()
            }
        }
        context.fireChannelRead(Self.wrapInboundOut(.body(bytes)))
    }

    private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        var judged: JudgedRequest
        do throws(EdgeRefusal) {
            judged = try rules.judge(head)
        } catch {
            return refuse(error, isHead: head.method == .HEAD)
        }
        judged.request.remoteAddress = remoteAddress
        exchange = Exchange(
            isHead: judged.request.method == .head, isRead: judged.request.method != .other,
            isVersion10: head.version.minor == 0,
            keepsAlive: judged.keepsAlive && !isQuiescing, awaitsContinue: judged.expectsContinue)
        wire.exchangeBegan(readsBody: judged.hasBody && !judged.expectsContinue)
        let start = RequestDurations.clock()
        if !judged.hasBody, judged.request.method != .other, let response = responder.respond(to: judged.request) {
            send(response)
            counters.instruments.durations.record(judged.request.target, since: start)
        } else {
            passOn(head, target: judged.request.target, context: context)
        }
    }

    private func passOn(_ head: HTTPRequestHead, target: String, context: ChannelHandlerContext) {
        if !hasSlowPath {
            hasSlowPath = true
            do {
                try openSlowPath(context)
            } catch {
                context.close(promise: nil)
                return
            }
        }
        counters.passedOn.add(1, ordering: .relaxed)
        var head = head
        if head.uri != target { head.uri = target }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    /// Goes on to the next request when this one is read and answered.
    private func endIfOver(context: ChannelHandlerContext) {
        guard let exchange, exchange.isAnswered else { return }
        if !exchange.keepsAlive { return hangUp() }
        guard exchange.isReadToEnd else { return }
        self.exchange = nil
        wire.exchangeEnded()
        drain(context: context)
    }

    private func drain(context: ChannelHandlerContext) {
        guard !isDraining, !isDone else { return }
        isDraining = true
        defer { isDraining = false }
        var hasTaken = false
        while !isDone, let part = backlog.first, canTake(part) {
            backlog.removeFirst()
            take(part, context: context)
            hasTaken = true
        }
        flushIfNeeded()
        // Hummingbird's end of the pipeline gathers parts until it hears that a read is over.
        if hasTaken, hasSlowPath { context.fireChannelReadComplete() }
        guard !isDone, backlog.isEmpty else { return }
        if let laterRefusal { return reject(laterRefusal, context: context) }
        if isInputClosed { return endOfInput(context: context) }
        wire.resumeReads()
    }

    private func flushIfNeeded() {
        guard needsFlush else { return }
        needsFlush = false
        wire.flush()
    }
}

// MARK: Refusals and ends

extension RequestGuard {
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else {
            context.fireErrorCaught(error)
            return
        }
        wire.dropInput()
        guard !isDone else { return }
        reject(EdgeRefusal(error), context: context)
    }

    /// Refuses what the parser has at hand: the body of the current request, or what follows it.
    private func reject(_ refusal: EdgeRefusal, context: ChannelHandlerContext) {
        if backlog.isEmpty, let exchange, !exchange.isReadToEnd {
            refuseBody(refusal, context: context)
        } else if exchange == nil, backlog.isEmpty {
            refuse(refusal, isHead: false)
        } else if exchange?.keepsAlive != false {
            laterRefusal = refusal
        }
    }

    /// Called by the wire.
    func timeIsUp(_ refusal: EdgeRefusal) {
        guard let context, !isDone else { return }
        reject(refusal, context: context)
    }

    /// The body of a request that Hummingbird works on goes wrong.
    private func refuseBody(_ refusal: EdgeRefusal, context: ChannelHandlerContext) {
        if exchange?.hasAnswerBegun == false {
            refuse(refusal, isHead: exchange?.isHead == true)
        } else {
            counters.refused.add(1, ordering: .relaxed)
            counters.instruments.refused(refusal.code)
            hangUp()
        }
        // Hummingbird takes the end of the stream for the end of the body: it must not believe it has all of it.
        context.fireErrorCaught(refusal)
    }

    private func refuse(_ refusal: EdgeRefusal, isHead: Bool) {
        counters.refused.add(1, ordering: .relaxed)
        counters.note(refusal)
        wire.write(.byteBuffer(refusal.message(isHead: isHead, dateLine: wire.watch.dateLine)), promise: nil)
        hangUp(lingers: true)
    }

    private func hangUp(lingers: Bool? = nil) {
        let lingers = lingers ?? (exchange?.isReadToEnd == false || !backlog.isEmpty)
        isDone = true
        backlog.removeAll(keepingCapacity: false)
        wire.hangUp(lingers: lingers)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            isQuiescing = true
            exchange?.keepsAlive = false
            if exchange == nil, backlog.isEmpty, !isDone { hangUp() }
        case ChannelEvent.inputClosed:
            isInputClosed = true
            guard backlog.isEmpty, !isDone else { return }
            endOfInput(context: context)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    /// The client has said everything it had to say, and may still listen.
    private func endOfInput(context: ChannelHandlerContext) {
        guard let exchange else { return hangUp() }
        if !exchange.isReadToEnd { return refuseBody(.truncated, context: context) }
        // Not passed on: Hummingbird learns of it when the answer is written and we hang up.
        self.exchange?.keepsAlive = false
    }
}

// MARK: Answers from memory

extension RequestGuard {
    private func send(_ response: ImmediateResponse) {
        guard var exchange else { return }
        if !exchange.isHead, case .bytes(let bytes) = response.body,
            let refusal = wire.unread.refusal(ofAnswerWith: bytes.readableBytes)
        {
            return refuse(refusal, isHead: false)
        }
        exchange.isImmediate = true
        exchange.hasAnswerBegun = true
        exchange.isAnswered = true
        self.exchange = exchange
        counters.immediate.add(1, ordering: .relaxed)
        needsFlush = true

        let body = exchange.isHead ? nil : response.body
        var head = ByteBufferAllocator().buffer(capacity: 512)
        response.head.write(response.outcome, into: &head)
        head.writeImmutableBuffer(wire.watch.dateLine)
        if !exchange.keepsAlive {
            head.writeStaticString("Connection: close\r\n\r\n")
        } else if exchange.isVersion10 {
            head.writeStaticString("Connection: keep-alive\r\n\r\n")
        } else {
            head.writeStaticString("\r\n")
        }
        switch body {
        case nil:
            wire.write(.byteBuffer(head), promise: nil)
        case .bytes(let bytes) where bytes.readableBytes <= 1024:
            head.writeImmutableBuffer(bytes)
            wire.write(.byteBuffer(head), promise: nil)
        case .bytes(let bytes):
            wire.write(.byteBuffer(head), promise: nil)
            wire.write(.byteBuffer(bytes), promise: nil)
        case .file(let file, let range):
            wire.write(.byteBuffer(head), promise: nil)
            guard let context else { return }
            file.send(range, on: context.eventLoop) { wire.write(.fileRegion($0), promise: $1) }
        }
    }
}

// MARK: Answers of Hummingbird

extension RequestGuard {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard !isDone, let exchange, !exchange.isAnswered else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch Self.unwrapOutboundIn(data) {
        case .head(let head):
            writeHead(head, context: context, promise: promise)
        case .body(let bytes):
            writeBody(bytes, context: context, promise: promise)
        case .end:
            if let unwritten = exchange.unwritten, unwritten > 0 {
                // Fewer bytes than announced: the client must not take the next answer for the rest.
                promise?.fail(ChannelError.ioOnClosedChannel)
                return hangUp()
            }
            context.write(Self.wrapOutboundOut(.end(nil)), promise: promise)
            self.exchange?.isAnswered = true
            context.flush()
            endIfOver(context: context)
        }
    }

    private func writeHead(
        _ head: HTTPResponseHead, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?
    ) {
        guard var exchange else { return }
        if (100..<200).contains(head.status.code) {
            guard !exchange.isVersion10 else {
                promise?.succeed()
                return
            }
            return context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
        }
        var head = head
        exchange.hasAnswerBegun = true
        // The client was never told to send its body, and may or may not do so: there is no telling what comes next.
        if exchange.awaitsContinue { exchange.keepsAlive = false }
        frame(&head, for: &exchange)
        if exchange.isRead, let refusal = wire.unread.refusal(ofAnswerWith: exchange.unwritten ?? 0) {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return refuse(refusal, isHead: false)
        }
        self.exchange = exchange
        context.write(Self.wrapOutboundOut(.head(head)), promise: promise)
    }

    /// Says how the answer ends. NIO's encoder can do so too, but it ends a `HEAD` without a length with a chunk.
    private func frame(_ head: inout HTTPResponseHead, for exchange: inout Exchange) {
        let hasNoBody = head.status.code == 204 || head.status.code == 304
        // What is sent is what it is said to be, anyone who answers.
        if !hasNoBody { head.headers.replaceOrAdd(name: "X-Content-Type-Options", value: "nosniff") }
        head.headers.remove(name: "transfer-encoding")
        if hasNoBody {
            head.headers.remove(name: "content-length")
            exchange.unwritten = 0
        } else if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
            exchange.unwritten = exchange.isHead ? 0 : length
        } else if exchange.isHead {
            exchange.unwritten = 0
        } else if exchange.isVersion10 {
            exchange.keepsAlive = false
        } else {
            head.headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        if head.headers[canonicalForm: "connection"].contains(where: { $0.isToken("close") }) {
            exchange.keepsAlive = false
        }
        if !exchange.keepsAlive {
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        } else if exchange.isVersion10 {
            head.headers.replaceOrAdd(name: "Connection", value: "keep-alive")
        }
    }

    private func writeBody(_ bytes: IOData, context: ChannelHandlerContext, promise: EventLoopPromise<Void>?) {
        guard exchange?.hasAnswerBegun == true else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        if let unwritten = exchange?.unwritten {
            guard bytes.readableBytes <= unwritten else {
                // Either a body where there is none, which is dropped, or more than was announced.
                promise?.succeed()
                if exchange?.isHead == false, unwritten > 0 { hangUp() }
                return
            }
            exchange?.unwritten = unwritten - bytes.readableBytes
        }
        context.write(Self.wrapOutboundOut(.body(bytes)), promise: promise)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        promise?.succeed()
        guard !isDone, let exchange, exchange.awaitsContinue, !exchange.hasAnswerBegun else { return }
        self.exchange?.awaitsContinue = false
        wire.write(.byteBuffer(ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
        wire.flush()
        wire.bodyBegan()
    }
}

/// Sent down the pipeline by anyone who begins to read a request's body.
struct BodyWanted: Sendable {}

extension EdgeRefusal {
    fileprivate init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow: self = .headerTooLarge
        case .invalidVersion: self = .versionUnknown
        case .invalidMethod: self = .methodUnknown
        case .invalidURL: self = .malformedTarget
        case .invalidContentLength: self = .malformedLength
        case .unexpectedContentLength: self = .doubtfulLength
        case .invalidEOFState: self = .truncated
        default: self = .malformed
        }
    }

    /// The whole answer, ready for the wire.
    func message(isHead: Bool, dateLine: ByteBuffer) -> ByteBuffer {
        let (code, reason) = status
        let text = explanation + "\n"
        var message = ByteBuffer(
            string: """
                HTTP/1.1 \(code) \(reason)\r
                Content-Type: text/plain; charset=utf-8\r
                Content-Length: \(text.utf8.count)\r
                X-Content-Type-Options: nosniff\r
                Connection: close\r

                """)
        message.writeImmutableBuffer(dateLine)
        if code == 405 { message.writeStaticString("Allow: GET, HEAD, POST\r\n") }
        if code == 503 { message.writeStaticString("Retry-After: 5\r\n") }
        message.writeStaticString("\r\n")
        if !isHead { message.writeString(text) }
        return message
    }
}
