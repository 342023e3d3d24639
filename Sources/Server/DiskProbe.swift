import Blobs
import Foundation
import Synchronization

/// Whether something can still be written where an index is kept: what balancers and people should know before somebody
/// loses an upload.
final class DiskProbe: Sendable {
    /// What cannot be written.
    enum Trouble: String, Sendable {
        /// Nothing can.
        case full = "the disk is full: nothing can be published or changed, reading goes on"
        /// Nothing can.
        case readOnly = "the disk is read-only: nothing can be published or changed, reading goes on"
        /// Only the reserve is left (`DiskRoom`), which is not for files.
        case nearlyFull = "the disk is nearly full: uploads are refused, all else goes on"

        /// Whether there is nothing that can still be changed.
        var endsWriting: Bool {
            switch self {
            case .full, .readOnly: true
            case .nearlyFull: false
            }
        }
    }

    private struct State {
        var askedAt: ContinuousClock.Instant?
        var trouble: Trouble?
    }

    /// Where the database is, and where the files are.
    private let folders: [String]
    private let state = Mutex(State())
    /// An answer serves so long, however often it is asked for.
    private static let lifetime = Duration.seconds(1)
    /// Bytes: what a small change takes, in the database and in its log.
    private static let probe = 256 * 1024

    /// `O_TMPFILE` of Linux (include/uapi/asm-generic/fcntl.h), a macro that Swift does not see.
    private static let nameless = 0o20_000_000 | O_DIRECTORY

    init(folders: [String]) { self.folders = folders }

    /// What is wrong with a disk; nil when nothing is. Blocks the thread for as long as writing a little takes.
    func trouble() -> Trouble? {
        state.withLock { state in
            if let askedAt = state.askedAt, ContinuousClock.now - askedAt < Self.lifetime { return state.trouble }
            state.askedAt = .now
            let troubles = folders.compactMap { Self.trouble(in: $0) }
            state.trouble = troubles.first(where: \.endsWriting) ?? troubles.first
            return state.trouble
        }
    }

    private static func trouble(in folder: String) -> Trouble? {
        let room = DiskRoom(at: folder)
        if let trouble = troubleOfWriting(in: folder) { return trouble }
        return room?.isReserveTouched == true ? .nearlyFull : nil
    }

    /// The numbers know nothing of a quota: only writing tells. A file without a name leaves nothing behind.
    private static func troubleOfWriting(in folder: String) -> Trouble? {
        let file = open(folder, Self.nameless | O_WRONLY | O_CLOEXEC, 0o600)
        guard file >= 0 else { return trouble(errno) }
        defer { close(file) }
        let bytes = [UInt8](repeating: 0, count: probe)
        let written = bytes.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
        if written == probe { return nil }
        return written < 0 ? trouble(errno) : .full
    }

    private static func trouble(_ number: Int32) -> Trouble? {
        switch number {
        case ENOSPC, EDQUOT: .full
        case EROFS: .readOnly
        // File systems that know no nameless files; and whatever else is wrong, reading and writing will tell.
        default: nil
        }
    }
}
