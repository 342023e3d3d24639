import Testing
import TransparencyLog

@Suite("A page of an index") struct ListedProjectTests {
    private static func statement(_ act: String, _ details: [String: String], _ serial: Int) throws -> LogStatement {
        let members = details.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let text =
            "{\"act\":\"\(act)\",\"at\":\"2026-11-30T09:00:00.000000Z\",\"details\":{\(members)},\"project\":\"demo\","
            + "\"serial\":\"\(serial)\"}"
        return try #require(LogStatement(Array(text.utf8)))
    }

    /// A log with the files a and b (1.0), and what was done afterwards, from entry 3 on.
    private static func log(_ acts: [(String, [String: String])], isWhole: Bool = true) throws -> LoggedFiles {
        var files = LoggedFiles(isWhole: isWhole)
        let all =
            [("project.create", ["name": "Demo"])]
            + ["a", "b"].map { ("file.upload", ["filename": $0, "version": "1.0", "sha256": "of \($0)"]) } + acts
        for (entry, (act, details)) in all.enumerated() {
            files.apply(try statement(act, details, entry + 1), at: entry)
        }
        return files
    }

    private static func file(_ name: String, sha256: String? = nil, yanked: String = "false") -> String {
        #"{"filename":"\#(name)","hashes":{"sha256":"\#(sha256 ?? "of \(name)")"},"url":"/\#(name)","yanked":\#(yanked)}"#
    }

    private static func page(_ files: [String], status: String = #"{"status":"active"}"#) -> String {
        #"{"files":[\#(files.joined(separator: ","))],"name":"demo","project-status":\#(status)}"#
    }

