import Crypto
import CryptoExtras
import Testing
import UTC

@testable import WebAuthn

@Suite("An attestation is trusted") struct TrustTests {
    private func trust(
        _ manufacturer: TestManufacturer, anchors: TrustAnchors? = nil, at moment: Timestamp = TestManufacturer.moment
    ) async throws -> TrustRefusal? {
        let response = try manufacturer.packed()
        let expectations = SoftAuthenticator().expectations
        let credential = try RegisteredCredential(verifying: response, against: expectations)
        do {
            _ = try await TrustedAttestation(
                verifying: credential.attestation, against: anchors ?? manufacturer.anchors, at: moment)
            return nil
        } catch let refusal as TrustRefusal { return refusal }
    }

    /// What the refusal begins with; nil where it is accepted.
    private static func matches(_ refusal: TrustRefusal?, _ expected: String?) -> Bool {
        guard let expected else { return refusal == nil }
        return refusal.map { "\($0)".hasPrefix(expected) } ?? false
    }

    // The columns are the point.
    // swift-format-ignore
    static let bends: [(what: String, refusal: String?, bend: @Sendable (inout TestManufacturer) -> Void)] = [
        ("nothing",                        nil,        { _ in }),
        ("the root sent along",            nil,        { $0.more = [$0.signedRoot.encoded] }),
        ("another issuer's signature",     "order",    { $0.leaf.signer = .init() }),
        ("another issuer's name",          "order",    { $0.leaf.issuer = [(type: [0x55, 4, 3], value: "Other")] }),
        ("an authority nobody knows",      "chain",    { $0.authority.signer = .init() }),
        ("a stranger behind the chain",    "order",    { $0.more = [TestManufacturer().signedRoot.encoded] }),
        ("a certificate twice",            "order",    { $0.more = [$0.signedAuthority.encoded] }),
        ("a leaf that has expired",        "validity", { $0.leaf.notAfter = "291231235959Z" }),
        ("a leaf of the future",           "validity", { $0.leaf.notBefore = "300101000001Z" }),
        ("an authority that has expired",  "validity", { $0.authority.notAfter = "291231235959Z" }),
        ("an authority that is not a CA",      "chain",    { $0.authority.extensions[0].value = TestCertificate.constraints(authority: false) }),
        ("one without constraints",        "chain",    { $0.authority.extensions.remove(at: 0) }),
        ("one that may not sign others",   "chain",    { $0.authority.extensions[1].value = der(0x03, [7, 0x80]) }),
        ("one that says nothing of it",    nil,        { $0.authority.extensions.remove(at: 1) }),
        ("no room below the root",         "chain",    { $0.root.extensions[0].value = TestCertificate.constraints(authority: true, pathLength: 0) }),
        ("just enough room below it",      nil,        { $0.root.extensions[0].value = TestCertificate.constraints(authority: true, pathLength: 1) }),
        ("no room below the authority",    nil,        { $0.authority.extensions[0].value = TestCertificate.constraints(authority: true, pathLength: 0) }),
        ("an unknown critical extension",  "chain",    { $0.leaf.extensions.append(([0x2a, 3], true, [5, 0])) }),
        ("one of the authority",           "chain",    { $0.authority.extensions.append(([0x2a, 3], true, [5, 0])) }),
        ("one that is not critical",       nil,        { $0.leaf.extensions.append(([0x2a, 3], false, [5, 0])) }),
        ("a critical name, not a TPM's",   "chain",    { $0.leaf.extensions.append((TestManufacturer.alternativeName, true, der(0x30, der(0x82, Array("a.example".utf8))))) }),
        ("critical policies",              nil,        { $0.leaf.extensions.append(([0x55, 0x1d, 0x20], true, der(0x30, der(0x30, der(0x06, [0x2a, 3]))))) }),
        ("a root that has expired",        "chain",    { $0.root.notAfter = "291231235959Z" }),
        ("a root that says nothing",       nil,        { $0.root.extensions = [] }),
        ("a root that says it is not a CA",    nil,        { $0.root.extensions = [(TestManufacturer.basicConstraints, true, TestCertificate.constraints(authority: false))] }),
        ("one whose key may sign others",  nil,        { $0.root.extensions[0].value = TestCertificate.constraints(authority: false) }),
        ("one whose key may not",          "chain",    { $0.root.extensions = [(TestManufacturer.keyUsage, true, der(0x03, [7, 0x80]))] }),
        ("one whose key's use is unclear", "chain",    { $0.root.extensions = [(TestManufacturer.keyUsage, true, [5, 0])] }),
        ("a root with a negative number",  nil,        { $0.root.serialNumber = [0xcf, 0x9a] }),
        ("an authority with one",          "encoding", { $0.authority.serialNumber = [0xcf, 0x9a] }),
        ("a leaf with one",                "encoding", { $0.leaf.serialNumber = [0xcf, 0x9a] }),
    ]

