import Advisories
import Testing

@Suite("The base score of a CVSS vector") struct SeverityTests {
    // The columns are the point.
    // swift-format-ignore
    static let scores: [(vector: String, score: Int?, level: SeverityLevel?)] = [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",     98, .critical),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H",    100, .critical),
        ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:H/I:H/A:H",     99, .critical),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H",     88, .high),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:H/I:H/A:H",     81, .high),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H",     78, .high),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",     75, .high),
        ("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:U/C:H/I:H/A:H",     72, .high),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N",     61, .medium),
        ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N",     37, .low),
        ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:L/I:N/A:N",     16, .low),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N",      0, SeverityLevel.none),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:N/I:N/A:N",      0, SeverityLevel.none),
        ("CVSS:3.1/A:H/I:H/C:H/S:U/UI:N/PR:N/AC:L/AV:N/E:P", 98, .critical),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H",        nil, nil),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X",    nil, nil),
        ("CVSS:3.1/AV:N/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", nil, nil),
        ("CVSS:4.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",    nil, nil),
        ("",                                                nil, nil),
    ]

    @Test("is what FIRST's calculator says", arguments: scores)
    func score(vector: String, score: Int?, level: SeverityLevel?) throws {
        #expect(CVSS3(parsing: vector)?.baseScore == score)
        let more = #","severity":[{"type":"CVSS_V3","score":"\#(vector)"}]"#
        let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#
        #expect(try AdvisoryDocument(parsing: document(package, more)).advisory.level == level)
    }

    @Test("has words from none to critical, each from its own tenth on")
    func words() {
        let edges = [0, 1, 39, 40, 69, 70, 89, 90, 100].map { SeverityLevel(score: $0).rawValue }
        #expect(edges == ["none", "low", "low", "medium", "medium", "high", "high", "critical", "critical"])
        #expect(SeverityLevel.allCases.sorted() == SeverityLevel.allCases)
    }

    @Test(
        "gives way to the database's word only where there is none",
        arguments: [
            ("", "MODERATE", SeverityLevel.medium), ("", "CRITICAL", .critical),
            (
                #","severity":[{"type":"CVSS_V3","score":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:N/A:N"}]"#, "CRITICAL",
                .low
            ),
        ])
    func database(more: String, word: String, level: SeverityLevel) throws {
        let package = #"{"package":{"ecosystem":"PyPI","name":"demo"},"versions":["1.0"]}"#
        let document = document(package, more + #","database_specific":{"severity":"\#(word)"}"#)
        #expect(try AdvisoryDocument(parsing: document).advisory.level == level)
    }
}
