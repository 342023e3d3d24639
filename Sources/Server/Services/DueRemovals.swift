import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Carries out the removals and the proposals whose day has come, and ends those that nobody answered, releases that wait
/// among them, every minute; and tells people of those that came.
struct DueRemovals: Service {
    let removals: any RemovalStore
    let proposals: any ProposalStore
    let stages: any StageStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(60), failure: "what was asked to be removed could not be", logger: logger, sole: sole)
        await schedule.run {
            _ = try await removals.carryOutRequests(at: now())
            _ = try await proposals.carryOutProposals(at: now())
            _ = try await stages.expire(at: now())
            _ = try await stages.tell(at: now())
        }
    }
}
