import Blobs
import Database
import Foundation
import Letters
import NIOCore
import Primitives

/// What went wrong, as a sentence for anyone who runs a command: what it was, and what to do.
///
/// Our own errors have their sentences. Those of the system and of libraries get one here, in the one place through
/// which they all go to the terminal.
public func errorSentence(_ error: any Error) -> String {
    switch error {
    case let refusal as any Refusal: refusal.sentence()
    case let failure as FileSystemFailure: fileSentence(failure.path, failure.number)
    case let error as IOError: "The network failed (\(error.errnoCode)): \(String(cString: strerror(error.errnoCode)))."
    case is SocketAddressError, is SocketAddressError.UnknownHost:
        "The address cannot be found. Check --host, or use 127.0.0.1."
    case let error as CocoaError: cocoaSentence(error)
    case let error as POSIXError: "The system refused: \(String(cString: strerror(error.code.rawValue)))."
    case is CancellationError: "It was stopped before its end. Do it again."
    default:
        // The database's own first: it describes itself, with its SQL.
        DatabaseFailure.sentence(error) ?? ownSentence(error)
            ?? "Something went wrong that should not (\(type(of: error))). Do it again; if it stays so, "
            + "report it with what you did."
    }
}

/// What our own errors say of themselves; nil for what says nothing.
private func ownSentence(_ error: any Error) -> String? {
    // Describes itself with its domain.
    if type(of: error) is NSError.Type { return error.localizedDescription }
    guard type(of: error) is any CustomStringConvertible.Type else { return nil }
    let text = "\(error)"
    return text.contains(" ") ? text : nil
}

/// Why a file or folder cannot be used.
func fileSentence(_ path: String, _ number: Int32) -> String {
    let reason = String(cString: strerror(number))
    return switch number {
    case ENOENT: "There is no \(path). Check the path."
    case EACCES, EPERM: "\(path) may not be used by this user: \(reason). Check its owner and its permissions."
    case EROFS: "\(path) is on a disk that cannot be written."
    case ENOSPC, EDQUOT: "The disk of \(path) is full. Make room, and do it again."
    case EMFILE, ENFILE: "Too many files are open for \(path): \(reason). Raise the limit (ulimit -n)."
    case EIO: "The disk of \(path) gives errors: \(reason). Look at the system's log, and at your backups."
    default: "\(path) cannot be used: \(reason)."
    }
}

private func cocoaSentence(_ error: CocoaError) -> String {
    guard let path = error.filePath ?? error.url?.path else { return error.localizedDescription }
    if let number = (error.underlying as? POSIXError)?.code.rawValue { return fileSentence(path, number) }
    return switch error.code {
    case .fileNoSuchFile, .fileReadNoSuchFile: fileSentence(path, ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: fileSentence(path, EACCES)
    case .fileWriteOutOfSpace: fileSentence(path, ENOSPC)
    case .fileWriteVolumeReadOnly: fileSentence(path, EROFS)
    default: "\(path) cannot be used: \(error.localizedDescription)"
    }
}
