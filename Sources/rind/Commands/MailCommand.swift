import Accounts
import ArgumentParser
import CommandSupport
import Foundation
import Jobs
import Letters
import Logging
import Policy
import Ports
import Primitives
import Server
import Stores
import UTC

/// `rind mail …`
struct MailCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mail", abstract: "The mail that the index sends.",
        discussion: "Example: rind mail test ada@example.org", subcommands: [Test.self, List.self, Retry.self])

    struct Test: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a mail to an address, and say what became of it.",
            discussion: """
                A running server sends it, with its own settings; otherwise it is sent from here, with those of the \
                settings file and the variables.

                Example: rind mail test ada@example.org
                """)
        @OptionGroup var common: DataOption
        @Argument(help: "Where to send it.") var address: EmailAddress
        @Option(help: "How many seconds to wait for the mail server.") var wait = 60

        func run() async throws {
            try await common.withIndex { index in
                let baseURL = LinkAddress(index.settings).base
                let now = currentTimestamp()
                let letter = Letter(
                    subject: "A test mail", name: nil,
                    paragraphs: [
                        "This is a test: anyone who operates \(Letter.index) asked it to write to you. It works."
                    ],
                    facts: [Letter.Fact("Sent", "\(now.day.readable), \(now.iso8601Seconds.suffix(8)) UTC")],
                    reason: "You get this because the operator typed your address.")
                guard let id = try await index.stores.mail.add(AddressedLetter(letter, to: address), at: now) else {
                    return
                }
                // Anyone who holds the lock of the folder sends. Nobody does: then it is us.
                if let folder = try? DataFolder(path: index.settings.data, exclusively: true) {
                    try await send(id, in: index, baseURL: baseURL, holding: folder)
                }
                try report(try await outcome(of: id, in: index))
            }
        }

        private func send(_ id: MailID, in index: LocalIndex, baseURL: String, holding: DataFolder) async throws {
            var quiet = Logger(label: "rind")
            quiet.logLevel = .critical
            try await JobRunner(of: index, baseURL: baseURL, logger: quiet).perform(JobID(id.number))
            withExtendedLifetime(holding) {}
        }

        /// What is known after the first attempt, or when the time is up.
        private func outcome(of id: MailID, in index: LocalIndex) async throws -> MailRecord? {
            let deadline = ContinuousClock.now + .seconds(max(0, wait))
            while true {
                let record = try await index.stores.mail.record(of: id)
                if record?.attempts != 0 || ContinuousClock.now >= deadline { return record }
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        private func report(_ record: MailRecord?) throws {
            let reply = record?.reply ?? "nothing was heard of it yet"
            switch record?.state {
            case .delivered: print("Delivered: \(reply)")
            case .waiting:
                let moment = record?.dueAt.map { ", after \($0.iso8601Seconds)Z" } ?? ""
                throw NotDelivered(description: "Not delivered: \(reply). It is tried again\(moment).")
            case .givenUp, nil:
                throw NotDelivered(description: "Not delivered: \(reply). It is not tried again: see rind mail list.")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the mails that wait or were given up, the newest first.",
            discussion: "Example: rind mail list --json")
        @OptionGroup var common: DataOption
        @OptionGroup var output: JSONOption
        @Flag(help: "Also those that were delivered within \(JobRunner.memory.inDays).") var all = false
        @Option(help: "At most so many.") var limit = 100

        struct Line: Encodable {
            let id: Int64, state: String, to: String, subject: String, queued: String, attempts: Int
            let due: String?, ended: String?, reply: String?
        }

        func run() async throws {
            try await common.withIndex { index in
                let states: Set<MailState> = all ? Set(MailState.allCases) : [.waiting, .givenUp]
                let lines = try await index.stores.mail.recent(states, limit: max(1, limit)).map { mail in
                    Line(
                        id: mail.id.number, state: mail.state.rawValue, to: mail.to.text, subject: mail.subject,
                        queued: mail.queuedAt.iso8601, attempts: mail.attempts, due: mail.dueAt?.iso8601,
                        ended: mail.endedAt?.iso8601, reply: mail.reply)
                }
                if output.json { return try printJSON(lines) }
                printTable(
                    ["id", "state", "to", "subject", "queued", "attempts", "due", "reply"],
                    lines.map { line in
                        [
                            String(line.id), line.state, line.to, line.subject, line.queued, String(line.attempts),
                            line.due ?? "", line.reply ?? "",
                        ]
                    })
            }
        }
    }

    struct Retry: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Try mails again now that wait or were given up.",
            discussion: "The running server sends them within seconds.\n\nExample: rind mail retry")
        @OptionGroup var common: DataOption
        @Argument(help: "Only this one, from `rind mail list`.") var id: Int64?

        func run() async throws {
            try await common.withIndex { index in
                let count = try await index.stores.mail.retry(
                    id.map(MailID.init), by: .operatorAtMachine, at: currentTimestamp())
                guard count > 0 || id == nil else {
                    throw NotDelivered(
                        description: "No mail with this number waits or was given up: see rind mail list.")
                }
                print(count == 1 ? "1 mail is tried again." : "\(count) mails are tried again.")
            }
        }
    }
}

/// A mail did not arrive; the sentence says why.
private struct NotDelivered: Error, CustomStringConvertible {
    let description: String
}
