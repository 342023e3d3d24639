import Testing
import VectorSupport

@testable import WebAuthn

@Suite("The examples of FIDO U2F Raw Message Formats", .enabled(if: Vectors.arePresent, "no ../shared/vectors"))
struct U2FVectorTests {
    struct Messages: Decodable {
        let register: [String: String]
        let authenticate: Use

        struct Use: Decodable {
            let challenge: String
            let application: String
            let signature: String
            let publicKey: String
            let presence: UInt8
            let counter: UInt64

            enum CodingKeys: String, CodingKey {
                case counter
                case challenge = "challenge_parameter_hex"
                case application = "application_parameter_hex"
                case signature = "signature_hex"
                case publicKey = "public_key_hex"
                case presence = "user_presence"
            }
        }
    }

    private static func key(_ point: [UInt8]) throws(KeyRefusal) -> CredentialPublicKey {
        try CredentialPublicKey(
            decoding: CBOR.map([
                .integer(1): .integer(2), .integer(3): .integer(-7), .integer(-1): .integer(1),
                .integer(-2): .bytes(Array(point[1..<33])), .integer(-3): .bytes(Array(point[33..<65])),
            ]).encoded)
    }

    @Test("verify as a registration and as an authentication")
    func examples() throws {
        let messages = try Vectors.decode(Messages.self, from: "webauthn/u2f_raw_message_examples.json")
        func field(_ name: String) throws -> [UInt8] { hex(try #require(messages.register[name + "_hex"])) }
        let credential = AttestedCredential(
            aaguid: AAGUID(bytes: [UInt8](repeating: 0, count: 16)), id: try field("key_handle"),
            publicKey: try Self.key(try field("public_key")))
        let members: [CBOR: CBOR] = [
            .text("sig"): .bytes(try field("signature")), .text("x5c"): .array([.bytes(try field("certificate"))]),
        ]
        var statement = AttestationStatement(
            format: "fido-u2f", members: .map(members), authenticatorData: [],
            relyingPartyIDHash: try field("application_parameter"), credential: credential,
            clientDataHash: try field("challenge_parameter"), sha1: .refused)
        #expect(try statement.verifyU2F(members) == .certified([try field("certificate")]))
        statement.clientDataHash[0] ^= 1
        #expect(throws: AttestationRefusal.signature) { try statement.verifyU2F(members) }

        let use = messages.authenticate
        let signed = hex(use.application) + [use.presence] + bigEndian(use.counter, 4) + hex(use.challenge)
        let key = try Self.key(hex(use.publicKey))
        #expect(key.verifies(hex(use.signature), of: signed))
        #expect(!key.verifies(hex(use.signature), of: signed + [0]))
        print("U2F raw messages: 2 verified")
    }
}
