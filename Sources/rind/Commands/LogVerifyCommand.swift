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
            since a checkpoint that you kept (--since), and that the pages of the index say what the log says, both ways: \
            files with their digests, what is hidden, what is yanked, statuses. Without --key, the keys are believed that the \
            index names: say the one that you were given.

            --keep keeps the checkpoint, and beside it, in FILE.state, what the log says. With --since, only what is new is \
            read, with the pages of what it is about, the list of all projects, and some of the other pages in turn \
            (--pages). Without FILE.state, what is hidden and not new is not missed: leave out --since now and then.

            A log lags behind its index by a second or more. Where they differ, both are read again for --wait seconds.

            Example: rind log verify https://packages.example.org --since head --keep head
            """)
    @Argument(help: "Where the index is.") var url: String
    @Option(help: "A checkpoint that was kept.", completion: .file()) var since: String?
    @Option(help: "Where to keep the checkpoint of now, once all is checked.", completion: .file()) var keep: String?
    @Option(help: "A public key of the log, as `rind log key show` prints it; may be given several times.")
    var key: [String] = []
    @Option(help: "For how many seconds to read again what differs.") var wait = 20
    @Option(help: "With --since: how many pages to look at, in turn, of what is not new.")
    var pages = LogVerifier.usualPagesInTurn
    @OptionGroup var output: JSONOption

    func validate() throws {
        guard wait >= 0, pages >= 0 else { throw ValidationError("--wait and --pages take numbers, 0 at least.") }
    }

    func run() throws {
        let keys = try [VerifierKey](arguments: key)
        let checkpoint = try since.map { try String(contentsOfFile: $0, encoding: .utf8) }
        let clock = ContinuousClock()
        var end: ContinuousClock.Instant?
        let pause: (Int) -> Bool = { differences in
            if end == nil, wait > 0 {
                complain(
                    "The log and the pages differ in \(differences) things. The log lags behind by some seconds: both are read "
                        + "again for \(wait) s.")
            }
            let last = end ?? clock.now + .seconds(wait)
            end = last
            guard clock.now < last else { return false }
            Thread.sleep(forTimeInterval: 1)
            return true
        }
        let (report, kept) = try LogVerifier(url, keys: keys, pagesInTurn: pages).verify(
            since: checkpoint, kept: since.flatMap { KeptLog(at: Self.state(of: $0)) }, pause: pause)
        if output.json {
            try printJSON(report)
        } else {
            for problem in report.problems { print(problem) }
            print(
                "\(report.log): \(report.size) entries, \(report.read) read, \(report.files) files compared on "
                    + "\(report.pages) pages, "
                    + (report.problems.isEmpty ? "nothing is wrong." : "\(report.problems.count) things are wrong."))
        }
        guard report.problems.isEmpty else { throw ExitCode(1) }
        guard let keep else { return }
        if report.isWhole { try kept.write(to: Self.state(of: keep)) }
        try Data(kept.checkpoint.utf8).write(to: URL(filePath: keep), options: .atomic)
    }

    /// What is kept beside a checkpoint. It is passed over where it is of another one, as after a crash between both.
    private static func state(of checkpoint: String) -> String { "\(checkpoint).state" }
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
