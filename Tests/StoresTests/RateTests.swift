import Accounts
import Acts
import Database
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Removals
import Roles
import Stores
import Support
import Testing
import UTC

/// An index in which people register themselves.
private struct Street {
    let workshop: Workshop
    var index: TestIndex { workshop.index }
    var stores: Stores { index.stores }
    var now: Timestamp { index.now }

    init() async throws { workshop = try await Workshop() }

    /// Somebody who made an account on the web, signed in just now.
    func newcomer(_ name: String, address: String? = nil, secret: UInt8 = 1) async throws -> Actor {
        let user = try await stores.accounts.register(
            NewUser(
                name: Username(parsing: name), email: EmailAddress(parsing: address ?? "\(name)@example.org"),
                isAdministrator: false, passwordHash: "hash"),
            invitation: nil, verification: MailedLink(path: "/account/verify-email/0/", secretHash: [secret]),
            from: workshop.origin, at: now)
        return Actor(
            .user(user.id, user.name, isAdministrator: false), assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: now)], strongest: .password))
    }

    func verify(_ secret: UInt8 = 1) async throws {
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [secret], in: nil, newSecretHash: [], from: workshop.origin, at: now)
    }

    func token(_ id: String, by actor: Actor, for projects: [ProjectName]? = nil, at moment: Timestamp? = nil)
        async throws
    {
        guard case .user(_, let name, _) = actor.identity else { return }
        _ = try await stores.tokens.add(
            NewAPIToken(id: id, rootKey: [1], owner: name, label: "", projects: projects, expiresAt: nil), by: actor,
            from: workshop.origin, at: moment ?? now)
    }

    func mails(to address: String) async throws -> [String] {
        try await stores.mail.due(at: now + .days(30), limit: 1_000)
            .filter { $0.mail.to.text == address }.map(\.mail.letter.subject)
    }
}

@Suite("An account whose address nobody verified") struct UnverifiedAccountTests {
    private let street: Street
    private var stores: Stores { street.stores }
    private var now: Timestamp { street.now }

    init() async throws { street = try await Street() }

