import Accounts
import Acts
import Letters
import Policy
import Ports
import Stores
import Support
import Testing
import UTC

@Suite("Models of security keys") struct AuthenticatorStoreTests {
    @Test("that are found broken are attested no longer, and neither is what their keys vouched for")
    func broken() async throws {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        let (ada, key, _) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "t", rootKey: [1], owner: ada.name, label: "t", projects: nil, expiresAt: nil),
            by: session.actor, from: people.origin, at: now)
        func replace(_ number: Int, breach: String?) async throws {
            try await stores.authenticators.replace(
                [AuthenticatorModel(aaguid: "aa", keyIDs: ["01"], name: "Model", breach: breach, entry: [1])],
                number: number, nextUpdate: now.day, by: .operatorAtMachine, at: now)
        }
        try await replace(1, breach: nil)
        #expect(try await stores.factors.factors(of: ada.id).strongest == .attestedHardware)
        try await replace(2, breach: "REVOKED")
        #expect(try await stores.factors.factors(of: ada.id).strongest == .phishingResistant)
        #expect(try await stores.tokens.token("t")?.assurance == .phishingResistant)
        let lowered = try await people.refreshed(session)
        #expect(lowered.assurance == .phishingResistant)
        #expect(lowered.standing.isFreshlyProven(for: .account(.issueToken), object: "", at: now))
        // Anyone who signs in with one now, though it was asked for before, shows no more than that.
        #expect(try await people.signIn(ada, key, count: 7, secret: 12).assurance == .phishingResistant)
        await #expect(throws: AuthenticatorRefusal.notNewer(2)) { try await replace(2, breach: nil) }
        #expect(try await stores.authenticators.model(aaguid: nil, keyIDs: ["01"])?.name == "Model")
    }

    /// An account with a key for whose model something vouches, signed in with it.
    private func vouched(
        _ people: People, _ name: String, number: UInt8, by attestationSources: Set<NewSecurityKey.AttestationSource>,
        model: String? = nil
    ) async throws -> User {
        let user = try await people.user(name)
        let session = try await people.allowEnrolment(in: try await people.password(user, secret: number))
        var new = People.key(number)
        new.key.aaguid = model
        new.key.attestationKeyID = "leaf"
        new.attestationSources = attestationSources
        let key = try await people.stores.factors.add(
            new, to: user.name, by: session.actor, from: people.origin, at: people.now)
        _ = try await people.signIn(user, key, count: 6, secret: number * 10 + 100)
        return user
    }

    private func strongest(_ people: People, _ user: User) async throws -> Assurance {
        try await people.stores.factors.factors(of: user.id).strongest
    }

    @Test("of which one certificate is revoked lose the keys for which that one vouched, and their owners hear of it")
    func revokedCertificate() async throws {
        let people = try await People()
        let bad = try await vouched(people, "bob", number: 1, by: [.certificate("c1"), .certificate("anchor")])
        let good = try await vouched(people, "grace", number: 2, by: [.certificate("c2"), .certificate("anchor")])
        try await people.stores.authenticators.replace(
            [
                AuthenticatorModel(
                    aaguid: "aa", keyIDs: [], name: "Model", breach: nil, revokedCertificates: ["c1"], entry: [1])
            ],
            number: 1, nextUpdate: people.now.day, by: .operatorAtMachine, at: people.now)
        #expect(try await strongest(people, bad) == .phishingResistant)
        #expect(try await strongest(people, good) == .attestedHardware)
        let told = try await people.stores.mail.due(at: people.now, limit: 100).map(\.mail)
            .filter { $0.letter.subject == "One of your security keys counts for less" }
        #expect(told.map(\.to.text) == ["bob@example.org"])
        let session = try await people.stores.sessions.sessions(of: bad.id, at: people.now)
            .first { $0.standing.factor != nil }
        #expect(session?.assurance == .phishingResistant)
        #expect(session?.standing.proofs.allSatisfy { $0.assurance == .phishingResistant } == true)
    }

    @Test("that are known by the key of a certificate further up are found by that, not by the first alone")
    func furtherUp() async throws {
        let people = try await People()
        let bob = try await vouched(people, "bob", number: 1, by: [.keyID("leaf"), .keyID("issuer")])
        try await people.stores.authenticators.replace(
            [AuthenticatorModel(aaguid: nil, keyIDs: ["issuer"], name: "U2F", breach: "REVOKED", entry: [1])],
            number: 1, nextUpdate: people.now.day, by: .operatorAtMachine, at: people.now)
        #expect(try await strongest(people, bob) == .phishingResistant)
    }

    @Test("whose root the operator takes away, or puts another in the place of, lose their keys' attestation")
    func removedRoot() async throws {
        let people = try await People()
        let (store, now) = (people.stores.authenticators, people.now)
        for label in ["ours", "theirs"] {
            try await store.addRoot([1], label: label, by: .operatorAtMachine, at: now)
        }
        let ours = try await vouched(
            people, "bob", number: 1, by: [.root("ours", certificate: [1]), .certificate("x")])
        let theirs = try await vouched(
            people, "grace", number: 2, by: [.root("theirs", certificate: [1]), .certificate("x")])
        let before = try await vouched(people, "linus", number: 3, by: [])
        try await store.addRoot([1], label: "ours", by: .operatorAtMachine, at: now)
        #expect(try await strongest(people, ours) == .attestedHardware)
        try await store.removeRoot("ours", by: .operatorAtMachine, at: now)
        #expect(try await strongest(people, ours) == .phishingResistant)
        #expect(try await strongest(people, theirs) == .attestedHardware)
        // What vouched for it was not kept, and no metadata know its model.
        #expect(try await strongest(people, before) == .phishingResistant)
        try await store.addRoot([2], label: "theirs", by: .operatorAtMachine, at: now)
        #expect(try await strongest(people, theirs) == .phishingResistant)
        await #expect(throws: AuthenticatorRefusal.noSuchRoot("ours")) {
            try await store.removeRoot("ours", by: .operatorAtMachine, at: now)
        }
    }

    @Test("of which a root does not vouch any more when the key comes to be kept are not attested")
    func rootGoneMeanwhile() async throws {
        let people = try await People()
        let (store, now) = (people.stores.authenticators, people.now)
        try await store.addRoot([1], label: "ours", by: .operatorAtMachine, at: now)
        let judged: Set<NewSecurityKey.AttestationSource> = [.root("ours", certificate: [1])]
        #expect(
            try await strongest(people, try await vouched(people, "ada", number: 1, by: judged)) == .attestedHardware)
        try await store.addRoot([2], label: "ours", by: .operatorAtMachine, at: now)
        #expect(
            try await strongest(people, try await vouched(people, "bob", number: 2, by: judged)) == .phishingResistant)
        try await store.removeRoot("ours", by: .operatorAtMachine, at: now)
        #expect(
            try await strongest(people, try await vouched(people, "grace", number: 3, by: judged)) == .phishingResistant
        )
    }

    @Test("that are found broken before the key comes to be kept are refused")
    func brokenMeanwhile() async throws {
        let people = try await People()
        try await people.stores.authenticators.replace(
            [AuthenticatorModel(aaguid: "bad", keyIDs: ["issuer"], name: "Model", breach: "REVOKED", entry: [1])],
            number: 1, nextUpdate: people.now.day, by: .operatorAtMachine, at: people.now)
        await #expect(throws: FactorRefusal.modelRefused) {
            try await vouched(people, "bob", number: 1, by: [], model: "bad")
        }
        await #expect(throws: FactorRefusal.modelRefused) {
            try await vouched(people, "grace", number: 2, by: [.keyID("issuer")])
        }
        _ = try await vouched(people, "ada", number: 3, by: [.keyID("other")])
    }

    @Test("are told to be known from an old file when the day has passed")
    func overdue() throws {
        let metadata = AuthenticatorMetadata(
            number: 1, nextUpdate: Timestamp(seconds: 86_400).day, importedAt: Timestamp(seconds: 0), models: 1)
        #expect(!metadata.isOverdue(at: Timestamp(seconds: 2 * 86_400 - 1)))
        #expect(metadata.isOverdue(at: Timestamp(seconds: 2 * 86_400)))
        #expect(metadata.overdueWords.contains("rind authenticators import"))
    }
}
