import Accounts
import Database
import Downloads
import Foundation
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Search
import Stores
import Support
import Testing
import UTC
import VectorSupport

@testable import Database

@Suite("A search") struct SearchStoreTests {
    let index: TestIndex
    var projects: any ProjectStore { index.stores.projects }

    init() async throws { index = try await TestIndex() }

    private func upload(
        _ project: String, summary: String? = nil, at moment: Timestamp? = nil,
        _ say: (inout ReleaseMetadata) -> Void = { _ in }
    ) async throws {
        var metadata = ReleaseMetadata()
        metadata.summary = summary
        say(&metadata)
        let candidate = UploadCandidate(
            project: try ProjectName(parsing: project), version: try Version(parsing: "1"),
            filename: try DistributionFilename(lenient: "\(project.replacing("-", with: "_"))-1-py3-none-any.whl"),
            packageType: .wheel, pythonTag: "py3", size: 10,
            digests: Digests(sha256: "sha256 of \(project)", blake2b256: "bb", md5: "cc"), metadataSHA256: nil,
            metadata: metadata)
        _ = try await projects.upload(
            candidate, by: .operatorAtMachine, at: moment ?? index.now, limits: UploadLimits())
    }

    /// As many downloads of projects as they are given, by the sums of a window.
    private func download(_ counts: [(name: String, count: Int64)]) async throws {
        let day = index.now.day - 1
        _ = try await index.stores.downloads.apply(
            DownloadSegment(
                kind: .history, digest: Array("\(counts.count)".utf8), fileDigest: [1], fileSize: 1, firstLine: [1],
                size: 1, path: "history", lastDay: day, summary: LogSummary(), badLines: []),
            NamedCounts(
                names: counts.map(\.name), numbers: counts.map { _ in nil },
                days: [
                    DayCounts(
                        kind: .downloads, day: day,
                        counts: counts.enumerated().map {
                            (number: NameNumber(clamping: $0.offset), count: UInt64($0.element.count))
                        })
                ]), at: index.now)
        _ = try await index.stores.downloads.keepSums(over: day - 30...day)
        try await projects.weighProjects()
    }

    private func found(
        _ text: String, _ filters: SearchFilters = SearchFilters(), _ order: SearchOrder = .relevance
    ) async throws -> [String] {
        try await projects.search(SearchQuery(text: text, filters: filters, order: order)).results
            .map(\.summary.project.normalized)
    }

    private func meant(_ text: String) async throws -> [String] {
        try await projects.search(SearchQuery(text: text)).suggestions.map(\.summary.project.normalized)
    }

    // MARK: What is found

    @Test("finds names first, then what projects say")
    func names() async throws {
        try await upload("requests-mock", summary: "mock for requests")
        try await upload("requests", summary: "HTTP for humans")
        try await upload("flask", summary: "takes requests")
        #expect(try await found("requests") == ["requests", "requests-mock", "flask"])
        let begun = try await found("Requ")
        #expect(Set(begun.prefix(2)) == ["requests", "requests-mock"] && begun.dropFirst(2) == ["flask"])
        #expect(try await found("human http") == ["requests"])
        #expect(try await found("nothing-like-it") == [])
        #expect(try await found("") == ["flask", "requests", "requests-mock"])
        let page = try await projects.search(SearchQuery(text: "requests", page: 2, pageSize: 2))
        #expect(page.total == 3 && page.results.map(\.summary.project.normalized) == ["flask"])
    }

    @Test("finds what is used much before what is not, and words of descriptions last")
    func order() async throws {
        try await upload("pydantic", summary: "Data validation") { $0.description = "Validates what comes by HTTP." }
        try await upload("http-helper", summary: "HTTP helper") { $0.keywords = "http, help" }
        try await upload("requests", summary: "Python HTTP for Humans.")
        #expect(try await found("http") == ["http-helper", "requests", "pydantic"])
        try await download([("pydantic", 500_000_000), ("http-helper", 10), ("requests", 1_000_000_000)])
        #expect(try await found("http") == ["requests", "http-helper", "pydantic"])
        #expect(try await found("http", SearchFilters(), .downloads) == ["requests", "pydantic", "http-helper"])
        // What is brought up to date with a change keeps what it had.
        try await upload("http-helper-2", summary: "HTTP helper")
        #expect(try await found("http").first == "requests")
    }

