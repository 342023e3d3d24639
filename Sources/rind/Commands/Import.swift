import Accounts
import ArgumentParser
import CommandSupport
import Foundation
import Server

/// `rind import`
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Load the wheels and sdists below a folder.",
        discussion: """
            Takes what pypiserver, devpi or `pip download` left in folders. What is there already is passed over, so an \
            import that was interrupted is started again. Files that are refused are named with the reason, and the \
            exit status is 1. What is wrong with a file and does not keep pip from installing it (a RECORD that names files \
            that are not there, say) is noted: rind doctor --notes lists it.

            Files keep the time of their last change as the time of their upload, so that resolving as of a date works; with \
            --dates now everything is of today, and --dates FILE.csv names a table with lines such as \
            demo-1.0.tar.gz,2026-11-22T08:05:09Z.

            Example: rind import ./packages --owner ada
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Argument(help: "The folder.", completion: .directory) var folder: String
    @Option(help: "Who becomes the owner of projects that have none.") var owner: Username?
    @Option(help: "When the files were published: mtime, now, or a table FILE.csv.", completion: .file())
    var dates = "mtime"

    func run() async throws {
        let dates = try importDates()
        let summary = try await common.withIndex(makesOne: true) { index in
            let bar = ProgressBar("Importing")
            defer { bar.finish() }
            return try await FolderImport(index, owner: owner, dates: dates).run(folder) { done, total in
                bar.update(done, of: total)
            }
        }
        if output.json {
            try printJSON(summary)
        } else {
            for refused in summary.refused { complain("\(refused.file): \(refused.reason)") }
            for noted in summary.noted {
                for note in noted.notes { print("note: \(noted.file): \(note)") }
            }
            print(
                "\(summary.imported) imported, \(summary.alreadyThere) already there, \(summary.refused.count) refused."
            )
        }
        if !summary.refused.isEmpty { throw ExitCode.failure }
    }

    private func importDates() throws -> ImportDates {
        switch dates {
        case "now": return .now
        case "mtime": return .modified
        default:
            guard let text = try? String(contentsOfFile: dates, encoding: .utf8) else {
                throw ValidationError(
                    "--dates takes mtime, now, or a table that can be read as UTF-8; '\(dates)' is not one of these.")
            }
            return try .listed(parsing: text)
        }
    }
}
