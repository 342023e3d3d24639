/// Where a log keeps hashes and entries: files that never change, each of which is 256 wide, or the last of its row.
///
/// Source: C2SP, tlog-tiles.
public struct Tile: Sendable, Hashable {
    /// What it holds.
    public enum Row: Sendable, Hashable {
        /// Hashes: at level 0 of entries, above that of full tiles of the level below.
        case hashes(level: Int)
        /// The entries themselves.
        case entries
    }

    public let row: Row
    /// Its position in the row.
    public let index: Int
    /// How many hashes or entries it holds, from 1 to 256.
    public let width: Int

    /// How many hashes or entries a full one holds.
    public static let fullWidth = 256
    /// How many levels of the tree are between one row and the next.
    static let height = 8
    /// The most levels that a tree of fewer than 2 to the power of 63 entries has.
    static let maximumLevel = 7

    /// A tile by its place. The width is from 1 to 256.
    public init(_ row: Row, index: Int, width: Int = Tile.fullWidth) {
        self.row = row
        self.index = index
        self.width = width
    }

    public var isFull: Bool { width == Self.fullWidth }

    /// The full tile, of which this is the beginning.
    public var full: Tile { Tile(row, index: index) }

    /// Whether a tree of this size has this tile, at this width or wider.
    public func isPart(ofTreeOf size: Int) -> Bool {
        index * Self.fullWidth + width <= row.count(inTreeOf: size)
    }
}

extension Tile.Row {
    /// The level of its hashes; 0 for entries, of which each is one hash of level 0.
    var level: Int {
        switch self {
        case .hashes(let level): level
        case .entries: 0
        }
    }

    /// How many hashes or entries a tree has in this row.
    func count(inTreeOf size: Int) -> Int { size >> (level * Tile.height) }

    /// The tile with this position in a tree; nil where the tree has none.
    func tile(_ index: Int, inTreeOf size: Int) -> Tile? {
        let width = min(count(inTreeOf: size) - index * Tile.fullWidth, Tile.fullWidth)
        return width > 0 ? Tile(self, index: index, width: width) : nil
    }
}

extension Tile {
    /// The tiles that a tree has and an earlier one had not: entries first, then hashes from below.
    public static func new(from old: Int, to size: Int) -> [Tile] {
        let levels = (0...maximumLevel).prefix { size >> ($0 * height) > 0 }
        let rows = [Row.entries] + levels.map(Row.hashes)
        return rows.flatMap { row in
            let (before, now) = (row.count(inTreeOf: old), row.count(inTreeOf: size))
            guard now > before else { return [Tile]() }
            return (before / fullWidth...(now - 1) / fullWidth).compactMap { row.tile($0, inTreeOf: size) }
        }
    }

    /// The tiles in which a tree of this size ends, and which are not full: what it takes to let it grow.
    public static func edge(ofTreeOf size: Int) -> [Tile] {
        let levels = (0...maximumLevel).prefix { size >> ($0 * height) > 0 }
        return levels.map(Row.hashes).compactMap { $0.tile($0.count(inTreeOf: size) / fullWidth, inTreeOf: size) }
    }
}

// MARK: - Paths

extension Tile {
    /// Its path below a log's address: `tile/0/x001/234.p/56`, `tile/entries/067`.
    public var path: String {
        let row =
            switch row {
            case .hashes(let level): "\(level)"
            case .entries: "entries"
            }
        return "tile/\(row)/\(Self.elements(of: index))" + (isFull ? "" : ".p/\(width)")
    }

    /// A number in groups of three digits, `x` before all but the last: a folder never has the name of a file.
    private static func elements(of index: Int) -> String {
        let last = Self.threeDigits(index % 1_000)
        return index < 1_000 ? last : elements(of: index / 1_000, before: last)
    }

    private static func elements(of rest: Int, before later: String) -> String {
        let path = "x\(threeDigits(rest % 1_000))/\(later)"
        return rest < 1_000 ? path : elements(of: rest / 1_000, before: path)
    }

    private static func threeDigits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 3 - digits.utf8.count) + digits
    }

    /// Reads a path below a log's address; nil for anything that is not written as ``path`` writes it.
    public init?(path: some StringProtocol) {
        var elements = path.split(separator: "/", omittingEmptySubsequences: false)
        guard elements.count >= 3, elements.count <= 12, elements.removeFirst() == "tile" else { return nil }
        let name = elements.removeFirst()
        let row: Row
        if name == "entries" {
            row = .entries
        } else {
            guard let level = Int(decimal: name), level <= Self.maximumLevel else { return nil }
            row = .hashes(level: level)
        }
        var width = Self.fullWidth
        if elements.count >= 2, elements[elements.count - 2].hasSuffix(".p") {
            guard let partial = elements.popLast().flatMap({ Int(decimal: $0) }), (1..<Self.fullWidth).contains(partial)
            else { return nil }
            width = partial
            elements[elements.count - 1] = elements[elements.count - 1].dropLast(2)
        }
        guard let index = Self.index(from: elements) else { return nil }
        self.init(row, index: index, width: width)
        guard self.path.utf8.elementsEqual(path.utf8) else { return nil }
    }

    private static func index(from elements: [some StringProtocol]) -> Int? {
        guard let last = elements.last, elements.dropLast().allSatisfy({ $0.hasPrefix("x") }) else { return nil }
        // Five groups of three digits: no tile of a tree that fits `Int` has a greater number.
        guard elements.count <= 5 else { return nil }
        let groups = elements.dropLast().map { String($0.dropFirst()) } + [String(last)]
        guard groups.allSatisfy({ $0.utf8.count == 3 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        return Int(groups.joined())
    }
}

// MARK: - Contents

extension Tile {
    /// The bytes of a tile of hashes.
    public static func bytes(of hashes: some Sequence<TreeHash>) -> [UInt8] { hashes.flatMap(\.bytes) }

    /// The hashes of a tile; nil where they are not as many as its width.
    public func hashes(from bytes: [UInt8]) -> [TreeHash]? {
        guard bytes.count == width * TreeHash.byteCount else { return nil }
        return stride(from: 0, to: bytes.count, by: TreeHash.byteCount).compactMap {
            TreeHash(bytes[$0..<$0 + TreeHash.byteCount])
        }
    }
}

/// The entries of a log in a file: each with its length, two bytes in network order, before it.
///
/// Source: C2SP, tlog-tiles, "Log entries".
public enum EntryBundle {
    /// The most bytes of an entry.
    public static let maximumEntryBytes = 65_535

    /// The bytes of a bundle. No entry is longer than ``maximumEntryBytes``.
    public static func bytes(of entries: some Sequence<[UInt8]>) -> [UInt8] {
        entries.flatMap { entry in
            precondition(entry.count <= maximumEntryBytes, "an entry's length has two bytes")
            return [UInt8(entry.count >> 8), UInt8(entry.count & 0xff)] + entry
        }
    }

    /// The entries of a bundle; nil where they are not `count`, or a length reaches beyond the end.
    public static func entries(from bytes: [UInt8], count: Int) -> [[UInt8]]? {
        var entries: [[UInt8]] = []
        var position = 0
        while position < bytes.count {
            guard entries.count < count, bytes.count - position >= 2 else { return nil }
            let length = Int(bytes[position]) << 8 | Int(bytes[position + 1])
            position += 2
            guard bytes.count - position >= length else { return nil }
            entries.append(Array(bytes[position..<position + length]))
            position += length
        }
        return entries.count == count ? entries : nil
    }
}
