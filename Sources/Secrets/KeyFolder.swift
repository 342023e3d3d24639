import Foundation

/// Something is wrong with the key file; the sentence says what to do.
public struct KeyFileFailure: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    /// Something is wrong with the key file.
    public init(description: String) { self.description = description }

    init(_ what: String, _ path: String) {
        self.init(description: "\(what) \(path): \(String(cString: strerror(errno)))")
    }
}

/// What tells one state of a file from another.
struct FileState: Hashable, Sendable {
    private let inode: UInt64
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
        inode = UInt64(status.st_ino)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// Nil when there is none.
    init?(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }
}

/// The key file where it lies: read with suspicion, replaced whole, by one process at a time.
struct KeyFolder: Sendable {
    /// The key file's path.
    let path: String
    private var folder: String {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        return folder.isEmpty ? "." : folder
    }

    /// The file and the state in which it was read; nil when there is none.
    func read() throws -> (KeyFile, FileState)? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0, errno == ENOENT { return nil }
        guard descriptor >= 0 else { throw KeyFileFailure("The keys cannot be read from", path) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw KeyFileFailure("The keys cannot be read from", path) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw KeyFileFailure(description: "\(path) is no file. Name another place for the keys.")
        }
        // Anyone who can read it can open every secret in the database.
        guard status.st_mode & 0o077 == 0 else {
            throw KeyFileFailure(
                description: "The keys in \(path) can be read by others than their owner. Run: chmod 600 '\(path)'")
        }
        guard let data = try handle.read(upToCount: KeyFile.maximumBytes + 1), data.count <= KeyFile.maximumBytes,
            let file = KeyFile(data)
        else {
            throw KeyFileFailure(
                description: "\(path) is no key file, or a damaged one. Bring it back from a backup; "
                    + "without it, nobody's authenticator app is known any more.")
        }
        return (file, FileState(status))
    }

    /// Works on the file while no other process does.
    func locked<Result>(_ body: () throws -> Result) throws -> Result {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw KeyFileFailure("The folder of the keys cannot be opened,", folder) }
        // The lock goes with the descriptor.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw KeyFileFailure("The folder of the keys cannot be locked,", folder) }
        }
        let result = try body()
        guard fsync(descriptor) == 0 else { throw KeyFileFailure("The keys cannot be written to", path) }
        return result
    }

    /// Puts the file in its place, whole and on disk. To be called while it is locked, which syncs the folder.
    ///
    /// A crash before the rename leaves the old file, and beside it one that the next write overwrites.
    func write(_ file: KeyFile) throws {
        let partial = "\(path).new"
        unlink(partial)
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw KeyFileFailure("The keys cannot be written to", partial) }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: try file.data())
        } catch {
            unlink(partial)
            throw KeyFileFailure(description: "The keys cannot be written to \(partial): \(error.localizedDescription)")
        }
        guard fsync(descriptor) == 0, rename(partial, path) == 0 else {
            throw KeyFileFailure("The keys cannot be written to", path)
        }
    }
}
