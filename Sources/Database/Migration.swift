/// A step of the schema's history. A released step is frozen: it names no Swift type, and is never edited.
public struct Migration: Sendable {
    /// `0001-first`; the order of the names is the order of the steps.
    public let name: String
    /// Statements of the engine's own SQL, each ended by a semicolon.
    public let sql: String

    /// A step of the schema's history.
    package init(_ name: String, _ sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// The database was written by a later version of Rind than this one.
public struct DatabaseIsNewer: Error, CustomStringConvertible {
    /// The first step that this version does not know.
    public let migration: String
    public var description: String {
        "The database was written by a later version of Rind (it has the step \(migration)). Use that version."
    }
}

/// The database was made before Rind's first release: its schema has another beginning, and no step leads from there.
public struct DatabaseIsUnreleased: Error, CustomStringConvertible {
    /// The first of its steps.
    public let migration: String
    public var description: String {
        "The database was made by a version of Rind from before its first release (it begins with the step \(migration)), "
            + "and this version cannot go on with it. Nothing was changed. Use the version that made it, or begin a new "
            + "data folder with this one, and load the packages' files into it: rind import FOLDER --data NEW-FOLDER"
    }
}

extension Database {
    /// Brings the schema up to date: runs the steps that have not run, each in one transaction with the note that it
    /// did. A crash in between leaves whole steps.
    ///
    /// - Throws: `DatabaseIsNewer`, `DatabaseIsUnreleased`; nothing was changed then.
    package func migrate(_ migrations: [Migration]) async throws {
        let done = try await read { connection in
            let isNew = try connection.row("SELECT name FROM sqlite_schema WHERE name = 'migration'") == nil
            return isNew ? [] : Set(try connection.rows("SELECT name FROM migration").map { try $0.text("name") })
        }
        if let oldest = done.min(), let first = migrations.first, !done.contains(first.name) {
            throw DatabaseIsUnreleased(migration: oldest)
        }
        if let unknown = done.subtracting(migrations.map(\.name)).min() { throw DatabaseIsNewer(migration: unknown) }
        for migration in migrations where !done.contains(migration.name) {
            try await write { transaction in
                try transaction.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT NOT NULL PRIMARY KEY) STRICT")
                // Another process may have been faster.
                guard try transaction.row("SELECT name FROM migration WHERE name = $1", migration.name) == nil else {
                    return
                }
                try transaction.executeScript(migration.sql)
                try transaction.execute("INSERT INTO migration (name) VALUES ($1)", migration.name)
            }
        }
    }
}
