import Archives
import Crypto

/// The SHA-256 of a file's bytes.
public struct ContentDigest: Sendable, Hashable {
    private let words: (UInt64, UInt64, UInt64, UInt64)

    init(_ digest: SHA256.Digest) {
        words = digest.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
            )
        }
    }

    /// Of some bytes.
    public init(of bytes: [UInt8]) { self.init(SHA256.hash(data: bytes)) }

    /// Equal when every byte is.
    public static func == (one: ContentDigest, other: ContentDigest) -> Bool { one.words == other.words }

    /// By some of its bytes, which are as good as random.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

/// How much of an archive an inventory looks at.
public struct InventoryLimits: Sendable, Equatable {
    /// The most files that are listed.
    public var files = 50_000
    /// The most bytes, once unpacked, of which digests are taken. What is beyond them is listed with its size.
    public var digested: Int64 = 1 << 30
    /// What the archive may ask of the one who reads it.
    public var archive = ArchiveLimits()

    /// Limits that suit an index open to anybody.
    public init() {}
}

/// What is in an archive: each file with its size, its digest and its kind.
public struct Inventory: Sendable, Hashable {
    /// A file of an archive.
    public struct Entry: Sendable, Hashable {
        /// As the archive names it.
        public let path: String
        /// The path without what changes with the version alone: an sdist's top directory, the name and version before
        /// `.dist-info` and `.data`. Files of two releases are compared by it.
        public let place: String
        /// Bytes once unpacked.
        public let size: Int64
        /// Nil where a bound was reached before.
        public let digest: ContentDigest?
        public let kind: ContentKind
        /// Where a link leads; nil for a file.
        public let target: String?

        public init(
            path: String, place: String, size: Int64, digest: ContentDigest?, kind: ContentKind, target: String? = nil
        ) {
            self.path = path
            self.place = place
            self.size = size
            self.digest = digest
            self.kind = kind
            self.target = target
        }
    }

    /// The name of the distribution file.
    public let filename: String
    public let container: ArchiveContainer
    /// In the order of their paths, by bytes.
    public let entries: [Entry]
    /// False where the archive has more files than are listed.
    public let isWhole: Bool

    /// An inventory that was made elsewhere.
    public init(filename: String, container: ArchiveContainer, entries: [Entry], isWhole: Bool = true) {
        self.filename = filename
        self.container = container
        self.entries = entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
        self.isWhole = isWhole
    }

    /// An inventory of files in memory.
    ///
    /// - Parameter files: paths and contents.
    public init(filename: String, container: ArchiveContainer, files: some Sequence<(String, [UInt8])>) {
        let isWheel = filename.utf8.suffix(4).elementsEqual(".whl".utf8)
        self.init(
            filename: filename, container: container,
            entries: files.map { path, bytes in
                Entry(
                    path: path, place: Self.place(of: path, isWheel: isWheel), size: Int64(bytes.count),
                    digest: ContentDigest(of: bytes),
                    kind: ContentKind(name: path, start: bytes.prefix(ContentKind.sample)))
            })
    }

