import Letters
import Logging
import Mail
import Ports
import Primitives
import ServiceLifecycle
import Synchronization
import UTC

/// Sends what is in the mail queue, a few at a time: at once when told, and every few seconds for what is due again or
/// was queued by another process.
public final class MailDelivery: Service {
    private let queue: any MailQueue
    private let transport: any MailTransport
    private let sender: MailSender
    private let head: LetterHead
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    private let atOnce: Int
    private let interval: Duration
    private let alarms: AsyncStream<Void>
    private let alarm: AsyncStream<Void>.Continuation
    /// What became of mails and could not be written down, on a full disk for example. They are not sent again before it
    /// is: a mail every few seconds would be worse than none.
    private let unwritten = Mutex<[MailID: Outcome]>([:])

    /// How long administrators see what was delivered or given up.
    private static let memory = Duration.days(30)

    /// - Parameters:
    ///   - atOnce: mails under way at most.
    ///   - interval: between two looks at the queue.
    public init(
        queue: any MailQueue, transport: any MailTransport, sender: MailSender, head: LetterHead, atOnce: Int = 4,
        interval: Duration = .seconds(2), now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.queue = queue
        self.transport = transport
        self.sender = sender
        self.head = head
        self.atOnce = atOnce
        self.interval = interval
        self.now = now
        self.logger = logger
        // However often it rings while mails are being sent, looking once afterwards is enough.
        (alarms, alarm) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Looks at the queue now. Cheap, and called by anybody who may have put something there.
    public func wake() { alarm.yield() }

    /// Sends until the server shuts down. What is under way then has a few seconds; what is not sent stays in the queue.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.ring() }
                group.addTask {
                    for await _ in self.alarms { await self.sendWhatIsDue() }
                }
            }
        }
    }

    private func ring() async {
        var rings = 0
        repeat {
            wake()
            if rings % 1_000 == 0 { await forgetOld() }
            rings += 1
        } while (try? await Task.sleep(for: interval)) != nil
    }

    private func forgetOld() async {
        do { try await queue.forget(endedBefore: now() - Self.memory) } catch is CancellationError {
            return  // The next server does it.
        } catch {
            logger.error("old mails could not be cleared away: \(error)")
        }
    }

    /// Sends all that is due, in the order in which it became so.
    func sendWhatIsDue() async {
        do {
            while !Task.isCancelled {
                try await writeLeftovers()
                let due = try await queue.due(at: now(), limit: 64)
                guard !due.isEmpty else { return }
                await withTaskGroup(of: Void.self) { group in
                    for (number, mail) in due.enumerated() {
                        if number >= atOnce { await group.next() }
                        guard !Task.isCancelled else { break }
                        group.addTask { await self.send(mail) }
                    }
                }
            }
        } catch is CancellationError {
            return
        } catch {
            logger.error("the mail queue could not be read or written: \(error)")
        }
    }

    /// Sends one mail of the queue now, due or not, and notes what became of it. For a command that has the queue to
    /// itself.
    public func send(_ queued: QueuedMail) async {
        guard unwritten.withLock({ $0[queued.id] == nil }) else { return }
        let outcome: Outcome
        do {
            outcome = .delivered(receipt: try await transport.send(MailMessage(queued, from: sender, head)), at: now())
        } catch is CancellationError {
            return  // As if it had not been tried.
        } catch {
            let failure =
                error as? MailFailure ?? MailFailure(reason: "an error of our own: \(error)", isPermanent: false)
            let attempts = queued.attempts + 1
            let fate = MailRetryRule.fate(after: failure, attempts: attempts, at: now())
            outcome = .failed(reason: failure.reason, fate, at: now())
            report(failure, fate, of: queued.id, attempts)
        }
        unwritten.withLock { $0[queued.id] = outcome }
        do { try await write(outcome, of: queued.id) } catch {
            logger.error("what became of mail \(queued.id) could not be written, and is kept: \(error)")
        }
    }

    private func report(_ failure: MailFailure, _ fate: MailFate, of id: MailID, _ attempts: Int) {
        let metadata: Logger.Metadata = ["mail": "\(id)", "attempts": "\(attempts)"]
        switch fate {
        case .retry(let moment):
            logger.warning(
                "mail \(id) could not be sent and is tried again at \(moment.iso8601Seconds)Z: \(failure.loggable)",
                metadata: metadata)
        case .giveUp:
            logger.error("mail \(id) could not be sent and is given up: \(failure.loggable)", metadata: metadata)
        }
    }

    /// What became of a mail.
    private enum Outcome: Sendable {
        case delivered(receipt: String, at: Timestamp)
        case failed(reason: String, MailFate, at: Timestamp)
    }

    /// Writes what could not be written before.
    private func writeLeftovers() async throws {
        for (id, outcome) in unwritten.withLock({ $0 }) { try await write(outcome, of: id) }
    }

    /// Writes what became of a mail. A crash before it sends what was delivered once more, under the same Message-ID.
    private func write(_ outcome: Outcome, of id: MailID) async throws {
        let queue = queue
        // A task of its own: a cancelled one could not write, and what is under way at the end belongs written, too.
        try await Task {
            switch outcome {
            case .delivered(let receipt, let moment):
                try await queue.delivered(id, receipt: receipt, at: moment)
            case .failed(let reason, let fate, let moment):
                try await queue.failed(id, error: reason, then: fate, at: moment)
            }
        }.value
        unwritten.withLock { $0[id] = nil }
    }
}
