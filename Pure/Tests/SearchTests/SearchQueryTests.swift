import PackagingFormats
import Projects
import Search
import Testing

@Suite("A query in an address") struct SearchQueryTests {
    private static func query(_ values: [SearchQuery.Parameter: String]) -> SearchQuery { SearchQuery { values[$0] } }

    @Test("is read as it is written")
    func roundTrip() {
        let query = SearchQuery(
            text: "http",
            filters: SearchFilters(
                classifier: "Topic :: Database", python: PythonSeries("3.14"), license: "MIT", isCritical: true),
            order: .updated, page: 7)
        let written = Dictionary(uniqueKeysWithValues: query.parameters.map { ($0.name, $0.value) })
        #expect(Self.query(written) == query)
        #expect(SearchQuery(text: "").parameters.map(\.value) == [""])
    }

    // swift-format-ignore
    static let oddities: [(SearchQuery.Parameter, String, SearchQuery)] = [
        (.page, "0", SearchQuery(text: "")), (.page, "-3", SearchQuery(text: "")), (.page, "x", SearchQuery(text: "")),
        (.page, "99999999999999999999", SearchQuery(text: "")), (.page, "1000000", SearchQuery(text: "", page: 5_000)),
        (.order, "by-magic", SearchQuery(text: "")), (.order, "", SearchQuery(text: "")),
        (.python, "", SearchQuery(text: "")), (.python, "3", SearchQuery(text: "")), (.python, "3.14; DROP", SearchQuery(text: "")),
        (.license, "", SearchQuery(text: "")), (.classifier, "", SearchQuery(text: "")), (.critical, "yes", SearchQuery(text: "")),
        (.classifier, String(repeating: "x", count: 300), SearchQuery(text: "")),
        (.text, String(repeating: "x", count: 300), SearchQuery(text: String(repeating: "x", count: 200))),
    ]

    @Test("has a last page, sooner where what is found has to be put in order first")
    func lastPage() {
        #expect(Self.query([.text: " ", .order: "name", .page: "9999"]).page == 5_000)
        #expect(Self.query([.text: "http", .order: "name", .page: "9999"]).page == 100)
        #expect(Self.query([.text: "", .license: "MIT", .page: "9999"]).page == 100)
    }

    @Test("is what can be understood of it", arguments: oddities)
    func odd(parameter: SearchQuery.Parameter, value: String, query: SearchQuery) {
        #expect(Self.query([parameter: value]) == query)
    }

    // swift-format-ignore
    static let licenses: [(expression: String?, classifier: String?, text: String?, licenses: [String])] = [
        ("MIT OR Apache-2.0", nil, nil, ["MIT", "Apache-2.0"]),
        (nil, "MIT License", nil, ["MIT"]),
        (nil, nil, "Apache-2.0", ["Apache-2.0"]),
        (nil, nil, "Apache License, Version 2.0", ["Apache-2.0"]),
        (nil, nil, "Do what you like", []),
        ("MIT", "BSD License", "GPLv3", ["MIT"]),
        (nil, nil, nil, []),
    ]

    @Test("finds a licence wherever a release says it", arguments: licenses)
    func license(expression: String?, classifier: String?, text: String?, licenses: [String]) {
        var metadata = ReleaseMetadata()
        metadata.licenseExpression = expression
        metadata.classifiers = classifier.map { ["License :: OSI Approved :: \($0)"] } ?? []
        metadata.license = text
        #expect(SearchFacets.licenses(of: metadata) == licenses)
    }

    // swift-format-ignore
    static let pythons: [(requires: String?, admitted: [String], refused: [String])] = [
        (nil,               ["2.7", "3.9", "3.20"], []),
        (">=3.10",          ["3.10", "3.14"],       ["2.7", "3.9"]),
        (">=3.8,<3.12",     ["3.8", "3.11"],        ["3.7", "3.12"]),
        ("~=3.9",           ["3.9", "3.14"],        ["3.8"]),
        (">=3.9.5",         ["3.9"],                ["3.8"]),
        ("!=3.11.*,>=3.10", ["3.10", "3.12"],       ["3.11"]),
        ("<=3.11",          ["3.11"],               ["3.12"]),
        ("==2.7.*",         ["2.7"],                ["3.9"]),
        ("what?",           ["2.7", "3.9"],         []),
    ]

    @Test("asks for a Python that a release installs on, if only in some of its patches", arguments: pythons)
    func python(requires: String?, admitted: [String], refused: [String]) throws {
        var metadata = ReleaseMetadata()
        metadata.requiresPython = requires
        let facets = SearchEntry(try ProjectName(parsing: "a"), metadata).facets.split(separator: " ").map(String.init)
        for (series, isAdmitted) in admitted.map({ ($0, true) }) + refused.map({ ($0, false) }) {
            let word = try #require(SearchFacets.words(asked: SearchFilters(python: PythonSeries(series))).first)
            #expect(facets.contains(word) == isAdmitted, "\(series)")
        }
    }

    @Test("asks for each classifier by another word, and for what is above one, too")
    func classifiers() throws {
        let classifiers = [
            "Programming Language :: C", "Programming Language :: C++", "Programming Language :: C#", "a :: x2b",
            "a :: +",
        ]
        let words = classifiers.flatMap { SearchFacets.words(asked: SearchFilters(classifier: $0)) }
        #expect(Set(words).count == classifiers.count)
        #expect(
            words.allSatisfy { word in word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
            })
        var metadata = ReleaseMetadata()
        metadata.classifiers = ["Topic :: Internet :: WWW/HTTP"]
        let facets = SearchEntry(try ProjectName(parsing: "a"), metadata).facets.split(separator: " ").map(String.init)
        for above in ["Topic", "Topic :: Internet", "Topic :: Internet :: WWW/HTTP"] {
            #expect(facets.contains(SearchFacets.words(asked: SearchFilters(classifier: above))[0]))
        }
    }
}
