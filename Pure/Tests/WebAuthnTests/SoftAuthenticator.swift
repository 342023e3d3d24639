import Crypto
import WebAuthn

extension CBOR {
    /// The item in CTAP2's canonical form.
    var encoded: [UInt8] {
        switch self {
        case .unsigned(let value): Self.head(0, value)
        case .negative(let value): Self.head(1, value)
        case .bytes(let bytes): Self.head(2, UInt64(bytes.count)) + bytes
        case .text(let text): Self.head(3, UInt64(text.utf8.count)) + Array(text.utf8)
        case .array(let items): Self.head(4, UInt64(items.count)) + items.flatMap(\.encoded)
        case .map(let members):
            Self.head(5, UInt64(members.count))
                + members.map { (key: $0.key.encoded, value: $0.value.encoded) }
                .sorted { Self.precedes($0.key, $1.key) }.flatMap { $0.key + $0.value }
        case .boolean(let value): [value ? 0xf5 : 0xf4]
        case .null: [0xf6]
        }
    }

    private static func precedes(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        (left[0] >> 5, left.count, left.lexicographicallyPrecedes(right) ? 0 : 1)
            < (right[0] >> 5, right.count, right.lexicographicallyPrecedes(left) ? 0 : 1)
    }

    private static func head(_ major: UInt8, _ value: UInt64) -> [UInt8] {
        switch value {
        case ..<24: [major << 5 | UInt8(value)]
        case ...0xff: [major << 5 | 24, UInt8(value)]
        case ...0xffff: [major << 5 | 25] + bigEndian(value, 2)
        case ...0xffff_ffff: [major << 5 | 26] + bigEndian(value, 4)
        default: [major << 5 | 27] + bigEndian(value, 8)
        }
    }
}

/// The lowest bytes of a number, the highest of them first.
func bigEndian(_ value: UInt64, _ width: Int) -> [UInt8] {
    (0..<width).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
}

/// An authenticator and its browser in one, whose every answer a test can bend.
struct SoftAuthenticator {
    var key = P256.Signing.PrivateKey()
    var credentialID: [UInt8] = Array(1...20)
    var aaguid: [UInt8] = Array(100..<116)
    var relyingPartyID = "example.org"
    var flags: AuthenticatorFlags = [.userPresent, .userVerified]
    var signCount: UInt32 = 7
    var challenge: [UInt8] = Array(repeating: 0xfb, count: 32)
    var origin = "https://example.org"
    var type: String?
    /// More members of the client data, with the comma before them.
    var more = ""
    /// Appended to the authenticator data.
    var trailing: [UInt8] = []
    var coseKey: CBOR?

    var expectations: Expectations {
        Expectations(
            challenge: Array(repeating: 0xfb, count: 32), origins: ["https://example.org", "https://www.example.org"],
            relyingPartyID: "example.org", requiresUserVerification: true)
    }

    var publicKey: CBOR {
        let point = Array(key.publicKey.x963Representation)
        return coseKey
            ?? .map([
                .integer(1): .integer(2), .integer(3): .integer(-7), .integer(-1): .integer(1),
                .integer(-2): .bytes(Array(point[1..<33])), .integer(-3): .bytes(Array(point[33..<65])),
            ])
    }

    func clientData(_ standard: String) -> [UInt8] {
        let text = base64URLText(challenge)
        return Array(#"{"type":"\#(type ?? standard)","challenge":"\#(text)","origin":"\#(origin)"\#(more)}"#.utf8)
    }

    func authenticatorData(withCredential: Bool) -> [UInt8] {
        var flags = flags
        if withCredential { flags.insert(.attestedCredentialData) }
        var data = Array(SHA256.hash(data: Array(relyingPartyID.utf8))) + [flags.rawValue]
        data += bigEndian(UInt64(signCount), 4)
        if withCredential {
            data += aaguid + bigEndian(UInt64(credentialID.count), 2) + credentialID + publicKey.encoded
        }
        return data + trailing
    }

    /// A registration whose statement is made from what it has to sign: the authenticator data and the client data's
    /// hash.
    func register(
        format: String = "none", statement: ([UInt8], [UInt8]) throws -> CBOR = { _, _ in .map([:]) }
    ) throws -> RegistrationResponse {
        let client = clientData("webauthn.create")
        let data = authenticatorData(withCredential: true)
        let object = CBOR.map([
            .text("fmt"): .text(format), .text("authData"): .bytes(data),
            .text("attStmt"): try statement(data, Array(SHA256.hash(data: client))),
        ])
        return RegistrationResponse(
            credentialID: credentialID, clientDataJSON: client, attestationObject: object.encoded)
    }

    func authenticate() throws -> AuthenticationResponse {
        let client = clientData("webauthn.get")
        let data = authenticatorData(withCredential: false)
        let signature = try key.signature(for: data + Array(SHA256.hash(data: client)))
        return AuthenticationResponse(
            credentialID: credentialID, clientDataJSON: client, authenticatorData: data,
            signature: Array(signature.derRepresentation), userHandle: [1])
    }

    /// What was stored at registration, with the counter before this use.
    func stored() throws -> StoredCredential {
        StoredCredential(
            id: Array(1...20), publicKey: try CredentialPublicKey(decoding: publicKey.encoded), signCount: 6,
            backupEligible: false, userHandle: [1])
    }
}

func base64URLText(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    return String(
        stride(from: 0, to: bytes.count * 8, by: 6).map { bit in
            let pair = UInt16(bytes[bit / 8]) << 8 | UInt16(bit / 8 + 1 < bytes.count ? bytes[bit / 8 + 1] : 0)
            return alphabet[Int(pair >> UInt16(10 - bit % 8) & 63)]
        })
}
