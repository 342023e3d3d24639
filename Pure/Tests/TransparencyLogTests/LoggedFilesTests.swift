import Testing
import TransparencyLog

@Suite("What a log says of files") struct LoggedFilesTests {
    private static func statement(_ act: String, _ details: [String: String], project: String? = "demo") throws
        -> LogStatement
    {
        let members = details.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let name = project.map { "\"project\":\"\($0)\"," } ?? ""
        let text =
            "{\"act\":\"\(act)\",\"at\":\"2026-11-30T09:00:00.000000Z\",\"details\":{\(members)},\(name)\"serial\":\"7\"}"
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
        ([("content.quarantine", ["what": "project"])], []),
        (
            [
                ("content.quarantine", ["what": "project"]),
                ("content.lift-quarantine", ["what": "release", "version": "1.0"]),
            ], ["a", "b"]
        ),
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
    ]

    @Test("is which are published, and neither removed nor in quarantine", arguments: table)
    func published(acts: [(String, [String: String])], left: Set<String>) throws {
        var files = LoggedFiles()
        for (filename, version) in [("a", "1.0"), ("b", "1.0"), ("c", "2.0")] {
            files.apply(try Self.upload(filename, version))
        }
        for (act, details) in acts { files.apply(try Self.statement(act, details)) }
        #expect(files.published(of: "demo") == left)
        #expect(files.file("a", of: "demo")?.sha256 == "of a")
        let first = try #require(files.file("a", of: "demo"))
        #expect((first.isRemoved || first.isQuarantined) == !left.contains("a"))
        #expect(files.file("a", of: "other") == nil)
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
