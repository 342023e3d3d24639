import Glibc

/// How a lock excludes others.
enum LockKind {
    /// Those who need it to themselves.
    case shared
    /// Everybody.
    case exclusive
}

extension FolderBlobStore {
    /// Runs `body` while no other process (and no other thread) holds the folder's lock in a way that excludes it.
    ///
    /// What `InFlight` is within a process, this is between processes, an import beside the server for example: a blob
    /// that is there is made young under the shared lock; an orphan is found old and removed under the exclusive one.
    /// So nobody relies on a blob at the moment at which it goes. Both are held for a few system calls only.
    func lock<Result>(_ kind: LockKind, _ body: () throws -> Result) throws -> Result {
        // Opened each time: the lock belongs to the open file, and threads must not share theirs.
        let file = try calls.opened(layout.lock, O_RDWR | O_CREAT)
        defer { close(file) }
        while flock(file, kind == .shared ? LOCK_SH : LOCK_EX) != 0 {
            guard errno == EINTR else { throw FileSystemFailure(call: "flock", path: layout.lock, number: errno) }
        }
        return try body()
    }
}

/// Marks a staged file as one that is being written, until the descriptor is closed or its process is gone.
///
/// Where the file system knows no locks, nothing happens, and nothing will look abandoned.
func claim(_ file: Int32) { _ = flock(file, LOCK_EX | LOCK_NB) }

/// Whether nobody is writing a staged file any more.
func isAbandoned(_ file: Int32) -> Bool { flock(file, LOCK_SH | LOCK_NB) == 0 }
