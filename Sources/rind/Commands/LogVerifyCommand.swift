import ArgumentParser
import CommandSupport
import Foundation
import LogVerification
import TransparencyLog

/// `rind log verify URL`
struct LogVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check the log of an index from outside.",
        discussion: """
            Reads the log at an index's address and checks that every entry is in the signed tree, that nothing was rewritten \
            since a checkpoint that you kept (--since), and that the pages of the index list what the log says, with the same \
            digests. With --since, only what is new is read. Without --key, the keys are believed that the index names: say \
            the one that you were given.

            Example: rind log verify https://packages.example.org --since head --keep head
            """)
    @Argument(help: "Where the index is.") var url: String
    @Option(help: "A checkpoint that was kept.", completion: .file()) var since: String?
    @Option(help: "Where to keep the checkpoint of now, once all is checked.", completion: .file()) var keep: String?
    @Option(help: "A public key of the log, as `rind log key show` prints it; may be given several times.")
    var key: [String] = []
    @OptionGroup var output: JSONOption

    func run() throws {
        let keys = try [VerifierKey](arguments: key)
        let kept = try since.map { try String(contentsOfFile: $0, encoding: .utf8) }
        let (report, checkpoint) = try LogVerifier(url, keys: keys).verify(since: kept)
        if output.json {
            try printJSON(report)
        } else {
            for problem in report.problems { print(problem) }
            print(
                "\(report.log): \(report.size) entries, \(report.read) read, \(report.files) files compared, "
                    + (report.problems.isEmpty ? "nothing is wrong." : "\(report.problems.count) things are wrong."))
        }
        guard report.problems.isEmpty else { throw ExitCode(1) }
        if let keep { try Data(checkpoint.utf8).write(to: URL(filePath: keep), options: .atomic) }
    }
}

extension [VerifierKey] {
    /// Reads keys from the command line.
    init(arguments texts: [String]) throws {
        self = try texts.map { text in
            guard let key = VerifierKey(parsing: text) else {
                throw ValidationError("'\(text)' is not a public key of a log: NAME+ID+KEY")
            }
            return key
        }
    }
}
