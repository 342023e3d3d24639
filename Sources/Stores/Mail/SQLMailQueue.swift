import Accounts
import Acts
import Database
import Foundation
import Letters
import Policy
import Ports
import Primitives
import Secrets
import UTC

extension Transaction {
    /// Puts a mail into the queue, with the change that it tells about: both happen or neither.
    ///
    /// Nothing is put on record: the change is, and whoever follows the journal looks for mail. Returns nil when the
    /// mail's key is known already.
    @discardableResult
    func enqueue(_ mail: AddressedLetter, at now: Timestamp) throws -> MailID? {
        try row(
            """
            INSERT INTO mail_outbox
                (recipient, subject, sealed_letter, mail_key, state, queued_at, due_at, attempts)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 0)
            ON CONFLICT (mail_key) DO NOTHING RETURNING id
            """,
            mail.to.text, mail.letter.subject,
            // The links in it are secrets of whom it is for.
            try connection.seal(Array(mail.letter.json.utf8), for: SecretContext.letter(to: mail.to.text)), mail.key,
            MailState.waiting.rawValue,
            now.microseconds, now.microseconds
        ).map { MailID(try $0.integer("id")) }
    }

    /// Makes mails due now and forgets their attempts: all that wait or were given up, or one.
    fileprivate func retry(_ id: MailID?, at now: Timestamp) throws -> Int {
        // 0 stands for all: a NULL would leave the parameter without a type on some engines.
        try execute(
            """
            UPDATE mail_outbox SET state = $1, due_at = $2, ended_at = NULL, attempts = 0
            WHERE state IN ($1, $3) AND ($4 = 0 OR id = $4)
            """,
            MailState.waiting.rawValue, now.microseconds, MailState.givenUp.rawValue, id?.number ?? 0)
        return changes
    }

    func enqueue(_ letter: Letter, to address: EmailAddress, at now: Timestamp) throws {
        try enqueue(AddressedLetter(letter, to: address), at: now)
    }
}

/// The mails of the index in SQL.
///
/// What becomes of a mail is no change of the index, and is not in the journal.
struct SQLMailQueue: MailQueue {
    let database: Database

    func add(_ mail: AddressedLetter, at now: Timestamp) async throws -> MailID? {
        try await database.keep(.mail) { transaction in try transaction.enqueue(mail, at: now) }
    }

    func due(at now: Timestamp, limit: Int) async throws -> [QueuedMail] {
        // Asked after every change, and there is seldom any.
        let found = try await database.lookUp { connection in
            try connection.rows(
                """
                SELECT \(QueuedMail.columns) FROM mail_outbox WHERE state = $1 AND due_at <= $2
                ORDER BY due_at, id LIMIT $3
                """,
                MailState.waiting.rawValue, now.microseconds, limit
            ).map { row in
                do { return Due.mail(try QueuedMail(row: row, connection)) } catch is SecretFailure {
                    return .unreadable(MailID(try row.integer("id")))
                }
            }
        }
        // Nobody can read these without the key file that they were sealed with, and others wait behind them.
        for case .unreadable(let id) in found {
            try await failed(
                id,
                error: "It does not open with the key file. Bring that back from a backup, and run: rind mail retry",
                then: .giveUp, at: now)
        }
        return found.compactMap { if case .mail(let mail) = $0 { mail } else { nil } }
    }

    private enum Due {
        case mail(QueuedMail)
        case unreadable(MailID)
    }

    func waiting(_ id: MailID) async throws -> QueuedMail? {
        try await database.read { connection in
            try connection.row(
                "SELECT \(QueuedMail.columns) FROM mail_outbox WHERE id = $1 AND state = $2",
                id.number, MailState.waiting.rawValue
            ).map { try QueuedMail(row: $0, connection) }
        }
    }

    func delivered(_ id: MailID, receipt: String, at now: Timestamp) async throws {
        try await database.keep(.mail) { transaction in
            try transaction.execute(
                """
                UPDATE mail_outbox
                SET state = $1, sealed_letter = NULL, ended_at = $2, attempts = attempts + 1, reply = $3
                WHERE id = $4
                """,
                MailState.delivered.rawValue, now.microseconds, receipt, id.number)
        }
    }

