import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Gives the roles that were accepted and waited for time to pass, every minute.
struct AcceptedRoles: Service {
    let collaboration: any CollaborationStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(60), failure: "accepted roles could not be given", logger: logger, sole: sole)
        await schedule.run { try await collaboration.giveAcceptedRoles(at: now()) }
    }
}
