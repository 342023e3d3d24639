import Bytes

/// A secret as it may lie in a database: encrypted with one of the keys of a `KeyRing`, and bound to what it is for.
///
/// As bytes: one byte with the length of the key's id, the id in ASCII, 12 bytes of nonce, the ciphertext, 16 bytes of
/// tag.
public struct SealedSecret: Sendable, Hashable {
    /// The id of the key that opens it.
    public let keyID: String
    /// Nonce, ciphertext and tag.
    let box: [UInt8]

    /// The most bytes that are sealed: the longest letter is a list of projects. What claims to be larger is no secret.
    public static let maximumPlaintextBytes = 1024 * 1024
    static let nonceBytes = 12
    static let tagBytes = 16

    init(keyID: String, box: [UInt8]) {
        self.keyID = keyID
        self.box = box
    }

    /// Reads what `bytes` wrote. Whether it opens, only the key can tell.
    public init(serialized bytes: [UInt8]) throws(SecretFailure) {
        guard let length = bytes.first.map(Int.init), bytes.count > length,
            let keyID = KeyID(bytes[1..<(1 + length)])
        else { throw .malformed }
        let box = bytes[(1 + length)...]
        let overhead = Self.nonceBytes + Self.tagBytes
        guard (overhead...(overhead + Self.maximumPlaintextBytes)).contains(box.count) else { throw .malformed }
        self.init(keyID: keyID.text, box: Array(box))
    }

    /// The whole of it in bytes.
    public var serialized: [UInt8] { [UInt8(keyID.utf8.count)] + Array(keyID.utf8) + box }
}

/// Why a secret could not be sealed or opened. Never the person's fault.
public enum SecretFailure: Error, Hashable, CustomStringConvertible {
    /// The bytes are no sealed secret.
    case malformed
    /// The secret is larger than any that is sealed.
    case tooLarge
    /// The key with this id is not in the key file.
    case unknownKey(String)
    /// The bytes were changed, or were sealed for something else.
    case doesNotOpen

    /// What happened, for the log.
    public var description: String {
        switch self {
        case .malformed: "This is no sealed secret: the database is damaged."
        case .tooLarge: "A secret of more than \(SealedSecret.maximumPlaintextBytes) bytes is not sealed."
        case .unknownKey(let id):
            "The key \(id) is not in the key file. Bring back the key file that belongs to this database, from a backup."
        case .doesNotOpen: "A sealed secret does not open: it was changed, or belongs to something else."
        }
    }
}

/// The id of a key: 1 to 64 letters, digits and hyphens.
struct KeyID: Hashable, Sendable {
    let text: String

    init?(_ bytes: some Collection<UInt8>) {
        guard (1...64).contains(bytes.count),
            bytes.allSatisfy({ $0.isASCIIAlphanumeric || $0 == UInt8(ascii: "-") })
        else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
    }

    init?(_ text: String) { self.init(Array(text.utf8)) }
}
