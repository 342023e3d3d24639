import Archives
import Blobs
import Database
import Foundation
import Glibc
import Ports
import Projects
import Secrets
import Sequencer
import Stores
import UTC

extension Settings {
    /// The database while it is being restored. As long as it is there, the folder holds a half restore, and whatever
    /// opens the index refuses it: one rename ends that and puts the database in its place.
    var databaseBeingRestored: String { "\(database).restoring" }

    /// Throws a `BackupFailure` that says what to do when a restore into this folder did not end.
    public func requireNoHalfRestore() throws {
        guard FileManager.default.fileExists(atPath: databaseBeingRestored) else { return }
        throw BackupFailure(
            "A restore into \(data) did not end (\(databaseBeingRestored)), so there is no index in it yet. "
                + "Do it again: rind restore FILE --data '\(data)'")
    }
}

extension Backup {
    /// What came back.
    public struct RestoreReport: Sendable, Encodable {
        /// Blobs that are there now.
        public var blobs = 0
        /// What the index should have and the backup has not, or not undamaged, in sentences.
        public var lost: [String] = []
        /// What is damaged in the backup where nothing was lost by it, in sentences.
        public var flaws: [String] = []
    }

    /// Brings a backup back into a data folder that has no index. Every byte is verified.
    ///
    /// Files whose bytes are damaged or missing in the backup are named in the report; all the rest is there. The
    /// database is put in its place last: until then the folder holds a half restore, which nobody serves, and which
    /// the next restore goes on with, also one from another backup. Keys that are there already stay when they are the
    /// backup's, or have become more since.
    ///
    /// - Throws: `BackupFailure`, `KeyFileFailure`, `DatabaseIsNewer`; before anything is written wherever that can be
    ///   known.
    public static func restore(
        from path: String, to settings: Settings, progress: (_ done: Int) -> Void = { _ in }
    ) async throws -> RestoreReport {
        let archive = try BackupReader(path: path)
        let contents = try archive.contents()
        var report = RestoreReport(flaws: contents.flaws)
        let keys = try keys(in: contents, of: archive, for: settings, &report)

        try requireEmpty(settings)
        let folder = try DataFolder(path: settings.data, exclusively: true)
        try FolderBlobStore.makeFolder(settings.blobs)
        let serving = try ServingLock(settings)
        defer { withExtendedLifetime((folder, serving)) {} }
        let restoring = settings.databaseBeingRestored
        let wasBegun = FileManager.default.fileExists(atPath: restoring)
        try removeDatabase(at: restoring)
        try begin(restoring)
        let isWhole: Bool
        var named: [String: String] = [:]
        do {
            if let keys { try KeyRing.restore(keys, to: settings.keys) }
            isWhole = try extract(contents.database, from: archive, to: restoring)
            if isWhole {
                named = try await names(
                    in: restoring, isVerified: contents.database.sha256 != nil, at: currentTimestamp())
            }
        } catch {
            // Nothing else has been written, so nothing is begun.
            if !wasBegun { try? removeDatabase(at: restoring) }
            throw error
        }

        let blobs = try FolderBlobStore(root: settings.blobs, ownsFolder: true)
        var scan = BlobScan(archive: archive, offset: contents.blobs, named: isWhole ? named : nil)
        var restored: Set<String> = []
        while let digest = try await scan.next(into: blobs) {
            if restored.insert(digest).inserted { report.blobs += 1 }
            progress(report.blobs)
        }
        report.flaws += scan.flaws
        report.flaws += scan.damaged.filter { named[$0] == nil }.sorted().map {
            "the blob \($0) is damaged, and no file needs it"
        }
        guard isWhole else {
            try begin(restoring)
            throw BackupFailure(
                "The database in \(path) is damaged, so there is no index in \(settings.data) yet. "
                    + "The \(report.blobs) blobs that are sound were brought back. Restore another backup into the same "
                    + "folder: it takes the database from there, and keeps these.")
        }
        for (digest, filename) in named.sorted(by: { ($0.value, $0.key) < ($1.value, $1.key) })
        where !restored.contains(digest) {
            // A restore that did not end, or one of another backup, may have brought it.
            if try await blobs.verify(digest) == .intact { continue }
            let how = scan.damaged.contains(digest) ? "damaged" : "missing"
            report.lost.append("\(filename): its bytes (blob \(digest)) are \(how) in the backup")
        }
        try put(restoring, at: settings.database)
        return report
    }

