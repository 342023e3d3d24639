import Foundation
internal import GRDB
internal import Secrets

/// A connection that reads: it sees one state of the database from beginning to end.
///
/// SQL is the subset that SQLite and PostgreSQL share: `$1` placeholders, numbered in the order of their first
/// appearance, `ON CONFLICT`, `RETURNING`, CTEs, window functions. What differs is in `Dialect`.
public struct Connection {
    let database: GRDB.Database
    let keys: KeyRing?

    /// The rows of a query.
    public func rows(_ sql: String, _ arguments: (any Bindable)?...) throws -> [Row] {
        try fetch(sql, arguments)
    }

    /// The rows of a query with as many arguments as there are.
    public func rows(_ sql: String, arguments: [any Bindable]) throws -> [Row] {
        try fetch(sql, arguments)
    }

    /// The first row of a query; nil when there is none.
    public func row(_ sql: String, _ arguments: (any Bindable)?...) throws -> Row? {
        try fetch(sql, arguments).first
    }

    /// Goes through the whole numbers of a query that has nothing else in its rows, without a row for each, until `body`
    /// returns false.
    public func forEachNumber(_ sql: String, _ arguments: (any Bindable)?..., body: (Int64) throws -> Bool) throws {
        let statement = try database.cachedStatement(sql: sql)
        try Self.requireReading(statement)
        let cursor = try Int64.fetchCursor(statement, arguments: StatementArguments(arguments.map(Self.bound)))
        while let number = try cursor.next(), try body(number) {}
    }

    /// Goes through the rows of a query with a number and bytes (or a text) in each, without keeping any of them: for
    /// what is too much for `rows`. The bytes are gone when `body` returns.
    public func forEach(
        _ sql: String, _ arguments: (any Bindable)?...,
        body: (_ number: Int64, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let statement = try database.cachedStatement(sql: sql)
        try Self.requireReading(statement)
        let cursor = try GRDB.Row.fetchCursor(statement, arguments: StatementArguments(arguments.map(Self.bound)))
        while let row = try cursor.next() {
            guard let number = row[0] as Int64? else { throw UnexpectedColumn(name: statement.columnNames[0]) }
            try row.withUnsafeData(atIndex: 1) { data in
                // SQLite gives no address for empty bytes.
                try (data ?? Data()).withUnsafeBytes { try body(number, $0) }
            }
        }
    }

    func fetch(_ sql: String, _ arguments: [(any Bindable)?], by writer: Ledger? = nil) throws -> [Row] {
        let statement = try database.cachedStatement(sql: sql)
        if writer == nil { try Self.requireReading(statement) }
        let columns = statement.columnNames
        let cursor = try RowValues.fetchCursor(
            statement, arguments: StatementArguments(arguments.map(Self.bound)))
        var rows: [Row] = []
        while let row = try cursor.next() { rows.append(Row(columns: columns, values: row.values)) }
        if let writer, !statement.isReadonly, database.changesCount > 0 { writer.note(sql) }
        return rows
    }

    /// A statement without columns is no query: SQLite says of `COMMIT`, too, that it writes nothing.
    private static func requireReading(_ statement: Statement) throws {
        guard statement.isReadonly, statement.columnCount > 0 else { throw WriteByReader() }
    }

    func run(_ sql: String, _ arguments: [(any Bindable)?], by writer: Ledger) throws {
        try database.cachedStatement(sql: sql).execute(
            arguments: StatementArguments(arguments.map(Self.bound)))
        if database.changesCount > 0 { writer.note(sql) }
    }

    private static func bound(_ argument: (any Bindable)?) -> (any DatabaseValueConvertible)? {
        switch argument?.value ?? .null {
        case .null: nil
        case .integer(let number): number
        case .text(let text): text
        case .blob(let bytes): bytes.withUnsafeBytes { Data($0) }
        }
    }
}

/// A connection that writes: what it does is kept whole or not at all. The doors of `Database` hand it out, and nobody
/// else can make one.
public struct Transaction {
    /// To read with, inside the transaction.
    public let connection: Connection
    let ledger: Ledger

    init(connection: Connection, ledger: Ledger = Ledger()) {
        self.connection = connection
        self.ledger = ledger
    }

    /// The rows of a query, of an `INSERT … RETURNING` for example.
    @discardableResult
    public func rows(_ sql: String, _ arguments: (any Bindable)?...) throws -> [Row] {
        try connection.fetch(sql, arguments, by: ledger)
    }

    /// The first row of a query; nil when there is none.
    @discardableResult
    public func row(_ sql: String, _ arguments: (any Bindable)?...) throws -> Row? {
        try connection.fetch(sql, arguments, by: ledger).first
    }

    /// Runs one statement.
    public func execute(_ sql: String, _ arguments: (any Bindable)?...) throws {
        try connection.run(sql, arguments, by: ledger)
    }

    /// How many rows the last statement changed.
    public var changes: Int { connection.database.changesCount }
}

/// A row of a query's result. A column that is missing or of another type is a mistake in our own SQL, and traps
/// nothing: it throws.
public struct Row {
    /// The same array for all rows of a query.
    private let columns: [String]
    private let values: [DatabaseValue]

    init(columns: [String], values: [DatabaseValue]) {
        self.columns = columns
        self.values = values
    }

    /// A whole number.
    public func integer(_ column: String) throws -> Int64 { try required(column, optionalInteger(column)) }

    /// A truth value, stored as 0 or 1.
    public func bool(_ column: String) throws -> Bool { try integer(column) != 0 }

    /// A text.
    public func text(_ column: String) throws -> String { try required(column, optionalText(column)) }

    /// Bytes.
    public func blob(_ column: String) throws -> [UInt8] { try required(column, optionalBlob(column)) }

    /// A whole number; nil for null.
    public func optionalInteger(_ column: String) throws -> Int64? {
        switch try storage(column) {
        case .null: nil
        case .int64(let number): number
        default: throw UnexpectedColumn(name: column)
        }
    }

    /// A text; nil for null.
    public func optionalText(_ column: String) throws -> String? {
        switch try storage(column) {
        case .null: nil
        case .string(let text): text
        default: throw UnexpectedColumn(name: column)
        }
    }

    /// Bytes; nil for null.
    public func optionalBlob(_ column: String) throws -> [UInt8]? {
        switch try storage(column) {
        case .null: nil
        case .blob(let data): [UInt8](data)
        default: throw UnexpectedColumn(name: column)
        }
    }

    private func storage(_ column: String) throws -> DatabaseValue.Storage {
        // GRDB's own look-up folds the case of every name again for every value.
        guard let index = columns.firstIndex(of: column) else { throw UnexpectedColumn(name: column) }
        return values[index].storage
    }

    private func required<T>(_ column: String, _ value: T?) throws -> T {
        guard let value else { throw UnexpectedColumn(name: column) }
        return value
    }
}

/// A statement that writes was given to a connection that reads: a mistake of ours.
public struct WriteByReader: Error {}

/// A row has no such column, or one of another type than was asked for.
public struct UnexpectedColumn: Error {
    public let name: String
}
