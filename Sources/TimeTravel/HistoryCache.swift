import PackagingFormats
import Past
import Ports
import Primitives
import Synchronization
import Web

/// Histories of projects that are asked for, bounded by the files in them.
///
/// What a history says of a serial up to the one at which it was read stays true, whatever happens to the project later; so
/// it is kept until somebody asks for a later one. Only what is left out goes by what is so now, and makes it stale.
public final class HistoryCache: Sendable {
    /// The most files that all histories may have together. Each takes about a kilobyte.
    private static let mostFiles = 60_000
    /// The most bytes that all documents may take.
    private static let mostBytes = 24 * 1024 * 1024

    private let kept = Mutex(VersionedCache<(history: ProjectHistory, upTo: Serial)>(limit: HistoryCache.mostFiles))
    private let documents = Mutex(VersionedCache<[UInt8]>(limit: HistoryCache.mostBytes))
    private let past: any PastStore

    /// - Parameter past: where they are read.
    public init(past: any PastStore) { self.past = past }

    /// The history of a project, which says what was up to a serial at least; nil where there was never such a project.
    func history(
        of name: ProjectName, upTo serial: Serial
    ) async throws -> (history: ProjectHistory, upTo: Serial)? {
        let key = name.normalized
        if let known = kept.withLock({ $0.value(for: key) }), known.upTo >= serial { return known }
        guard let read = try await past.history(of: name) else { return nil }
        kept.withLock { kept in
            // A slower request may have read less.
            if let known = kept.value(for: key), known.upTo >= read.upTo { return }
            kept.put(read, for: key, asOf: read.upTo, cost: read.history.fileCount + 1)
        }
        return read
    }

    /// A long document that is made of a history, which was read up to a serial: made once, and kept.
    func document(_ key: String, upTo serial: Serial, make: () -> [UInt8]) -> [UInt8] {
        if let known = documents.withLock({ $0.value(for: key) }) { return known }
        let made = make()
        documents.withLock { _ = $0.put(made, for: key, asOf: serial, cost: made.count + key.utf8.count) }
        return made
    }

    /// Forgets all: the change with a serial has put something into quarantine or taken it out, or erased it.
    public func forgetAll(serial: Serial) {
        kept.withLock { $0.invalidateAll(serial: serial) }
        documents.withLock { $0.invalidateAll(serial: serial) }
    }
}
