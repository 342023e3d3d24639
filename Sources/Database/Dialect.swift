/// Where the engines differ. Everything else is written once, in the SQL that they share, but
/// for the schema, which is a file for each.
public enum Dialect: Sendable {
    /// SQLite 3.40 or later.
    case sqlite

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
