import Database
import Search

// What is written so that a project is found. Full text is where engines differ: this is SQLite's FTS5; an engine that
// has another writes its own of these functions, and of those that ask.

/// What is known of a project beside what its release says.
package struct SearchStanding: Sendable, Hashable {
    package var downloads: Int64
    /// When the release that is shown first was made, in microseconds since 1970.
    package var updatedAt: Int64
    package var isCritical: Bool
    /// Whether nobody should begin to use it.
    package var isDiscouraged: Bool

    package init(downloads: Int64, updatedAt: Int64, isCritical: Bool, isDiscouraged: Bool) {
        self.downloads = downloads
        self.updatedAt = updatedAt
        self.isCritical = isCritical
        self.isDiscouraged = isDiscouraged
    }
}

/// Where a project has its row of words: those of the greatest band first, for the engine finds rows in the order of
/// their numbers, and what is looked for most is then found without looking at the rest.
enum SearchPlace {
    /// The bits of a row's number that are the project's.
    static let projects: Int64 = 1 << 40 - 1

    static func row(of project: Int64, band: Int) -> Int64 {
        Int64(Popularity.mostBands - band) << 40 | project & projects
    }
}

extension Transaction {
    /// Lets a project be found by an entry.
    package func putSearchEntry(_ entry: SearchEntry, of project: Int64, _ standing: SearchStanding) throws {
        let before = try takeSearchWords(of: project)
        let band = Popularity.band(of: standing.downloads, before: before ?? 0)
        try execute(
            "INSERT INTO project_search (rowid, words) VALUES ($1, $2)", SearchPlace.row(of: project, band: band),
            entry.allWords)
        try execute(
            """
            INSERT INTO search_entry
                (project_id, normalized, words, facets, band, downloads, updated_at, is_critical, is_discouraged,
                 is_listed, changed)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10)
            ON CONFLICT (project_id) DO UPDATE SET
                normalized = excluded.normalized, words = excluded.words, facets = excluded.facets,
                band = excluded.band, downloads = excluded.downloads, updated_at = excluded.updated_at,
                is_critical = excluded.is_critical, is_discouraged = excluded.is_discouraged, is_listed = 1,
                changed = excluded.changed
            """,
            project, entry.name, entry.rankedText, entry.facets, band, standing.downloads, standing.updatedAt,
            standing.isCritical, standing.isDiscouraged, try nextSearchChange())
    }

    /// Lets a project be found no more. Its row stays, so that what is in memory hears of it.
    package func removeSearchEntry(of project: Int64) throws {
        guard try takeSearchWords(of: project) != nil else { return }
        try execute(
            "UPDATE search_entry SET is_listed = 0, words = '', facets = '', changed = $1 WHERE project_id = $2",
            try nextSearchChange(), project)
    }

    /// Notes what became of a project without a change of it.
    package func weighSearchEntry(of project: Int64, _ standing: SearchStanding) throws {
        let found = try row(
            "SELECT band FROM search_entry WHERE project_id = $1 AND is_listed = 1", project)
        guard let before = try found?.integer("band") else { return }
        let band = Popularity.band(of: standing.downloads, before: Int(before))
        if band != before {
            try execute(
                "UPDATE project_search SET rowid = $1 WHERE rowid = $2", SearchPlace.row(of: project, band: band),
                SearchPlace.row(of: project, band: Int(before)))
        }
        try execute(
            """
            UPDATE search_entry SET band = $1, downloads = $2, updated_at = $3, is_critical = $4, changed = $5
            WHERE project_id = $6
            """,
            band, standing.downloads, standing.updatedAt, standing.isCritical, try nextSearchChange(), project)
    }

    /// Takes a project's words out of the index. Returns the band that it had; nil where it could not be found.
    private func takeSearchWords(of project: Int64) throws -> Int? {
        let entry = try row("SELECT band FROM search_entry WHERE project_id = $1 AND is_listed = 1", project)
        guard let band = try entry?.integer("band") else { return nil }
        try execute("DELETE FROM project_search WHERE rowid = $1", SearchPlace.row(of: project, band: Int(band)))
        return Int(band)
    }

    /// The number of a change, greater than all before: writers come one after the other.
    private func nextSearchChange() throws -> Int64 {
        try row("SELECT COALESCE(MAX(changed), 0) + 1 AS n FROM search_entry")?.integer("n") ?? 1
    }
}
