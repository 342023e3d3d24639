import PackagingFormats
public import UTC

/// What is known to be bad about versions of projects, as far as it is about Python packages.
///
/// Source: the Open Source Vulnerability format, versions 1.6 and 1.7 (ossf.github.io/osv-schema).
public struct Advisory: Sendable, Hashable {
    /// How grave it is, in the words of its own kind: a CVSS vector, for example.
    public struct Severity: Sendable, Hashable {
        /// `CVSS_V3`
        public let type: String
        /// `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`
        public let score: String

        public init(type: String, score: String) {
            self.type = type
            self.score = score
        }
    }

    /// Where more is said.
    public struct Reference: Sendable, Hashable {
        /// `ADVISORY`, `FIX`, `WEB`, …
        public let type: String
        public let url: String

        public init(type: String, url: String) {
            self.type = type
            self.url = url
        }
    }

    public let id: AdvisoryID
    /// What other databases call the same.
    public let aliases: [String]
    /// One line.
    public let summary: String?
    /// In Markdown.
    public let details: String?
    /// When it was last changed.
    public let modified: Timestamp
    public let published: Timestamp?
    /// Since when it does not hold any more; nil while it does.
    public let withdrawn: Timestamp?
    public let severities: [Severity]
    /// What its database says of it in a word, where it says so: `MODERATE`.
    public let databaseSeverity: String?
    /// The Python packages that it is about, each by the ranges and versions that one entry has.
    public let affected: [AffectedPackage]
    public let references: [Reference]

    public init(
        id: AdvisoryID, aliases: [String] = [], summary: String?, details: String?, modified: Timestamp,
        published: Timestamp? = nil, withdrawn: Timestamp? = nil, severities: [Severity] = [],
        databaseSeverity: String? = nil, affected: [AffectedPackage], references: [Reference] = []
    ) {
        self.id = id
        self.aliases = aliases
        self.summary = summary
        self.details = details
        self.modified = modified
        self.published = published
        self.withdrawn = withdrawn
        self.severities = severities
        self.databaseSeverity = databaseSeverity
        self.affected = affected
        self.references = references
    }

    /// Which versions it is about, and nothing that people read: what is kept in memory.
    public var withoutWords: Advisory {
        Advisory(
            id: id, aliases: aliases, summary: nil, details: nil, modified: modified, published: published,
            withdrawn: withdrawn, affected: affected)
    }

    /// Whether it says that somebody meant harm, and not that somebody made a mistake.
    public var isMalicious: Bool { id.isMalicious || aliases.contains { $0.hasPrefix("MAL-") } }

    /// The normalized names of the projects that it is about, each once.
    public var projects: Set<String> { Set(affected.map(\.project.normalized)) }

    /// Whether it holds, and is about a version of a project.
    ///
    /// - Parameter version: as somebody wrote it; what is no version by PEP 440 is looked for among the versions that are
    ///   listed, letter by letter.
    public func holds(for project: ProjectName, _ version: String) -> Bool {
        withdrawn == nil && isAbout(project, version)
    }

    /// Whether it is about a version of a project, withdrawn or not.
    public func isAbout(_ project: ProjectName, _ version: String) -> Bool {
        let asked = try? Version(parsing: version)
        return affected.contains { $0.project.normalized == project.normalized && $0.includes(version, asked) }
    }

    /// The versions of a project in which it is mended, lowest first.
    public func fixes(of project: ProjectName) -> [Version] {
        var seen: Set<String> = []
        return affected.filter { $0.project.normalized == project.normalized }.flatMap(\.fixes)
            .filter { seen.insert($0.canonical).inserted }.sorted()
    }

    /// How grave it is: the gravest of what its CVSS vectors say; without one, what its database says.
    public var level: SeverityLevel? {
        let scores = severities.filter { $0.type == "CVSS_V3" }.compactMap { CVSS3(parsing: $0.score)?.baseScore }
        if let score = scores.max() { return SeverityLevel(score: score) }
        return databaseSeverity.flatMap(SeverityLevel.init(word:))
    }
}
