import ArgumentParser
import Model
import Server

/// `rind import`
struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Load the wheels and sdists below a folder.",
        discussion: """
            Takes what pypiserver, devpi or `pip download` left in folders. What is there already is passed over, so an \
            import that was interrupted is started again. Files that are refused are named with the reason, and the \
            exit status is 1.

            Example: rind import ./packages --owner ada
            """)
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Argument(help: "The folder.", completion: .directory) var folder: String
    @Option(help: "Who becomes the owner of projects that have none.") var owner: Username?

    func run() async throws {
        let summary = try await common.withIndex(makesOne: true) { index in
            let bar = ProgressBar("Importing")
            defer { bar.finish() }
            return try await FolderImport(index, owner: owner).run(folder) { done, total in
                bar.update(done, of: total)
            }
        }
        if output.json {
            try printJSON(summary)
        } else {
            for refused in summary.refused { complain("\(refused.file): \(refused.reason)") }
            print(
                "\(summary.imported) imported, \(summary.alreadyThere) already there, \(summary.refused.count) refused."
            )
        }
        if !summary.refused.isEmpty { throw ExitCode.failure }
    }
}
