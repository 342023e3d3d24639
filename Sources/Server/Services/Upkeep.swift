import Logging
import ServiceLifecycle

/// A small duty that comes round: at the start, and again after each interval, until the server shuts down.
struct Upkeep: Sendable {
    /// Between two rounds.
    let interval: Duration
    /// What the log says when a round fails. The next round tries again.
    let failure: String
    let logger: Logger
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    func keepUp(_ round: @Sendable @escaping () async throws -> Void) async {
        await cancelWhenGracefulShutdown { await comeRound(round) }
    }

    /// Until it is cancelled.
    func comeRound(_ round: @Sendable () async throws -> Void) async {
        repeat {
            do { try await round() } catch is CancellationError {
                return  // The server ends: nothing has failed.
            } catch {
                logger.error("\(failure): \(error)")
            }
        } while (try? await sleep(interval)) != nil
    }
}
