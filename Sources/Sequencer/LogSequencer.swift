import Database
import Secrets
import TransparencyLog
import UTC

/// Lets the log grow by what is public in the journal.
///
/// Each round does this, in this order, and may end after every step; the next one goes on from there:
/// 1. What is public of the journal's next entries gets its place, in the database. Its bytes never change again.
/// 2. Entries and tiles are written, and are on disk. Those of a round that ended here are written again, with the same
///    bytes; nobody is shown a tile that the signed tree does not have.
/// 3. The new head is signed and takes the place of the one that this round began with, in the database: there, and only
///    if that is still the one. This is the commit.
/// 4. The head is written beside the tiles, for anyone who serves the folder; parts of full tiles are cleared away.
///
/// A tree that is signed grew, in memory, from the one that was signed before, whose head is verified first. Where
/// anything does not fit, nothing is signed, and a sentence says what.
public struct LogSequencer: Sendable {
    let store: LogStore
    private let keys: KeyRing
    let folder: LogFolder
    private let origin: String
    private let interrupt: @Sendable (Step) async throws -> Void

    /// After which step a round may be ended, by tests.
    public enum Step: String, Sendable, CaseIterable {
        case followed, tilesWritten, signed, replaced
    }

    /// Entries that are signed at once at most: what a round keeps in memory. A multiple of a tile's width.
    static let entriesAtOnce = 64 * Tile.fullWidth

    /// - Parameters:
    ///   - origin: what the log is called where it has no checkpoint yet; afterwards it stays what it is, unless somebody
    ///     makes it a new one.
    ///   - interrupt: called after each step; what it throws ends the round there.
    public init(
        _ database: Database, keys: KeyRing, folder: LogFolder, origin: String,
        interrupt: @escaping @Sendable (Step) async throws -> Void = { _ in }
    ) {
        store = LogStore(database: database)
        self.keys = keys
        self.folder = folder
        self.origin = origin
        self.interrupt = interrupt
    }

    /// The public keys that sign, the newest last; at least one.
    public func verifiers() async throws -> [VerifierKey] {
        try LogHead(try await store.state(), keys: keys, origin: origin).verifiers
    }

    /// Throws `SequencerFailure.keyTooNew` where there is a head that not all keys have signed yet.
    public func requireSigned() async throws {
        let state = try await store.state()
        guard try state.checkpoint == nil || LogHead(state, keys: keys, origin: origin).isSignedByAll else {
            throw SequencerFailure.keyTooNew
        }
    }

    /// One round, or as many as it takes. Returns how many entries the signed tree has.
    ///
    /// Throws ``SequencerFailure`` where nothing may be signed.
    @discardableResult
    public func advance() async throws -> Int {
        while true {
            let count = try await store.follow()
            try await interrupt(.followed)
            let state = try await store.state()
            if let moment = state.restoredAt { throw SequencerFailure.restored(moment) }
            let head = try LogHead(state, keys: keys, origin: origin)
            // Before the first entry of the journal there is no head that another could replace.
            guard state.followed > 0, state.size < count || !head.isSignedByAll else { return state.size }
            try requireNoLaterHead(than: head)
            try await grow(from: state, head, to: min(count, state.size + Self.entriesAtOnce))
        }
    }

    /// The head, as it is signed, and what proves that an earlier tree is its beginning; nil before the first.
    public func head() async throws -> (note: SignedNote, proof: @Sendable (_ old: Int) throws -> [TreeHash])? {
        let state = try await store.state()
        guard let checkpoint = state.checkpoint else { return nil }
        let folder = folder
        return (
            try SignedNote(parsing: Array(checkpoint.utf8)),
            { old in
                try TileHashes(ofTreeOf: state.size) { ExpandedTile(try folder.hashes(of: $0)) }
                    .consistencyProof(from: old)
            }
        )
    }

    /// Keeps a head with signatures of witnesses below it, also where there is a newer one by now: an index in which
    /// something is done every second would never show a head that they have signed otherwise. Where it is the head still,
    /// they stand below that, too. Returns whether it was kept: it is not where a larger one is there.
    @discardableResult
    public func add(_ cosignatures: [NoteSignature], to note: SignedNote) async throws -> Bool {
        let state = try await store.state()
        let head = try LogHead(state, keys: keys, origin: origin)
        guard let new = Checkpoint(text: note.text), new.origin == head.origin, new.size <= head.size,
            new.size >= state.cosignedSize ?? 0
        else { return false }
        // Who has seen it has to have all the keys that sign now, whatever they had when it was the head.
        guard let signed = try? VerifiedCheckpoint(parsing: Array(note.written.utf8), logs: head.verifiers),
            head.verifiers.allSatisfy(signed.signers.contains)
        else { return false }
        let cosigned = note.replacing(cosignatures).written
        guard try await store.keep(cosigned: cosigned, of: note.written, after: state) else { return true }
        try folder.write([LogFolder.File(path: LogFolder.checkpoint, bytes: Array(cosigned.utf8))])
        return true
    }

