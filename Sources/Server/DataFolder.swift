import Foundation

/// The folder that holds everything, and the lock that says which process serves from it.
public final class DataFolder: Sendable {
    /// Its path.
    public let path: String
    private let lock: Int32?

    /// Something is wrong with the folder; the sentence says what to do.
    public struct Failure: Error, CustomStringConvertible {
        /// What is wrong, and what to do.
        public let description: String
    }

    /// Opens the folder and makes it where it is missing.
    ///
    /// - Parameter exclusively: whether to take the lock, as whoever serves or restores does. Others may read and
    ///   write the database beside him; only one process may clear away what uploads left behind.
    public init(path: String, exclusively: Bool) throws {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw Failure(description: "The data folder \(path) cannot be made: \(error.localizedDescription)")
        }
        guard exclusively else {
            lock = nil
            return
        }
        let descriptor = open("\(path)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw Failure(
                description: "The data folder \(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        // The lock goes with the process, however that ends.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw Failure(
                description: "The data folder \(path) is in use by another rind process. "
                    + "Stop that one, or choose another folder with --data.")
        }
        lock = descriptor
    }

    deinit { if let lock { close(lock) } }
}
