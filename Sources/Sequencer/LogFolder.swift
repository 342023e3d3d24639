import Blobs
import Foundation
import TransparencyLog

/// The folder of the log: tiles and entries as they are served, and the newest checkpoint beside them.
///
/// All of it follows from the database, and can be made again from there.
public struct LogFolder: Sendable {
    /// Where it is.
    public let path: String
    private let calls = FileSystemCalls()

    /// A folder, which is made when something is written.
    public init(path: String) { self.path = path }

    /// Whether there is anything. Backups leave it out, and the next start makes it.
    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    /// A file that is to be written.
    struct File {
        /// Below the folder.
        let path: String
        let bytes: [UInt8]
    }

    /// Writes files, whole and on disk when this returns. A crash leaves some of them, each whole or not at all.
    func write(_ files: [File]) throws {
        guard !files.isEmpty else { return }
        var folders: Set<String> = []
        for file in files {
            let place = "\(path)/\(file.path)"
            let folder = String(place.prefix(upTo: place.lastIndex(of: "/") ?? place.endIndex))
            try makeFolders(to: folder)
            folders.insert(folder)
            // Another one that writes the same file at the same time has another name for it.
            let partial = "\(place).\(UUID().uuidString).new"
            let descriptor = try calls.opened(partial, O_WRONLY | O_CREAT | O_TRUNC)
            do {
                defer { close(descriptor) }
                try file.bytes.withUnsafeBytes { try calls.writeAll($0, to: descriptor, path: partial) }
                try calls.makeDurable(descriptor, path: partial)
            }
            try calls.move(partial, to: place)
        }
        for folder in folders { try calls.syncDirectory(folder) }
    }

    private func makeFolders(to folder: String) throws {
        guard !FileManager.default.fileExists(atPath: folder) else { return }
        let parent = String(folder.prefix(upTo: folder.lastIndex(of: "/") ?? folder.endIndex))
        if folder.hasPrefix("\(path)/") { try makeFolders(to: parent) }
        try calls.makeDirectory(ifMissing: folder)
        try calls.syncDirectory(parent.isEmpty ? "/" : parent)
    }

    /// The bytes of a file; nil where it is not there, or cannot be read.
    ///
    /// By the system's own calls: a proof reads one, and what Foundation does around it takes longer than the reading.
    func read(_ file: String) -> [UInt8]? {
        let descriptor = open("\(path)/\(file)", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var about = stat()
        guard fstat(descriptor, &about) == 0, about.st_mode & S_IFMT == S_IFREG else { return nil }
        let size = Int(about.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size {
                let more = pread(descriptor, buffer.baseAddress.map { $0 + count }, size - count, off_t(count))
                guard more > 0 else { return }
                count += more
            }
        }
        return bytes.count == size ? bytes : nil
    }

    /// The bytes of a tile, taken from the full one where the part is cleared away; nil where neither is there, or the full
    /// one is damaged.
    func bytes(of tile: Tile) -> [UInt8]? {
        if let bytes = read(tile.path) { return bytes }
        guard !tile.isFull, let full = read(tile.full.path) else { return nil }
        switch tile.row {
        case .hashes: return tile.full.hashes(from: full).map { Tile.bytes(of: $0.prefix(tile.width)) }
        case .entries:
            return EntryBundle.entries(from: full, count: Tile.fullWidth).map {
                EntryBundle.bytes(of: $0.prefix(tile.width))
            }
        }
    }

    /// The hashes of a tile. Throws ``TileFailure`` where it is not there, or is damaged.
    func hashes(of tile: Tile) throws(TileFailure) -> [TreeHash] {
        guard let bytes = bytes(of: tile) else { throw .missing(tile) }
        guard let hashes = tile.hashes(from: bytes) else { throw .width(tile) }
        return hashes
    }

    /// Clears the parts of a full tile away. What cannot be removed stays, and is in nobody's way.
    func removeParts(of tile: Tile) {
        try? FileManager.default.removeItem(atPath: "\(path)/\(tile.full.path).p")
    }

    /// Where the newest checkpoint is.
    static let checkpoint = "checkpoint"
}
