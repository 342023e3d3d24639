import Crypto
import CryptoExtras
import Testing
import VectorSupport
import WebAuthn

@Suite("An attestation") struct AttestationTests {
    let authenticator = SoftAuthenticator()
    let key = P256.Signing.PrivateKey()

    private func verdict(_ response: RegistrationResponse, _ expectations: Expectations? = nil) -> String? {
        do {
            _ = try RegisteredCredential(verifying: response, against: expectations ?? authenticator.expectations)
            return nil
        } catch { return error.description }
    }

    private func packed(_ bend: (inout TestCertificate) -> Void) throws -> RegistrationResponse {
        var certificate = TestCertificate(publicKey: Array(key.publicKey.derRepresentation))
        bend(&certificate)
        return try authenticator.register(format: "packed") { data, hash in
            .map([
                .text("alg"): .integer(-7),
                .text("sig"): .bytes(Array(try key.signature(for: data + hash).derRepresentation)),
                .text("x5c"): .array([.bytes(certificate.encoded)]),
            ])
        }
    }

    @Test("of format none is an empty map; other formats are refused by name")
    func none() throws {
        #expect(verdict(try authenticator.register()) == nil)
        #expect(
            verdict(try authenticator.register { _, _ in .map([.text("alg"): .integer(-7)]) })
                == "7.1/22 attestationStatement: attestation(syntax)")
        #expect(verdict(try authenticator.register { _, _ in .array([]) })?.hasPrefix("7.1/22") == true)
        for format in ["packed", "tpm", "android-key", "fido-u2f", "apple", "compound"] {
            #expect(
                verdict(try authenticator.register(format: format))
                    == "7.1/22 attestationStatement: attestation(syntax)", "\(format)")
        }
        for format in ["android-safetynet", "None", "", "packed\u{0}", "compound "] {
            let response = try authenticator.register(format: format)
            #expect(verdict(response)?.hasPrefix("7.1/21 attestationFormat") == true, "\(format)")
            // Where nobody asks for an attestation, such a one counts as none.
            var expectations = authenticator.expectations
            expectations.ignoresUnknownAttestation = true
            let credential = try RegisteredCredential(verifying: response, against: expectations)
            #expect(credential.attestation.kind == .none)
        }
    }

    @Test("stands in an object of three members")
    func object() throws {
        let data = CBOR.bytes(authenticator.authenticatorData(withCredential: true))
        let members: [CBOR: CBOR] = [.text("fmt"): .text("none"), .text("attStmt"): .map([:]), .text("authData"): data]
        var response = try authenticator.register()
        for name in ["fmt", "attStmt", "authData"] {
            for value in [nil, CBOR.null] {
                var bent = members
                bent[.text(name)] = value
                response.attestationObject = CBOR.map(bent).encoded
                #expect(verdict(response)?.hasPrefix("7.1/") == true, "\(name)")
            }
        }
        response.attestationObject = CBOR.map(members.merging([.text("more"): .null]) { old, _ in old }).encoded
        #expect(verdict(response)?.hasPrefix("7.1/13 attestationObject") == true)
        response.attestationObject = CBOR.map(members).encoded + [0]
        #expect(verdict(response)?.hasPrefix("7.1/13 attestationObject") == true)
        // Old browsers put the members in another order.
        response.attestationObject =
            [0xa3] + CBOR.text("authData").encoded + data.encoded + CBOR.text("fmt").encoded
            + CBOR.text("none").encoded + CBOR.text("attStmt").encoded + [0xa0]
        #expect(verdict(response) == nil)
    }

    @Test("by the credential itself has its algorithm and its signature")
    func itself() throws {
        func statement(_ algorithm: Int, signed data: [UInt8], _ more: [CBOR: CBOR] = [:]) throws -> CBOR {
            let signature = try authenticator.key.signature(for: data)
            let members: [CBOR: CBOR] = [
                .text("alg"): .integer(algorithm), .text("sig"): .bytes(Array(signature.derRepresentation)),
            ]
            return .map(members.merging(more) { old, _ in old })
        }
        let good = try authenticator.register(format: "packed") { try statement(-7, signed: $0 + $1) }
        let credential = try RegisteredCredential(verifying: good, against: authenticator.expectations)
        #expect(credential.attestation.kind == .itself)
        let bent: [(String, ([UInt8], [UInt8]) throws -> CBOR)] = [
            ("algorithm", { try statement(-35, signed: $0 + $1) }),
            ("unsupportedAlgorithm", { try statement(-47, signed: $0 + $1) }),
            ("signature", { try statement(-7, signed: $1 + $0) }),
            ("syntax", { try statement(-7, signed: $0 + $1, [.text("ecdaaKeyId"): .bytes([1])]) }),
            ("certificateCount", { try statement(-7, signed: $0 + $1, [.text("x5c"): .array([])]) }),
            ("syntax", { try statement(-7, signed: $0 + $1, [.text("x5c"): .array([.null])]) }),
            ("syntax", { _, _ in .map([.text("alg"): .integer(-7)]) }),
        ]
        for (cause, make) in bent {
            let text = verdict(try authenticator.register(format: "packed", statement: make))
            #expect(text?.contains("attestation(\(cause)") == true, "\(text ?? "accepted")")
        }
    }

    @Test("by a certified key yields the certificates")
    func certified() throws {
        let response = try packed { _ in }
        let credential = try RegisteredCredential(verifying: response, against: authenticator.expectations)
        guard case .certified(let chain) = credential.attestation.kind else {
            Issue.record("\(credential.attestation)")
            return
        }
        #expect(chain == [TestCertificate(publicKey: Array(key.publicKey.derRepresentation)).encoded])
    }

    // The columns are the point.
    // swift-format-ignore
    static let certificates: [(what: String, refusal: String?, bend: @Sendable (inout TestCertificate) -> Void)] = [
        ("version 1",            "version",            { $0.version = nil }),
        ("version 2",            "version",            { $0.version = [1] }),
        ("no country",           "subject",            { $0.subject.remove(at: 0) }),
        ("a long country",       "subject",            { $0.subject[0].value = "USA" }),
        ("no organization",      "subject",            { $0.subject.remove(at: 1) }),
        ("no unit",              "subject",            { $0.subject.remove(at: 2) }),
        ("another unit",         "subject",            { $0.subject[2].value = "authenticator attestation" }),
        ("a second unit",        "subject",            { $0.subject.append((type: [0x55, 4, 0x0b], value: "CA")) }),
        ("no name",              "subject",            { $0.subject.remove(at: 3) }),
        ("an empty name",        "subject",            { $0.subject[3].value = "" }),
        ("no constraints",       "basicConstraints",   { $0.extensions = [] }),
        ("an authority",         "basicConstraints",   { $0.extensions[0].value = der(0x30, der(0x01, [0xff])) }),
        ("explicitly none",      nil,                  { $0.extensions[0].value = der(0x30, der(0x01, [0])) }),
        ("odd constraints",      "basicConstraints",   { $0.extensions[0].value = [0x30] }),
        ("two constraints",      "duplicateExtension", { $0.extensions.append($0.extensions[0]) }),
        ("its model",            nil,                  { $0.extensions.append((TestCertificate.model, false, der(0x04, Array(100..<116)))) }),
        ("a critical model",     "aaguid",             { $0.extensions.append((TestCertificate.model, true, der(0x04, Array(100..<116)))) }),
        ("another model",        "aaguid",             { $0.extensions.append((TestCertificate.model, false, der(0x04, Array(101..<117)))) }),
        ("a bare model",         "aaguid",             { $0.extensions.append((TestCertificate.model, false, Array(100..<116))) }),
        ("bytes after it",       "encoding",           { $0.trailing = [0] }),
        ("an odd key",           "encoding",           { $0.publicKey = der(0x30, []) }),
        ("an unknown key",       "unsupportedKey",     { $0.publicKey = der(0x30, der(0x30, der(0x06, [0x2a])) + der(0x03, [0, 1])) }),
        ("RSA below 2048 bits",  "key",                { $0.publicKey = rsaInfo(modulusBytes: 255) }),
    ]

    @Test("by a certified key has a certificate as section 8.2.1 wants it")
    func certificate() throws {
        for (what, refusal, bend) in Self.certificates {
            let text = verdict(try packed(bend))
            guard let refusal else {
                #expect(text == nil, "\(what)")
                continue
            }
            #expect(text?.contains("certificate(\(refusal)") == true, "\(what): \(text ?? "accepted")")
        }
    }

    @Test("by a certified key may be of any kind that is supported")
    func kinds() throws {
        let (p384, p521, edwards) = (
            P384.Signing.PrivateKey(), P521.Signing.PrivateKey(), Curve25519.Signing.PrivateKey()
        )
        let rsa = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let (lattice65, lattice87) = (try MLDSA65.PrivateKey(), try MLDSA87.PrivateKey())
        let kinds: [(algorithm: Int, info: [UInt8], sign: ([UInt8]) throws -> [UInt8])] = [
            (-35, Array(p384.publicKey.derRepresentation), { Array(try p384.signature(for: $0).derRepresentation) }),
            (-36, Array(p521.publicKey.derRepresentation), { Array(try p521.signature(for: $0).derRepresentation) }),
            (
                -257, Array(rsa.publicKey.derRepresentation),
                { Array(try rsa.signature(for: $0, padding: .insecurePKCS1v1_5).rawRepresentation) }
            ),
            (
                -8, keyInfo([0x2b, 0x65, 0x70], edwards.publicKey.rawRepresentation),
                { Array(try edwards.signature(for: $0)) }
            ),
            (
                -49, keyInfo([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 0x12], lattice65.publicKey.rawRepresentation),
                { Array(try lattice65.signature(for: $0)) }
            ),
            (
                -50, keyInfo([0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 0x13], lattice87.publicKey.rawRepresentation),
                { Array(try lattice87.signature(for: $0)) }
            ),
        ]
        for (algorithm, info, sign) in kinds {
            for (named, cause) in [(algorithm, nil), (-7, "attestation(signature")] {
                let certificate = TestCertificate(publicKey: info)
                let response = try authenticator.register(format: "packed") { data, hash in
                    .map([
                        .text("alg"): .integer(named), .text("sig"): .bytes(try sign(data + hash)),
                        .text("x5c"): .array([.bytes(certificate.encoded)]),
                    ])
                }
                let text = verdict(response)
                #expect(
                    cause.map { text?.contains($0) == true } ?? (text == nil), "\(algorithm): \(text ?? "accepted")")
            }
        }
    }

    @Test("by another key than the certificate's, or over other bytes, is refused")
    func signature() throws {
        let other = Array(P256.Signing.PrivateKey().publicKey.derRepresentation)
        #expect(verdict(try packed { $0.publicKey = other })?.contains("attestation(signature") == true)
        let p384 = Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
        #expect(verdict(try packed { $0.publicKey = p384 })?.contains("attestation(signature") == true)
    }

    @Test("of a U2F key has one certificate, on P-256, and signs what the raw message format says")
    func u2f() throws {
        let certificate = TestCertificate(
            version: nil, extensions: [], publicKey: Array(key.publicKey.derRepresentation))
        func statement(_ data: [UInt8], _ hash: [UInt8], chain: [[UInt8]], id: [UInt8]) throws -> CBOR {
            let point = Array(authenticator.key.publicKey.x963Representation)
            let signature = try key.signature(for: [0] + data.prefix(32) + hash + id + point)
            return .map([
                .text("sig"): .bytes(Array(signature.derRepresentation)),
                .text("x5c"): .array(chain.map { .bytes($0) }),
            ])
        }
        let good = certificate.encoded
        let id = authenticator.credentialID
        var other = certificate
        other.publicKey = Array(P384.Signing.PrivateKey().publicKey.derRepresentation)
        let cases: [(chain: [[UInt8]], id: [UInt8], cause: String?)] = [
            ([good], id, nil), ([good], id + [0], "signature"), ([], id, "certificateCount"),
            ([good, good], id, "certificateCount"),
            ([other.encoded], id, "notP256"), ([[0x30]], id, "certificate"),
        ]
        for (chain, id, cause) in cases {
            let response = try authenticator.register(format: "fido-u2f") {
                try statement($0, $1, chain: chain, id: id)
            }
            let text = verdict(response, withoutVerification)
            #expect(cause.map { text?.contains("attestation(\($0)") == true } ?? (text == nil), "\(text ?? "")")
        }
        // Neither the AAGUID nor a flag is signed: anyone who sends the response could write any.
        var eager = authenticator
        eager.flags = [.userPresent, .userVerified, .backupEligible, .backedUp]
        let response = try eager.register(format: "fido-u2f") { try statement($0, $1, chain: [good], id: id) }
        let credential = try RegisteredCredential(verifying: response, against: withoutVerification)
        #expect(credential.aaguid.isZero && !authenticator.aaguid.allSatisfy { $0 == 0 })
        #expect(credential.flags == [.userPresent, .attestedCredentialData])
        #expect(verdict(response) == "7.1/16 userVerification")
    }

    /// What is expected of a key that verifies nobody.
    private var withoutVerification: Expectations {
        var expectations = authenticator.expectations
        expectations.requiresUserVerification = false
        return expectations
    }
}

/// SubjectPublicKeyInfo of an algorithm without parameters.
private func keyInfo(_ algorithm: [UInt8], _ key: some Sequence<UInt8>) -> [UInt8] {
    der(0x30, der(0x30, der(0x06, algorithm)) + der(0x03, [0] + key))
}

/// SubjectPublicKeyInfo of an RSA key that nobody has.
private func rsaInfo(modulusBytes: Int) -> [UInt8] {
    let key = der(0x30, der(0x02, [UInt8](repeating: 0x7f, count: modulusBytes)) + der(0x02, [1, 0, 1]))
    return der(
        0x30, der(0x30, der(0x06, [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1]) + [5, 0]) + der(0x03, [0] + key))
}
