import Crypto
import Testing
import UTC

@testable import WebAuthn

/// The refusal of a registration as text; nil where it is accepted.
private func verdict(_ response: RegistrationResponse, sha1: Expectations.SHA1 = .tpmStatements) -> String? {
    var expectations = SoftAuthenticator().expectations
    expectations.sha1 = sha1
    do {
        _ = try RegisteredCredential(verifying: response, against: expectations)
        return nil
    } catch { return error.description }
}

@Suite("An attestation by a TPM") struct TPMAttestationTests {
    // The columns are the point.
    // swift-format-ignore
    static let bends: [(what: String, refusal: String?, bend: @Sendable (inout TestTPM) -> Void)] = [
        ("nothing",                    nil,                        { _ in }),
        ("the first version",          "syntax",                   { $0.version = "1.2" }),
        ("ECDAA",                      "syntax",                   { $0.more[.text("ecdaaKeyId")] = .bytes([1]) }),
        ("no certificates",            "syntax",                   { $0.more[.text("x5c")] = .some(nil) }),
        ("an empty list of them",      "certificateCount",         { $0.more[.text("x5c")] = .array([]) }),
        ("no signature",               "syntax",                   { $0.more[.text("sig")] = .some(nil) }),
        ("another signature",          "signature",                { $0.more[.text("sig")] = .bytes([0x30, 6, 2, 1, 1, 2, 1, 1]) }),
        ("an algorithm of no use",     "unsupportedAlgorithm",     { $0.algorithm = -47 }),
        ("an algorithm of another key", "signature",               { $0.algorithm = -257 }),
        ("another magic",              "magic",                    { $0.magic ^= 1 }),
        ("a quote",                    "type",                     { $0.type = 0x8018 }),
        ("other extra data",           "challenge",                { $0.extraData = Array(repeating: 0, count: 32) }),
        ("no extra data",              "challenge",                { $0.extraData = [] }),
        ("the name of another key",    "otherKey",                 { $0.name = [0, 0x0b] + Array(repeating: 0, count: 32) }),
        ("a name without its digest",  "otherKey",                 { $0.name = [] }),
        ("a digest of no use",         "nameAlgorithm",            { $0.nameAlgorithm = 0x0012 }),
        ("a name with another digest", "otherKey",                 { $0.nameAlgorithm = 0x000c }),
        ("a key of no kind",           "unsupported",              { $0.keyType = 0x0008 }),
        ("another curve",              "otherKey",                 { $0.curve = 4 }),
        ("another key",                "otherKey",                 { $0.point = (Array(repeating: 1, count: 32), Array(repeating: 2, count: 32)) }),
        ("no key",                     "otherKey",                 { $0.point = ([], []) }),
        ("too long a coordinate",      "truncated",                { $0.point = (Array(repeating: 0, count: 67), []) }),
        ("a signing scheme",           nil,                        { $0.scheme = [0x00, 0x18, 0x00, 0x0b] }),
        ("an unknown scheme",          "unsupported",              { $0.scheme = [0xff, 0xff] }),
        ("a cipher",                   nil,                        { $0.symmetric = [0x00, 0x06, 0x00, 0x80, 0x00, 0x43] }),
        ("an unknown derivation",      "unsupported",              { $0.keyDerivation = [0xff, 0xff] }),
        ("bytes after the key",        "trailingBytes",            { $0.areaTrailing = [0] }),
        ("bytes after the statement",  "trailingBytes",            { $0.infoTrailing = [0] }),
        ("a certificate of version 2", "version",                  { $0.manufacturer.leaf.version = [1] }),
        ("a subject",                  "subject",                  { $0.manufacturer.leaf.subject = [(type: [0x55, 4, 3], value: "TPM")] }),
        ("an authority",               "basicConstraints",         { $0.manufacturer.leaf.extensions[0].value = TestCertificate.constraints(authority: true) }),
        ("no constraints",             "basicConstraints",         { $0.manufacturer.leaf.extensions.remove(at: 0) }),
        ("no name",                    "tpmName",                  { $0.manufacturer.leaf.extensions.remove(at: 1) }),
        ("no manufacturer",            "tpmName",                  { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName(nil, "M", "id:1") }),
        ("no model",                   "tpmName",                  { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:494E5443", nil, "id:1") }),
        ("an empty model",             "tpmName",                  { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:494E5443", "", "id:1") }),
        ("no firmware version",        "tpmName",                  { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:494E5443", "M", nil) }),
        ("an unknown manufacturer",    "tpmManufacturer",          { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:12345678", "M", "id:1") }),
        ("a manufacturer by name",     "tpmManufacturer",          { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("INTC", "M", "id:1") }),
        ("a signed manufacturer",      "tpmManufacturer",          { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:+0000000", "M", "id:1") }),
        ("NSING as in certificates",   nil,                        { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:4E534700", "M", "id:1") }),
        ("Wisekey",                    nil,                        { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:5345414C", "M", "id:1") }),
        ("a manufacturer in small letters", nil,                   { $0.manufacturer.leaf.extensions[1].value = TestTPM.alternativeName("id:494e5443", "M", "id:1") }),
        ("an odd name",                "tpmName",                  { $0.manufacturer.leaf.extensions[1].value = [0x30, 1] }),
        ("no extended use",            "extendedKeyUse",           { $0.manufacturer.leaf.extensions.remove(at: 2) }),
        ("another extended use",       "extendedKeyUse",           { $0.manufacturer.leaf.extensions[2].value = der(0x30, der(0x06, [0x55, 0x1d, 0x25, 0])) }),
        ("another model",              "aaguid",                   { $0.manufacturer.leaf.extensions.append((TestCertificate.model, false, der(0x04, Array(101..<117)))) }),
        ("its model",                  nil,                        { $0.manufacturer.leaf.extensions.append((TestCertificate.model, false, der(0x04, Array(100..<116)))) }),
        ("garbage behind the certificate", "encoding",             { $0.manufacturer.more = [[0x30, 0x00]] }),
        ("nine certificates",          "certificateCount",         { $0.manufacturer.more = Array(repeating: $0.manufacturer.signedRoot.encoded, count: 7) }),
    ]

    @Test(
        "certifies the credential's key for this ceremony, with a certificate as section 8.3.1 wants it",
        arguments: bends.indices)
    func statement(_ index: Int) throws {
        let (what, refusal, bend) = Self.bends[index]
        var tpm = TestTPM()
        bend(&tpm)
        let text = verdict(try tpm.register())
        guard let refusal else {
            #expect(text == nil, "\(what)")
            return
        }
        #expect(text?.hasPrefix("7.1/22 attestationStatement") == true, "\(what): \(text ?? "accepted")")
        #expect(text?.contains("(\(refusal)") == true, "\(what): \(text ?? "accepted")")
    }

    @Test("may name its key with SHA-1, unless that is refused")
    func sha1() throws {
        var tpm = TestTPM()
        tpm.nameAlgorithm = 0x0004
        tpm.name = [0, 4] + Array(Insecure.SHA1.hash(data: tpm.area))
        #expect(verdict(try tpm.register()) == nil)
        #expect(verdict(try tpm.register(), sha1: .refused)?.contains("attestation(sha1") == true)
    }
}

@Suite("An attestation by Android's key store") struct AndroidKeyAttestationTests {
    private static let allApplications = TestKeyStore.tagged(600, der(0x05, []))
    private static func origin(_ value: UInt8) -> [UInt8] { TestKeyStore.tagged(702, der(0x02, [value])) }
    private static func purposes(_ values: UInt8...) -> [UInt8] {
        TestKeyStore.tagged(1, der(0x31, values.flatMap { der(0x02, [$0]) }))
    }

    // The columns are the point.
    // swift-format-ignore
    static let bends: [(what: String, refusal: String?, bend: @Sendable (inout TestKeyStore) -> Void)] = [
        ("nothing",                       nil,              { _ in }),
        ("empty lists",                   nil,              { $0.hardware = [] }),
        ("signing and verifying",         nil,              { $0.hardware = purposes(2, 3) + origin(0) }),
        ("what is enforced in software",  nil,              { $0.software = $0.hardware; $0.hardware = [] }),
        ("all applications",              "keyUse",         { $0.hardware += allApplications }),
        ("all applications, in software", "keyUse",         { $0.software = allApplications }),
        ("an imported key",               "keyUse",         { $0.hardware = purposes(2) + origin(2) }),
        ("a key imported in software",    "keyUse",         { $0.software = origin(2) }),
        ("a key for decryption",          "keyUse",         { $0.hardware = purposes(1) + origin(0) }),
        ("a key for decryption too",      "keyUse",         { $0.hardware = purposes(1, 2) + origin(0) }),
        ("a key that certifies others",   "keyUse",         { $0.hardware = purposes(2, 7) + origin(0) }),
        ("no purpose in a list",          "keyUse",         { $0.hardware = purposes() + origin(0) }),
        ("a long purpose",                "keyUse",         { $0.hardware = TestKeyStore.tagged(1, der(0x31, der(0x02, [1, 2]))) }),
        ("two origins in one list",       "keyDescription", { $0.hardware = origin(0) + origin(0) }),
        ("another challenge",             "challenge",      { $0.challenge = Array(repeating: 0, count: 32) }),
        ("no challenge",                  "challenge",      { $0.challenge = [] }),
        ("no description",                "keyDescription", { $0.identifier = nil }),
        ("an odd description",            "keyDescription", { $0.trailing = [0] }),
        ("another key",                   "otherKey",       { $0.certifiedKey = .init() }),
        ("another algorithm",             "algorithm",      { $0.algorithm = -35 }),
        ("an unknown algorithm",          "unsupportedAlgorithm", { $0.algorithm = -1 }),
        ("an unknown member",             "syntax",         { $0.more[.text("ver")] = .text("1") }),
        ("another signature",             "signature",      { $0.more[.text("sig")] = .bytes([0x30, 6, 2, 1, 1, 2, 1, 1]) }),
        ("an attested key as authority",  "keyDescription", { store in
            let description = store.description([])
            store.manufacturer.authority.extensions.append((AndroidKeyDescription.identifier, false, description))
        }),
    ]

    @Test("is about the credential's key, made for signing and for nobody else", arguments: bends.indices)
    func statement(_ index: Int) throws {
        let (what, refusal, bend) = Self.bends[index]
        var store = TestKeyStore()
        bend(&store)
        let text = verdict(try store.register())
        guard let refusal else {
            #expect(text == nil, "\(what)")
            return
        }
        #expect(text?.hasPrefix("7.1/22 attestationStatement") == true, "\(what): \(text ?? "accepted")")
        #expect(text?.contains("(\(refusal)") == true, "\(what): \(text ?? "accepted")")
    }
}

@Suite("An attestation by Android's key store is of hardware") struct AndroidKeyLevelTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(attestation: UInt8, key: UInt8, isOfSoftware: Bool)] = [
        (0, 0, true), (0, 1, true), (1, 0, true), (1, 1, false), (1, 2, false), (2, 2, false), (2, 3, true),
    ]

    @Test("where it says so of the key and of itself", arguments: table)
    func level(attestation: UInt8, key: UInt8, isOfSoftware: Bool) throws {
        var store = TestKeyStore()
        store.levels = (attestation, key)
        let credential = try RegisteredCredential(
            verifying: store.register(), against: store.authenticator.expectations)
        #expect(credential.attestation.isOfSoftware == isOfSoftware)
    }

    @Test("and no other format says the opposite")
    func others() throws {
        let authenticator = SoftAuthenticator()
        for response in [try authenticator.register(), try TestManufacturer().packed(authenticator)] {
            let credential = try RegisteredCredential(verifying: response, against: authenticator.expectations)
            #expect(!credential.attestation.isOfSoftware)
        }
    }
}

@Suite("An attestation by Apple") struct AppleAttestationTests {
    // The columns are the point.
    // swift-format-ignore
    static let bends: [(what: String, refusal: String?, bend: @Sendable (inout TestApple) -> Void)] = [
        ("nothing",              nil,         { _ in }),
        ("the algorithm",        nil,         { $0.more[.text("alg")] = .integer(-7) }),
        ("another algorithm",    "algorithm", { $0.more[.text("alg")] = .integer(-35) }),
        ("a named algorithm",    "syntax",    { $0.more[.text("alg")] = .text("ES256") }),
        ("an unknown member",    "syntax",    { $0.more[.text("sig")] = .bytes([]) }),
        ("no certificates",      "certificateCount", { $0.more[.text("x5c")] = .array([]) }),
        ("another nonce",        "challenge", { $0.nonce = Array(repeating: 0, count: 32) }),
        ("an empty nonce",       "challenge", { $0.nonce = [] }),
        ("no nonce",             "nonce",     { $0.hasNonce = false }),
        ("another key",          "otherKey",  { $0.certifiedKey = .init() }),
    ]

    @Test("is a certificate of the credential's key for this ceremony", arguments: bends.indices)
    func statement(_ index: Int) throws {
        let (what, refusal, bend) = Self.bends[index]
        var apple = TestApple()
        bend(&apple)
        let text = verdict(try apple.register())
        guard let refusal else {
            #expect(text == nil, "\(what)")
            return
        }
        #expect(text?.hasPrefix("7.1/22 attestationStatement") == true, "\(what): \(text ?? "accepted")")
        #expect(text?.contains("(\(refusal)") == true, "\(what): \(text ?? "accepted")")
    }
}

@Suite("A compound attestation") struct CompoundAttestationTests {
    let authenticator = SoftAuthenticator()
    let manufacturer = TestManufacturer().sealed()

    private func itself(_ data: [UInt8], _ hash: [UInt8]) throws -> CBOR {
        .map([
            .text("alg"): .integer(-7),
            .text("sig"): .bytes(Array(try authenticator.key.signature(for: data + hash).derRepresentation)),
        ])
    }

    private func part(_ format: String, _ statement: CBOR) -> CBOR {
        .map([.text("fmt"): .text(format), .text("attStmt"): statement])
    }

    private func register(_ parts: ([UInt8], [UInt8]) throws -> [CBOR]) throws -> RegistrationResponse {
        try authenticator.register(format: "compound") { .array(try parts($0, $1)) }
    }

    @Test("has two right statements or more, none of them compound")
    func parts() throws {
        let two = try register { data, hash in
            [
                part("packed", try itself(data, hash)),
                part("packed", try manufacturer.packedStatement(data, hash)),
            ]
        }
        let credential = try RegisteredCredential(verifying: two, against: authenticator.expectations)
        guard case .several(let attestations) = credential.attestation.kind else {
            Issue.record("\(credential.attestation.kind)")
            return
        }
        #expect(attestations.map(\.kind) == [.itself, .certified(manufacturer.chain)])

        let bent: [(String, ([UInt8], [UInt8]) throws -> [CBOR])] = [
            ("syntax", { _, _ in [] }),
            ("syntax", { [part("packed", try itself($0, $1))] }),
            ("syntax", { [part("packed", try itself($0, $1)), part("compound", .array([]))] }),
            ("syntax", { [part("packed", try itself($0, $1)), .null] }),
            ("syntax", { data, hash in Array(repeating: part("packed", try itself(data, hash)), count: 9) }),
            ("unsupportedFormat", { [part("packed", try itself($0, $1)), part("android-safetynet", .map([:]))] }),
            ("signature", { [part("packed", try itself($0, $1)), part("packed", try itself($1, $0))] }),
        ]
        for (cause, parts) in bent {
            let text = verdict(try register(parts))
            #expect(text?.contains("attestation(\(cause)") == true, "\(cause): \(text ?? "accepted")")
        }
        let map = try authenticator.register(format: "compound") { part("packed", try itself($0, $1)) }
        #expect(verdict(map)?.contains("attestation(syntax") == true)
    }

    /// A U2F statement by the manufacturer's key.
    private func u2f(_ hash: [UInt8]) throws -> CBOR {
        let relyingParty = Array(SHA256.hash(data: Array(authenticator.relyingPartyID.utf8)))
        let point = Array(authenticator.key.publicKey.x963Representation)
        let message = [0] + relyingParty + hash + authenticator.credentialID + point
        return .map([
            .text("sig"): .bytes(Array(try manufacturer.key.signature(for: message).derRepresentation)),
            .text("x5c"): .array([.bytes(manufacturer.chain[0])]),
        ])
    }

    @Test("says of which model the key is only where a certified statement signs that")
    func model() throws {
        // Nor does it say that somebody was verified.
        var expectations = authenticator.expectations
        expectations.requiresUserVerification = false
        func model(_ parts: ([UInt8], [UInt8]) throws -> [CBOR]) throws -> [UInt8] {
            let credential = try RegisteredCredential(verifying: register(parts), against: expectations)
            #expect(credential.flags.contains(.userVerified) == !credential.aaguid.isZero)
            return credential.aaguid.bytes
        }
        let nobody = [UInt8](repeating: 0, count: 16)
        #expect(try model { [part("fido-u2f", try u2f($1)), part("none", .map([:]))] } == nobody)
        #expect(try model { [part("fido-u2f", try u2f($1)), part("packed", try itself($0, $1))] } == nobody)
        #expect(try model { [part("fido-u2f", try u2f($1)), part("fido-u2f", try u2f($1))] } == nobody)
        let certified = try model {
            [part("fido-u2f", try u2f($1)), part("packed", try manufacturer.packedStatement($0, $1))]
        }
        #expect(certified == authenticator.aaguid)
        // Nothing is certified here, so nobody takes it for more than the key's own word.
        #expect(try model { [part("none", .map([:])), part("packed", try itself($0, $1))] } == authenticator.aaguid)
    }

    @Test("is trusted by the anchors for compound ones too")
    func compoundAnchors() async throws {
        let response = try register { data, hash in
            [part("none", .map([:])), part("packed", try manufacturer.packedStatement(data, hash))]
        }
        let attestation = try RegisteredCredential(
            verifying: response, against: authenticator.expectations
        ).attestation
        let root = try #require(manufacturer.issued?.last)
        for (format, isTrusted) in [(Attestation.Format.compound, true), (.packed, true), (.tpm, false)] {
            var anchors = TrustAnchors()
            try anchors.add(root, for: [format])
            let trusted = try? await TrustedAttestation(
                verifying: attestation, against: anchors, at: TestManufacturer.moment)
            #expect((trusted != nil) == isTrusted, "\(format)")
        }
        var anchors = TrustAnchors()
        try anchors.add(root, for: [.compound])
        let alone = try RegisteredCredential(
            verifying: manufacturer.packed(), against: authenticator.expectations
        ).attestation
        await #expect(throws: TrustRefusal.noAnchor) {
            try await TrustedAttestation(verifying: alone, against: anchors, at: TestManufacturer.moment)
        }
    }

    @Test("is trusted where every statement that is certified chains to an anchor")
    func trust() async throws {
        let other = TestManufacturer().sealed()
        let response = try register { data, hash in
            [
                part("packed", try manufacturer.packedStatement(data, hash)),
                part("packed", try other.packedStatement(data, hash)),
            ]
        }
        let attestation = try RegisteredCredential(
            verifying: response, against: authenticator.expectations
        ).attestation
        var anchors = try manufacturer.anchors
        await #expect(throws: TrustRefusal.self) {
            try await TrustedAttestation(verifying: attestation, against: anchors, at: TestManufacturer.moment)
        }
        let roots = try #require([manufacturer.issued?.last, other.issued?.last] as? [[UInt8]])
        anchors = try TrustAnchors(roots)
        let trusted = try await TrustedAttestation(
            verifying: attestation, against: anchors, at: TestManufacturer.moment)
        #expect(trusted.chains == [manufacturer.chain + [roots[0]], other.chain + [roots[1]]])
    }
}