    /// The key file out of whichever copy is sound; nil when none is, and the folder has keys already.
    private static func keys(
        in contents: BackupReader.Contents, of archive: BackupReader, for settings: Settings,
        _ report: inout RestoreReport
    ) throws -> Data? {
        var sound: Data?
        var damaged = 0
        for stretch in contents.keys {
            var data = Data()
            let isSound =
                stretch.size <= 1 << 20
                && (try? archive.forEachPiece(stretch) { data.append(contentsOf: $0) }) == true
            if isSound { sound = sound ?? data } else { damaged += 1 }
        }
        if damaged > 0 { report.flaws.append("\(BackupManifest.keysName) is damaged in \(damaged) of its copies") }
        if let sound { return sound }
        guard FileManager.default.fileExists(atPath: settings.keys) else {
            throw BackupFailure(
                "The keys in \(archive.path) are damaged. Put a copy of the index's key file at \(settings.keys), or take "
                    + "another backup, and do it again.")
        }
        return nil
    }

    /// Refuses a folder that has an index or anything else in it. What belongs to an index before it has anything, and
    /// what a half restore has left, may be there.
    private static func requireEmpty(_ settings: Settings) throws {
        let files = FileManager.default
        if files.fileExists(atPath: settings.database) {
            throw BackupFailure("There is an index in \(settings.data) already. Restore into a new folder with --data.")
        }
        for leftover in ["\(settings.database)-wal", "\(settings.database)-shm"]
        where files.fileExists(atPath: leftover) {
            // It would be applied to the restored database, to which it does not belong.
            throw BackupFailure(
                "\(leftover) belongs to a database that is gone. Remove it, or restore into a new folder.")
        }
        guard !files.fileExists(atPath: settings.databaseBeingRestored) else { return }
        let names = [
            settings.keys, settings.breachedPasswords, settings.blobs, "\(settings.database).\(ServingLock.name)",
        ].map { URL(filePath: $0).lastPathComponent }
        let own = Set(["lock", "rind.yaml", "lost+found", ServedAddress.fileName] + names)
        let foreign = { (folder: String, own: Set<String>) in
            (try? files.contentsOfDirectory(atPath: folder))?.filter { !own.contains($0) }.min()
        }
        if let name = foreign(settings.data, own) {
            throw BackupFailure(
                "\(settings.data) is not empty: it holds \(name). Restore into a new folder with --data.")
        }
        // An empty blob store has these.
        if let name = foreign(settings.blobs, ["incoming", "lock", ServingLock.name]) {
            throw BackupFailure(
                "\(settings.blobs) is not empty: it holds \(name). Restore into a new folder with --data.")
        }
    }

    /// Makes the file that says that a restore has begun, empty, and durable before anything else is.
    private static func begin(_ restoring: String) throws {
        let descriptor = open(restoring, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw BackupFailure(cannot: "be restored to \(restoring)", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BackupFailure(cannot: "be restored to \(restoring)", errno) }
        try syncFolder(folder(of: restoring))
    }

    private static func folder(of path: String) -> String { URL(filePath: path).deletingLastPathComponent().path }

    /// Copies the database. False when it is damaged or cut.
    private static func extract(
        _ stretch: BackupReader.Stretch, from archive: BackupReader, to path: String
    ) throws -> Bool {
        guard stretch.size <= archive.size - stretch.offset else { return false }
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw BackupFailure(cannot: "be restored to \(path)", errno) }
        defer { close(descriptor) }
        let isWhole = try archive.forEachPiece(stretch) { piece in
            var rest = piece
            while !rest.isEmpty {
                let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { throw BackupFailure(cannot: "be restored to \(path)", errno) }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            }
        }
        guard fsync(descriptor) == 0 else { throw BackupFailure(cannot: "be restored to \(path)", errno) }
        return isWhole
    }

    /// The digests of all bytes that a database names, each with a file that has them. Notes in the database that it was
    /// restored: its log may be older than what people have seen.
    private static func names(
        in database: String, isVerified: Bool, at now: Timestamp
    ) async throws -> [String: String] {
        let opened = try Database(sqliteAt: database)
        let inventory = Inventory(opened)
        if !isVerified, let damage = try await inventory.contradictions().first {
            try opened.close()
            throw BackupFailure("The database in the backup is damaged: \(damage). Take another backup.")
        }
        let names = try await inventory.names()
        try await LogSequencer.noteRestored(opened, at: now)
        try opened.close()
        return names
    }

