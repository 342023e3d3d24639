import Accounts
import Bytes
import Foundation
import UTC
import WebAuthn

/// What a browser is asked for with a challenge, in the JSON form that `PublicKeyCredential` parses.
///
/// Source: WebAuthn Level 3, sections 5.1.8 and 5.1.9.
public enum CeremonyOptions {
    /// To enrol a key.
    static func creation(
        for user: User, handle: [UInt8], challenge: [UInt8], excluding keys: [SecurityKey], _ party: RelyingParty
    ) throws -> [UInt8] {
        let options = Creation(
            rp: .init(id: party.id, name: party.name),
            user: .init(id: handle.base64URL, name: user.name.display, displayName: user.name.display),
            challenge: challenge.base64URL,
            pubKeyCredParams: Algorithm.offered.map { .init(alg: $0.rawValue) },
            timeout: milliseconds, excludeCredentials: keys.map(Descriptor.init), authenticatorSelection: .init(),
            attestation: "direct")
        return try encode(options)
    }

    /// To use one.
    static func request(
        challenge: [UInt8], allowing keys: [SecurityKey], _ verification: UserVerification, _ party: RelyingParty
    ) throws -> [UInt8] {
        try encode(
            Assertion(
                challenge: challenge.base64URL, timeout: milliseconds, rpId: party.id,
                allowCredentials: keys.map(Descriptor.init), userVerification: verification.rawValue))
    }

    private static let milliseconds = Int(Challenge.lifetime.components.seconds) * 1_000

    private static func encode(_ options: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(options))
    }

    private struct Creation: Encodable {
        struct Party: Encodable {
            let id: String
            let name: String
        }
        struct User: Encodable {
            let id: String
            let name: String
            let displayName: String
        }
        struct Parameter: Encodable {
            let type = "public-key"
            let alg: Int
        }
        struct Selection: Encodable {
            // A key that knows whose it is can sign in alone; one that has no room for that is as welcome.
            let residentKey = "preferred"
            let requireResidentKey = false
            let userVerification = "preferred"
        }
        struct Extensions: Encodable {
            let credProps = true
        }
        let rp: Party
        let user: User
        let challenge: String
        let pubKeyCredParams: [Parameter]
        let timeout: Int
        let excludeCredentials: [Descriptor]
        let authenticatorSelection: Selection
        let attestation: String
        let extensions = Extensions()
    }

    private struct Assertion: Encodable {
        let challenge: String
        let timeout: Int
        let rpId: String
        let allowCredentials: [Descriptor]
        let userVerification: String
    }

    private struct Descriptor: Encodable {
        let type = "public-key"
        let id: String
        let transports: [String]

        init(_ key: SecurityKey) {
            id = key.credentialID.base64URL
            transports = key.transports
        }
    }
}

extension Algorithm {
    /// What is offered, the best-liked first.
    static var offered: [Algorithm] { Algorithm.allCases.sorted { $0.preference < $1.preference } }

    private var preference: Int {
        switch self {
        case .es256: 0
        case .edDSA: 1
        case .es384, .es512, .ps256, .ps384, .ps512, .mlDSA65, .mlDSA87, .rs384, .rs512, .rs1: 2
        case .rs256: 3
        }
    }
}

/// What a browser sends back, in the JSON form that `PublicKeyCredential.toJSON()` writes.
///
/// Source: WebAuthn Level 3, section 5.1, `RegistrationResponseJSON` and `AuthenticationResponseJSON`.
struct CeremonyResponse: Decodable {
    struct Response: Decodable {
        var clientDataJSON: String
        var attestationObject: String?
        var authenticatorData: String?
        var signature: String?
        var userHandle: String?
        var transports: [String]?
    }
    struct Extensions: Decodable {
        struct Properties: Decodable {
            var rk: Bool?
        }
        var credProps: Properties?
    }
    var id: String
    var rawId: String
    var type: String
    var response: Response
    var clientExtensionResults: Extensions?

    /// Reads an answer. Throws `FactorRefusal.keyNotAccepted`, whatever is wrong with it.
    init(parsing bytes: [UInt8]) throws {
        guard bytes.count <= 256 * 1_024, let read = try? JSONDecoder().decode(Self.self, from: Data(bytes)),
            read.type == "public-key", read.id == read.rawId
        else { throw FactorRefusal.keyNotAccepted }
        self = read
    }

    func registration() throws -> RegistrationResponse {
        RegistrationResponse(
            credentialID: try decoded(rawId), clientDataJSON: try decoded(response.clientDataJSON),
            attestationObject: try decoded(response.attestationObject))
    }

    func assertion() throws -> AuthenticationResponse {
        AuthenticationResponse(
            credentialID: try decoded(rawId), clientDataJSON: try decoded(response.clientDataJSON),
            authenticatorData: try decoded(response.authenticatorData), signature: try decoded(response.signature),
            userHandle: try response.userHandle.map(decoded))
    }

    /// How the browser says that the key is reached; only what the specification names.
    var transports: [String] {
        let known = ["ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"]
        return known.filter(Set(response.transports ?? []).contains)
    }

    private func decoded(_ text: String?) throws -> [UInt8] {
        guard let text, let bytes = [UInt8](base64URL: text) else { throw FactorRefusal.keyNotAccepted }
        return bytes
    }
}
