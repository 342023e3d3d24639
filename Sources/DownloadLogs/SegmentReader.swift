import Compression
import Crypto
import Foundation
import Model

/// Reads a file to its end and makes its key on the way.
struct SegmentReader {
    /// Bytes of a first line that its digest is made of; few lines are longer.
    private static let longestFirstLine = 4_096

    /// What a file is known by.
    struct Key {
        let digest: [UInt8]
        let fileDigest: [UInt8]
        let fileSize: Int64
        let firstLine: [UInt8]
        let size: Int64
    }

    let path: String
    let store: any DownloadStore

    /// The segment that the file is, bytes for bytes, if it was applied. Reads it only if one was of its size.
    func knownAsItLies() async throws -> AppliedSegment? {
        let size = try UnpackedFile(path).size
        let candidates = try await store.segments(ofFileSize: size)
        if candidates.isEmpty { return nil }
        let digest = try Self.digest(ofFileAt: path)
        return candidates.first { $0.fileDigest == digest }
    }

    private static func digest(ofFileAt path: String) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        var hash = SHA256()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty { hash.update(data: piece) }
        return Array(hash.finalize())
    }

    /// Reads the file.
    ///
    /// - Parameters:
    ///   - read: called with each piece of what the file says.
    ///   - passOver: called between two pieces, when all until here is a segment that was applied: a file that has grown.
    ///   - progress: called with the bytes of the file that have been read.
    func read(
        _ read: (UnsafeRawBufferPointer) -> Void, passOver: (AppliedSegment) -> Void,
        progress: @Sendable (Int64) -> Void
    ) async throws -> Key {
        let file = try UnpackedFile(path)
        let packed = PackedDigest()
        if file.packing != .none { file.onRead = packed.add }
        var hash = SHA256()
        var size: Int64 = 0
        var head: [UInt8] = []
        var firstLine: [UInt8]?
        /// Segments that the file may begin with, the shortest first.
        var shorter: [AppliedSegment] = []
        while var piece = try file.next() {
            if firstLine == nil {
                head += piece.prefix(Self.longestFirstLine - head.count)
                if let line = Self.firstLine(head) {
                    firstLine = line
                    shorter = try await store.segments(beginningWith: line).filter { $0.size > size }
                        .sorted { $0.size < $1.size }
                }
            }
            while let next = shorter.first, next.size <= size + Int64(piece.count) {
                let part = UnsafeRawBufferPointer(rebasing: piece[..<Int(next.size - size)])
                hash.update(bufferPointer: part)
                size = next.size
                read(part)
                if Array(hash.finalize()) == next.digest { passOver(next) }
                piece = UnsafeRawBufferPointer(rebasing: piece[part.count...])
                shorter.removeFirst()
            }
            hash.update(bufferPointer: piece)
            size += Int64(piece.count)
            read(piece)
            progress(file.position)
            try Task.checkCancellation()
        }
        let digest = Array(hash.finalize())
        return Key(
            digest: digest, fileDigest: packed.finish() ?? digest, fileSize: file.size,
            firstLine: firstLine ?? Array(SHA256.hash(data: head)), size: size)
    }

    /// The digest of the first line, once it is there.
    private static func firstLine(_ head: [UInt8]) -> [UInt8]? {
        if let end = head.firstIndex(of: UInt8(ascii: "\n")) { return Array(SHA256.hash(data: head[..<end])) }
        return head.count >= longestFirstLine ? Array(SHA256.hash(data: head)) : nil
    }
}

/// The digest of a file as it lies, while it is unpacked.
private final class PackedDigest {
    private var hash = SHA256()
    private var isUsed = false

    func add(_ bytes: UnsafeRawBufferPointer) {
        isUsed = true
        hash.update(bufferPointer: bytes)
    }

    func finish() -> [UInt8]? { isUsed ? Array(hash.finalize()) : nil }
}
