import Testing
import TransparencyLog

@Suite("An entry about a file") struct LogStatementTests {
    private static let file = PublishedFile(project: "demo", version: "1.0", filename: "a", sha256: "ff")

    static let table: [(act: String, details: [String: String], project: String, isAbout: Bool)] = [
        ("file.upload", ["filename": "a"], "demo", true), ("file.upload", ["filename": "b"], "demo", false),
        ("file.yank", ["filename": "a", "version": "1.0"], "demo", true),
        ("file.yank", ["filename": "b", "version": "1.0"], "demo", false),
        ("file.delete", ["filename": "a"], "other", false), ("file.erase", ["filename": "a"], "demo", true),
        ("release.yank", ["version": "1"], "demo", true), ("release.delete", ["version": "1.0.0"], "demo", true),
        ("release.delete", ["version": "2.0"], "demo", false), ("release.delete", ["version": "?"], "demo", false),
        ("release.create", ["version": "1.0"], "demo", false),
        ("project.delete", ["name": "Demo"], "demo", true), ("project.restore", ["files": "2"], "demo", true),
        ("project.restore", ["files": "2", "version": "2.0"], "demo", false),
        ("project.status", ["status": "archived"], "demo", true), ("project.create", [:], "demo", false),
        ("content.quarantine", ["what": "project"], "demo", true),
        ("content.quarantine", ["what": "release", "version": "1.0"], "demo", true),
        ("content.lift-quarantine", ["what": "file", "filename": "b"], "demo", false),
        ("removal.ask", ["what": "release", "version": "1.0"], "demo", true),
        ("return.approve", ["what": "project"], "demo", true), ("role.add", [:], "demo", false),
        ("something.new", ["filename": "a"], "demo", false),
    ]

    @Test("names it, its version, or is about all of its project", arguments: table)
    func isAbout(act: String, details: [String: String], project: String, isAbout: Bool) throws {
        let members = details.map { "\"\($0.key)\":\"\($0.value)\"" }.joined(separator: ",")
        let text = #"{"act":"\#(act)","at":"2026","details":{\#(members)},"project":"\#(project)","serial":"1"}"#
        let statement = try #require(LogStatement(Array(text.utf8)))
        #expect(statement.isAbout(Self.file) == isAbout)
        // What is shown of a file has words.
        if isAbout { #expect(statement.isInWords) }
    }

    @Test("has words, whatever was done to files")
    func words() throws {
        for act in LogStatement.actsOnFiles {
            let text = #"{"act":"\#(act)","at":"2026","details":{},"project":"demo","serial":"1"}"#
            #expect(try #require(LogStatement(Array(text.utf8))).isInWords, "\(act)")
        }
    }
}
