import Foundation

/// The folder that holds everything, and the lock that says which process serves from it.
public final class DataFolder: Sendable {
    public let path: String
    private let lock: Int32?

    /// Something is wrong with the folder; the sentence says what to do.
    public struct Failure: Error, CustomStringConvertible {
        /// What is wrong, and what to do.
        public let description: String
    }

    /// Opens the folder and makes it where it is missing.
    ///
    /// - Parameter exclusively: whether to take the lock, as anyone who serves or restores does. Others may read and
    ///   write the database beside them; only one process may clear away what uploads left behind.
    public init(path: String, exclusively: Bool) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(description: "The data folder cannot be made. \(errorSentence(error))")
        }
        guard exclusively else {
            lock = nil
            return
        }
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(description: "The data folder cannot be written. \(fileSentence("\(path)/lock", errno))")
        }
        // The lock goes with the process, however that ends. A command that looks whether somebody serves has it for
        // an instant.
        var tries = 1
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0, tries < 5 {
            tries += 1
            usleep(10_000)
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(
                description: "The data folder \(path) is in use by another rind process. "
                    + "Stop that one, or choose another folder with --data.")
        }
        // What is noted of the one who serves is theirs where it is younger: see `ServedAddress`.
        futimens(descriptor, nil)
        lock = descriptor
    }

    deinit { if let lock { close(lock) } }

    /// Whether a process serves from the folder now, or restores into it.
    static func isServed(_ path: String) -> Bool {
        let descriptor = open("\(path)/lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return false }
        // It goes with the descriptor.
        defer { close(descriptor) }
        return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
    }
}

/// Says that a server works on a database and a folder of blobs, wherever they are: for as long as this value lives, no
/// other process can say so. The lock of the data folder alone would not do, for two servers with a data folder each
/// can be told to use the same database.
///
/// Commands work beside the server and do not ask. Each of two servers would count attempts, and know which bytes
/// uploads hold, by itself alone: neither would be right.
final class ServingLock: Sendable {
    private let descriptors: [Int32]

    /// Of the file in a folder of files, and the ending of the one beside a database.
    static let name = "serving"

    /// Something that only one server may work on.
    private struct Served {
        let name: String
        let path: String
        /// The file that is locked.
        let lock: String
        /// Names another.
        let setting: SettingName
    }

    /// - Throws: `DataFolder.Failure` when another process serves the database or the files.
    init(_ settings: Settings) throws {
        let (database, blobs) = (Self.resolved(settings.database), Self.resolved(settings.blobs))
        let things = [
            // Beside it and not itself: SQLite loses its own locks on a database when any descriptor of it is closed.
            Served(name: "database", path: settings.database, lock: "\(database).\(Self.name)", setting: .database),
            // In it and not beside: it may be a file system of its own, in a folder that is not ours to write.
            Served(name: "folder of files", path: settings.blobs, lock: "\(blobs)/\(Self.name)", setting: .blobs),
        ]
        var descriptors: [Int32] = []
        do {
            for thing in things { descriptors.append(try Self.lock(thing, servedFrom: settings.data)) }
        } catch {
            for descriptor in descriptors { close(descriptor) }
            throw error
        }
        self.descriptors = descriptors
    }

    /// Where links lead, so that two names of one thing have one lock.
    private static func resolved(_ path: String) -> String { URL(filePath: path).resolvingSymlinksInPath().path }

    deinit { for descriptor in descriptors { close(descriptor) } }

    private static func lock(_ thing: Served, servedFrom folder: String) throws -> Int32 {
        let descriptor = open(thing.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw DataFolder.Failure(
                description: "The \(thing.name) cannot be locked. \(fileSentence(thing.lock, errno))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let text = try? String(contentsOfFile: thing.lock, encoding: .utf8)
            let holder = text?.split(whereSeparator: \.isNewline).first ?? "another rind process"
            close(descriptor)
            throw DataFolder.Failure(
                description: "The \(thing.name) \(thing.path) is being served by \(holder). Several servers on one "
                    + "\(thing.name) are not supported: stop that one, or choose another \(thing.name) with "
                    + "--\(thing.setting.rawValue).")
        }
        // For people only: where the disk is full, the lock holds without.
        let text = "process \(getpid()) from the data folder \(resolved(folder))\n"
        if ftruncate(descriptor, 0) == 0 { _ = text.withCString { write(descriptor, $0, strlen($0)) } }
        return descriptor
    }
}