    @Test("by a chain that holds", arguments: bends.indices)
    func chain(_ index: Int) async throws {
        let (what, expected, bend) = Self.bends[index]
        var manufacturer = TestManufacturer()
        bend(&manufacturer)
        let refusal = try await trust(manufacturer)
        #expect(Self.matches(refusal, expected), "\(what): \(refusal.map { "\($0)" } ?? "trusted")")
        #expect(refusal != .chain(""), "\(what)")
    }

    @Test("by an anchor that may not issue only where it is the attestation key's certificate itself")
    func pinned() async throws {
        var manufacturer = TestManufacturer()
        manufacturer.authority.extensions[0].value = TestCertificate.constraints(authority: false)
        let authority = try TrustAnchors([manufacturer.signedAuthority.encoded])
        #expect(Self.matches(try await trust(manufacturer, anchors: authority), "chain"))

        // The pinned certificate of one maker, which swift-certificates does not read.
        var leaf = TestCertificate(publicKey: Array(manufacturer.key.publicKey.derRepresentation))
        leaf.issuer = manufacturer.authority.subject
        leaf.signer = manufacturer.authorityKey
        leaf.serialNumber = [0xcf, 0x9a]
        let path = CertificatePath(encoded: [leaf.encoded])
        let anchors = try TrustAnchors(path.encoded).anchors(for: [.packed])
        let chain = try await path.chain(to: anchors, handling: [], at: TestManufacturer.moment)
        #expect(chain == path.encoded)
        let late = TestManufacturer.moment + .days(20 * 366)
        await #expect(throws: TrustRefusal.validity) { try await path.chain(to: anchors, handling: [], at: late) }
        leaf.serialNumber = [0xcf, 0x9b]
        await #expect(throws: TrustRefusal.encoding) {
            try await CertificatePath(encoded: [leaf.encoded]).chain(
                to: anchors, handling: [], at: TestManufacturer.moment)
        }
    }

    @Test("with the chain as its certificates came, and the anchor as it was given")
    func originals() async throws {
        var manufacturer = TestManufacturer()
        manufacturer.root.extensions = []
        manufacturer = manufacturer.sealed()
        let root = try #require(manufacturer.issued?.last)
        let attestation = try RegisteredCredential(
            verifying: manufacturer.packed(), against: SoftAuthenticator().expectations
        ).attestation
        let trusted = try await TrustedAttestation(
            verifying: attestation, against: TrustAnchors([root]), at: TestManufacturer.moment)
        #expect(trusted.chains == [manufacturer.chain + [root]])
    }

    @Test("by a root, an authority below it or the certificate itself, but by no other key of the same name")
    func anchors() async throws {
        let manufacturer = TestManufacturer().sealed()
        for anchor in try #require(manufacturer.issued) {
            #expect(try await trust(manufacturer, anchors: TrustAnchors([anchor])) == nil)
        }
        let impostor = TestManufacturer()
        for anchor in [impostor.signedRoot, impostor.signedAuthority, impostor.signedLeaf] {
            let refusal = try await trust(manufacturer, anchors: TrustAnchors([anchor.encoded]))
            #expect(Self.matches(refusal, "chain"))
        }
        #expect(try await trust(manufacturer, anchors: TrustAnchors()) == .noAnchor)
        var forTPMs = TrustAnchors()
        try forTPMs.add(manufacturer.signedRoot.encoded, for: [.tpm])
        #expect(try await trust(manufacturer, anchors: forTPMs) == .noAnchor)
        #expect(throws: CertificateRefusal.encoding) { try TrustAnchors([[0x30]]) }
        var expired = manufacturer
        expired.leaf.notAfter = "291231235959Z"
        expired = expired.sealed()
        let itself = try TrustAnchors([expired.chain[0]])
        #expect(try await trust(expired, anchors: itself) == .validity)
    }

    @Test("of a TPM, whose alternative name is critical")
    func tpm() async throws {
        let tpm = TestTPM()
        let attestation = try RegisteredCredential(
            verifying: tpm.register(), against: tpm.authenticator.expectations
        ).attestation
        let trusted = try await TrustedAttestation(
            verifying: attestation, against: tpm.manufacturer.anchors, at: TestManufacturer.moment)
        #expect(trusted.chains.map(\.count) == [3])
    }

    @Test("of Yubico's first keys, whose certificates say that bits of their signature are unused")
    func unusedBits() async throws {
        let rootKey = try _RSA.Signing.PrivateKey(keySize: .bits2048)
        let key = P256.Signing.PrivateKey()
        var root = TestManufacturer().root
        root.publicKey = Array(rootKey.publicKey.derRepresentation)
        root.rsaSigner = rootKey
        var lastByte: UInt8 = 0
        func trust(_ name: String, _ unusedBits: UInt8) async throws -> TrustRefusal? {
            var leaf = TestCertificate(publicKey: Array(key.publicKey.derRepresentation))
            leaf.subject = [(type: [0x55, 4, 3], value: name)]
            leaf.issuer = root.subject
            leaf.rsaSigner = rootKey
            leaf.unusedBits = unusedBits
            lastByte = leaf.encoded.last ?? 0  // RSA signs the same bytes in the same way
            do {
                let path = CertificatePath(encoded: [leaf.encoded])
                let anchors = try TrustAnchors([root.encoded]).anchors(for: [.fidoU2F])
                let chain = try await path.chain(to: anchors, handling: [], at: TestManufacturer.moment)
                // The certificate may also be its own anchor.
                let itself = try TrustAnchors([leaf.encoded]).anchors(for: [.fidoU2F])
                _ = try await path.chain(to: itself, handling: [], at: TestManufacturer.moment)
                return chain.count == 2 ? nil : .noAnchor
            } catch let refusal as TrustRefusal { return refusal }
        }
        #expect(try await trust("Yubico U2F EE Serial 776137165", 0) == nil)
        #expect(try await trust("Yubico U2F EE Serial 776137165", 7) == nil)
        #expect(try await trust("Yubico U2F EE Serial 1", 0) == nil)
        // Readers of DER take it where those bits happen to be zero.
        let refusal = try await trust("Yubico U2F EE Serial 1", 7)
        #expect(refusal == .encoding || refusal == nil && lastByte & 0x7f == 0)
    }

    @Test("never without a certificate")
    func none() async throws {
        let authenticator = SoftAuthenticator()
        let anchors = try TestManufacturer().anchors
        let statements: [(String, ([UInt8], [UInt8]) throws -> CBOR)] = [
            ("none", { _, _ in .map([:]) }),
            (
                "packed",
                {
                    .map([
                        .text("alg"): .integer(-7),
                        .text("sig"): .bytes(Array(try authenticator.key.signature(for: $0 + $1).derRepresentation)),
                    ])
                }
            ),
        ]
        for (format, statement) in statements {
            let response = try authenticator.register(format: format, statement: statement)
            let credential = try RegisteredCredential(verifying: response, against: authenticator.expectations)
            await #expect(throws: TrustRefusal.notCertified) {
                try await TrustedAttestation(
                    verifying: credential.attestation, against: anchors, at: TestManufacturer.moment)
            }
        }
    }

    @Test("in a time that does not grow with certificates that were made to fit each other in every order")
    func everyOrder() async throws {
        // One key and one name for all of them: every one could have issued every other.
        var manufacturer = TestManufacturer()
        let name = manufacturer.authority.subject
        manufacturer.more = (0..<6 as Range<UInt8>).map { number in
            var certificate = manufacturer.authority
            certificate.issuer = name
            certificate.signer = manufacturer.authorityKey
            certificate.extensions.append(([0x2a, 3, number], false, [5, 0]))
            return certificate.encoded
        }
        manufacturer.authority.issuer = name
        manufacturer.authority.signer = manufacturer.authorityKey
        #expect(try await trust(manufacturer) == .order)
    }

    @Test("at the moment at which its certificates are valid, which can be asked without a chain")
    func validity() throws {
        let manufacturer = TestManufacturer()
        let attestation = try RegisteredCredential(
            verifying: manufacturer.packed(), against: SoftAuthenticator().expectations
        ).attestation
        let first = try #require(Timestamp(iso8601: "2025-01-01T00:00:00Z"))
        let last = try #require(Timestamp(iso8601: "2045-01-01T00:00:00Z"))
        #expect(attestation.lastIssued == first)
        #expect(throws: Never.self) { try attestation.requireValidity(at: first) }
        #expect(throws: Never.self) { try attestation.requireValidity(at: last) }
        #expect(throws: TrustRefusal.validity) { try attestation.requireValidity(at: first - .seconds(1)) }
        #expect(throws: TrustRefusal.validity) { try attestation.requireValidity(at: last + .seconds(1)) }
    }
}
