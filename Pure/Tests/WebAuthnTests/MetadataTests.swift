import Crypto
import Foundation
import Testing
import UTC
import VectorSupport

@testable import WebAuthn

@Suite("The example of the FIDO Metadata Service", .enabled(if: Vectors.arePresent, "no ../shared/vectors"))
struct MetadataVectorTests {
    private struct Example: Decodable {
        let token: String
        let derToken: String
        let root: String

        enum CodingKeys: String, CodingKey {
            case token = "jws_raw_signature"
            case derToken = "jws_variant_der_signature"
            case root = "root_base64_der"
        }
    }

    private static let signer = "EXAMPLE MDS3 SIGNING CERTIFICATE"
    private static let moment = Timestamp(seconds: 1_640_995_200)  // 2022-01-01

    @Test("is verified, and says what the specification shows")
    func example() async throws {
        let example = try Vectors.decode(Example.self, from: "webauthn/fido_mds3_example_blob.json")
        let root = try #require(Data(base64Encoded: example.root))
        let roots = try TrustAnchors([Array(root)])
        let token = Array(example.token.utf8)
        let blob = try await MetadataBlob(
            verifying: token, against: roots, signer: Self.signer, after: 14, at: Self.moment, allowingOutdated: true)
        #expect(blob.number == 15)
        #expect(blob.nextUpdate == Day(iso8601: "2020-03-30"))
        let entry = try #require(blob.entries.first)  // the other one is a UAF authenticator
        #expect(blob.entries.count == 1)
        #expect(entry.aaguid?.description == "0132d110-bf4e-4208-a403-ab4f5f12efe5")
        #expect(entry.name == "FIDO Alliance Sample FIDO2 Authenticator")
        #expect(entry.anchors.count == 1)
        #expect(entry.reports.map(\.status) == ["FIDO_CERTIFIED", "FIDO_CERTIFIED_L1"])
        #expect(entry.breach == nil)
        let coded = try JSONEncoder().encode(entry)
        #expect(try JSONDecoder().decode(MetadataEntry.self, from: coded) == entry)

        func refusal(
            _ token: [UInt8], _ roots: TrustAnchors, _ signer: String = Self.signer, after last: Int? = nil,
            _ outdated: Bool = true
        ) async -> MetadataRefusal? {
            do {
                _ = try await MetadataBlob(
                    verifying: token, against: roots, signer: signer, after: last, at: Self.moment,
                    allowingOutdated: outdated)
                return nil
            } catch { return error }
        }
        #expect(await refusal(token + Array("\n".utf8), roots) == nil)
        #expect(await refusal(token, roots, after: 15) == .notNewer(15))
        #expect(await refusal(token, roots, after: 16) == .notNewer(15))
        #expect(await refusal(token, roots, MetadataBlob.signer) == .signer)
        #expect(await refusal(token, roots, Self.signer, after: nil, false) == .outdated(blob.nextUpdate))
        #expect(await refusal(token, TrustAnchors()) == .trust(.noAnchor))
        #expect(await refusal(Array(example.derToken.utf8), roots) == .signature)
        // A byte of the payload, and of the header's end, in another letter.
        let dots = token.indices.filter { token[$0] == UInt8(ascii: ".") }
        for position in [dots[0] + 40, dots[1] - 40, dots[1] + 10] {
            var bent = token
            bent[position] = bent[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(await refusal(bent, roots) != nil)
        }
    }

    @Test("names the models of the table beside it")
    func names() throws {
        let names = try ModelNames(parsing: Array(Vectors.data("webauthn/aaguids.json")))
        let ledger = try #require(AAGUID("fcb1bcb4-f370-078c-6993-bc24d0ae3fbe"))
        #expect(names.byModel[ledger] == "Ledger Nano X FIDO2 Authenticator")
        #expect(names.byModel.count > 150)
    }
}

@Suite("Metadata") struct MetadataTests {
    private static func entry(
        _ manufacturer: TestManufacturer, reports: String = "[]"
    ) throws -> MetadataEntry {
        let root = Data(manufacturer.issued?.last ?? []).base64EncodedString()
        let payload = """
            {"no":1,"nextUpdate":"2030-01-31","entries":[{"aaguid":"64656667-6869-6a6b-6c6d-6e6f70717273",
            "metadataStatement":{"description":"Model","attestationRootCertificates":["\(root.prefix(8))\\n\(root.dropFirst(8))"]},
            "statusReports":\(reports)}]}
            """
        return try #require(try MetadataBlob(payload: Array(payload.utf8)).entries.first)
    }

    private static func attestation(_ manufacturer: TestManufacturer) throws -> Attestation {
        let response = try manufacturer.packed()
        return try RegisteredCredential(verifying: response, against: SoftAuthenticator().expectations).attestation
    }

