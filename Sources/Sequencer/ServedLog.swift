import NIOPosix
import Ports
import Synchronization
import TransparencyLog
import UTC

/// The log as it is served: from its folder, as far as the signed tree goes.
public final class ServedLog: PublicLog {
    private let store: LogStore
    private let folder: LogFolder
    /// Tiles that proofs were made of. A tile never changes; a part of one is a tile of its own.
    private let tiles = Mutex<[Tile: ExpandedTile]>([:])
    private let cosigned = Mutex<(text: String, size: Int)?>(nil)
    /// How many are kept: 16 KiB each.
    private static let keptTiles = 512

    private let sequencer: LogSequencer

    /// The log that a sequencer lets grow, in this process or in another one.
    public init(of sequencer: LogSequencer) {
        self.sequencer = sequencer
        store = sequencer.store
        folder = sequencer.folder
    }

    /// The keys that sign the log, with the one before while both do.
    public func keys() async throws -> [VerifierKey] { try await sequencer.verifiers() }

    /// The newest signed checkpoint; nil before the first.
    public func checkpoint() async throws -> String? { try await store.state().checkpoint }

    /// The newest checkpoint that witnesses have signed, too; nil while there is none.
    public func cosignedCheckpoint() async throws -> String? { try await store.state().cosigned }

    /// The newest entries of the signed tree, the newest first.
    public func latest(_ count: Int) async throws -> [LoggedEntry] {
        let size = try await store.state().size
        return try await store.entries(max(0, size - count)..<size).reversed().compactMap {
            LoggedEntry(position: $0.position, bytes: $0.bytes)
        }
    }

    /// The entry that published a file; nil where the signed tree has none.
    public func entry(ofFile filename: String) async throws -> LoggedEntry? {
        let (state, entry) = try await store.upload(of: filename)
        guard let entry, entry.position < state.size else { return nil }
        return LoggedEntry(position: entry.position, bytes: entry.bytes)
    }

    /// What is said of a file since it was published, or of all of its release or project: the last of it, the oldest first.
    public func entries(about file: PublishedFile) async throws -> [LoggedEntry] {
        try await store.entries(ofProject: file.project).compactMap {
            LoggedEntry(position: $0.position, bytes: $0.bytes)
        }.filter { $0.statement.isAbout(file) }
    }

    /// Since when the log waits for the operator to say how it goes on; nil where it does not.
    public func waitsSince() async throws -> Timestamp? { try await store.state().restoredAt }

    /// The bytes of a tile; nil for one that is not part of the signed tree.
    public func bytes(of tile: Tile) async throws -> [UInt8]? {
        guard tile.isPart(ofTreeOf: try await store.state().size) else { return nil }
        return try await NIOThreadPool.singleton.runIfActive { [folder] in folder.bytes(of: tile) }
    }

    /// The proof that a file is in the log with its digest (hexadecimal SHA-256); nil where it is not, or not yet.
    ///
    /// It leads to the newest head that witnesses have signed, where that has the file, for the head itself may have been
    /// there for a moment only.
    public func proof(ofFile filename: String, sha256: String) async throws -> LogProof? {
        let (state, entry) = try await store.upload(of: filename)
        guard let entry, let checkpoint = state.checkpoint, entry.position < state.size,
            LogStatement(entry.bytes)?.published?.sha256 == sha256
        else { return nil }
        // On the thread that asks, as a look-up: it takes one tile of 8 KiB that is not in memory, and to hand that to
        // another thread and to come back takes as long again.
        func proof(_ size: Int, _ head: String) throws -> LogProof {
            LogProof(
                index: entry.position,
                hashes: try TileHashes(ofTreeOf: size, read: expanded).inclusionProof(of: entry.position),
                checkpoint: head, extra: entry.bytes)
        }
        if let cosigned = state.cosigned, let size = cosignedSize(state), entry.position < size,
            // Parts of tiles that were made again are those of the head only.
            let found = try? proof(size, cosigned)
        {
            return found
        }
        return try proof(state.size, checkpoint)
    }

    /// How many entries the head has that witnesses have signed. It is the same for many proofs.
    private func cosignedSize(_ state: LogState) -> Int? {
        if let kept = cosigned.withLock({ $0 }), kept.text == state.cosigned { return kept.size }
        guard let text = state.cosigned, let size = state.cosignedSize else { return nil }
        cosigned.withLock { $0 = (text, size) }
        return size
    }

    private func expanded(_ tile: Tile) throws -> ExpandedTile {
        if let kept = tiles.withLock({ $0[tile] }) { return kept }
        let expanded = ExpandedTile(try folder.hashes(of: tile))
        tiles.withLock { tiles in
            if tiles.count >= Self.keptTiles { tiles = [:] }
            tiles[tile] = expanded
        }
        return expanded
    }
}
