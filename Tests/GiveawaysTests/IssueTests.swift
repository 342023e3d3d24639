import Accounts
import Acts
import Database
import Foundation
import Giveaway
import Giveaways
import Journal
import Letters
import Policy
import Ports
import Primitives
import Stores
import Support
import Testing
import UTC

@testable import Database

@Suite("A code") struct IssueTests {
    let giver: Giver
    var now: Timestamp { giver.now }

    init() async throws { giver = try await Giver() }

    @Test("is one person's, who sees it again, also when nothing is left, when it is over, and with another country")
    func same() async throws {
        try await giver.programme(codes: 1)
        let (ada, bob) = (try await giver.maintainer("ada2"), try await giver.maintainer("bob"))
        let code = try await giver.ask(ada)
        #expect(try await giver.ask(ada, in: "BR") == code)
        await #expect(throws: GiveawayRefusal.noneLeft) { try await giver.ask(bob) }
        try await TestGiveaway.addKey(to: ada.id, model: "Titan", in: giver.index.database, at: now)
        try await TestGiveaway.lift("core", in: giver.index.database, at: now)
        let later = now + .days(400)
        #expect(try await giver.ask(ada, at: later) == code)
        let view = try #require(try await giver.giveaways.views(for: ada.id, at: later).first)
        #expect(view.code == code && view.standing.own?.country.code == "AT" && view.refusal(at: later) == nil)
        #expect(try await giver.giveaways.views(for: bob.id, at: later).first?.code == nil)
        #expect(try await giver.giveaways.views(for: nil, at: later).first?.code == nil)
        #expect(try await giver.journal().filter { $0.action == .account(.issueGiveawayCode) }.count == 1)
    }

    @Test("is refused to anyone who is not meant, each with its reason, and nothing changes")
    func refusals() async throws {
        try await giver.programme()
        let (ada, eve) = (try await giver.maintainer("ada2"), try await giver.person("eve"))
        await #expect(throws: GiveawayRefusal.notEligible) { try await giver.ask(eve) }
        await #expect(
            throws: GiveawayRefusal.countryNotServed(
                try Country(parsing: "BR"), sponsor: "Google",
                served: try TestGiveaway.terms(around: now).countries)
        ) { try await giver.ask(ada, in: "BR") }
        await #expect(throws: GiveawayRefusal.notOpenYet(now - .hours(1))) {
            try await giver.ask(ada, at: giver.now - .seconds(3_601))
        }
        await #expect(throws: GiveawayRefusal.closed(now + .hours(1))) {
            try await giver.ask(ada, at: giver.now + .hours(1))
        }
        try await TestGiveaway.addKey(to: ada.id, model: nil, in: giver.index.database, at: now)
        await #expect(throws: GiveawayRefusal.hasKey) { try await giver.ask(ada) }
        try await TestGiveaway.lift("core", in: giver.index.database, at: now)
        await #expect(throws: GiveawayRefusal.notEligible) { try await giver.ask(ada) }
        #expect(try await giver.journal().filter { $0.action == .account(.issueGiveawayCode) }.isEmpty)
        #expect(try await giver.giveaways.report(on: giver.titan).issued == 0)
        #expect(try await giver.letters().isEmpty)
    }

    @Test("is for anyone who has only a key that is not taken any more, too")
    func frozen() async throws {
        try await giver.programme()
        let ada = try await giver.maintainer("ada2")
        try await TestGiveaway.addKey(to: ada.id, model: nil, isFrozen: true, in: giver.index.database, at: now)
        _ = try await giver.ask(ada)
    }

    @Test("is for other people under other terms")
    func eligibility() async throws {
        try await giver.programme(eligibility: .critical)
        let (ada, eve) = (try await giver.maintainer("ada2"), try await giver.person("eve"))
        try await TestGiveaway.addKey(to: ada.id, model: nil, in: giver.index.database, at: now)
        _ = try await giver.ask(ada)
        await #expect(throws: GiveawayRefusal.notEligible) { try await giver.ask(eve) }
        try await giver.giveaways.change(
            giver.titan, GiveawayChange(eligibility: .everybody), by: .operatorAtMachine, at: now)
        _ = try await giver.ask(eve)
    }

    @Test("takes a session of one's own: no token, nobody else's, none that has ended")
    func session() async throws {
        try await giver.programme()
        let (ada, bob) = (try await giver.maintainer("ada2"), try await giver.maintainer("bob"))
        let austria = try Country(parsing: "AT")
        func ask(_ actor: Actor, for user: User) async throws {
            _ = try await giver.stores.giveaways.issueCode(
                of: giver.titan, to: user.name, in: austria, by: actor, from: giver.origin, at: now)
        }
        let token = Actor(.user(ada.id, ada.name, isAdministrator: false), assurance: .attestedHardware)
        await #expect(throws: AccessRefusal.sessionNeeded) { try await ask(token, for: ada) }
        await #expect(throws: AccessRefusal.anothersAccount) { try await ask(giver.session(bob).actor, for: ada) }
        await #expect(throws: AccessRefusal.notSignedIn) { try await ask(.anonymous, for: ada) }
        var ended = giver.session(ada)
        ended.standing.id = SessionID(99)
        await #expect(throws: AccessRefusal.notSignedIn) { try await ask(ended.actor, for: ada) }
        var waiting = giver.session(ada)
        waiting.standing.restriction = .secondFactorDue
        await #expect(throws: AccessRefusal.restricted(.secondFactorDue)) { try await ask(waiting.actor, for: ada) }
        // No fresh proof: most of those it is for have but a password.
        var stale = giver.session(ada)
        stale.standing.proofs = []
        try await ask(stale.actor, for: ada)
    }

    @Test("is told to its holder by mail and in the event log, without the code")
    func mail() async throws {
        try await giver.programme()
        let ada = try await giver.maintainer("ada2")
        let code = try await giver.ask(ada)
        _ = try await giver.ask(ada)
        let letters = try await giver.letters()
        #expect(letters.map(\.to) == ["ada2@example.org"])
        let letter = try #require(letters.first?.letter)
        #expect(letter.subject == "Your code for free security keys" && letter.link?.path == "/security-key-giveaway/")
        #expect(!"\(letter)".contains(code) && "\(letter)".contains("Google") && "\(letter)".contains("Austria"))
        #expect(letter.facts.contains { $0.value == "192.0.2.1" })
        let events = try await giver.stores.accounts.events(of: ada.id, before: nil, limit: 10)
        #expect(events.map(\.event.kind) == [.giveawayCodeIssued] && !"\(events)".contains(code))
    }

    @Test("can be asked for twenty times in five minutes")
    func rate() async throws {
        try await giver.programme()
        let ada = try await giver.maintainer("ada2")
        for _ in 0..<20 { _ = try await giver.ask(ada) }
        await #expect(throws: TooManyAttempts.self) { try await giver.ask(ada) }
        _ = try await giver.ask(ada, at: now + .seconds(301))
        _ = try await giver.ask(try await giver.maintainer("bob"))
    }

    @Test("is never two people's, nor one person's second, whatever asks the database for it")
    func constraints() async throws {
        try await giver.programme(codes: 2)
        let ada = try await giver.maintainer("ada2")
        _ = try await giver.ask(ada)
        let now = now
        await #expect(throws: (any Error).self) {
            try await giver.index.database.write { transaction in
                try transaction.execute(
                    "UPDATE giveaway_code SET account_id = $1, country = 'AT', issued_at = $2 WHERE account_id IS NULL",
                    ada.id.number, now.microseconds)
            }
        }
        await #expect(throws: (any Error).self) {
            try await giver.index.database.write { transaction in
                try transaction.execute(
                    """
                    INSERT INTO giveaway_code (giveaway_id, fingerprint, sealed_code, imported_at)
                    SELECT giveaway_id, fingerprint, sealed_code, imported_at FROM giveaway_code
                    """)
            }
        }
        #expect(try await giver.giveaways.report(on: giver.titan).issued == 1)
    }
}

