/// A tree as far as it takes to let it grow: its size, and of each row of tiles the hashes of the last one while that is
/// not full.
///
/// A value is a tree that was checked, or one that grew from such a tree. So a log that signs nothing but edges signs no
/// tree that the one before is not the beginning of.
public struct TreeEdge: Sendable, Hashable {
    /// How many entries the tree has.
    public private(set) var size: Int
    /// The hashes of the last tiles that are not full, from level 0 up; empty where the row ends with a full one.
    private var rows: [[TreeHash]]

    /// A tree without entries.
    public init() {
        size = 0
        rows = []
    }

    /// The edge of a tree, from its last tiles.
    ///
    /// - Parameters:
    ///   - root: what is known of the tree otherwise: signed, and stored apart.
    ///   - read: gives the hashes of a tile, as many as it is wide.
    /// - Throws: ``TileFailure``, and what `read` throws.
    public init(ofTreeOf size: Int, root: TreeHash, read: (Tile) throws -> [TreeHash]) throws {
        self.init()
        for tile in Tile.edge(ofTreeOf: size) {
            let hashes = try read(tile)
            guard hashes.count == tile.width else { throw TileFailure.width(tile) }
            rows += Array(repeating: [], count: max(0, tile.row.level + 1 - rows.count))
            rows[tile.row.level] = hashes
        }
        self.size = size
        guard self.root == root else { throw TileFailure.otherTree(size: size) }
    }

    /// The hash of the whole tree.
    public var root: TreeHash {
        var below: TreeHash?
        for row in rows {
            let hashes = row + (below.map { [$0] } ?? [])
            below = hashes.isEmpty ? nil : MerkleTree.root(over: hashes)
        }
        return below ?? .empty
    }

    /// Lets the tree grow by entries, and returns the tiles of hashes that it has then and had not: the last one of a
    /// row as wide as it is at the end.
    public mutating func append(_ leaves: some Sequence<TreeHash>) -> [(tile: Tile, hashes: [TreeHash])] {
        var full: [(Tile, [TreeHash])] = []
        let old = size
        for leaf in leaves {
            size += 1
            var (level, hash) = (0, leaf)
            while true {
                if rows.count == level { rows.append([]) }
                rows[level].append(hash)
                guard rows[level].count == Tile.fullWidth else { break }
                let index = (size >> (level * Tile.height)) / Tile.fullWidth - 1
                full.append((Tile(.hashes(level: level), index: index), rows[level]))
                hash = MerkleTree.root(over: rows[level])
                rows[level] = []
                level += 1
            }
        }
        let partial = Tile.new(from: old, to: size).filter { !$0.isFull && $0.row != .entries }
        return full + partial.map { ($0, rows[$0.row.level]) }
    }
}

/// Why tiles do not make the tree that they should.
public enum TileFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// A tile is not there.
    case missing(Tile)
    /// A tile does not hold as many hashes or entries as it is wide.
    case width(Tile)
    /// The hashes of the tiles lead to another tree than the one that was signed.
    case otherTree(size: Int)
    /// A hash of this tile is not the one of the tile below it, or of the entry.
    case otherHash(Tile)

    public var description: String {
        switch self {
        case .missing(let tile): "\(tile.path) is not there"
        case .width(let tile): "\(tile.path) does not hold what its width says"
        case .otherTree(let size): "the tiles do not lead to the signed tree of \(size) entries"
        case .otherHash(let tile): "a hash in \(tile.path) is not the one of what is below it"
        }
    }
}