    @Test("finds a letter or two only where these are a word, or begin a name")
    func shortWords() async throws {
        try await upload("requests", summary: "HTTP for humans")
        try await upload("rich", summary: "an R to be found, and a restful sleep")
        try await upload("flask", summary: "replies to requests")
        try await upload("re2", summary: "日本語")
        #expect(try await found("re") == ["re2", "requests"])
        #expect(try await found("r") == ["rich", "re2", "requests"])
        #expect(try await found("res") == ["rich"])
        #expect(try await found("日") == ["re2"])
        #expect(try await found("本語") == ["re2"])
    }

    @Test("finds words of every script, in what is said in short and in descriptions", arguments: ["", "hidden "])
    func scripts(before: String) async throws {
        // Marks that stand beside their letter, a script that is younger than the engine, letters with two marks.
        let texts = ["हिन्दी में", "𞤀𞤣𞤤𞤢𞤥", "Tiếng Việt", "ὁδός", "ⓐⓑⓒ", "한국어", "Köln"]
        for (number, text) in texts.enumerated() {
            try await upload("p\(number)", summary: before.isEmpty ? text : nil) { $0.description = before + text }
        }
        for (number, text) in texts.enumerated() {
            #expect(try await found(before + text) == ["p\(number)"], "\(text)")
            #expect(try await found(text.uppercased(), SearchFilters(), .name) == ["p\(number)"], "\(text)")
        }
        #expect(try await found("tieng viet") == ["p2"])
    }

    @Test("costs once what is said again and again")
    func repeatedWords() async throws {
        try await upload("requests", summary: "An HTTP client, an HTTP/2 client: a Client!")
        let kept = try await index.database.read { connection in
            try connection.row("SELECT words FROM search_entry WHERE normalized = 'requests'")?.text("words")
        }
        #expect(kept == "requests\n\nan http client 2 a\n")
        #expect(try await found("http http HTTP htt") == ["requests"])
        #expect(try await found(String(repeating: "a ", count: 100)) == ["requests"])
    }

    @Test("finds some of the words where nothing has all of them, and nothing where they are nowhere")
    func someWords() async throws {
        try await upload("requests", summary: "HTTP client")
        try await upload("flask", summary: "web framework")
        #expect(try await Set(found("http framework")) == ["flask", "requests"])
        #expect(try await found("quantum teleportation").isEmpty)
    }

    @Test("looks at the most used where a word is everywhere, and the one that is meant is among them")
    func commonWord() async throws {
        try await upload("common", summary: "the last of all")
        try await addCommon()
        try await upload("commonplace")
        let results = try await projects.search(SearchQuery(text: "common"))
        #expect(results.results.first?.summary.project.normalized == "common")
        #expect(results.results.count == 20 && results.isCutShort)
        #expect((500...502).contains(results.total))
        #expect(results.results.dropFirst().allSatisfy { $0.downloads == 1 << 19 })
    }

    /// Six thousand and one projects that say the same, with one to half a million downloads.
    private func addCommon(facets: String = "") async throws {
        try await index.database.write { transaction in
            try transaction.executeScript(
                """
                WITH RECURSIVE number (n) AS (SELECT 10000 UNION ALL SELECT n + 1 FROM number WHERE n < 16000)
                INSERT INTO project (id, name, normalized, ultranormalized, created_at, status, serial, size)
                SELECT n, 'p' || n, 'p' || n, 'p' || n, 0, 'active', 0, 0 FROM number;
                INSERT INTO search_entry (project_id, normalized, words, facets, band, downloads, updated_at, is_critical,
                    is_discouraged, is_listed, changed)
                SELECT id, name, name || char(10) || char(10) || 'a common word' || char(10), '\(facets)', id % 20,
                    1 << (id % 20), 0, 0, 0, 1, 100 FROM project WHERE id >= 10000;
                INSERT INTO project_search (rowid, words)
                SELECT (63 - id % 20) << 40 | id, name || ' a common word' FROM project WHERE id >= 10000;
                """)
        }
    }

    // MARK: Filters and orders

