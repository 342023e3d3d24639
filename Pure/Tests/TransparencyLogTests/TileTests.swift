import Testing
import TransparencyLog
import VectorSupport

@Suite("Tiles") struct TileTests {
    static let paths: [(Tile, String)] = [
        (Tile(.hashes(level: 0), index: 0), "tile/0/000"),
        (Tile(.hashes(level: 0), index: 7, width: 1), "tile/0/007.p/1"),
        (Tile(.hashes(level: 3), index: 999, width: 255), "tile/3/999.p/255"),
        (Tile(.hashes(level: 0), index: 1_000), "tile/0/x001/000"),
        (Tile(.entries, index: 1_234_067), "tile/entries/x001/x234/067"),
        (Tile(.entries, index: 1_234_067, width: 12), "tile/entries/x001/x234/067.p/12"),
        (Tile(.hashes(level: 1), index: 1_000_000_000), "tile/1/x001/x000/x000/000"),
    ]

    @Test("have the paths of C2SP, and are read from them", arguments: paths)
    func path(tile: Tile, path: String) {
        #expect(tile.path == path)
        #expect(Tile(path: path) == tile)
    }

    @Test(
        "are not read from what is written otherwise",
        arguments: [
            "", "tile", "tile/0", "tile/0/", "tile/0/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/8/000",
            "tile/-1/000", "tile/+1/000", "tile/0/x001", "tile/0/001/000", "tile/0/x000/001", "tile/0/x01/000",
            "tile/0/000/", "/tile/0/000", "tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01",
            "tile/0/000.p/256", "tile/0/000.p/1/2", "tile/0/000.P/1", "tile/0/.p/1", "tile/entries/-01",
            "tile/Entries/000", "tile/0/../000", "tile/0/x001/x002/x003/x004/x005/006", "tiles/0/000", "tile/0/٠٠٠",
        ])
    func noPath(path: String) {
        #expect(Tile(path: path) == nil)
    }

    @Test("of a tree of 70,000 entries are those of C2SP's example")
    func example() {
        let tiles = Tile.new(from: 0, to: 70_000)
        func widths(_ row: Tile.Row) -> [Int: Int] {
            tiles.filter { $0.row == row }.reduce(into: [:]) { $0[$1.width, default: 0] += 1 }
        }
        #expect(widths(.entries) == [256: 273, 112: 1])
        #expect(widths(.hashes(level: 0)) == [256: 273, 112: 1])
        #expect(widths(.hashes(level: 1)) == [256: 1, 17: 1])
        #expect(widths(.hashes(level: 2)) == [1: 1])
        #expect(tiles.count == 274 * 2 + 3)
        #expect(
            Tile.new(from: 0, to: 256) == [
                Tile(.entries, index: 0), Tile(.hashes(level: 0), index: 0),
                Tile(.hashes(level: 1), index: 0, width: 1),
            ])
    }

    @Test("hold a tree that grows: each size has its root, its edge and its proofs", arguments: 0..<4 as Range<UInt64>)
    func growing(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var edge = TreeEdge()
        var kept: [Tile: [TreeHash]] = [:]
        var roots: [(size: Int, root: TreeHash)] = []
        let bounds: [Int] = [1, 3, 255, 256, 257, 700]
        while edge.size < 3_000 {
            let old = edge.size
            let count = bounds.randomElement(using: &random) ?? 1
            let tiles = edge.append((old..<old + count).map { TreeHash(ofEntry: Array("\($0)".utf8)) })
            #expect(Set(tiles.map(\.tile)) == Set(Tile.new(from: old, to: edge.size).filter { $0.row != .entries }))
            for (tile, hashes) in tiles {
                #expect(tile.hashes(from: Tile.bytes(of: hashes)) == hashes)
                #expect(tile.isPart(ofTreeOf: edge.size))
                #expect(!tile.isPart(ofTreeOf: old))
                kept[tile] = hashes
            }
            let read = { (tile: Tile) throws(TileFailure) in
                guard let hashes = kept[tile] else { throw .missing(tile) }
                return hashes
            }
            // What a restart reads is what was in memory.
            #expect(try TreeEdge(ofTreeOf: edge.size, root: edge.root, read: read) == edge)
            #expect(throws: TileFailure.otherTree(size: edge.size)) {
                try TreeEdge(ofTreeOf: edge.size, root: .empty, read: read)
            }
            let hashes = TileHashes(ofTreeOf: edge.size) { ExpandedTile(try read($0)) }
            #expect(try hashes.root() == edge.root)
            for (size, root) in roots {
                try MerkleTree.verifyConsistency(
                    from: size, root, to: edge.size, edge.root, proof: hashes.consistencyProof(from: size))
            }
            for index in [0, old, edge.size - 1] {
                try MerkleTree.verifyInclusion(
                    of: TreeHash(ofEntry: Array("\(index)".utf8)), at: index, inTreeOf: edge.size, root: edge.root,
                    proof: hashes.inclusionProof(of: index))
            }
            roots.append((edge.size, edge.root))
        }
    }

    @Test("lead to no tree when one of them is changed, cut off or missing")
    func damaged() throws {
        var edge = TreeEdge()
        let tiles = edge.append((0..<600).map { TreeHash(ofEntry: [UInt8($0 & 0xff), UInt8($0 >> 8)]) })
        let kept = Dictionary(uniqueKeysWithValues: tiles.map { ($0.tile, $0.hashes) })
        for tile in Tile.edge(ofTreeOf: 600) {
            let bent = try #require(kept[tile].map { [.empty] + $0.dropFirst() })
            #expect(throws: TileFailure.otherTree(size: 600)) {
                try TreeEdge(ofTreeOf: 600, root: edge.root) { $0 == tile ? bent : kept[$0] ?? [] }
            }
            #expect(throws: TileFailure.width(tile)) {
                try TreeEdge(ofTreeOf: 600, root: edge.root) { $0 == tile ? bent.dropLast() : kept[$0] ?? [] }
            }
        }
    }

    @Test("of entries are read as they were written, and no other way")
    func bundles() {
        let entries: [[UInt8]] = [[], [1], Array(repeating: 7, count: 65_535), Array("{}".utf8)]
        let bytes = EntryBundle.bytes(of: entries)
        #expect(EntryBundle.entries(from: bytes, count: 4) == entries)
        #expect(EntryBundle.entries(from: bytes, count: 3) == nil)
        #expect(EntryBundle.entries(from: bytes, count: 5) == nil)
        #expect(EntryBundle.entries(from: bytes.dropLast(), count: 4) == nil)
        #expect(EntryBundle.entries(from: bytes + [0], count: 4) == nil)
        #expect(EntryBundle.entries(from: bytes + [0], count: 5) == nil)
        #expect(EntryBundle.entries(from: [0, 2, 1], count: 1) == nil)
        #expect(EntryBundle.entries(from: [], count: 0) == [])
    }
}
