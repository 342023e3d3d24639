import Database
import Journal
import Secrets
import Stores
import TransparencyLog
import UTC

/// Checks the whole log: its entries against the journal, its tree against the signed head, its tiles against both.
public struct LogAudit: Sendable {
    private let store: LogStore
    private let keys: KeyRing
    private let folder: LogFolder

    /// What an audit of the log of a database finds in it and in a folder.
    public init(_ database: Database, keys: KeyRing, folder: LogFolder) {
        store = LogStore(database: database)
        self.keys = keys
        self.folder = folder
    }

    /// What is wrong, in sentences.
    public struct Findings: Sendable, Equatable {
        /// Entries of the database that are not what the journal says, or not what was signed.
        public var contradictions: [String] = []
        /// Tiles that are not what the entries say. They can be made again.
        public var damage: [String] = []
        /// Since when the log waits for somebody to say how it goes on; nil where it does not.
        public var waitsSince: Timestamp?
        /// Entries that were looked at.
        public var entries = 0

        /// Nothing is wrong with so many entries.
        public init(entries: Int = 0) { self.entries = entries }
    }

    /// How many sentences of a kind are enough.
    private static let enough = 20

    /// Looks at everything that is signed. It may grow meanwhile.
    public func findings() async throws -> Findings {
        var found = Findings()
        let state = try await store.state()
        guard state.checkpoint != nil || state.size > 0 else { return found }
        found.waitsSince = state.restoredAt
        var head: LogHead?
        do throws(any Error) {
            head = try LogHead(state, keys: keys, origin: "log")
        } catch let failure as SequencerFailure { found.contradictions.append("log: \(failure)") }
        var edge = TreeEdge()
        var last: Int64 = 0
        let cosigned = state.cosigned.flatMap { try? SignedNote(parsing: Array($0.utf8)) }.flatMap {
            Checkpoint(text: $0.text)
        }
        while edge.size < state.size {
            let range = edge.size..<min(state.size, edge.size + LogSequencer.entriesAtOnce)
            let entries = try await store.entries(range)
            guard entries.map(\.position) == Array(range) else {
                found.contradictions.append("log: \(SequencerFailure.entries(range))")
                return found
            }
            for (entry, journal) in zip(entries, try await store.journal(of: entries)) {
                found.entries += 1
                if let flaw = flaw(of: entry, journal, after: last) {
                    found.contradictions.append("log: entry \(entry.position) \(flaw)")
                }
                last = entry.serial
            }
            let leaves = entries.map { TreeHash(ofEntry: $0.bytes) }
            if let cosigned, range.contains(cosigned.size - 1) {
                var older = edge
                _ = older.append(leaves.prefix(cosigned.size - range.lowerBound))
                if cosigned.root != older.root {
                    found.contradictions.append("log: the head that witnesses have signed is of another tree")
                }
            }
            found.damage += damage(of: edge.append(leaves), entries, from: range)
        }
        if let cosigned, cosigned.size > state.size {
            found.contradictions.append("log: witnesses have signed \(cosigned.size) entries, and it has \(state.size)")
        }
        if let head, head.root != edge.root {
            found.contradictions.append("log: \(SequencerFailure.otherTree(size: state.size))")
        }
        for serial in try await store.unlogged(upTo: state.followed) {
            found.contradictions.append("log: the journal's entry \(serial) is public, and is not in the log")
        }
        found.contradictions = Array(found.contradictions.prefix(Self.enough))
        found.damage = Array(found.damage.prefix(Self.enough))
        return found
    }

    private func flaw(of entry: LogEntry, _ journal: JournalEntry?, after last: Int64) -> String? {
        guard entry.serial > last else { return "does not follow the one before it in the journal" }
        guard let journal else { return "is about entry \(entry.serial) of the journal, which is not there" }
        guard let expected = try? PublicEntry(of: journal, salt: entry.salt) else {
            return "is about entry \(entry.serial) of the journal, of which nothing is public"
        }
        guard expected.bytes != entry.bytes else { return nil }
        // Where the salt is forgotten, commitments cannot be made again: the rest is compared.
        guard entry.salt == nil, let there = LogStatement(entry.bytes), let own = LogStatement(expected.bytes),
            there.isSame(as: own, but: ["holder", "reason"])
        else { return "is not what the journal says (entry \(entry.serial))" }
        return nil
    }

    private func damage(
        of tiles: [(tile: Tile, hashes: [TreeHash])], _ entries: [LogEntry], from range: Range<Int>
    ) -> [String] {
        guard folder.isThere else { return [] }
        let bundles = Tile.new(from: range.lowerBound, to: range.upperBound).filter { $0.row == .entries }.map { tile in
            let first = tile.index * Tile.fullWidth - range.lowerBound
            return (tile, EntryBundle.bytes(of: entries[first..<first + tile.width].map(\.bytes)))
        }
        return (bundles + tiles.map { ($0.tile, Tile.bytes(of: $0.hashes)) }).compactMap { tile, bytes in
            switch folder.bytes(of: tile) {
            case bytes: nil
            case nil: "log: \(tile.path) is missing"
            case _?: "log: \(tile.path) is not what the entries say"
            }
        }
    }
}

extension LogStatement {
    fileprivate func isSame(as other: LogStatement, but left: Set<String>) -> Bool {
        func rest(_ details: [String: String]) -> [String: String] { details.filter { !left.contains($0.key) } }
        return act == other.act && at == other.at && project == other.project && serial == other.serial
            && rest(details) == rest(other.details) && details.keys == other.details.keys
    }
}

extension LogStore {
    /// The journal's entries that some entries are about, in the same order; nil for one that is not there.
    fileprivate func journal(of entries: [LogEntry]) async throws -> [JournalEntry?] {
        guard let first = entries.first?.serial, let last = entries.last?.serial else { return [] }
        let found = try await database.read { connection in
            try connection.rows(
                """
                SELECT j.serial, j.at, j.actor, j.action, j.subject, j.details
                FROM journal j JOIN log_entry e ON e.serial = j.serial WHERE j.serial >= $1 AND j.serial <= $2
                """, min(first, last), max(first, last)
            ).map(JournalEntry.init(row:))
        }
        let bySerial = Dictionary(found.map { ($0.serial, $0) }, uniquingKeysWith: { $1 })
        return entries.map { bySerial[$0.serial] }
    }

    /// Entries of the journal that are public and have no place, up to one that is followed.
    fileprivate func unlogged(upTo followed: Int64) async throws -> [Int64] {
        var (found, after): ([Int64], Int64) = ([], 0)
        while true {
            let start = after
            let rows = try await database.read { connection in
                try connection.rows(
                    """
                    SELECT serial, at, actor, action, subject, details FROM journal
                    WHERE serial > $1 AND serial <= $2 AND serial NOT IN (SELECT serial FROM log_entry)
                    ORDER BY serial LIMIT 5000
                    """, start, followed
                ).map { (try $0.integer("serial"), try? JournalEntry(row: $0)) }
            }
            guard let last = rows.last?.0 else { return found }
            found += rows.compactMap { serial, entry in
                entry.flatMap { try? PublicEntry(of: $0) } == nil ? nil : serial
            }
            after = last
        }
    }
}
