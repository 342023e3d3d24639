import NIOCore

/// The end of the pipeline at the socket: it sees bytes, and keeps a connection within its time.
///
/// The parser behind it says nothing until a header block is complete, so only here can it be seen that one arrives too
/// slowly. After a refusal the wire drops whatever still comes in, and hangs up in a way that lets the client read why.
///
/// Owned by its channel's event loop.
final class Wire: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private enum Phase {
        /// Between two requests.
        case idle
        /// Some bytes of a header block are here.
        case header
        /// A request is being read or answered.
        case exchange
        /// The last answer has been handed in; what comes in is dropped.
        case closing
    }

    let watch: LoopWatch
    let limits: EdgeLimits
    /// What to do when time is up for a request; set by the guard that owns the other end.
    weak var requests: RequestGuard?
    /// Where `watch` keeps this connection.
    var watchIndex = -1

    private var context: ChannelHandlerContext?
    private let onClose: () -> Void
    private var phase = Phase.idle
    private var deadline: NIODeadline
    private var dropsInput = false
    private var isInputClosed = false
    private var isLingering = false

    private var isReadWanted = false
    private var holdsReads = false
    private var isReadHeld = false

    private var isReadingBody = false
    private var bodyBytes = 0
    private var bodyDeadline = NIODeadline.distantFuture

    /// Whether something was written that the peer is not known to have.
    private var hasUntakenBytes = false
    /// Bytes given to the socket so far.
    private var writtenBytes = 0
    /// How many bytes the peer had taken when the present stretch began; nil before the first look at an answer.
    private var takenWhenStretchBegan: Int?
    private var stallDeadline = NIODeadline.distantFuture
    /// Bytes written from memory, and not from files, since nothing was left to send.
    private var memoryBytes = 0
    private(set) var unread: UnreadAnswers

    /// - Parameters:
    ///   - unread: tells others how much waits here.
    ///   - onClose: called once when the connection is gone.
    init(watch: LoopWatch, limits: EdgeLimits, unread: UnreadAnswers, onClose: @escaping () -> Void) {
        self.watch = watch
        self.limits = limits
        self.unread = unread
        self.onClose = onClose
        deadline = watch.deadline(in: limits.idle)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        watch.add(self)
        deadline = watch.deadline(in: limits.idle)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        watch.remove(self)
        self.context = nil
        unread.set(0)
        onClose()
    }
}

// MARK: Reading

extension Wire {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReadWanted = false
        guard !dropsInput else { return }
        switch phase {
        case .idle:
            phase = .header
            deadline = watch.deadline(in: limits.header)
        case .exchange where isReadingBody:
            bodyBytes += Self.unwrapInboundIn(data).readableBytes
        case .header, .exchange, .closing: break
        }
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if case .closing = phase { context.read() }
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        guard !holdsReads, !dropsInput else {
            isReadHeld = true
            return
        }
        isReadWanted = true
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            isInputClosed = true
            if case .closing = phase {
                if isLingering { context.close(promise: nil) }
                return
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Stops asking the socket for more until `resumeReads`.
    func holdReads() { holdsReads = true }

    func resumeReads() {
        guard holdsReads else { return }
        holdsReads = false
        guard isReadHeld, let context else { return }
        isReadHeld = false
        isReadWanted = true
        context.read()
    }

    /// Drops what comes in from now on: the parser is of no more use.
    func dropInput() { dropsInput = true }
}

// MARK: Writing

extension Wire {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        noteWrite(of: Self.unwrapOutboundIn(data))
        context.write(data, promise: promise)
    }

    /// Writes past the response encoder.
    func write(_ data: IOData, promise: EventLoopPromise<Void>?) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        noteWrite(of: data)
        context.write(Self.wrapOutboundOut(data), promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        noteUnread(on: context.channel)
    }

    func flush() {
        guard let context else { return }
        flush(context: context)
    }

    private func noteWrite(of data: IOData) {
        writtenBytes += data.readableBytes
        if case .byteBuffer(let bytes) = data { memoryBytes += bytes.readableBytes }
        guard !hasUntakenBytes else { return }
        hasUntakenBytes = true
        takenWhenStretchBegan = nil
    }

    /// Says how much of what was written from memory the kernel has not taken.
    private func noteUnread(on channel: any Channel) {
        // Small answers are taken at once: it is not worth asking.
        guard memoryBytes > EdgeLimits.kernelBuffer || unread.bytes > 0 else { return }
        noteUnread(amongUnsent: unsentBytes(on: channel))
    }

