import Crypto
import Foundation
import SwiftASN1
import Testing
import VectorSupport
import X509

@testable import WebAuthn

@Suite("The trust anchors of manufacturers", .enabled(if: Vectors.arePresent, "no ../shared/vectors"))
struct RootVectorTests {
    private struct Root: Decodable {
        let der: Data
        let subject: String

        enum CodingKeys: String, CodingKey {
            case subject
            case der = "der_base64"
        }
    }

    private struct File: Decodable {
        let roots: [Root]
    }

    /// The same certificate for another key: how its name, its extensions and its number are judged, nobody needs the
    /// manufacturer's key to see.
    private static func rekeyed(_ der: [UInt8], _ key: P256.Signing.PublicKey) throws -> [UInt8] {
        let parts = try DER.parse(der).children(.sequence)
        let key = Array(key.derRepresentation)
        let former = try AttestationCertificate(parsing: der).encodedFields[3]
        let fields = try parts[0].children(.sequence).flatMap { node in
            node.encodedBytes == former ? key : Array(node.encodedBytes)
        }
        return WebAuthnTests.der(
            0x30, WebAuthnTests.der(0x30, fields) + parts[1].encodedBytes + parts[2].encodedBytes)
    }

    private static func isMarked(_ anchor: TrustAnchor) -> Bool {
        if case .isCertificateAuthority = try? anchor.issuer?.extensions.basicConstraints { true } else { false }
    }

    @Test("can all be read; they vouch for what they issued, and those that issue nothing for themselves")
    func roots() async throws {
        let roots = try Vectors.decode(File.self, from: "webauthn/roots.json").roots
        var (issuers, pinned) = (0, 0)
        for root in roots {
            let der = Array(root.der)
            let facts = try AttestationCertificate(parsing: der)
            let moment = try #require(facts.validFrom)
            let anchor = try TrustAnchor(der)
            let itself = try await CertificatePath(encoded: [der]).chain(to: [anchor], handling: [], at: moment)
            #expect(itself == [der], "\(root.subject)")

            let key = P256.Signing.PrivateKey()
            var leaf = TestCertificate(publicKey: Array(P256.Signing.PrivateKey().publicKey.derRepresentation))
            leaf.encodedIssuer = Array(facts.encodedFields[2])
            leaf.signer = key
            leaf.notBefore = "700101000000Z"
            let other = try TrustAnchor(Self.rekeyed(der, key.publicKey))
            let chain = try? await CertificatePath(encoded: [leaf.encoded]).chain(
                to: [other], handling: AttestationChainPolicy.namesAndUses, at: moment)
            if facts.isSelfIssued || Self.isMarked(anchor) {
                #expect(chain != nil, "\(root.subject)")
                issuers += 1
            } else {
                #expect(chain == nil, "\(root.subject)")
                pinned += 1
            }
        }
        print("Trust anchors: \(issuers) that issue, \(pinned) that are attestation certificates themselves")
        #expect(issuers > 130 && pinned > 5)
    }
}
