import CZlib

/// Deflate data in, bytes out, with two buffers that serve all members of an archive.
final class Inflater {
    enum Format {
        /// Deflate without a wrapper, as in ZIP.
        case raw
        /// One gzip member with header, checksum and length.
        case gzip
    }

    /// The data is not deflate, or a gzip checksum or length does not match.
    struct Corrupt: Error {}

    struct Step {
        /// What came out, valid until the next step. Empty only if more input is needed or the stream has ended.
        let bytes: UnsafeRawBufferPointer
        let isEnd: Bool
    }

    /// Where compressed bytes are put before `feed`.
    let input: UnsafeMutableRawBufferPointer
    /// Where the bytes of a step are; for the use of others between streams.
    let output: UnsafeMutableRawBufferPointer
    // On the heap because zlib keeps a pointer back to it.
    private let stream: UnsafeMutablePointer<z_stream>

    init(_ format: Format) {
        input = .allocate(byteCount: 128 << 10, alignment: 16)
        output = .allocate(byteCount: 256 << 10, alignment: 16)
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let windowBits: Int32 = format == .raw ? -MAX_WBITS : MAX_WBITS + 16
        let result = inflateInit2_(stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        precondition(result == Z_OK, "zlib cannot start: no memory, or another zlib than the one compiled against")
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        output.deallocate()
        input.deallocate()
    }

    /// How many bytes that were fed have not been used.
    var unused: Int { Int(stream.pointee.avail_in) }

    /// The bytes that were fed and have not been used.
    var unusedBytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: stream.pointee.next_in, count: unused)
    }

    /// Begins a stream with the bytes that have not been used.
    func startOver() { inflateReset(stream) }

    /// Forgets everything; the next byte is the first of a stream.
    func reset() {
        inflateReset(stream)
        stream.pointee.avail_in = 0
    }

    /// Takes the first `count` bytes of `input`. All that was fed before must have been used.
    func feed(_ count: Int) {
        stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_in = UInt32(count)
    }

    func step() throws(Corrupt) -> Step {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let result = inflate(stream, Z_NO_FLUSH)
        // Z_BUF_ERROR only says that nothing could be done without more input.
        guard result == Z_OK || result == Z_STREAM_END || result == Z_BUF_ERROR else { throw Corrupt() }
        let produced = output.count - Int(stream.pointee.avail_out)
        return Step(bytes: .init(rebasing: output[..<produced]), isEnd: result == Z_STREAM_END)
    }
}

/// The CRC-32 of ZIP, continued over `bytes`.
func crc32(_ value: UInt32, _ bytes: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(CZlib.crc32(UInt(value), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count)))
}
