import Crypto
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
