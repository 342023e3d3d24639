import Bytes
import Database
import Foundation
import Primitives
import Secrets

/// A column whose values are sealed with the key file, each for its own row.
///
/// This is the list of them all: what changes the key and what verifies go by it, and so does the table of all columns
/// in docs/database.md.
public struct SealedColumn: Sendable {
    public let table: String
    public let column: String
    /// The column by which a row is known.
    let key: String
    /// What people call a row of it, in the plural and for one.
    let words: (many: String, one: String)
    /// The column that says whose the secret is, and what its secret is sealed for.
    let owner: String
    let context: @Sendable (Row) throws -> String
    let isText: Bool

    private init(
        _ table: String, _ column: String, key: String, isText: Bool = false, owner: String? = nil,
        _ words: (many: String, one: String), context: @escaping @Sendable (Row) throws -> String
    ) {
        self.table = table
        self.column = column
        self.key = key
        self.isText = isText
        self.owner = owner ?? key
        self.words = words
        self.context = context
    }

    public static let all: [SealedColumn] = [
        SealedColumn("account", "sealed_password_hash", key: "id", ("passwords", "the password of the account")) {
            SecretContext.password(account: try $0.integer("id"))
        },
        SealedColumn("token", "root_key", key: "id", isText: true, ("API tokens", "the API token")) {
            SecretContext.rootKey(token: try $0.text("id"))
        },
        SealedColumn("outbox", "sealed_payload", key: "id", owner: "about", ("waiting jobs", "the job")) {
            SecretContext.job(about: try $0.text("about"))
        },
        SealedColumn(
            "authenticator_app", "sealed_secret", key: "factor_id",
            ("authenticator apps", "the secret of the authenticator app")
        ) {
            SecretContext.authenticatorApp(factor: try $0.integer("factor_id"))
        },
        SealedColumn(
            "giveaway_code", "sealed_code", key: "id", owner: "fingerprint", ("giveaway codes", "the giveaway code")
        ) {
            SecretContext.giveawayCode(fingerprint: try $0.blob("fingerprint").hexadecimal)
        },
    ]

    /// How many rows are looked at in one transaction.
    private static let batch = 1_000

    /// Up to a batch of rows after the one with a key, in the order of keys, with the secret as `secret`.
    fileprivate func rows(after key: Value?, _ connection: Connection) throws -> [Row] {
        let columns = Set([self.key, owner]).sorted().joined(separator: ", ")
        let first: any Bindable = isText ? Value.text("") : Value.integer(.min)
        return try connection.rows(
            """
            SELECT \(columns), \(column) AS secret FROM \(table)
            WHERE \(column) IS NOT NULL AND \(self.key) > $1 ORDER BY \(self.key) LIMIT \(Self.batch)
            """,
            key ?? first)
    }

    fileprivate func name(of row: Row) throws -> String { isText ? try row.text(key) : "\(try row.integer(key))" }

    fileprivate func key(of row: Row) throws -> Value {
        isText ? .text(try row.text(key)) : .integer(try row.integer(key))
    }
}

extension Database {
    /// Notes, once, by what the database knows its key file.
    func markKeyFile() async throws {
        let isMarked = try await read { try !$0.hasKeys || $0.row("SELECT only FROM key_file") != nil }
        if !isMarked { try await keep(.schema) { try $0.markKeyFile() } }
    }
}

extension Inventory {
    /// Seals every secret with the current key, and returns how many. A crash in between leaves some sealed with the
    /// key before, which stays in the file.
    public func resealSecrets() async throws -> Int {
        var count = 0
        for column in SealedColumn.all {
            var last: Value?
            repeat {
                let from = last
                let (done, reached) = try await database.keep(.resealing) { transaction in
                    try transaction.reseal(column, after: from)
                }
                count += done
                last = reached
            } while last != nil
        }
        return count
    }

    /// Every secret that does not open with the key file, in sentences; empty when all do.
    public func secretsThatDoNotOpen() async throws -> [String] {
        var found = try await database.read { connection in try connection.strangeKeyFile() }.map { [$0] } ?? []
        for column in SealedColumn.all {
            var (all, bad): (Int, [(row: String, why: String)]) = (0, [])
            var last: Value?
            repeat {
                let from = last
                let (done, failures, reached) = try await database.read { connection in
                    try connection.tryKeys(on: column, after: from)
                }
                all += done
                bad += failures
                last = reached
            } while last != nil
            found += bad.prefix(Self.listed).map { "\(column.words.one) \($0.row) does not open: \($0.why)" }
            if bad.count > Self.listed {
                found.append("\(bad.count) of \(all) \(column.words.many) do not open with the key file")
            }
        }
        return found
    }

    /// How many are listed one by one.
    private static let listed = 10
}

extension Transaction {
    fileprivate func reseal(
        _ column: SealedColumn, after key: Value?
    ) throws -> (count: Int, last: Value?) {
        let rows = try column.rows(after: key, connection)
        for row in rows {
            let context = try column.context(row)
            try execute(
                "UPDATE \(column.table) SET \(column.column) = $1 WHERE \(column.key) = $2",
                try connection.seal(connection.open(row.blob("secret"), for: context), for: context),
                try column.key(of: row))
        }
        return (rows.count, try rows.last.map(column.key(of:)))
    }

    fileprivate func markKeyFile() throws {
        try execute(
            "INSERT INTO key_file (only, mark) VALUES (1, $1) ON CONFLICT (only) DO NOTHING",
            try connection.keyFileMark())
    }
}

extension Connection {
    /// What only this key file makes.
    fileprivate func keyFileMark() throws -> [UInt8] { try authenticationCode(for: [], purpose: SecretContext.keyFile) }

    /// That the key file is another's, in a sentence; nil when it is this database's.
    fileprivate func strangeKeyFile() throws -> String? {
        guard let mark = try row("SELECT mark FROM key_file")?.blob("mark"), try mark != keyFileMark() else {
            return nil
        }
        return
            "the key file \(try requireKeys().path) does not belong to this database: recovery codes, forms and giveaway "
            + "codes are not known by it. Bring back the one from a backup"
    }

    fileprivate func tryKeys(
        on column: SealedColumn, after key: Value?
    ) throws -> (count: Int, failures: [(row: String, why: String)], last: Value?) {
        let rows = try column.rows(after: key, self)
        let failures: [(row: String, why: String)] = try rows.compactMap { row in
            do {
                _ = try open(row.blob("secret"), for: column.context(row))
                return nil
            } catch let failure as SecretFailure {
                return (try column.name(of: row), "\(failure)")
            } catch let failure as KeyFileFailure {
                return (try column.name(of: row), "\(failure)")
            }
        }
        return (rows.count, failures, try rows.last.map(column.key(of:)))
    }
}
