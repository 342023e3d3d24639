import Accounts
import Database
import Letters
import Policy
import Ports
import Primitives
import Secrets
import Support
import Testing
import UTC

@testable import Database
@testable import Stores

@Suite("The mail queue") struct MailQueueTests {
    let index: TestIndex
    var queue: any MailQueue { index.stores.mail }
    var now: Timestamp { index.now }

    init() async throws { index = try await TestIndex() }

    func mail(_ subject: String = "Hello", key: String? = nil) throws -> AddressedLetter {
        AddressedLetter(
            Letter(subject: subject, name: "ada", paragraphs: ["a secret link"], reason: "A test."),
            to: try EmailAddress(parsing: "ada@example.org"), key: key)
    }

    @discardableResult
    func added(_ subject: String = "Hello", key: String? = nil, later seconds: Int = 0) async throws -> MailID {
        try #require(try await queue.add(mail(subject, key: key), at: now + .seconds(seconds)))
    }

    /// What a runner does that has tried a mail.
    func end(_ id: MailID, _ outcome: JobOutcome, at now: Timestamp) async throws {
        let job = JobID(id.number)
        _ = try await index.stores.outbox.claim(job, under: Lease(of: "test", from: now), at: now)
        try await index.stores.outbox.end(job, with: outcome, heldBy: "test", at: now)
    }

    /// What is in the table of a mail's letter, whatever its state.
    func letter(of id: MailID) async throws -> String {
        try await index.database.read { connection in
            let row = try connection.row("SELECT about, sealed_payload FROM outbox WHERE id = $1", id.number)
            guard let row else { return "gone" }
            return try row.optionalBlob("sealed_payload").map { sealed in
                String(
                    decoding: try connection.open(sealed, for: SecretContext.job(about: row.text("about"))),
                    as: UTF8.self)
            } ?? ""
        }
    }

