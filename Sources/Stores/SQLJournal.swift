import Database
import Foundation
import Model
import PackagingFormats
import UTC

extension Transaction {
    /// Records the act that `permit` allows. Every method that changes something ends here.
    @discardableResult
    func record(_ permit: Permit, _ details: [String: String?] = [:]) throws -> Serial {
        let json = try jsonText(details.compactMapValues { $0 })
        guard
            let serial = try row(
                "INSERT INTO journal (at, actor, action, subject, details) VALUES ($1, $2, $3, $4, $5) RETURNING serial",
                permit.at.microseconds, permit.actor.journalName, permit.action.rawValue, permit.subject.journalName,
                json
            )?.integer("serial")
        else { throw JournalGaveNoSerial() }
        if case .project(let name) = permit.subject {
            try execute("UPDATE project SET serial = $1 WHERE normalized = $2", serial, name.normalized)
        }
        return serial
    }
}

private struct JournalGaveNoSerial: Error {}

/// The journal in SQL.
struct SQLJournal: JournalStore {
    let database: Database

    func entries(_ query: JournalQuery) async throws -> [JournalEntry] {
        if query == JournalQuery(after: query.after, limit: query.limit) {
            // What follows the journal reads by its key alone, and after every change.
            return try await database.lookUp { connection in
                try connection.rows(
                    """
                    SELECT serial, at, actor, action, subject, details FROM journal
                    WHERE serial > $1 ORDER BY serial LIMIT $2
                    """,
                    query.after, query.limit
                ).map(JournalEntry.init(row:))
            }
        }
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

    func note(_ action: Action, _ details: [String: String], by actor: Actor, at now: Timestamp) async throws {
        try await database.act(by: actor, at: now) { transaction, actor in
            _ = try transaction.record(AccessPolicy.permit(action, to: actor, at: now), details)
        }
    }

    func latestSerial() async throws -> Serial {
        try await database.lookUp { connection in
            try connection.row("SELECT COALESCE(MAX(serial), 0) AS serial FROM journal")?.integer("serial") ?? 0
        }
    }
}

extension JournalEntry {
    init(row: Row) throws {
        self.init(
            serial: try row.integer("serial"), at: Timestamp(microseconds: try row.integer("at")),
            actor: try row.text("actor"), actionName: try row.text("action"),
            subject: try row.text("subject"),
            details: try JSONDecoder().decode([String: String].self, from: Data(try row.text("details").utf8)))
    }
}

/// A value as it is stored: JSON, with its keys in their order.
func jsonText(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
}

/// Something that was stored does not read back: another version wrote it, or the database is damaged.
struct UnreadableValue: Error {
    let text: String
}

/// A value that was valid when it was stored.
func stored<Value>(_ value: Value?, _ text: String) throws -> Value {
    guard let value else { throw UnreadableValue(text: text) }
    return value
}
