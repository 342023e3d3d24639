import Foundation
internal import GRDB
import Glibc
public import Secrets
import Synchronization
public import UTC

/// The database: many readers, one writer, and nothing is done before it is on disk.
///
/// Closures are synchronous and run on the connection's own queue. They may run more than once (a retry), so they do
/// nothing but read and write the database.
public final class Database: Sendable {
    /// Where its file is.
    public let path: String
    private let pool: DatabasePool
    private let keys: KeyRing?
    /// What the doors of `Doors.swift` read: credentials, and the time.
    package let credentials: any CredentialReading
    let clock: (@Sendable () -> Timestamp)?
    private let lookUps: LookUps
    private let pending = Mutex<[WriteJob]>([])

    /// One caller's write, with anyone who waits for it.
    private struct WriteJob: Sendable {
        /// Does the work inside a savepoint and keeps the result.
        let perform: @Sendable (Transaction) throws -> Void
        /// Tells the caller, after the commit or instead of it.
        let finish: @Sendable ((any Error)?) -> Void
    }

    /// Opens the SQLite file at `path`, and makes it where it is missing.
    ///
    /// - Parameters:
    ///   - readers: how many reads can run at once.
    ///   - keys: what secrets in it are sealed with; nil for anyone who reads none.
    ///   - credentials: what reads sessions and tokens again, in the transaction of an act.
    ///   - clock: what time it is at a commit; nil where anyone who asks is taken at their word, as in tests.
    ///   - busyTimeout: how long to wait for another process that writes, in seconds.
    public init(
        sqliteAt path: String, readers: Int = 6, keys: KeyRing? = nil,
        credentials: any CredentialReading = NoCredentials(), clock: (@Sendable () -> Timestamp)? = nil,
        busyTimeout: TimeInterval = 10
    ) throws {
        self.path = path
        self.keys = keys
        self.credentials = credentials
        self.clock = clock
        var configuration = Configuration()
        configuration.maximumReaderCount = readers
        configuration.busyMode = .timeout(busyTimeout)
        configuration.foreignKeysEnabled = true
        configuration.label = "database"
        Self.makePrivate(path)
        pool = try DatabasePool(path: path, configuration: configuration)
        // GRDB sets NORMAL after it has opened the writer, which loses the last commits with the power. Every commit
        // that was answered must be on disk, so it is set again here; a test asks the connection that writes.
        try pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA journal_size_limit = 67108864")
            // What a savepoint may have to undo: in memory, instead of in a temporary file for every caller's.
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            // Copying the log into the database takes two more syncs, during which no commit goes on. Ten times
            // SQLite's own 1,000 pages make that rare, and write a page once that was changed by many commits.
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 10000")
        }
        lookUps = LookUps(path: path, busyTimeout: busyTimeout)
    }

    /// Reads a few rows by their keys, in one state of the database: what every request has to know.
    ///
    /// SQLite answers at once, on the thread that asks: to hand a read to another thread and to come back costs several
    /// times what a few rows do. An engine behind a network would run `body` on a thread of its own, and keep none of
    /// those that ask, which is why this is asynchronous. Searches, lists and whatever grows with the index go through
    /// `read`, for they would keep the thread from other requests.
    public func lookUp<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try lookUps.withConnection { database in try body(Connection(database: database, keys: keys)) }
    }

    /// Makes an empty file that only its owner reads, whatever the umask: the database holds the hashes of passwords
    /// and the keys of tokens. SQLite takes an empty file for a new database, and gives the files beside it the same
    /// mode.
    private static func makePrivate(_ path: String) {
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        // Where that fails, opening the database does, too, and says why.
        if file >= 0 { Glibc.close(file) }
    }

    /// Reads one state of the database.
    public func read<Result: Sendable>(
        _ body: @escaping @Sendable (Connection) throws -> Result
    ) async throws -> Result {
        try await pool.read { [keys] database in try body(Connection(database: database, keys: keys)) }
    }

    /// Writes, all or nothing, and returns once it is on disk. Internal: the doors are what others write by.
    ///
    /// Callers that come while another commit is being written share the next one, with a savepoint each: one that
    /// throws undoes its own work only. Cancellation is looked at before the work is queued, not after.
    func write<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            let box = ResultBox<Result>()
            let job = WriteJob(
                perform: { transaction in box.set(try body(transaction)) },
                finish: { error in
                    if let error {
                        continuation.resume(throwing: error)
                    } else if let value = box.take() {
                        continuation.resume(returning: value)
                    } else {
                        continuation.resume(throwing: WriteWithoutResult())
                    }
                })
            let isFirst = pending.withLock { jobs in
                jobs.append(job)
                return jobs.count == 1
            }
            if isFirst { pool.asyncWriteWithoutTransaction { [self] database in commitPending(on: database) } }
        }
    }

    /// Takes all that is waiting and commits it at once. The caller who found the queue empty has scheduled this; those
    /// after them rely on it, and anyone who comes after the queue is taken finds it empty again.
    private func commitPending(on database: GRDB.Database) {
        let jobs = pending.withLock { jobs in
            defer { jobs = [] }
            return jobs
        }
        var outcomes = commit(jobs, on: database)
        if outcomes.contains(where: { $0.map(DatabaseFailure.isStorageFull) ?? false }), Self.reuseLog(of: database) {
            outcomes = commitAgain(jobs, after: outcomes, on: database)
        }
        for (job, outcome) in zip(jobs, outcomes) { job.finish(outcome) }
    }

    /// What became of each. Where the transaction is lost, nothing of the batch is on disk, no matter whose it is.
    private func commit(_ jobs: [WriteJob], on database: GRDB.Database) -> [(any Error)?] {
        do {
            var outcomes: [(any Error)?] = []
            try database.inTransaction(.immediate) {
                outcomes = try jobs.map { job in try attempt(job, on: database) }
                return .commit
            }
            return outcomes
        } catch {
            return jobs.map { _ in error }
        }
    }

    /// Only those for which there was no room.
    private func commitAgain(
        _ jobs: [WriteJob], after outcomes: [(any Error)?], on database: GRDB.Database
    ) -> [(any Error)?] {
        let isLeft = outcomes.map { $0.map(DatabaseFailure.isStorageFull) ?? false }
        var again = commit(zip(jobs, isLeft).filter(\.1).map(\.0), on: database).makeIterator()
        return zip(outcomes, isLeft).map { outcome, isLeft in isLeft ? again.next() ?? outcome : outcome }
    }

    /// Folds the log into the database, so that the next commit begins the log anew, in room that it has already. A
    /// full disk then takes small changes, such as signing in, for a good while longer.
    ///
    /// - Returns: whether that was possible: the database may have to grow for it, and readers may hold on to the log.
    private static func reuseLog(of database: GRDB.Database) -> Bool {
        guard let row = try? GRDB.Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(PASSIVE)") else { return false }
        // Pages in the log, and those of them that are in the database now.
        guard let logged = row[1] as Int?, let folded = row[2] as Int? else { return false }
        return logged > 0 && logged == folded
    }

    /// Runs one caller's work in a savepoint. Returns what it threw; throws when the transaction itself is lost.
    private func attempt(_ job: WriteJob, on database: GRDB.Database) throws -> (any Error)? {
        var failure: (any Error)?
        do {
            try database.inSavepoint {
                do {
                    try job.perform(Transaction(connection: Connection(database: database, keys: keys)))
                    return .commit
                } catch {
                    failure = error
                    return .rollback
                }
            }
        } catch {
            // A full disk may end the whole transaction, not just the savepoint. Going back to the savepoint fails
            // then, and says only that there is none: what the work threw is why.
            throw failure ?? error
        }
        if !database.isInsideTransaction, let failure { throw failure }
        return failure
    }

    /// Writes a consistent copy to a new file, while others read and write.
    public func backup(to path: String) async throws {
        Self.makePrivate(path)
        try await pool.writeWithoutTransaction { database in
            try database.execute(sql: "VACUUM INTO ?", arguments: [path])
        }
    }

    /// What `PRAGMA synchronous` says on the connection that writes: 2 is FULL. For the test that guards it.
    public func synchronousOfWriter() async throws -> Int? {
        try await pool.writeWithoutTransaction { database in try Int.fetchOne(database, sql: "PRAGMA synchronous") }
    }

    /// Closes all connections; nothing can be read or written afterwards.
    ///
    /// The write-ahead log is folded into the database, unless another process has it open: then the last one does it.
    /// A database that nobody has open is one file, which can be copied.
    public func close() throws {
        try lookUps.close()
        // A connection that only reads, and is the last to close, leaves the log behind.
        pool.invalidateReadOnlyConnections()
        // No reason not to close: the log is as good as the database. Who reads elsewhere is not waited for.
        try? pool.writeWithoutTransaction { database in
            try database.execute(sql: "PRAGMA busy_timeout = 200")
            try database.checkpoint(.truncate)
        }
        try pool.close()
    }
}

