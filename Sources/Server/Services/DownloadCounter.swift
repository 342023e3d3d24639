import Downloads
import Logging
import Model
import ServiceLifecycle
import Synchronization
import UTC

/// Gathers downloads in memory and writes them down every second and at the end.
///
/// The read path only adds to a dictionary behind a lock. A crash loses what came since the last flush, a second at
/// most; a flush whose answer was lost is sent again under its number and applied once.
public final class DownloadCounter: Service {
    private let store: any DownloadStore
    private let now: @Sendable () -> Timestamp
    private let rules: DownloaderRules
    private let logger: Logger
    /// Names this run of the server among all that flush into the same database.
    private let source: String
    private let state = Mutex(State())

    private struct State {
        var tally = DownloadTally()
        /// Drained because the tally was full, and not yet taken by a flush.
        var spilled: [DownloadCount] = []
        /// Taken by a flush that has not succeeded yet.
        var unsent: [DownloadCount] = []
        /// The number of the next flush.
        var sequence: Int64 = 1
        /// Who the last few hundred User-Agents were: they repeat.
        var downloaders: [String: Downloader] = [:]
    }

    /// - Parameter source: unique to this run of the server.
    public init(
        store: any DownloadStore, source: String, rules: DownloaderRules = DownloaderRules(),
        now: @escaping @Sendable () -> Timestamp, logger: Logger
    ) {
        self.store = store
        self.source = source
        self.rules = rules
        self.now = now
        self.logger = logger
    }

    /// Counts one download of a file. Called on the event loop: a look-up and an addition.
    public func count(file: FileID, userAgent: String?) {
        let day = now().day
        state.withLock { state in
            let downloader = known(userAgent, in: &state)
            if state.tally.add(file: file.number, on: day, by: downloader) { return }
            state.spilled += state.tally.drain()
            _ = state.tally.add(file: file.number, on: day, by: downloader)
        }
    }

    private func known(_ userAgent: String?, in state: inout State) -> Downloader {
        guard let userAgent else { return .other }
        if let known = state.downloaders[userAgent] { return known }
        let downloader = rules.downloader(userAgent: userAgent)
        // Strangers make up as many as they like; the honest ones come back at once.
        if state.downloaders.count >= 512 { state.downloaders.removeAll(keepingCapacity: true) }
        if userAgent.utf8.count <= 1_024 { state.downloaders[userAgent] = downloader }
        return downloader
    }

    /// Flushes every second until the server shuts down, and then once more.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await self.flush()
            }
        }
        // A cancelled task must still be able to write, so the last flush is a task of its own.
        await Task { await self.flush() }.value
    }

    /// Sends what was counted. What could not be sent stays, under the same number. Flushes do not overlap: one task
    /// calls this, one call after the other.
    private func flush() async {
        let (counts, sequence) = state.withLock { state in
            if state.unsent.isEmpty {
                state.unsent = state.spilled + state.tally.drain()
                state.spilled = []
            }
            return (state.unsent, state.sequence)
        }
        guard !counts.isEmpty else { return }
        do {
            try await store.add(counts, source: source, sequence: sequence)
            state.withLock { state in
                state.unsent = []
                state.sequence += 1
            }
        } catch is CancellationError {
            // The last flush takes it.
        } catch {
            logger.error("download counts could not be written, and are kept: \(error)")
        }
    }
}
