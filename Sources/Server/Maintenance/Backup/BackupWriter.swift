import Archives
import Bytes
import Crypto
import Foundation
import Glibc
import Primitives

/// Writes members of a tar archive to an open file. Belongs to one task.
final class BackupWriter {
    private let descriptor: Int32
    private let path: String
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)
    private var offset: off_t = 0

    /// - Parameter path: for what is said about it.
    init(_ descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// What has become of a file that was to be added.
    enum Outcome: Equatable {
        case added
        /// Nothing was added: its bytes are not those of the digest.
        case damaged
        /// Nothing was added: it is not there.
        case missing
        /// Nothing was added: the system does not give its bytes.
        case unreadable(reason: String)
    }

    /// Adds some bytes.
    func add(_ content: [UInt8], as name: String) throws {
        let member = PlainTarMember(name: name, size: Int64(content.count))
        try write(member.header)
        try write(content)
        try write([UInt8](repeating: 0, count: member.padding))
    }

    /// Adds a file, if its bytes are those of the digest. What turns out not to be is taken back.
    func add(file path: String, as name: String, sha256: String) throws -> Outcome {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else {
            return errno == ENOENT ? .missing : .unreadable(reason: String(cString: strerror(errno)))
        }
        defer { close(source) }
        let size = lseek(source, 0, SEEK_END)
        guard size >= 0, lseek(source, 0, SEEK_SET) == 0 else {
            return .unreadable(reason: String(cString: strerror(errno)))
        }
        let start = offset
        let member = PlainTarMember(name: name, size: Int64(size))
        try write(member.header)
        var hash = SHA256()
        var rest = member.size
        while rest > 0 {
            let count = read(source, &buffer, Int(min(rest, Int64(buffer.count))))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let reason = count < 0 ? String(cString: strerror(errno)) : nil
                try takeBack(to: start)
                return reason.map { .unreadable(reason: $0) } ?? .damaged
            }
            try buffer.withUnsafeBytes { bytes in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                hash.update(bufferPointer: piece)
                try write(piece)
            }
            rest -= Int64(count)
        }
        guard hash.finalize().hexadecimal == sha256 else {
            try takeBack(to: start)
            return .damaged
        }
        try write([UInt8](repeating: 0, count: member.padding))
        return .added
    }

    /// Ends the archive.
    func end() throws { try write([UInt8](repeating: 0, count: PlainTarMember.endLength)) }

    private func takeBack(to start: off_t) throws {
        guard ftruncate(descriptor, start) == 0, lseek(descriptor, start, SEEK_SET) == start else {
            throw BackupFailure(cannot: "be written to \(path)", errno)
        }
        offset = start
    }

    private func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw BackupFailure(cannot: "be written to \(path)", errno) }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
            offset += written
        }
    }
}

/// The SHA-256 and the size of a file.
func digest(ofFile path: String) throws -> BackupManifest.Member {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw BackupFailure(cannot: "be read from \(path)", errno) }
    defer { close(descriptor) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var hash = SHA256()
    var size: Int64 = 0
    while true {
        let count = read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count >= 0 else { throw BackupFailure(cannot: "be read from \(path)", errno) }
        if count == 0 { return BackupManifest.Member(size: size, sha256: hash.finalize().hexadecimal) }
        buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        size += Int64(count)
    }
}
