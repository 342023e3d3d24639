import Ports
import UTC

/// A periodic task that one process of an index does at a time, under a lease.
public struct SoleTask: Sendable {
    private let task: PeriodicTask
    private let leases: any LeaseStore
    private let holder: String
    private let now: @Sendable () -> Timestamp

    /// - Parameter holder: this run of this process, unlike any other.
    public init(
        _ task: PeriodicTask, _ leases: any LeaseStore, holder: String, now: @escaping @Sendable () -> Timestamp
    ) {
        self.task = task
        self.leases = leases
        self.holder = holder
        self.now = now
    }

    /// Somebody else is at it.
    public struct Held: Error {
        /// Until when, unless they go on.
        public let until: Timestamp
    }

    /// Does the work as the only one. Throws `Held`, and what the work throws; it is cancelled where the lease is lost.
    public func run<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws -> Result {
        let lease = try await take()
        guard lease.holder == holder else { throw Held(until: lease.until) }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await whileRenewing({ try await take().holder == self.holder }, work: work))
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
        return try await leases.take(task, under: Lease(of: holder, from: moment), at: moment)
    }
}

/// Does work while its lease is renewed, and cancels it where that has become another's.
///
/// - Parameter renew: returns whether the lease is still ours. Where it throws, it may well be: the next one will tell.
func whileRenewing<Result: Sendable>(
    every interval: Duration = Lease.renewal, _ renew: @escaping @Sendable () async throws -> Bool,
    work: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result?.self) { group in
        group.addTask { try await work() }
        group.addTask {
            while (try? await Task.sleep(for: interval)) != nil {
                if let isOurs = try? await renew(), !isOurs { break }
            }
            return nil
        }
        defer { group.cancelAll() }
        while let ended = try await group.next() {
            if let result = ended { return result }
            group.cancelAll()
        }
        throw CancellationError()
    }
}
