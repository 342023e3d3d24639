import Bytes

/// What the authenticator says it did, and signs.
///
/// Source: WebAuthn Level 3, section 6.1.
struct AuthenticatorData: Sendable {
    /// SHA-256 of the relying party's id.
    let relyingPartyIDHash: [UInt8]
    /// What the authenticator attests to about this ceremony and this credential.
    let flags: AuthenticatorFlags
    let signCount: UInt32
    /// The new credential: there exactly when the flag says so.
    let credential: AttestedCredential?
    /// The authenticator's extension outputs by identifier; empty where the flag is not set.
    let extensions: [String: CBOR]

    /// Most bytes that are read.
    static let maximumBytes = CBOR.maximumBytes

    /// Reads authenticator data to their last byte: nothing may be left over, and each flag has to go with what
    /// follows.
    init(parsing bytes: [UInt8]) throws(AuthenticatorDataRefusal) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLong }
        guard bytes.count >= 37 else { throw .truncated }
        relyingPartyIDHash = Array(bytes[0..<32])
        flags = AuthenticatorFlags(rawValue: bytes[32])
        signCount = bytes[33..<37].reduce(0) { $0 << 8 | UInt32($1) }
        var rest = bytes[37...]
        credential = try flags.contains(.attestedCredentialData) ? AttestedCredential.read(from: &rest) : nil
        extensions = try flags.contains(.extensionData) ? Self.extensions(from: &rest) : [:]
        guard rest.isEmpty else { throw .trailingBytes }
    }

    private static func extensions(
        from bytes: inout ArraySlice<UInt8>
    ) throws(AuthenticatorDataRefusal) -> [String: CBOR] {
        let item: CBOR
        do { item = try CBOR.read(from: &bytes, form: .relaxed) } catch { throw .extensions(error) }
        guard case .map(let members) = item else { throw .extensionsNotAMap }
        var outputs: [String: CBOR] = [:]
        for (key, value) in members {
            guard let identifier = key.text else { throw .extensionsNotAMap }
            outputs[identifier] = value
        }
        return outputs
    }
}

/// A credential as it stands in authenticator data at its registration.
///
/// Source: WebAuthn Level 3, section 6.5.1.
struct AttestedCredential: Sendable {
    let aaguid: AAGUID
    let id: [UInt8]
    let publicKey: CredentialPublicKey

    /// The length of a credential id, in bytes.
    static let idLengths = 1...1_023

    static func read(from bytes: inout ArraySlice<UInt8>) throws(AuthenticatorDataRefusal) -> AttestedCredential {
        guard bytes.count >= 18 else { throw .truncated }
        let aaguid = AAGUID(bytes: Array(bytes.prefix(16)))
        let length = bytes.dropFirst(16).prefix(2).reduce(0) { $0 << 8 | Int($1) }
        guard idLengths.contains(length) else { throw .credentialIDLength(length) }
        bytes = bytes.dropFirst(18)
        guard bytes.count >= length else { throw .truncated }
        let id = Array(bytes.prefix(length))
        bytes = bytes.dropFirst(length)
        do {
            let key = try CredentialPublicKey.read(from: &bytes)
            return AttestedCredential(aaguid: aaguid, id: id, publicKey: key)
        } catch { throw .key(error) }
    }
}

/// The flags of authenticator data. Reserved bits are ignored.
public struct AuthenticatorFlags: OptionSet, Hashable, Sendable {
    /// The byte.
    public let rawValue: UInt8

    /// The flags of that byte.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// UP: somebody touched the authenticator.
    public static let userPresent = AuthenticatorFlags(rawValue: 1 << 0)
    /// UV: the authenticator knows who it was, by a PIN or a finger.
    public static let userVerified = AuthenticatorFlags(rawValue: 1 << 2)
    /// BE: the credential may be copied to other devices.
    public static let backupEligible = AuthenticatorFlags(rawValue: 1 << 3)
    /// BS: the credential is backed up at this moment.
    public static let backedUp = AuthenticatorFlags(rawValue: 1 << 4)
    /// AT: a new credential follows.
    public static let attestedCredentialData = AuthenticatorFlags(rawValue: 1 << 6)
    /// ED: extension outputs follow.
    public static let extensionData = AuthenticatorFlags(rawValue: 1 << 7)

    /// What a registration by U2F proves: a key that answers at all was touched, and made a credential. Source: FIDO
    /// U2F Raw Message Formats, section 4.3, signs neither a flag nor a counter; CTAP 2.1, section 7.1.4.
    static let provenByU2F: AuthenticatorFlags = [.userPresent, .attestedCredentialData]
}

/// The number of an authenticator's model, 16 bytes. All zero for U2F and for models that hide it.
public struct AAGUID: Hashable, Sendable, CustomStringConvertible {
    /// The 16 bytes.
    public let bytes: [UInt8]

    init(bytes: [UInt8]) { self.bytes = bytes }

    /// What models have that say nothing.
    static let zero = AAGUID(bytes: Array(repeating: 0, count: 16))

    /// Whether it says nothing: all zero.
    public var isZero: Bool { bytes.allSatisfy { $0 == 0 } }

    /// Reads what `description` writes, and the same in capitals; anything else is nil.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 36, [8, 13, 18, 23].allSatisfy({ digits[$0] == UInt8(ascii: "-") }) else { return nil }
        let groups = String(decoding: digits.filter { $0 != UInt8(ascii: "-") }, as: UTF8.self)
        guard let bytes = [UInt8](hexadecimal: groups), bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// In the usual groups of lower-case hexadecimal digits: `8446ccb9-ab1d-b374-750b-2367ff6f3a1f`.
    public var description: String {
        let groups = [bytes[0..<4], bytes[4..<6], bytes[6..<8], bytes[8..<10], bytes[10...]]
        return groups.map(\.hexadecimal).joined(separator: "-")
    }
}

extension AAGUID: Codable {
    /// Reads `description`.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let aaguid = AAGUID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not an AAGUID")
        }
        self = aaguid
    }

    /// Writes `description`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Why authenticator data cannot be read.
public enum AuthenticatorDataRefusal: Error, Hashable, Sendable {
    /// More than 64 KiB.
    case tooLong
    /// They end before what the flags announce.
    case truncated
    /// Bytes are left over behind what the flags announce.
    case trailingBytes
    /// The credential's id has 0 bytes, or more than 1023.
    case credentialIDLength(Int)
    /// The credential's public key is not taken.
    case key(KeyRefusal)
    /// The extension outputs are no CBOR.
    case extensions(MalformedCBOR)
    /// The extension outputs are not a map whose keys are texts.
    case extensionsNotAMap
    /// A registration without a credential in it.
    case noCredential
    /// Another credential in an assertion than the one that signed it.
    case unexpectedCredential
}