    @Test("holds no job without what it takes, which nobody could do and all others would wait behind")
    func withoutPayload() async throws {
        try await added("a")
        await #expect(throws: (any Error).self) {
            try await index.database.write { try $0.execute("UPDATE outbox SET sealed_payload = NULL") }
        }
        #expect(try await queue.counts().waiting == 1)
    }

    @Test("gives out what is due, oldest first, as it was put in")
    func due() async throws {
        try await added("second", later: 1)
        try await added("first")
        try await added("not yet", later: 3)
        let due = try await queue.due(at: now + .seconds(2), limit: 10)
        #expect(due.map(\.mail.letter.subject) == ["first", "second"])
        #expect(due.first?.mail == (try mail("first")))
        #expect(due.first?.queuedAt == now)
        #expect(try await queue.due(at: now + .seconds(9), limit: 2).map(\.mail.letter.subject) == ["first", "second"])
    }

    @Test("gives out a letter as it was put in, to the last member")
    func letter() async throws {
        let letter = Letter(
            subject: "Ein Schlüssel", name: "ada", paragraphs: ["One \"quoted\".", "Two."],
            facts: [Letter.Fact("Key", "“Blue”"), Letter.Fact("From", "192.0.2.1")],
            link: Letter.Link("Look", path: "/account/link/abc/?a=1&b=2"), afterLink: ["Bye."], reason: "It is yours.")
        let mail = AddressedLetter(letter, to: try EmailAddress(parsing: "ada@example.org"), key: "key 7")
        #expect(try await queue.add(mail, at: now) != nil)
        let due = try await queue.due(at: now, limit: 9)
        #expect(due.map(\.mail.letter) == [letter] && due.map(\.mail.to) == [mail.to])
    }

    @Test("takes a mail with the change that it tells about, or neither")
    func transaction() async throws {
        struct Refused: Error {}
        let (mail, now) = (try mail(), now)
        await #expect(throws: Refused.self) {
            try await index.database.write { transaction in
                try transaction.enqueue(mail, at: now)
                throw Refused()
            }
        }
        #expect(try await queue.counts().waiting == 0)
        _ = try await index.database.write { transaction in try transaction.enqueue(mail, at: now) }
        #expect(try await queue.counts().waiting == 1)
    }

    @Test("takes a mail with a known key only once, and any number without")
    func keys() async throws {
        let first = try await added(key: "verify 7")
        #expect(try await queue.add(mail(key: "verify 7"), at: now) == nil)
        try await end(first, .done(reply: "250"), at: now)
        #expect(try await queue.add(mail(key: "verify 7"), at: now) == nil)
        try await added(key: "verify 8")
        try await added()
        try await added()
        #expect(try await queue.counts().waiting == 3)
    }

    @Test("forgets what a mail said once it is delivered")
    func delivered() async throws {
        let id = try await added()
        try await end(id, .done(reply: "250 queued as 7"), at: now + .seconds(5))
        #expect(try await letter(of: id) == "")
        #expect(try await queue.due(at: now + .seconds(99), limit: 9).isEmpty)
        let record = try #require(try await queue.record(of: id))
        #expect(record.state == .delivered && record.reply == "250 queued as 7" && record.attempts == 1)
        #expect(record.endedAt == now + .seconds(5) && record.dueAt == nil)
    }

    @Test("gives a mail out again when its time has come, and no sooner")
    func failed() async throws {
        let id = try await added()
        try await end(
            id, .failed(reason: "451 later", logged: "451 later", then: .retry(at: now + .seconds(60))), at: now)
        #expect(try await queue.due(at: now + .seconds(59), limit: 9).isEmpty)
        let again = try #require(try await queue.due(at: now + .seconds(60), limit: 9).first)
        #expect(again.mail.letter.paragraphs == ["a secret link"])
        let record = try #require(try await queue.record(of: id))
        #expect(record.attempts == 1 && record.reply == "451 later")
    }

    @Test("keeps what was given up, so that the operator can have it tried again")
    func givenUp() async throws {
        let (given, other) = (try await added("given up"), try await added("other"))
        try await end(given, .failed(reason: "550 no", logged: "550 no", then: .giveUp), at: now)
        #expect(try await queue.counts() == MailCounts(waiting: 1, givenUp: 1))
        #expect(try await queue.recent([.givenUp], limit: 9).map(\.id) == [given])
        #expect(try await queue.due(at: now, limit: 9).map(\.id) == [other])

        #expect(try await queue.retry(given, by: .operatorAtMachine, at: now + .seconds(9)) == 1)
        let again = try #require(try await queue.due(at: now + .seconds(9), limit: 9).last)
        #expect(again.id == given && again.mail.letter.paragraphs == ["a secret link"])
        let record = try #require(try await queue.record(of: given))
        #expect(record.attempts == 0 && record.dueAt == now + .seconds(9))
        #expect(try await queue.counts() == MailCounts(waiting: 2, givenUp: 0))
    }

    @Test("makes everything due at the operator's word but what was delivered")
    func retry() async throws {
        let ids = [try await added(), try await added(), try await added()]
        try await end(ids[0], .failed(reason: "no", logged: "no", then: .retry(at: now + .hours(1))), at: now)
        try await end(ids[1], .failed(reason: "no", logged: "no", then: .giveUp), at: now)
        try await end(ids[2], .done(reply: "250"), at: now)
        #expect(try await queue.retry(nil, by: .operatorAtMachine, at: now) == 2)
        #expect(try await queue.retry(ids[2], by: .operatorAtMachine, at: now) == 0)
        #expect(Set(try await queue.due(at: now, limit: 9).map(\.id)) == Set(ids.prefix(2)))
    }

    @Test("does not call a mail back that was delivered, whatever is said of it later")
    func deliveredStays() async throws {
        let id = try await added()
        try await end(id, .done(reply: "250"), at: now)
        try await end(id, .failed(reason: "no", logged: "no", then: .retry(at: now)), at: now)
        #expect(try await queue.record(of: id)?.state == .delivered)
    }

    @Test("forgets mails in time, and never one that waits")
    func forget() async throws {
        let ids = [try await added(key: "a"), try await added(), try await added(), try await added()]
        try await end(ids[0], .done(reply: "250"), at: now)
        try await end(ids[1], .failed(reason: "no", logged: "no", then: .giveUp), at: now)
        try await end(ids[2], .done(reply: "250"), at: now + .seconds(10))
        try await index.stores.outbox.forget(endedBefore: now + .seconds(10))
        #expect(try await queue.recent(limit: 9).map(\.id) == [ids[3], ids[2]])
        #expect(try await letter(of: ids[0]) == "gone")
        try await added(key: "a")
    }

    @Test("shows the newest first, and never what a mail says")
    func recent() async throws {
        let ids = [try await added("a"), try await added("b"), try await added("c")]
        try await end(ids[1], .done(reply: "250"), at: now)
        #expect(try await queue.recent(limit: 2).map(\.subject) == ["c", "b"])
        #expect(try await queue.recent([.waiting], limit: 9).map(\.subject) == ["c", "a"])
        #expect(try await !"\(queue.recent(limit: 9))".contains("secret"))
    }
}
