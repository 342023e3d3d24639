import Acts
import Database
import Journal
import LookAlikes
import PackagingFormats
import Policy
import Ports
import Synchronization
import UTC

/// The names that a new one may be a look-alike of, in memory: made once, followed with what changes them, and made again
/// where they are a day old, for downloads go on without being a change.
public final class CorpusMemory: NameJudging {
    public let setting: LookAlikeSetting
    private let names: SQLKnownNames
    private let held = Mutex<Held?>(nil)

    private struct Held: Sendable {
        let corpus: NameCorpus
        let allowed: Set<String>
        let madeAt: Timestamp
    }

    /// - Parameter database: whose schema is up to date before anything is judged.
    public init(_ database: Database, setting: LookAlikeSetting) {
        names = SQLKnownNames(database: database)
        self.setting = setting
    }

    /// As `NameJudging` has it. Until the names are in memory, every name is clear.
    public func judge(_ name: ProjectName, own: () throws -> Set<String>) rethrows -> LookAlike {
        guard setting != .off, let held = held.withLock({ $0 }), !held.allowed.contains(name.normalized) else {
            return .clear
        }
        let first = held.corpus.judge(name)
        return first.verdict == .clear ? first : held.corpus.judge(name, own: try own())
    }

    /// Reads the names anew.
    public func refresh(at now: Timestamp) async throws {
        guard setting != .off else { return }
        let corpus = try await names.corpus()
        let allowed = try await names.database.read { try $0.allowedNames() }
        held.withLock { $0 = Held(corpus: corpus, allowed: allowed, madeAt: now) }
    }

    /// Reads them anew, beside everything else, where changes concern them or a day has passed.
    public func follow(_ changes: [JournalChange], at now: Timestamp) {
        guard setting != .off else { return }
        let isOld = held.withLock { held in held.map { now.since($0.madeAt) >= .seconds(86_400) } ?? true }
        guard isOld || changes.contains(where: { $0.action.map(Self.changing.contains) ?? true }) else { return }
        // Where it fails, names are judged by what was so before, and the next change tries again.
        Task { try? await refresh(at: now) }
    }

    private static let changing: Set<Act> = [
        .index(.setKnownNames), .project(.reserveName), .project(.unreserveName), .project(.designate),
        .project(.liftDesignation),
    ]
}
