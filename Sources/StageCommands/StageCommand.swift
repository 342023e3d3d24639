import Accounts
import Acts
import ArgumentParser
import CommandSupport
import PackagingFormats
import Policy
import Ports
import Primitives
import Server
import Stages
import Staging
import Stores
import UTC

extension StagingSetting.Approvers: @retroactive ExpressibleByArgument {}

/// Releases that wait for a person, at the machine.
public struct StageCommand: AsyncParsableCommand {
    public static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Releases that wait for a person: list, show, approve, reject; which wait.",
        subcommands: [List.self, Show.self, Approve.self, Reject.self, Set.self, Ask.self])

    public init() {}

    struct Line: Encodable {
        struct File: Encodable {
            let filename: String, sha256: String, size: Int64, sender: String, token: String?, assurance: String
            let uploaded: String
        }

        let number: Int64, project: String, version: String, state: String, waitsFor: String, opened: String
        let due: String, files: [File], approvedBy: [String]

        init(_ stage: Stage, at now: Timestamp) {
            number = stage.id.number
            project = stage.project.display
            version = stage.version.description
            state = stage.state(at: now).rawValue
            waitsFor = stage.terms.words
            opened = stage.openedAt.iso8601
            due = stage.dueAt.iso8601
            files = stage.files.map {
                File(
                    filename: $0.filename, sha256: $0.sha256, size: $0.size, sender: $0.sender.name,
                    token: $0.sender.tokenLabel, assurance: $0.sender.assurance.rawValue,
                    uploaded: $0.uploadedAt.iso8601)
            }
            approvedBy = stage.standingApprovals.map(\.user.display)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List what waits, the oldest first.", discussion: "Example: rind stage list")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                let lines = try await index.stores.stages().stages().map { Line($0, at: now) }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["number", "release", "files", "sent by", "state", "until"],
                    lines.map { line in
                        [
                            String(line.number), "\(line.project) \(line.version)", String(line.files.count),
                            Swift.Set(line.files.map(\.sender)).sorted().joined(separator: ", "), line.state, line.due,
                        ]
                    })
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show one of them: its files with their digests, and who sent them with what.",
            discussion: "Example: rind stage show 7")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Argument(help: "By its number in `rind stage list`.") var number: Int64

        func run() async throws {
            try await common.withIndex { index in
                guard let stage = try await index.stores.stages().stage(StageID(number)) else {
                    throw StageRefusal.noSuchStage
                }
                let line = Line(stage, at: currentTimestamp())
                if output.json { return try printJSON(line) }
                print(
                    "\(line.project) \(line.version): \(line.state); releases \(line.waitsFor); until \(line.due)")
                for user in line.approvedBy { print("approved by \(user)") }
                printTable(
                    ["file", "sha256", "sent by", "token", "made with", "uploaded"],
                    line.files.map {
                        [$0.filename, $0.sha256, $0.sender, $0.token ?? "-", $0.assurance, $0.uploaded]
                    })
            }
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Publish what waits, as the operator.",
            discussion: """
                All of them are published, or none; the journal and those who hold roles are told that it was the operator. \
                Owners and maintainers approve on the web, with a touch of their security key.

                Example: rind stage approve 7 8
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "By their numbers in `rind stage list`.") var numbers: [Int64]

        func run() async throws {
            try await common.withIndex { index in
                let stages = index.stores.stages()
                var seen: [SeenStage] = []
                for number in numbers {
                    guard let stage = try await stages.stage(StageID(number)) else { throw StageRefusal.noSuchStage }
                    seen.append(SeenStage(stage))
                }
                for one in try await stages.approve(seen, by: .operatorAtMachine, at: currentTimestamp()) {
                    print("Published \(one.project.display) \(one.version).")
                }
            }
        }
    }

    struct Reject: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reject what waits: its version and file names are free again.",
            discussion: "Example: rind stage reject 7 --reason 'nobody of us sent it'")
        @OptionGroup var common: DataOption
        @Argument(help: "By its number in `rind stage list`.") var number: Int64
        @Option(help: "Why, for those who hold roles.") var reason = ""

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.stages().reject(
                    StageID(number), reason: reason, by: .operatorAtMachine, at: currentTimestamp())
                print("Rejected. Nothing of it was published.")
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set whether the releases of a project wait, at once.",
            discussion: """
                Owners set it on the project's page 'Waiting'. Those who hold a role have a mail.

                Example: rind stage set demo wait --approvals 2
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The project.") var name: ProjectName
        @Argument(help: "wait, or publish.") var answer: Ask.Answer
        @Option(help: "How many people approve: 1 or 2.") var approvals = 1
        @Option(help: "Who: owners, or owners-and-maintainers.") var approvers = StagingSetting.Approvers.owners

        func run() async throws {
            try await common.withIndex { index in
                let setting = try StagingSetting(
                    isOn: answer == .wait, approvals: approvals, approvers: approvers)
                try await index.stores.stages().set(
                    setting, on: name, by: .operatorAtMachine, at: currentTimestamp())
                print("Releases of \(name.display) \(setting.words).")
            }
        }
    }

    struct Ask: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask that releases of critical projects wait for a person, or no longer.",
            discussion: """
                It has the phases of the rule for critical projects (`rind critical rule`): people are told at once, and it \
                binds when the days of its notice are over and the rule is enforced. Without --critical, this says what is \
                asked.

                Example: rind stage ask --critical wait
                """)
        @OptionGroup var common: DataOption
        @Option(help: "wait, or publish.") var critical: Answer?

        enum Answer: String, ExpressibleByArgument, CaseIterable { case wait, publish }

        func run() async throws {
            try await common.withIndex { index in
                let stages = index.stores.stages()
                if let critical {
                    try await stages.ask(
                        ofCriticalProjects: critical == .wait, by: .operatorAtMachine, at: currentTimestamp())
                }
                let since = try await stages.rule().askedAt
                print(
                    since.map { "Releases of critical projects are asked to wait, since \($0.iso8601)." }
                        ?? "Nothing is asked of critical projects.")
            }
        }
    }
}
