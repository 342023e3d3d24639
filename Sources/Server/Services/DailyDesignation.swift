import Foundation
import Jobs
import Logging
import Policy
import Ports
import Primitives
import ServiceLifecycle
import Stores
import UTC

/// Ranks the projects once a UTC day, for searches too, and designates those that have become critical.
///
/// The first time is at the start, so that a server which was down at midnight makes up for it; then a few minutes
/// after each midnight, when the downloads of the day before are stored. What fails is tried again after a minute, then
/// after twice as long each time.
struct DailyDesignation: Service {
    /// Computes as of a day, and returns what was designated.
    let compute: @Sendable (_ day: Day, _ now: Timestamp) async throws -> [Designation]
    let now: @Sendable () -> Timestamp
    let logger: Logger
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// How long after midnight; the downloads of the last minute are stored by then.
    static let delay = Duration.minutes(5)
    /// How long to wait after the first failure.
    static let firstPause = Duration.seconds(60)

    init(
        critical: any CriticalStore, projects: any ProjectStore, sole: SoleTask,
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.init(
            compute: { day, now in
                try await sole.run {
                    let designated = try await critical.compute(asOf: day, by: .index, at: now).designated
                    // By the same sums.
                    try await projects.weighProjects()
                    return designated
                }
            }, now: now, logger: logger)
    }

    init(
        compute: @escaping @Sendable (Day, Timestamp) async throws -> [Designation],
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.compute = compute
        self.now = now
        self.logger = logger
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { await computeDaily() }
    }

    /// Until it is cancelled.
    func computeDaily() async {
        var failures = 0
        repeat {
            failures = await isComputed() ? 0 : failures + 1
        } while (try? await sleep(Self.pause(after: now(), failures: failures))) != nil
    }

    /// How long to wait after a moment.
    ///
    /// - Parameter failures: how often in a row it failed by now.
    static func pause(after moment: Timestamp, failures: Int) -> Duration {
        let today = moment.day.start + delay
        let regular = (moment < today ? today : (moment.day + 1).start + delay).since(moment)
        // Up to an hour and four minutes.
        return failures == 0 ? regular : min(regular, firstPause * (1 << min(failures - 1, 6)))
    }

    private func isComputed() async -> Bool {
        do {
            let moment = now()
            let designated = try await compute(moment.day, moment)
            if !designated.isEmpty { logger.notice("\(designated.count) projects have become critical") }
            return true
        } catch is CancellationError where Task.isCancelled {
            // The server ends; the next one makes up for it.
            return true
        } catch is SoleTask.Held {
            // Another process is at it. Should that one die, we make up for it.
            return false
        } catch {
            logger.error("critical projects could not be computed: \(error)")
            return false
        }
    }
}

extension LocalIndex {
    /// What a server does each day, for the operator: at no time at once with one.
    ///
    /// Throws `DesignationUnderWay` where a server is at it, and what `CriticalStore.compute` throws.
    public func computeCriticalProjects(asOf day: Day, at now: Timestamp) async throws -> CriticalComputation {
        let sole = SoleTask(.designation, stores.leases, holder: UUID().uuidString, now: currentTimestamp)
        let critical = stores.critical
        do {
            return try await sole.run { try await critical.compute(asOf: day, by: .operatorAtMachine, at: now) }
        } catch let held as SoleTask.Held {
            throw DesignationUnderWay(until: held.until)
        }
    }
}

/// A server ranks the projects at this moment.
public struct DesignationUnderWay: Refusal {
    let until: Timestamp

    /// Always `conflict`.
    public var kind: RefusalKind { .conflict }
    /// `critical.under-way`
    public var code: String { "critical.under-way" }
    public var explanation: String {
        "A server is ranking the projects now. Ask again after \(until.hourAndMinute) UTC, if it has not designated by then."
    }
}
