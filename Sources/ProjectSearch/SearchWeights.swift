import Database
import PackagingFormats

/// What a project is ranked by, as it is stored and as it should be.
package struct SearchWeight: Sendable {
    package let project: Int64
    /// The number that its name is counted by; nil where it never was.
    package let countedAs: Int64?
    package let stored: SearchStanding
    /// As it is now; the downloads are still those that are stored.
    private let present: SearchStanding

    package func standing(knowing downloads: Int64) -> SearchStanding {
        var standing = present
        // The order of a list changes no sooner than somebody could see it.
        standing.downloads = abs(downloads - stored.downloads) > stored.downloads / 20 ? downloads : stored.downloads
        return standing
    }

    /// Whether a project is critical, in a query that names it.
    package static func isCritical(_ project: String) -> String {
        "EXISTS (SELECT 1 FROM critical_project k WHERE k.normalized = \(project).normalized AND k.lifted_at IS NULL)"
    }

    fileprivate init(row: Row) throws {
        project = try row.integer("project_id")
        countedAs = try row.optionalInteger("number")
        stored = SearchStanding(
            downloads: try row.integer("downloads"), updatedAt: try row.integer("updated_at"),
            isCritical: try row.bool("is_critical"), isDiscouraged: try row.bool("is_discouraged"))
        present = SearchStanding(
            downloads: stored.downloads, updatedAt: try row.integer("updated_now"),
            isCritical: try row.bool("critical_now"), isDiscouraged: stored.isDiscouraged)
    }
}

extension Connection {
    /// What the projects that can be found are ranked by: all of them, or the one with a name.
    package func searchWeights(of name: ProjectName?) throws -> [SearchWeight] {
        try rows(
            """
            SELECT e.project_id, e.downloads, e.updated_at, e.is_critical, e.is_discouraged, c.number,
                COALESCE(r.created_at, p.created_at) AS updated_now, \(SearchWeight.isCritical("e")) AS critical_now
            FROM search_entry e JOIN project p ON p.id = e.project_id LEFT JOIN release r ON r.id = p.latest_release_id
            LEFT JOIN counted_name c ON c.normalized = e.normalized
            WHERE e.is_listed = 1 AND \(name == nil ? "$1 IS NULL" : "e.normalized = $1")
            """,
            name?.normalized
        ).map(SearchWeight.init(row:))
    }
}