    /// Reads an archive that the index has taken, with memory that does not depend on the size of its files.
    ///
    /// - Parameter isCancelled: asked at least once for every 256 KiB; true ends the reading with `cancelled`.
    public init(
        reading source: any ByteSource, filename: String, container: ArchiveContainer,
        limits: InventoryLimits = .init(), isCancelled: @escaping () -> Bool = { false }
    ) throws(InspectionFailure) {
        let isWheel = filename.utf8.suffix(4).elementsEqual(".whl".utf8)
        var entries: [ExactPath: Entry] = [:]
        var isWhole = true
        var digested: Int64 = 0
        try visitMembers(of: source, in: container, limits: limits.archive, isCancelled: isCancelled) {
            (member, reader) throws(InspectionFailure) in
            // In a tar a path may come again: then the later counts.
            let path = ExactPath(member.path)
            guard entries[path] != nil || entries.count < limits.files else {
                isWhole = false
                return .stop
            }
            let place = Self.place(of: member.path, isWheel: isWheel)
            switch member.kind {
            case .link(let target):
                entries[path] = Entry(
                    path: member.path, place: place, size: 0, digest: ContentDigest(of: Array(target.utf8)),
                    kind: .link,
                    target: target)
            case .file:
                let takesDigest = digested + member.size <= limits.digested
                if takesDigest { digested += member.size }
                var start: [UInt8] = []
                var hash = SHA256()
                // A tar's content is passed by anyway; a zip's is not unpacked in vain.
                if takesDigest || container == .gzippedTar {
                    try reader.pieces { (bytes) throws(InspectionFailure) in
                        if takesDigest { hash.update(bufferPointer: bytes) }
                        if start.count < ContentKind.sample {
                            start += bytes.prefix(ContentKind.sample - start.count)
                        }
                    }
                }
                let isKnown = takesDigest || container == .gzippedTar
                entries[path] = Entry(
                    path: member.path, place: place, size: member.size,
                    digest: takesDigest ? ContentDigest(hash.finalize()) : nil,
                    kind: isKnown ? ContentKind(name: member.path, start: start) : .data)
            }
            return .goOn
        }
        self.init(filename: filename, container: container, entries: Array(entries.values), isWhole: isWhole)
    }

    /// What it takes in memory, in bytes, about.
    public var cost: Int { entries.reduce(256) { $0 + 160 + $1.path.utf8.count + $1.place.utf8.count } }

    /// The entry at a path; nil where there is none.
    public func entry(at path: String) -> Entry? {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path.utf8.lexicographicallyPrecedes(path.utf8) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        guard low < entries.count, entries[low].path.utf8.elementsEqual(path.utf8) else { return nil }
        return entries[low]
    }

    /// See `Entry.place`.
    static func place(of path: String, isWheel: Bool) -> String {
        let utf8 = path.utf8
        guard let slash = utf8.firstIndex(of: UInt8(ascii: "/")) else { return path }
        guard isWheel else { return String(utf8[utf8.index(after: slash)...]) ?? path }
        let top = utf8[..<slash]
        for suffix in [".dist-info", ".data"] where top.reversed().starts(with: suffix.utf8.reversed()) {
            return suffix + (String(utf8[slash...]) ?? "")
        }
        return path
    }
}

// MARK: - Directories

extension Inventory {
    /// What stands in one directory.
    public struct Listing: Sendable, Hashable {
        /// A directory in it, with all that is below.
        public struct Directory: Sendable, Hashable {
            public let name: String
            /// Files below it.
            public let files: Int
            /// Bytes of them.
            public let size: Int64
        }

        /// In the order of their names.
        public let directories: [Directory]
        /// In the order of their paths.
        public let files: [Entry]
    }

    /// What stands in a directory, given without a slash at its end; the empty path is the archive itself. Nil where
    /// there is no such directory.
    public func listing(of directory: String) -> Listing? {
        let prefix = Array((directory.isEmpty ? "" : directory + "/").utf8)
        // All that begins with the same bytes stands together.
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].path.utf8.lexicographicallyPrecedes(prefix) { low = middle + 1 } else { high = middle }
        }
        var directories: [Listing.Directory] = []
        var files: [Entry] = []
        var open: (name: String, files: Int, size: Int64)?
        func close() {
            if let open { directories.append(.init(name: open.name, files: open.files, size: open.size)) }
            open = nil
        }
        for entry in entries[low...] {
            guard entry.path.utf8.starts(with: prefix) else { break }
            let rest = entry.path.utf8.dropFirst(prefix.count)
            guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
                files.append(entry)
                continue
            }
            let name = rest[..<slash]
            if let known = open, known.name.utf8.elementsEqual(name) {
                open = (known.name, known.files + 1, known.size + entry.size)
            } else {
                close()
                open = (String(name) ?? "", 1, entry.size)
            }
        }
        close()
        guard !directories.isEmpty || !files.isEmpty || directory.isEmpty else { return nil }
        return Listing(directories: directories, files: files)
    }
}
