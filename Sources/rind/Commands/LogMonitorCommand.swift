import Accounts
import ArgumentParser
import CommandSupport
import Foundation
import Letters
import LogVerification
import Mail
import PackagingFormats
import Ports
import Primitives
import Server
import TransparencyLog
import UTC

/// `rind log monitor NAME…`
struct LogMonitorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monitor", abstract: "Hear of what is published under your names.",
        discussion: """
            Reads what is new in the log of an index since the last call, checks that the log goes on from there, and tells of \
            each file that was published under one of the names and is not yours: on standard output, or by mail. Which are \
            yours, a file says that has their digests, as sha256sum writes them. Call it from cron, or let it run with \
            --every. The first call tells of nothing that is there already, unless --from-start says so. If the log was \
            rewritten or rolled back, that is told, and the exit status is 1.

            Without --key, the keys are believed that the index names: say the one that you were given. The mail server is \
            that of the settings (RIND_SMTP, RIND_MAIL_FROM, or rind.yaml), or of the options.

            Example: rind log monitor demo --index https://packages.example.org --keep head --own SHA256SUMS --mail ada@example.org
            """)
    @Argument(help: "The names of projects.") var names: [ProjectName]
    @Option(help: "Where the index is.") var index: String
    @Option(help: "Where the checkpoint of the last call is kept.", completion: .file()) var keep: String
    @Option(help: "A file with the digests of your own files, as sha256sum writes them.", completion: .file())
    var own: String?
    @Option(help: "A public key of the log, as `rind log key show` prints it; may be given several times.")
    var key: [String] = []
    @Option(help: "Mail it to this address.") var mail: EmailAddress?
    @Flag(help: "At the first call, tell of what is there, too.") var fromStart = false
    @Option(help: "Look again after so many seconds, for ever.") var every: Int?
    @OptionGroup var common: DataOption
    @OptionGroup var output: JSONOption
    @Option(help: "The mail server, such as smtp://user@mail.example.org:587.") var smtp: String?
    @Option(help: "required or none: whether mail is sent under TLS only (default required, on loopback none).")
    var smtpTLS: String?
    @Option(help: "A file with the mail server's password (or the variable RIND_SMTP_PASSWORD).", completion: .file())
    var smtpPasswordFile: String?
    @Option(help: "A PEM file with the authorities of the mail server's certificate.", completion: .file())
    var smtpCAFile: String?
    @Option(help: "Who mail comes from.") var mailFrom: String?

    func validate() throws {
        if let every, every < 1 { throw ValidationError("--every takes a number of seconds, 1 at least.") }
    }

    func run() async throws {
        let keys = try [VerifierKey](arguments: key)
        let post = try await mail.asyncMap { try await postOffice(to: $0) }
        repeat {
            do {
                try await look(keys, post)
            } catch  where every != nil {
                complain("\(error)")
            }
            guard let every else { return }
            // Somebody may read it from a pipe.
            fflush(nil)
            try await Task.sleep(for: .seconds(every))
        } while true
    }

    /// Looks once. What is told is told before the checkpoint is kept: after a crash, again.
    private func look(_ keys: [VerifierKey], _ post: PostOffice?) async throws {
        let kept = try? String(contentsOfFile: keep, encoding: .utf8)
        let sums = try own.map { try String(contentsOfFile: $0, encoding: .utf8) } ?? ""
        let monitor: LogMonitor
        let seen: LogMonitor.Look
        do {
            monitor = try LogMonitor(
                index, keys: keys, projects: names, own: LogMonitor.digests(inSums: sums))
            seen = try monitor.look(since: kept)
        } catch let failure as VerificationFailure {
            try await raiseAlarm(failure, post)
            throw failure
        }
        let news = kept == nil && !fromStart ? [] : seen.news
        if let post, let last = news.last {
            let count = news.count == 1 ? "1 file" : "\(news.count) files"
            try await post.send(
                .published(news, in: seen.log), number: Int64(last.entry), at: Timestamp(iso8601: last.at))
            if !output.json { announce("Mailed \(post.to.text) about \(count).") }
        }
        if output.json {
            try printJSON(news)
        } else if post == nil {
            for file in news {
                announce(
                    "\(file.at) \(file.project) \(file.version) \(file.filename) sha256:\(file.sha256) "
                        + "entry \(file.entry)")
            }
        }
        if kept == nil, !output.json {
            announce("\(seen.log): \(seen.size) entries. From now on you hear of what is new.")
        }
        try Data(seen.checkpoint.utf8).write(to: URL(filePath: keep), options: .atomic)
        try? FileManager.default.removeItem(atPath: alarm)
    }

    /// What was mailed of a log that does not hold stands here, so that it is not mailed at every call.
    private var alarm: String { "\(keep).alarm" }

    private func raiseAlarm(_ failure: VerificationFailure, _ post: PostOffice?) async throws {
        guard let post, (try? String(contentsOfFile: alarm, encoding: .utf8)) != failure.description else { return }
        try await post.send(.alarm(failure, at: index), number: 0, at: nil)
        try Data(failure.description.utf8).write(to: URL(filePath: alarm), options: .atomic)
    }

    private func postOffice(to address: EmailAddress) async throws -> PostOffice {
        let given: [(SettingName, String?)] = [
            (.smtp, smtp), (.smtpTLS, smtpTLS), (.smtpPasswordFile, smtpPasswordFile), (.smtpCAFile, smtpCAFile),
            (.mailFrom, mailFrom),
        ]
        let settings = try await common.settings(
            flags: Dictionary(uniqueKeysWithValues: given.compactMap { name, value in value.map { (name, $0) } }))
        guard let server = settings.mail.server, let sender = settings.mail.sender else {
            throw ValidationError(
                "--mail takes a mail server: --smtp and --mail-from, or RIND_SMTP and RIND_MAIL_FROM.")
        }
        return PostOffice(to: address, sender: sender, transport: SMTPTransport(server), index: index)
    }
}

