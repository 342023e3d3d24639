import CZstd

/// Zstandard (RFC 8878) of whole byte arrays, for answers that are compressed once and sent often.
public enum Zstandard {
    /// Compresses `bytes` into one frame. The same bytes and level give the same result with the same libzstd.
    ///
    /// - Parameter level: 1 (fast) to 19 (small). Higher levels need windows that RFC 9659 forbids on the web.
    public static func compress(_ bytes: [UInt8], level: Int = 3) -> [UInt8] {
        precondition((1...19).contains(level), "zstd levels for the web are 1 to 19")
        return [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { output, written in
            let result = ZSTD_compress(output.baseAddress, output.count, bytes, bytes.count, Int32(level))
            // The bound is enough and the level is right, so the only cause left is that there is no memory.
            precondition(ZSTD_isError(result) == 0, "zstd has no memory to compress with")
            written = result
        }
    }

    /// The bytes that one or more frames hold, at most `limit` of them.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(DecompressionError) -> [UInt8] {
        var failure: DecompressionError?
        let plain = [UInt8](unsafeUninitializedCapacity: limit) { output, written in
            let result = ZSTD_decompress(output.baseAddress, output.count, bytes, bytes.count)
            guard ZSTD_isError(result) != 0 else { return written = result }
            failure = ZSTD_getErrorCode(result) == ZSTD_error_dstSize_tooSmall ? .tooLarge : .corrupt
        }
        // No frame at all is no error for libzstd.
        if bytes.isEmpty { throw .corrupt }
        if let failure { throw failure }
        return plain
    }
}
