import PackagingFormats
import Projects
import Search
import Testing

@Suite("The order of what is found") struct SearchRankingTests {
    private struct Project {
        let name: String
        var summary = ""
        var keywords = ""
        var downloads: Int64 = 0
        var isDiscouraged = false
        var isByDescription = false
    }

    private static func order(_ text: String, _ projects: [Project]) throws -> [String] {
        let plan = SearchPlan(text)
        let found = try projects.enumerated().map { number, project in
            var metadata = ReleaseMetadata()
            metadata.summary = project.summary
            metadata.keywords = project.keywords
            let entry = SearchEntry(try ProjectName(parsing: project.name), metadata)
            let facts = SearchRanking.Facts(
                text: Array(entry.rankedText.utf8), downloads: project.downloads,
                isDiscouraged: project.isDiscouraged, isByDescription: project.isByDescription)
            return (id: number, hasAllWords: true, facts: facts)
        }
        return plan.ordered(found).map { projects[$0].name }
    }

    @Test("begins with the name that was typed, however little it is used; then comes what is written like it")
    func named() throws {
        let order = try Self.order(
            "scikit-learn",
            [
                Project(name: "scikit-learn-extra", downloads: 1_000_000_000),
                Project(name: "scikitlearn", downloads: 100), Project(name: "scikit-learn"),
            ])
        #expect(order == ["scikit-learn", "scikitlearn", "scikit-learn-extra"])
        #expect(
            try Self.order(
                "sklearn", [Project(name: "sk", summary: "sklearn", downloads: 99), Project(name: "scikit-learn")]) == [
                    "scikit-learn", "sk",
                ])
    }

    @Test("weighs a match by downloads, and does not let keywords outweigh what everybody uses")
    func downloads() throws {
        let order = try Self.order(
            "http",
            [
                Project(name: "http-helper", summary: "http", keywords: "http", downloads: 100),
                Project(name: "requests", summary: "Python HTTP for Humans.", downloads: 1_000_000_000),
            ])
        #expect(order == ["requests", "http-helper"])
        // Where nobody has downloaded anything, what says it best comes first.
        let alike = try Self.order(
            "http",
            [
                Project(name: "b", summary: "a long summary of a project which does a thing or two with http"),
                Project(name: "http-tools", summary: "http tools"), Project(name: "c", summary: "http things"),
            ])
        #expect(alike == ["http-tools", "c", "b"])
    }

    @Test("puts words of descriptions last, and what should not be used any more behind what should")
    func last() throws {
        let order = try Self.order(
            "http",
            [
                Project(name: "big", downloads: 1_000_000_000, isByDescription: true),
                Project(name: "old", summary: "http", downloads: 2_000, isDiscouraged: true),
                Project(name: "new", summary: "http", downloads: 1_000), Project(name: "small", summary: "http"),
            ])
        #expect(order == ["new", "old", "small", "big"] || order == ["new", "small", "old", "big"])
    }

    @Test("knows other forms of a word, and no other words")
    func forms() throws {
        let order = try Self.order(
            "test",
            [
                Project(name: "a", summary: "testament of a king"), Project(name: "b", summary: "testing of units"),
                Project(name: "c", summary: "test of units"), Project(name: "d", summary: "nothing"),
            ])
        #expect(order == ["c", "b", "a"])
    }

    // swift-format-ignore
    static let bands: [(Int64, before: Int?, band: Int)] = [
        (0, nil, 0), (1, nil, 1), (2, nil, 2), (3, nil, 2), (4, nil, 3), (1_023, nil, 10), (1_024, nil, 11), (.max, nil, 63),
        // Near an edge it stays where it was.
        (1_100, 10, 10), (1_279, 10, 10), (1_280, 10, 11), (1_000, 11, 11), (769, 11, 11), (767, 11, 10), (5_000, 10, 13), (0, 1, 0),
    ]

    @Test("rests on steps of downloads that do not go to and fro", arguments: bands)
    func band(downloads: Int64, before: Int?, band: Int) {
        #expect((before.map { Popularity.band(of: downloads, before: $0) } ?? Popularity.band(of: downloads)) == band)
    }
}
