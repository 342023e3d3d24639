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
        await cancelWhenGracefulShutdown {
            repeat {
                do { try await sessions.removeEnded(at: now()) } catch {
                    logger.error("ended sessions could not be cleared away: \(error)")
                }
            } while (try? await Task.sleep(for: .seconds(3_600))) != nil
        }
    }
}
