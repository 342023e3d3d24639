import Archives

/// What became of one file between two inventories.
public struct FileChange: Sendable, Hashable {
    /// What happened to it.
    public enum Kind: String, Sendable, Hashable {
        case added, removed, changed, renamed
        /// Nobody looked: a bound was reached before, and its size is the same.
        case unknown
    }

    public let kind: Kind
    /// Nil for one that was added.
    public let old: Inventory.Entry?
    /// Nil for one that was removed.
    public let new: Inventory.Entry?
    public let group: FileGroup

    /// The place by which it is known: of the new file, where there is one.
    public var place: String { (new ?? old)?.place ?? "" }

    /// Whether both sides, as far as there are any, can be compared line by line.
    public var isText: Bool { (old?.kind.isText ?? true) && (new?.kind.isText ?? true) }

    init(_ kind: Kind, old: Inventory.Entry?, new: Inventory.Entry?, group: FileGroup) {
        self.kind = kind
        self.old = old
        self.new = new
        self.group = group
    }
}

/// What is different between two inventories: the files that came, went, changed or have another place.
public struct TreeDifference: Sendable, Hashable {
    /// In the order in which people should look at them: by group, then by place.
    public let changes: [FileChange]
    /// How many files are the same.
    public let unchanged: Int

    /// How many changes there are of a kind.
    public func count(_ kind: FileChange.Kind) -> Int { changes.reduce(0) { $0 + ($1.kind == kind ? 1 : 0) } }

    /// - Parameters:
    ///   - old: nil for none, where all files are new.
    ///   - buildPaths: places of the new sdist below which its build backend is.
    public init(from old: Inventory?, to new: Inventory, buildPaths: [String] = []) {
        let oldByPlace = Self.byPlace(old?.entries ?? [])
        let newByPlace = Self.byPlace(new.entries)
        let isWheel = (old: old?.isWheel ?? new.isWheel, new: new.isWheel)
        func group(_ entry: Inventory.Entry, isWheel: Bool) -> FileGroup {
            FileGroup(entry, isWheel: isWheel, buildPaths: buildPaths)
        }
        var changes: [FileChange] = []
        var added: [Inventory.Entry] = []
        var unchanged = 0
        for entry in new.entries where newByPlace[Self.key(entry)] == entry {
            guard let before = oldByPlace[Self.key(entry)] else {
                added.append(entry)
                continue
            }
            let group = group(entry, isWheel: isWheel.new)
            if before.size != entry.size || before.kind == .link && entry.kind != .link {
                changes.append(FileChange(.changed, old: before, new: entry, group: group))
            } else if let one = before.digest, let other = entry.digest {
                if one == other {
                    unchanged += 1
                } else {
                    changes.append(FileChange(.changed, old: before, new: entry, group: group))
                }
            } else {
                changes.append(FileChange(.unknown, old: before, new: entry, group: group))
            }
        }
        let gone = (old?.entries ?? []).filter { entry in
            oldByPlace[Self.key(entry)] == entry && newByPlace[Self.key(entry)] == nil
        }
        let renamed = Self.renamed(from: gone, to: added)
        let places = Set(renamed.values.map(Self.key))
        for entry in added {
            let before = renamed[Self.key(entry)]
            changes.append(
                FileChange(
                    before == nil ? .added : .renamed, old: before, new: entry,
                    group: group(entry, isWheel: isWheel.new)))
        }
        for entry in gone where !places.contains(Self.key(entry)) {
            changes.append(FileChange(.removed, old: entry, new: nil, group: group(entry, isWheel: isWheel.old)))
        }
        self.changes = changes.sorted { one, other in
            one.group != other.group
                ? one.group < other.group : one.place.utf8.lexicographicallyPrecedes(other.place.utf8)
        }
        self.unchanged = unchanged
    }

    private static func key(_ entry: Inventory.Entry) -> ExactPath { ExactPath(entry.place) }

    /// Where two files have one place, which sound archives do not have, the last counts.
    private static func byPlace(_ entries: [Inventory.Entry]) -> [ExactPath: Inventory.Entry] {
        var found: [ExactPath: Inventory.Entry] = [:]
        found.reserveCapacity(entries.count)
        for entry in entries { found[key(entry)] = entry }
        return found
    }

    /// By the place of the new file, which of the old ones it is: one with the same bytes, and where several have them,
    /// one with the same name. Empty files are all the same, so they are none of another.
    private static func renamed(
        from gone: [Inventory.Entry], to added: [Inventory.Entry]
    ) -> [ExactPath: Inventory.Entry] {
        var free: [ContentDigest: [Inventory.Entry]] = [:]
        for entry in gone.reversed() where entry.size > 0 && entry.kind != .link {
            if let digest = entry.digest { free[digest, default: []].append(entry) }
        }
        var renamed: [ExactPath: Inventory.Entry] = [:]
        for entry in added where entry.size > 0 && entry.kind != .link {
            guard let digest = entry.digest, let candidates = free[digest], !candidates.isEmpty else { continue }
            // A few are looked at: there can be thousands of equal files.
            let last = candidates.indices.suffix(8)
            let same = last.last { candidates[$0].name.utf8.elementsEqual(entry.name.utf8) }
            let chosen = same ?? candidates.count - 1
            renamed[key(entry)] = candidates[chosen]
            free[digest]?.remove(at: chosen)
        }
        return renamed
    }
}

extension Inventory {
    /// Whether it is of a wheel.
    public var isWheel: Bool { filename.utf8.suffix(4).elementsEqual(".whl".utf8) }
}

extension Inventory.Entry {
    /// The last part of its path.
    public var name: String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return path }
        return String(path[path.utf8.index(after: slash)...])
    }
}
