import Bytes
import FoundationEssentials
import UTC

/// What is known of one model of authenticators.
///
/// Its coded form is small: names and keys as texts, certificates in base64.
/// Source: FIDO Metadata Service 3.1, section 3.1.1; FIDO Metadata Statements 3.1.
public struct MetadataEntry: Hashable, Sendable, Codable {
    /// The model's number; nil for U2F keys.
    public let aaguid: AAGUID?
    /// SHA-1 of the keys of its attestation certificates, or of those that issued them: how a U2F key is recognized.
    public let keyIdentifiers: [[UInt8]]
    /// The model's name, in English.
    public let name: String
    /// The certificates in DER that its attestation certificates chain to, or that they are.
    public let anchors: [[UInt8]]
    /// What happened to it, in the order of the file.
    public let reports: [MetadataReport]

    init(_ members: [String: JSON]) throws(MetadataRefusal) {
        if let value = members["aaguid"] {
            guard let aaguid = value.string.flatMap({ AAGUID($0) }) else { throw .syntax }
            self.aaguid = aaguid
        } else {
            aaguid = nil
        }
        var keyIdentifiers: [[UInt8]] = []
        for value in members["attestationCertificateKeyIdentifiers"]?.array ?? [] {
            guard let bytes = value.string.flatMap({ [UInt8](hexadecimal: $0) }), !bytes.isEmpty else { throw .syntax }
            keyIdentifiers.append(bytes)
        }
        self.keyIdentifiers = keyIdentifiers
        let statement = members["metadataStatement"]?.object ?? [:]
        name = statement["description"]?.string ?? ""
        var anchors: [[UInt8]] = []
        for value in statement["attestationRootCertificates"]?.array ?? [] {
            guard let bytes = value.string.flatMap({ certificate(base64: $0) }) else { throw .syntax }
            anchors.append(bytes)
        }
        self.anchors = anchors
        var reports: [MetadataReport] = []
        for value in members["statusReports"]?.array ?? [] { reports.append(try MetadataReport(value)) }
        self.reports = reports
    }

    /// Verifies that `attestation` is of this model and that the model is to be trusted: its certificates chain to one
    /// of `anchors` at `moment`, and no report says that the model, or a certificate of the chain, is broken.
    public func trust(
        _ attestation: Attestation, at moment: Timestamp
    ) async throws(TrustRefusal) -> TrustedAttestation {
        if let report = reports.first(where: { $0.isBreach && $0.certificate == nil }) { throw .revoked(report.status) }
        var trusted = TrustAnchors()
        for anchor in anchors { try? trusted.add(anchor) }  // counted by `unreadableAnchors`, and vouches for nothing
        let result = try await TrustedAttestation(verifying: attestation, against: trusted, at: moment)
        for report in reports where report.isBreach {
            guard let certificate = report.certificate else { continue }
            if result.chains.contains(where: { $0.contains(certificate) }) { throw .revoked(report.status) }
        }
        return result
    }

    /// How many of `anchors` are no certificates that can be read: they vouch for nothing.
    public var unreadableAnchors: Int { anchors.count { (try? TrustAnchors([$0])) == nil } }

    /// The status for which nothing of this model is to be taken any more; nil where there is none.
    public var breach: String? { reports.first { $0.isBreach && $0.certificate == nil }?.status }

    /// The certificates, in DER, of which a report says that they must vouch for nothing any more.
    public var revokedCertificates: [[UInt8]] { reports.filter(\.isBreach).compactMap(\.certificate) }

    enum CodingKeys: String, CodingKey {
        case aaguid, keyIdentifiers, name, anchors, reports
    }

    /// Reads the coded form.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        aaguid = try container.decodeIfPresent(AAGUID.self, forKey: .aaguid)
        keyIdentifiers = try container.decode([Data].self, forKey: .keyIdentifiers).map(Array.init)
        name = try container.decode(String.self, forKey: .name)
        anchors = try container.decode([Data].self, forKey: .anchors).map(Array.init)
        reports = try container.decode([MetadataReport].self, forKey: .reports)
    }

    /// Writes the coded form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(aaguid, forKey: .aaguid)
        try container.encode(keyIdentifiers.map { Data($0) }, forKey: .keyIdentifiers)
        try container.encode(name, forKey: .name)
        try container.encode(anchors.map { Data($0) }, forKey: .anchors)
        try container.encode(reports, forKey: .reports)
    }
}

/// One report on a model's standing.
///
/// Source: FIDO Metadata Service 3.1, sections 3.1.3 and 3.1.4.
public struct MetadataReport: Hashable, Sendable, Codable {
    /// The status, as the specification calls it: `FIDO_CERTIFIED_L1`, `REVOKED`.
    public let status: String
    public let effectiveDate: String?
    /// Where a report is about one certificate, this one, in DER.
    public let certificate: [UInt8]?

    init(_ value: JSON) throws(MetadataRefusal) {
        guard let members = value.object, let status = members["status"]?.string else { throw .syntax }
        self.status = status
        effectiveDate = members["effectiveDate"]?.string
        if let value = members["certificate"] {
            guard let bytes = value.string.flatMap({ WebAuthn.certificate(base64: $0) }) else { throw .syntax }
            certificate = bytes
        } else {
            certificate = nil
        }
    }

    /// Whether the report says that keys are in the wrong hands or can be used by them.
    ///
    /// An update that repairs it does not undo that: the keys that were sold before are still around.
    public var isBreach: Bool { Self.breaches.contains(status) }

    private static let breaches: Set<String> = [
        "REVOKED", "USER_VERIFICATION_BYPASS", "ATTESTATION_KEY_COMPROMISE", "USER_KEY_REMOTE_COMPROMISE",
        "USER_KEY_PHYSICAL_COMPROMISE",
    ]
}

/// Certificates are in base64, some of them in lines.
private func certificate(base64 text: String) -> [UInt8]? {
    let digits = text.utf8.filter { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    return Base64.standard.bytes(digits, padding: .required).flatMap { $0.isEmpty ? nil : $0 }
}