    @Test("orders all that it finds, and not only what is used most", arguments: ["common word", ""])
    func orderOfAll(text: String) async throws {
        let filters = SearchFilters(license: "MIT")
        try await addCommon(facets: SearchFacets.words(asked: filters).joined(separator: " "))
        // Nobody has it yet; it was released last, and is the first by its name.
        try await upload("aardvark", summary: "a common word", at: index.now) { $0.licenseExpression = "MIT" }
        func page(_ number: Int, _ order: SearchOrder) async throws -> SearchResults {
            try await projects.search(SearchQuery(text: text, filters: filters, order: order, page: number))
        }
        for order in [SearchOrder.updated, .name] {
            let results = try await page(1, order)
            #expect(results.results.first?.summary.project.normalized == "aardvark", "\(order)")
            #expect(results.results.dropFirst().first?.summary.project.normalized == "p10000", "\(order)")
            #expect(results.total == 6_002 && !results.isCutShort)
        }
        let (first, last) = (try await page(1, .downloads), try await page(301, .downloads))
        #expect(first.results.allSatisfy { $0.downloads == 1 << 19 } && first.results.count == 20)
        #expect(last.results.map(\.summary.project.normalized) == ["p16000", "aardvark"])
        #expect(try await page(302, .downloads).results.isEmpty)
        // What changes is heard of, by a release and by downloads.
        try await upload("zebra", summary: "a common word", at: index.now + .seconds(1)) {
            $0.licenseExpression = "MIT"
        }
        #expect(try await page(1, .updated).results.first?.summary.project.normalized == "zebra")
        try await download([("zebra", 3), ("aardvark", 2)])
        #expect(
            try await page(1, .downloads).results.prefix(2).map(\.summary.project.normalized) == ["zebra", "aardvark"])
    }

    @Test("puts what has all words first, in every order, and not all behind it that has one of them")
    func allWordsFirst() async throws {
        try await addCommon()
        // Used by nobody, and the last by its name.
        try await upload("zebra", summary: "a common kerberos")
        for order in SearchOrder.allCases {
            let results = try await projects.search(SearchQuery(text: "common kerberos", order: order))
            #expect(results.results.first?.summary.project.normalized == "zebra", "\(order)")
            #expect((200...201).contains(results.total), "\(order)")
        }
    }

    @Test("lets through what filters ask for, with words and without")
    func filters() async throws {
        try await upload("old-http", summary: "http") {
            $0.requiresPython = "<3.12"
            $0.license = "MIT License"
            $0.classifiers = ["Topic :: Internet :: WWW/HTTP"]
        }
        try await upload("new-http", summary: "http") {
            $0.requiresPython = ">=3.13.2"
            $0.licenseExpression = "Apache-2.0 OR BSD-3-Clause"
            $0.classifiers = ["Topic :: Internet", "License :: OSI Approved :: MIT License"]
        }
        try await upload("any-http", summary: "http")
        func passing(_ filters: SearchFilters) async throws -> Set<String> {
            let (with, without) = (try await found("http", filters), try await found("", filters))
            #expect(Set(with) == Set(without))
            return Set(with)
        }
        #expect(try await passing(SearchFilters(python: PythonSeries("3.11"))) == ["old-http", "any-http"])
        #expect(try await passing(SearchFilters(python: PythonSeries("3.12"))) == ["any-http"])
        #expect(try await passing(SearchFilters(python: PythonSeries("3.13"))) == ["new-http", "any-http"])
        #expect(try await passing(SearchFilters(license: "MIT")) == ["old-http"])
        #expect(try await passing(SearchFilters(license: "bsd-3-clause")) == ["new-http"])
        #expect(try await passing(SearchFilters(classifier: "Topic :: Internet")) == ["old-http", "new-http"])
        #expect(try await passing(SearchFilters(classifier: "Topic :: Internet :: WWW/HTTP")) == ["old-http"])
        #expect(try await passing(SearchFilters(classifier: "topic : internet")) == [])
        #expect(try await passing(SearchFilters(isCritical: true)) == [])
        // A name that is typed is no way past them.
        #expect(try await found("old-http", SearchFilters(license: "ISC")) == [])

        let name = try ProjectName(parsing: "old-http")
        try await index.stores.critical.designate(name, by: .operatorAtMachine, at: index.now)
        #expect(try await passing(SearchFilters(isCritical: true)) == ["old-http"])
        #expect(try await projects.search(SearchQuery(text: "old-http")).results.first?.isCritical == true)
        #expect(try await passing(SearchFilters(license: "MIT", isCritical: true)) == ["old-http"])
        try await index.stores.critical.lift(name, reason: "a test", by: .operatorAtMachine, at: index.now)
        #expect(try await passing(SearchFilters(isCritical: true)) == [])
    }

    @Test("shows what it finds in the order that is asked for")
    func orders() async throws {
        for (number, name) in ["beta", "alpha", "gamma"].enumerated() {
            try await upload(name, summary: "letter", at: index.now + .seconds(Int64(number)))
        }
        try await download([("alpha", 5), ("beta", 900), ("gamma", 70_000)])
        for text in ["", "letter"] {
            #expect(try await found(text, SearchFilters(), .name) == ["alpha", "beta", "gamma"])
            #expect(try await found(text, SearchFilters(), .updated) == ["gamma", "alpha", "beta"])
            #expect(try await found(text, SearchFilters(), .downloads) == ["gamma", "beta", "alpha"])
        }
    }

    // MARK: What is meant

    @Test("says what was meant where a name is typed wrong, or as nobody writes it")
    func suggestions() async throws {
        for name in ["requests", "scikit-learn", "pyyaml", "flask"] { try await upload(name) }
        #expect(try await meant("reqeusts") == ["requests"])
        #expect(try await meant("flsak") == ["flask"])
        for (typed, name) in [
            ("scikitlearn", "scikit-learn"), ("requests==1.0", "requests"), ("pip install requests", "requests"),
            ("import yaml", "pyyaml"), ("sklearn", "scikit-learn"), ("https://example.org/project/flask/", "flask"),
        ] {
            #expect(try await found(typed).first == name, "\(typed)")
            #expect(try await meant(typed) == [], "\(typed)")
        }
        let names = try await projects.suggestions(for: "reqeusts", limit: 5)
        #expect(names.map(\.summary.project.normalized) == ["requests"])
        #expect(try await projects.suggestions(for: "***", limit: 5) == [])
    }

    @Test("never names what is removed, quarantined or not published, and names it again when that is over")
    func hidden() async throws {
        let name = try ProjectName(parsing: "requests")
        try await upload("requests", summary: "HTTP for humans")
        func isThere() async throws -> [Bool] {
            [
                try await !found("requests").isEmpty, try await !found("humans").isEmpty,
                try await !meant("reqeusts").isEmpty, try await !found("").isEmpty,
                try await !found("", SearchFilters(python: PythonSeries("3.12"))).isEmpty,
                try await !projects.suggestions(for: "reqests", limit: 3).isEmpty,
            ]
        }
        let all = [Bool](repeating: true, count: 6)
        #expect(try await isThere() == all)
        let stores = index.stores
        for (status, isHidden) in [
            (ProjectStatus.quarantined, true), (.active, false), (.archived, false), (.deprecated, false),
        ] {
            try await stores.removals.setStatus(
                status, reason: "harm", of: name, by: .operatorAtMachine, at: index.now)
            #expect(try await isThere() == all.map { _ in !isHidden }, "\(status)")
        }
        try await stores.removals.setStatus(.active, reason: nil, of: name, by: .operatorAtMachine, at: index.now)
        try await stores.removals.deleteProject(
            name, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        #expect(try await isThere() == all.map { _ in false })
        try await stores.removals.restore(name, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        #expect(try await isThere() == all)
        // What is weighed comes back to no list.
        try await stores.removals.setStatus(
            .quarantined, reason: "harm", of: name, by: .operatorAtMachine, at: index.now)
        try await download([("requests", 1_000_000)])
        #expect(try await isThere() == all.map { _ in false })
    }

    @Test("hears of what another process changes")
    func otherProcess() async throws {
        try await upload("requests")
        let other = try await Stores(
            Database(
                sqliteAt: index.database.path, keys: index.keys, credentials: TestCredentials()))
        #expect(try await other.projects.search(SearchQuery(text: "flask")).total == 0)
        try await upload("flask")
        #expect(try await other.projects.search(SearchQuery(text: "flask")).total == 1)
        #expect(try await other.projects.search(SearchQuery(text: "falsk")).suggestions.count == 1)
        // Of what it is, too, and of how often it is downloaded.
        let flask = try ProjectName(parsing: "flask")
        let critical = SearchQuery(text: "", filters: SearchFilters(isCritical: true))
        #expect(try await other.projects.search(critical).total == 0)
        try await index.stores.critical.designate(flask, by: .operatorAtMachine, at: index.now)
        #expect(try await other.projects.search(critical).total == 1)
        try await download([("requests", 7)])
        let used = try await other.projects.search(SearchQuery(text: "", order: .downloads)).results
        #expect(used.map(\.downloads) == [7, 0] && used.first?.summary.project.normalized == "requests")
        try await index.stores.removals.deleteProject(
            flask, by: .operatorAtMachine, from: RequestOrigin(), at: index.now)
        #expect(try await other.projects.search(SearchQuery(text: "flask")).total == 0)
        #expect(try await other.projects.search(critical).total == 0)
    }

    // swift-format-ignore
    static let hostile: [String] = [
        "\" OR 1=1 --", "name:requests", "NEAR(a b)", "requests*", "^requests", "{name} : x", "a AND", "NOT", "(", "\"\"\"", "'",
        "***", "-", "+", "\0", "re\0quests", "🦀", "\u{202E}stseuqer", "؀", String(repeating: "x", count: 10_000),
        String(repeating: "a b ", count: 5_000), String(repeating: "e\u{301}", count: 10_000), "e" + String(repeating: "\u{301}", count: 30_000),
        "%00", "pip install", "import", "from x", "https://", "https:///project/", "==", "-r requirements.txt",
        String(repeating: "/", count: 5_000), String(repeating: "\"", count: 5_000),
    ]

    @Test(
        "answers whatever is typed, and looks for no more than a few words of a bounded length",
        arguments: hostile.indices)
    func hostileText(number: Int) async throws {
        try await upload("requests", summary: "HTTP for humans")
        let text = Self.hostile[number]
        let words = SearchPlan(text).words
        #expect(words.count <= AskedText.mostWords && words.allSatisfy { $0.utf8.count <= SearchWords.longest })
        for order in SearchOrder.allCases {
            let results = try await projects.search(
                SearchQuery(
                    text: text, filters: SearchFilters(classifier: text, license: text), order: order, page: 5_000))
            #expect(results.results.isEmpty)
            _ = try await projects.search(SearchQuery(text: text, order: order))
        }
        #expect(try await projects.suggestions(for: text, limit: 5).count <= 5)
    }

    // MARK: The table

    @Test("finds first what people want first: of 300 queries among the projects of a table and ten thousand others")
    func table() async throws {
        let all = try SearchTable.projects()
        for project in all {
            try await upload(project.name, summary: project.summary) {
                $0.keywords = project.keywords
                $0.classifiers = project.classifiers
                $0.description = project.description
            }
        }
        try await index.database.write { try $0.executeScript(Self.noise) }
        try await download(all.map { ($0.name, $0.downloads) })
        for (isTopic, least) in [(false, (first: 0.97, three: 0.98)), (true, (first: 0.85, three: 0.96))] {
            let queries = try SearchTable.queries().filter { $0.isTopic == isTopic }
            var (first, three) = (0.0, 0.0)
            for query in queries {
                let results = try await projects.search(SearchQuery(text: query.text))
                let seen = (results.suggestions + results.results).map(\.summary.project.normalized)
                if query.wanted.contains(seen.first ?? "") {
                    first += 1
                } else {
                    print(query.text, "→", seen.prefix(4))
                }
                if !query.wanted.isDisjoint(with: seen.prefix(3)) { three += 1 }
            }
            let count = Double(queries.count)
            print("\(isTopic ? "topics" : "names"): \(first) first, \(three) among three, of \(count)")
            #expect(first / count >= least.first && three / count >= least.three)
        }
    }

    /// Ten thousand projects that hardly anybody uses, which say what others say.
    private static let noise = """
        WITH RECURSIVE number (n) AS (SELECT 10000 UNION ALL SELECT n + 1 FROM number WHERE n < 19999)
        INSERT INTO project (id, name, normalized, ultranormalized, created_at, status, serial, size)
        SELECT n, 'noise-' || n, 'noise-' || n, 'noise-' || n, 0, 'active', 0, 0 FROM number;
        INSERT INTO search_entry (project_id, normalized, words, facets, band, downloads, updated_at, is_critical,
            is_discouraged, is_listed, changed)
        SELECT n.id, n.name, n.name || substr(e.words, instr(e.words, char(10))), e.facets, 0, 0, 0, 0, 0, 1, 10000
        FROM project n JOIN search_entry e ON e.project_id = 1 + n.id % 400
        WHERE n.id >= 10000;
        INSERT INTO project_search (rowid, words)
        SELECT 63 << 40 | n.id, n.name || ' ' || s.words
        FROM project n JOIN search_entry e ON e.project_id = 1 + n.id % 400
        JOIN project_search s ON s.rowid = (63 - e.band) << 40 | e.project_id
        WHERE n.id >= 10000;
        """
}
