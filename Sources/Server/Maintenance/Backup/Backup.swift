import Blobs
import Bytes
import Crypto
import Database
import Foundation
import Ports
import Primitives
import Secrets
import Stores

/// Something is wrong with a backup; the sentence says what to do.
public struct BackupFailure: Error, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    init(_ sentence: String) { description = sentence }

    /// - Parameters:
    ///   - what: what cannot be done, such as `be written to /backups`.
    ///   - number: `errno`.
    init(cannot what: String, _ number: Int32) {
        description =
            switch number {
            case ENOSPC, EDQUOT: "The backup cannot \(what): the disk is full. Make room, and do it again."
            case ENOENT: "The backup cannot \(what): there is no such file or folder. Check the path."
            case EACCES, EPERM, EROFS:
                "The backup cannot \(what): \(String(cString: strerror(number))). Check who may read and write there."
            default: "The backup cannot \(what): \(String(cString: strerror(number)))."
            }
    }
}

/// A consistent copy of an index in one file: a tar archive with `manifest.json`, `keys.json`, `index.sqlite`,
/// `blobs/<digest>`, and the keys and the manifest again.
///
/// The database is copied first, in one transaction, and then the keys of its secrets and the bytes that this copy
/// names. Keys are only added; bytes never change and are not removed while a row names them. So they fit together
/// whatever is uploaded or rotated meanwhile. Every byte of the archive is covered by a digest, a checksum or a known
/// value.
public struct Backup: Sendable {
    private let index: LocalIndex

    /// Backups of an index, which may be served from meanwhile.
    public init(_ index: LocalIndex) { self.index = index }

    /// What was written.
    public struct Report: Sendable, Encodable {
        /// Blobs that are in the backup.
        public var blobs = 0
        /// Bytes that the index should have, and that are not in the backup, in sentences.
        public var damaged: [String] = []
    }

    /// Writes the copy to a new file.
    ///
    /// Bytes that are damaged or missing are named in the report; all the rest is in the backup. Several may be written
    /// at once.
    ///
    /// - Parameter replaces: whether a file that is there is replaced, once the copy is complete and on disk; else it
    ///   stays, and the copy is refused before anything is read, or, where it came meanwhile, given up. Of several to
    ///   the same file the last one to end is there then, or else the first.
    /// - Throws: `BackupFailure`
    public func write(
        to path: String, replacing replaces: Bool = false, progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) async throws -> Report {
        try requireNothingOfTheIndex(at: path)
        let file = try UnfinishedFile(for: path, replacing: replaces)
        try await index.database.backup(to: file.beside)
        let copied = try Database(sqliteAt: file.beside)
        let named = try await Inventory(copied).names().sorted { $0.key < $1.key }
        try copied.close()
        let keys = try Array(keyFile())
        let manifest = BackupManifest(
            database: try digest(ofFile: file.beside),
            keys: .init(size: Int64(keys.count), sha256: SHA256.hash(data: keys).hexadecimal))

        let archive = BackupWriter(file.descriptor, path: path)
        try archive.add(try manifest.text(), as: BackupManifest.name)
        try archive.add(keys, as: BackupManifest.keysName)
        let copy = try archive.add(
            file: file.beside, as: BackupManifest.databaseName, sha256: manifest.database.sha256)
        guard copy == .added else {
            throw BackupFailure("The copy of the database has changed under the backup's hands. Do it again.")
        }
        file.removeBeside()
        var report = Report()
        for (number, (digest, filename)) in named.enumerated() {
            switch try await add(digest, to: archive) {
            case .added: report.blobs += 1
            case .damaged: report.damaged.append("\(filename): its bytes (blob \(digest)) are damaged")
            case .missing: report.damaged.append("\(filename): its bytes (blob \(digest)) are missing")
            case .unreadable(let reason):
                report.damaged.append("\(filename): its bytes (blob \(digest)) cannot be read: \(reason)")
            }
            progress(number + 1, named.count)
        }
        try archive.add(keys, as: BackupManifest.keysName)
        try archive.add(try manifest.text(), as: BackupManifest.name)
        try archive.end()
        try file.put()
        return report
    }

    private func add(_ digest: String, to archive: BackupWriter) async throws -> BackupWriter.Outcome {
        switch try await index.blobs.serve(digest, contentType: "application/octet-stream") {
        case .file(let path):
            try archive.add(file: path, as: BackupManifest.blobPrefix + digest, sha256: digest)
        case .stream, .redirect:
            throw BackupFailure(
                "The files of this index are not on this machine, and a backup is made of those that are.")
        case nil: .missing
        }
    }

    /// Throws where the archive would take the place of what the index is made of, or lie among its files.
    private func requireNothingOfTheIndex(at path: String) throws {
        func resolved(_ path: String) -> String { URL(filePath: path).absoluteURL.resolvingSymlinksInPath().path }
        // Links above it are followed; one that stands there itself would be replaced.
        func place(_ path: String) -> String {
            let url = URL(filePath: path).absoluteURL
            return "\(resolved(url.deletingLastPathComponent().path))/\(url.lastPathComponent)"
        }
        let settings = index.settings
        let endings = ["", "-wal", "-shm", "-journal", ".\(ServingLock.name)"]
        var own: [String] = []
        for database in [settings.database, resolved(settings.database)] { own += endings.map { database + $0 } }
        own += [settings.databaseBeingRestored, settings.keys, resolved(settings.keys), settings.breachedPasswords]
        own += ["lock", "rind.yaml", ServedAddress.fileName].map { "\(settings.data)/\($0)" }
        let named = settings.namedPaths + [settings.python].compactMap(\.self)
        own += named + named.map(resolved)
        let (target, folders) = (
            place(path), [settings.blobs, settings.outbox, settings.rendered, settings.log].map(resolved)
        )
        guard !own.map(place).contains(target), !folders.contains(where: { target == $0 || target.hasPrefix("\($0)/") })
        else {
            throw BackupFailure("\(path) is the index's own. Name another file to write, best on another disk.")
        }
    }

    private func keyFile() throws -> Data {
        guard let data = FileManager.default.contents(atPath: index.keys.path) else {
            throw BackupFailure(cannot: "be made without the keys in \(index.keys.path)", errno)
        }
        return data
    }
}
