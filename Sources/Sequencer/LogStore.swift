import Database
import Journal
import PackagingFormats
import Primitives
import Stores
import TransparencyLog
import UTC

/// An entry of the log in its place.
struct LogEntry: Sendable, Hashable {
    /// From 0.
    let position: Int
    /// The journal's serial of what it is the public part of.
    let serial: Serial
    /// What is hashed and published.
    let bytes: [UInt8]
    /// What its commitments were made with; nil where it has none, or where it is forgotten.
    let salt: [UInt8]?
}

/// How far the log is.
struct LogState: Sendable, Hashable {
    /// The serial up to which all that is public in the journal has its place.
    var followed: Serial = 0
    /// How many entries the signed tree has.
    var size = 0
    /// The signed tree's head; nil before the first.
    var checkpoint: String?
    /// The newest head that witnesses have signed, too; nil while there is none.
    var cosigned: String?
    /// Since when the database is one that came out of a backup, and nobody has said how its log goes on.
    var restoredAt: Timestamp?
    /// What the log is called while it has no head; nil where it is called after the index's address.
    var origin: String?
}

/// The entries of the log and its head, in SQL.
struct LogStore: Sendable {
    let database: Database

    /// How many entries of the journal are looked at in one transaction.
    static let entriesAtOnce = 1_000

    func state() async throws -> LogState { try await database.lookUp { try $0.logState() } }

    /// Gives what is public of the journal's next entries its places, for ever, and returns how many places are taken.
    ///
    /// The bytes are kept, with a salt that is drawn here: anyone who writes them into tiles, however often, writes the same.
    func follow() async throws -> Int {
        while true {
            let (isBehind, count) = try await database.lookUp { connection in
                let latest = try connection.row("SELECT serial FROM journal_serial")?.integer("serial") ?? 0
                return (try connection.logState().followed < latest, try connection.logCount())
            }
            guard isBehind else { return count }
            try await database.keep(.log) { transaction in
                let connection = transaction.connection
                let state = try connection.logState()
                var position = try connection.logCount()
                let rows = try connection.rows(
                    """
                    SELECT serial, at, actor, action, subject, details FROM journal WHERE serial > $1
                    ORDER BY serial LIMIT $2
                    """, state.followed, Self.entriesAtOnce)
                for row in rows {
                    guard let entry = try PublicEntry(of: JournalEntry(row: row)) else { continue }
                    try transaction.execute(
                        "INSERT INTO log_entry (position, serial, entry, salt, filename) VALUES ($1, $2, $3, $4, $5)",
                        position, entry.serial, entry.bytes, entry.salt, entry.filename)
                    position += 1
                }
                let followed = try rows.last?.integer("serial") ?? state.followed
                try transaction.execute(
                    """
                    INSERT INTO log_head (only, followed, size) VALUES (1, $1, 0)
                    ON CONFLICT (only) DO UPDATE SET followed = excluded.followed
                    """, followed)
            }
        }
    }

    /// The entries at some places, in their order.
    func entries(_ positions: Range<Int>) async throws -> [LogEntry] {
        try await database.read { connection in
            try connection.rows(
                "SELECT position, serial, entry, salt FROM log_entry WHERE position >= $1 AND position < $2 ORDER BY position",
                positions.lowerBound, positions.upperBound
            ).map(LogEntry.init(row:))
        }
    }

    /// How many of a project's entries are looked at.
    private static let entriesOfProject = 500

    /// The last signed entries about what was done to files of a project after they were published, the oldest first.
    func entries(ofProject normalized: String) async throws -> [LogEntry] {
        let acts = LogStatement.actsOnFiles.sorted().map { "'\($0)'" }.joined(separator: ", ")
        return try await database.read { connection in
            try connection.rows(
                """
                SELECT e.position, e.serial, e.entry, e.salt FROM journal j JOIN log_entry e ON e.serial = j.serial
                WHERE j.subject = $1 AND j.action IN (\(acts)) AND e.position < (SELECT size FROM log_head)
                ORDER BY j.serial DESC LIMIT \(Self.entriesOfProject)
                """, "project \(normalized)"
            ).reversed().map(LogEntry.init(row:))
        }
    }

    /// Puts a head in the place of another. Returns whether it was that other one that was there: nothing happens where it
    /// is not.
    ///
    /// - Parameter forgetsCosigned: whether the one that witnesses have signed is not believed any more.
    func replace(
        _ old: LogState, size: Int, checkpoint: String, forgetsCosigned: Bool = false
    ) async throws -> Bool {
        try await database.keep(.log) { transaction in
            try transaction.execute(
                """
                UPDATE log_head SET size = $1, checkpoint = $2, cosigned = CASE WHEN $3 THEN NULL ELSE cosigned END
                WHERE only = 1 AND size = $4 AND COALESCE(checkpoint, '') = $5 AND restored_at IS NULL
                """, size, checkpoint, forgetsCosigned, old.size, old.checkpoint ?? "")
            return transaction.changes == 1
        }
    }

