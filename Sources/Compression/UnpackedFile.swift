import CIsal
import CZstd
import Foundation

/// Why a packed file cannot be read to its end.
public enum UnpackingFailure: Error, Equatable, CustomStringConvertible {
    /// It ends in the middle.
    case truncated
    /// Its checksum or its structure is wrong.
    case corrupt
    /// It is packed in a way that is not read here, or its name says that it is packed, and it is not.
    case unsupported(String)

    /// What is wrong, as the end of a sentence that begins with the file's name.
    public var description: String {
        switch self {
        case .truncated: "ends in the middle: it was not written or copied to its end"
        case .corrupt: "is damaged: its checksum or its structure is wrong"
        case .unsupported(let what): what
        }
    }
}

/// A file read from its beginning to its end, unpacked on the way if it is packed by gzip (RFC 1952) or zstd (RFC
/// 8878); the bytes at its beginning say so, not its name. Several members or frames one after the other are one file,
/// as `cat a.gz b.gz` makes it.
///
/// Memory is three buffers and what the format needs; nothing depends on the file's size or on what it says.
public final class UnpackedFile {
    /// How a file is packed.
    public enum Packing: String, Sendable { case none, gzip, zstd }

    /// Bytes that are read from the file at once.
    private static let inputSize = 128 << 10
    /// Bytes that are unpacked at once: few enough to stay in the processor's cache until they are looked at.
    private static let outputSize = 256 << 10

    /// How the file is packed.
    public let packing: Packing
    /// Bytes of the file, packed.
    public let size: Int64
    /// Bytes of the file that have been read so far.
    public private(set) var position: Int64 = 0
    /// Called with each piece of the file on disk, packed.
    public var onRead: ((UnsafeRawBufferPointer) -> Void)?

    private let file: FileHandle
    private let input: UnsafeMutableRawBufferPointer
    private let output: UnsafeMutableRawBufferPointer
    /// What of the input is not unpacked yet.
    private var pending: Range<Int> = 0..<0
    private let decoder: (any Decoder)?
    /// Whether the decoder may have more to write though it has read everything.
    private var holdsMore = false

    /// Opens a file.
    ///
    /// - Throws: `CocoaError` when it cannot be opened, `UnpackingFailure.unsupported` when it is packed in another
    ///   way.
    public init(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(filePath: path))
        var status = stat()
        guard fstat(file.fileDescriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw UnpackingFailure.unsupported("is no file")
        }
        size = Int64(status.st_size)
        input = .allocate(byteCount: Self.inputSize, alignment: 64)
        output = .allocate(byteCount: Self.outputSize, alignment: 64)
        self.file = file
        let start = Self.read(file, into: input)
        guard let start else {
            (packing, decoder) = (.none, nil)
            throw Self.readingFailed(path)
        }
        pending = 0..<start
        packing = try Self.packing(of: UnsafeRawBufferPointer(rebasing: input[..<start]), named: path)
        switch packing {
        case .none:
            decoder = nil
            position = Int64(start)
        case .gzip: decoder = GzipDecoder()
        case .zstd: decoder = ZstandardDecoder()
        }
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    private static func packing(of start: UnsafeRawBufferPointer, named path: String) throws -> Packing {
        if start.starts(with: [0x1F, 0x8B]) { return .gzip }
        // A frame, or one that is to be passed over.
        if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        if start.count >= 4, start[0] & 0xF0 == 0x50, start[1...3].elementsEqual([0x2A, 0x4D, 0x18]) { return .zstd }
        let others: [([UInt8], String)] = [
            ([0x42, 0x5A, 0x68], "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "xz"), ([0x50, 0x4B, 3, 4], "zip"),
            ([0x04, 0x22, 0x4D, 0x18], "lz4"),
        ]
        for (magic, name) in others where start.starts(with: magic) {
            throw UnpackingFailure.unsupported("is packed by \(name), which is not read here: unpack it first")
        }
        let ending = path.split(separator: ".").last?.lowercased()
        if ["gz", "zst", "zstd"].contains(ending) {
            throw UnpackingFailure.unsupported("is not packed, though its name says so")
        }
        return .none
    }

    /// Bytes read, 0 at the end; nil when reading failed.
    private static func read(_ file: FileHandle, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        while true {
            let count = Glibc.read(file.fileDescriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            if errno != EINTR { return nil }
        }
    }

    private static func readingFailed(_ path: String) -> any Error {
        CocoaError(.fileReadUnknown, userInfo: [NSFilePathErrorKey: path])
    }

    /// The next bytes of what the file says, until this is called again; nil at its end.
    ///
    /// - Throws: `UnpackingFailure` when it ends too early or is damaged.
    public func next() throws -> UnsafeRawBufferPointer? {
        guard let decoder else {
            if pending.isEmpty { try fill() }
            defer { pending = 0..<0 }
            return pending.isEmpty ? nil : UnsafeRawBufferPointer(rebasing: input[pending])
        }
        while true {
            if pending.isEmpty, !holdsMore { try fill() }
            if pending.isEmpty, !holdsMore {
                guard decoder.isComplete else { throw UnpackingFailure.truncated }
                return nil
            }
            let (read, written) = try decoder.decode(UnsafeRawBufferPointer(rebasing: input[pending]), into: output)
            account(read)
            holdsMore = written == output.count && !decoder.isComplete
            if written > 0 { return UnsafeRawBufferPointer(rebasing: output[..<written]) }
        }
    }

    private func account(_ read: Int) {
        onRead?(UnsafeRawBufferPointer(rebasing: input[pending.prefix(read)]))
        pending = (pending.lowerBound + read)..<pending.upperBound
        position += Int64(read)
    }

    private func fill() throws {
        // The first piece was read to know the packing.
        guard let count = Self.read(file, into: input) else { throw Self.readingFailed("the file") }
        pending = 0..<count
        if decoder == nil { position += Int64(count) }
    }
}

/// Unpacks bytes piece by piece.
private protocol Decoder: AnyObject {
    /// Whether a member or frame has ended, and nothing has come after it.
    var isComplete: Bool { get }
    /// Unpacks what fits; tells how many bytes were read and written.
    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int)
}

/// Gzip by ISA-L, which unpacks twice as fast as zlib and is what access logs ask for. It verifies checksum and length.
private final class GzipDecoder: Decoder {
    // More than a hundred kilobytes, with arrays that Swift does not import: it stays where C wants it.
    private let state = UnsafeMutablePointer<inflate_state>.allocate(capacity: 1)
    /// Between members only zeros may come, which some tapes and tools leave at the end.
    private var isBetween = false
    private var hasPadding = false

