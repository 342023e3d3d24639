import TransparencyLog

/// Reads the log of an index from outside, and believes nothing of it that is not in the signed tree. Belongs to one
/// thread, which it blocks.
struct LogReader {
    /// Where the index is, without a slash at its end.
    let base: String
    /// Whom to believe.
    let policy: LogPolicy
    private let index: IndexReader

    /// - Parameters:
    ///   - base: where the index is.
    ///   - keys: whom to believe; empty believes the keys that the index names.
    init(_ base: String, keys: [VerifierKey]) throws {
        self.base = IndexReader.base(base)
        index = try IndexReader()
        guard keys.isEmpty else {
            policy = LogPolicy(trusting: keys)
            return
        }
        let text = String(decoding: try index.read("\(self.base)/log/keys") ?? [], as: UTF8.self)
        let named = text.split(separator: "\n").compactMap { VerifierKey(parsing: $0) }
        guard !named.isEmpty else {
            throw VerificationFailure("\(base) names no keys of a log. Say one with --key")
        }
        policy = LogPolicy(trusting: named)
    }

    /// - Parameters:
    ///   - base: where the index is.
    ///   - policy: whom to believe.
    init(_ base: String, policy: LogPolicy) throws {
        self.base = IndexReader.base(base)
        self.policy = policy
        index = try IndexReader()
    }

    /// The bytes at an address of the log; nil where the index says that there is nothing.
    func read(_ url: String) throws -> [UInt8]? { try index.read(url) }

    /// A page of the Simple API, in JSON; nil where the index says that there is nothing.
    func page(_ url: String) throws -> [UInt8]? { try index.page(url) }

    /// The newest checkpoint that the policy believes, and as it was signed. One that witnesses have to sign is some seconds
    /// older than the newest.
    func head() throws -> (head: VerifiedCheckpoint, note: String) {
        guard let note = try read("\(base)/log/checkpoint") else {
            throw VerificationFailure("\(base) has no checkpoint of a log")
        }
        do throws(PolicyFailure) {
            return (try policy.verify(note), String(decoding: note, as: UTF8.self))
        } catch {
            guard error == .quorum, let cosigned = try read("\(base)/log/cosigned-checkpoint") else {
                throw VerificationFailure(error.description)
            }
            do throws(PolicyFailure) {
                return (try policy.verify(cosigned), String(decoding: cosigned, as: UTF8.self))
            } catch { throw VerificationFailure(error.description) }
        }
    }

    /// The tree of a checkpoint that was kept, and that the log goes on from as far as the sizes say. Its signature was
    /// verified when it was kept; the key may be another now.
    func older(_ kept: String, than head: Checkpoint) throws -> Checkpoint {
        guard let note = try? SignedNote(parsing: Array(kept.utf8)), let old = Checkpoint(text: note.text) else {
            throw VerificationFailure("what was kept is not a checkpoint")
        }
        try requireGrowth(from: old, to: head)
        return old
    }

    /// Throws where a head cannot be one that goes on from a tree, by its name and size.
    func requireGrowth(from old: Checkpoint, to head: Checkpoint) throws {
        guard old.origin == head.origin else {
            throw VerificationFailure("the checkpoint that was kept is of another log, \(old.origin)")
        }
        guard old.size <= head.size else {
            throw VerificationFailure(
                "the log was rolled back: it had \(old.size) entries when the checkpoint was kept, and has \(head.size)"
            )
        }
        guard old.size < head.size || old.root == head.root else { throw Self.rewritten(old.size) }
    }

    private static func rewritten(_ size: Int) -> VerificationFailure {
        VerificationFailure(
            "the log was rewritten: its first \(size) entries are not those of the checkpoint that was kept")
    }

    /// Reads entries, lets the tree grow by them, and compares it with the signed one. So all that was read is in the log,
    /// and the log goes on from the older tree. What `take` is told is not known to be so before this returns.
    ///
    /// - Returns: how many were read.
    func readEntries(
        after old: Checkpoint?, to head: Checkpoint, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in },
        take: (_ position: Int, _ statement: LogStatement) -> Void
    ) throws -> Int {
        var edge = TreeEdge()
        if let old, old.size > 0 {
            do {
                edge = try TreeEdge(ofTreeOf: old.size, root: old.root) { try hashes(of: $0, inTreeOf: head.size) }
            } catch is TileFailure { throw Self.rewritten(old.size) }
        }
        let start = edge.size
        while edge.size < head.size {
            let tile = Tile(.entries, index: edge.size / Tile.fullWidth).part(ofTreeOf: head.size)
            guard let bytes = try read("\(base)/log/\(tile.path)"),
                let entries = EntryBundle.entries(from: bytes, count: tile.width)
            else { throw VerificationFailure("\(tile.path) is missing or damaged") }
            let new = entries.dropFirst(edge.size % Tile.fullWidth)
            for (position, entry) in zip(edge.size..., new) {
                guard let statement = LogStatement(entry) else {
                    throw VerificationFailure("entry \(position) of the log is not a statement of an index")
                }
                take(position, statement)
            }
            _ = edge.append(new.map { TreeHash(ofEntry: $0) })
            progress(edge.size - start, head.size - start)
        }
        guard edge.root == head.root else {
            throw VerificationFailure(
                old == nil
                    ? "the entries are not those of the signed tree"
                    : "the log was rewritten, or its entries are not those of the signed tree")
        }
        return head.size - start
    }

    /// Of a tile of an older tree, which may be served as the beginning of a wider one by now.
    private func hashes(of tile: Tile, inTreeOf size: Int) throws -> [TreeHash] {
        for tile in [tile, tile.part(ofTreeOf: size)] {
            guard let bytes = try read("\(base)/log/\(tile.path)") else { continue }
            guard let hashes = tile.hashes(from: bytes) else { throw TileFailure.width(tile) }
            return Array(hashes.prefix(tile.width))
        }
        throw TileFailure.missing(tile)
    }
}

/// What somebody claims is not so; the sentence says what.
public struct VerificationFailure: Error, Hashable, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
