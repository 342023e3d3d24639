import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Deletes the accounts whose day has come, or keeps those that something stands against by then, every minute.
struct AccountDeletions: Service {
    let deletions: any AccountDeletionStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(60), failure: "an account that is to be deleted could not be", logger: logger, sole: sole
        )
        await schedule.run { _ = try await deletions.carryOut(at: now()) }
    }
}