    init() {
        isal_inflate_init(state)
        state.pointee.crc_flag = UInt32(ISAL_GZIP)
    }

    deinit { state.deallocate() }

    var isComplete: Bool { isBetween }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int) {
        if isBetween, !input.isEmpty {
            if input[0] == 0 {
                hasPadding = true
                return (input.prefix { $0 == 0 }.count, 0)
            }
            guard input[0] == 0x1F, !hasPadding else { throw UnpackingFailure.corrupt }
            isal_inflate_reset(state)
            state.pointee.crc_flag = UInt32(ISAL_GZIP)
            isBetween = false
        }
        guard let source = input.baseAddress, let target = output.baseAddress else { return (0, 0) }
        // ISA-L reads through a pointer that it declares mutable, and never writes to it.
        state.pointee.next_in = UnsafeMutablePointer(mutating: source.assumingMemoryBound(to: UInt8.self))
        state.pointee.avail_in = UInt32(input.count)
        state.pointee.next_out = target.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_out = UInt32(output.count)
        guard isal_inflate(state) == ISAL_DECOMP_OK else { throw UnpackingFailure.corrupt }
        let read = input.count - Int(state.pointee.avail_in)
        let written = output.count - Int(state.pointee.avail_out)
        isBetween = state.pointee.block_state == ISAL_BLOCK_FINISH
        // It reads all that it is given, so anyone who waits for more of nothing is told.
        if read == 0, written == 0, !input.isEmpty, !isBetween { throw UnpackingFailure.corrupt }
        return (read, written)
    }
}

/// Zstd by libzstd, which verifies the checksum of a frame that has one.
private final class ZstandardDecoder: Decoder {
    private let stream = ZSTD_createDStream()
    private(set) var isComplete = false

    deinit { ZSTD_freeDStream(stream) }

    func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws -> (read: Int, written: Int) {
        var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let result = ZSTD_decompressStream(stream, &target, &source)
        if ZSTD_isError(result) != 0 {
            guard ZSTD_getErrorCode(result) == ZSTD_error_frameParameter_windowTooLarge else {
                throw UnpackingFailure.corrupt
            }
            throw UnpackingFailure.unsupported(
                "is packed with a window of more than 128 MiB, which is not read here: unpack it first")
        }
        isComplete = result == 0
        return (source.pos, target.pos)
    }
}
