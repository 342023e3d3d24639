import Foundation
import Glibc

/// A file on its way into being, in the folder where it will be, under a name that says so.
///
/// It is locked for as long as somebody writes it. What is not locked was left by a process that was killed, and the
/// next one that writes into the same folder removes it, whatever the file was to be called.
final class UnfinishedFile {
    /// Where it is until `put`.
    let path: String
    /// Open for reading and writing; nobody else's.
    let descriptor: Int32
    /// Where something can be laid beside it. Whatever is there goes with the file.
    var beside: String { "\(path).sqlite" }
    private let target: String
    private let folder: String
    private let replaces: Bool
    private var isPut = false

    private static let prefix = ".rind-backup-"

    /// Begins a file that will be at `target`, and clears away what killed ones have left in its folder.
    ///
    /// - Parameter replaces: whether `put` may put it in the place of another.
    /// - Throws: `BackupFailure`
    init(for target: String, replacing replaces: Bool) throws {
        let kind = (try? FileManager.default.attributesOfItem(atPath: target))?[.type] as? FileAttributeType
        guard [nil, .typeRegular, .typeSymbolicLink].contains(kind) else {
            throw BackupFailure("\(target) is not a file. Name the file to write, such as \(target)/rind.tar.")
        }
        guard replaces || kind == nil else { throw Self.isTaken(target) }
        self.target = target
        self.replaces = replaces
        folder = Self.folder(of: target)
        Self.removeAbandoned(in: folder)
        // Somebody who clears away may take it in the moment between its making and its locking.
        while true {
            let path = "\(folder)/\(Self.prefix)\(UUID().uuidString.lowercased())"
            let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { throw BackupFailure(cannot: "be written to \(folder)", errno) }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0, access(path, F_OK) == 0 {
                (self.path, self.descriptor) = (path, descriptor)
                return
            }
            close(descriptor)
        }
    }

    deinit {
        if !isPut {
            removeBeside()
            unlink(path)
        }
        close(descriptor)
    }

    /// Removes what lies beside it.
    func removeBeside() { for suffix in Self.suffixes { unlink(beside + suffix) } }

    /// Puts it in its place, durably. A crash before leaves what was there before.
    func put() throws {
        // Before: what lies beside a file that is not there any more is taken for abandoned.
        removeBeside()
        guard fsync(descriptor) == 0 else { throw BackupFailure(cannot: "be written to \(folder)", errno) }
        if replaces {
            guard rename(path, target) == 0 else { throw BackupFailure(cannot: "be put at \(target)", errno) }
        } else {
            try putWhereNothingIs()
        }
        isPut = true
        try syncFolder(folder)
    }

    /// Unlike a rename, a link takes nothing's place. A crash before the unlink leaves a second name of the same file,
    /// which the next backup into this folder removes.
    private func putWhereNothingIs() throws {
        if link(path, target) == 0 {
            unlink(path)
            return
        }
        let number = errno
        // A file system without links: then whatever comes in this moment is replaced.
        let hasNoLinks = [EPERM, EOPNOTSUPP, ENOSYS].contains(number)
        guard number != EEXIST, access(target, F_OK) != 0 else { throw Self.isTaken(target) }
        guard hasNoLinks, rename(path, target) == 0 else { throw BackupFailure(cannot: "be put at \(target)", number) }
    }

    private static func isTaken(_ target: String) -> BackupFailure {
        BackupFailure("\(target) is there already, and was left as it is. Name another file, or replace it: --force.")
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// What SQLite has beside a database, and the database.
    private static let suffixes = ["", "-wal", "-shm", "-journal"]

    private static func removeAbandoned(in folder: String) {
        // What cannot be listed cannot be written either, and that is said.
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let own = names.filter { $0.hasPrefix(prefix) }
        for name in own where !name.dropFirst(prefix.count).contains(".") {
            let descriptor = open("\(folder)/\(name)", O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
                // What lies beside it first: alone it would look abandoned, too, but nobody would know since when.
                for suffix in suffixes { unlink("\(folder)/\(name).sqlite\(suffix)") }
                unlink("\(folder)/\(name)")
            }
            close(descriptor)
        }
        for name in own {
            guard let dot = name.dropFirst(prefix.count).firstIndex(of: "."),
                !FileManager.default.fileExists(atPath: "\(folder)/\(name[..<dot])")
            else { continue }
            unlink("\(folder)/\(name)")
        }
    }
}

/// Makes the entries of a folder durable.
func syncFolder(_ path: String) throws {
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BackupFailure(cannot: "be made durable in \(path)", errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw BackupFailure(cannot: "be made durable in \(path)", errno) }
}
