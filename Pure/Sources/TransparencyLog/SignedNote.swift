import Bytes
import Crypto

/// A text with signatures below it.
///
/// The text means nothing before a signature of a key that is trusted was verified.
///
/// Source: C2SP, signed-note.
public struct SignedNote: Sendable, Hashable {
    /// What is signed: lines, each with its end.
    public let text: String
    /// In the order in which they stand.
    public var signatures: [NoteSignature]

    /// The most bytes of a note that is read.
    public static let maximumBytes = 1 << 20
    /// The most signatures of a note that is read.
    public static let maximumSignatures = 100

    /// A text with signatures below it.
    public init(text: String, signatures: [NoteSignature]) {
        self.text = text
        self.signatures = signatures
    }

    /// What a text begins with, up to the first end of a line: of a checkpoint, its origin. Nothing of it is verified.
    public static func firstLine(of text: String) -> String { String(text.prefix { $0 != "\n" }) }

    /// The note as it is stored and sent.
    public var written: String { "\(text)\n\(signatures.map(\.line).joined())" }

    /// Reads a note: UTF-8 without control characters but the ends of lines, and at least one signature.
    public init(parsing bytes: some Collection<UInt8>) throws(InvalidNote) {
        guard bytes.count <= Self.maximumBytes, let all = String(validating: bytes, as: UTF8.self),
            !bytes.contains(where: { $0 < 0x20 && $0 != 0x0a })
        else { throw .text }
        let bytes = Array(bytes)
        // The last empty line parts the text from its signatures.
        let blank = bytes.indices.dropFirst().last { bytes[$0] == 0x0a && bytes[$0 - 1] == 0x0a }
        guard let blank, bytes.last == 0x0a, blank + 1 < bytes.count else { throw .form }
        let lines = all.utf8.dropFirst(blank + 1).split(separator: 0x0a, omittingEmptySubsequences: false).dropLast()
        guard lines.count <= Self.maximumSignatures else { throw .form }
        var signatures: [NoteSignature] = []
        for line in lines {
            guard let signature = NoteSignature(line: Substring(line)) else { throw .signature }
            signatures.append(signature)
        }
        self.init(text: String(decoding: bytes[..<blank], as: UTF8.self), signatures: signatures)
    }

    /// The note with signatures added, each in the place of one by the same key.
    public func replacing(_ new: [NoteSignature]) -> SignedNote {
        SignedNote(
            text: text,
            signatures: signatures.filter { old in
                !new.contains { $0.name == old.name && $0.keyID == old.keyID }
            } + new)
    }

    /// The keys of some whose signatures are here, in their order.
    ///
    /// Signatures of other keys are passed over. One that claims to be of a known key and is not makes the note
    /// worthless.
    public func verified(by keys: [VerifierKey]) throws(InvalidNote) -> [VerifierKey] {
        var verified: [VerifierKey] = []
        for key in keys {
            let own = signatures.filter { $0.name == key.name && $0.keyID == key.id }
            guard own.allSatisfy({ key.verifies($0, of: text) }) else { throw .signature }
            if !own.isEmpty { verified.append(key) }
        }
        return verified
    }
}

/// Why bytes are not a note, or not one of a key.
public enum InvalidNote: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is too long, is not UTF-8, or has control characters.
    case text
    /// It has no empty line before its signatures, or no or too many signatures.
    case form
    /// A signature cannot be read, or is not of the key that it names.
    case signature

    public var description: String {
        switch self {
        case .text: "it is not a text of lines in UTF-8"
        case .form: "it is not a text with an empty line and signatures below it"
        case .signature: "a signature is malformed, or not made by the key that it names"
        }
    }
}

/// A line below a note: whose key has signed it, and the signature.
public struct NoteSignature: Sendable, Hashable {
    /// The name of the key.
    public let name: String
    public let keyID: KeyID
    /// What the key made of the text; its form depends on the kind of key.
    public let bytes: [UInt8]

    init(name: String, keyID: KeyID, bytes: [UInt8]) {
        self.name = name
        self.keyID = keyID
        self.bytes = bytes
    }

    /// The line, with its end.
    public var line: String { "— \(name) \(Base64.standard.padded(keyID.bytes + bytes))\n" }

    /// Reads a line, without its end; nil for anything else.
    public init?(line: Substring) {
        let parts = line.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.elementsEqual("—".utf8), NoteSignature.isKeyName(parts[1]),
            let bytes = Base64.standard.bytes(parts[2].utf8, padding: .required), bytes.count > 4,
            let id = KeyID(Array(bytes[..<4]))
        else { return nil }
        self.init(name: String(parts[1]), keyID: id, bytes: Array(bytes[4...]))
    }

    /// The most bytes of a key's name.
    static let maximumNameBytes = 512

    /// Whether a key can have this name: not empty, and neither white space nor a plus sign in it.
    static func isKeyName(_ name: some StringProtocol) -> Bool {
        (1...maximumNameBytes).contains(name.utf8.count)
            && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0 != "+" && $0.value >= 0x20 }
    }
}

