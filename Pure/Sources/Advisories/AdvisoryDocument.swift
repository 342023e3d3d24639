import Bytes
import PackagingFormats
import UTC

/// An advisory, and the document that says it: what is imported is given out as it came, with all that we do not read.
public struct AdvisoryDocument: Sendable, Hashable {
    public let advisory: Advisory
    /// JSON in UTF-8.
    public let bytes: [UInt8]

    /// How large a document may be, in bytes: the largest of PyPI's are a tenth of it.
    public static let maximumBytes = 4 << 20

    /// Reads a document.
    ///
    /// Strictly what the specification says of the members that we read; others may say anything. Packages of other
    /// ecosystems are passed over, and so are ranges of commits.
    ///
    /// - Throws: `UnreadableAdvisory`; then nothing of it is known.
    public init(parsing bytes: [UInt8]) throws(UnreadableAdvisory) {
        advisory = try AdvisoryReader.read(bytes)
        self.bytes = bytes
    }

    /// Writes an advisory as a document.
    public init(_ advisory: Advisory) {
        self.advisory = advisory
        bytes = Array(advisory.json.utf8)
    }

    /// Known to be of this advisory: what was read before and stored.
    init(advisory: Advisory, bytes: [UInt8]) {
        self.advisory = advisory
        self.bytes = bytes
    }
}

/// Why a document is not taken.
public enum UnreadableAdvisory: Error, Hashable, Sendable, CustomStringConvertible {
    /// It is larger than `AdvisoryDocument.maximumBytes`.
    case tooLarge
    case json(MalformedJSON)
    /// It has no such member, or one of another kind, or one that says what it cannot.
    case member(String, problem: String)
    /// Its version of the format is not 1.
    case schema(String)
    /// It is about no Python package: not wrong, and nothing for this index.
    case noPythonPackage
    /// It has an identifier that only this index gives.
    case ownIdentifier(String)

    /// Whether nothing is wrong with it, so that it is passed over and not complained of.
    public var isHarmless: Bool { self == .noPythonPackage }

    public var description: String {
        switch self {
        case .tooLarge: "it has more than \(AdvisoryDocument.maximumBytes >> 20) MiB"
        case .json(let problem): "it is not JSON that can be read in one way only (\(problem))"
        case .member(let name, let problem): "'\(name)' \(problem)"
        case .schema(let version): "its format is version '\(version.prefix(20))', and only 1 is known"
        case .noPythonPackage: "it is about no Python package"
        case .ownIdentifier(let id):
            "'\(id)' begins with \(AdvisoryID.ownPrefix), which is kept for what this index has in quarantine"
        }
    }
}

private enum AdvisoryReader {
    static func read(_ bytes: [UInt8]) throws(UnreadableAdvisory) -> Advisory {
        guard bytes.count <= AdvisoryDocument.maximumBytes else { throw .tooLarge }
        let json: JSON
        do { json = try JSON(parsing: bytes, takesLongTexts: true) } catch { throw .json(error) }
        guard let members = json.object else { throw .member("id", problem: "is missing: it is not an object") }
        if let schema = try text("schema_version", of: members), !schema.hasPrefix("1.") { throw .schema(schema) }
        guard let idText = try text("id", of: members) else { throw .member("id", problem: "is missing") }
        guard let id = AdvisoryID(idText) else {
            throw .member("id", problem: "is no identifier: '\(idText.prefix(80))'")
        }
        guard let modified = try moment("modified", of: members) else {
            throw .member("modified", problem: "is missing")
        }
        let affected = try packages(members)
        guard !affected.isEmpty else { throw .noPythonPackage }
        return Advisory(
            id: id, aliases: try texts("aliases", of: members), summary: try text("summary", of: members),
            details: try text("details", of: members), modified: modified,
            published: try moment("published", of: members), withdrawn: try moment("withdrawn", of: members),
            severities: try severities(members),
            databaseSeverity: members["database_specific"]?.object?["severity"]?.string, affected: affected,
            references: try references(members))
    }

    // MARK: Members

