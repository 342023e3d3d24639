import Accounts
import Database
import Foundation
import Jobs
import Journal
import Letters
import Logging
import Mail
import Policy
import Ports
import Secrets
import Stores
import Synchronization
import UTC

/// Another process on the database of a test, as another node of an index would be: `Companion WHAT FOLDER …`
@main
enum Companion {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let folder = URL(filePath: arguments[2])
        let database = try Database(
            sqliteAt: folder.appending(path: "test.sqlite").path,
            keys: try KeyRing(at: folder.appending(path: "keys.json").path), credentials: Stores.credentials)
        let stores = try await Stores(database)
        switch arguments[1] {
        case "journal": try await write(Int(arguments[3]) ?? 0, to: stores.journal)
        case "deliver":
            let ahead = Duration.seconds(Int(arguments[3]) ?? 0)
            let last = arguments.count > 4 ? Int(arguments[4]) : nil
            try await deliver(stores, from: folder, ahead: ahead, stopsAfter: last)
        // A mistake in the test that starts it, which sees this end as a failure.
        case let other: fatalError("\(other) is nothing that a companion does")
        }
        try database.close()
    }

    /// Writes entries, fifty at a time.
    private static func write(_ count: Int, to journal: any JournalStore) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<count {
                if number >= 50 { try await group.next() }
                group.addTask {
                    try await journal.note(
                        .keysRotated(key: "\(number)"), by: .operatorAtMachine, at: Timestamp(seconds: 1_700_000_000))
                }
            }
            try await group.waitForAll()
        }
    }

    /// Sends what is due, until nothing is.
    ///
    /// - Parameters:
    ///   - ahead: how far in the future this node is: what others held has run out there.
    ///   - last: after how many mails it stands still, in the middle of the next ones, until it is killed; nil for never.
    private static func deliver(
        _ stores: Stores, from folder: URL, ahead: Duration, stopsAfter last: Int?
    ) async throws {
        let process = "\(getpid())"
        let mail = MailDelivery(
            queue: stores.mail,
            transport: Notebook(path: folder.appending(path: "sent-\(process)").path, stopsAfter: last),
            sender: MailSender(address: try EmailAddress(parsing: "rind@example.org")),
            head: LetterHead(baseURL: "https://packages.example.org"))
        await JobRunner(
            outbox: stores.outbox, handlers: [mail], holder: process,
            now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) + ahead }, logger: Logger(label: process)
        ).doWhatIsDue()
    }
}

/// Takes mails as a mail server does that needs a moment for each, and notes the Message-ID of what it took.
private final class Notebook: MailTransport {
    let path: String
    private let last: Int?
    private let begun = Mutex(0)

    init(path: String, stopsAfter last: Int?) {
        self.path = path
        self.last = last
    }

    func send(_ message: MailMessage) async throws -> String {
        let number = begun.withLock { number in
            number += 1
            return number
        }
        let isStill = last.map { number > $0 } ?? false
        // Of those that are never answered, every other one was taken.
        if isStill, number.isMultiple(of: 2) { try await Task.sleep(for: .seconds(86_400)) }
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        let line = "\(message.messageID)\n"
        guard write(file, line, line.utf8.count) == line.utf8.count else {
            throw MailFailure(reason: "the disk is full", isPermanent: true)
        }
        try await Task.sleep(for: isStill ? .seconds(86_400) : .milliseconds(5))
        return "noted"
    }
}
