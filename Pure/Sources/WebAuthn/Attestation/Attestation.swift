/// What an authenticator says of its origin, and whether it is right in itself: the signature is the one that the
/// statement's key makes, over this ceremony. Whether that key is to be trusted is another question: `AttestationTrust`
/// answers it, from trust anchors and a moment.
///
/// All formats of WebAuthn Level 3 are supported but the deprecated `android-safetynet`, whose service is shut down.
/// Source: WebAuthn Level 3, sections 6.5 and 8.
public struct Attestation: Hashable, Sendable {
    /// The format of the statement.
    public let format: Format
    /// What the statement was signed with.
    public let kind: Kind

    /// Most certificates of one statement. Real chains have up to five.
    static let maximumCertificates = 8
    /// Most statements of a compound one.
    static let maximumParts = 8

    /// The formats that are supported, by their registered identifiers.
    public enum Format: String, Hashable, Sendable, CaseIterable, Codable {
        /// Section 8.7.
        case none
        /// Section 8.2.
        case packed
        /// Section 8.3.
        case tpm
        /// Section 8.4.
        case androidKey = "android-key"
        /// Section 8.6.
        case fidoU2F = "fido-u2f"
        /// Section 8.8.
        case apple
        /// Section 8.9.
        case compound
    }

    /// What vouches for the credential.
    public enum Kind: Hashable, Sendable {
        /// Nothing.
        case none
        /// The credential's own key: no more than a proof that it works.
        case itself
        /// A key that the manufacturer certified: the certificates in DER, that key's first, as they came. The first
        /// one follows the rules of its format; who issued it has not been looked at.
        case certified([[UInt8]])
        /// Several statements, of which none is compound itself.
        case several([Attestation])
    }

    /// Whether certificates vouch for the credential and none of them for its model: U2F's statement does not sign the
    /// authenticator data, and what stands beside it in a compound one without a certificate vouches for nothing.
    var leavesModelOpen: Bool {
        let certified = certifiedStatements
        return !certified.isEmpty && certified.allSatisfy { $0.format == .fidoU2F }
    }

    /// Whether a format's identifier is one of `Format`.
    static func isKnown(_ format: String) -> Bool { known(format) != nil }

    private static func known(_ format: String) -> Format? {
        Format.allCases.first { $0.rawValue.utf8.elementsEqual(format.utf8) }
    }

    /// Verifies a statement.
    init(verifying statement: AttestationStatement) throws(AttestationRefusal) {
        guard let format = Self.known(statement.format) else {
            throw .unsupportedFormat(String(statement.format.prefix(32)))
        }
        self.format = format
        if format == .compound {
            guard let parts = statement.members.array else { throw .syntax }
            kind = try statement.verifyCompound(parts)
            return
        }
        guard let members = statement.members.map else { throw .syntax }
        kind =
            switch format {
            case .none: try statement.verifyNone(members)
            case .packed: try statement.verifyPacked(members)
            case .tpm: try statement.verifyTPM(members)
            case .androidKey: try statement.verifyAndroidKey(members)
            case .fidoU2F: try statement.verifyU2F(members)
            case .apple: try statement.verifyApple(members)
            case .compound: throw .syntax
            }
    }
}

/// Why an attestation statement is not taken.
public enum AttestationRefusal: Error, Hashable, Sendable {
    /// The statement's format is not one of `Attestation.Format`. At most 32 characters of it are attached.
    case unsupportedFormat(String)
    /// A member is missing, of another type, or not one of the format.
    case syntax
    /// The statement's algorithm, by its COSE number, is not one of `Algorithm`.
    case unsupportedAlgorithm(Int)
    /// The statement names another algorithm than the credential's, whose key it is signed with.
    case algorithm
    /// SHA-1 where it is not taken.
    case sha1
    /// More certificates than the format allows, or none.
    case certificateCount
    /// A certificate is not taken.
    case certificate(CertificateRefusal)
    /// A U2F statement's certificate or credential has a key that is not on P-256.
    case notP256
    /// A structure of a TPM cannot be read, or is not of the kind that certifies a key.
    case tpm(TPMStructureRefusal)
    /// The key that is certified is not the credential's.
    case otherKey
    /// What was certified is not this ceremony: a challenge, a nonce or extra data differ.
    case challenge
    /// Android's key store says that the key was imported, is open to all applications, or is for more than signing.
    case keyUse
    /// The signature is not the attestation key's.
    case signature
}

