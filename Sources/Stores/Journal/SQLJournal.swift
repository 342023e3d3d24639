import Acts
import Database
import Foundation
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import UTC

extension Transaction {
    /// Records what was done to a project with a permit. Every method that changes something ends with one of these.
    @discardableResult
    package func record(_ permit: Permit, _ event: ProjectEvent) throws -> Serial {
        try record(permit, .project(event))
    }

    /// Records what was done to an account with a permit.
    @discardableResult
    package func record(_ permit: Permit, _ event: AccountEvent) throws -> Serial {
        try record(permit, .account(event))
    }

    /// Records what was done to the index with a permit.
    @discardableResult
    package func record(_ permit: Permit, _ event: IndexEvent) throws -> Serial { try record(permit, .index(event)) }

    private func record(_ permit: Permit, _ event: JournalEvent) throws -> Serial {
        let record = event.record
        guard record.act == permit.action.rawValue else {
            throw RecordOfAnotherAct(permitted: permit.action.rawValue, recorded: record.act)
        }
        let serial = try nextSerial()
        try execute(
            "INSERT INTO journal (serial, at, actor, action, subject, details) VALUES ($1, $2, $3, $4, $5, $6)",
            serial, permit.at.microseconds, permit.actor.journalName, record.act, permit.subject.journalName,
            record.detailsText)
        try noteRecord(of: permit) { try $0.closeIntervals() }
        if case .project(let name) = permit.subject {
            try execute("UPDATE project SET serial = $1 WHERE normalized = $2", serial, name.normalized)
        }
        return serial
    }

    /// Counts an entry. Until this transaction has ended no other one counts, on any engine: the row is locked. So an
    /// entry with a smaller serial is never committed later, and anyone who follows the journal by its serials sees all
    /// of it.
    private func nextSerial() throws -> Serial {
        let counted = try row(
            """
            INSERT INTO journal_serial (only, serial) VALUES (1, 1)
            ON CONFLICT (only) DO UPDATE SET serial = journal_serial.serial + 1 RETURNING serial
            """)
        guard let counted else { throw JournalGaveNoSerial() }
        return try counted.integer("serial")
    }
}

extension Connection {
    /// The serial of the latest change; 0 where there is none.
    package func lastSerial() throws -> Serial { try row("SELECT serial FROM journal_serial")?.integer("serial") ?? 0 }
}

private struct JournalGaveNoSerial: Error {}

/// A store has a permit for one act and records another: a mistake of ours.
struct RecordOfAnotherAct: Error {
    let permitted: String
    let recorded: String
}

extension EventRecord {
    /// An entry as it was stored. A newer version may have written details of other shapes: they are kept as JSON, so
    /// that a list of entries goes on past them.
    init(_ act: String, details: String) throws {
        let data = Data(details.utf8)
        let texts =
            try (try? JSONDecoder().decode([String: String].self, from: data))
            ?? Self.texts(JSONSerialization.jsonObject(with: data))
        self.init(act: act, details: texts)
    }

    private static func texts(_ details: Any) throws -> [String: String] {
        guard let members = details as? [String: Any] else { throw UnreadableValue(text: "\(details)") }
        return try members.mapValues { member in
            if let text = member as? String { return text }
            let json = try JSONSerialization.data(
                withJSONObject: member, options: [.fragmentsAllowed, .sortedKeys, .withoutEscapingSlashes])
            return String(decoding: json, as: UTF8.self)
        }
    }
}

/// The journal in SQL.
struct SQLJournal: JournalStore {
    let database: Database

    func entries(_ query: JournalQuery) async throws -> [JournalEntry] {
        // Empty texts stand for "any": NULL would leave the parameter without a type on some engines.
        let actions = query.actions.map(\.rawValue).joined(separator: " ")
        let order = query.newestFirst ? "DESC" : "ASC"
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT serial, at, actor, action, subject, details FROM journal
                WHERE serial > $1
                  AND ($2 = '' OR subject = $2)
                  AND ($3 = '' OR actor = $3)
                  AND ($4 = '' OR ' ' || $4 || ' ' LIKE '% ' || action || ' %')
                  AND serial < $5
                ORDER BY serial \(order) LIMIT $6
                """,
                query.after, query.subject ?? "", query.actor ?? "", actions, query.before ?? .max, query.limit
            ).map(JournalEntry.init(row:))
        }
    }

    func note(_ change: ChangeBeside, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(change.action, to: actor, at: now)
            try door.open(with: permit).record(permit, .beside(change))
        }
    }

    func latestSerial() async throws -> Serial {
        try await database.lookUp { try $0.lastSerial() }
    }

    func changes(after serial: Serial, limit: Int) async throws -> [JournalChange] {
        // Asked after every change.
        try await database.lookUp { connection in
            try connection.rows(
                """
                SELECT serial, action, subject, CASE WHEN action = $1 THEN details END AS details
                FROM journal WHERE serial > $2 ORDER BY serial LIMIT $3
                """,
                IndexAct.setAdvisories.rawValue, serial, limit
            ).map { row in
                let action = try row.text("action")
                return JournalChange(
                    serial: try row.integer("serial"), actionName: action, subject: try row.text("subject"),
                    event: try row.optionalText("details").map { JournalEvent(try EventRecord(action, details: $0)) })
            }
        }
    }
}

extension JournalEntry {
    package init(row: Row) throws {
        self.init(
            serial: try row.integer("serial"), at: Timestamp(microseconds: try row.integer("at")),
            actor: try row.text("actor"), subject: try row.text("subject"),
            record: try EventRecord(row.text("action"), details: row.text("details")))
    }
}

/// A value as it is stored: JSON, with its keys in their order.
package func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Something that was stored does not read back: another version wrote it, or the database is damaged.
struct UnreadableValue: Error {
    let text: String
}

/// A value that was valid when it was stored.
package func stored<Value>(_ value: Value?, _ text: String) throws -> Value {
    guard let value else { throw UnreadableValue(text: text) }
    return value
}