    @Test("trust a model by its anchors until a report says that it is broken")
    func trust() async throws {
        let manufacturer = TestManufacturer().sealed()
        let attestation = try Self.attestation(manufacturer)
        let leaf = Data(manufacturer.chain[0]).base64EncodedString()
        let other = Data([1, 2, 3]).base64EncodedString()
        // One report a line.
        // swift-format-ignore
        let table: [(reports: String, refusal: TrustRefusal?)] = [
            (#"[]"#, nil),
            (#"[{"status":"FIDO_CERTIFIED_L1"}]"#, nil),
            (#"[{"status":"UPDATE_AVAILABLE"}]"#, nil),
            (#"[{"status":"REVOKED"}]"#, .revoked("REVOKED")),
            (#"[{"status":"USER_VERIFICATION_BYPASS"}]"#, .revoked("USER_VERIFICATION_BYPASS")),
            (#"[{"status":"USER_KEY_REMOTE_COMPROMISE"}]"#, .revoked("USER_KEY_REMOTE_COMPROMISE")),
            (#"[{"status":"USER_KEY_PHYSICAL_COMPROMISE"}]"#, .revoked("USER_KEY_PHYSICAL_COMPROMISE")),
            (#"[{"status":"ATTESTATION_KEY_COMPROMISE"},{"status":"FIDO_CERTIFIED"}]"#, .revoked("ATTESTATION_KEY_COMPROMISE")),
            (#"[{"status":"ATTESTATION_KEY_COMPROMISE","certificate":"\#(leaf)"}]"#, .revoked("ATTESTATION_KEY_COMPROMISE")),
            (#"[{"status":"ATTESTATION_KEY_COMPROMISE","certificate":"\#(other)"}]"#, nil),
        ]
        for (reports, expected) in table {
            let entry = try Self.entry(manufacturer, reports: reports)
            var refusal: TrustRefusal?
            do { _ = try await entry.trust(attestation, at: TestManufacturer.moment) } catch { refusal = error }
            #expect(refusal == expected, "\(reports)")
        }
        let stranger = try Self.attestation(TestManufacturer())
        let entry = try Self.entry(manufacturer)
        await #expect(throws: TrustRefusal.self) { try await entry.trust(stranger, at: TestManufacturer.moment) }
    }

    @Test("say how many anchors of a model nobody can read")
    func unreadableAnchors() throws {
        let root = Data(TestManufacturer().signedRoot.encoded).base64EncodedString()
        let payload = """
            {"no":1,"nextUpdate":"2030-01-31","entries":[{"aaguid":"64656667-6869-6a6b-6c6d-6e6f70717273",
            "metadataStatement":{"attestationRootCertificates":["\(root)","AAAA","\(root)"]}}]}
            """
        let entry = try #require(try MetadataBlob(payload: Array(payload.utf8)).entries.first)
        #expect(entry.anchors.count == 3)
        #expect(entry.unreadableAnchors == 1)
    }

    @Test("know a U2F key by the digests of its certificates' keys")
    func keyIdentifiers() throws {
        let manufacturer = TestManufacturer().sealed()
        let attestation = try Self.attestation(manufacturer)
        #expect(
            attestation.keyIdentifiers
                == [manufacturer.key, manufacturer.authorityKey].map {
                    Array(Insecure.SHA1.hash(data: $0.publicKey.x963Representation))
                })
        let identifier = attestation.keyIdentifiers[0].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let payload =
            #"{"no":1,"nextUpdate":"2030-01-31","entries":[{"attestationCertificateKeyIdentifiers":["\#(identifier)"]}]}"#
        let entry = try #require(try MetadataBlob(payload: Array(payload.utf8)).entries.first)
        #expect(entry.aaguid == nil)
        #expect(entry.keyIdentifiers == [attestation.keyIdentifiers[0]])
    }

    // One payload a line.
    // swift-format-ignore
    static let malformed = [
        #""#, #"[]"#, #"{}"#, #"{"no":1,"nextUpdate":"2030-01-31"}"#,
        #"{"no":"1","nextUpdate":"2030-01-31","entries":[]}"#,
        #"{"no":-1,"nextUpdate":"2030-01-31","entries":[]}"#,
        #"{"no":1.0,"nextUpdate":"2030-01-31","entries":[]}"#,
        #"{"no":99999999999999999999,"nextUpdate":"2030-01-31","entries":[]}"#,
        #"{"no":1,"nextUpdate":"2030-02-31","entries":[]}"#,
        #"{"no":1,"no":2,"nextUpdate":"2030-01-31","entries":[]}"#,
        #"{"no":1,"nextUpdate":"2030-01-31","entries":[null]}"#,
        #"{"no":1,"nextUpdate":"2030-01-31","entries":[{"aaguid":"no"}]}"#,
        #"{"no":1,"nextUpdate":"2030-01-31","entries":[{"attestationCertificateKeyIdentifiers":["abc"]}]}"#,
        #"{"no":1,"nextUpdate":"2030-01-31","entries":[{"attestationCertificateKeyIdentifiers":["xy"]}]}"#,
        #"{"no":1,"nextUpdate":"2030-01-31","entries":[{"attestationCertificateKeyIdentifiers":[],"statusReports":[{}]}]}"#,
    ]

    @Test("that are not as the specification has them are refused", arguments: malformed)
    func refused(payload: String) {
        #expect(throws: MetadataRefusal.syntax) { try MetadataBlob(payload: Array(payload.utf8)) }
    }

    @Test("are outdated when the day of the next update has passed")
    func outdated() throws {
        let payload = #"{"no":1,"nextUpdate":"2030-01-31","entries":[]}"#
        let blob = try MetadataBlob(payload: Array(payload.utf8))
        #expect(!blob.isOutdated(at: try #require(Timestamp(iso8601: "2030-01-31T23:59:59Z"))))
        #expect(blob.isOutdated(at: try #require(Timestamp(iso8601: "2030-02-01T00:00:00Z"))))
    }
}
