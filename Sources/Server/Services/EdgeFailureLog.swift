import Logging
import ServiceLifecycle
import Web

/// Tells the log what the edge has answered with 500 and above, a line a second for each kind of failure: a flood of
/// connections shall not become a flood of lines.
struct EdgeFailureLog: Service {
    let counters: EdgeCounters
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: .seconds(1))) != nil { tell() }
        }
        tell()
    }

    func tell() {
        for (failure, count) in counters.takeFailures() {
            logger.warning(
                "\(count) at the edge answered \(failure.status): \(failure.explanation)",
                metadata: ["status": "\(failure.status)", "cause": "\(failure.explanation)", "count": "\(count)"])
        }
    }
}
