import Database
import Foundation

import class GRDB.DatabaseQueue
import protocol GRDB.DatabaseValueConvertible
import struct GRDB.StatementArguments

/// Rows written by hand, past all doors: by a connection of one's own, as anyone who tampers with the file has it.
extension Database {
    /// Runs one statement, and returns the last number that it gave to a row.
    @discardableResult
    package func byHand(_ sql: String, _ arguments: (any Bindable)?...) async throws -> Int64 {
        let values = arguments.map { argument -> (any DatabaseValueConvertible)? in
            switch argument?.value ?? .null {
            case .null: nil
            case .integer(let number): number
            case .text(let text): text
            case .blob(let bytes): Data(bytes)
            }
        }
        let bound = StatementArguments(values)
        return try await DatabaseQueue(path: path).write { database in
            try database.execute(sql: sql, arguments: bound)
            return database.lastInsertedRowID
        }
    }
}
