import Bytes
import Crypto

/// A challenge that is bound to what it is for: random bytes, and a digest of them with that purpose.
///
/// What a security key signs has the challenge in it (`clientDataJSON`). So an assertion that was given for one act, or
/// for one set of files, is not one for another, whatever a database says of it: the digest would be another.
///
/// Source: WebAuthn Level 3, section 13.4.3 (what a challenge must be); the binding is ours.
public struct BoundChallenge: Sendable, Hashable {
    /// Random bytes, of which there are as many as a challenge has elsewhere.
    public static let nonceLength = 32
    /// Keeps this digest from being taken for any other.
    private static let domain = Array("rind bound challenge 1\u{0}".utf8)

    /// As the key signs them.
    public let bytes: [UInt8]

    /// - Parameters:
    ///   - nonce: 32 random bytes.
    ///   - purpose: what it is for, in full.
    public init(nonce: [UInt8], for purpose: String) {
        bytes = nonce + SHA256.hash(data: Self.domain + nonce + Array(purpose.utf8))
    }

    /// Whether a challenge is bound to a purpose.
    public static func isBound(_ bytes: [UInt8], to purpose: String) -> Bool {
        bytes.count == nonceLength + SHA256.byteCount
            && BoundChallenge(nonce: Array(bytes.prefix(nonceLength)), for: purpose).bytes == bytes
    }
}
