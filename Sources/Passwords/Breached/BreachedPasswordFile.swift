import Foundation
import Glibc
import Synchronization

/// The list of breached passwords at a path, whichever lies there now: a new one is taken at the next question.
public final class BreachedPasswordFile: Sendable {
    private struct State {
        /// What lies there, as it was when it was looked at.
        var seen: FileState?
        var list: BreachedPasswords?
        /// The last one that was told to be damaged.
        var reported: FileState?
    }

    private struct FileState: Hashable {
        let device: UInt64, inode: UInt64, size: Int64, seconds: Int, nanoseconds: Int
    }

    /// Where it is looked for.
    public let path: String
    private let report: @Sendable (BreachedPasswordsFailure) -> Void
    private let state = Mutex(State())

    /// The list at a path, where there may be none.
    ///
    /// - Parameter report: told once of every new file there that is not taken because it is damaged. The one before it
    ///   stays in use, where there was one.
    public init(at path: String, report: @escaping @Sendable (BreachedPasswordsFailure) -> Void = { _ in }) {
        self.path = path
        self.report = report
    }

    /// The list that lies there now; nil when there is none. Throws `BreachedPasswordsFailure` when there is one that
    /// cannot be read, and none before it.
    public func current() throws(BreachedPasswordsFailure) -> BreachedPasswords? {
        let result: Result<BreachedPasswords?, BreachedPasswordsFailure> = state.withLock { state in
            let there = fileState
            guard there != state.seen else { return .success(state.list) }
            guard there != nil else {
                state = State()
                return .success(nil)
            }
            do throws(BreachedPasswordsFailure) {
                state.list = try BreachedPasswords(file: path)
                state.seen = there
                return .success(state.list)
            } catch {
                if state.reported != there { report(error) }
                state.reported = there
                guard let list = state.list else { return .failure(error) }
                state.seen = there
                return .success(list)
            }
        }
        return try result.get()
    }

    /// Whether a password is in the list; false while there is none. Throws `BreachedPasswordsFailure` when it is
    /// damaged.
    public func contains(_ password: String) throws(BreachedPasswordsFailure) -> Bool {
        try current()?.contains(password.precomposedStringWithCanonicalMapping) ?? false
    }

    private var fileState: FileState? {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        return FileState(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
            seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    }
}
