import Bytes
import UTC

/// What the FIDO Alliance says of all models of authenticators: a signed file, published about once a month.
///
/// It is handed in as a file: nothing is fetched. Entries are plain values, to be kept by the caller in a form of their
/// own; look them up by `aaguid`, and for U2F keys, which have none, by `keyIdentifiers`. Source: FIDO Metadata Service
/// 3.1, sections 3.1 and 3.2.
public struct MetadataBlob: Sendable {
    /// The file's number. Each has a greater one than those before it.
    public let number: Int
    /// The day by which there is a newer one.
    public let nextUpdate: Day
    /// The models that can make WebAuthn credentials.
    public let entries: [MetadataEntry]

    /// The name in the certificate of who signs the production file.
    public static let signer = "mds.fidoalliance.org"

    /// Verifies a file: it was signed by `signer`, whose certificates chain to one of `roots` at `moment`; its number
    /// is greater than `last`, that of the file that was taken before; and there is no newer one yet, unless
    /// `allowingOutdated`.
    ///
    /// The root alone does not do for the published file: GlobalSign's, under which it is signed, has issued
    /// certificates to half the web. A root that signs metadata and nothing else needs no `signer`: nil takes anybody
    /// whom it certified.
    public init(
        verifying file: [UInt8], against roots: TrustAnchors, signer: String? = MetadataBlob.signer, after last: Int?,
        at moment: Timestamp, allowingOutdated: Bool = false
    ) async throws(MetadataRefusal) {
        let token = try CertifiedSignature(parsing: file)
        try await token.verify(signer: signer, against: roots, at: moment)
        try self.init(payload: token.payload)
        if let last, number <= last { throw .notNewer(number) }
        guard allowingOutdated || !isOutdated(at: moment) else { throw .outdated(nextUpdate) }
    }

    /// Reads what was signed.
    init(payload: [UInt8]) throws(MetadataRefusal) {
        guard let members = try? JSON(parsing: payload).object, let number = members["no"]?.integer, number >= 0,
            let nextUpdate = members["nextUpdate"]?.string.flatMap(Day.init(iso8601:)),
            let items = members["entries"]?.array
        else { throw .syntax }
        self.number = number
        self.nextUpdate = nextUpdate
        var entries: [MetadataEntry] = []
        for item in items {
            guard let entry = item.object else { throw .syntax }
            // UAF's models have neither of the two.
            guard entry["aaguid"] != nil || entry["attestationCertificateKeyIdentifiers"] != nil else { continue }
            entries.append(try MetadataEntry(entry))
        }
        self.entries = entries
    }

    /// Whether a newer file has been due since before the day of `moment`.
    public func isOutdated(at moment: Timestamp) -> Bool { moment.day > nextUpdate }
}

/// Why a metadata file is not taken.
public enum MetadataRefusal: Error, Hashable, Sendable {
    /// More than 128 MiB.
    case tooLong
    /// It is no signed token with certificates, or what was signed is not what the specification says.
    case syntax
    /// The signer's certificate is not taken.
    case certificate(CertificateRefusal)
    /// The certificate is somebody else's.
    case signer
    /// The certificates do not chain to a root.
    case trust(TrustRefusal)
    /// The signature is not the signer's.
    case signature
    /// It has the number of the file that was taken last, or of one before it: this one.
    case notNewer(Int)
    /// A newer file has been due since this day.
    case outdated(Day)
}
