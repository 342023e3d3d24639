import Archives
import Findings
import Foundation
import Scanning
import Testing

@Suite("The rules that come with the index") struct RuleSetTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Scanning/Rules")

    /// The folder's files as they are on disk.
    private static func files() throws -> [RuleSet.File] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).map { name in
            RuleSet.File(name: name, bytes: [UInt8](try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    @Test("are those of the folder")
    func embedded() throws {
        let (builtIn, onDisk) = (try RuleSet.builtIn(), try RuleSet(reading: Self.files()))
        #expect(builtIn.version == onDisk.version, "build again; if that does not help, see BuiltInRules.swift")
        #expect(builtIn.rules.map(\.id) == onDisk.rules.map(\.id))
    }

    @Test("find what their cases say, and nothing that they say is good")
    func cases() throws {
        let mistakes = try RuleSet(reading: Self.files()).checkCases()
        #expect(mistakes.isEmpty, "\(mistakes.map(\.description).joined(separator: "\n"))")
    }

    @Test("have versions that differ when a letter of a rule does")
    func version() throws {
        let files = try Self.files()
        let changed = files.map { file in
            file.name == "clipboard.rule"
                ? RuleSet.File(name: file.name, bytes: file.bytes + Array("# x\n".utf8)) : file
        }
        #expect(try RuleSet(reading: files).version == RuleSet(reading: files.reversed()).version)
        #expect(try RuleSet(reading: files).version != RuleSet(reading: changed).version)
    }

    @Test("can be added to, with their lists of names")
    func added() throws {
        let own = """
            rule: own-shell
            severity: high
            why: Our code never starts programs by this function.
            match: call @run-programs
            bad:
              import os
              os.system("id")  # found
            good:
              import os
              os.getcwd()
            """
        let base = try RuleSet.builtIn()
        let all = try RuleSet(reading: [RuleSet.File(name: "own-shell.rule", bytes: Array(own.utf8))], addedTo: base)
        #expect(all.rules.count == base.rules.count + 1)
        #expect(all.version != base.version)
        #expect(all.checkCases(leavingOut: base).isEmpty)
        #expect(throws: RuleMistake.self) {
            try RuleSet(reading: [RuleSet.File(name: "clipboard.rule", bytes: Array(own.utf8))], addedTo: base)
        }
    }

    @Test("whose own cases fail are told with file and line")
    func failing() throws {
        let own = """
            rule: own-shell
            severity: high
            why: Our code never starts programs by this function.
            match: line /os\\.system/
            bad:
              import subprocess
            good:
              os.system("id")
            """
        let rules = try RuleSet(reading: [RuleSet.File(name: "own-shell.rule", bytes: Array(own.utf8))])
        #expect(
            rules.checkCases().map(\.description) == [
                "own-shell.rule, line 5: expected that the rule finds something in this bad example",
                "own-shell.rule, line 7: expected that the rule finds nothing in this good example; it finds lines [1]",
            ])
    }
}
