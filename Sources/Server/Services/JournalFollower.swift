import Logging
import Model
import ServiceLifecycle
import Synchronization

/// Tells what is kept in memory about changes, by reading the journal: those of this process at once, those of other
/// processes (a command beside the server, another node) within a quarter of a second.
public final class JournalFollower: Service {
    private let journal: any JournalStore
    private let logger: Logger
    private let onChange: @Sendable ([JournalEntry]) -> Void
    /// The serial up to which everything has been told.
    private let told = Mutex<Serial>(0)

    /// - Parameter onChange: told about entries in order; about some of them twice when two callers are at it.
    public init(
        journal: any JournalStore, logger: Logger, onChange: @escaping @Sendable ([JournalEntry]) -> Void
    ) {
        self.journal = journal
        self.logger = logger
        self.onChange = onChange
    }

    /// Starts from now: nothing is in memory yet.
    public func skipToLatest() async throws {
        let latest = try await journal.latestSerial()
        told.withLock { $0 = max($0, latest) }
    }

    /// The serial up to which everything has been told.
    public var toldSerial: Serial { told.withLock { $0 } }

    /// Tells about everything that is in the journal now. Whoever has changed something calls it before he answers.
    public func catchUp() async throws {
        while true {
            let query = JournalQuery(after: told.withLock { $0 }, limit: 1_000)
            let entries = try await journal.entries(query)
            guard let last = entries.last else { return }
            onChange(entries)
            told.withLock { $0 = max($0, last.serial) }
            if entries.count < query.limit { return }
        }
    }

    /// Looks for changes of other processes until the server shuts down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try await self.catchUp()
                    try await Task.sleep(for: .milliseconds(250))
                } catch is CancellationError {
                    return
                } catch {
                    self.logger.error("the journal could not be read: \(error)")
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
    }
}
