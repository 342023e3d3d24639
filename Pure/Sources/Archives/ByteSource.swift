/// Random access to bytes that do not change while they are read: a temporary file, or bytes in memory.
///
/// This package opens nothing; anyone who has a file gives a source that reads it (`pread` is enough).
public protocol ByteSource {
    /// How many bytes there are.
    var size: Int64 { get }

    /// Reads bytes from `offset` on into `buffer` and returns how many. It may return fewer than asked for, but zero
    /// only at the end. It throws whatever reading throws; that reaches the caller as `InspectionFailure.unreadable`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Bytes in memory as a source.
public struct MemorySource: ByteSource, Sendable {
    private let bytes: [UInt8]

    /// A source of exactly these bytes.
    public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// How many bytes there are.
    public var size: Int64 { Int64(bytes.count) }

    /// Copies the bytes from `offset` on, as many as there are and fit.
    public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard offset >= 0, offset < size else { return 0 }
        let part = bytes[Int(offset)...].prefix(buffer.count)
        buffer.copyBytes(from: part)
        return part.count
    }
}

/// The source ended before the size it gave: it changed while it was read.
public struct SourceEndedEarly: Error, Equatable, Sendable {
    /// Where the missing bytes should have been, counted from the start.
    public let offset: Int64
}

extension ByteSource {
    /// Fills the whole buffer or throws.
    func fill(_ buffer: UnsafeMutableRawBufferPointer, from offset: Int64) throws(InspectionFailure) {
        var filled = 0
        while filled < buffer.count {
            let count: Int
            do {
                count = try read(at: offset + Int64(filled), into: .init(rebasing: buffer[filled...]))
            } catch {
                throw .unreadable(error)
            }
            guard count > 0 else { throw .unreadable(SourceEndedEarly(offset: offset + Int64(filled))) }
            filled += count
        }
    }
}

/// One buffer over a source: small records are read from it, and neighbours come with one read.
final class SourceWindow {
    private let source: any ByteSource
    private let buffer: UnsafeMutableRawBufferPointer
    private let readAhead: Int
    private var start: Int64 = 0
    private var count = 0

    /// A window that serves up to `capacity` bytes at once and reads at least `readAhead` when it has to read.
    init(_ source: any ByteSource, capacity: Int, readAhead: Int) {
        self.source = source
        self.readAhead = min(readAhead, capacity)
        buffer = .allocate(byteCount: capacity, alignment: 16)
    }

    deinit { buffer.deallocate() }

    /// `length` bytes at `offset`, valid until the next call; nil when the source has no such bytes.
    func bytes(at offset: Int64, _ length: Int) throws(InspectionFailure) -> UnsafeRawBufferPointer? {
        guard offset >= 0, length <= buffer.count, offset <= source.size - Int64(length) else { return nil }
        if offset < start || offset + Int64(length) > start + Int64(count) {
            let wanted = min(Int64(max(length, readAhead)), source.size - offset)
            count = 0
            try source.fill(.init(rebasing: buffer[..<Int(wanted)]), from: offset)
            start = offset
            count = Int(wanted)
        }
        let first = Int(offset - start)
        return .init(rebasing: buffer[first..<first + length])
    }
}
