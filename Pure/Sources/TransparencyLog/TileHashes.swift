/// A tile of hashes with those of the levels between its own and the next row, which a tile that is stored leaves out.
///
/// To make one takes a hash for each of its own, so that who proves many entries keeps it.
public struct ExpandedTile: Sendable {
    /// From its own hashes up; at each level of those complete subtrees that it has.
    private let levels: [[TreeHash]]

    /// The hashes of a tile.
    public init(_ hashes: [TreeHash]) {
        var levels = [hashes]
        for height in 1..<Tile.height {
            let below = levels[height - 1]
            levels.append(
                stride(from: 0, to: below.count - below.count % 2, by: 2).map {
                    TreeHash(below[$0], below[$0 + 1])
                })
        }
        self.levels = levels
    }

    /// How many hashes it has of its own.
    var width: Int { levels[0].count }

    /// The hash of a complete subtree; nil where it has none there.
    fileprivate func hash(height: Int, index: Int) -> TreeHash? {
        levels[height].indices.contains(index) ? levels[height][index] : nil
    }
}

/// The hashes of a tree, from its tiles.
public struct TileHashes {
    /// How many entries the tree has.
    public let size: Int
    private let read: (Tile) throws -> ExpandedTile

    /// The hashes of a tree of this size.
    ///
    /// - Parameter read: gives a tile, with as many hashes as it is wide.
    public init(ofTreeOf size: Int, read: @escaping (Tile) throws -> ExpandedTile) {
        self.size = size
        self.read = read
    }

    /// The hash of a complete subtree of this tree. Throws ``TileFailure``, and what reading throws.
    public func hash(_ subtree: CompleteSubtree) throws -> TreeHash {
        let (level, height) = (subtree.level / Tile.height, subtree.level % Tile.height)
        let first = subtree.index << height
        guard let tile = Tile.Row.hashes(level: level).tile(first / Tile.fullWidth, inTreeOf: size) else {
            throw TileFailure.otherTree(size: size)
        }
        let expanded = try read(tile)
        guard expanded.width == tile.width,
            let hash = expanded.hash(height: height, index: (first % Tile.fullWidth) >> height)
        else { throw TileFailure.width(tile) }
        return hash
    }

    /// The hash of the whole tree.
    public func root() throws -> TreeHash { try MerkleTree.root(of: 0..<size, hash: hash) }

    /// Proves that an entry is in the tree.
    public func inclusionProof(of index: Int) throws -> [TreeHash] {
        try MerkleTree.inclusionProof(of: index, inTreeOf: size, hash: hash)
    }

    /// Proves that an earlier tree is the beginning of this one.
    public func consistencyProof(from old: Int) throws -> [TreeHash] {
        try MerkleTree.consistencyProof(from: old, to: size, hash: hash)
    }
}