    @Test("makes no token, publishes nothing and takes no role, until the link was followed")
    func required() async throws {
        try await street.workshop.upload("1.0")
        let eve = try await street.newcomer("eve")
        try await stores.collaboration.invite(
            Username(parsing: "eve"), as: .owner, to: street.workshop.demo, by: street.index.ada,
            from: street.workshop.origin, at: now)
        func acts() async throws {
            try await street.token("t", by: eve)
            try await street.workshop.upload("1.0", of: "novel", by: eve)
            _ = try await stores.collaboration.acceptInvitation(
                to: street.workshop.demo, by: eve, from: street.workshop.origin, at: now)
        }
        await #expect(throws: AccessRefusal.addressNotVerified) { try await street.token("t", by: eve) }
        await #expect(throws: AccessRefusal.addressNotVerified) {
            try await street.workshop.upload("1.0", of: "novel", by: eve)
        }
        await #expect(throws: AccessRefusal.addressNotVerified) {
            try await stores.projects.mayUpload(to: ProjectName(parsing: "novel"), by: eve, at: now)
        }
        await #expect(throws: AccessRefusal.addressNotVerified) {
            try await stores.collaboration.acceptInvitation(
                to: street.workshop.demo, by: eve, from: street.workshop.origin, at: now)
        }
        try await street.verify()
        try await acts()
    }

    @Test("is let off where the operator says so, and where they answer for the address")
    func waived() async throws {
        let eve = try await street.newcomer("eve")
        var rule = AccountRule.usual
        rule.needsVerifiedAddress = false
        try await stores.accountRules.set(rule, by: .operatorAtMachine, at: now)
        try await street.token("t1", by: eve)
        try await stores.accountRules.set(.usual, by: .operatorAtMachine, at: now)
        await #expect(throws: AccessRefusal.addressNotVerified) { try await street.token("t2", by: eve) }
        let name = try Username(parsing: "eve")
        #expect(
            try await stores.accountRules.verifyPrimaryAddress(of: name, by: .operatorAtMachine, at: now).text
                == "eve@example.org")
        try await street.token("t2", by: eve)
        // Not where it is known to be another's.
        _ = try await street.newcomer("mallory", address: "eve@example.org", secret: 2)
        await #expect(throws: AccountRefusal.self) {
            try await stores.accountRules.verifyPrimaryAddress(
                of: Username(parsing: "mallory"), by: .operatorAtMachine, at: now)
        }
        await #expect(throws: AccessRefusal.self) {
            try await stores.accountRules.verifyPrimaryAddress(of: name, by: street.index.ada, at: now)
        }
    }

    @Test("What is set as it is already writes nothing; what changes is on record")
    func rule() async throws {
        let before = try await street.workshop.lastEntry()
        try await stores.accountRules.set(.usual, by: .operatorAtMachine, at: now)
        #expect(try await street.workshop.lastEntry() == before)
        let rule = AccountRule(
            needsVerifiedAddress: false, allowance: Allowance(projects: .none, files: .none, bytes: .none))
        try await stores.accountRules.set(rule, by: .operatorAtMachine, at: now)
        #expect(try await stores.accountRules.rule() == rule)
        let entry = try #require(try await street.workshop.lastEntry())
        #expect(entry.action == .index(.setAccountRule) && entry.details["verified-address"] == "optional")
        await #expect(throws: AccessRefusal.self) {
            try await stores.accountRules.set(.usual, by: street.index.ada, at: now)
        }
    }

    @Test("hears by mail what happens to it three times a day at most: it may be a stranger's address")
    func unverifiedFlood() async throws {
        let eve = try await street.newcomer("eve", address: "victim@example.org")
        for _ in 0..<20 {
            try await stores.accounts.note(
                .access(.sessionEnded(client: "x")), about: #require(eve.userID),
                from: street.workshop.origin, at: now)
        }
        #expect(try await street.mails(to: "victim@example.org").count == 4)  // and the link
        try await street.verify()
        for _ in 0..<20 {
            try await stores.accounts.note(
                .access(.sessionEnded(client: "x")), about: #require(eve.userID),
                from: street.workshop.origin, at: now)
        }
        // What the holder of a verified address does is always told.
        #expect(try await street.mails(to: "victim@example.org").count == 24)
    }
}

@Suite("What an account publishes") struct PublishedTests {
    private let street: Street
    private var stores: Stores { street.stores }
    private var now: Timestamp { street.now }

    init() async throws { street = try await Street() }

    private func limit(_ allowance: Allowance) async throws {
        try await stores.accountRules.set(
            AccountRule(needsVerifiedAddress: true, allowance: allowance), by: .operatorAtMachine, at: now)
    }

