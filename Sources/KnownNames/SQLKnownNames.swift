import Acts
import Database
import Journal
import LookAlikes
import PackagingFormats
import Policy
import Ports
import Primitives
import Stores
import UTC

extension Stores {
    /// The names that a new one may be a look-alike of.
    public var knownNames: SQLKnownNames { SQLKnownNames(database: database) }
}

/// The names that a new one may be a look-alike of, in SQL: lists from elsewhere, what is popular here, and what the
/// operator protects.
public struct SQLKnownNames: Sendable {
    let database: Database

    /// Adds a list of names with their downloads. A name that is there already keeps the greater number: what ever was
    /// popular can be imitated for ever.
    ///
    /// - Parameter isReplacing: whether names of earlier lists that this one does not have are forgotten.
    public func add(
        _ list: [(name: String, downloads: Int)], isReplacing: Bool = false, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setKnownNames, to: actor, at: now)
            let transaction = try door.open(with: permit)
            if isReplacing { try transaction.execute("DELETE FROM known_name") }
            for (name, downloads) in list {
                try transaction.execute(
                    """
                    INSERT INTO known_name (normalized, downloads, noted_at) VALUES ($1, $2, $3)
                    ON CONFLICT (normalized) DO UPDATE SET
                        noted_at = excluded.noted_at, downloads = MAX(known_name.downloads, excluded.downloads)
                    """, name, downloads, now.microseconds)
            }
            try transaction.record(permit, .knownNames(.listed(list.count)))
        }
    }

    /// Protects a name or a brand, whatever is downloaded of it; nothing changes where it is protected already.
    public func protect(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setKnownNames, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute(
                """
                INSERT INTO protected_name (normalized, name, protected_at) VALUES ($1, $2, $3)
                ON CONFLICT (normalized) DO NOTHING
                """, name.normalized, name.display, now.microseconds)
            guard transaction.changes > 0 else { return }
            try transaction.record(permit, .knownNames(.protected(name)))
        }
    }

    /// Protects a name no longer.
    ///
    /// - Throws: `NameRefusal` when it is not protected.
    public func unprotect(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setKnownNames, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute("DELETE FROM protected_name WHERE normalized = $1", name.normalized)
            guard transaction.changes > 0 else { throw NameRefusal.notProtected(name) }
            try transaction.record(permit, .knownNames(.unprotected(name)))
        }
    }

    /// Allows a name that is like another's, in the words of who decides it; nothing changes where it is allowed already.
    public func allow(_ name: ProjectName, reason: String, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setKnownNames, to: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute(
                """
                INSERT INTO allowed_name (normalized, reason, allowed_at) VALUES ($1, $2, $3)
                ON CONFLICT (normalized) DO NOTHING
                """, name.normalized, reason, now.microseconds)
            guard transaction.changes > 0 else { return }
            try transaction.record(permit, .knownNames(.allowed(name, reason: reason)))
        }
    }

    /// The new names that were noted for a person and that nobody has allowed yet, the last first.
    public func noted(limit: Int = 1_000) async throws -> [(noted: NotedName, at: Timestamp)] {
        try await database.read { connection in
            let allowed = try connection.allowedNames()
            return try connection.rows(
                """
                SELECT serial, at, actor, action, subject, details FROM journal
                WHERE subject = $1 AND action = $2 ORDER BY serial DESC LIMIT $3
                """, Subject.index.journalName, IndexAct.noteName.rawValue, limit
            ).map(JournalEntry.init(row:)).compactMap { entry in
                guard case .index(.nameNoted(let noted)) = entry.event, !allowed.contains(noted.name.normalized) else {
                    return nil
                }
                return (noted, entry.at)
            }
        }
    }

    /// The names that are protected, in their order.
    public func protected() async throws -> [String] {
        try await database.read { connection in
            try connection.rows("SELECT name FROM protected_name ORDER BY normalized").map { try $0.text("name") }
        }
    }

    /// All of them, to judge names by: lists, projects that are downloaded here, and names that
    /// are protected or reserved.
    public func corpus() async throws -> NameCorpus {
        let (popular, protected) = try await database.read { connection in
            let rows = try connection.rows(
                """
                SELECT normalized, downloads FROM known_name
                UNION ALL SELECT normalized, downloads FROM search_entry WHERE downloads > 0 OR is_critical = 1
                """)
            let protected = try connection.rows(
                "SELECT normalized FROM protected_name UNION SELECT normalized FROM reserved_name")
            return (
                try rows.map { (name: try $0.text("normalized"), downloads: Int(try $0.integer("downloads"))) },
                try protected.map { try $0.text("normalized") }
            )
        }
        return NameCorpus(popular: popular, protected: protected)
    }
}

extension Connection {
    /// The normalized names that are nobody's look-alikes, as an administrator decided.
    func allowedNames() throws -> Set<String> {
        Set(try rows("SELECT normalized FROM allowed_name").map { try $0.text("normalized") })
    }
}
