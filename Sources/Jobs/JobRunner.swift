import Logging
import Ports
import Primitives
import ServiceLifecycle
import Synchronization
import UTC

/// Does jobs of one kind. Each may be done twice, by two processes: it must be safe to repeat.
public protocol JobHandler: Sendable {
    var kind: JobKind { get }
    /// How many are under way at most in this process.
    var atOnce: Int { get }
    /// Tries a job, and says what came of it. Throws where the task was cancelled: that counts as not tried.
    func perform(_ job: Job, at now: Timestamp) async throws(CancellationError) -> JobOutcome
}

/// Does what is in the outbox, a few at a time and each kind by itself: at once when told, and every few seconds for
/// what is due again or was queued by another process. What another process is at, it leaves alone.
public final class JobRunner: Service {
    private let outbox: any Outbox
    private let lines: [Line]
    private let holder: String
    private let interval: Duration
    private let now: @Sendable () -> Timestamp
    private let logger: Logger
    /// What came of jobs and could not be written down, on a full disk for example. They are not tried again before it
    /// is: a mail every few seconds would be worse than none.
    private let unwritten = Mutex<[JobID: Ended]>([:])
    /// What this process is at. Where a clock was set or the machine slept, its lease can be over before the next renewal, and
    /// the job be claimed once more.
    private let underWay = Mutex<Set<JobID>>([])

    /// How long administrators see what was done or given up.
    public static let memory = Duration.days(30)

    /// A kind, and who rings for it. However often it rings while jobs are under way, looking once afterwards is
    /// enough.
    private struct Line: Sendable {
        let handler: any JobHandler
        let alarms: AsyncStream<Void>
        let alarm: AsyncStream<Void>.Continuation

        init(_ handler: any JobHandler) {
            self.handler = handler
            (alarms, alarm) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        }
    }

    private struct Ended: Sendable {
        let outcome: JobOutcome
        let moment: Timestamp
    }

    /// - Parameters:
    ///   - handlers: one for each kind that this process does.
    ///   - holder: this run of this process, unlike any other.
    ///   - interval: between two looks at the outbox.
    public init(
        outbox: any Outbox, handlers: [any JobHandler], holder: String, interval: Duration = .seconds(2),
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.outbox = outbox
        lines = handlers.map(Line.init)
        self.holder = holder
        self.interval = interval
        self.now = now
        self.logger = logger
    }

    /// Looks at the outbox now. Cheap, and called by anybody who may have put something there.
    public func wake() {
        for line in lines { line.alarm.yield() }
    }

    /// Works until the server shuts down. What is under way then has a few seconds; what is not done stays in the
    /// outbox.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await self.ring() }
                for line in self.lines {
                    group.addTask {
                        for await _ in line.alarms { await self.doWhatIsDue(by: line.handler) }
                    }
                }
            }
        }
    }

    private func ring() async {
        var rings = 0
        repeat {
            wake()
            if rings % 1_000 == 0 { await lookAround() }
            rings += 1
        } while (try? await Task.sleep(for: interval)) != nil
    }

    /// Forgets what ended long ago, and says what nobody here can do.
    private func lookAround() async {
        do {
            try await outbox.forget(endedBefore: now() - Self.memory)
            for unknown in try await outbox.unknown() { logger.warning("\(unknown.words)") }
        } catch is CancellationError {
            return  // The next server does it.
        } catch {
            logger.error("old jobs could not be cleared away: \(error)")
        }
    }

    /// Does all that is due, each kind in the order in which it became so.
    public func doWhatIsDue() async {
        await withTaskGroup(of: Void.self) { group in
            for line in lines { group.addTask { await self.doWhatIsDue(by: line.handler) } }
        }
    }

    private func doWhatIsDue(by handler: any JobHandler) async {
        await withTaskGroup(of: Void.self) { group in
            var underWay = 0
            do {
                while !Task.isCancelled {
                    try await writeLeftovers()
                    let jobs = try await outbox.claim(
                        handler.kind, limit: handler.atOnce - underWay, under: Lease(of: holder, from: now()), at: now()
                    )
                    for job in jobs { group.addTask { await self.perform(job, by: handler) } }
                    underWay += jobs.count
                    guard underWay > 0 else { return }
                    await group.next()
                    underWay -= 1
                }
            } catch is CancellationError {
                return
            } catch {
                logger.error("the outbox could not be read or written: \(error)")
            }
        }
    }

    /// Tries one job now, due or not, and notes what came of it: for a command. Nothing happens where somebody else is
    /// at it.
    public func perform(_ id: JobID) async throws {
        guard let job = try await outbox.claim(id, under: Lease(of: holder, from: now()), at: now()),
            let line = lines.first(where: { $0.handler.kind == job.kind })
        else { return }
        await perform(job, by: line.handler)
    }

    private func perform(_ job: Job, by handler: any JobHandler) async {
        guard underWay.withLock({ $0.insert(job.id).inserted }) else { return }
        defer { underWay.withLock { _ = $0.remove(job.id) } }
        guard unwritten.withLock({ $0[job.id] == nil }) else { return }
        do {
            let outcome = try await whileRenewing {
                try await self.outbox.renew(job.id, under: Lease(of: self.holder, from: self.now()))
            } work: {
                try await handler.perform(job, at: self.now())
            }
            report(outcome, of: job)
            let ended = Ended(outcome: outcome, moment: now())
            unwritten.withLock { $0[job.id] = ended }
            do { try await write(ended, of: job.id) } catch {
                logger.error("what came of job \(job.id) could not be written, and is kept: \(error)")
            }
        } catch {
            // As if it had not been tried. Where this fails, the lease runs out.
            let (outbox, holder) = (outbox, holder)
            try? await Task { try await outbox.release(job.id, heldBy: holder) }.value
        }
    }

    private func report(_ outcome: JobOutcome, of job: Job) {
        guard case .failed(_, let logged, let fate) = outcome else { return }
        let name = "\(job.kind.rawValue) \(job.id)"
        let metadata: Logger.Metadata = [
            "job": "\(job.id)", "kind": "\(job.kind.rawValue)", "attempts": "\(job.attempts + 1)",
        ]
        switch fate {
        case .retry(let moment):
            logger.warning(
                "\(name) failed and is tried again at \(moment.iso8601Seconds)Z: \(logged)", metadata: metadata)
        case .giveUp: logger.error("\(name) failed and is given up: \(logged)", metadata: metadata)
        }
    }

    /// Writes what could not be written before.
    private func writeLeftovers() async throws {
        for (id, ended) in unwritten.withLock({ $0 }) { try await write(ended, of: id) }
    }

    /// Writes what came of a job. A crash before it does once more what was done: a mail goes out again, under the same
    /// Message-ID.
    private func write(_ ended: Ended, of id: JobID) async throws {
        let (outbox, holder) = (outbox, holder)
        // A task of its own: a cancelled one could not write, and what is under way at the end belongs written, too.
        try await Task { try await outbox.end(id, with: ended.outcome, heldBy: holder, at: ended.moment) }.value
        unwritten.withLock { $0[id] = nil }
    }
}
