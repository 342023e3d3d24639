import Foundation
import Testing

import struct GRDB.DatabaseError
import class GRDB.DatabaseQueue
import struct GRDB.ResultCode

@testable import Database

/// A database in a folder of its own, which goes with the test.
final class TemporaryDatabase: Sendable {
    let folder: URL
    let database: Database

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "rind-database-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        database = try Database(sqliteAt: folder.appending(path: "test.sqlite").path)
    }

    deinit {
        try? database.close()
        try? FileManager.default.removeItem(at: folder)
    }
}

@Suite("The database") struct DatabaseTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }

    init() async throws {
        temporary = try TemporaryDatabase()
        try await temporary.database.migrate([
            Migration("0001", "CREATE TABLE thing (name TEXT NOT NULL PRIMARY KEY, size INTEGER, bytes BLOB) STRICT;")
        ])
    }

    @Test("waits for the disk at every commit, on the connection that writes")
    func durability() async throws {
        #expect(try await database.synchronousOfWriter() == 2)
    }

    @Test("gives back what was bound, nulls and bytes included")
    func values() async throws {
        let bytes: [UInt8] = [0, 1, 255]
        try await database.write { transaction in
            try transaction.execute(
                "INSERT INTO thing (name, size, bytes) VALUES ($1, $2, $3)", "a", Int64.max, bytes)
            try transaction.execute("INSERT INTO thing (name, size, bytes) VALUES ($1, $2, $3)", "b", nil, nil)
        }
        try await database.read { connection in
            let rows = try connection.rows("SELECT name, size, bytes FROM thing ORDER BY name")
            #expect(try rows.map { try $0.text("name") } == ["a", "b"])
            #expect(try rows[0].integer("size") == Int64.max)
            #expect(try rows[0].blob("bytes") == bytes)
            #expect(try rows[1].optionalInteger("size") == nil)
            #expect(try rows[1].optionalBlob("bytes") == nil)
            let turned = try connection.rows("SELECT size, name FROM thing ORDER BY name DESC")
            #expect(try turned.map { try $0.optionalInteger("size") } == [nil, Int64.max], "a null comes first")
        }
    }

    @Test("uses a numbered placeholder as often as it stands there")
    func repeatedPlaceholder() async throws {
        let sum = try await database.read { connection in
            try connection.row("SELECT $1 + $2 + $1 AS sum", 10, 3)?.integer("sum")
        }
        #expect(sum == 23)
    }

    @Test("throws for a column that is missing or of another type")
    func columns() async throws {
        await #expect(throws: UnexpectedColumn.self) {
            try await database.read { try $0.row("SELECT 'x' AS name")?.integer("name") }
        }
        await #expect(throws: UnexpectedColumn.self) {
            try await database.read { try $0.row("SELECT 'x' AS name")?.text("nam") }
        }
    }

    struct Deliberate: Error {}

    @Test("undoes all of a write that throws, and nothing of those beside it")
    func isolation() async throws {
        let database = database
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        try await database.write { transaction in
                            try transaction.execute(
                                "INSERT INTO thing (name, size) VALUES ($1, $2)", "n\(number)", number)
                            if number % 3 == 0 { throw Deliberate() }
                        }
                        return true
                    } catch { return !(error is Deliberate) }
                }
            }
            return await group.reduce(into: 0) { count, stored in count += stored ? 1 : 0 }
        }
        let sizes = try await database.read { try $0.rows("SELECT size FROM thing").map { try $0.integer("size") } }
        #expect(outcomes == 133)
        #expect(Set(sizes) == Set((0..<200).filter { $0 % 3 != 0 }.map(Int64.init)))
    }

    @Test("is on disk when the write returns: another connection sees it")
    func visible() async throws {
        try await database.write { try $0.execute("INSERT INTO thing (name) VALUES ($1)", "seen") }
        let other = try Database(sqliteAt: temporary.folder.appending(path: "test.sqlite").path)
        let count = try await other.read { try $0.row("SELECT COUNT(*) AS n FROM thing")?.integer("n") }
        #expect(count == 1)
        try other.close()
    }

    @Test("refuses a database that a later version wrote")
    func newer() async throws {
        await #expect(throws: DatabaseIsNewer.self) { try await database.migrate([]) }
    }

    @Test("refuses a database whose history begins with another step")
    func otherBeginning() async throws {
        await #expect(throws: DatabaseIsUnreleased.self) {
            try await database.migrate([Migration("0001-first", "CREATE TABLE other (a TEXT);")])
        }
    }

    @Test("runs each step of the schema's history once")
    func migrations() async throws {
        let steps = [
            Migration("0001", "CREATE TABLE thing (never TEXT);"), Migration("0002", "CREATE TABLE other (a TEXT);"),
        ]
        try await database.migrate(steps)
        try await database.migrate(steps)
        try await database.read { _ = try $0.rows("SELECT a FROM other") }
    }

    @Test("shows a look-up what was written a moment ago, and one state of it from beginning to end")
    func lookUp() async throws {
        try await database.write { try $0.execute("INSERT INTO thing (name, size) VALUES ($1, $2)", "a", 1) }
        let database = database
        let sizes = try await database.lookUp { connection in
            let first = try connection.row("SELECT size FROM thing")?.integer("size")
            // Somebody else writes while we read.
            let other = try DatabaseQueue(path: temporary.folder.appending(path: "test.sqlite").path)
            try other.write { try $0.execute(sql: "UPDATE thing SET size = 2") }
            try other.close()
            return [first, try connection.row("SELECT size FROM thing")?.integer("size")]
        }
        #expect(sizes == [1, 1])
        #expect(try await database.lookUp { try $0.row("SELECT size FROM thing")?.integer("size") } == 2)
    }

    @Test("lets a look-up write nothing, and goes on after one that throws")
    func lookUpOnly() async throws {
        await #expect(throws: (any Error).self) { try await database.lookUp { _ = try $0.rows("DELETE FROM thing") } }
        await #expect(throws: Deliberate.self) { try await database.lookUp { _ in throw Deliberate() } }
        #expect(try await database.lookUp { try $0.rows("SELECT name FROM thing").count } == 0)
    }

    @Test("reads nothing once it is closed")
    func closed() async throws {
        #expect(try await database.lookUp { try $0.rows("SELECT name FROM thing").count } == 0)
        try database.close()
        await #expect(throws: (any Error).self) {
            try await database.lookUp { try $0.rows("SELECT name FROM thing").count }
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let failures: [(ResultCode, isFull: Bool)] = [
        (.SQLITE_FULL, true),
        (.SQLITE_IOERR_WRITE, true), (.SQLITE_IOERR_FSYNC, true), (.SQLITE_IOERR_SHMSIZE, true),
        (.SQLITE_IOERR_READ, false), (.SQLITE_IOERR, false), (.SQLITE_CORRUPT, false), (.SQLITE_BUSY, false),
        (.SQLITE_CONSTRAINT_UNIQUE, false), (.SQLITE_READONLY, false),
    ]

    @Test("says which failures mean that the disk is full", arguments: failures)
    func storageFull(code: ResultCode, isFull: Bool) {
        #expect(DatabaseFailure.isStorageFull(DatabaseError(resultCode: code)) == isFull)
    }

    /// A change that is too large for what SQLite keeps in memory meets the full disk before its commit, and loses the
    /// transaction around it.
    @Test("says that the disk is full, also where that ends the transaction")
    func fullInTheMiddle() async throws {
        try await database.write { _ = try $0.row("PRAGMA max_page_count = 16") }
        let error = await #expect(throws: DatabaseError.self) {
            try await database.write { transaction in
                for number in 0..<64 {
                    let bytes = [UInt8](repeating: 7, count: 4_096)
                    try transaction.execute("INSERT INTO thing (name, bytes) VALUES ($1, $2)", "thing \(number)", bytes)
                }
            }
        }
        #expect(error.map { DatabaseFailure.isStorageFull($0) } == true, "\(String(describing: error))")
        #expect(try await database.lookUp { try $0.rows("SELECT name FROM thing").count } == 0, "nothing half done")

        // With room again, the connection writes as before.
        try await database.write { _ = try $0.row("PRAGMA max_page_count = 1000000") }
        try await database.write { try $0.execute("INSERT INTO thing (name) VALUES ($1)", "later") }
        #expect(try await database.lookUp { try $0.rows("SELECT name FROM thing").count } == 1)
    }

    @Test("copies itself while it is being written to")
    func backup() async throws {
        let copy = temporary.folder.appending(path: "copy.sqlite").path
        try await database.write { try $0.execute("INSERT INTO thing (name) VALUES ($1)", "kept") }
        try await database.backup(to: copy)
        let restored = try Database(sqliteAt: copy)
        let name = try await restored.read { try $0.row("SELECT name FROM thing")?.text("name") }
        #expect(name == "kept")
        try restored.close()
    }
}
