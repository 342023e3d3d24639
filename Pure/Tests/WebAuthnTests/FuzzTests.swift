import Crypto
import Foundation
import Testing
import VectorSupport

@testable import WebAuthn

/// Seeded mutations of what is genuine. A reader that crashes takes the run with it; one that throws anything but its
/// own error does not compile.
@Suite("Every reader") struct FuzzTests {
    static let rounds = 4_000

    private static func corpus() throws -> [[UInt8]] {
        var authenticator = SoftAuthenticator()
        authenticator.flags.insert(.extensionData)
        authenticator.trailing = CBOR.map([.text("credProtect"): .integer(2)]).encoded
        let certificate = TestCertificate(publicKey: Array(authenticator.key.publicKey.derRepresentation)).encoded
        let response = try authenticator.register(format: "packed") { _, _ in
            .map([
                .text("alg"): .integer(-7), .text("sig"): .bytes([0x30]), .text("x5c"): .array([.bytes(certificate)]),
            ])
        }
        var corpus = [
            response.attestationObject, response.clientDataJSON, certificate, authenticator.publicKey.encoded,
            authenticator.authenticatorData(withCredential: true),
            authenticator.authenticatorData(withCredential: false),
        ]
        if Vectors.arePresent {
            for one in try VectorCase.all() {
                corpus.append(one.registration.attestationObject)
                corpus.append(one.registration.clientDataJSON)
                corpus.append(one.authentication.authenticatorData)
            }
        }
        return corpus.filter { !$0.isEmpty }
    }

