import Bytes
import Crypto

/// A digest in progress, of the algorithm that a line of RECORD names.
enum RecordDigest {
    case sha256(SHA256)
    case sha384(SHA384)
    case sha512(SHA512)

    /// Nil for an algorithm that is not accepted.
    init?(named name: some StringProtocol) {
        switch name.lowercased() {
        case "sha256": self = .sha256(SHA256())
        case "sha384": self = .sha384(SHA384())
        case "sha512": self = .sha512(SHA512())
        default: return nil
        }
    }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        switch self {
        case .sha256(var hash):
            hash.update(bufferPointer: bytes)
            self = .sha256(hash)
        case .sha384(var hash):
            hash.update(bufferPointer: bytes)
            self = .sha384(hash)
        case .sha512(var hash):
            hash.update(bufferPointer: bytes)
            self = .sha512(hash)
        }
    }

    /// True if RECORD writes this digest: in base64url (RFC 4648, section 5), or in hexadecimal, as some wheels of
    /// 2017 do against the specification. The lengths differ, so that no text means two digests.
    func matches(_ written: some StringProtocol) -> Bool {
        let digest = finish()
        return written == digest.base64URL || written.lowercased() == digest.hexadecimal
    }

    private func finish() -> [UInt8] {
        switch self {
        case .sha256(let hash): Array(hash.finalize())
        case .sha384(let hash): Array(hash.finalize())
        case .sha512(let hash): Array(hash.finalize())
        }
    }
}
