import Accounts
import Acts
import Database
import Documents
import Foundation
import Giveaway
import Giveaways
import Journal
import Policy
import Ports
import Secrets
import Stores
import Support
import Testing
import UTC

@testable import Database

@Suite("A giveaway") struct GiveawayTests {
    let giver: Giver
    var now: Timestamp { giver.now }

    init() async throws { giver = try await Giver() }

    @Test("is made once, and comes back as it was made")
    func create() async throws {
        let terms = try TestGiveaway.terms(
            around: now, models: ["Titan=42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3", "Other key"])
        let made = try await giver.giveaways.create(giver.titan, terms, by: .operatorAtMachine, at: now)
        #expect(made.terms == terms && made.createdAt == now && made.closedAt == nil)
        #expect(try await giver.giveaways.report(on: giver.titan).giveaway == made)
        await #expect(throws: GiveawayTermsRefusal.nameTaken(giver.titan)) { try await giver.programme() }
        #expect(try await giver.giveaways.reports().count == 1)
        let other = try GiveawayName(parsing: "other")
        await #expect(throws: GiveawayTermsRefusal.noSuchGiveaway("other")) {
            try await giver.giveaways.report(on: other)
        }
    }

    @Test("of a model that nobody could be found to have is refused, once makes are known")
    func unknownModel() async throws {
        try await giver.stores.authenticators.setNames(
            ["42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3": "YubiKey 5"], by: .operatorAtMachine, at: now)
        await #expect(throws: GiveawayTermsRefusal.unknownModel("Titan Security Key")) { try await giver.programme() }
        #expect(try await giver.giveaways.reports().isEmpty)
        #expect(try await giver.journal().isEmpty)
    }

    @Test("is an administrator's affair, who has just shown who they are")
    func permission() async throws {
        let grace = try await giver.person("grace")
        let root = try await giver.person("root", isAdministrator: true)
        try await giver.programme(codes: 0)
        var strong = giver.session(root)
        strong.assurance = .secondFactor
        strong.standing.strongest = .secondFactor
        strong.standing.proofs = [Proof(.secondFactor, at: now)]
        var stale = strong
        stale.standing.proofs = []
        let acts: [@Sendable (Actor) async throws -> Void] = [
            { [giver] actor in
                let terms = try TestGiveaway.terms(around: giver.now)
                try await giver.giveaways.create(GiveawayName(parsing: "x"), terms, by: actor, at: giver.now)
            },
            { [giver] in
                _ = try await giver.giveaways.importCodes(
                    TestGiveaway.codes(1), into: giver.titan, by: $0, at: giver.now)
            },
            { [giver] in
                try await giver.giveaways.change(giver.titan, GiveawayChange(keys: 10), by: $0, at: giver.now)
            },
            { [giver] in try await giver.giveaways.close(giver.titan, by: $0, at: giver.now) },
        ]
        // What gives keys away, or says where they are ordered, takes more than a password.
        for act in acts.dropLast() {
            await #expect(throws: AccessRefusal.tooWeak(needs: .secondFactor)) {
                try await act(giver.session(root).actor)
            }
        }
        for act in acts {
            await #expect(throws: AccessRefusal.notSignedIn) { try await act(.anonymous) }
            await #expect(throws: AccessRefusal.administratorsOnly) { try await act(giver.session(grace).actor) }
            await #expect(throws: AccessRefusal.self) { try await act(stale.actor) }
            let before = try await giver.journal().count
            try await act(strong.actor)
            let last = try #require(try await giver.journal().last)
            #expect(try await giver.journal().count == before + 1 && last.actor == "user root")
        }
    }

    @Test("is on the journal step by step, without codes")
    func journal() async throws {
        try await giver.programme(codes: 2)
        let ada = try await giver.maintainer("ada2")
        let code = try await giver.ask(ada)
        try await giver.giveaways.change(
            giver.titan, GiveawayChange(closesAt: now + .seconds(7_200)), by: .operatorAtMachine, at: now)
        try await giver.giveaways.close(giver.titan, by: .operatorAtMachine, at: now)
        let entries = try await giver.journal()
        #expect(
            entries.map(\.action) == [
                .index(.createGiveaway), .index(.importGiveawayCodes), .account(.issueGiveawayCode),
                .index(.changeGiveaway), .index(.closeGiveaway),
            ])
        #expect(entries[0].details["sponsor"] == "Google" && entries[0].details["keys"] == "4000")
        #expect(entries[1].details == ["giveaway": "titan-2022", "codes": "2"])
        #expect(entries[2].subject == "user ada2" && entries[2].details == ["giveaway": "titan-2022", "country": "AT"])
        #expect(Set(entries[3].details.keys) == ["giveaway", "closes"])
        #expect(entries[4].details == ["giveaway": "titan-2022", "left": "1"])
        for entry in entries { #expect(!"\(entry)".contains(code)) }
    }

    @Test("without a page for orders comes back without one, and can be given one later, on the journal")
    func order() async throws {
        let terms = try GiveawayTerms(
            sponsor: "Google", models: [KeyModel(parsing: "Titan")], keys: 2, opensAt: now,
            closesAt: now + .seconds(60))
        let made = try await giver.giveaways.create(giver.titan, terms, by: .operatorAtMachine, at: now)
        #expect(made.terms == terms && made.terms.orderAddress == nil && made.terms.countries.count == 11)
        func change(_ order: String) async throws -> GiveawayProgramme {
            try await giver.giveaways.change(
                giver.titan, GiveawayChange(orderAddress: order), by: .operatorAtMachine, at: now)
        }
        #expect(try await change("https://example.org/a").terms.orderAddress == "https://example.org/a")
        #expect(try await giver.journal().last?.details["order"] == "https://example.org/a")
        #expect(try await change("").terms.orderAddress == nil)
    }

    @Test("is offered to anyone who would get a code of it, or has one")
    func offers() async throws {
        try await giver.programme(codes: 1)
        let (ada, bob, eve) = (
            try await giver.maintainer("ada2"), try await giver.maintainer("bob"), try await giver.person("eve")
        )
        func offered() async throws -> [Bool] {
            var offered: [Bool] = []
            for user in [ada, bob, eve] {
                offered.append(try await !giver.giveaways.offers(to: user.id, at: now).isEmpty)
            }
            return offered
        }
        #expect(try await offered() == [true, true, false])
        _ = try await giver.ask(ada)
        #expect(try await offered() == [true, false, false])
        try await giver.giveaways.close(giver.titan, by: .operatorAtMachine, at: now)
        #expect(try await offered() == [true, false, false])
    }

    @Test("that was closed gives nothing more until it gets another closing time")
    func close() async throws {
        try await giver.programme()
        let (ada, bob) = (try await giver.maintainer("ada2"), try await giver.maintainer("bob"))
        let code = try await giver.ask(ada)
        try await giver.giveaways.close(giver.titan, by: .operatorAtMachine, at: now)
        await #expect(throws: GiveawayTermsRefusal.closedAlready) {
            try await giver.giveaways.close(giver.titan, by: .operatorAtMachine, at: giver.now)
        }
        await #expect(throws: GiveawayRefusal.closed(now)) { try await giver.ask(bob) }
        #expect(try await giver.ask(ada) == code)
        await #expect(throws: GiveawayTermsRefusal.self) {
            try await giver.giveaways.change(
                giver.titan, GiveawayChange(opensAt: giver.now + .seconds(7_200)), by: .operatorAtMachine, at: giver.now
            )
        }
        await #expect(throws: GiveawayTermsRefusal.nothingToChange) {
            try await giver.giveaways.change(giver.titan, GiveawayChange(), by: .operatorAtMachine, at: giver.now)
        }
        try await giver.giveaways.change(
            giver.titan, GiveawayChange(closesAt: now + .seconds(60), countries: [Country(parsing: "NL")]),
            by: .operatorAtMachine, at: now)
        await #expect(throws: GiveawayRefusal.self) { try await giver.ask(bob) }
        #expect(try await giver.ask(bob, in: "NL") != code)
    }

    @Test("counts who has enrolled one of the sponsor's keys since")
    func report() async throws {
        try await giver.programme(codes: 5)
        let people = [
            try await giver.maintainer("a1"), try await giver.maintainer("a2"), try await giver.maintainer("a3"),
        ]
        for (person, country) in zip(people, ["AT", "AT", "JP"]) { _ = try await giver.ask(person, in: country) }
        let database = giver.index.database
        try await TestGiveaway.addKey(
            to: people[0].id, model: "Google Titan Security Key v2", in: database, at: now + .seconds(60))
        try await TestGiveaway.addKey(to: people[0].id, model: "YubiKey 5", in: database, at: now + .seconds(60))
        try await TestGiveaway.addKey(
            to: people[1].id, model: "Titan Security Key", in: database, at: now - .seconds(60))
        try await TestGiveaway.addKey(to: people[2].id, model: nil, in: database, at: now + .seconds(60))
        let report = try await giver.giveaways.report(on: giver.titan)
        #expect(report.codes == 5 && report.issued == 3 && report.left == 2 && report.enrolled == 1)
        let rows = report.countries.filter { $0.issued > 0 }
        #expect(rows.map(\.country.code) == ["AT", "JP"] && rows.map(\.issued) == [2, 1])
        #expect(rows.map(\.enrolled) == [1, 0])
    }
}

