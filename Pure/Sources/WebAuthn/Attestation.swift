/// What an authenticator says of its origin, and whether it is right in itself: the signature is the one that the
/// statement's key makes, over this ceremony. Whether that key is to be trusted is another question, which is not
/// answered here: that takes trust anchors, a moment and a policy.
///
/// The formats `none`, `packed` (self and basic) and `fido-u2f` are supported; every other one (`tpm`, `android-key`,
/// `android-safetynet`, `apple`, `compound`) is refused with `unsupportedFormat`.
/// Source: WebAuthn Level 3, sections 6.5 and 8.
public struct Attestation: Hashable, Sendable {
    /// The format of the statement.
    public let format: Format
    /// What the statement was signed with.
    public let kind: Kind

    /// The formats that are supported, by their registered identifiers.
    public enum Format: String, Hashable, Sendable, CaseIterable {
        /// Section 8.7.
        case none
        /// Section 8.2.
        case packed
        /// Section 8.6.
        case fidoU2F = "fido-u2f"
    }

    /// What vouches for the credential.
    public enum Kind: Hashable, Sendable {
        /// Nothing.
        case none
        /// The credential's own key: no more than a proof that it works.
        case itself
        /// A key that the manufacturer certified: the certificates in DER, that key's first, as they came. Only the
        /// first one has been looked at.
        case certified([[UInt8]])
    }

    /// Verifies a statement.
    init(verifying statement: AttestationStatement) throws(AttestationRefusal) {
        let known = Format.allCases.first { $0.rawValue.utf8.elementsEqual(statement.format.utf8) }
        guard let format = known else { throw .unsupportedFormat(String(statement.format.prefix(32))) }
        self.format = format
        guard let members = statement.members.map else { throw .syntax }
        kind =
            switch format {
            case .none: try statement.verifyNone(members)
            case .packed: try statement.verifyPacked(members)
            case .fidoU2F: try statement.verifyU2F(members)
            }
    }
}

/// Why an attestation statement is not taken.
public enum AttestationRefusal: Error, Hashable, Sendable {
    /// The statement's format is none of `Attestation.Format`. At most 32 characters of it are attached.
    case unsupportedFormat(String)
    /// A member is missing, of another type, or not one of the format.
    case syntax
    /// The statement's algorithm, by its COSE number, is none of `Algorithm`.
    case unsupportedAlgorithm(Int)
    /// A self attestation names another algorithm than the credential's.
    case algorithm
    /// A U2F statement with more or fewer certificates than one.
    case certificateCount
    /// The attestation certificate is not taken.
    case certificate(CertificateRefusal)
    /// A U2F statement's certificate or credential has a key that is not on P-256.
    case notP256
    /// The signature is not the attestation key's.
    case signature
}

/// A statement with all that it speaks about.
struct AttestationStatement {
    let format: String
    let members: CBOR
    let authenticatorData: [UInt8]
    let relyingPartyIDHash: [UInt8]
    let credential: AttestedCredential
    var clientDataHash: [UInt8]

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
        let message = authenticatorData + clientDataHash
        guard let chain = members[.text("x5c")] else {
            guard members.count == 2 else { throw .syntax }
            guard algorithm == credential.publicKey.algorithm else { throw .algorithm }
            guard credential.publicKey.verifies(signature, of: message) else { throw .signature }
            return .itself
        }
        guard members.count == 3 else { throw .syntax }
        let certificates = try Self.certificates(chain)
        let key: KeyMaterial
        do {
            let certificate = try AttestationCertificate(parsing: certificates[0])
            try certificate.requirePackedProfile(aaguid: credential.aaguid)
            key = try certificate.key()
        } catch { throw .certificate(error) }
        guard key.verifies(signature, of: message, with: algorithm) else { throw .signature }
        return .certified(certificates)
    }

    /// Section 8.6: one certificate on P-256, and the signature that the U2F raw message format describes.
    func verifyU2F(_ members: [CBOR: CBOR]) throws(AttestationRefusal) -> Attestation.Kind {
        guard members.count == 2, let signature = members[.text("sig")]?.bytes, let chain = members[.text("x5c")] else {
            throw .syntax
        }
        let certificates = try Self.certificates(chain)
        guard certificates.count == 1 else { throw .certificateCount }
        guard let point = credential.publicKey.uncompressedP256 else { throw .notP256 }
        let key: KeyMaterial
        do { key = try AttestationCertificate(parsing: certificates[0]).key() } catch { throw .certificate(error) }
        guard case .p256 = key else { throw .notP256 }
        let message = [0x00] + relyingPartyIDHash + clientDataHash + credential.id + point
        guard key.verifies(signature, of: message, with: .es256) else { throw .signature }
        return .certified(certificates)
    }

    /// One certificate or more, each a byte string.
    private static func certificates(_ chain: CBOR) throws(AttestationRefusal) -> [[UInt8]] {
        guard let items = chain.array, !items.isEmpty else { throw .syntax }
        var certificates: [[UInt8]] = []
        for item in items {
            guard let bytes = item.bytes else { throw .syntax }
            certificates.append(bytes)
        }
        return certificates
    }
}