    func failed(_ id: MailID, error: String, then fate: MailFate, at now: Timestamp) async throws {
        let (state, dueAt, endedAt): (MailState, Timestamp, Timestamp?) =
            switch fate {
            case .retry(let moment): (.waiting, moment, nil)
            case .giveUp: (.givenUp, now, now)
            }
        try await database.keep(.mail) { transaction in
            try transaction.execute(
                """
                UPDATE mail_outbox
                SET state = $1, due_at = $2, ended_at = $3, attempts = attempts + 1, reply = $4
                WHERE id = $5 AND state = $6
                """,
                state.rawValue, dueAt.microseconds, endedAt?.microseconds, error, id.number,
                MailState.waiting.rawValue)
        }
    }

    func record(of id: MailID) async throws -> MailRecord? {
        try await database.read { connection in
            try connection.row("SELECT \(MailRecord.columns) FROM mail_outbox WHERE id = $1", id.number)
                .map(MailRecord.init(row:))
        }
    }

    func recent(_ states: Set<MailState>, limit: Int) async throws -> [MailRecord] {
        let wanted = states.map(\.rawValue).joined(separator: " ")
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT \(MailRecord.columns) FROM mail_outbox WHERE ' ' || $1 || ' ' LIKE '% ' || state || ' %'
                ORDER BY id DESC LIMIT $2
                """,
                wanted, limit
            ).map(MailRecord.init(row:))
        }
    }

    func counts() async throws -> MailCounts {
        try await database.read { connection in
            var counts = MailCounts(waiting: 0, givenUp: 0)
            let rows = try connection.rows(
                "SELECT state, COUNT(*) AS mails FROM mail_outbox WHERE state IN ($1, $2) GROUP BY state",
                MailState.waiting.rawValue, MailState.givenUp.rawValue)
            for row in rows {
                let mails = Int(try row.integer("mails"))
                if try row.text("state") == MailState.waiting.rawValue {
                    counts.waiting = mails
                } else {
                    counts.givenUp = mails
                }
            }
            return counts
        }
    }

    func retry(_ id: MailID?, at now: Timestamp) async throws -> Int {
        try await database.keep(.mail) { transaction in try transaction.retry(id, at: now) }
    }

    func retry(_ id: MailID, by actor: Actor, at now: Timestamp) async throws -> Int {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.tendMail, object: id.description, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.record(permit, ["mail": id.description, "again": "yes"])
            return try transaction.retry(id, at: now)
        }
    }

    func noteReading(_ id: MailID, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.tendMail, object: id.description, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.record(permit, ["mail": id.description, "read": "yes"])
        }
    }

    func forget(endedBefore moment: Timestamp) async throws {
        try await database.keep(.mail) { transaction in
            try transaction.execute(
                "DELETE FROM mail_outbox WHERE state IN ($1, $2) AND ended_at < $3",
                MailState.delivered.rawValue, MailState.givenUp.rawValue, moment.microseconds)
        }
    }
}

extension QueuedMail {
    static let columns =
        "id, recipient, sealed_letter, mail_key, queued_at, due_at, attempts, reply"

    init(row: Row, _ connection: Connection) throws {
        let recipient = try row.text("recipient")
        let letter = try connection.open(row.blob("sealed_letter"), for: SecretContext.letter(to: recipient))
        self.init(
            id: MailID(try row.integer("id")),
            mail: try AddressedLetter(
                Letter(json: String(decoding: letter, as: UTF8.self)), to: EmailAddress(parsing: recipient),
                key: row.optionalText("mail_key")),
            queuedAt: Timestamp(microseconds: try row.integer("queued_at")),
            dueAt: Timestamp(microseconds: try row.integer("due_at")),
            attempts: Int(try row.integer("attempts")), lastError: try row.optionalText("reply"))
    }
}

extension MailRecord {
    static let columns = "id, recipient, subject, state, queued_at, due_at, ended_at, attempts, reply"

    init(row: Row) throws {
        let state = try row.text("state")
        let known = try stored(MailState(rawValue: state), state)
        self.init(
            id: MailID(try row.integer("id")), to: try EmailAddress(parsing: row.text("recipient")),
            subject: try row.text("subject"), state: known,
            queuedAt: Timestamp(microseconds: try row.integer("queued_at")),
            dueAt: known == .waiting ? Timestamp(microseconds: try row.integer("due_at")) : nil,
            endedAt: try row.optionalInteger("ended_at").map(Timestamp.init(microseconds:)),
            attempts: Int(try row.integer("attempts")), reply: try row.optionalText("reply"))
    }
}

extension Letter {
    init(json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }

    /// As stored.
    var json: String {
        get throws { try jsonText(self) }
    }
}
