import ArgumentParser
import CommandSupport
import Documents
import PackagingFormats
import Policy
import Ports
import Primitives
import Server
import Stores
import UTC

/// `rind critical …`
struct CriticalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "critical", abstract: "Critical projects: which they are, and what they ask of people.",
        discussion: "Example: rind critical list",
        subcommands: [
            List.self, Compute.self, Preview.self, Explain.self, Designate.self, Lift.self, SettingsCommand.self,
            SetCommand.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the critical projects.", discussion: "Example: rind critical list --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Flag(help: "List those that were lifted, too.") var lifted = false

        func run() async throws {
            try await common.withIndex { index in
                let projects = try await index.stores.critical.list(includingLifted: lifted).map(CriticalLine.init)
                if output.json { return try printJSON(projects) }
                printTable(
                    ["name", "rank", "downloads", "since", "reason"],
                    projects.map { line in
                        [
                            line.name, line.rank.map(String.init) ?? "-", line.downloads.map(String.init) ?? "-",
                            line.day, line.why + (line.lifted.map { "; lifted: \($0)" } ?? ""),
                        ]
                    })
            }
        }
    }

    struct Compute: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Rank all projects by downloads, and designate those that have become critical.",
            discussion: """
                A server does this once a day by itself. Doing it again changes nothing.

                Example: rind critical compute --as-of 2026-11-22
                """)
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Option(help: "Count the days before this UTC day (YYYY-MM-DD) instead of before today.") var asOf: Day?

        struct Result: Encodable {
            let day: String, projects: Int, quota: Int, threshold: Int64, reaching: Int
            let designated: [CriticalLine]
        }

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                let done = try await index.computeCriticalProjects(asOf: asOf ?? now.day, at: now)
                let designated = done.designated.map { CriticalLine(CriticalProject(designation: $0)) }
                if output.json {
                    return try printJSON(
                        Result(
                            day: done.day.description, projects: done.ranking.total, quota: done.ranking.quota,
                            threshold: done.ranking.threshold, reaching: done.ranking.places.count,
                            designated: designated))
                }
                print(
                    "\(grouped(Int64(done.ranking.total))) names were ranked as of \(done.day). "
                        + "\(grouped(Int64(done.ranking.places.count))) have at least \(grouped(done.ranking.threshold)) "
                        + "downloads; \(designated.count) of these are newly critical.")
                for line in designated { print("  \(line.name): \(line.why)") }
            }
        }
    }

    struct Explain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say why a name is critical, or why not.", discussion: "Example: rind critical explain demo")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Option(help: "As of this UTC day (YYYY-MM-DD) instead of today.") var asOf: Day?
        @Argument(help: "The project, or a reserved name.") var name: ProjectName

        func run() async throws {
            try await common.withIndex { index in
                let now = currentTimestamp()
                let explanation = try await index.stores.critical.explain(name, asOf: asOf ?? now.day, at: now)
                let line = ExplanationLine(explanation)
                if output.json { return try printJSON(line) }
                for sentence in line.sentences { print(sentence) }
            }
        }
    }

    struct Designate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Name a project, or a reserved name, critical.",
            discussion: "Example: rind critical designate demo")
        @OptionGroup var common: DataOption
        @Argument(help: "The project, or a reserved name.") var name: ProjectName

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.critical.designate(name, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }

    struct Lift: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Lift a designation, with a reason that goes on record.",
            discussion: """
                A name whose designation was lifted is not designated again by its downloads, only by name.

                Example: rind critical lift demo --reason 'the downloads were our own monitoring'
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "The name.") var name: ProjectName
        @Option(help: "Why.") var reason: String

        func run() async throws {
            try await common.withIndex { index in
                try await index.stores.critical.lift(
                    name, reason: reason, by: .operatorAtMachine, at: currentTimestamp())
            }
        }
    }
}

/// Why a name is critical or not, as the command prints it.
private struct ExplanationLine: Encodable {
    let name: String
    let critical: Bool
    let designation: CriticalLine?
    let history: [FormerLine]
    let rank: Int?, downloads: Int64?
    let threshold: Int64, projects: Int, quota: Int
    let demands: [DemandLine]
    let sentences: [String]

    struct FormerLine: Encodable {
        let reason: String, why: String, rank: Int?, downloads: Int64?
        let designated: String, lifted: String?, by: String?, because: String?

        init(_ project: CriticalProject) {
            let line = CriticalLine(project)
            (reason, why, rank, downloads) = (line.reason, line.why, line.rank, line.downloads)
            designated = line.designated
            lifted = project.lifting?.at.iso8601
            by = project.lifting?.by
            because = project.lifting?.reason
        }
    }

    struct DemandLine: Encodable {
        let what: String, noticed: String, binds: String
    }

    init(_ explanation: CriticalExplanation) {
        name = explanation.name.display
        designation = explanation.project.map(CriticalLine.init)
        history = explanation.former.map(FormerLine.init)
        critical = explanation.project.map { $0.lifting == nil } ?? false
        rank = explanation.place?.rank
        downloads = explanation.place?.downloads
        threshold = explanation.threshold
        projects = explanation.total
        quota = explanation.quota
        demands = explanation.demands.map {
            DemandLine(what: $0.what.rawValue, noticed: $0.noticedAt.iso8601, binds: $0.bindsAt.iso8601)
        }
        var sentences: [String] = []
        if let project = explanation.project {
            let since = project.designation.designatedAt.day
            if let lifting = project.lifting {
                sentences.append(
                    "\(name) was critical from \(since) on (\(project.designation.why)), until \(lifting.by) lifted that "
                        + "on \(lifting.at.day): \(lifting.reason)")
            } else {
                sentences.append("\(name) is critical since \(since): \(project.designation.why).")
            }
        } else {
            sentences.append("\(name) is not critical.")
        }
        for former in explanation.former {
            guard let lifting = former.lifting else { continue }
            sentences.append(
                "Before, it was critical from \(former.designation.designatedAt.day) on (\(former.designation.why)), until "
                    + "\(lifting.by) lifted that on \(lifting.at.day): \(lifting.reason)")
        }
        if let place = explanation.place {
            sentences.append(
                "It is number \(grouped(Int64(place.rank))) of \(grouped(Int64(projects))) now, with "
                    + "\(grouped(place.downloads)) downloads; \(grouped(threshold)) make a project critical.")
        } else {
            sentences.append(
                "There never was a project of that name, and the name is not reserved, so it is not ranked.")
        }
        for demand in critical ? explanation.demands : [] {
            sentences.append(
                "Asked of everybody with a role: \(demand.what.words). Told on \(demand.noticedAt.day), binding from "
                    + "\(demand.bindsAt.day) where the rule is enforced.")
        }
        self.sentences = sentences
    }
}
