import Downloads
import Logging
import Model
import ServiceLifecycle
import UTC

/// Forgets counts that are older than they are kept, once an hour.
struct DownloadRetention: Service {
    let downloads: any DownloadStore
    let now: @Sendable () -> Timestamp
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                do { try await downloads.forget(before: now().day - Day.countsAreKept) } catch {
                    logger.error("old download counts could not be cleared away: \(error)")
                }
            } while (try? await Task.sleep(for: .seconds(3_600))) != nil
        }
    }
}
