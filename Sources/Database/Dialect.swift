/// Where the engines differ. Everything else is written once, in the SQL that they share.
public enum Dialect: Sendable {
    /// SQLite 3.40 or later.
    case sqlite

    /// Replaces the words in braces that migrations use for types: `{identity}` a key that the engine counts up,
    /// `{integer}` 64 bits, `{bytes}`, `{strict}` the end of a table that holds its columns to their types.
    public func types(in sql: String) -> String {
        switch self {
        case .sqlite:
            sql.replacing("{identity}", with: "INTEGER PRIMARY KEY AUTOINCREMENT")
                .replacing("{integer}", with: "INTEGER")
                .replacing("{bytes}", with: "BLOB")
                .replacing("{strict}", with: "STRICT")
        }
    }

    /// The last number that a table's `{identity}` has counted up to, whether or not that row is still there; 0 for none.
    public func lastIdentity(of table: String, in connection: Connection) throws -> Int64 {
        switch self {
        case .sqlite:
            try connection.row("SELECT seq FROM sqlite_sequence WHERE name = $1", table)?.integer("seq") ?? 0
        }
    }

    /// What the engine itself finds wrong with what it stores, in sentences: its own structure, and rows that refer to
    /// rows that are not there.
    public func damage(in connection: Connection) throws -> [String] {
        switch self {
        case .sqlite:
            let structure = try connection.rows("PRAGMA integrity_check").map { try $0.text("integrity_check") }
            let references = try connection.rows("PRAGMA foreign_key_check").map { row in
                let number = try row.optionalInteger("rowid").map { " \($0)" } ?? ""
                return "a row of \(try row.text("table"))\(number) refers to a row of \(try row.text("parent")) "
                    + "that is not there"
            }
            return structure.filter { $0 != "ok" } + references
        }
    }
}
