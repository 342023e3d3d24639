import Bytes

/// What an entry of an index's log says: what was done, to which project, and when.
///
/// It is JSON in its canonical form (RFC 8785); further members, of a newer version, are passed over.
public struct LogStatement: Sendable, Hashable {
    /// What was done: `file.upload`.
    public let act: String
    /// When, in UTC: `2026-11-30T09:00:00.000000Z`.
    public let at: String
    /// The normalized name of the project; nil where it is not about one.
    public let project: String?
    /// The journal's serial.
    public let serial: Int64
    /// What else is said, by name.
    public let details: [String: String]

    /// Reads an entry; nil for anything else.
    public init?(_ entry: [UInt8]) {
        guard let members = (try? JSON(parsing: entry))?.object, let act = members["act"]?.string,
            let at = members["at"]?.string, let serial = members["serial"]?.string.flatMap({ Int64($0) }),
            let details = members["details"]?.object
        else { return nil }
        self.act = act
        self.at = at
        self.serial = serial
        project = members["project"]?.string
        self.details = details.compactMapValues(\.string)
    }

    /// The file that was published; nil where it is about something else.
    public var published: PublishedFile? {
        guard act == "file.upload", let project, let version = details["version"], let filename = details["filename"],
            let sha256 = details["sha256"]
        else { return nil }
        return PublishedFile(project: project, version: version, filename: filename, sha256: sha256)
    }
}

/// A file that was published, as the log says it.
public struct PublishedFile: Sendable, Hashable {
    /// The normalized name of the project.
    public let project: String
    public let version: String
    public let filename: String
    /// In lower-case hexadecimal.
    public let sha256: String

    public init(project: String, version: String, filename: String, sha256: String) {
        self.project = project
        self.version = version
        self.filename = filename
        self.sha256 = sha256
    }
}
