import CArchive
import Foundation
import Glibc

/// Writes a tar archive (pax) by libarchive. Belongs to one task.
final class TarWriter {
    private let archive: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    init(path: String) throws {
        guard let archive = archive_write_new() else { throw BackupFailure(description: "out of memory") }
        self.archive = archive
        try check(archive_write_set_format_pax_restricted(archive))
        // A backup holds the keys of the index: nobody else reads it, whatever the umask. Where this fails, libarchive
        // says why.
        unlink(path)
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if file >= 0 { Glibc.close(file) }
        try check(archive_write_open_filename(archive, path))
    }

    deinit { archive_write_free(archive) }

    func add(file path: String, as name: String) throws {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw BackupFailure(description: "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { Glibc.close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size >= 0, lseek(descriptor, 0, SEEK_SET) == 0, let entry = archive_entry_new() else {
            throw BackupFailure(description: "\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_size(entry, Int64(size))
        archive_entry_set_filetype(entry, UInt32(Glibc.S_IFREG))
        archive_entry_set_perm(entry, 0o600)
        try check(archive_write_header(archive, entry))
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            guard count >= 0 else {
                throw BackupFailure(description: "\(path) cannot be read: \(String(cString: strerror(errno)))")
            }
            if count == 0 { break }
            guard archive_write_data(archive, buffer, count) == count else { throw failure() }
        }
    }

    func close() throws { try check(archive_write_close(archive)) }

    private func check(_ result: Int32) throws {
        guard result == ARCHIVE_OK else { throw failure() }
    }

    private func failure() -> BackupFailure {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
        return BackupFailure(description: "The backup cannot be written: \(reason)")
    }
}

/// Reads a tar archive by libarchive. Belongs to one task.
final class TarReader {
    private let archive: OpaquePointer
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    init(path: String) throws {
        guard let archive = archive_read_new() else { throw BackupFailure(description: "out of memory") }
        self.archive = archive
        archive_read_support_format_tar(archive)
        guard archive_read_open_filename(archive, path, 1 << 20) == ARCHIVE_OK else { throw failure() }
    }

    deinit { archive_read_free(archive) }

    /// The name of the next member; nil at the end.
    func next() throws -> String? {
        var entry: OpaquePointer?
        switch archive_read_next_header(archive, &entry) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK:
            guard let name = archive_entry_pathname(entry) else { throw failure() }
            return String(cString: name)
        default: throw failure()
        }
    }

    /// Hands out the member's bytes, piece by piece.
    func readBody(_ take: (UnsafeRawBufferPointer) async throws -> Void) async throws {
        while let piece = try readPiece() {
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: piece.count, alignment: 16)
            defer { copy.deallocate() }
            copy.copyBytes(from: piece)
            try await take(UnsafeRawBufferPointer(copy))
        }
    }

    /// The bytes of a small member. Throws when it has more than `limit`.
    func content(atMost limit: Int) async throws -> Data {
        var content = Data()
        try await readBody { bytes in
            guard content.count + bytes.count <= limit else {
                throw BackupFailure(description: "The backup is damaged: a member is larger than it can be.")
            }
            content.append(contentsOf: bytes)
        }
        return content
    }

    /// Writes the member's bytes to a file.
    func extract(to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw BackupFailure(description: "\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        while let piece = try readPiece() {
            var rest = piece
            while !rest.isEmpty {
                let written = write(descriptor, Array(rest), rest.count)
                guard written > 0 else {
                    throw BackupFailure(description: "\(path) cannot be written: \(String(cString: strerror(errno)))")
                }
                rest = rest.dropFirst(written)
            }
        }
    }

    private func readPiece() throws -> ArraySlice<UInt8>? {
        let count = archive_read_data(archive, &buffer, buffer.count)
        guard count >= 0 else { throw failure() }
        return count == 0 ? nil : buffer[0..<count]
    }

    private func failure() -> BackupFailure {
        let reason = archive_error_string(archive).map { String(cString: $0) } ?? "unknown reason"
        return BackupFailure(description: "The backup cannot be read: \(reason)")
    }
}
