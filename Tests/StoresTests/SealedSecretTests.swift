import Accounts
import Database
import Foundation
import Letters
import Policy
import Ports
import Secrets
import Support
import Testing
import UTC

@testable import Database
@testable import Stores

@Suite("A copy of the database alone") struct SealedSecretTests {
    let people: People
    var index: TestIndex { people.index }
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    /// Whatever lies beside the database, the log included.
    private func bytes(of name: String = "test.sqlite") throws -> [UInt8] {
        try ["", "-wal"].flatMap { suffix in
            let path = index.folder.appending(path: name + suffix)
            return FileManager.default.fileExists(atPath: path.path) ? [UInt8](try Data(contentsOf: path)) : []
        }
    }

    private static func contains(_ secret: [UInt8], in all: [UInt8]) -> Bool {
        Data(all).range(of: Data(secret)) != nil
    }

    private static let rootKey = Array("root key of thirty-two bytes ....".utf8)
    private static let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNoaGFzaA"
    private static let path = "/account/reset-password/0123456789abcdef/"
    private static let code = [UInt8](repeating: 0xC5, count: 32)

    /// What opens something, put in as the index does.
    private func fill() async throws {
        let user = try await stores.accounts.add(
            NewUser(
                name: Username(parsing: "grace"), email: EmailAddress(parsing: "grace@example.org"),
                isAdministrator: false, passwordHash: Self.hash), by: .operatorAtMachine, at: now)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "t", rootKey: Self.rootKey, owner: user.name, label: "t", projects: nil, expiresAt: nil),
            by: .operatorAtMachine, from: RequestOrigin(), at: now)
        try await stores.accounts.mailLink(
            MailedLink(path: Self.path, secretHash: [9]), .resetPassword, to: user.id,
            from: RequestOrigin(), at: now)
        let session = try await people.allowEnrolment(in: try await people.password(user))
        _ = try await stores.factors.add(
            People.key(1), to: user.name, by: session.actor, from: people.origin, at: now)
        try await stores.factors.replaceRecoveryCodes(
            hashes: [Self.code], of: user.name, by: .operatorAtMachine, from: people.origin, at: now)
    }

    @Test("holds no password hash, no root key of a token, no link of a mail and no hash of a recovery code")
    func copy() async throws {
        try await fill()
        let all = try bytes()
        for secret in [Self.rootKey, Array(Self.hash.utf8), Array(Self.path.utf8), Self.code] {
            #expect(!Self.contains(secret, in: all))
        }
        // With the keys it is all there.
        #expect(try await stores.tokens.token("t")?.rootKey == Self.rootKey)
        #expect(try await stores.accounts.credentials(of: "grace")?.passwordHash == Self.hash)
        #expect(
            try await stores.mail.due(at: now, limit: 100).contains { $0.mail.letter.link?.path == Self.path })
    }

    @Test("opens nothing with another key file, and says so")
    func otherKeys() async throws {
        try await fill()
        let other = try KeyRing(at: index.folder.appending(path: "other.json").path)
        let copy = try Database(sqliteAt: index.folder.appending(path: "test.sqlite").path, keys: other)
        let stolen = try await Stores(copy)
        await #expect(throws: SecretFailure.self) { try await stolen.tokens.token("t") }
        await #expect(throws: SecretFailure.self) { try await stolen.accounts.credentials(of: "grace") }
        let found = try await stolen.inventory.secretsThatDoNotOpen()
        for words in ["does not belong", "password of the account", "API token t", "the job"] {
            #expect(found.contains { $0.contains(words) }, "\(words)")
        }
        #expect(try await stores.inventory.secretsThatDoNotOpen() == [])
        // Who has lost the key file can begin again: lists are there, mails that nobody can read keep none from going
        // out.
        #expect(try await stolen.accounts.user(nameOrAddress: "GRACE@example.org")?.name.display == "grace")
        #expect(try await stolen.tokens.tokens(of: Username(parsing: "grace")).map(\.id) == ["t"])
        try await stolen.tokens.revoke("t", by: .operatorAtMachine, from: RequestOrigin(), at: now)
        for _ in 0..<2 {
            let lease = Lease(of: "test", from: now)
            let jobs = try await stolen.outbox.claim(.mail, limit: 100, under: lease, at: now)
            let subjects = try jobs.map { try stolen.mail.mail(in: $0).mail.letter.subject }
            #expect(subjects == ["An API token of your account was revoked"])
            for job in jobs { try await stolen.outbox.release(job.id, heldBy: lease.holder) }
        }
        #expect(try await stolen.mail.counts().givenUp > 0)
        try copy.close()
    }

    @Test("that was moved to another row does not open there")
    func moved() async throws {
        try await fill()
        _ = try await stores.tokens.add(
            NewAPIToken(
                id: "u", rootKey: [1], owner: Username(parsing: "grace"), label: "u", projects: nil, expiresAt: nil),
            by: .operatorAtMachine, from: RequestOrigin(), at: now)
        try await index.database.write { transaction in
            try transaction.execute(
                "UPDATE token SET root_key = (SELECT root_key FROM token WHERE id = 'u')")
        }
        await #expect(throws: SecretFailure.doesNotOpen) { try await stores.tokens.token("t") }
        #expect(try await stores.inventory.secretsThatDoNotOpen().count == 1)
    }

    @Test("of every kind and every row is tried, and many that do not open are counted")
    func many() async throws {
        let mails = 1_205
        for number in 0..<mails {
            _ = try await stores.mail.add(
                AddressedLetter(
                    Letter(subject: "\(number)", name: nil, paragraphs: [], reason: "A test."),
                    to: EmailAddress(parsing: "ada@example.org")), at: now)
        }
        #expect(try await stores.inventory.secretsThatDoNotOpen() == [])
        // One byte in the last of them, then in all.
        try await index.database.write { transaction in
            try transaction.execute(
                """
                UPDATE outbox SET sealed_payload = CAST(sealed_payload || x'00' AS BLOB)
                WHERE id = (SELECT MAX(id) FROM outbox)
                """)
        }
        #expect(try await stores.inventory.secretsThatDoNotOpen().count == 1)
        try await index.database.write { try $0.execute("UPDATE outbox SET sealed_payload = x'016b'") }
        let found = try await stores.inventory.secretsThatDoNotOpen()
        #expect(found.contains("\(mails) of \(mails) waiting jobs do not open with the key file"))
    }

    @Test("is sealed with the new key alone once the keys were rotated")
    func rotation() async throws {
        try await fill()
        let id = try index.keys.rotate()
        #expect(try await stores.inventory.resealSecrets() > 3)
        for column in SealedColumn.all {
            let sealed = try await index.database.read { connection in
                try connection.rows(
                    "SELECT \(column.column) AS s FROM \(column.table) WHERE \(column.column) IS NOT NULL"
                ).map { try $0.blob("s") }
            }
            for bytes in sealed { #expect(try SealedSecret(serialized: bytes).keyID == id, "\(column.table)") }
        }
        #expect(try await stores.tokens.token("t")?.rootKey == Self.rootKey)
    }
}