    /// The commit point: before it there is a half restore, after it an index.
    private static func put(_ restoring: String, at database: String) throws {
        for suffix in ["-wal", "-shm"] { unlink(restoring + suffix) }
        let descriptor = open(restoring, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BackupFailure(cannot: "be restored to \(database)", errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0, rename(restoring, database) == 0 else {
            throw BackupFailure(cannot: "be restored to \(database)", errno)
        }
        try syncFolder(folder(of: database))
    }

    private static func removeDatabase(at path: String) throws {
        for suffix in ["", "-wal", "-shm", "-journal"] where unlink(path + suffix) != 0 && errno != ENOENT {
            throw BackupFailure(cannot: "be restored to \(path)", errno)
        }
    }
}

/// Goes through the blobs of a backup, past whatever is damaged.
///
/// Blobs prove themselves by their digests, so a header that some blob has in its bytes brings nothing about but a
/// blob.
private struct BlobScan {
    let archive: BackupReader
    /// Where the next header should be.
    var offset: Int64
    /// The digests that are wanted; nil while nobody knows.
    let named: [String: String]?
    private(set) var flaws: [String] = []
    /// Blobs whose bytes have another digest.
    private(set) var damaged: Set<String> = []
    /// A header was damaged, and the next one is looked for block by block.
    private var isLost = false

    init(archive: BackupReader, offset: Int64, named: [String: String]?) {
        self.archive = archive
        self.offset = offset
        self.named = named
    }

    /// Brings the next sound blob back, and returns its digest; nil at the end.
    mutating func next(into blobs: any BlobStore) async throws -> String? {
        while offset < archive.size {
            guard let member = try archive.header(at: offset), member.length <= archive.size - offset else {
                if archive.ends(at: offset) { return nil }
                lose(at: offset)
                offset += Int64(PlainTarMember.blockLength)
                continue
            }
            let start = offset
            guard member.name.hasPrefix(BackupManifest.blobPrefix) else {
                guard !isLost else {
                    offset += Int64(PlainTarMember.blockLength)
                    continue
                }
                if ![BackupManifest.name, BackupManifest.keysName].contains(member.name) {
                    flaws.append("it holds \(member.name), which is not part of a backup")
                }
                if try !archive.isPadded(member, at: start) { flaws.append("what follows \(member.name) is damaged") }
                offset += member.length
                continue
            }
            let digest = String(member.name.dropFirst(BackupManifest.blobPrefix.count))
            // While lost, nobody knows whether this is a header or the bytes of a blob that look like one.
            if isLost, let named, named[digest] == nil {
                offset += Int64(PlainTarMember.blockLength)
                continue
            }
            if try await bring(digest, member, at: start, into: blobs) {
                if try !archive.isPadded(member, at: start) {
                    flaws.append("what follows the blob \(digest) is damaged")
                }
                isLost = false
                offset = start + member.length
                return digest
            }
            damaged.insert(digest)
            offset = start + (isLost ? Int64(PlainTarMember.blockLength) : member.length)
        }
        if !isLost { flaws.append("it has no end: it was cut") }
        return nil
    }

    private mutating func lose(at offset: Int64) {
        if !isLost { flaws.append("the header at byte \(offset) is damaged") }
        isLost = true
    }

    private func bring(
        _ digest: String, _ member: PlainTarMember, at offset: Int64, into blobs: any BlobStore
    ) async throws -> Bool {
        let staged = blobs.stage()
        var rest = BackupReader.Stretch(offset: offset + Int64(PlainTarMember.blockLength), size: member.size)
        while rest.size > 0 {
            let piece = BackupReader.Stretch(offset: rest.offset, size: min(rest.size, 1 << 20))
            try archive.forEachPiece(piece) { staged.append($0) }
            if staged.wantsFlush { try await staged.flush() }
            rest = BackupReader.Stretch(offset: rest.offset + piece.size, size: rest.size - piece.size)
        }
        guard try await staged.finish().digests.sha256 == digest else {
            await staged.discard()
            return false
        }
        try await blobs.publish([staged]) {}
        return true
    }
}