/// A write ended without a result and without an error: a mistake of ours.
private struct WriteWithoutResult: Error {}

/// Carries a result from the writer's queue to the caller.
private final class ResultBox<Result: Sendable>: Sendable {
    private let value = Mutex<Result?>(nil)

    func set(_ result: Result) { value.withLock { $0 = result } }
    func take() -> Result? { value.withLock { $0 } }
}

extension Transaction {
    /// Runs several statements, each ended by a semicolon. Internal: for the schema.
    func executeScript(_ sql: String) throws { try connection.database.execute(sql: sql) }
}

/// What kind of failure an error of the database is.
public enum DatabaseFailure {
    /// What happened to the database and what to do, for its operator; nil for an error of something else.
    ///
    /// - Parameter path: where the database is; nil where nobody knows.
    public static func sentence(_ error: any Error, at path: String? = nil) -> String? {
        guard let error = error as? DatabaseError else { return nil }
        let database = path.map { "The database \($0)" } ?? "The database"
        if isStorageFull(error) {
            return "The disk of the index is full, and nothing was changed. Make room, and do it again."
        }
        return switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            "\(database) is damaged, or is not one. Restore a backup into a new folder: rind restore FILE --data FOLDER"
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            "\(database) is held by another process. Wait for its end, or stop it, and do it again."
        case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
            "\(database) cannot be opened for writing. Check that its folder is there, and who owns both."
        case .SQLITE_IOERR: "\(database) cannot be read or written: the disk gives errors. Look at the system's log."
        case .SQLITE_NOMEM: "\(database) needs more memory than there is."
        case .SQLITE_ERROR where error.message?.hasPrefix("no such") == true:
            "\(database) has not the tables that it should have. Restore a backup into a new folder."
        default: "\(database) failed (\(error.resultCode): \(error.message ?? "")). Run: rind doctor"
        }
    }

    /// Whether the disk is full.
    public static func isStorageFull(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return false }
        // Where the disk gives way while SQLite grows one of its other files, it only says that writing failed.
        return error.resultCode == .SQLITE_FULL
            || [.SQLITE_IOERR_WRITE, .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_SHMSIZE].contains(error.extendedResultCode)
    }
}
