import Advisories
import ArgumentParser
import CommandSupport
import Foundation
import KnownAdvisories
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind advisories …`
public struct AdvisoriesCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "advisories", abstract: "What is known to be bad: vulnerabilities and malicious releases.",
        discussion: """
            Advisories are documents of the Open Source Vulnerability format, imported from wherever they come; what this index \
            has in quarantine is one, too (RIND-…). Pages, the JSON API and /osv/ give them out.

            Example: rind advisories import pypi-export.zip
            """,
        subcommands: [ImportDocuments.self, List.self, Show.self])

    /// Read from the command line.
    public init() {}

    struct ImportDocuments: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Take in advisories: a JSON file, a folder of them, or a ZIP archive.",
            discussion: """
                All documents are looked at first. Where one is wrong, nothing is taken, and each that is wrong is named with its \
                reason; --skip leaves those out and takes the rest. A document that was changed before the one that is known \
                takes not its place, and one that is withdrawn is kept as withdrawn. Doing it again changes nothing.

                Example: rind advisories import pypi-export.zip --skip
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Flag(help: "Leave out documents that are wrong, and take the rest.") var skip = false
        @Argument(help: "The file, folder or archive.", completion: .file()) var path: String

        /// What became of all documents.
        private struct Summary: Encodable {
            let added: Int
            let changed: Int
            let withdrawn: Int
            let known: Int
            let others: Int
            let faults: [String]
        }

        func run() async throws {
            let feed = AdvisoryFeed(path: path)
            let outcome: AdvisoryFeed.Outcome
            do {
                outcome = try await common.withIndex(makesOne: true) { index in
                    try await feed.take(
                        into: index.stores.advisories, leavesOutFaulty: skip, by: .operatorAtMachine,
                        at: currentTimestamp())
                }
            } catch let faulty as AdvisoryFeed.Faulty {
                faulty.faults.forEach { complain($0.description) }
                complain("Nothing was taken of \(path). Mend what is named above, or leave it out with --skip.")
                throw ExitCode(1)
            }
            outcome.faults.forEach { complain("left out: \($0)") }
            let tally = outcome.tally
            if output.json {
                return try printJSON(
                    Summary(
                        added: tally.added, changed: tally.changed, withdrawn: tally.withdrawn, known: tally.known,
                        others: outcome.others, faults: outcome.faults.map(\.description)))
            }
            print(
                "\(tally.added) new, \(tally.changed) changed, \(tally.withdrawn) withdrawn, \(tally.known) known already; "
                    + "\(outcome.others) about no Python package.")
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List advisories, all or those about a project.",
            discussion: "Example: rind advisories list requests")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "A project, here or elsewhere.") var name: ProjectName?

        /// What is said of an advisory, a line each.
        private struct Line: Encodable {
            let id: String
            let projects: [String]
            let summary: String?
            let severity: String?
            let modified: String
            let withdrawn: String?
        }

        func run() async throws {
            let advisories = try await common.withIndex { try await $0.stores.advisories.list(about: name) }
            for advisory in advisories {
                let line = Line(
                    id: advisory.id.description, projects: advisory.projects.sorted(), summary: advisory.summary,
                    severity: advisory.isMalicious ? "malicious" : advisory.level?.rawValue,
                    modified: advisory.modified.iso8601, withdrawn: advisory.withdrawn?.iso8601)
                if output.json {
                    try printJSONLine(line)
                } else {
                    let mark = line.withdrawn == nil ? line.severity ?? "" : "withdrawn"
                    print(
                        [line.id, line.projects.joined(separator: " "), mark, line.summary ?? ""].joined(
                            separator: "\t"))
                }
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the document of an advisory.",
            discussion: "Example: rind advisories show PYSEC-2023-74")
        @OptionGroup var common: DataOption
        @Argument(help: "Its identifier.") var id: String

        func run() async throws {
            let document = try await common.withIndex { index in
                try await AdvisoryID(id).asyncMap { try await index.stores.advisories.advisory($0) }
            }
            guard let document else { throw UnknownAdvisory(id: id) }
            printPage(String(decoding: document.bytes, as: UTF8.self))
        }
    }
}

/// There is no such advisory.
struct UnknownAdvisory: Error, CustomStringConvertible {
    let id: String
    var description: String { "There is no advisory '\(id.prefix(100))'. List them with: rind advisories list" }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result?) async throws -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
