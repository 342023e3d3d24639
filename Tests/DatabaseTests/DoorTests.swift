import Accounts
import Acts
import Foundation
import Policy
import Primitives
import Synchronization
import Testing
import UTC
import VectorSupport

@testable import Database

@Suite("The doors of the database") struct DoorTests {
    let temporary: TemporaryDatabase
    var database: Database { temporary.database }
    let now = Timestamp(seconds: 1_700_000_000)

    init() async throws {
        temporary = try TemporaryDatabase()
        try await temporary.database.migrate([
            Migration(
                "0001",
                """
                CREATE TABLE thing (name TEXT NOT NULL PRIMARY KEY) STRICT;
                CREATE TABLE challenge (name TEXT NOT NULL PRIMARY KEY) STRICT;
                CREATE TABLE account (name TEXT NOT NULL PRIMARY KEY, user_handle TEXT, primary_address TEXT) STRICT;
                INSERT INTO account (name) VALUES ('ada');
                """)
        ])
    }

    private static func permit(_ actor: Actor, at now: Timestamp) throws -> Permit {
        try AccessPolicy.permit(.rotateKeys, to: actor, at: now)
    }

    private func things() async throws -> [String] {
        try await database.read { try $0.rows("SELECT name FROM thing").map { try $0.text("name") } }
    }

    @Test("roll a change back that is on no record, and say what it wrote")
    func unrecorded() async throws {
        await #expect {
            try await database.change(by: .operatorAtMachine, at: now) { door, actor, now in
                let transaction = try door.open(with: Self.permit(actor, at: now))
                try transaction.execute("INSERT INTO thing (name) VALUES ($1)", "a")
                try transaction.execute("UPDATE account SET user_handle = $1, primary_address = $2", "b", "c")
            }
        } throws: { error in
            (error as? UnrecordedChange)?.columns == ["thing", "account.user_handle", "account.primary_address"]
        }
        #expect(try await things() == [])
        try await database.change(by: .operatorAtMachine, at: now) { door, actor, now in
            let permit = try Self.permit(actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute("INSERT INTO thing (name) VALUES ($1)", "a")
            try transaction.noteRecord(of: permit)
        }
        #expect(try await things() == ["a"])
    }

    @Test("let an act that finds nothing to do record nothing")
    func nothing() async throws {
        try await database.change(by: .operatorAtMachine, at: now) { door, actor, now in
            try door.open(with: Self.permit(actor, at: now)).execute("DELETE FROM thing WHERE name = 'absent'")
        }
    }

