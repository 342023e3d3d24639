import Accounts
import Journal
import Policy
import Ports
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
        try await people.recipients(subject)
    }

    @Test("A former primary address gets no links once somebody with a factor took it away, and hears of that once")
    func leftBehind() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        let (old, own) = (ada.email, try EmailAddress(parsing: "ada@example.net"))
        try await stores.accounts.addAddress(
            own, to: ada.name, verification: link(1), by: session.actor, from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [1], in: nil, newSecretHash: [], from: people.origin, at: now)
        try await stores.accounts.setPrimaryAddress(own, of: ada.name, by: session.actor, from: people.origin, at: now)
        try await stores.accounts.removeAddress(old, from: ada.name, by: session.actor, from: people.origin, at: now)
        #expect(
            try await recipients("An address was removed from your account").sorted()
                == ["ada@example.net", "ada@example.org"])
        try await stores.accounts.mailLink(
            link(3), .resetPassword, to: ada.id, from: people.origin, at: now)
        #expect(try await recipients("Reset your password") == ["ada@example.net"])
    }

    @Test(
        "Anyone who knows the password of an account without a factor does not get its enrolment link to their own address"
    )
    func standingAddress() async throws {
        let ada = try await people.user("ada")
        let thief = try await people.password(ada)
        let own = try EmailAddress(parsing: "mallory@example.net")
        try await stores.accounts.addAddress(
            own, to: ada.name, verification: link(1), by: thief.actor, from: people.origin, at: now)
        let hasRisen = try await stores.accounts.useVerificationLink(
            secretHash: [1], in: thief.id, newSecretHash: [99], from: people.origin, at: now)
        #expect(!hasRisen)
        // Following a link to a further address is no leave to enrol.
        #expect(try await people.refreshed(thief).standing.firstEnrolmentUntil == nil)
        try await stores.accounts.setPrimaryAddress(
            own, of: ada.name, by: thief.actor, from: people.origin, at: now)
        #expect(
            Set(try await recipients("Your primary address was changed")) == ["ada@example.org", "mallory@example.net"])
        try await stores.accounts.mailLink(
            link(2), .enrolFirstFactor, to: ada.id, from: people.origin, at: now)
        #expect(try await recipients("Add your second factor") == ["ada@example.org"])
        try await stores.accounts.removeAddress(
            try EmailAddress(parsing: "ada@example.org"), from: ada.name, by: thief.actor, from: people.origin, at: now)
        try await stores.accounts.mailLink(
            link(3), .resetPassword, to: ada.id, from: people.origin, at: now)
        #expect(try await recipients("Reset your password") == ["ada@example.org"])
        // After three days in which everybody could object, the new one decides.
        try await stores.accounts.mailLink(
            link(4), .resetPassword, to: ada.id, from: people.origin, at: now + FirstEnrolment.standing)
        #expect(try await recipients("Reset your password") == ["ada@example.org", "mallory@example.net"])
    }

    @Test("An address that was primary and never verified gets no links after another took its place")
    func neverVerified() async throws {
        let grace = try await register("grace", "typo@example.org", secret: 1)
        let session = try await people.password(grace)
        let own = try EmailAddress(parsing: "grace@example.org")
        try await stores.accounts.addAddress(
            own, to: grace.name, verification: link(2), by: session.actor, from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [2], in: nil, newSecretHash: [], from: people.origin, at: now)
        try await stores.accounts.setPrimaryAddress(
            own, of: grace.name, by: session.actor, from: people.origin, at: now)
        // But it hears of it, in case it is its holder's who lost the account this way.
        #expect(
            Set(try await recipients("Your primary address was changed")) == ["typo@example.org", "grace@example.org"])
        try await stores.accounts.mailLink(
            link(3), .resetPassword, to: grace.id, from: people.origin, at: now)
        #expect(try await recipients("Reset your password") == ["grace@example.org"])
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
            link(1), .resetPassword, to: ada.id, from: people.origin, at: now)
        _ = try await stores.accounts.usePasswordLink(
            secretHash: [1], passwordHash: "new", from: people.origin, at: now)
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).isEmpty)
        #expect(try await stores.factors.factors(of: ada.id).securityKeys.map(\.id) == [key.id])
        #expect(try await stores.tokens.token("by-key")?.revokedAt == nil)
        #expect(try await stores.tokens.token("by-operator")?.revokedAt == now)
        // A session that has ended acts no more, anyone who still holds it in hand.
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

    @Test(
        "What strangers can make happen is mailed once a day, and noted each time",
        arguments: [
            (SecurityEvent.Access.factorRefused(code: "x"), "Somebody failed to show your second factor"),
            (.signInFailed, "Somebody typed a wrong password for your account"),
        ])
    func refused(event: SecurityEvent.Access, subject: String) async throws {
        let ada = try await people.user("ada")
        for seconds in [0, 60, 90_000] {
            try await stores.accounts.note(
                .access(event), about: ada.id, from: people.origin, at: now + .seconds(seconds))
            try await stores.accounts.note(
                .access(.passwordMistyped), about: ada.id, from: people.origin, at: now + .seconds(seconds))
        }
        #expect(try await recipients(subject).count == 2)
        #expect(try await people.events(ada).count == 6)
        #expect(try await stores.mail.due(at: now + .seconds(90_000), limit: 100).count == 2)
    }

    // MARK: Addresses that nobody has verified

    /// Somebody who registers themselves.
    func register(_ name: String, _ address: String, secret: UInt8) async throws -> User {
        try await stores.accounts.register(
            NewUser(
                name: Username(parsing: name), email: EmailAddress(parsing: address), isAdministrator: false,
                passwordHash: "hash"),
            invitation: nil, verification: link(secret), from: people.origin, at: now)
    }

    @Test(
        "The first verification is the leave to enrol in the session in which it is done, not where that has ended",
        arguments: [(SessionLifetime.idle - .seconds(1), true), (SessionLifetime.idle, false)])
    func leaveToEnrol(after wait: Duration, isLeave: Bool) async throws {
        let nora = try await register("nora", "nora@example.org", secret: 1)
        let session = try await people.password(nora)
        let hasRisen = try await stores.accounts.useVerificationLink(
            secretHash: [1], in: session.id, newSecretHash: [2], from: people.origin, at: now + wait)
        #expect(hasRisen == isLeave)
        #expect(try await stores.accounts.addresses(of: nora.id).first?.verifiedAt == now + wait)
    }

    @Test("An address that is not verified keeps nobody from it; anyone who verifies it first has it")
    func squatting() async throws {
        let squatter = try await register("squatter", "Grace@example.org", secret: 1)
        let grace = try await register("grace", "grace@example.org", secret: 2)
        #expect(try await stores.accounts.credentials(of: "grace@example.org")?.user == nil)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [2], in: nil, newSecretHash: [], from: people.origin, at: now)
        #expect(try await stores.accounts.credentials(of: "GRACE@example.org")?.user.id == grace.id)
        await #expect(throws: LinkNotValid()) {
            try await stores.accounts.useVerificationLink(
                secretHash: [1], in: nil, newSecretHash: [], from: people.origin, at: now)
        }
        // What happens to the squatter's account is no affair of hers.
        let before = try await stores.mail.due(at: now, limit: 100).count
        _ = try await people.password(squatter, secret: 60)
        try await stores.sessions.endAll(of: squatter.name, except: nil, by: .operatorAtMachine, at: now)
        #expect(try await stores.mail.due(at: now, limit: 100).count == before)
        // And a link that was mailed in their name does not make it their.
        try await stores.accounts.mailLink(
            link(3), .resetPassword, to: squatter.id, from: people.origin, at: now)
        _ = try await stores.accounts.usePasswordLink(
            secretHash: [3], passwordHash: "new", from: people.origin, at: now)
        #expect(try await stores.accounts.addresses(of: squatter.id).first?.verifiedAt == nil)
    }

    @Test("An address that another has is added like any other, and its holder hears of it instead of a link")
    func notTold() async throws {
        let ada = try await people.user("ada")
        let eve = try await people.user("eve")
        let session = try await people.password(eve, secret: 70)
        let address = try EmailAddress(parsing: "ada@example.org")
        try await stores.accounts.addAddress(
            address, to: eve.name, verification: link(1), by: session.actor, from: people.origin, at: now)
        #expect(try await stores.accounts.addresses(of: eve.id).map(\.address).contains(address))
        #expect(try await recipients("Is this your address?").isEmpty)
        #expect(try await recipients("Somebody named your address for another account") == ["ada@example.org"])
        #expect(try await stores.accounts.link(secretHash: [1], at: now) == nil)
        await #expect(throws: AccountRefusal.addressKnown(address)) {
            try await stores.accounts.addAddress(
                address, to: eve.name, verification: link(2), by: session.actor, from: people.origin, at: now)
        }
        #expect(try await stores.accounts.credentials(of: "ada@example.org")?.user.id == ada.id)
    }

    @Test("Only ASCII letters are the same in upper and lower case: a sign for kelvin is no k")
    func kelvin() async throws {
        _ = try await people.user("karl")
        #expect(try await stores.accounts.credentials(of: "KARL@EXAMPLE.ORG") != nil)
        #expect(try await stores.accounts.credentials(of: "\u{212A}arl@example.org") == nil)
        #expect(try await stores.accounts.credentials(of: "\u{212A}arl") == nil)
        let other = try await register("other", "\u{212A}arl@example.org", secret: 1)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [1], in: nil, newSecretHash: [], from: people.origin, at: now)
        #expect(try await stores.accounts.credentials(of: "\u{212A}arl@example.org")?.user.id == other.id)
        #expect(try await stores.accounts.credentials(of: "karl@example.org")?.user.name.display == "karl")
    }
}