    /// Makes the files of the signed tree again, where they are damaged or gone.
    public func mendFolder() async throws {
        _ = try await edge(of: LogHead(try await store.state(), keys: keys, origin: origin))
    }

    /// Lets the log of a database that was restored go on from its head: where that is the last one that anybody was
    /// shown.
    public func resume() async throws { try await store.resume() }

    /// Makes the entries a new log, called after the one before and a moment, and signs its first head. Who kept a head of
    /// the log before sees that this is another one. Returns the keys of the new one.
    @discardableResult
    public func restart(at now: Timestamp) async throws -> [VerifierKey] {
        let old = try await store.state().checkpoint.map(SignedNote.firstLine) ?? origin
        // One that was made so before has a moment at its end already.
        let name = old.replacing(/\/[0-9]{8}T[0-9]{6}Z$/, with: "")
        let moment = now.iso8601.prefix(19).filter { $0.isNumber || $0 == "T" }
        try await store.restart(as: "\(name)/\(moment)Z")
        try await advance()
        return try await verifiers()
    }

    /// Since when the database is one that came out of a backup, and its log waits for somebody to say how it goes on; nil
    /// for any other.
    public func waitsSince() async throws -> Timestamp? { try await store.state().restoredAt }

    /// What the log of a database that came out of a backup needs to know.
    public static func noteRestored(_ database: Database, at now: Timestamp) async throws {
        try await LogStore(database: database).noteRestored(at: now)
    }

    private func grow(from state: LogState, _ head: LogHead, to size: Int) async throws {
        var edge = try await edge(of: head)
        // The last bundle is written anew with what was in it.
        let start = state.size - state.size % Tile.fullWidth
        let entries = try await store.entries(start..<size)
        guard entries.map(\.position) == Array(start..<size) else { throw SequencerFailure.entries(start..<size) }
        let tiles = edge.append(entries.dropFirst(state.size - start).map { TreeHash(ofEntry: $0.bytes) })
        let new = Tile.new(from: state.size, to: size)
        let bundles = new.filter { $0.row == .entries }.map { tile in
            let first = tile.index * Tile.fullWidth - start
            return LogFolder.File(
                path: tile.path, bytes: EntryBundle.bytes(of: entries[first..<first + tile.width].map(\.bytes)))
        }
        try folder.write(
            bundles + tiles.map { LogFolder.File(path: $0.tile.path, bytes: Tile.bytes(of: $0.hashes)) })
        try await interrupt(.tilesWritten)
        let note = try head.next(size: edge.size, root: edge.root).written
        try await interrupt(.signed)
        // Another process may have been faster: its tiles are these, and the next round goes on from its head.
        guard
            try await store.replace(
                state, size: size, checkpoint: note, forgetsCosigned: !head.isSignedByAll)
        else { return }
        try await interrupt(.replaced)
        try folder.write([LogFolder.File(path: LogFolder.checkpoint, bytes: Array(note.utf8))])
        for tile in new where tile.isFull { folder.removeParts(of: tile) }
    }

    /// The edge of the signed tree, from its tiles. Where those are damaged or gone, they are made again from the entries in
    /// the database, if these lead to what was signed.
    private func edge(of head: LogHead) async throws -> TreeEdge {
        do {
            return try TreeEdge(ofTreeOf: head.size, root: head.root) { try folder.hashes(of: $0) }
        } catch is TileFailure {
            // Before a file is written, so that nothing comes of entries that are not those that were signed.
            guard try await rebuilt(head.size, writes: false).root == head.root else {
                throw SequencerFailure.otherTree(size: head.size)
            }
            return try await rebuilt(head.size, writes: true)
        }
    }

    private func rebuilt(_ size: Int, writes: Bool) async throws -> TreeEdge {
        var edge = TreeEdge()
        while edge.size < size {
            let range = edge.size..<min(size, edge.size + Self.entriesAtOnce)
            let entries = try await store.entries(range)
            guard entries.map(\.position) == Array(range) else { throw SequencerFailure.entries(range) }
            let tiles = edge.append(entries.map { TreeHash(ofEntry: $0.bytes) })
            guard writes else { continue }
            let bundles = Tile.new(from: range.lowerBound, to: range.upperBound).filter { $0.row == .entries }.map {
                let first = $0.index * Tile.fullWidth - range.lowerBound
                return LogFolder.File(
                    path: $0.path, bytes: EntryBundle.bytes(of: entries[first..<first + $0.width].map(\.bytes)))
            }
            try folder.write(
                bundles + tiles.map { LogFolder.File(path: $0.tile.path, bytes: Tile.bytes(of: $0.hashes)) })
        }
        return edge
    }