    private func noteUnread(amongUnsent unsent: Int) {
        if unsent == 0 { memoryBytes = 0 }
        unread.set(min(unsent, memoryBytes))
    }

    /// Channels that cannot say (none of those that are served) count as having sent everything.
    private func unsentBytes(on channel: any Channel) -> Int {
        (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard case .closing = phase else { return context.close(mode: mode, promise: promise) }
        // The slow path gives up its end; we hang up when the client has had its answer.
        if mode == .all {
            context.channel.closeFuture.cascade(to: promise)
        } else {
            promise?.succeed()
        }
    }

    /// Hangs up when everything written so far is on its way.
    ///
    /// - Parameter lingers: closing a socket with unread input resets the connection, which can take the answer from
    ///   the client before it has read it. Where there may be such input we close our direction only, and wait a
    ///   little.
    func hangUp(lingers: Bool) {
        guard let context else { return }
        if case .closing = phase { return }
        phase = .closing
        dropsInput = true
        deadline = .distantFuture
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenComplete { result in
            guard lingers, !self.isInputClosed, case .success = result else {
                self.context?.close(promise: nil)
                return
            }
            self.isLingering = true
            self.deadline = self.watch.deadline(in: self.limits.linger)
            self.context?.close(mode: .output, promise: nil)
            self.context?.read()
        }
        noteWrite(of: .byteBuffer(ByteBuffer()))
        context.writeAndFlush(Self.wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: sent)
        noteUnread(on: context.channel)
    }
}

// MARK: Time

extension Wire {
    /// A complete header block has arrived.
    func exchangeBegan(readsBody: Bool) {
        phase = .exchange
        if readsBody { bodyBegan() }
    }

    /// From now on the client is expected to send its body.
    func bodyBegan() {
        isReadingBody = true
        bodyBytes = 0
        bodyDeadline = watch.deadline(in: limits.bodyWindow)
    }

    func bodyEnded() { isReadingBody = false }

    /// The request has been read to its end and answered.
    func exchangeEnded() {
        if case .closing = phase { return }
        phase = .idle
        isReadingBody = false
        deadline = watch.deadline(in: limits.idle)
    }

    /// Called by `watch` at each tick.
    func look(at now: NIODeadline) {
        guard let context else { return }
        if hasUntakenBytes, isStalled(at: now, context: context) {
            // No flush can help any more: this drops what is unsent.
            context.close(promise: nil)
            return
        }
        switch phase {
        case .idle:
            if hasUntakenBytes {
                deadline = watch.deadline(in: limits.idle)
            } else if now >= deadline {
                context.close(promise: nil)
            }
        case .header:
            if now >= deadline { requests?.timeIsUp(.slowHeader) }
        case .exchange:
            if isReadingBody { lookAtBody(at: now) }
        case .closing:
            // Hanging up earlier could take from a slow reader what its system has not acknowledged.
            if now >= deadline, !hasUntakenBytes { context.close(promise: nil) }
        }
    }

    private func lookAtBody(at now: NIODeadline) {
        // While we do not want to read, the client cannot send: that time is not held against it.
        let isOurTurn = !isReadWanted
        guard isOurTurn || now >= bodyDeadline else { return }
        let least = Int(limits.bodyWindow.nanoseconds / 1_000_000) * limits.leastBodyRate / 1000
        if !isOurTurn, bodyBytes < least {
            requests?.timeIsUp(.slowBody)
        } else {
            bodyBegan()
        }
    }

    private func isStalled(at now: NIODeadline, context: ChannelHandlerContext) -> Bool {
        let unsent = unsentBytes(on: context.channel)
        noteUnread(amongUnsent: unsent)
        let progress = context.channel.peerProgress
        if unsent == 0, progress?.isComplete ?? true {
            hasUntakenBytes = false
            return false
        }
        // Where nobody can tell what the peer has, what our kernel took is the next best thing.
        let taken = progress?.acknowledged ?? (writtenBytes - unsent)
        if let begin = takenWhenStretchBegan {
            guard now >= stallDeadline else { return false }
            let least = Int(limits.stalledWrite.nanoseconds / 1_000_000) * limits.leastReadRate / 1000
            if taken - begin < max(1, least) { return true }
        }
        takenWhenStretchBegan = taken
        stallDeadline = watch.deadline(in: limits.patience(withPeerThatTook: taken))
        return false
    }
}