    /// Keeps a head that witnesses have signed, in the place of the one before; and as the head itself, where that is the
    /// same. Returns whether it is.
    func keep(cosigned: String, of note: String, after old: LogState) async throws -> Bool {
        try await database.keep(.log) { transaction in
            try transaction.execute(
                "UPDATE log_head SET cosigned = $1 WHERE only = 1 AND COALESCE(cosigned, '') = $2", cosigned,
                old.cosigned ?? "")
            try transaction.execute(
                "UPDATE log_head SET checkpoint = $1 WHERE only = 1 AND checkpoint = $2", cosigned, note)
            return transaction.changes == 1
        }
    }

    /// Notes that the database came out of a backup. A log that has no head yet is none that could fork.
    func noteRestored(at now: Timestamp) async throws {
        try await database.keep(.log) { transaction in
            try transaction.execute(
                "UPDATE log_head SET restored_at = $1 WHERE only = 1 AND checkpoint IS NOT NULL", now.microseconds)
        }
    }

    /// Lets the log of a restored database go on from its head.
    func resume() async throws {
        try await database.keep(.log) { transaction in
            try transaction.execute("UPDATE log_head SET restored_at = NULL WHERE only = 1")
        }
    }

    /// Makes a new log of the same entries, without a head so far.
    func restart(as origin: String) async throws {
        try await database.keep(.log) { transaction in
            try transaction.execute(
                """
                UPDATE log_head SET size = 0, checkpoint = NULL, cosigned = NULL, restored_at = NULL, origin = $1
                WHERE only = 1
                """, origin)
        }
    }

    /// The entry that published a file, if it is there, and the head: of one moment, and in one query.
    func upload(of filename: String) async throws -> (LogState, LogEntry?) {
        try await database.lookUp { connection in
            let row = try connection.row(
                """
                SELECT \(LogState.columns), e.position, e.serial, e.entry, e.salt FROM log_head h
                LEFT JOIN log_entry e ON e.position = (SELECT MAX(position) FROM log_entry WHERE filename = $1)
                WHERE h.only = 1
                """, filename)
            guard let row else { return (LogState(), nil) }
            return (
                try LogState(row: row), try row.optionalInteger("position") == nil ? nil : try LogEntry(row: row)
            )
        }
    }
}

extension LogEntry {
    fileprivate init(row: Row) throws {
        self.init(
            position: Int(try row.integer("position")), serial: try row.integer("serial"),
            bytes: try row.blob("entry"), salt: try row.optionalBlob("salt"))
    }
}

extension LogState {
    /// What `init(row:)` reads of the table `log_head`, named `h` in the query.
    fileprivate static let columns = "h.followed, h.size, h.checkpoint, h.cosigned, h.restored_at, h.origin"

    fileprivate init(row: Row) throws {
        self.init(
            followed: try row.integer("followed"), size: Int(try row.integer("size")),
            checkpoint: try row.optionalText("checkpoint"), cosigned: try row.optionalText("cosigned"),
            restoredAt: try row.optionalInteger("restored_at").map(Timestamp.init(microseconds:)),
            origin: try row.optionalText("origin"))
    }

    /// How many entries the head has that witnesses have signed; nil while there is none.
    var cosignedSize: Int? {
        cosigned.flatMap { try? SignedNote(parsing: Array($0.utf8)) }.flatMap { Checkpoint(text: $0.text) }?.size
    }
}

extension Connection {
    func logState() throws -> LogState {
        try row("SELECT \(LogState.columns) FROM log_head h WHERE h.only = 1").map(LogState.init(row:)) ?? LogState()
    }

    /// How many places are taken.
    func logCount() throws -> Int {
        Int(try row("SELECT COALESCE(MAX(position) + 1, 0) AS n FROM log_entry")?.integer("n") ?? 0)
    }
}

/// What is public of an entry of the journal, as it stands in the log.
struct PublicEntry {
    let serial: Serial
    let bytes: [UInt8]
    /// Nil where nothing is committed to.
    let salt: [UInt8]?
    /// The file that it publishes.
    let filename: String?

    /// Nil for what nobody else is concerned with.
    ///
    /// - Parameter salt: what commitments are made with; nil draws one.
    init?(of entry: JournalEntry, salt given: [UInt8]? = nil) throws {
        var generator = SystemRandomNumberGenerator()
        let drawn = given ?? (0..<32).map { _ in UInt8.random(in: 0...255, using: &generator) }
        // Every project of an index is everybody's to see, so far.
        guard let salt = Commitment.Salt(drawn), let record = entry.publicRecord(isPublic: { _ in true }, salt: salt)
        else { return nil }
        serial = entry.serial
        bytes = Array(record.canonicalText.utf8)
        self.salt = record.hasCommitment ? drawn : nil
        if case .project(.content(.fileUploaded(let file, _))) = entry.event {
            filename = file.filename.text
        } else {
            filename = nil
        }
        guard bytes.count <= EntryBundle.maximumEntryBytes else {
            throw SequencerFailure.entry(serial: entry.serial, bytes: bytes.count)
        }
    }
}