    @Test("keep what a reason exempts, and nothing beside it")
    func exempt() async throws {
        try await database.keep(.userHandles) { transaction in
            try transaction.execute("UPDATE account SET user_handle = $1 WHERE user_handle IS NULL", "x")
        }
        await #expect(throws: UnrecordedChange.self) {
            // The table of another reason.
            try await database.keep(.userHandles) { try $0.execute("INSERT INTO challenge (name) VALUES ($1)", "x") }
        }
        try await database.keep(.userHandles) { transaction in
            transaction.exempt(.challenges)
            try transaction.execute("INSERT INTO challenge (name) VALUES ($1)", "x")
        }
        await #expect(throws: UnrecordedChange.self) {
            try await database.keep(.userHandles) { transaction in
                try transaction.execute("UPDATE account SET user_handle = (SELECT 'a, b'), primary_address = $1", "x")
            }
        }
        await #expect(throws: UnrecordedChange.self) {
            try await database.keep(.userHandles) { try $0.execute("DELETE FROM account") }
        }
        await #expect(throws: UnrecordedChange.self) {
            try await database.keep(.challenges) {
                _ = try $0.row("INSERT INTO thing (name) VALUES ('a') RETURNING name")
            }
        }
        #expect(try await things() == [])
    }

    @Test("open for the permit of this act alone")
    func permits() async throws {
        let now = now
        let earlier = try Self.permit(.operatorAtMachine, at: now - .seconds(1))
        await #expect(throws: PermitOfAnotherDoor.self) {
            try await database.change(by: .operatorAtMachine, at: now) { door, _, _ in _ = try door.open(with: earlier)
            }
        }
        await #expect(throws: PermitOfAnotherDoor.self) {
            try await database.change(by: .operatorAtMachine, at: now) { door, _, now in
                _ = try door.open(with: Self.permit(.index, at: now))
            }
        }
    }

    @Test("take no permit into what is kept but of the index, and of whom a link or a code let in")
    func permitsInside() async throws {
        let now = now
        try await database.keep(.challenges) { try $0.noteRecord(of: Self.permit(.index, at: now)) }
        await #expect(throws: PermitOfAnotherDoor.self) {
            try await database.keep(.challenges) { try $0.noteRecord(of: Self.permit(.operatorAtMachine, at: now)) }
        }
        let ada = try Username(parsing: "ada")
        for (session, token) in [(SessionID(1), nil), (nil, TokenStanding(id: "t")), (nil, nil)] {
            let proof = Proof(.attestedHardware, at: now)
            let holder = Actor(
                .user(UserID(1), ada, isAdministrator: true), assurance: .attestedHardware,
                session: SessionStanding(id: session, proofs: [proof], strongest: .attestedHardware), token: token)
            let permit = try Self.permit(holder, at: now)
            func isTaken(_ act: () async throws -> Void) async throws -> Bool {
                do { try await act() } catch is PermitOfAnotherDoor { return false }
                return true
            }
            let isFree = session == nil && token == nil
            #expect(
                try await isTaken { try await database.keep(.challenges) { try $0.noteRecord(of: permit) } } == isFree)
            #expect(
                try await isTaken {
                    try await database.change(by: .anonymous, at: now) { door, _, _ in _ = try door.open(with: permit) }
                } == isFree)
        }
        await #expect(throws: PermitOfAnotherDoor.self) {
            try await database.change(by: .anonymous, at: now) { door, _, _ in
                _ = try door.open(with: Self.permit(.operatorAtMachine, at: now))
            }
        }
    }

    @Test("judge at the time of the commit, and never before somebody asked")
    func clock() async throws {
        let time = Mutex(now)
        let other = try Database(
            sqliteAt: temporary.folder.appending(path: "other.sqlite").path, clock: { time.withLock { $0 } })
        defer { try? other.close() }
        let late = now + .seconds(3_600)
        #expect(try await other.change(by: .index, at: late) { _, _, now in now } == late)
        time.withLock { $0 = late + .seconds(1) }
        #expect(try await other.change(by: .index, at: late) { _, _, now in now } == late + .seconds(1))
        #expect(try await database.change(by: .index, at: late) { _, _, now in now } == late)
    }

    @Test("are shut for credentials that nobody can read")
    func credentials() async throws {
        let holder = Actor(
            .user(UserID(1), try Username(parsing: "ada"), isAdministrator: true), assurance: .attestedHardware,
            token: TokenStanding(id: "t"))
        await #expect(throws: AccessRefusal.notSignedIn) {
            try await database.change(by: holder, at: now) { _, _, _ in }
        }
    }

    @Test("give nothing to write with to anyone who only reads")
    func readers() async throws {
        let delete = "DELETE FROM account RETURNING name"
        await #expect(throws: WriteByReader.self) { try await database.read { try $0.rows(delete).count } }
        await #expect(throws: WriteByReader.self) { try await database.lookUp { try $0.rows(delete).count } }
        await #expect(throws: WriteByReader.self) {
            try await database.change(by: .index, at: now) { door, _, _ in try door.connection.rows(delete).count }
        }
        await #expect(throws: WriteByReader.self) {
            try await database.change(by: .index, at: now) { door, _, _ in
                try door.connection.forEach("DELETE FROM account RETURNING 1, name") { _, _ in }
            }
        }
        await #expect(throws: WriteByReader.self) {
            try await database.change(by: .index, at: now) { door, _, _ in try door.connection.rows("COMMIT").count }
        }
    }

    @Test("know what a statement writes")
    func statements() throws {
        func written(_ sql: String) -> [String]? {
            WrittenColumns(sql).map { written in written.columns ?? [written.table] }
        }
        #expect(written("INSERT INTO a(b) VALUES (1)") == ["a"])
        #expect(written("INSERT INTO a\n    (b) VALUES (1) ON CONFLICT (b) DO UPDATE SET c = 1") == ["a"])
        #expect(written("DELETE FROM a WHERE b = 1") == ["a"])
        #expect(
            written("UPDATE a SET b = c + 1,\n    d = CASE WHEN e = f(1, 2) THEN 0 END WHERE g IN (1, 2)") == [
                "b", "d",
            ])
        #expect(written("UPDATE a SET b = (SELECT c FROM d WHERE e = f) RETURNING g, h") == ["b"])
        #expect(written("REPLACE INTO a VALUES (1)") == nil)
        #expect(written("SELECT 1") == nil)
    }

    @Test("are left out for these reasons alone")
    func exemptions() throws {
        let list = Exemption.allCases.map { reason in
            "- **\(reason.rawValue)** (\(reason.columns.map { "`\($0)`" }.joined(separator: ", "))): \(reason.sentence)\n"
        }
        try Golden.expect(list.joined(), "exemptions.md")
    }
}
