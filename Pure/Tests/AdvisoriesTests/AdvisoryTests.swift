import Advisories
import PackagingFormats
import Testing
import UTC

/// A document of one package, with what a test is about.
func document(
    _ affected: String = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#, _ more: String = "",
    id: String = "PYSEC-2026-1"
) -> [UInt8] {
    Array(#"{"id":"\#(id)","modified":"2026-01-02T03:04:05Z","affected":[\#(affected)]\#(more)}"#.utf8)
}

@Suite("Which versions an advisory is about") struct AffectedVersionTests {
    // The columns are the point.
    // swift-format-ignore
    static let table: [(events: String, affected: [String], not: [String])] = [
        (#"{"introduced":"0"}"#,                                  ["0.dev0", "0", "1.0", "99"],        []),
        (#"{"introduced":"0"},{"fixed":"1.0"}"#,                  ["0.9", "1.0rc1", "1.0.dev1"],       ["1.0", "1.0.post1", "2"]),
        (#"{"fixed":"1.0"},{"introduced":"0"}"#,                  ["0.9"],                             ["1.0"]),
        (#"{"introduced":"1.0"},{"fixed":"1.2"}"#,                ["1.0", "1.0.0", "1.1.post1", "1.2rc1"], ["0.9", "1.0rc1", "1.2", "1.2.0"]),
        (#"{"introduced":"1.0"},{"last_affected":"1.2"}"#,        ["1.0", "1.2", "1.2.0"],            ["0.9", "1.2.post1", "1.2.1"]),
        (#"{"introduced":"0"},{"fixed":"1.0"},{"introduced":"2.0"},{"fixed":"2.1"}"#, ["0.1", "2.0"],  ["1.0", "1.9", "2.1"]),
        (#"{"introduced":"2.0"},{"fixed":"2.1"},{"introduced":"0"},{"fixed":"1.0"}"#, ["0.1", "2.0"],  ["1.0", "1.9", "2.1"]),
        (#"{"introduced":"1.0"},{"fixed":"1.5"},{"introduced":"1.5"}"#, ["1.0", "1.5", "2"],           ["0.9"]),
        (#"{"introduced":"1.0"},{"limit":"2.0"}"#,                ["1.0", "1.9"],                      ["0.9", "2.0", "3"]),
        (#"{"introduced":"1.0"},{"limit":"2.0"},{"limit":"3.0"}"#, ["2.0", "2.9"],                     ["3.0"]),
        (#"{"introduced":"1.0"},{"limit":"*"}"#,                  ["1.0", "99"],                       ["0.9"]),
        (#"{"introduced":"1!0"},{"fixed":"1!1"}"#,                ["1!0.5"],                           ["5", "1!1"]),
        (#"{"fixed":"1.0"}"#,                                     [],                                  ["0.9", "1.0"]),
        (#"{"introduced":"1.0-rc.1"},{"fixed":"V1.0"}"#,          ["1.0rc1", "1.0RC2"],                ["1.0", "1.0b1"]),
    ]

    @Test("follows from the events of a range, in the order of PEP 440", arguments: table)
    func ranges(events: String, affected: [String], not: [String]) throws {
        let package = #"{"ecosystem":"PyPI","name":"Demo","purl":"pkg:pypi/demo"}"#
        let text = #"{"package":\#(package),"ranges":[{"type":"ECOSYSTEM","events":[\#(events)]}]}"#
        let advisory = try AdvisoryDocument(parsing: document(text)).advisory
        let demo = try ProjectName(parsing: "demo")
        for version in affected { #expect(advisory.isAbout(demo, version), "\(version)") }
        for version in not { #expect(!advisory.isAbout(demo, version), "\(version)") }
    }

    @Test("are those that it lists as well, as PEP 440 has them, or letter by letter where it has not")
    func listed() throws {
        let text = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0","2004d"]}"#
        let advisory = try AdvisoryDocument(parsing: document(text)).advisory
        let demo = try ProjectName(parsing: "DEMO")
        for version in ["1.0", "1.0.0", "v1", "2004d"] { #expect(advisory.isAbout(demo, version)) }
        for version in ["1.0.1", "1.0+local", "2004", "2004D", ""] { #expect(!advisory.isAbout(demo, version)) }
        #expect(!advisory.isAbout(try ProjectName(parsing: "demo2"), "1.0"))
    }

    @Test("are of one project each, and of no range of commits and no other world")
    func packages() throws {
        let text = #"""
            {"package":{"ecosystem":"npm","name":"@a/demo"},"versions":["1.0"]},
            {"package":{"ecosystem":"PyPI","name":"one"},"ranges":[{"type":"GIT","repo":"x","events":[{"introduced":"abc"}]},
                {"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"2"}]},
                {"type":"ECOSYSTEM","events":[{"introduced":"3"},{"fixed":"3.1.0"},{"introduced":"2"},{"fixed":"2.0"}]}]},
            {"package":{"ecosystem":"PyPI","name":"two"},"versions":["7"]},
            {"ranges":[{"type":"GIT","events":[]}]}
            """#
        let advisory = try AdvisoryDocument(parsing: document(text)).advisory
        let (one, two) = (try ProjectName(parsing: "one"), try ProjectName(parsing: "two"))
        #expect(advisory.projects == ["one", "two"])
        #expect(advisory.isAbout(one, "3.0") && !advisory.isAbout(one, "7") && advisory.isAbout(two, "7"))
        #expect(advisory.fixes(of: one).map(\.normalized) == ["2", "3.1.0"])
        #expect(advisory.fixes(of: two).isEmpty)
    }

    @Test("are none that it holds for once it is withdrawn")
    func withdrawn() throws {
        let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#
        let withdrawn = document(package, #","withdrawn":"2026-02-01T00:00:00Z""#)
        let advisory = try AdvisoryDocument(parsing: withdrawn).advisory
        let demo = try ProjectName(parsing: "demo")
        #expect(advisory.isAbout(demo, "1.0") && !advisory.holds(for: demo, "1.0"))
    }
}

@Suite("A document of the Open Source Vulnerability format") struct AdvisoryDocumentTests {
    static let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#

    @Test("is read with all that we use of it, and given out as it came")
    func read() throws {
        let text = #"""
            {"schema_version":"1.7.3","id":"GHSA-2jv5-9r88-3w3p","modified":"2026-03-01T10:00:00.123456789Z",
             "published":"2026-02-01T10:00:00Z","withdrawn":null,"aliases":["CVE-2026-1","PYSEC-2026-9"],"related":["X"],
             "upstream":[],"summary":"A summary","details":"Two\nlines","severity":[{"type":"CVSS_V4","score":"CVSS:4.0/AV:N"},
             {"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
             "affected":[{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"],"ecosystem_specific":{"a":[1.5]}}],
             "references":[{"type":"WEB","url":"https://example.org/1"}],"credits":[{"name":"Ada"}],
             "database_specific":{"severity":"MODERATE","nested":{"a":{"b":{"c":[{"d":1e9}]}}}},"new member":true}
            """#
        let document = try AdvisoryDocument(parsing: Array(text.utf8))
        let advisory = document.advisory
        #expect(document.bytes == Array(text.utf8))
        #expect(advisory.id.description == "GHSA-2jv5-9r88-3w3p")
        #expect(advisory.modified == Timestamp(iso8601: "2026-03-01T10:00:00.123456Z"))
        #expect(advisory.published == Timestamp(iso8601: "2026-02-01T10:00:00Z"))
        #expect(advisory.withdrawn == nil && advisory.summary == "A summary" && advisory.details == "Two\nlines")
        #expect(advisory.aliases == ["CVE-2026-1", "PYSEC-2026-9"])
        #expect(advisory.level == .high && advisory.databaseSeverity == "MODERATE")
        #expect(advisory.references == [.init(type: "WEB", url: "https://example.org/1")])
        #expect(!advisory.isMalicious)
    }

    @Test("may say much in any language")
    func longTexts() throws {
        let details = String(repeating: "Ünïcödé ", count: 5_000)
        let bytes = document(Self.package, #","details":"\#(details)""#)
        #expect(try AdvisoryDocument(parsing: bytes).advisory.details == details)
    }

    // The columns are the point.
    // swift-format-ignore
    static let refused: [(String, says: String)] = [
        ("",                                                              "not JSON"),
        ("[]",                                                            "not an object"),
        (#"{"id":"A-1","id":"A-2"}"#,                                     "not JSON"),
        (#"{"modified":"2026-01-01T00:00:00Z"}"#,                         "'id' is missing"),
        (#"{"id":7,"modified":"2026-01-01T00:00:00Z"}"#,                  "'id' is no text"),
        (#"{"id":"a/b","modified":"2026-01-01T00:00:00Z"}"#,              "'id' is no identifier"),
        (#"{"id":"A-1"}"#,                                                "'modified' is missing"),
        (#"{"id":"A-1","modified":"2026-01-01"}"#,                        "'modified' is no moment"),
        (#"{"id":"A-1","modified":"2026-01-01T00:00:00+01:00"}"#,         "'modified' is no moment"),
        (#"{"id":"A-1","modified":"2026-02-30T00:00:00Z"}"#,              "'modified' is no moment"),
        (#"{"id":"A-1","modified":"2026-01-01T00:00:00Z","schema_version":"2.0.0"}"#, "version '2.0.0'"),
        (#"{"id":"A-1","modified":"2026-01-01T00:00:00Z"}"#,              "no Python package"),
        (#"{"id":"A-1","modified":"2026-01-01T00:00:00Z","affected":{}}"#, "'affected' is no list"),
    ]

    @Test("that says what it cannot is refused as a whole, with the reason", arguments: refused)
    func refuse(text: String, says: String) {
        let error = #expect(throws: UnreadableAdvisory.self) { try AdvisoryDocument(parsing: Array(text.utf8)) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    // The columns are the point.
    // swift-format-ignore
    static let refusedPackages: [(String, says: String)] = [
        (#"7"#,                                                                    "'affected' has an item"),
        (#"{"package":7}"#,                                                        "'affected.package' is no object"),
        (#"{"package":{"name":"demo"}}"#,                                          "ecosystem' is missing"),
        (#"{"package":{"ecosystem":"PyPI"}}"#,                                     "name' is missing"),
        (#"{"package":{"ecosystem":"PyPI","name":"-"}}"#,                          "no name of a project"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":"1.0"}"#,      "'versions' is no list"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":[1]}"#,        "'versions' has an item"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"},"ranges":[{"events":[]}]}"#, "type' is missing"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"abc"}]}]}"#, "no version of PEP 440: 'abc'"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"},"ranges":[{"type":"ECOSYSTEM","events":[{"mended":"1"}]}]}"#, "not known: 'mended'"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0","fixed":"1"}]}]}"#, "not one event"),
        (#"{"package":{"ecosystem":"PyPI","name":"demo"}},{"package":{"ecosystem":"PyPI","name":"a b"}}"#, "no name of a project"),
    ]

    @Test("with one package that says what it cannot is refused as a whole", arguments: refusedPackages)
    func refusePackage(affected: String, says: String) {
        let error = #expect(throws: UnreadableAdvisory.self) { try AdvisoryDocument(parsing: document(affected)) }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }

    @Test("that is too large is refused before it is read")
    func tooLarge() {
        let bytes = [UInt8](repeating: 0x20, count: AdvisoryDocument.maximumBytes + 1)
        #expect(throws: UnreadableAdvisory.tooLarge) { try AdvisoryDocument(parsing: bytes) }
    }

    @Test("that is written says what was read")
    func roundTrip() throws {
        let text = #"""
            {"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0","2004d"],"ranges":[{"type":"ECOSYSTEM","events":
            [{"introduced":"0"},{"fixed":"1.0"},{"introduced":"2"},{"last_affected":"3"},{"limit":"4"}]}]}
            """#
        let more = #"""
            ,"published":"2026-01-01T00:00:00Z","withdrawn":"2026-04-01T00:00:00Z","aliases":["CVE-1"],"summary":"\"s\"\u0001",
            "details":"d\n☃","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/…"}],
            "references":[{"type":"FIX","url":"https://example.org/?a=\"b\""}],"database_specific":{"severity":"LOW"}
            """#
        let read = try AdvisoryDocument(parsing: document(text, more)).advisory
        #expect(try AdvisoryDocument(parsing: AdvisoryDocument(read).bytes).advisory == read)
        let least = try AdvisoryDocument(parsing: document()).advisory
        #expect(try AdvisoryDocument(parsing: AdvisoryDocument(least).bytes).advisory == least)
    }

    @Test("tells malice from mistakes by its database, or by what another calls the same")
    func malice() throws {
        #expect(try AdvisoryDocument(parsing: document(id: "MAL-2026-1")).advisory.isMalicious)
        #expect(
            try AdvisoryDocument(parsing: document(Self.package, #","aliases":["MAL-2026-1"]"#, id: "GHSA-1"))
                .advisory.isMalicious)
        #expect(try !AdvisoryDocument(parsing: document(id: "MALICE-1")).advisory.isMalicious)
    }
}
