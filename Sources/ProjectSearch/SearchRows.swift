import Database
import PackagingFormats
import Projects
import Search
import UTC

extension Connection {
    /// The first projects that the engine finds of those that something is true of, the most downloaded first; without a
    /// limit, all of them. It goes through a million of them in a tenth of a second, where nothing else of them is looked
    /// at.
    func numbers(
        matching match: SearchMatch, limit: Int?, where isWanted: (Int64) -> Bool
    ) throws -> [Int64] {
        var found: [Int64] = []
        try forEachNumber(
            "SELECT rowid & \(SearchPlace.projects) FROM project_search WHERE project_search MATCH $1", match.text
        ) { project in
            if isWanted(project) { found.append(project) }
            return limit.map { found.count < $0 } ?? true
        }
        return found
    }

    /// Some projects as pages show them, by their numbers.
    func foundProjects(_ numbers: [Int64]) throws -> [Int64: FoundProject] {
        let found = try inParts(numbers) { places, part in
            try rows("\(FoundProject.query) WHERE e.is_listed = 1 AND e.project_id IN (\(places))", arguments: part)
                .map { (try $0.integer("project_id"), try FoundProject(row: $0)) }
        }
        return Dictionary(found) { first, _ in first }
    }

    /// How many numbers one query asks for: always as many, so that it is prepared once.
    private static let atOnce = 25

    private func inParts<Found>(
        _ numbers: [Int64], _ ask: (_ places: String, _ part: [any Bindable]) throws -> [Found]
    ) throws -> [Found] {
        let places = (1...Self.atOnce).map { "$\($0)" }.joined(separator: ", ")
        var found: [Found] = []
        var rest = numbers[...]
        while let first = rest.first {
            let part = rest.prefix(Self.atOnce)
            rest = rest.dropFirst(part.count)
            found += try ask(places, Array(part) + Array(repeating: first, count: Self.atOnce - part.count))
        }
        return found
    }
}

extension FoundProject {
    fileprivate static let query = """
        SELECT e.project_id, p.name, p.status, r.version, r.summary, e.downloads, e.is_critical,
            COALESCE(r.created_at, p.created_at) AS created_at
        FROM search_entry e JOIN project p ON p.id = e.project_id LEFT JOIN release r ON r.id = p.latest_release_id
        """

    fileprivate init(row: Row) throws {
        let status = try row.text("status")
        guard let known = ProjectStatus(rawValue: status) else { throw UnexpectedStatus(status: status) }
        self.init(
            ReleaseSummary(
                project: try ProjectName(parsing: row.text("name")),
                version: try row.optionalText("version").map { try Version(parsing: $0) },
                summary: try row.optionalText("summary"),
                createdAt: Timestamp(microseconds: try row.integer("created_at"))),
            status: known, isCritical: try row.bool("is_critical"), downloads: try row.integer("downloads"))
    }
}

/// The database has a status that this version does not know.
struct UnexpectedStatus: Error {
    let status: String
}
