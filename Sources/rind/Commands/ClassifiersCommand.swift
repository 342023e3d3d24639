import ArgumentParser
import CommandSupport
import Foundation
import PackagingFormats
import Policy
import Ports
import Server
import Stores

/// `rind classifiers …`
struct ClassifiersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "classifiers", abstract: "The classifiers that releases can have.",
        discussion: """
            Rind knows PyPI's list as it was when this version was made. Newer ones, and ones of your own, are added by an \
            import.

            Example: rind classifiers import classifiers.txt
            """,
        subcommands: [ImportList.self, List.self])

    struct ImportList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Renew the list of classifiers.",
            discussion: """
                Takes a file with one classifier a line, as `python -m trove_classifiers` prints them; - is standard input. \
                What an earlier import added and this one does not name is not taken any more. A running server goes by it at \
                once.

                Example: rind classifiers import classifiers.txt
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "The file.", completion: .file()) var file: String

        struct Summary: Encodable {
            /// On the list of this version.
            let known: Int
            /// Taken beyond it.
            let added: Int
        }

        func run() async throws {
            let bytes =
                file == "-"
                ? try FileHandle.standardInput.readToEnd() ?? Data() : try Data(contentsOf: URL(filePath: file))
            guard let text = String(data: bytes, encoding: .utf8) else {
                throw ValidationError("\(file) is not UTF-8 text.")
            }
            var known = 0
            var added: Set<String> = []
            for (number, line) in zip(1..., text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)) {
                let name = line.trimmingCharacters(in: .whitespaces)
                if name.isEmpty || name.hasPrefix("#") { continue }
                guard TroveClassifiers.isClassifier(name) else {
                    throw ValidationError(
                        "Line \(number) of \(file) is not a classifier, such as 'Topic :: Utilities'.")
                }
                switch TroveClassifiers.standing(of: name) {
                case .known, .deprecated: known += 1
                case .isPrivate, .unknown: added.insert(name)
                }
            }
            let classifiers = added
            try await common.withIndex(makesOne: true) { index in
                try await index.stores.classifiers.replace(
                    with: classifiers, by: .operatorAtMachine, at: currentTimestamp())
            }
            if output.json { return try printJSON(Summary(known: known, added: added.count)) }
            print("\(added.count) classifiers added to the list of this version, which has \(known) of the file.")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the classifiers that were added.", discussion: "Example: rind classifiers list")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await common.withIndex { index in
                let names = try await index.stores.classifiers.added()
                if output.json { return try printJSON(names) }
                for name in names { print(name) }
            }
        }
    }
}
