import Logging
import Model
import ServiceLifecycle
import UTC

/// Ranks the projects once a UTC day, and designates those that have become critical.
///
/// The first time is at the start, so that a server which was down at midnight makes up for it; then a few minutes after
/// each midnight, when the downloads of the day before are stored.
struct DailyDesignation: Service {
    let critical: any CriticalStore
    let now: @Sendable () -> Timestamp
    let logger: Logger

    /// How long after midnight; the downloads of the last minute are stored by then.
    static let delay = Duration.seconds(5 * 60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            repeat {
                await compute()
            } while (try? await Task.sleep(for: Self.untilNextRun(after: now()))) != nil
        }
    }

    /// How long to wait after a moment.
    static func untilNextRun(after moment: Timestamp) -> Duration {
        let today = moment.day.start + delay
        return (moment < today ? today : (moment.day + 1).start + delay).since(moment)
    }

    private func compute() async {
        do {
            let moment = now()
            let done = try await critical.compute(asOf: moment.day, by: .index, at: moment)
            if !done.designated.isEmpty {
                logger.notice("\(done.designated.count) projects have become critical")
            }
        } catch is CancellationError {
            // The server ends; the next one makes up for it.
        } catch { logger.error("critical projects could not be computed: \(error)") }
    }
}
