import Logging
import Model
import ServiceLifecycle
import UTC

/// Clears away what has ended by itself, once an hour: sessions, challenges, links.
struct SessionCleanup: Service {
    let sessions: any SessionStore
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func run() async throws {
        let upkeep = Upkeep(
            interval: .seconds(3_600), failure: "ended sessions could not be cleared away", logger: logger)
        await upkeep.keepUp { try await sessions.removeEnded(at: now()) }
    }
}