    private static let both = page([file("a"), file("b")])
    private static let yankedBoth = page([file("a", yanked: "true"), file("b", yanked: "true")])
    private static let reasonedBoth = page([file("a", yanked: #""bad""#), file("b", yanked: #""bad""#)])

    /// What was done, the page (nil: there is none), and what is wrong.
    static let table: [(acts: [(String, [String: String])], page: String?, wrong: [String])] = [
        ([], both, []),
        // Hidden.
        ([], nil, ["there is no such page, and the log has files of it that nobody took away"]),
        ([], page([file("a")]), ["b is in the log, and is not listed"]),
        ([("project.delete", [:])], nil, []),
        ([("file.delete", ["filename": "b"])], page([file("a")]), []),
        ([("file.erase", ["filename": "b"])], page([file("a")]), []),
        ([("content.quarantine", ["filename": "b"])], page([file("a")]), []),
        ([("project.status", ["status": "quarantined"])], nil, []),
        ([("project.status", ["status": "quarantined"])], page([], status: #"{"status":"quarantined"}"#), []),
        ([("project.delete", [:]), ("project.recreate", [:])], nil, []),
        // Shown.
        ([("project.delete", [:])], both, ["it is shown, and was removed by entry 3 of the log"]),
        ([("file.delete", ["filename": "b"])], both, ["b is listed, and was removed by entry 3 of the log"]),
        ([("file.erase", ["filename": "b"])], both, ["b is listed, and was erased by entry 3 of the log"]),
        ([("content.quarantine", ["filename": "b"])], both, ["b is listed, and was quarantined by entry 3 of the log"]),
        (
            [("project.status", ["status": "quarantined"])], page([file("a")], status: #"{"status":"quarantined"}"#),
            ["a is listed, and was quarantined by entry 3 of the log"]
        ),
        // Other files.
        (
            [], page([file("a", sha256: "ff"), file("b")]),
            ["a is listed with another digest, ff, than it has in the log, of a"]
        ),
        ([], page([file("a"), file("b"), file("c")]), ["c is listed, and is not in the log"]),
        (
            [], page([file("a"), file("b"), #"{"filename":"x"}"#, "1"]),
            ["2 of its files are listed without name, address or digest"]
        ),
        // Yanks, both ways.
        ([("release.yank", ["version": "1"])], yankedBoth, []),
        ([("release.yank", ["version": "1", "reason": "cc"])], reasonedBoth, []),
        ([], page([file("a", yanked: "true"), file("b")]), ["a is listed as yanked, and is not by what the log says"]),
        (
            [("file.yank", ["filename": "a"])], both,
            ["a is yanked by what the log says, and is not listed as such"]
        ),
        (
            [("release.yank", ["version": "1.0"])], page([file("a", yanked: "true"), file("b")]),
            ["b is yanked by what the log says, and is not listed as such"]
        ),
        (
            [("release.yank", ["version": "1.0"]), ("release.unyank", ["version": "1.0"])],
            page([file("a", yanked: "true"), file("b")]), ["a is listed as yanked, and is not by what the log says"]
        ),
        (
            [("release.yank", ["version": "1.0"])], reasonedBoth,
            ["a", "b"].map { "\($0) is listed as yanked for a reason, and the log has none" }
        ),
        (
            [("release.yank", ["version": "1.0", "reason": "cc"])], yankedBoth,
            ["a", "b"].map { "\($0) is listed as yanked without a reason, and the log has one" }
        ),
        (
            [("file.yank", ["filename": "a", "reason": "cc"])], page([file("a", yanked: #""""#), file("b")]),
            ["a is yanked by what the log says, and is not listed as such"]
        ),
        // The status, both ways.
        (
            [("project.status", ["status": "archived", "reason": "cc"])],
            page([file("a"), file("b")], status: #"{"reason":"done","status":"archived"}"#), []
        ),
        (
            [("project.status", ["status": "archived"])], both,
            ["its status is active, and archived by what the log says"]
        ),
        (
            [], page([file("a"), file("b")], status: #"{"status":"archived"}"#),
            ["its status is archived, and active by what the log says"]
        ),
        (
            [("project.status", ["status": "archived"])],
            page([file("a"), file("b")], status: #"{"reason":"done","status":"archived"}"#),
            ["its status has a reason, and none in the log"]
        ),
        (
            [("project.status", ["status": "archived", "reason": "cc"])],
            page([file("a"), file("b")], status: #"{"status":"archived"}"#),
            ["its status has no reason, and one in the log"]
        ),
        (
            [], page([], status: #"{"status":"quarantined"}"#),
            [
                "a is in the log, and is not listed", "b is in the log, and is not listed",
                "its status is quarantined, and active by what the log says",
            ]
        ),
        // What is about to leave is shown as deprecated.
        ([("removal.ask", ["what": "project"])], both, ["its status is active, and deprecated by what the log says"]),
        (
            [("removal.ask", ["what": "project"])],
            page([file("a"), file("b")], status: #"{"reason":"It goes","status":"deprecated"}"#), []
        ),
        ([("removal.ask", ["what": "project"]), ("removal.object", ["what": "project"])], both, []),
        ([("removal.ask", ["what": "project"]), ("removal.lapse", ["what": "project"])], both, []),
        ([("removal.ask", ["what": "archiving"]), ("removal.take-over", ["what": "archiving"])], both, []),
        (
            [("removal.ask", ["what": "archiving"]), ("project.status", ["status": "archived"])],
            page([file("a"), file("b")], status: #"{"status":"archived"}"#), []
        ),
        (
            [("removal.ask", ["what": "file", "filename": "b"]), ("file.delete", ["filename": "b"])],
            page([file("a")]), []
        ),
        (
            [("removal.ask", ["what": "release", "version": "1.0"]), ("project.status", ["status": "quarantined"])],
            page([], status: #"{"status":"quarantined"}"#), []
        ),
    ]

    @Test("says the same as the log, or what it says otherwise is told, both ways", arguments: table)
    func compared(acts: [(String, [String: String])], page: String?, wrong: [String]) throws {
        let listed = try page.map { try #require(ListedProject(parsing: Array($0.utf8))) }
        let found = LoggedProject.discrepancies(of: listed, with: try Self.log(acts)["demo"], isWhole: true)
        #expect(found.map(\.description) == wrong)
    }

    @Test("of a project that the log does not know is told, unless not all of the log was read")
    func unknown() throws {
        let page = try #require(ListedProject(parsing: Array(Self.both.utf8)))
        #expect(LoggedProject.discrepancies(of: page, with: nil, isWhole: true) == [.unknownProject])
        #expect(LoggedProject.discrepancies(of: nil, with: nil, isWhole: true) == [])
        #expect(
            LoggedProject.discrepancies(of: page, with: nil, isWhole: false) == page.files.map { .unknownFile($0) })
    }

    @Test("is compared with what is known where not all of the log was read")
    func partial() throws {
        var files = LoggedFiles(isWhole: false)
        files.apply(
            try Self.statement("file.upload", ["filename": "b", "version": "2.0", "sha256": "of b"], 9), at: 40)
        let demo = files["demo"]
        for (page, wrong) in [
            (Self.both, ["a is listed, and is not in the log"]),
            (Self.yankedBoth, ["a is listed, and is not in the log"]),
            (Self.page([]), ["b is in the log, and is not listed"]),
            (Self.page([Self.file("b")], status: #"{"status":"archived"}"#), []),
            // What was quarantined before is not known.
            (Self.page([], status: #"{"status":"quarantined"}"#), []),
        ] {
            let listed = ListedProject(parsing: Array(page.utf8))
            let found = LoggedProject.discrepancies(of: listed, with: demo, isWhole: false)
            #expect(found.map(\.description) == wrong, "\(page)")
        }
        #expect(LoggedProject.discrepancies(of: nil, with: demo, isWhole: false) == [.hidden])
        files.apply(try Self.statement("removal.ask", ["what": "release", "version": "2.0"], 10), at: 41)
        files.apply(try Self.statement("project.status", ["status": "active"], 11), at: 42)
        let leaving = ListedProject(
            parsing: Array(Self.page([Self.file("b")], status: #"{"status":"deprecated"}"#).utf8))
        #expect(LoggedProject.discrepancies(of: leaving, with: files["demo"], isWhole: false) == [])
    }

    @Test("shows reasons of which the log has the digests, each with its entry")
    func reasons() throws {
        let acts = [
            ("release.yank", ["version": "1.0", "reason": "cc"]),
            ("project.status", ["status": "archived", "reason": "dd"]),
        ]
        let page = Self.page(
            [Self.file("a", yanked: #""bad""#), Self.file("b", yanked: #""worse""#)],
            status: #"{"reason":"done","status":"archived"}"#)
        let demo = try #require(try Self.log(acts)["demo"])
        let shown = demo.shownReasons(on: try #require(ListedProject(parsing: Array(page.utf8))))
        #expect(shown.map { "\($0.entry) \($0.commitment) \($0.text)" } == ["3 cc bad", "3 cc worse", "4 dd done"])
        let none = try #require(ListedProject(parsing: Array(Self.both.utf8)))
        #expect(demo.shownReasons(on: none) == [])
    }

    @Test("is nothing else")
    func others() {
        for text in ["", "[]", "{}", #"{"files":{}}"#, "<html></html>"] {
            #expect(ListedProject(parsing: Array(text.utf8)) == nil)
        }
        #expect(ListedProject(parsing: Array(#"{"files":[]}"#.utf8))?.status == "active")
    }
}