@Suite("The table of all columns, docs/database.md,") struct ColumnTableTests {
    /// A line of the table: `| account | id, name | … | sealed |`.
    private static func lines() throws -> [(table: String, columns: [String], kind: String)] {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/database.md")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count == 6, cells[1].wholeMatch(of: /[a-z_0-9]+/) != nil, cells[1] != "table" else {
                return nil
            }
            return (cells[1], cells[2].components(separatedBy: ", "), cells[3])
        }
    }

    @Test("has a line for every column that there is, and none for one that there is not")
    func complete() async throws {
        let index = try await TestIndex()
        let there = try await index.database.read { connection in
            try connection.rows(
                """
                SELECT m.name AS t, c.name AS c FROM sqlite_master m JOIN pragma_table_info(m.name) c
                WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name NOT LIKE 'project_search_%'
                """
            ).map { "\(try $0.text("t")).\(try $0.text("c"))" }
        }
        let told = try Self.lines().flatMap { line in line.columns.map { "\(line.table).\($0)" } }
        #expect(Set(there).subtracting(told) == [], "say in docs/database.md what a reader of a copy could use it for")
        #expect(Set(told).subtracting(there) == [])
        #expect(told.count == Set(told).count)
    }

    @Test("calls sealed what is sealed, and every line by a word that is explained")
    func kinds() throws {
        let lines = try Self.lines()
        let sealed = lines.filter { $0.kind == "sealed" }.flatMap { line in line.columns.map { "\(line.table).\($0)" } }
        #expect(Set(sealed) == Set(SealedColumn.all.map { "\($0.table).\($0.column)" }))
        #expect(Set(lines.map(\.kind)) == ["sealed", "keyed", "digest", "personal", "public", "plain"])
    }
}
