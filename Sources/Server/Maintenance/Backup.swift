import Blobs
import CArchive
import Database
import Foundation
import Model
import Secrets
import Stores

/// Something is wrong with a backup; the sentence says what to do.
public struct BackupFailure: Error, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String
}

/// A consistent copy of an index in one file: a tar archive with `index.sqlite`, `keys.json` and `blobs/<digest>`.
///
/// The database is copied first, in one transaction, and then the keys of its secrets and the bytes that this copy names.
/// Keys are only added; bytes never change and are not removed while a row names them. So they fit together whatever is
/// uploaded or rotated meanwhile.
public struct Backup: Sendable {
    private let index: LocalIndex

    /// Backups of an index, which may be served from meanwhile.
    public init(_ index: LocalIndex) { self.index = index }

    /// Writes the copy to a new file. A file that is there is replaced only once the copy is complete and on disk.
    public func write(to path: String, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) async throws {
        let partial = "\(path).partial"
        let copy = "\(partial).sqlite"
        defer {
            Self.removeDatabase(at: copy)
            try? FileManager.default.removeItem(atPath: partial)
        }
        Self.removeDatabase(at: copy)
        try await index.database.backup(to: copy)
        let copied = try Database(sqliteAt: copy)
        let digests = try await Stores(copied).inventory.digests().sorted()
        try copied.close()

        let archive = try TarWriter(path: partial)
        try archive.add(file: copy, as: "index.sqlite")
        try archive.add(file: index.keys.path, as: "keys.json")
        for (number, digest) in digests.enumerated() {
            guard let blob = index.blobs.path(of: digest) else {
                throw BackupFailure(description: "The database names \(digest), which is no digest. Run: rind doctor")
            }
            try archive.add(file: blob, as: "blobs/\(digest)")
            progress(number + 1, digests.count)
        }
        try archive.close()
        try FileManager.default.syncFile(atPath: partial)
        guard rename(partial, path) == 0 else {
            throw BackupFailure(description: "The backup cannot be put at \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Brings a backup back into a data folder that has no index. Every blob is verified against its digest.
    ///
    /// The database is put in its place last: after a crash there is no index, and restoring starts again. Keys that are
    /// there already stay when they are the backup's, or have become more since.
    public static func restore(
        from path: String, to settings: Settings, progress: (_ done: Int) -> Void = { _ in }
    ) async throws {
        let folder = try DataFolder(path: settings.data, exclusively: true)
        guard !FileManager.default.fileExists(atPath: settings.database) else {
            throw BackupFailure(
                description: "There is an index in \(folder.path) already. Restore into a new folder with --data.")
        }
        for leftover in ["\(settings.database)-wal", "\(settings.database)-shm"]
        where FileManager.default.fileExists(atPath: leftover) {
            // It would be applied to the restored database, to which it does not belong.
            throw BackupFailure(
                description: "\(leftover) belongs to a database that is gone. Remove it, or restore into a new folder.")
        }
        let blobs = try FolderBlobStore(root: settings.blobs, ownsFolder: true)
        let restoring = "\(settings.database).restoring"
        removeDatabase(at: restoring)
        let archive = try TarReader(path: path)
        var sawDatabase = false
        var done = 0
        while let name = try archive.next() {
            if name == "index.sqlite" {
                try archive.extract(to: restoring)
                sawDatabase = true
            } else if name == "keys.json" {
                try KeyRing.restore(try await archive.content(atMost: 1 << 20), to: settings.keys)
            } else if let digest = name.split(separator: "/").last, name == "blobs/\(digest)" {
                let staged = blobs.stage()
                try await archive.readBody { bytes in
                    staged.append(bytes)
                    if staged.wantsFlush { try await staged.flush() }
                }
                let found = try await staged.finish().digests.sha256
                guard found == String(digest) else {
                    throw BackupFailure(description: "The backup is damaged: \(name) has other bytes than it should.")
                }
                try await blobs.publish([staged]) {}
                done += 1
                progress(done)
            } else {
                throw BackupFailure(description: "\(path) is no backup of an index: it holds \(name).")
            }
        }
        guard sawDatabase else { throw BackupFailure(description: "\(path) is no backup of an index.") }
        try await verify(databaseAt: restoring, against: blobs)
        try FileManager.default.syncFile(atPath: restoring)
        guard rename(restoring, settings.database) == 0 else {
            throw BackupFailure(
                description: "The database cannot be put in place: \(String(cString: strerror(errno)))")
        }
        try FileManager.default.syncFile(
            atPath: URL(filePath: settings.database).deletingLastPathComponent().path)
    }

    /// Removes a database that is of no use any more, with what belongs to it.
    private static func removeDatabase(at path: String) {
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
    }

    /// A truncated archive may have the database and not all the bytes that it names.
    private static func verify(databaseAt path: String, against blobs: FolderBlobStore) async throws {
        let database = try Database(sqliteAt: path)
        for digest in try await Stores(database).inventory.digests()
        where try await blobs.size(of: digest) == nil {
            throw BackupFailure(description: "The backup is incomplete: blob \(digest) is missing.")
        }
        try database.close()
    }
}

extension FileManager {
    /// Waits until a file's or folder's content is on disk.
    fileprivate func syncFile(atPath path: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw BackupFailure(description: "\(path): \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw BackupFailure(description: "\(path): \(String(cString: strerror(errno)))")
        }
    }
}
