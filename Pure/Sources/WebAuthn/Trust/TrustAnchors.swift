import SwiftASN1
import X509

/// Certificates that are trusted to vouch for authenticators: roots, intermediates, or attestation certificates
/// themselves.
///
/// They come from the FIDO Metadata Service (`MetadataBlob`), from a manufacturer, or from an operator who made the
/// keys.
public struct TrustAnchors: Sendable {
    private var byFormat: [Attestation.Format: [Certificate]] = [:]

    /// No anchors: nothing is trusted.
    public init() {}

    /// Anchors for statements of any format.
    ///
    /// Throws the refusal of the first certificate that cannot be read.
    public init(_ certificates: [[UInt8]]) throws(CertificateRefusal) {
        for certificate in certificates { try add(certificate) }
    }

    /// Adds a certificate in DER, for statements of `formats`.
    ///
    /// Throws `encoding` where it cannot be read.
    public mutating func add(
        _ certificate: [UInt8], for formats: [Attestation.Format] = Attestation.Format.allCases
    ) throws(CertificateRefusal) {
        let anchor = try Certificate(reading: certificate)
        for format in formats { byFormat[format, default: []].append(anchor) }
    }

    /// True where no statement can chain to an anchor.
    public var isEmpty: Bool { byFormat.isEmpty }

    func certificates(for format: Attestation.Format) -> [Certificate] { byFormat[format] ?? [] }
}

extension Certificate {
    init(reading encoded: [UInt8]) throws(CertificateRefusal) {
        do { self = try Certificate(derEncoded: encoded) } catch { throw .encoding }
    }
}
