import Compression
import Foundation
import Ports

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
        /// Its first bytes.
        let head: [UInt8]
        /// The same of all its lines that have an end; nil where the file is packed, and will not grow, or has none.
        let wholeLines: (digest: [UInt8], size: Int64)?
        /// The segments that begin with the same line: what the file says was compared with each.
        let compared: [AppliedSegment]

        /// The key of the part that holds the lines that have an end.
        var ofWholeLines: Key {
            guard let wholeLines else { return self }
            return Key(
                digest: wholeLines.digest, fileDigest: fileDigest, fileSize: fileSize, firstLine: firstLine,
                size: wholeLines.size, head: Array(head.prefix(Int(clamping: wholeLines.size))), wholeLines: wholeLines,
                compared: compared)
        }
    }

    let path: String
    let store: any DownloadStore

    /// The segment that the file is, bytes for bytes, if it was applied. Reads it only if one was of its size.
    func knownUnopened() async throws -> AppliedSegment? {
        let size = try UnpackedFile(path).size
        let candidates = try await store.segments(ofFileSize: size)
        if candidates.isEmpty { return nil }
        let digest = try Self.digest(ofFileAt: path)
        return candidates.first { $0.fileDigest == digest }
    }

    private static func digest(ofFileAt path: String) throws -> [UInt8] {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        let fingerprint = Fingerprint()
        while let piece = try file.read(upToCount: 1 << 20), !piece.isEmpty {
            piece.withUnsafeBytes { fingerprint.add($0) }
        }
        return fingerprint.bytes
    }

    /// Reads the file.
    ///
    /// - Parameters:
    ///   - read: called with each piece of what the file says.
    ///   - passOver: called between two pieces, when all until here is a segment that was applied: a file that has
    ///     grown.
    ///   - progress: called with the bytes of the file that have been read.
    func read(
        _ read: (UnsafeRawBufferPointer) -> Void, passOver: (AppliedSegment) -> Void,
        progress: @Sendable (Int64) -> Void
    ) async throws -> Key {
        let file = try UnpackedFile(path)
        let packed = PackedDigest()
        if file.packing != .none { file.onRead = packed.add }
        let fingerprint = Fingerprint()
        var size: Int64 = 0
        /// Of all until the end of a line.
        let ended = Fingerprint()
        var endedSize: Int64 = 0
        func take(_ part: UnsafeRawBufferPointer) {
            let lines = file.packing == .none ? Self.endOfLastLine(part) : 0
            fingerprint.add(UnsafeRawBufferPointer(rebasing: part[..<lines]))
            if lines > 0 {
                ended.become(copyOf: fingerprint)
                endedSize = size + Int64(lines)
            }
            fingerprint.add(UnsafeRawBufferPointer(rebasing: part[lines...]))
            size += Int64(part.count)
            read(part)
        }
        var head: [UInt8] = []
        var firstLine: [UInt8]?
        var compared: [AppliedSegment] = []
        /// Segments that the file may begin with, the shortest first.
        var shorter: [AppliedSegment] = []
        while var piece = try file.next() {
            head += piece.prefix(Self.longestFirstLine - head.count)
            if firstLine == nil, let line = Self.firstLine(head) {
                firstLine = line
                compared = try await store.segments(beginningWith: line).filter { $0.kind == .log }
                shorter = compared.filter { $0.size > size }.sorted { $0.size < $1.size }
            }
            while let next = shorter.first, next.size <= size + Int64(piece.count) {
                let part = UnsafeRawBufferPointer(rebasing: piece[..<Int(next.size - size)])
                take(part)
                if fingerprint.bytes == next.digest { passOver(next) }
                piece = UnsafeRawBufferPointer(rebasing: piece[part.count...])
                shorter.removeFirst()
            }
            take(piece)
            progress(file.position)
            try Task.checkCancellation()
        }
        if firstLine == nil {
            compared = try await store.segments(beginningWith: Fingerprint.of(head)).filter { $0.kind == .log }
        }
        let digest = fingerprint.bytes
        return Key(
            digest: digest, fileDigest: packed.finish() ?? digest, fileSize: file.size,
            firstLine: firstLine ?? Fingerprint.of(head), size: size, head: head,
            wholeLines: endedSize > 0 ? (ended.bytes, endedSize) : nil, compared: compared)
    }

    /// The segment that begins with all of this file: an earlier copy of a log that has grown since. Only one that lies
    /// where it was counted can be looked at.
    func continuation(after key: Key) -> AppliedSegment? {
        key.compared.first { segment in
            guard segment.size > key.size, segment.path != absolute(path) else { return false }
            // What cannot be read any more, or says something else by now, proves nothing.
            return (try? Self.begins(segment, with: key)) ?? false
        }
    }

    private static func begins(_ segment: AppliedSegment, with key: Key) throws -> Bool {
        let file = try UnpackedFile(segment.path)
        let fingerprint = Fingerprint()
        var size: Int64 = 0
        while let piece = try file.next() {
            if size == 0, !piece.prefix(key.head.count).elementsEqual(key.head.prefix(piece.count)) { return false }
            var rest = piece
            for (end, digest) in [(key.size, key.digest), (segment.size, segment.digest)]
            where size < end && end <= size + Int64(rest.count) {
                let part = UnsafeRawBufferPointer(rebasing: rest[..<Int(end - size)])
                fingerprint.add(part)
                size = end
                guard fingerprint.bytes == digest else { return false }
                if end == segment.size { return true }
                rest = UnsafeRawBufferPointer(rebasing: rest[part.count...])
            }
            fingerprint.add(rest)
            size += Int64(rest.count)
        }
        return false
    }

    /// Bytes until after the last end of a line; 0 where there is none.
    private static func endOfLastLine(_ piece: UnsafeRawBufferPointer) -> Int {
        var end = piece.count
        while end > 0, piece[end - 1] != UInt8(ascii: "\n") { end -= 1 }
        return end
    }

    /// The digest of the first line, once it is there.
    private static func firstLine(_ head: [UInt8]) -> [UInt8]? {
        if let end = head.firstIndex(of: UInt8(ascii: "\n")) { return Fingerprint.of(head[..<end]) }
        return head.count >= longestFirstLine ? Fingerprint.of(head) : nil
    }
}

/// The digest of a file on disk, while it is unpacked.
private final class PackedDigest {
    private let fingerprint = Fingerprint()
    private var isUsed = false

    func add(_ bytes: UnsafeRawBufferPointer) {
        isUsed = true
        fingerprint.add(bytes)
    }

    func finish() -> [UInt8]? { isUsed ? fingerprint.bytes : nil }
}