    @Test("is held to what all have, counted in the transaction, and what was refused or there already is not counted")
    func limits() async throws {
        try await limit(
            Allowance(
                projects: .init(perHour: 2, perDay: nil), files: .init(perHour: 4, perDay: nil), bytes: .none))
        let eve = try await street.newcomer("eve")
        try await street.verify()
        try await street.workshop.upload("1.0", of: "one", by: eve)
        #expect(try await street.workshop.upload("1.0", of: "one", by: eve) == .alreadyThere)
        await #expect(throws: UploadRefusal.self) {
            try await street.workshop.upload("1.0", of: "one", sha256: "other", by: eve)
        }
        try await street.workshop.upload("1.0", of: "two", by: eve)
        let refusal = await #expect(throws: AllowanceRefusal.self) {
            try await street.workshop.upload("1.0", of: "three", by: eve)
        }
        #expect(refusal?.quantity == .projects && refusal?.limit == 2 && (refusal?.retryAfterSeconds ?? 0) > 0)
        // Before a byte of the file is read.
        await #expect(throws: AllowanceRefusal.self) {
            try await stores.projects.mayUpload(to: ProjectName(parsing: "three"), by: eve, at: now)
        }
        #expect(try await stores.projects.snapshot(of: ProjectName(parsing: "three")) == nil)
        try await street.workshop.upload("2.0", of: "one", by: eve)
        try await street.workshop.upload("2.0", of: "two", by: eve)
        let files = await #expect(throws: AllowanceRefusal.self) {
            try await street.workshop.upload("3.0", of: "one", by: eve)
        }
        #expect(files?.quantity == .files)
        let published = try await stores.accountRules.published(by: Username(parsing: "eve"), at: now)
        #expect(published.map(\.amount) == [PublishedAmount(projects: 2, files: 4, bytes: 40)])
    }

    @Test("is not limited for whom the operator made, nor for the operator; and can be set for one account")
    func known() async throws {
        try await limit(
            Allowance(
                projects: .init(perHour: 1, perDay: 1), files: .init(perHour: 1, perDay: 1),
                bytes: .init(perHour: 1, perDay: 1)))
        for number in 0..<3 {
            try await street.workshop.upload("1.0", of: "ada\(number)")
            try await street.workshop.upload("1.0", of: "operator\(number)", by: .operatorAtMachine)
        }
        let eve = try await street.newcomer("eve")
        let name = try Username(parsing: "eve")
        try await street.verify()
        try await street.workshop.upload("1.0", of: "one", by: eve)
        await #expect(throws: AllowanceRefusal.self) { try await street.workshop.upload("1.0", of: "two", by: eve) }
        try await stores.accountRules.setAllowance(.unlimited, of: name, by: .operatorAtMachine, at: now)
        try await street.workshop.upload("1.0", of: "two", by: eve)
        let own = try await stores.accountRules.allowance(of: name)
        #expect(own.isItsOwn && own.allowance == .unlimited)
        try await stores.accountRules.setAllowance(nil, of: name, by: .operatorAtMachine, at: now)
        await #expect(throws: AllowanceRefusal.self) { try await street.workshop.upload("1.0", of: "three", by: eve) }
        await #expect(throws: AccessRefusal.self) {
            try await stores.accountRules.setAllowance(.unlimited, of: name, by: eve, at: now)
        }
    }
}

@Suite("Mail that others cause") struct MailFloodTests {
    private let street: Street
    private var stores: Stores { street.stores }
    private var now: Timestamp { street.now }

    init() async throws { street = try await Street() }

    @Test(
        "Inviting and taking back reaches somebody three times a day for a project, and then is refused with the time")
    func invitations() async throws {
        try await street.workshop.upload("1.0")
        _ = try await street.workshop.person("vic")
        let vic = try Username(parsing: "vic")
        let demo = street.workshop.demo
        var refusals: [RoleRefusal] = []
        for _ in 0..<40 {
            do {
                try await stores.collaboration.invite(
                    vic, as: .maintainer, to: demo, by: street.index.ada, from: street.workshop.origin, at: now)
                try await stores.collaboration.cancelInvitation(
                    of: vic, to: demo, by: street.index.ada, from: street.workshop.origin, at: now)
            } catch let refusal as RoleRefusal { refusals.append(refusal) }
        }
        #expect(try await street.mails(to: "vic@example.org").count == 6)
        #expect(refusals.count == 37)
        #expect(refusals.first?.kind == .tooMany(retryAfterSeconds: 86_400))
        // A day later it is done again.
        let ada = Actor(
            street.index.ada.identity, assurance: .password,
            session: SessionStanding(
                proofs: [Proof(.password, at: now + .days(1))], strongest: .password))
        try await stores.collaboration.invite(
            vic, as: .maintainer, to: demo, by: ada, from: street.workshop.origin, at: now + .days(1))
    }

