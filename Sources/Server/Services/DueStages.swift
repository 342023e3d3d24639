import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Tells people of releases that wait for them, once no more files of them come, and ends those that nobody answered.
struct DueStages: Service {
    let stages: any StageStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(60), failure: "releases that wait could not be ended, or told of", logger: logger,
            sole: sole)
        await schedule.run {
            _ = try await stages.expire(at: now())
            _ = try await stages.tell(at: now())
        }
    }
}
