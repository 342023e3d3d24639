import Downloads
import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Forgets counts that are older than they are kept, once an hour.
struct DownloadRetention: Service {
    let downloads: any DownloadStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .hours(1), failure: "old download counts could not be cleared away", logger: logger, sole: sole)
        await schedule.run { try await downloads.forget(before: now().day - Day.countsAreKept) }
    }
}
