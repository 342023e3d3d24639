import Bytes
import CBlake2
import Crypto
import Primitives
import Projects

/// The three digests of a file, computed while its bytes come.
package struct BlobDigester {
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var blake2b = blake2b_state()

    package init() {
        // 32 is a valid length, which is all that can be wrong.
        blake2b_init(&blake2b, 32)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        sha256.update(bufferPointer: bytes)
        md5.update(bufferPointer: bytes)
        blake2b_update(&blake2b, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    /// Of everything so far.
    package func finish() -> Digests {
        var state = blake2b
        var tag = [UInt8](repeating: 0, count: 32)
        blake2b_final(&state, &tag, tag.count)
        return Digests(
            sha256: sha256.finalize().hexadecimal, blake2b256: tag.hexadecimal, md5: md5.finalize().hexadecimal)
    }
}
