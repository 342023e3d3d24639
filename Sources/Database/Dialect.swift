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
}
