import SwiftASN1
import X509

/// Certificates that are trusted to vouch for authenticators: roots, intermediates, or attestation certificates
/// themselves.
///
/// They come from the FIDO Metadata Service (`MetadataBlob`), from a manufacturer, or from an operator who made the
/// keys.
public struct TrustAnchors: Sendable {
    private var anchors: [(anchor: TrustAnchor, formats: Set<Attestation.Format>)] = []

    /// No anchors: nothing is trusted.
    public init() {}

    /// Anchors for statements of any format.
    ///
    /// Throws the refusal of the first certificate that cannot be read.
    public init(_ certificates: [[UInt8]]) throws(CertificateRefusal) {
        for certificate in certificates { try add(certificate) }
    }

    /// Adds a certificate in DER, for statements of `formats`. Those for compound statements serve the statements
    /// within them too.
    ///
    /// Throws the refusal where it cannot be read.
    public mutating func add(
        _ certificate: [UInt8], for formats: [Attestation.Format] = Attestation.Format.allCases
    ) throws(CertificateRefusal) {
        anchors.append((try TrustAnchor(certificate), Set(formats)))
    }

    /// True where no statement can chain to an anchor.
    public var isEmpty: Bool { anchors.isEmpty }

    /// Those for any of `formats`.
    func anchors(for formats: Set<Attestation.Format>) -> [TrustAnchor] {
        anchors.filter { !$0.formats.isDisjoint(with: formats) }.map(\.anchor)
    }
}

extension Certificate {
    init(reading encoded: [UInt8]) throws(CertificateRefusal) {
        do { self = try Certificate(derEncoded: Self.mended(encoded)) } catch { throw .encoding }
    }

    /// A few batches of Yubico's first keys have certificates whose signature says that some of its last bits are
    /// unused, which no reader of DER takes. The signature does not cover that byte.
    ///
    /// Source: Yubico, java-webauthn-server, `CertificateParser`; Google, u2f-ref-code.
    static func mended(_ encoded: [UInt8]) -> [UInt8] {
        let position = encoded.count - 257  // before the 256 bytes of an RSA signature
        guard position > 0, (1...7).contains(encoded[position]),
            let certificate = try? AttestationCertificate(parsing: encoded),
            let name = certificate.subject.first(where: { $0.type == [0x55, 0x04, 0x03] })?.value,
            mendable.contains(String(decoding: name, as: UTF8.self))
        else { return encoded }
        var mended = encoded
        mended[position] = 0
        return mended
    }

    private static let mendable: Set<String> = [
        "Yubico U2F EE Serial 776137165", "Yubico U2F EE Serial 1086591525", "Yubico U2F EE Serial 1973679733",
        "Yubico U2F EE Serial 13503277888", "Yubico U2F EE Serial 13831167861", "Yubico U2F EE Serial 14803321578",
    ]
}
