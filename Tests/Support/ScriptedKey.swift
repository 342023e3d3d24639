import Crypto
import Foundation

/// A security key that answers without a browser, attests nothing, and can be told to answer wrongly.
package struct ScriptedKey: Sendable {
    /// What the key signs with.
    package var key = P256.Signing.PrivateKey()
    /// What it is known by.
    package let id = (0..<32).map { _ in UInt8.random(in: 0...255) }
    /// The relying party that it believes to be asked by.
    package var relyingParty = "packages.example.org"
    /// Whether somebody touches it.
    package var isTouched = true
    /// Whether it verifies its holder, by PIN or fingerprint.
    package var verifiesUser = false

    package init() {}

    private func clientData(_ type: String, _ challenge: String, _ origin: String) -> [UInt8] {
        Array(#"{"type":"\#(type)","challenge":"\#(challenge)","origin":"\#(origin)"}"#.utf8)
    }

    private func data(_ more: UInt8, count: UInt8) -> [UInt8] {
        let flags = (isTouched ? 1 : 0) | (verifiesUser ? 4 : 0) | more
        return Array(SHA256.hash(data: Array(relyingParty.utf8))) + [flags, 0, 0, 0, count]
    }

    /// An answer to a challenge of enrolment. The counter is 1.
    package func registration(_ challenge: String, origin: String, format: String = "none") -> String {
        let point = Array(key.publicKey.x963Representation)
        let coseKey: [UInt8] =
            [0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32] + point[1..<33] + [0x22, 0x58, 32] + point[33...]
        let data = data(0x40, count: 1) + (100..<116) + [0, UInt8(id.count)] + id + coseKey
        let object =
            [0xa3] + text("fmt") + text(format) + text("attStmt") + [0xa0] + text("authData")
            + [0x58, UInt8(data.count)] + data
        return answer(
            [
                "clientDataJSON": base64URL(clientData("webauthn.create", challenge, origin)),
                "attestationObject": base64URL(object),
            ])
    }

    /// An answer to a challenge of signing in.
    package func assertion(_ challenge: String, origin: String, count: UInt8 = 2) throws -> String {
        let client = clientData("webauthn.get", challenge, origin)
        let data = data(0, count: count)
        let signature = try key.signature(for: data + Array(SHA256.hash(data: client)))
        return answer(
            [
                "clientDataJSON": base64URL(client), "authenticatorData": base64URL(data),
                "signature": base64URL(Array(signature.derRepresentation)),
            ])
    }

    private func text(_ text: String) -> [UInt8] { [0x60 | UInt8(text.utf8.count)] + Array(text.utf8) }

    private func answer(_ response: [String: String]) -> String {
        let members = response.map { "\"\($0.key)\":\"\($0.value)\"" }.sorted().joined(separator: ",")
        let id = base64URL(id)
        return #"{"id":"\#(id)","rawId":"\#(id)","type":"public-key","response":{\#(members)}}"#
    }

    private func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