    @Test(
        "Changing a role to and fro is folded into one mail that says there is more; the account's history has all of it"
    )
    func folded() async throws {
        try await street.workshop.upload("1.0")
        let vic = try await street.workshop.person("vic")
        let name = try Username(parsing: "vic")
        try await stores.projects.addRole(
            .maintainer, on: street.workshop.demo, to: name, by: .operatorAtMachine, at: now)
        for _ in 0..<20 {
            for role in [Role.owner, .maintainer] {
                try await stores.roles.changeRole(
                    of: name, to: role, on: street.workshop.demo, by: street.index.ada, from: street.workshop.origin,
                    at: now)
            }
        }
        let mails = try await street.mails(to: "vic@example.org")
        #expect(mails.count == 11 && mails.last == "There is more about roles on your projects")
        let events = try await stores.accounts.events(of: #require(vic.userID), before: nil, limit: 100)
        #expect(events.count { $0.event.kind == .roleGiven || $0.event.kind == .newOwnershipTaken } == 41)
        // Noise about roles holds back nothing about deletions, and nothing that vic does.
        try await stores.removals.deleteProject(
            street.workshop.demo, by: street.index.ada, from: street.workshop.origin, at: now)
        try await stores.accounts.note(
            .password(.changed(tokensEnded: 0)), about: #require(vic.userID), from: street.workshop.origin, at: now)
        #expect(try await street.mails(to: "vic@example.org").count == 13)
    }

    @Test("Anyone who names an address for accounts without end reaches it six times, and those who ask are told")
    func links() async throws {
        for number in 0..<12 {
            _ = try await street.newcomer("n\(number)", address: "Victim@example.org", secret: UInt8(10 + number))
        }
        #expect(try await street.mails(to: "Victim@example.org").count == 6)
        let first = try await street.newcomer("other", secret: 99)
        await #expect(throws: TooManyAttempts.self) {
            try await stores.accounts.addAddress(
                EmailAddress(parsing: "victim@EXAMPLE.org"), to: Username(parsing: "other"),
                verification: MailedLink(path: "/x/", secretHash: [77]), by: first, from: street.workshop.origin,
                at: now)
        }
        let root = try await street.workshop.person("root", isAdministrator: true)
        await #expect(throws: TooManyAttempts.self) {
            try await stores.accounts.invite(
                EmailAddress(parsing: "victim@example.org"), MailedLink(path: "/y/", secretHash: [78]), by: root,
                at: now)
        }
        #expect(try await stores.accounts.addresses(of: #require(first.userID)).count == 1)
    }
}

@Suite("Rows that a client can make") struct BoundedRowsTests {
    private let street: Street
    private var stores: Stores { street.stores }
    private var now: Timestamp { street.now }

    init() async throws { street = try await Street() }

    private func rows(_ table: String) async throws -> Int64? {
        try await street.index.database.read { try $0.row("SELECT COUNT(*) AS n FROM \(table)")?.integer("n") }
    }

    @Test("Challenges of one browser are twenty, the newest")
    func challenges() async throws {
        func challenge(_ number: Int) -> Challenge {
            Challenge(
                browser: [7], user: nil, purpose: .stepUp(.account(.issueToken), object: "\(number)"), bytes: [1],
                requiresUserVerification: false, expiresAt: now + Challenge.lifetime + .microseconds(Int64(number)))
        }
        for number in 0..<300 { try await stores.sessions.keep(challenge(number)) }
        #expect(try await rows("challenge") == 20)
        #expect(
            try await stores.sessions.take(
                browser: [7], purpose: .stepUp(.account(.issueToken), object: "299"), at: now) != nil)
        #expect(
            try await stores.sessions.take(browser: [7], purpose: .stepUp(.account(.issueToken), object: "0"), at: now)
                == nil)
    }

    @Test("Tokens that are made and revoked are a hundred a day")
    func tokens() async throws {
        let ada = street.index.ada
        for number in 0..<NewAPIToken.mostADay {
            try await street.token("t\(number)", by: ada)
            try await stores.tokens.revoke("t\(number)", by: ada, from: street.workshop.origin, at: now)
        }
        let refusal = await #expect(throws: TooManyAttempts.self) { try await street.token("one more", by: ada) }
        #expect(refusal?.retryAfterSeconds == 86_400)
        _ = try await stores.tokens.add(
            NewAPIToken(
                id: "operator's", rootKey: [1], owner: Username(parsing: "ada"), label: "", projects: nil,
                expiresAt: nil), by: .operatorAtMachine, from: RequestOrigin(), at: now)
    }

    @Test("Failed sign-ins are noted five hundred times a day, and mailed once")
    func events() async throws {
        let ada = try #require(street.index.ada.userID)
        for _ in 0..<520 {
            try await stores.accounts.note(
                .access(.signInFailed), about: ada, from: street.workshop.origin, at: now)
        }
        #expect(try await rows("account_event WHERE kind = 'sign-in-failed'") == 500)
        #expect(try await street.mails(to: "ada@example.org").count == 1)
    }
}
