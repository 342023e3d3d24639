import CIsal
import CZlib

/// Gzip (RFC 1952) of whole byte arrays, for answers that are compressed once and sent often.
public enum Gzip {
    /// Compresses `bytes`. The same bytes and level always give the same result: no time and no name is written.
    ///
    /// - Parameter level: 1 (fast) to 9 (small).
    public static func compress(_ bytes: [UInt8], level: Int = 6) -> [UInt8] {
        precondition((1...9).contains(level), "gzip levels are 1 to 9")
        precondition(bytes.count < UInt32.max, "one call of zlib takes less than 4 GiB")
        var stream = z_stream()
        let started = deflateInit2_(
            &stream, Int32(level), Z_DEFLATED, gzipWindow, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, structureSize)
        // The parameters are right, so the only cause left is that there is no memory.
        precondition(started == Z_OK, "zlib has no memory to compress with")
        defer { deflateEnd(&stream) }
        return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { output, written in
            let result = stream.run(deflate, from: bytes, into: output)
            precondition(result == Z_STREAM_END, "deflateBound was too small")
            written = Int(stream.total_out)
        }
    }

    /// Compresses `bytes` for an answer that is sent once: many times as fast as `compress`, and not as small.
    public static func quick(_ bytes: [UInt8]) -> [UInt8] {
        precondition(bytes.count < UInt32.max / 2, "one call of igzip takes less than 2 GiB")
        // It is larger than a stack should bear.
        let stream = UnsafeMutablePointer<isal_zstream>.allocate(capacity: 1)
        defer { stream.deallocate() }
        // igzip does not clear the table of what it has seen: what lay in memory before would decide which matches it
        // finds, and the same bytes would not always become the same bytes.
        UnsafeMutableRawPointer(stream).initializeMemory(
            as: UInt8.self, repeating: 0, count: MemoryLayout<isal_zstream>.size)
        isal_deflate_stateless_init(stream)
        stream.pointee.gzip_flag = UInt16(IGZIP_GZIP)
        stream.pointee.end_of_stream = 1
        // What does not get smaller is stored, in blocks with a few bytes before each.
        let room = bytes.count + bytes.count / 1_000 + 1_024
        let packed = bytes.withUnsafeBufferPointer { input in
            [UInt8](unsafeUninitializedCapacity: room) { output, written in
                // igzip reads through a pointer that it declares mutable, and never writes to it.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.pointee.avail_in = UInt32(input.count)
                stream.pointee.next_out = output.baseAddress
                stream.pointee.avail_out = UInt32(output.count)
                written = isal_deflate_stateless(stream) == COMP_OK ? Int(stream.pointee.total_out) : 0
            }
        }
        return packed.isEmpty ? compress(bytes, level: 1) : packed
    }

    /// The bytes that one gzip member holds, at most `limit` of them.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(DecompressionError) -> [UInt8] {
        guard bytes.count < UInt32.max, limit < UInt32.max else { throw .tooLarge }
        var stream = z_stream()
        let started = inflateInit2_(&stream, gzipWindow, ZLIB_VERSION, structureSize)
        precondition(started == Z_OK, "zlib has no memory to decompress with")
        defer { inflateEnd(&stream) }
        var result = Z_OK
        let plain = [UInt8](unsafeUninitializedCapacity: limit) { output, written in
            result = stream.run(inflate, from: bytes, into: output)
            written = Int(stream.total_out)
        }
        if result == Z_STREAM_END, stream.avail_in == 0 { return plain }
        throw result == Z_BUF_ERROR && stream.avail_out == 0 ? .tooLarge : .corrupt
    }

    /// 15 is the largest window, 16 more asks zlib for gzip's header and trailer instead of its own.
    private static let gzipWindow: Int32 = 15 + 16
    private static let structureSize = Int32(MemoryLayout<z_stream>.size)
}

/// Why compressed bytes could not be read.
public enum DecompressionError: Error {
    /// They hold more than the caller allows.
    case tooLarge
    /// They are no such format, damaged, cut off, or followed by something else.
    case corrupt
}

extension z_stream {
    /// One call of `deflate` or `inflate` that is to finish.
    fileprivate mutating func run(
        _ step: (UnsafeMutablePointer<z_stream>?, Int32) -> Int32, from input: [UInt8],
        into output: UnsafeMutableBufferPointer<UInt8>
    ) -> Int32 {
        input.withUnsafeBufferPointer { input in
            // zlib reads through a pointer that it declares mutable, and never writes to it.
            next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            avail_in = UInt32(input.count)
            next_out = output.baseAddress
            avail_out = UInt32(output.count)
            return step(&self, Z_FINISH)
        }
    }
}
