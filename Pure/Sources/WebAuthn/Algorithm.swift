/// A signature algorithm that credentials and attestations may use, by its COSE number.
///
/// The elliptic-curve algorithms fix the curve, as WebAuthn has it: ES256 is P-256 and nothing else. Ed448 and
/// ML-DSA-44 are not supported. Source: IANA, "COSE Algorithms"; WebAuthn Level 3, section 5.8.5; RFC 9053, RFC 8230,
/// RFC 8812; FIPS 204 for ML-DSA.
public enum Algorithm: Int, Sendable, Hashable, CaseIterable {
    /// ECDSA on P-256 with SHA-256.
    case es256 = -7
    /// EdDSA on Ed25519.
    case edDSA = -8
    /// ECDSA on P-384 with SHA-384.
    case es384 = -35
    /// ECDSA on P-521 with SHA-512.
    case es512 = -36
    /// RSASSA-PSS with SHA-256.
    case ps256 = -37
    /// RSASSA-PSS with SHA-384.
    case ps384 = -38
    /// RSASSA-PSS with SHA-512.
    case ps512 = -39
    /// ML-DSA-65.
    case mlDSA65 = -49
    /// ML-DSA-87.
    case mlDSA87 = -50
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    case rs256 = -257
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    case rs384 = -258
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    case rs512 = -259
    /// RSASSA-PKCS1-v1_5 with SHA-1: for TPMs that know nothing else. Taken only where an expectation says so, and not
    /// one of `allCases`.
    case rs1 = -65_535

    /// The algorithms to offer: all but the one with SHA-1.
    public static let allCases: [Algorithm] = [
        .es256, .edDSA, .es384, .es512, .ps256, .ps384, .ps512, .mlDSA65, .mlDSA87, .rs256, .rs384, .rs512,
    ]
}
