import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Tells people that their second factor counts, within a minute of when it does.
///
/// Whether it counts is judged by the time alone, and waits for no task.
struct ProbationEnds: Service {
    let factors: any FactorStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(60), failure: "the ends of probations could not be told", logger: logger, sole: sole)
        await schedule.run { try await factors.endProbations(at: now()) }
    }
}
