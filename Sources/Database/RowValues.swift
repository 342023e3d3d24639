internal import GRDB
internal import GRDBSQLite

/// All values of a row, read as if they were the value of one column.
///
/// GRDB's own row folds the case of every column's name for every query, which takes as long as all the rest of a query
/// that finds one row by its key.
struct RowValues: StatementColumnConvertible, DatabaseValueConvertible {
    let values: [DatabaseValue]

    static func fromStatement(_ statement: SQLiteStatement, atUncheckedIndex index: CInt) -> RowValues? {
        // Not nil where the first column is null.
        RowValues(sqliteStatement: statement, index: index)
    }

    init(sqliteStatement: SQLiteStatement, index: CInt) {
        values = (0..<sqlite3_column_count(sqliteStatement)).map {
            DatabaseValue(sqliteStatement: sqliteStatement, index: $0)
        }
    }

    /// GRDB asks for these, and calls neither: rows are read and never bound, and not out of other rows.
    var databaseValue: DatabaseValue { .null }
    static func fromDatabaseValue(_ value: DatabaseValue) -> RowValues? { nil }
}
