import Database
import Model
import PackagingFormats

// Searching, by SQLite's full-text index. An engine that has another writes its own pair of these functions.

extension Transaction {
    /// Makes a project findable by what its latest release says.
    func index(_ project: Project, _ metadata: ReleaseMetadata) throws {
        try execute("DELETE FROM project_search WHERE rowid = $1", project.id.number)
        try execute(
            "INSERT INTO project_search (rowid, name, summary, keywords, description) VALUES ($1, $2, $3, $4, $5)",
            project.id.number, project.name.normalized, metadata.summary ?? "", metadata.keywords ?? "",
            String((metadata.description ?? "").prefix(20_000)))
    }
}

extension Connection {
    /// The projects that have every word of a query, as a whole or as a beginning, the best first.
    ///
    /// A project whose name is the query comes first, then names that begin with it, the
    /// shortest first; a word in a name weighs more than
    /// one in the summary, that more than one in the keywords, and the description weighs least. A query without a word
    /// finds everything.
    func search(_ query: SearchQuery) throws -> SearchResults {
        let words = query.text.lowercased().split { !$0.isLetter && !$0.isNumber }.prefix(16)
        guard !words.isEmpty else { return try allProjects(query) }
        // Words are letters and digits only, so nothing in them means anything to the index's query language.
        let match = words.map { "\"\($0)\"*" }.joined(separator: " ")
        let name = words.joined(separator: "-")
        let total = try row("SELECT COUNT(*) AS n FROM project_search WHERE project_search MATCH $1", match)
        let results = try rows(
            """
            SELECT p.name, r.version, r.summary, COALESCE(r.created_at, p.created_at) AS created_at
            FROM project_search s
            JOIN project p ON p.id = s.rowid LEFT JOIN release r ON r.id = p.latest_release_id
            WHERE project_search MATCH $1
            ORDER BY p.normalized <> $2, p.normalized NOT LIKE $3,
                CASE WHEN p.normalized LIKE $3 THEN LENGTH(p.normalized) ELSE 0 END,
                bm25(project_search, 10.0, 3.0, 2.0, 0.5), p.normalized
            LIMIT $4 OFFSET $5
            """,
            match, name, name + "%", query.pageSize, (max(1, query.page) - 1) * query.pageSize)
        return SearchResults(
            results: try results.map(ReleaseSummary.init(row:)), total: Int(try total?.integer("n") ?? 0))
    }

    /// Every project, by name: what there is to find before a word is typed.
    private func allProjects(_ query: SearchQuery) throws -> SearchResults {
        let total = try row("SELECT COUNT(*) AS n FROM project")?.integer("n")
        let results = try rows(
            """
            SELECT p.name, r.version, r.summary, COALESCE(r.created_at, p.created_at) AS created_at
            FROM project p LEFT JOIN release r ON r.id = p.latest_release_id
            ORDER BY p.normalized LIMIT $1 OFFSET $2
            """,
            query.pageSize, (max(1, query.page) - 1) * query.pageSize)
        return SearchResults(results: try results.map(ReleaseSummary.init(row:)), total: Int(total ?? 0))
    }
}
