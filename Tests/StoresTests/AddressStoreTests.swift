import Model
import Stores
import Support
import Testing
import UTC

@Suite("The addresses of an account") struct AddressStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    func link(_ byte: UInt8) -> MailedLink { MailedLink(path: "/\(byte)/", secretHash: [byte]) }

    /// To whom the letters with a subject went.
    func recipients(_ subject: String) async throws -> [String] {
        try await stores.mail.due(at: now + .seconds(864_000), limit: 1_000)
            .filter { $0.mail.letter.subject == subject }.map(\.mail.to.text)
    }

    @Test(
        "Whoever knows the password of an account without a factor does not get its enrolment link to his own address")
    func standingAddress() async throws {
        let ada = try await people.user("ada")
        let thief = try await people.password(ada)
        let own = try EmailAddress(parsing: "mallory@example.net")
        try await stores.accounts.addAddress(
            own, to: ada.name, verification: link(1), by: thief.actor, from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [1], in: thief.id, from: people.origin, at: now)
        // Following a link to a further address is no leave to enrol.
        #expect(try await people.refreshed(thief).standing.firstEnrolmentUntil == nil)
        try await stores.accounts.setPrimaryAddress(
            own, of: ada.name, by: thief.actor, from: people.origin, at: now)
        #expect(
            Set(try await recipients("Your primary address was changed")) == ["ada@example.org", "mallory@example.net"])
        try await stores.accounts.mailLink(
            link(2), .enrolFirstFactor, object: "", to: ada.id, from: people.origin, at: now)
        #expect(try await recipients("Add your first second factor") == ["ada@example.org"])
        try await stores.accounts.removeAddress(
            try EmailAddress(parsing: "ada@example.org"), from: ada.name, by: thief.actor, from: people.origin, at: now)
        try await stores.accounts.mailLink(
            link(3), .resetPassword, object: "", to: ada.id, from: people.origin, at: now)
        #expect(try await recipients("Set your password anew") == ["ada@example.org"])
        // After three days in which everybody could object, the new one decides.
        try await stores.accounts.mailLink(
            link(4), .resetPassword, object: "", to: ada.id, from: people.origin, at: now + FirstEnrolment.standing)
        #expect(try await recipients("Set your password anew") == ["ada@example.org", "mallory@example.net"])
    }

    @Test("A reset by mail ends all sessions and the tokens that rest on the password alone, and keeps the factors")
    func reset() async throws {
        let (ada, key, first) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        for (id, actor) in [("by-key", session.actor), ("by-operator", Actor.operatorAtMachine)] {
            _ = try await stores.tokens.add(
                NewAPIToken(id: id, rootKey: [1], owner: ada.name, label: id, projects: nil, expiresAt: nil),
                by: actor, from: people.origin, at: now)
        }
        try await stores.accounts.mailLink(
            link(1), .resetPassword, object: "", to: ada.id, from: people.origin, at: now)
        _ = try await stores.accounts.usePasswordLink(
            secretHash: [1], passwordHash: "new", from: people.origin, at: now)
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).isEmpty)
        #expect(try await stores.factors.factors(of: ada.id).securityKeys.map(\.id) == [key.id])
        #expect(try await stores.tokens.token("by-key")?.revokedAt == nil)
        #expect(try await stores.tokens.token("by-operator")?.revokedAt == now)
        // A session that has ended acts no more, whoever still holds it in hand.
        await #expect(throws: AccessRefusal.notSignedIn) {
            try await stores.factors.remove(key.id, of: ada.name, by: session.actor, from: people.origin, at: now)
        }
        _ = first
    }

    @Test("A password that was replaced while it was verified begins no session")
    func replaced() async throws {
        let ada = try await people.user("ada")
        await #expect(throws: FactorRefusal.challengeGone) {
            try await stores.sessions.begin(
                NewSession(
                    secretHash: [1], user: ada.id, use: .password, verifiedHash: "another",
                    rehashedPassword: "rehashed", origin: people.origin), at: now)
        }
        #expect(try await stores.accounts.credentials(of: "ada")?.passwordHash != "rehashed")
    }

    @Test("A refused factor is mailed once a day, and noted each time")
    func refused() async throws {
        let ada = try await people.user("ada")
        for seconds in [0, 60, 90_000] {
            try await stores.accounts.note(
                SecurityEvent(.factorRefused, ["code": "x"]), about: ada.id, from: people.origin,
                at: now + .seconds(seconds))
        }
        #expect(try await recipients("Somebody failed to show your second factor").count == 2)
        #expect(try await people.events(ada).count == 3)
    }
}
