import Journal
import Logging
import Ports
import Primitives
import ServiceLifecycle
import Synchronization

/// Tells what is kept in memory about changes, by reading the journal: those of this process at once, those of other
/// processes (a command beside the server, another node) within a quarter of a second.
public final class JournalFollower: Service {
    private let journal: any JournalStore
    private let logger: Logger
    private let onChange: @Sendable ([JournalChange]) -> Void
    /// How many changes are read at a time.
    private static let atOnce = 1_000
    /// The serial up to which everything has been told.
    private let told = Mutex<Serial>(0)

    /// - Parameter onChange: told about changes in order; about some of them twice when two callers are at it.
    public init(
        journal: any JournalStore, logger: Logger, onChange: @escaping @Sendable ([JournalChange]) -> Void
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

    /// Tells about everything that is in the journal now. Anyone who has changed something calls it before they answer.
    public func catchUp() async throws {
        while true {
            let changes = try await journal.changes(after: told.withLock { $0 }, limit: Self.atOnce)
            guard let last = changes.last else { return }
            onChange(changes)
            told.withLock { $0 = max($0, last.serial) }
            if changes.count < Self.atOnce { return }
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
