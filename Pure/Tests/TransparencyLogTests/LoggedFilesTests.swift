import Foundation
import Testing
import TransparencyLog

@Suite("What a log says of files") struct LoggedFilesTests {
    /// As many microseconds after nine as the serial says.
    private static func moment(_ serial: Int) -> String {
        "2026-11-30T09:00:00.\(String(repeating: "0", count: 6 - "\(serial)".count))\(serial)Z"
    }

    private static func statement(
        _ act: String, _ details: [String: String], project: String? = "demo", serial: Int = 7
    ) throws -> LogStatement {
        let members = details.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let name = project.map { "\"project\":\"\($0)\"," } ?? ""
        let text =
            "{\"act\":\"\(act)\",\"at\":\"\(moment(serial))\",\"details\":{\(members)},\(name)\"serial\":\"\(serial)\"}"
        return try #require(LogStatement(Array(text.utf8)))
    }

    private static func upload(_ filename: String, _ version: String) throws -> LogStatement {
        try statement(
            "file.upload", ["filename": filename, "version": version, "sha256": "of \(filename)", "size": "1"])
    }

    /// What is published after some acts on the files a (1.0), b (1.0) and c (2.0).
    static let table: [(acts: [(String, [String: String])], left: Set<String>)] = [
        ([], ["a", "b", "c"]), ([("file.delete", ["filename": "a", "version": "1.0"])], ["b", "c"]),
        ([("release.delete", ["version": "1"])], ["c"]), ([("project.delete", ["name": "Demo"])], []),
        ([("project.delete", [:]), ("project.restore", ["files": "3", "releases": "2"])], ["a", "b", "c"]),
        (
            [
                ("file.delete", ["filename": "a", "version": "1.0"]), ("project.delete", [:]),
                ("project.undo-removal", ["files": "2", "releases": "2"]),
            ], ["b", "c"]
        ),
        (
            [("release.delete", ["version": "1.0"]), ("project.restore", ["files": "2", "version": "1.0"])],
            ["a", "b", "c"]
        ),
        (
            [
                ("file.delete", ["filename": "a", "version": "1.0"]),
                ("project.restore", ["filename": "a", "files": "1", "version": "1.0"]),
            ], ["a", "b", "c"]
        ),
        // What was erased comes back by itself alone, where somebody gave its bytes.
        (
            [
                ("project.delete", [:]), ("file.erase", ["filename": "a", "version": "1.0"]),
                ("project.restore", ["files": "2", "releases": "2"]),
            ], ["b", "c"]
        ),
        (
            [
                ("project.delete", [:]), ("file.erase", ["filename": "a", "version": "1.0"]),
                ("project.recreate", ["name": "Demo"]),
                ("project.restore", ["filename": "a", "files": "1", "version": "1.0"]),
            ], ["a"]
        ),
        ([("content.quarantine", ["what": "file", "filename": "b"])], ["a", "c"]),
        ([("content.quarantine", ["what": "release", "version": "1"])], ["c"]),
        ([("content.quarantine", ["what": "project"]), ("project.status", ["status": "quarantined"])], []),
        // What is in quarantine is not there because it came back.
        (
            [
                ("content.quarantine", ["what": "file", "filename": "b"]), ("project.delete", [:]),
                ("project.restore", ["files": "3", "releases": "2"]),
            ], ["a", "c"]
        ),
        // Of what is brought back by what was proposed, each file says so.
        (
            [
                ("project.delete", [:]), ("return.approve", ["what": "release", "version": "2.0", "files": "1"]),
                ("project.restore", ["files": "1", "releases": "1"]),
                ("project.restore", ["filename": "c", "version": "2.0", "files": "1"]),
            ], ["c"]
        ),
        (
            [
                ("project.delete", [:]), ("return.decide", ["what": "project", "files": "0"]), ("role.add", [:]),
                ("project.restore", ["files": "3", "releases": "2"]),
            ], ["a", "b", "c"]
        ),
        ([("release.yank", ["version": "1.0"]), ("something.new", ["filename": "a"])], ["a", "b", "c"]),
        // A release that is there gets back the files that went one by one.
        (
            [
                ("file.delete", ["filename": "a", "version": "1.0"]),
                ("project.restore", ["files": "1", "version": "1.0"]),
            ], ["a", "b", "c"]
        ),
        // One that is not gets back what went with it alone.
        (
            [
                ("file.delete", ["filename": "a", "version": "1.0"]), ("release.delete", ["version": "1.0"]),
                ("project.restore", ["files": "1", "version": "1.0"]),
            ], ["b", "c"]
        ),
        // A version that began again with another file: what an owner brings back is what they name.
        (
            [
                ("release.delete", ["version": "1.0"]), ("release.create", ["version": "1.0"]),
                ("project.undo-removal", ["filename": "a", "files": "1", "version": "1.0"]),
            ], ["a", "c"]
        ),
        // A release that went with the project comes back alone, with its files that went then.
        (
            [
                ("project.delete", [:]), ("project.recreate", ["name": "Demo"]),
                ("project.undo-removal", ["files": "2", "version": "1.0"]),
            ], ["a", "b"]
        ),
        // What went before the name was somebody else's stays away.
        (
            [
                ("project.delete", [:]), ("name.free", [:]), ("project.create", ["name": "Demo"]),
                ("project.delete", [:]), ("project.restore", ["files": "0", "releases": "0"]),
            ], []
        ),
        // Quarantines in one another: the innermost that is lifted leaves the others.
        (
            [
                ("content.quarantine", ["what": "file", "filename": "a"]),
                ("content.quarantine", ["what": "release", "version": "1.0"]),
                ("content.lift-quarantine", ["what": "file", "filename": "a"]),
            ], ["a", "c"]
        ),
        (
            [
                ("content.quarantine", ["what": "file", "filename": "a"]), ("content.quarantine", ["what": "project"]),
                ("project.status", ["status": "quarantined"]), ("content.lift-quarantine", ["what": "project"]),
                ("project.status", ["status": "active"]),
            ], ["b", "c"]
        ),
        (
            [
                ("content.quarantine", ["what": "project"]), ("project.status", ["status": "quarantined"]),
                ("content.lift-quarantine", ["what": "file", "filename": "a"]),
            ], []
        ),
        // What was removed before it was quarantined, or around it, is removed when that is lifted.
        (
            [
                ("file.delete", ["filename": "a"]), ("content.quarantine", ["what": "release", "version": "1.0"]),
                ("content.lift-quarantine", ["what": "release", "version": "1.0"]),
            ], ["b", "c"]
        ),
        (
            [
                ("content.quarantine", ["what": "file", "filename": "a"]), ("release.delete", ["version": "1.0"]),
                ("content.lift-quarantine", ["what": "file", "filename": "a"]),
            ], ["c"]
        ),
        (
            [
                ("content.quarantine", ["what": "file", "filename": "a"]), ("release.delete", ["version": "1.0"]),
                ("content.lift-quarantine", ["what": "file", "filename": "a"]),
                ("project.restore", ["files": "2", "version": "1.0"]),
            ], ["a", "b", "c"]
        ),
    ]