    private static func text(_ name: String, of members: [String: JSON]) throws(UnreadableAdvisory) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .object, .array, .number, .boolean: throw .member(name, problem: "is no text")
        }
    }

    private static func list(_ name: String, of members: [String: JSON]) throws(UnreadableAdvisory) -> [JSON] {
        switch members[name] {
        case nil, .null: return []
        case .array(let items): return items
        case .object, .string, .number, .boolean: throw .member(name, problem: "is no list")
        }
    }

    private static func texts(_ name: String, of members: [String: JSON]) throws(UnreadableAdvisory) -> [String] {
        var texts: [String] = []
        for item in try list(name, of: members) {
            guard let text = item.string else { throw .member(name, problem: "has an item that is no text") }
            texts.append(text)
        }
        return texts
    }

    private static func objects(
        _ name: String, of members: [String: JSON]
    ) throws(UnreadableAdvisory) -> [[String: JSON]] {
        var objects: [[String: JSON]] = []
        for item in try list(name, of: members) {
            guard let object = item.object else { throw .member(name, problem: "has an item that is no object") }
            objects.append(object)
        }
        return objects
    }

    /// RFC 3339 in UTC, whose fraction may have more digits than we keep.
    private static func moment(
        _ name: String, of members: [String: JSON]
    ) throws(UnreadableAdvisory) -> Timestamp? {
        guard let text = try text(name, of: members) else { return nil }
        let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        var kept = text
        if parts.count == 2, parts[1].last == "Z", parts[1].utf8.dropLast().allSatisfy(\.isASCIIDigit) {
            kept = "\(parts[0]).\(parts[1].dropLast().prefix(6))Z"
        }
        guard let moment = Timestamp(iso8601: kept) else {
            throw .member(name, problem: "is no moment in UTC, such as 2026-01-31T12:00:00Z: '\(text.prefix(40))'")
        }
        return moment
    }

    private static func severities(
        _ members: [String: JSON]
    ) throws(UnreadableAdvisory) -> [Advisory.Severity] {
        var severities: [Advisory.Severity] = []
        for item in try objects("severity", of: members) {
            guard let type = try text("type", of: item), let score = try text("score", of: item) else {
                throw .member("severity", problem: "has an item without 'type' or 'score'")
            }
            severities.append(.init(type: type, score: score))
        }
        return severities
    }

    private static func references(
        _ members: [String: JSON]
    ) throws(UnreadableAdvisory) -> [Advisory.Reference] {
        var references: [Advisory.Reference] = []
        for item in try objects("references", of: members) {
            guard let type = try text("type", of: item), let url = try text("url", of: item) else {
                throw .member("references", problem: "has an item without 'type' or 'url'")
            }
            references.append(.init(type: type, url: url))
        }
        return references
    }

    // MARK: What it is about

    private static func packages(
        _ members: [String: JSON]
    ) throws(UnreadableAdvisory) -> [AffectedPackage] {
        var packages: [AffectedPackage] = []
        for item in try objects("affected", of: members) {
            // Of a range of commits there is no package.
            guard let package = item["package"]?.object else {
                guard item["package"] == nil else { throw .member("affected.package", problem: "is no object") }
                continue
            }
            guard let ecosystem = try text("ecosystem", of: package) else {
                throw .member("affected.package.ecosystem", problem: "is missing")
            }
            guard ecosystem == pythonEcosystem else { continue }
            guard let name = try text("name", of: package) else {
                throw .member("affected.package.name", problem: "is missing")
            }
            guard let project = try? ProjectName(parsing: name) else {
                throw .member("affected.package.name", problem: "is no name of a project: '\(name.prefix(80))'")
            }
            var ranges: [[AffectedPackage.Event]] = []
            for range in try objects("ranges", of: item) {
                guard let type = try text("type", of: range) else {
                    throw .member("affected.ranges.type", problem: "is missing")
                }
                // Versions of Python packages have one order, whatever the range calls it.
                guard type == "ECOSYSTEM" || type == "SEMVER" else { continue }
                ranges.append(try events(range))
            }
            packages.append(
                AffectedPackage(project: project, ranges: ranges, versions: try texts("versions", of: item)))
        }
        return packages
    }

    private static func events(
        _ range: [String: JSON]
    ) throws(UnreadableAdvisory) -> [AffectedPackage.Event] {
        var events: [AffectedPackage.Event] = []
        for item in try objects("events", of: range) {
            guard item.count == 1, let (name, value) = item.first, let text = value.string else {
                throw .member("affected.ranges.events", problem: "has an item that is not one event")
            }
            // No limit is what nothing says.
            if name == "limit", text == "*" { continue }
            if name == "introduced", text == "0" {
                events.append(.fromTheFirst)
                continue
            }
            guard let version = try? Version(parsing: text) else {
                throw .member("affected.ranges.events", problem: "has no version of PEP 440: '\(text.prefix(80))'")
            }
            switch name {
            case "introduced": events.append(.introduced(version))
            case "fixed": events.append(.fixed(version))
            case "last_affected": events.append(.lastAffected(version))
            case "limit": events.append(.limit(version))
            default:
                throw .member("affected.ranges.events", problem: "has an event that is not known: '\(name.prefix(40))'")
            }
        }
        return events
    }
}

/// What the format calls the world of Python packages.
public let pythonEcosystem = "PyPI"