/// Where mails about a log go.
private struct PostOffice {
    let to: EmailAddress
    let sender: MailSender
    let transport: SMTPTransport
    /// Where the index is.
    let index: String

    /// - Parameters:
    ///   - number: of what it is about: the same mail has the same Message-ID, so that it is seen where it comes twice.
    ///   - moment: of what it is about; nil means now.
    func send(_ letter: Letter, number: Int64, at moment: Timestamp?) async throws {
        let base = index.hasSuffix("/") ? String(index.dropLast()) : index
        let queued = QueuedMail(
            id: MailID(number), mail: AddressedLetter(letter, to: to), queuedAt: moment ?? currentTimestamp())
        _ = try await transport.send(
            MailMessage(queued, from: sender, LetterHead(baseURL: base, indexName: "rind log monitor")))
    }
}

extension Letter {
    /// How many files a mail names.
    private static let named = 50

    fileprivate static func published(_ news: [LogMonitor.News], in log: String) -> Letter {
        let projects = Set(news.map(\.project)).sorted()
        return Letter(
            subject: news.count == 1
                ? "\(news[0].filename) was published"
                : "\(news.count) files of \(projects.joined(separator: ", ")) were published",
            name: nil,
            paragraphs: [
                "The log \(log) says that this was published, and it is not among the files that you named as your own. If "
                    + "nobody who maintains the project with you did it, somebody has got hold of an account or a token: yank "
                    + "the release, revoke tokens, and tell the people who run the index."
            ],
            facts: news.prefix(named).map { file in
                Fact(
                    "\(file.project) \(file.version)",
                    "\(file.filename), \(file.at), SHA-256 \(file.sha256), entry \(file.entry) of the log")
            },
            afterLink: news.count > named ? ["And \(news.count - named) more files."] : [],
            reason: "You get this because somebody lets `rind log monitor` write to this address.",
            pointers: [Pointer("The projects:", paths: projects.map { "/project/\($0)/" })])
    }

    fileprivate static func alarm(_ failure: VerificationFailure, at index: String) -> Letter {
        Letter(
            subject: "The log of \(index) does not hold", name: nil,
            paragraphs: [
                "The log of \(index) is not what it was: \(failure).",
                "What the index says about who published what may be another story now than the one that you were told "
                    + "before. Ask the people who run it, and keep your checkpoint: it is the proof.",
            ], reason: "You get this because somebody lets `rind log monitor` write to this address.")
    }
}

extension Optional {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async rethrows -> Result? {
        switch self {
        case .some(let value): try await body(value)
        case .none: nil
        }
    }
}
