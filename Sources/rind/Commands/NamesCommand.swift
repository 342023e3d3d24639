import ArgumentParser
import CommandSupport
import Foundation
import Journal
import KnownNames
import LookAlikes
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind names …`
struct NamesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names", abstract: "Names that are like others: slips of popular ones, brands, affixes.",
        discussion: """
            A new name is compared with those of the lists that were imported, of the projects that are downloaded here, \
            and those that are protected or reserved.

            Example: rind names import top-packages.csv && rind names check reqeusts
            """,
        subcommands: [
            Check.self, ImportList.self, Protect.self, Unprotect.self, List.self, Allow.self, Noted.self,
        ])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which names are like which others.",
            discussion: """
                clear: like no other. review: it is published, and a person looks at it. hold: it waits for that. Without \
                names, they are read from standard input, one a line. The exit status is 0 whatever the verdicts are.

                Example: rind names check --json < names.txt
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "Names.") var names: [String] = []

        /// What is said of a name, a line each.
        private struct Line: Encodable {
            let name: String
            let verdict: String
            let target: String?
            let mechanism: String?
        }

        func run() async throws {
            var asked = names
            if asked.isEmpty {
                while let line = readLine() {
                    let name = line.trimmingCharacters(in: .whitespaces)
                    if !name.isEmpty { asked.append(name) }
                }
            }
            let parsed = try asked.map { text in
                do { return try ProjectName(parsing: text) } catch {
                    throw ValidationError("'\(text.prefix(80))' is no name: \(error)")
                }
            }
            let corpus = try await common.withIndex(makesOne: true) { try await $0.stores.knownNames.corpus() }
            for name in parsed {
                let look = corpus.judge(name)
                let line = Line(
                    name: name.display, verdict: look.verdict.rawValue, target: look.target,
                    mechanism: look.mechanism?.code)
                if output.json {
                    try printJSONLine(line)
                } else {
                    print(
                        [line.name, line.verdict, line.target, line.mechanism].compactMap(\.self).joined(
                            separator: "\t"))
                }
            }
        }
    }

    struct ImportList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take in a list of popular names.",
            discussion: """
                Takes CSV with two columns, name and downloads, in either order, with headings or without; - is standard \
                input. Names of earlier lists are kept with the most downloads that they ever had, for what was popular once is \
                imitated for years; --replace forgets them.

                Example: rind names import top-packages.csv
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Flag(help: "Forget names that this list does not have.") var replace = false
        @Argument(help: "The file.", completion: .file()) var file: String

        private struct Summary: Encodable { let names: Int }

        func run() async throws {
            let bytes =
                file == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(filePath: file))
            guard let text = String(data: bytes, encoding: .utf8) else {
                throw ValidationError("\(file) is not UTF-8 text.")
            }
            let list: [(name: String, downloads: Int)]
            do { list = try NameList.parse(text) } catch {
                throw ValidationError("Nothing was taken of \(file). \(error)")
            }
            try await common.withIndex(makesOne: true) { index in
                try await index.stores.knownNames.add(
                    list, isReplacing: replace, by: .operatorAtMachine, at: currentTimestamp())
            }
            if output.json { return try printJSON(Summary(names: list.count)) }
            print("\(list.count) names taken.")
        }
    }

    struct Protect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Protect a name or a brand from look-alikes, whatever is downloaded of it.",
            discussion: """
                Names that begin with it are looked at as well: with acme protected, acme-login is reviewed. Its own owners \
                are not asked.

                Example: rind names protect acme
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "Names.") var names: [ProjectName]

        func run() async throws {
            try await common.withIndex(makesOne: true) { index in
                for name in names {
                    try await index.stores.knownNames.protect(name, by: .operatorAtMachine, at: currentTimestamp())
                }
            }
        }
    }

    struct Unprotect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Protect a name no longer.", discussion: "Example: rind names unprotect acme")
        @OptionGroup var common: DataOption
        @Argument(help: "The name.") var name: ProjectName

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.knownNames.unprotect(name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the names that are protected.", discussion: "Example: rind names list")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        func run() async throws {
            let names = try await common.withIndex { try await $0.stores.knownNames.protected() }
            if output.json { return try printJSON(names) }
            names.forEach { print($0) }
        }
    }

    struct Allow: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a name be taken that is like another.",
            discussion: """
                It is nobody's look-alike from then on, anyone can take it, and no longer among those that were noted.

                Example: rind names allow reqeusts --reason "a name of our own, agreed with both"
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The name.") var name: ProjectName
        @Option(help: "Why; it stays on record.") var reason: String

        func run() async throws {
            guard reason.contains(where: { !$0.isWhitespace }) else {
                throw ValidationError("Say why with --reason: it stays on record.")
            }
            try await common.withIndex { index in
                try await index.stores.knownNames.allow(
                    name, reason: reason, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Noted: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List new names that are like others', and that nobody has looked at.",
            discussion: """
                The last first, a thousand at most. Those that are allowed are not among them any more.

                Example: rind names noted --json
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        /// What is said of a name, a line each.
        private struct Line: Encodable {
            let name: String
            let verdict: String
            let target: String
            let mechanism: String
            let at: String
        }

        func run() async throws {
            for (noted, at) in try await common.withIndex({ try await $0.stores.knownNames.noted() }) {
                let line = Line(
                    name: noted.name.display, verdict: noted.verdict, target: noted.target, mechanism: noted.mechanism,
                    at: at.iso8601)
                if output.json {
                    try printJSONLine(line)
                } else {
                    print([line.at, line.name, line.verdict, line.target, line.mechanism].joined(separator: "\t"))
                }
            }
        }
    }
}