/// A statement with all that it speaks about.
struct AttestationStatement {
    var format: String
    var members: CBOR
    let authenticatorData: [UInt8]
    let relyingPartyIDHash: [UInt8]
    let credential: AttestedCredential
    var clientDataHash: [UInt8]
    let sha1: Expectations.SHA1

    /// What every format but U2F's signs.
    var message: [UInt8] { authenticatorData + clientDataHash }

    /// Section 8.7: an empty map.
    func verifyNone(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard members.isEmpty else { throw .syntax }
        return .none
    }

    /// Section 8.2: `alg`, `sig` and, where it is not the credential's own key, `x5c`.
    func verifyPacked(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard let number = members[.text("alg")]?.integer, let signature = members[.text("sig")]?.bytes else {
            throw .syntax
        }
        guard let algorithm = Algorithm(rawValue: number) else { throw .unsupportedAlgorithm(number) }
        guard algorithm != .rs1 || sha1 == .everywhere else { throw .sha1 }
        let message = message
        guard let chain = members[.text("x5c")] else {
            guard members.count == 2 else { throw .syntax }
            guard algorithm == credential.publicKey.algorithm else { throw .algorithm }
            guard credential.publicKey.verifies(signature, of: message) else { throw .signature }
            return .itself
        }
        guard members.count == 3 else { throw .syntax }
        let certificates = try CertificateList(chain)
        let key: KeyMaterial
        do {
            try certificates.first.requirePackedProfile(aaguid: credential.aaguid)
            key = try certificates.first.key()
        } catch { throw .certificate(error) }
        guard key.verifies(signature, of: message, with: algorithm) else { throw .signature }
        return .certified(certificates.encoded)
    }

    /// Section 8.6: one certificate on P-256, and the signature that the U2F raw message format describes.
    func verifyU2F(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard members.count == 2, let signature = members[.text("sig")]?.bytes, let chain = members[.text("x5c")] else {
            throw .syntax
        }
        let certificates = try CertificateList(chain)
        guard certificates.issuers.isEmpty else { throw .certificateCount }
        guard let point = credential.publicKey.uncompressedP256 else { throw .notP256 }
        let key: KeyMaterial
        do { key = try certificates.first.key() } catch { throw .certificate(error) }
        guard case .p256 = key else { throw .notP256 }
        let message = [0x00] + relyingPartyIDHash + clientDataHash + credential.id + point
        guard key.verifies(signature, of: message, with: .es256) else { throw .signature }
        return .certified(certificates.encoded)
    }
}

/// The certificates of a statement: one or more, each a byte string that is a certificate and nothing else.
struct CertificateList {
    let encoded: [[UInt8]]
    let first: AttestationCertificate
    let issuers: [AttestationCertificate]

    init(_ chain: CBOR) throws(AttestationRefusal) {
        guard let items = chain.array else { throw .syntax }
        guard (1...Attestation.maximumCertificates).contains(items.count) else { throw .certificateCount }
        var encoded: [[UInt8]] = []
        for item in items {
            guard let bytes = item.bytes else { throw .syntax }
            encoded.append(bytes)
        }
        var parsed: [AttestationCertificate] = []
        do throws(CertificateRefusal) {
            for bytes in encoded { parsed.append(try AttestationCertificate(parsing: bytes)) }
        } catch { throw .certificate(error) }
        self.encoded = encoded
        first = parsed[0]
        issuers = Array(parsed.dropFirst())
    }
}
