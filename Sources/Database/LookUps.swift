import Foundation
internal import GRDB
import Synchronization

/// Connections that read on the thread that asks.
///
/// They are not the pool's, for anyone who waits for one of those keeps its thread, which a holder may need to give it
/// back. Here nobody waits: a connection is taken, used and given back without giving the thread away, so there
/// are never more of them than threads that ask.
final class LookUps: Sendable {
    private let path: String
    private let configuration: Configuration
    /// Those that nobody uses, the last used at the end: the one whose memory is warm. Nil once all is closed.
    private let idle = Mutex<[DatabaseQueue]?>([])

    init(path: String, busyTimeout: TimeInterval) {
        self.path = path
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(busyTimeout)
        configuration.label = "database.look-up"
        self.configuration = configuration
    }

    func withConnection<Result>(_ body: (GRDB.Database) throws -> Result) throws -> Result {
        let isOpen = idle.withLock { $0 != nil }
        guard isOpen else { throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "The database is closed.") }
        let connection = try idle.withLock { $0?.popLast() } ?? DatabaseQueue(path: path, configuration: configuration)
        defer { idle.withLock { $0?.append(connection) } }
        return try connection.unsafeRead { database in
            // As `read` does, but with statements that are compiled once.
            try database.cachedStatement(sql: "BEGIN").execute()
            let result = Swift.Result { try body(database) }
            try database.cachedStatement(sql: "COMMIT").execute()
            return try result.get()
        }
    }

    func close() throws {
        let connections = idle.withLock { idle in
            defer { idle = nil }
            return idle
        }
        for connection in connections ?? [] { try connection.close() }
    }
}