@Suite("A thousand people at once") struct RaceTests {
    @Test("get 600 codes: 600 get one each, 400 hear that none is left, no code twice; and each sees their own again")
    func race() async throws {
        let giver = try await Giver()
        try await giver.programme(codes: 600)
        let people = try await withThrowingTaskGroup(of: User.self) { group in
            for number in 0..<1_000 { group.addTask { try await giver.person("person\(number)") } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await TestGiveaway.designate(
            "core", maintainers: people.map(\.id), in: giver.index.database, at: giver.now)
        func askAll() async throws -> [UserID: Result<String, GiveawayRefusal>] {
            try await withThrowingTaskGroup(of: (UserID, Result<String, GiveawayRefusal>).self) { group in
                for person in people {
                    group.addTask {
                        do { return (person.id, .success(try await giver.ask(person))) } catch let error
                            as GiveawayRefusal
                        { return (person.id, .failure(error)) }
                    }
                }
                return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
            }
        }
        let clock = ContinuousClock()
        var answers: [UserID: Result<String, GiveawayRefusal>] = [:]
        let took = try await clock.measure { answers = try await askAll() }
        let codes = answers.values.compactMap { try? $0.get() }
        #expect(codes.count == 600 && Set(codes).count == 600)
        #expect(answers.values.filter { $0 == .failure(.noneLeft) }.count == 400)
        print("1,000 people asked for 600 codes in \(took)")

        #expect(try await askAll() == answers)
        let report = try await giver.giveaways.report(on: giver.titan)
        #expect(report.issued == 600 && report.left == 0)
        #expect(try await giver.journal().filter { $0.action == .account(.issueGiveawayCode) }.count == 600)
        #expect(try await giver.letters().count == 600)
    }

    @Test("who are one and the same get one code")
    func onePerson() async throws {
        let giver = try await Giver()
        try await giver.programme(codes: 5)
        let ada = try await giver.maintainer("ada2")
        let codes = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await giver.ask(ada) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(codes.count == 1)
        #expect(try await giver.letters().count == 1)
        #expect(try await giver.giveaways.report(on: giver.titan).left == 4)
    }
}