@Suite("The codes of a giveaway") struct GiveawayCodeTests {
    let giver: Giver
    var now: Timestamp { giver.now }

    init() async throws { giver = try await Giver() }

    private func count() async throws -> Int64 {
        try await giver.index.database.read { connection in
            try connection.row("SELECT COUNT(*) AS n FROM giveaway_code")?.integer("n") ?? 0
        }
    }

    private func `import`(_ file: String, into name: String = "titan-2022") async throws -> Int {
        try await giver.giveaways.importCodes(
            Array(file.utf8), into: GiveawayName(parsing: name), by: .operatorAtMachine, at: now)
    }

    @Test("are taken all or none, and no code twice in any giveaway")
    func importing() async throws {
        try await giver.programme(codes: 0, keys: 10)
        let other = try GiveawayName(parsing: "other")
        try await giver.giveaways.create(
            other, TestGiveaway.terms(around: now), by: .operatorAtMachine, at: now)
        #expect(try await self.import("AAAA-1\nAAAA-2\n") == 2)

        await #expect(throws: CodeFileRefusal.lines([.init(line: 2, fault: .imported(giver.titan))])) {
            try await self.import("AAAA-3\nAAAA-1\n", into: "other")
        }
        await #expect(
            throws: CodeFileRefusal.lines([.init(line: 2, fault: .malformed), .init(line: 3, fault: .sameAs(line: 1))])
        ) { try await self.import("AAAA-3\n?\nAAAA-3\n") }
        await #expect(throws: CodeFileRefusal.tooManyForKeys(codes: 4, room: 3)) {
            try await self.import("BBBB-1\nBBBB-2\nBBBB-3\nBBBB-4\n")
        }
        await #expect(throws: CodeFileRefusal.empty) { try await self.import("\n") }
        await #expect(throws: GiveawayTermsRefusal.noSuchGiveaway("third")) {
            try await self.import("AAAA-9\n", into: "third")
        }
        // Anyone who types it may hold the shift key down or not.
        await #expect(throws: CodeFileRefusal.lines([.init(line: 1, fault: .imported(giver.titan))])) {
            try await self.import("aaaa-1\nAAAA-3\n", into: "other")
        }
        #expect(try await count() == 2)
        #expect(try await giver.journal().filter { $0.action == .index(.importGiveawayCodes) }.count == 1)
        #expect(try await self.import("BBBB-1\nBBBB-2\nBBBB-3\n") == 3)
        await #expect(throws: GiveawayTermsRefusal.fewerKeysThanCodes(keys: 8, codes: 5)) {
            try await giver.giveaways.change(
                giver.titan, GiveawayChange(keys: 8), by: .operatorAtMachine, at: giver.now)
        }
    }

    @Test("cannot be read in the database, nor guessed from their hashes without the key file")
    func atRest() async throws {
        try await giver.programme(codes: 3)
        let ada = try await giver.maintainer("ada2")
        let code = try await giver.ask(ada)
        #expect(code.hasPrefix("TITAN-"))
        let folder = giver.index.folder
        for file in ["test.sqlite", "test.sqlite-wal"] {
            let bytes = (try? Data(contentsOf: folder.appending(path: file))) ?? Data()
            #expect(bytes.firstRange(of: Data("TITAN-".utf8)) == nil, "\(file)")
        }
        // Anyone who had the database alone could try all codes of a known form against plain hashes.
        let elsewhere = try KeyRing(at: folder.appending(path: "other-keys.json").path)
        let own = try #require(try await giver.stores.giveaways.standings(of: ada.id).first?.own)
        let bytes = Array(code.lowercased().utf8)
        #expect(elsewhere.authenticationCode(for: bytes, purpose: "giveaway-code") != own.fingerprint)
        #expect(giver.keys.authenticationCode(for: bytes, purpose: "giveaway-code") == own.fingerprint)
    }

    @Test("that were imported before capitals counted alike are found to be there")
    func former() async throws {
        try await giver.programme(codes: 0)
        _ = try await self.import("AAAA-1\n")
        let former = giver.keys.authenticationCode(for: Array("AAAA-1".utf8), purpose: "giveaway-code")
        try await giver.index.database.write { transaction in
            try transaction.execute("UPDATE giveaway_code SET fingerprint = $1", former)
        }
        await #expect(throws: CodeFileRefusal.lines([.init(line: 1, fault: .imported(giver.titan))])) {
            try await self.import("AAAA-1\n")
        }
    }

    @Test("go along when the key is changed, and open with the new one alone")
    func rotation() async throws {
        try await giver.programme(codes: 3)
        let ada = try await giver.maintainer("ada2")
        let code = try await giver.ask(ada)
        let id = try giver.keys.rotate()
        #expect(try await giver.stores.inventory.resealSecrets() >= 3)
        let sealed = try await giver.index.database.read { connection in
            try connection.rows("SELECT sealed_code FROM giveaway_code").map { try $0.blob("sealed_code") }
        }
        for bytes in sealed { #expect(try SealedSecret(serialized: bytes).keyID == id) }
        #expect(try await giver.ask(ada) == code)
        // The same code is still found to be there.
        await #expect(throws: CodeFileRefusal.self) { try await self.import("\(code)\n") }
    }

    @Test("that were moved to another row do not open there")
    func moved() async throws {
        try await giver.programme(codes: 2)
        let ada = try await giver.maintainer("ada2")
        _ = try await giver.ask(ada)
        try await giver.index.database.write { transaction in
            try transaction.execute(
                """
                UPDATE giveaway_code SET sealed_code = (SELECT sealed_code FROM giveaway_code WHERE account_id IS NULL)
                WHERE account_id IS NOT NULL
                """)
        }
        await #expect(throws: SecretFailure.doesNotOpen) { try await giver.ask(ada) }
    }
}
