import Jobs
import Logging
import Ports
import ServiceLifecycle
import UTC

/// Clears away what has ended by itself, every few minutes: sessions, challenges, links.
struct SessionCleanup: Service {
    let sessions: any SessionStore
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let sole: SoleTask

    func run() async throws {
        let schedule = PeriodicRun(
            interval: .seconds(600), failure: "ended sessions could not be cleared away", logger: logger, sole: sole)
        await schedule.run { try await sessions.removeEnded(at: now()) }
    }
}
