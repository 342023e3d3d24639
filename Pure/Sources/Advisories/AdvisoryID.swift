import Bytes

/// What an advisory is called: `PYSEC-2021-1`, `GHSA-2jv5-9r88-3w3p`, `MAL-2025-17`; the index's own begin with `RIND-`.
///
/// The database's prefix and what it counts by. It stands in addresses, so that it is made of what needs no escaping.
public struct AdvisoryID: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let description: String

    /// What the index's own begin with.
    public static let ownPrefix = "RIND-"
    private static let maximumLength = 100

    /// Reads one; nil for what is not letters, digits, `.`, `_`, `:` and `-` with a letter or digit first, 1 to 100 of them.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard let first = bytes.first, first.isASCIIAlphanumeric, bytes.count <= Self.maximumLength,
            bytes.allSatisfy({ $0.isASCIIAlphanumeric || "._:-".utf8.contains($0) })
        else { return nil }
        description = text
    }

    /// Of what was put in quarantine by the change with this serial, in this year.
    init(own serial: Int64, year: Int) { description = "\(Self.ownPrefix)\(year)-\(serial)" }

    /// Whether it is one of the index's own.
    public var isOwn: Bool { description.hasPrefix(Self.ownPrefix) }

    /// The serial of the change that an advisory of the index itself is about; nil for others.
    public var ownSerial: Int64? {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard isOwn, parts.count == 3, let serial = Int64(parts[2]), String(serial) == parts[2] else { return nil }
        return serial
    }

    /// Where its document is on this index: `/osv/v1/vulns/PYSEC-2021-1`.
    public var path: String { "/osv/v1/vulns/\(description)" }

    /// Whether its database is that of malicious packages (OpenSSF).
    public var isMalicious: Bool { description.hasPrefix("MAL-") }

    /// In the order of bytes: all of a database one after another.
    public static func < (a: AdvisoryID, b: AdvisoryID) -> Bool {
        a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
    }
}
