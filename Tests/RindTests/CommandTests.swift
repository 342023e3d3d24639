import ArgumentParser
import CommandSupport
import Foundation
import Primitives
import Server
import Testing

@testable import rind

@Suite("The command line") struct CommandTests {
    /// All commands that do something, with the words that lead to them.
    static let commands: [(words: [String], type: any ParsableCommand.Type)] = {
        func leaves(
            _ type: any ParsableCommand.Type, _ words: [String]
        ) -> [(words: [String], type: any ParsableCommand.Type)] {
            let below = type.configuration.subcommands
            guard !below.isEmpty else { return [(words, type)] }
            return below.flatMap { leaves($0, words + [$0._commandName]) }
        }
        return leaves(Rind.self, [])
    }()

    /// The examples in the help of a command, as a shell would take them apart.
    static func examples(_ help: String) -> [[String]] {
        let lines = help.replacing("\\\n", with: " ").split(separator: "\n")
        return lines.compactMap { $0.firstMatch(of: /(?:Example: |^ +)rind ([a-z-]+ [^|<>]+)/) }.map { match in
            // What stands between quotation marks is one word.
            match.1.split(separator: /["']/, omittingEmptySubsequences: false).enumerated().flatMap { index, part in
                index.isMultiple(of: 2) ? part.split(separator: " ").map(String.init) : [String(part)]
            }
        }
    }

    @Test(
        "has an example in the help of each command, and each is one that the command takes",
        arguments: commands.map(\.words))
    func help(words: [String]) throws {
        let type = try #require(Self.commands.first { $0.words == words }?.type)
        let examples = Self.examples(type.configuration.discussion)
        #expect(!examples.isEmpty, "no example for rind \(words.joined(separator: " "))")
        for example in examples {
            #expect(throws: Never.self, "rind \(example.joined(separator: " "))") { try Rind.parseAsRoot(example) }
        }
    }

    // Wrong in one way each; the same without that is an example above.
    static let wrong = [
        ["nonsense"], ["serve", "--nonsense"], ["token", "issue"], ["token", "issue", "not/a/name"],
        ["token", "issue", "ada", "--project", "-"], ["token", "issue", "ada", "--expires", "90"],
        ["token", "issue", "ada", "--expires", "0d"], ["token", "issue", "ada", "--expires", "10001d"],
        ["project", "require", "demo", "anonymous"], ["project", "require", "demo", "nonsense"],
        ["user", "recovery", "ada", "--approve", "--cancel"], ["downloads", "ingest", "a.log", "--cap", "0"],
    ]

    @Test("refuses wrong usage with status 2, before it touches anything", arguments: wrong)
    func usage(arguments: [String]) {
        let error = #expect(throws: (any Error).self) { try Rind.parseAsRoot(arguments) }
        #expect(error.map { Rind.exitCode(for: $0) } == .validationFailure)
    }

    // The columns are the point.
    // swift-format-ignore
    static let lifetimes: [(String, Duration?)] = [
        ("15m", .seconds(900)), ("12h", .seconds(43_200)), ("90d", .seconds(7_776_000)), ("4w", .seconds(2_419_200)),
        ("10000d", .seconds(864_000_000)),
        ("0d", nil), ("-1d", nil), ("10001d", nil), ("90", nil), ("d", nil), ("", nil), ("1.5d", nil), ("90 d", nil),
        ("1y", nil),
    ]

    @Test("reads a span of time as people write it", arguments: lifetimes)
    func lifetime(text: String, duration: Duration?) { #expect(Lifetime(argument: text)?.duration == duration) }

    private struct Fault: Error {}
    private struct Kept: Refusal {
        let kind = RefusalKind.forbidden
        let code = "test.kept"
        let explanation = "It is kept."
    }

    @Test("ends with 0 for help, 1 for what is refused or fails, 2 for wrong usage, and says why once")
    func endings() throws {
        func ending(_ arguments: [String]) -> Ending? {
            do {
                var command = try Rind.parseAsRoot(arguments)
                // Help is a command of its own, which throws what is to be shown.
                if !(command is any AsyncParsableCommand) { try command.run() }
            } catch { return Ending(error) }
            return nil
        }
        guard case .answer(let help) = ending(["--help"])?.speech else {
            Issue.record("--help says nothing")
            return
        }
        #expect(ending(["--help"])?.status == 0 && help.contains("rind serve"))
        #expect(ending(["--version"]) == Ending(status: 0, speech: .answer(Rind.configuration.version)))
        guard case .usage(let usage) = ending(["nonsense"])?.speech else {
            Issue.record("no usage")
            return
        }
        #expect(ending(["nonsense"])?.status == 2 && usage.contains("nonsense"))
        #expect(Ending(Kept()) == Ending(status: 1, speech: .complaint("It is kept.")))
        // What was found is printed already: `rind doctor`, an import that refused some files.
        #expect(Ending(ExitCode.failure) == Ending(status: 1, speech: .nothing))
        guard case .complaint(let sentence) = Ending(Fault()).speech else {
            Issue.record("a fault is silent")
            return
        }
        #expect(Ending(Fault()).status == 1 && !sentence.contains("\n"))
    }

    @Test("makes columns as wide as they need to be, and nothing in a cell moves the next or steers the terminal")
    func table() {
        let lines = tableLines(
            ["name", "reason", "when"], [["demo", "a\u{1B}[31mb\nc", "2026"], ["longer-name", "", "never"]])
        #expect(lines.count == 3)
        #expect(lines[2].hasPrefix("longer-name  "))
        #expect(lines.allSatisfy { $0.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } })
        let columns = lines.map { $0.count - ($0.split(separator: " ").last?.count ?? 0) }
        #expect(Set(columns).count == 1)
    }
}
