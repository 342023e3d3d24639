import Foundation
import Logging
import ServiceLifecycle

/// Ends the process nine seconds after it was asked to stop, whatever still goes on.
///
/// Ending ten thousand connections at once takes the libraries below longer than anybody waits. Nothing is lost by it:
/// what was acknowledged is on disk, an upload under way is as if it had been killed, and the last counts are written
/// first.
struct ShutdownDeadline: Service {
    let downloads: DownloadCounter
    let logger: Logger

    func run() async throws {
        try await gracefulShutdown()
        Task.detached {
            try? await Task.sleep(for: .seconds(9))
            await downloads.flush()
            logger.warning("connections did not end in time, and are cut off")
            exit(0)
        }
    }
}
