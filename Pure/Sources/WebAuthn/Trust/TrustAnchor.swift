import SwiftASN1
import X509

/// A certificate that is trusted as it stands.
struct TrustAnchor: Sendable {
    /// In DER, as it came.
    let encoded: [UInt8]
    /// What it issues certificates as; nil where it does not, and vouches for itself alone.
    let issuer: Certificate?

    private let mended: [UInt8]

    /// Throws `encoding` where it is no certificate.
    init(_ encoded: [UInt8]) throws(CertificateRefusal) {
        self.encoded = encoded
        mended = Certificate.mended(encoded)
        let certificate = try? Certificate(reading: encoded)
        let facts: AttestationCertificate
        do { facts = try AttestationCertificate(parsing: encoded) } catch {
            guard certificate != nil else { throw error }
            issuer = certificate
            return
        }
        if let certificate, certificate.saysWhetherItIssues || !facts.isSelfIssued {
            issuer = certificate
        } else {
            issuer = facts.isSelfIssued && facts.mayIssue ? facts.nameAndKey : nil
        }
    }

    /// Whether `certificate`, in DER, is this one.
    func isCertificate(_ certificate: [UInt8]) -> Bool { mended == Certificate.mended(certificate) }
}

extension Certificate {
    /// Whether a policy that demands basic constraints of every issuer judges it as RFC 5280 has it: it has them, and
    /// they say yes, or it is of version 1, which has none.
    fileprivate var saysWhetherItIssues: Bool {
        guard version != .v1 else { return true }
        if case .isCertificateAuthority = try? extensions.basicConstraints { return true }
        return false
    }
}

extension AttestationCertificate {
    /// Whether the use of its key, where it is limited, takes in signing certificates.
    fileprivate var mayIssue: Bool {
        guard let usage = extensions[[0x55, 0x1d, 0x0f]] else { return true }
        guard let bits = try? DERValue.parse(usage.value).primitive(.bitString), bits.count > 1 else { return false }
        return bits[1] & 0x04 != 0
    }

    /// All that a path takes from its anchor, for readers and policies that ask for a certificate: the name, the key
    /// and the validity, as a certificate of version 1 with a signature that nobody looks at.
    ///
    /// Half a dozen manufacturers have roots without basic constraints, or with such that deny that they are roots;
    /// others have a negative serial number, or a signature with SHA-1, and swift-certificates does not read them. None
    /// of that concerns an anchor. Source: RFC 5280, sections 6.1.1 (d) and 6.1.4.
    fileprivate var nameAndKey: Certificate? {
        let algorithm: ASN1ObjectIdentifier = [1, 2, 840, 10045, 4, 3, 2]  // ecdsa-with-SHA256
        var serializer = DER.Serializer()
        do {
            try serializer.appendConstructedNode(identifier: .sequence) { certificate in
                try certificate.appendConstructedNode(identifier: .sequence) { fields in
                    try fields.serialize(1)
                    try fields.appendConstructedNode(identifier: .sequence) { try $0.serialize(algorithm) }
                    for field in encodedFields { fields.serializeRawBytes(field) }
                }
                try certificate.appendConstructedNode(identifier: .sequence) { try $0.serialize(algorithm) }
                // ECDSA's two numbers, both 1.
                try certificate.serialize(ASN1BitString(bytes: [0x30, 6, 2, 1, 1, 2, 1, 1]))
            }
            return try Certificate(derEncoded: serializer.serializedBytes)
        } catch { return nil }
    }
}