    /// What only attestations and metadata have: structures of TPMs, descriptions of keys, statements, signed tokens.
    private static func attestationCorpus() throws -> [[UInt8]] {
        let tpm = TestTPM()
        var store = TestKeyStore()
        store.software = TestKeyStore.tagged(600, der(0x05, []))
        let objects = try [
            tpm.register(), store.register(), TestKeyStore().register(), TestApple().register(),
            TestManufacturer().packed(),
        ].map(\.attestationObject)
        let header = Array(#"{"alg":"ES256","x5c":["\#(Data(tpm.manufacturer.chain[0]).base64EncodedString())"]}"#.utf8)
        let payload = Array(#"{"no":1,"nextUpdate":"2030-01-31","entries":[{"aaguid":"no"}]}"#.utf8)
        let token = [header, payload, [1, 2, 3]].map { base64URLText($0) }.joined(separator: ".")
        return objects + [tpm.area, tpm.info([1]), store.description([1]), Array(token.utf8), payload]
            + tpm.manufacturer.chain
    }

    private static func mutate(_ bytes: [UInt8], with random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            guard !bytes.isEmpty else { break }
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[position] = [0x00, 0xff, 0x7f, 0x80, 0x5b, 0x9b, 0xbb].randomElement(using: &random) ?? 0
            case 2: bytes.removeSubrange(position...)
            case 3: bytes.remove(at: position)
            default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: position)
            }
        }
        return bytes
    }

    @Test(
        "takes every input, and either reads it or refuses it with its own error",
        arguments: 1...4 as ClosedRange<UInt64>)
    func readers(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let corpus = try Self.corpus()
        var (read, refused) = (0, 0)
        func attempt<Value, Refusal: Error>(_ body: () throws(Refusal) -> Value) {
            do {
                _ = try body()
                read += 1
            } catch { refused += 1 }
        }
        for round in 0..<Self.rounds {
            let bytes = Self.mutate(corpus[round % corpus.count], with: &random)
            attempt { () throws(MalformedCBOR) in try CBOR(decoding: bytes, form: .relaxed) }
            attempt { () throws(KeyRefusal) in try CredentialPublicKey(decoding: bytes) }
            attempt { () throws(ClientDataRefusal) in try ClientData(parsing: bytes) }
            attempt { () throws(AuthenticatorDataRefusal) in try AuthenticatorData(parsing: bytes) }
            attempt { () throws(CertificateRefusal) in try AttestationCertificate(parsing: bytes).key() }
        }
        #expect(read + refused == Self.rounds * 5)
        #expect(read > 100 && refused > Self.rounds)
    }

    @Test("of attestations and metadata takes every input as well", arguments: 1...4 as ClosedRange<UInt64>)
    func attestationReaders(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let corpus = try Self.attestationCorpus()
        let authenticator = SoftAuthenticator()
        let good = try authenticator.register()
        let expectations = authenticator.expectations
        var (read, refused) = (0, 0)
        func attempt<Value, Refusal: Error>(_ body: () throws(Refusal) -> Value) {
            do {
                _ = try body()
                read += 1
            } catch { refused += 1 }
        }
        for round in 0..<Self.rounds {
            let bytes = Self.mutate(corpus[round % corpus.count], with: &random)
            attempt { () throws(TPMStructureRefusal) in try TPMPublicArea(parsing: bytes) }
            attempt { () throws(TPMStructureRefusal) in try TPMCertification(parsing: bytes) }
            attempt { () throws(CertificateRefusal) in try AndroidKeyDescription(parsing: bytes) }
            attempt { () throws(CertificateRefusal) in
                let certificate = try AttestationCertificate(parsing: bytes)
                try certificate.requireTPMProfile(aaguid: AAGUID(bytes: authenticator.aaguid))
            }
            attempt { () throws(MetadataRefusal) in try CertifiedSignature(parsing: bytes) }
            attempt { () throws(MetadataRefusal) in try MetadataBlob(payload: bytes) }
            attempt { () throws(CertificateRefusal) in try TrustAnchors([bytes]) }
            attempt { () throws(CeremonyRefusal) in
                var response = good
                response.attestationObject = bytes
                return try RegisteredCredential(verifying: response, against: expectations)
            }
        }
        #expect(read + refused == Self.rounds * 8)
        #expect(read > 100 && refused > Self.rounds)
    }

    @Test("of a TPM's structures, a key's description and a token refuses every truncation")
    func attestationTruncations() throws {
        let tpm = TestTPM()
        let (area, info, description) = (tpm.area, tpm.info([1]), TestKeyStore().description([1]))
        for length in area.indices {
            #expect(throws: TPMStructureRefusal.truncated) {
                try TPMPublicArea(parsing: Array(area.prefix(length)))
            }
        }
        for length in info.indices {
            #expect(throws: TPMStructureRefusal.truncated) {
                try TPMCertification(parsing: Array(info.prefix(length)))
            }
        }
        for length in description.indices {
            #expect(throws: CertificateRefusal.keyDescription) {
                try AndroidKeyDescription(parsing: Array(description.prefix(length)))
            }
        }
    }

    @Test("refuses a bit turned anywhere in what a manufacturer, a TPM, Android or Apple attests")
    func attestedBits() throws {
        let responses = try [
            TestManufacturer().packed(), TestTPM().register(), TestKeyStore().register(), TestApple().register(),
        ]
        let expectations = SoftAuthenticator().expectations
        for (number, good) in responses.enumerated() {
            let object = try CBOR(decoding: good.attestationObject, form: .relaxed)
            let items = object.map?[.text("attStmt")]?.map?[.text("x5c")]?.array ?? []
            let chain = items.compactMap(\.bytes)
            // Certificates are signed by others: whether they are bent shows in the chain alone.
            let certificates = chain.compactMap { good.attestationObject.firstRange(of: $0) }
            #expect(certificates.count == 2)
            var count = 0
            for position in good.attestationObject.indices
            where !certificates.contains(where: { $0.contains(position) }) {
                var bent = good
                bent.attestationObject[position] ^= 1 << UInt8(position % 8)
                // A TPM's clock and firmware too, which mean nothing to us: they are signed.
                #expect(throws: CeremonyRefusal.self, "\(number) at \(position)") {
                    try RegisteredCredential(verifying: bent, against: expectations)
                }
                count += 1
            }
            #expect(count > 150)
        }
    }

    @Test("refuses every truncation of what it reads")
    func truncations() throws {
        let authenticator = SoftAuthenticator()
        let response = try authenticator.register()
        let data = authenticator.authenticatorData(withCredential: true)
        let key = authenticator.publicKey.encoded
        let certificate = TestCertificate(publicKey: Array(authenticator.key.publicKey.derRepresentation)).encoded
        for length in response.attestationObject.indices {
            let bytes = Array(response.attestationObject.prefix(length))
            #expect(throws: MalformedCBOR.truncated) { try CBOR(decoding: bytes, form: .relaxed) }
        }
        for length in key.indices {
            #expect(throws: KeyRefusal.cbor(.truncated)) {
                try CredentialPublicKey(decoding: Array(key.prefix(length)))
            }
        }
        for length in data.indices {
            #expect(throws: AuthenticatorDataRefusal.self) {
                try AuthenticatorData(parsing: Array(data.prefix(length)))
            }
        }
        for length in response.clientDataJSON.indices {
            #expect(throws: ClientDataRefusal.self) {
                try ClientData(parsing: Array(response.clientDataJSON.prefix(length)))
            }
        }
        for length in certificate.indices {
            #expect(throws: CertificateRefusal.encoding) {
                try AttestationCertificate(parsing: Array(certificate.prefix(length)))
            }
        }
    }

    @Test("refuses a self-attested registration with a bit turned anywhere in its attestation object")
    func bits() throws {
        let authenticator = SoftAuthenticator()
        let good = try authenticator.register(format: "packed") { data, hash in
            .map([
                .text("alg"): .integer(-7),
                .text("sig"): .bytes(Array(try authenticator.key.signature(for: data + hash).derRepresentation)),
            ])
        }
        #expect(throws: Never.self) { try RegisteredCredential(verifying: good, against: authenticator.expectations) }
        for position in good.attestationObject.indices {
            var bent = good
            bent.attestationObject[position] ^= 1 << UInt8(position % 8)
            #expect(throws: CeremonyRefusal.self, "\(position)") {
                try RegisteredCredential(verifying: bent, against: authenticator.expectations)
            }
        }
    }
}