/// Four bytes that tell keys of one name apart. They prove nothing.
public struct KeyID: Sendable, Hashable {
    public let bytes: [UInt8]

    /// Reads four bytes; nil for any other number.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 else { return nil }
        self.bytes = bytes
    }

    /// As the format recommends it: of the name, the kind and the key.
    init(name: String, kind: VerifierKey.Kind, key: [UInt8]) {
        bytes = Array(SHA256.hash(data: Array(name.utf8) + [0x0a, kind.rawValue] + key).prefix(4))
    }
}

/// A key that signatures are verified with, and whose it is.
public struct VerifierKey: Sendable, Hashable {
    /// What a key signs.
    public enum Kind: UInt8, Sendable {
        /// The text of a note: what logs do.
        case note = 0x01
        /// A checkpoint, with the time: what witnesses do.
        case cosignature = 0x04
    }

    /// Whose it is: `packages.example.org/log`.
    public let name: String
    public let kind: Kind
    /// The 32 bytes of the Ed25519 key.
    public let key: [UInt8]

    /// What its signatures name beside the name.
    public var id: KeyID { KeyID(name: name, kind: kind, key: key) }

    init?(name: String, kind: Kind, key: [UInt8]) {
        guard NoteSignature.isKeyName(name), (try? Curve25519.Signing.PublicKey(rawRepresentation: key)) != nil else {
            return nil
        }
        self.name = name
        self.kind = kind
        self.key = key
    }

    /// The key as a text: name, id and key with a plus sign between them (C2SP's *vkey*).
    public var text: String { "\(name)+\(id.bytes.hexadecimal)+\(Base64.standard.padded([kind.rawValue] + key))" }

    /// Reads a text; nil for anything else, for other kinds of keys, and where the id is not that of the key.
    public init?(parsing text: some StringProtocol) {
        // The key itself may have plus signs in it.
        let parts = text.split(separator: "+", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let bytes = Base64.standard.bytes(parts[2].utf8, padding: .required),
            let kind = bytes.first.flatMap(Kind.init(rawValue:)),
            let key = Self(name: String(parts[0]), kind: kind, key: Array(bytes.dropFirst())),
            parts[1].utf8.elementsEqual(key.id.bytes.hexadecimal.utf8)
        else { return nil }
        self = key
    }

    /// Whether a signature of a text is made by this key.
    func verifies(_ signature: NoteSignature, of text: String) -> Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: key) else { return false }
        switch kind {
        case .note: return key.isValidSignature(signature.bytes, for: Array(text.utf8))
        case .cosignature:
            guard let cosignature = Cosignature(signature) else { return false }
            return key.isValidSignature(cosignature.signature, for: Cosignature.message(text, at: cosignature.seconds))
        }
    }
}

/// A key that signs, and whose it is.
public struct SigningKey: Sendable {
    public let verifier: VerifierKey
    private let key: Curve25519.Signing.PrivateKey

    /// A key by its 32 secret bytes; nil for any other number, and for a name that no key can have.
    public init?(name: String, kind: VerifierKey.Kind, secret: [UInt8]) {
        guard let key = try? Curve25519.Signing.PrivateKey(rawRepresentation: secret),
            let verifier = VerifierKey(name: name, kind: kind, key: Array(key.publicKey.rawRepresentation))
        else { return nil }
        self.key = key
        self.verifier = verifier
    }

    /// Signs a text. A witness does so with the time, in seconds since 1970, which a log's key leaves out.
    func signature(of text: String, at seconds: UInt64) throws -> NoteSignature {
        let bytes =
            switch verifier.kind {
            case .note: Array(try key.signature(for: Array(text.utf8)))
            case .cosignature:
                Cosignature(
                    seconds: seconds, signature: Array(try key.signature(for: Cosignature.message(text, at: seconds)))
                ).bytes
            }
        return NoteSignature(name: verifier.name, keyID: verifier.id, bytes: bytes)
    }
}

/// What a witness says of a checkpoint: that at this time it knew no greater tree of the log, and that this one goes on
/// from all it knew.
///
/// Source: C2SP, tlog-cosignature, version 1 with Ed25519.
public struct Cosignature: Sendable, Hashable {
    /// Since 1970.
    public let seconds: UInt64
    let signature: [UInt8]

    /// What the signature of a note says; nil for a signature of another form.
    public init?(_ signature: NoteSignature) {
        guard signature.bytes.count == 8 + 64 else { return nil }
        let seconds = signature.bytes.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        guard seconds <= UInt64(Int64.max) else { return nil }
        self.init(seconds: seconds, signature: Array(signature.bytes.dropFirst(8)))
    }

    fileprivate init(seconds: UInt64, signature: [UInt8]) {
        self.seconds = seconds
        self.signature = signature
    }

    fileprivate var bytes: [UInt8] { withUnsafeBytes(of: seconds.bigEndian, Array.init) + signature }

    fileprivate static func message(_ text: String, at seconds: UInt64) -> [UInt8] {
        Array("cosignature/v1\ntime \(seconds)\n\(text)".utf8)
    }
}
