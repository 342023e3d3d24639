import Database
import PackagingFormats
import Primitives
import Projects

// Searching, by SQLite's full-text index. An engine that has another writes its own pair of these functions.

extension Transaction {
    /// Lets a project be found no more.
    func forgetWords(of project: Project) throws {
        try execute("DELETE FROM project_search WHERE rowid = $1", project.id.number)
    }

    /// Makes a project findable by what its latest release says.
    func index(_ project: Project, _ metadata: ReleaseMetadata) throws {
        try forgetWords(of: project)
        try execute(
            "INSERT INTO project_search (rowid, name, summary, keywords, description) VALUES ($1, $2, $3, $4, $5)",
            project.id.number, project.name.normalized, Self.wordsOnce(metadata.summary),
            Self.wordsOnce(metadata.keywords), Self.wordsOnce(metadata.description))
    }

    /// The words at the beginning of a text, each of them once.
    ///
    /// Ranking looks at every occurrence of every word that is searched for, so a text that repeats one letter would
    /// make searches for it expensive; and how often a text praises itself says little.
    private static func wordsOnce(_ text: String?) -> String {
        let beginning = String((text ?? "").unicodeScalars.prefix(20_000))
        var seen: Set<String> = []
        return SearchBounds.words(of: beginning.lowercased()).filter { seen.insert(withoutAccents($0)).inserted }
            .joined(separator: " ")
    }

    /// A word without what the index takes off letters, too, so that accents do not make many words of one.
    private static func withoutAccents(_ word: Substring) -> String {
        var bare = String.UnicodeScalarView()
        bare.append(contentsOf: word.unicodeScalars.lazy.filter { !(0x300...0x36F).contains($0.value) })
        return String(bare)
    }
}

/// What one search may cost. Both are there for words that nearly every project has, which tell nobody anything.
private enum SearchBounds {
    /// The shortest word, in bytes of UTF-8, that also finds longer ones. A letter or two begin half of all words.
    /// Scripts in which a word is that short take more bytes for a letter.
    static let prefixBytes = 3
    /// How many projects with the words are ranked and counted. Names that begin with the query come in addition.
    static let candidates = 5_000
    /// How many words of a query are looked at.
    static let wordsOfQuery = 16

    /// What counts as a word, of what is searched as of what is searched for.
    static func words(of text: String) -> [Substring] { text.split { !$0.isLetter && !$0.isNumber } }

    /// Whether a word also finds longer ones.
    static func isBeginning(_ word: Substring) -> Bool { word.utf8.count >= prefixBytes }

    /// The words that say something that the others do not: none twice, and no beginning of another.
    static func telling(_ words: some Collection<Substring>) -> [Substring] {
        let different = Set(words)
        return different.sorted().filter { word in
            !isBeginning(word) || !different.contains { $0 != word && $0.hasPrefix(word) }
        }
    }
}

extension Connection {
    /// The projects that have every word of a query, as a whole or, where it has more than two letters, as a beginning;
    /// and those whose names begin with the query. The best come first.
    ///
    /// A project whose name is the query comes first, then names that begin with it, the
    /// shortest first; a word in a name weighs more than
    /// one in the summary, that more than one in the keywords, and the description weighs least. A query without a word
    /// finds everything. Where more projects are found than anybody looks through, some of them are left out, and the
    /// total with them.
    func search(_ query: SearchQuery) throws -> SearchResults {
        let words = SearchBounds.words(of: query.text.lowercased()).prefix(SearchBounds.wordsOfQuery)
        guard !words.isEmpty else { return try allProjects(query) }
        // Words are letters and digits only, so nothing in them means anything to the index's query language.
        let match = SearchBounds.telling(words)
            .map { SearchBounds.isBeginning($0) ? "\"\($0)\"*" : "\"\($0)\"" }.joined(separator: " ")
        let name = words.joined(separator: "-")
        // The tilde comes after everything that a normalized name is made of.
        let found = """
            WITH matching AS (
                SELECT rowid AS id, bm25(project_search, 10.0, 3.0, 2.0, 0.5) AS rank
                FROM project_search WHERE project_search MATCH $1 LIMIT $2
            ), named AS (
                SELECT id FROM project p
                WHERE normalized >= $3 AND normalized < $3 || '~' AND \(FileState.listedProject("p"))
                ORDER BY normalized LIMIT $2
            ), found AS (
                SELECT m.id, m.rank FROM matching m JOIN project p ON p.id = m.id
                WHERE \(FileState.listedProject("p"))
                UNION ALL
                SELECT id, 0 FROM named WHERE id NOT IN (SELECT id FROM matching)
            )
            """
        let total = try row("\(found) SELECT COUNT(*) AS n FROM found", match, SearchBounds.candidates, name)
        let results = try rows(
            """
            \(found)
            SELECT p.name, r.version, r.summary, COALESCE(r.created_at, p.created_at) AS created_at
            FROM found f JOIN project p ON p.id = f.id LEFT JOIN release r ON r.id = p.latest_release_id
            ORDER BY p.normalized <> $3, p.normalized NOT LIKE $3 || '%',
                CASE WHEN p.normalized LIKE $3 || '%' THEN LENGTH(p.normalized) ELSE 0 END, f.rank, p.normalized
            LIMIT $4 OFFSET $5
            """,
            match, SearchBounds.candidates, name, query.pageSize, (max(1, query.page) - 1) * query.pageSize)
        return SearchResults(
            results: try results.map(ReleaseSummary.init(row:)), total: Int(try total?.integer("n") ?? 0))
    }

    /// Every project, by name: what there is to find before a word is typed.
    private func allProjects(_ query: SearchQuery) throws -> SearchResults {
        let total = try row("SELECT COUNT(*) AS n FROM project p WHERE \(FileState.listedProject("p"))")?.integer("n")
        let results = try rows(
            """
            SELECT p.name, r.version, r.summary, COALESCE(r.created_at, p.created_at) AS created_at
            FROM project p LEFT JOIN release r ON r.id = p.latest_release_id
            WHERE \(FileState.listedProject("p")) ORDER BY p.normalized LIMIT $1 OFFSET $2
            """,
            query.pageSize, (max(1, query.page) - 1) * query.pageSize)
        return SearchResults(results: try results.map(ReleaseSummary.init(row:)), total: Int(total ?? 0))
    }
}
