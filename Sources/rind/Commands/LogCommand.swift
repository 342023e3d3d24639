import Accounts
import ArgumentParser
import CommandSupport
import Journal
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import UTC

/// `rind log …`
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log", abstract: "The record of all changes.",
        discussion: "Example: rind log show --project demo",
        subcommands: [
            Show.self, LogKeyCommand.self, LogVerifyCommand.self, LogMonitorCommand.self, LogResumeCommand.self,
        ])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what happened, when, by whom; the newest last.",
            discussion: "Example: rind log show --project demo --limit 20")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Option(help: "Only changes of this project.") var project: ProjectName?
        @Option(help: "Only changes by this account.") var user: Username?
        @Option(help: "Only changes after this serial, the oldest first.") var after: Int64?
        @Option(help: "At most so many.") var limit = 50

        struct Line: Encodable {
            let serial: Int64, at: String, actor: String, action: String, subject: String, details: [String: String]
        }

        func run() async throws {
            var query = JournalQuery()
            query.subject = project.map { Subject.project($0).journalName }
            query.actor = user.map { "user \($0.normalized)" }
            query.after = after ?? 0
            query.newestFirst = after == nil
            query.limit = max(1, limit)
            let asked = query
            try await common.withIndex { index in
                var entries = try await index.stores.journal.entries(asked)
                if asked.newestFirst { entries.reverse() }
                let lines = entries.map { entry in
                    Line(
                        serial: entry.serial, at: entry.at.iso8601, actor: entry.actor,
                        action: entry.actionName, subject: entry.subject, details: entry.details)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["serial", "at", "by", "what", "to", "details"],
                    lines.map { line in
                        let details = line.details.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                        return [
                            String(line.serial), line.at, line.actor, line.action, line.subject,
                            details.joined(separator: " "),
                        ]
                    })
            }
        }
    }
}
