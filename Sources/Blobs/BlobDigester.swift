import CBlake2
import Crypto
import Model

/// The three digests of a file, computed while its bytes come.
struct BlobDigester {
    private var sha256 = SHA256()
    private var md5 = Insecure.MD5()
    private var blake2b = blake2b_state()

    init() {
        // 32 is a valid length, which is all that can be wrong.
        blake2b_init(&blake2b, 32)
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        sha256.update(bufferPointer: bytes)
        md5.update(bufferPointer: bytes)
        blake2b_update(&blake2b, start.assumingMemoryBound(to: UInt8.self), bytes.count)
    }

    /// Of everything so far.
    func finish() -> Digests {
        var state = blake2b
        var tag = [UInt8](repeating: 0, count: 32)
        blake2b_final(&state, &tag, tag.count)
        return Digests(
            sha256: hexadecimal(sha256.finalize()), blake2b256: hexadecimal(tag), md5: hexadecimal(md5.finalize()))
    }
}

/// In lower case, two digits for each byte.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
}