    /// Throws where the folder has a head of this log that the database does not know: then the database is an older one,
    /// and whatever would be signed now, somebody has seen otherwise.
    private func requireNoLaterHead(than head: LogHead) throws {
        guard let bytes = folder.read(LogFolder.checkpoint),
            let there = try? VerifiedCheckpoint(parsing: bytes, logs: head.verifiers).checkpoint
        else { return }
        guard there.size < head.size || (there.size == head.size && there.root == head.root) else {
            throw SequencerFailure.older(database: head.size, folder: there.size)
        }
    }
}

/// The signed head that a round begins with, and the keys that sign the next one.
struct LogHead {
    let size: Int
    let root: TreeHash
    let origin: String
    private let signers: [SigningKey]
    /// Whether all keys have signed it that sign now.
    let isSignedByAll: Bool

    var verifiers: [VerifierKey] { signers.map(\.verifier) }

    /// The head of the database, verified.
    ///
    /// - Parameter origin: what the log is called where it has no head yet.
    init(_ state: LogState, keys: KeyRing, origin: String) throws {
        let secrets = try keys.logSecrets()
        func signers(of origin: String) throws -> [SigningKey] {
            try secrets.map { secret in
                guard let key = SigningKey(name: origin, kind: .note, secret: secret) else {
                    throw SequencerFailure.origin(origin)
                }
                return key
            }
        }
        guard let checkpoint = state.checkpoint else {
            self.origin = state.origin ?? origin
            self.signers = try signers(of: self.origin)
            (size, root, isSignedByAll) = (0, .empty, false)
            guard state.size == 0 else { throw SequencerFailure.head("it has entries, and no checkpoint") }
            return
        }
        let named = SignedNote.firstLine(of: checkpoint)
        self.origin = named
        self.signers = try signers(of: named)
        let verified: VerifiedCheckpoint
        do throws(CheckpointFailure) {
            verified = try VerifiedCheckpoint(parsing: Array(checkpoint.utf8), logs: self.signers.map(\.verifier))
        } catch { throw SequencerFailure.head(error.description) }
        guard verified.checkpoint.size == state.size else {
            throw SequencerFailure.head("it says \(verified.checkpoint.size) entries, and \(state.size) are noted")
        }
        (size, root) = (verified.checkpoint.size, verified.checkpoint.root)
        isSignedByAll = self.signers.allSatisfy { verified.signers.contains($0.verifier) }
    }

    /// The head of a tree that goes on from this one, signed.
    func next(size: Int, root: TreeHash) throws -> SignedNote {
        try Checkpoint(origin: origin, size: size, root: root).signed(by: signers)
    }
}

/// Why nothing is signed. The log stands still until somebody has seen to it, and all else goes on.
public enum SequencerFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The head in the database is not one of this log.
    case head(String)
    /// The log cannot be called so.
    case origin(String)
    /// Entries are missing in the database.
    case entries(Range<Int>)
    /// The entries in the database do not lead to the tree that was signed.
    case otherTree(size: Int)
    /// The folder knows a later head than the database.
    case older(database: Int, folder: Int)
    /// The database came out of a backup, at this moment.
    case restored(Timestamp)
    /// There is a key that has signed nothing yet.
    case keyTooNew
    /// An entry is too long for the log.
    case entry(serial: Int64, bytes: Int)

    public var description: String {
        switch self {
        case .head(let why):
            "the log's head in the database cannot be believed: \(why). Bring back the key file that belongs to this database"
        case .origin(let origin): "'\(origin)' cannot be the name of a log: set base-url"
        case .entries(let range):
            "entries \(range.lowerBound) to \(range.upperBound - 1) of the log are not all in the database. Run: rind doctor"
        case .otherTree(let size):
            "the entries in the database do not lead to the signed tree of \(size) entries: they were changed. Run: rind doctor"
        case .older(let database, let folder):
            "the database has a log of \(database) entries, and its folder a checkpoint of \(folder) that this database does "
                + "not know: it is an older one, or a copy. Bring back the newest database; nothing is signed until then"
        case .restored(let moment):
            "the database was restored from a backup on \(moment.day): the log that it has may have grown since the backup, "
                + "here or elsewhere, and what is signed now would be another story. Nothing is signed until you say what is "
                + "so: rind log resume --help"
        case .keyTooNew:
            "The log is not signed with its newest key yet. Start rind serve, which does it within a second, and do this again"
        case .entry(let serial, let bytes): "entry \(serial) of the journal takes \(bytes) bytes, which no log takes"
        }
    }
}