    @Test("is which are published, and neither removed nor in quarantine", arguments: table)
    func published(acts: [(String, [String: String])], left: Set<String>) throws {
        let demo = try #require(try Self.files(acts)["demo"])
        #expect(demo.listed == left)
        #expect(demo.files["a"]?.sha256 == "of a")
        #expect(demo.lists("a") == left.contains("a"))
    }

    private static func files(_ acts: [(String, [String: String])], isWhole: Bool = true) throws -> LoggedFiles {
        var files = LoggedFiles(isWhole: isWhole)
        var entry = 0
        func take(_ statement: LogStatement) {
            files.apply(statement, at: entry)
            entry += 1
        }
        for (filename, version) in [("a", "1.0"), ("b", "1.0"), ("c", "2.0")] { take(try upload(filename, version)) }
        for (act, details) in acts { take(try statement(act, details, serial: 10 + entry)) }
        return files
    }

    /// How what the acts leave differs from a page on which a and b are listed, as 1.0, and c.
    static let yanks: [(acts: [(String, [String: String])], a: String, status: String?)] = [
        ([], "no", nil),
        ([("project.create", [:])], "no", "active"),
        ([("release.yank", ["version": "1"])], "3 -", nil),
        ([("release.yank", ["version": "1", "reason": "cc"])], "3 cc", nil),
        ([("release.yank", ["version": "1"]), ("release.unyank", ["version": "1.0"])], "no", nil),
        ([("file.yank", ["filename": "a", "version": "1.0"])], "3 -", nil),
        // What is said of the release comes first, and what is said of the file stays.
        (
            [("file.yank", ["filename": "a"]), ("release.yank", ["version": "1.0", "reason": "cc"])],
            "4 cc", nil
        ),
        (
            [
                ("file.yank", ["filename": "a", "reason": "dd"]), ("release.yank", ["version": "1.0"]),
                ("release.unyank", ["version": "1.0"]),
            ], "3 dd", nil
        ),
        ([("file.yank", ["filename": "b"]), ("file.unyank", ["filename": "b"])], "no", nil),
        // A version that begins again is as yanked as it was.
        (
            [
                ("release.yank", ["version": "1.0"]), ("release.delete", ["version": "1.0"]),
                ("release.create", ["version": "1.0"]),
            ], "3 -", nil
        ),
        ([("project.status", ["status": "archived", "reason": "cc"])], "no", "archived"),
        ([("project.status", ["status": "archived"]), ("project.recreate", [:])], "no", "active"),
    ]

