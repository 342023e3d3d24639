import Ports
import Synchronization
import UTC

/// A periodic task that one process of an index does at a time, under a lease.
public struct SoleTask: Sendable {
    private let task: PeriodicTask
    private let leases: any LeaseStore
    private let holder: String
    private let interval: Duration
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - holder: this run of this process, unlike any other.
    ///   - interval: between two renewals; nil means a third of the lease.
    public init(
        _ task: PeriodicTask, _ leases: any LeaseStore, holder: String, renewing interval: Duration? = nil,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.task = task
        self.leases = leases
        self.holder = holder
        self.interval = interval ?? task.span / 3
        self.now = now
    }

    /// Somebody else is at it, or may be.
    public struct Held: Error {
        /// Until when, unless they go on.
        public let until: Timestamp
        /// How long that is at most.
        public let rest: Duration
    }

    /// Does the work as the only one. Throws `Held`, and what the work throws. Where the lease is lost, the work is cancelled,
    /// and that is `Held` as well.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let lease = try await take()
        guard lease.holder == holder else { throw held(until: lease.until) }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(
                try await whileRenewing(
                    every: interval, within: task.span - min(Lease.margin, task.span / 4),
                    { try await take().holder == self.holder }, work: work))
        } catch is LeaseLost {
            // Another one that took it by now has it for a span at most.
            result = .failure(held(until: now() + task.span))
        } catch {
            result = .failure(error)
        }
        // A task of its own: a cancelled one could not write. Where it fails, the lease runs out.
        let (task, leases, holder) = (task, leases, holder)
        try? await Task { try await leases.release(task, heldBy: holder) }.value
        return try result.get()
    }

    private func take() async throws -> Lease {
        let moment = now()
        return try await leases.take(task, under: Lease(of: holder, from: moment, for: task.span), at: moment)
    }

    private func held(until moment: Timestamp) -> Held {
        // A clock that was set back must not make anybody wait for longer than a lease lasts.
        Held(until: moment, rest: max(.zero, min(task.span, moment.since(now()))))
    }
}

/// The lease on what was under way is another's, or could not be renewed in time.
struct LeaseLost: Error {}

/// When a lease is over, unless it is renewed.
private final class LeaseEnd: Sendable {
    let moment: Mutex<ContinuousClock.Instant>
    init(_ moment: ContinuousClock.Instant) { self.moment = Mutex(moment) }
}

/// Does work while its lease is renewed, and cancels it where that has become another's or may have.
///
/// - Parameters:
///   - span: for how long the lease is ours after it was renewed. It is measured by a clock that nobody sets.
///   - renew: returns whether the lease is still ours. Where it throws, it is ours until its span is over.
/// - Throws: `LeaseLost` where that cancelled the work, and what the work throws.
func whileRenewing<Result: Sendable>(
    every interval: Duration = Lease.renewal, within span: Duration = Lease.span - Lease.margin,
    _ renew: @escaping @Sendable () async throws -> Bool, work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    let clock = ContinuousClock()
    let end = LeaseEnd(clock.now + span)
    return try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            while (try? await Task.sleep(for: interval)) != nil {
                let asked = clock.now
                guard let isOurs = try? await renew() else { continue }
                guard isOurs else { break }
                end.moment.withLock { $0 = asked + span }
            }
            return nil
        }
        // Apart from the renewals, for one of them may hang.
        group.addTask {
            while case let moment = end.moment.withLock({ $0 }), moment > clock.now {
                guard (try? await clock.sleep(until: moment)) != nil else { break }
            }
            return nil
        }
        defer { group.cancelAll() }
        var isLost = false
        do {
            while let ended = try await group.next() {
                if let result = ended { return result }
                isLost = true
                group.cancelAll()
            }
        } catch is CancellationError where isLost && !Task.isCancelled {
            throw LeaseLost()
        }
        throw CancellationError()
    }
}
