/// A step of the schema's history. A shipped step is frozen: it names no Swift type, and is never edited.
public struct Migration: Sendable {
    /// `0001-accounts`; the order of the names is the order of the steps.
    public let name: String
    /// Statements, each ended by a semicolon.
    public let sql: String
    /// What SQL cannot do, before the statements: in transactions of its own, so after a crash it is done once more. It
    /// returns whether what rows held before must not be left in the file.
    public let preparation: (@Sendable (Database) async throws -> Bool)?

    /// A step of the schema's history.
    public init(
        _ name: String, _ sql: String, preparedBy preparation: (@Sendable (Database) async throws -> Bool)? = nil
    ) {
        self.name = name
        self.sql = sql
        self.preparation = preparation
    }
}

/// The database was written by a later version of Rind than this one.
public struct DatabaseIsNewer: Error, CustomStringConvertible {
    /// The first step that this version does not know.
    public let migration: String
    /// What to do.
    public var description: String {
        "The database was written by a later version of Rind (it has the step \(migration)). Use that version."
    }
}

extension Database {
    /// Brings the schema up to date: runs the steps that have not run, each in one transaction with the note that it
    /// did. A crash in between leaves whole steps.
    public func migrate(_ migrations: [Migration]) async throws {
        try await write { transaction in
            try transaction.execute(
                """
                CREATE TABLE IF NOT EXISTS migration (
                    name TEXT NOT NULL PRIMARY KEY
                )
                """)
        }
        let known = Set(migrations.map(\.name))
        let done = Set(
            try await read { connection in try connection.rows("SELECT name FROM migration").map { try $0.text("name") }
            }
        )
        if let unknown = done.subtracting(known).min() { throw DatabaseIsNewer(migration: unknown) }
        for migration in migrations where !done.contains(migration.name) {
            if try await migration.preparation?(self) == true { try await rewrite() }
            try await write { transaction in
                // Another process may have been faster.
                guard try transaction.row("SELECT name FROM migration WHERE name = $1", migration.name) == nil else {
                    return
                }
                try transaction.executeScript(Dialect.sqlite.types(in: migration.sql))
                try transaction.execute("INSERT INTO migration (name) VALUES ($1)", migration.name)
            }
        }
    }
}