    /// `unknown`, `no`, or the entry that says so with the reason that it commits to.
    private static func words(_ yanked: LoggedProject.Yanked?) -> String? {
        switch yanked {
        case nil: nil
        case .unknown: "unknown"
        case .no: "no"
        case .yes(nil): "yes"
        case .yes(let yank?): "\(yank.said.entry) \(yank.reason ?? "-")"
        }
    }

    @Test("is whether a file is yanked, by itself or with its release, and a project's status", arguments: yanks)
    func yanked(acts: [(String, [String: String])], a: String, status: String?) throws {
        let demo = try #require(try Self.files(acts)["demo"])
        #expect(Self.words(demo.yanked("a")) == a)
        #expect(demo.status?.word == status)
    }

    @Test("is not known of what was said before the first entry that was read")
    func partial() throws {
        let none = try #require(try Self.files([], isWhole: false)["demo"])
        #expect(none.yanked("a") == .unknown)
        #expect(none.status == nil)
        #expect(none.isThere == true)
        let own = try #require(try Self.files([("file.yank", ["filename": "a"])], isWhole: false)["demo"])
        #expect(own.yanked("a") == .yes(nil))
        #expect(own.yanked("b") == .unknown)
        let release = try #require(try Self.files([("release.unyank", ["version": "1.0"])], isWhole: false)["demo"])
        #expect(release.yanked("a") == .no)
        #expect(release.yanked("c") == .unknown)
    }

    @Test("is written down and read again as it is, with what decides how things come back")
    func kept() throws {
        let acts = [
            ("release.delete", ["version": "1"]), ("content.quarantine", ["what": "file", "filename": "c"]),
            ("file.yank", ["filename": "b", "reason": "cc"]),
            ("removal.ask", ["what": "project", "due": "2026-12-24"]),
        ]
        let files = try Self.files(acts)
        let read = try JSONDecoder().decode(LoggedFiles.self, from: JSONEncoder().encode(files))
        #expect(read == files)
        #expect(read.isWhole)
        #expect(files.only(["other"]).projects == [])
        #expect(files.only(["demo", "other"]).projects == ["demo"])
    }

    @Test("is nothing where an entry is not a statement")
    func others() {
        for text in [
            "", "{}", "[]", #"{"act":"x","at":"y","details":{}}"#, #"{"act":"x","at":"y","serial":"1"}"#,
            #"{"act":"x","at":"y","details":{},"serial":1}"#,
            #"{"act":"x","act":"x","at":"y","details":{},"serial":"1"}"#,
        ] { #expect(LogStatement(Array(text.utf8)) == nil, "\(text)") }
    }
}
