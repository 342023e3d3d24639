import Jobs
import Logging
import Ports
import ServiceLifecycle

/// A small duty that comes round: at the start, and again after each interval, until the server shuts down.
struct PeriodicRun: Sendable {
    /// Between two rounds.
    let interval: Duration
    /// What the log says when a round fails. The next round tries again.
    let failure: String
    let logger: Logger
    /// For what one process does at a time; nil for what each does for itself.
    var sole: SoleTask?
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    func run(_ round: @Sendable @escaping () async throws -> Void) async {
        await cancelWhenGracefulShutdown { await runOnce(round) }
    }

    /// Until it is cancelled.
    func runOnce(_ round: @Sendable @escaping () async throws -> Void) async {
        var pause: Duration
        repeat {
            pause = interval
            do {
                if let sole { try await sole.run(round) } else { try await round() }
            } catch is CancellationError where Task.isCancelled {
                return  // The server ends: nothing has failed.
            } catch let held as SoleTask.Held {
                // Where its holder died, it is ours then.
                pause = min(interval, max(held.rest, .milliseconds(100)))
            } catch {
                logger.error("\(failure): \(error)")
            }
        } while (try? await sleep(pause)) != nil
    }
}
