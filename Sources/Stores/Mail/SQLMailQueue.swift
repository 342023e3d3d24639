import Accounts
import Acts
import Database
import Foundation
import Journal
import Letters
import Policy
import Ports
import Primitives
import UTC

extension Transaction {
    /// Puts a mail into the queue, with the change that it tells about. Returns nil when the mail's key is known
    /// already.
    @discardableResult
    package func enqueue(_ mail: AddressedLetter, at now: Timestamp) throws -> MailID? {
        // The links in it are secrets of whom it is for.
        try enqueue(
            .mail, about: mail.to.text, title: mail.letter.subject, payload: Array(jsonText(mail.letter).utf8),
            key: mail.key, at: now
        ).map { MailID($0.number) }
    }

    /// Makes mails due now and forgets their attempts: all that wait or were given up, or one.
    fileprivate func retry(_ id: MailID?, at now: Timestamp) throws -> Int {
        // 0 stands for all: a NULL would leave the parameter without a type on some engines.
        try execute(
            """
            UPDATE outbox SET state = $1, due_at = $2, ended_at = NULL, attempts = 0
            WHERE kind = $3 AND state IN ($1, $4) AND ($5 = 0 OR id = $5)
            """,
            JobState.waiting.rawValue, now.microseconds, JobKind.mail.rawValue, JobState.givenUp.rawValue,
            id?.number ?? 0)
        return changes
    }

    package func enqueue(_ letter: Letter, to address: EmailAddress, at now: Timestamp) throws {
        try enqueue(AddressedLetter(letter, to: address), at: now)
    }
}

/// The mails of the index in SQL: the jobs of their kind in the outbox.
struct SQLMailQueue: MailQueue {
    let database: Database

    func add(_ mail: AddressedLetter, at now: Timestamp) async throws -> MailID? {
        try await database.keep(.outbox) { transaction in try transaction.enqueue(mail, at: now) }
    }

    func due(at now: Timestamp, limit: Int) async throws -> [QueuedMail] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Job.columns) FROM outbox WHERE kind = $1 AND state = $2 AND due_at <= $3
                ORDER BY due_at, id LIMIT $4
                """,
                JobKind.mail.rawValue, JobState.waiting.rawValue, now.microseconds, limit
            ).map { try mail(in: Job(row: $0, .mail, connection)) }
        }
    }

    func mail(in job: Job) throws -> QueuedMail {
        QueuedMail(
            id: MailID(job.id.number),
            mail: AddressedLetter(
                try JSONDecoder().decode(Letter.self, from: Data(job.payload)), to: try EmailAddress(parsing: job.about)
            ),
            queuedAt: job.queuedAt)
    }

    func record(of id: MailID) async throws -> MailRecord? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(MailRecord.columns) FROM outbox WHERE id = $1 AND kind = $2", id.number,
                JobKind.mail.rawValue
            ).map(MailRecord.init(row:))
        }
    }

    func recent(_ states: Set<MailState>, limit: Int) async throws -> [MailRecord] {
        let wanted = states.map(\.job.rawValue).joined(separator: " ")
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT \(MailRecord.columns) FROM outbox
                WHERE kind = $1 AND ' ' || $2 || ' ' LIKE '% ' || state || ' %' ORDER BY id DESC LIMIT $3
                """,
                JobKind.mail.rawValue, wanted, limit
            ).map(MailRecord.init(row:))
        }
    }

    func counts() async throws -> MailCounts {
        try await database.read { connection in
            var counts = MailCounts(waiting: 0, givenUp: 0)
            let rows = try connection.rows(
                "SELECT state, COUNT(*) AS mails FROM outbox WHERE kind = $1 AND state IN ($2, $3) GROUP BY state",
                JobKind.mail.rawValue, JobState.waiting.rawValue, JobState.givenUp.rawValue)
            for row in rows {
                let mails = Int(try row.integer("mails"))
                if try row.text("state") == JobState.waiting.rawValue {
                    counts.waiting = mails
                } else {
                    counts.givenUp = mails
                }
            }
            return counts
        }
    }

    func retry(_ id: MailID?, by actor: Actor, at now: Timestamp) async throws -> Int {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.inspectMail, object: id?.description ?? "", to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.record(permit, .mailRetried(id))
            return try transaction.retry(id, at: now)
        }
    }

    func noteReading(_ id: MailID, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.inspectMail, object: id.description, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.record(permit, .mailRead(id))
        }
    }
}

extension MailState {
    /// As the outbox has it.
    fileprivate var job: JobState {
        switch self {
        case .waiting: .waiting
        case .delivered: .done
        case .givenUp: .givenUp
        }
    }
}

extension MailRecord {
    static let columns = "id, about, title, state, queued_at, due_at, ended_at, attempts, reply"

    init(row: Row) throws {
        let text = try row.text("state")
        let state = try stored(MailState.allCases.first { $0.job.rawValue == text }, text)
        self.init(
            id: MailID(try row.integer("id")), to: try EmailAddress(parsing: row.text("about")),
            subject: try row.text("title"), state: state,
            queuedAt: Timestamp(microseconds: try row.integer("queued_at")),
            dueAt: state == .waiting ? Timestamp(microseconds: try row.integer("due_at")) : nil,
            endedAt: try row.optionalInteger("ended_at").map(Timestamp.init(microseconds:)),
            attempts: Int(try row.integer("attempts")), reply: try row.optionalText("reply"))
    }
}
