import Accounts
import Acts
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Roles
import Stores
import Support
import Testing
import UTC

@Suite("Mails about an account name the person's own projects") struct EventLetterTests {
    let people: People
    let demo: ProjectName
    let grace: User
    let hers: SecurityKey
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    /// Grace, whose first factor is new, is maintainer of ada's project, which requires two factors.
    init() async throws {
        people = try await People()
        demo = try ProjectName(parsing: "demo-pkg")
        try await people.index.receive(.wheel())
        let (grace, hers, _) = try await people.withKey("grace")
        (self.grace, self.hers) = (grace, hers)
        try await people.stores.projects.requireAssurance(
            .secondFactor, on: demo, by: .operatorAtMachine, at: people.now)
        try await people.index.database.byHand(
            """
            INSERT INTO role (project_id, account_id, role, given_at)
            SELECT id, $1, 'maintainer', $2 FROM project
            """, grace.id.number, people.now.microseconds)
    }

    /// What somebody was mailed under a subject, in one line.
    private func mailed(_ subject: String, to name: String = "grace") async throws -> String? {
        try await stores.mail.due(at: now + .days(100), limit: 1_000).map(\.mail)
            .last { $0.letter.subject == subject && $0.to.text == "\(name)@example.org" }
            .map { ($0.letter.paragraphs + [$0.letter.link?.path ?? ""] + $0.letter.afterLink).joined(separator: " ") }
    }

    @Test("when a recovery code was used, and when the wait is over")
    func waits() async throws {
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1]], of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        _ = try await stores.sessions.prove(
            .recoveryCode(hash: [1]), for: .signIn(newSecretHash: [31]),
            in: try await people.password(grace, secret: 30).id, from: people.origin, at: now)
        let used = try #require(try await mailed("A recovery code of your account was used"))
        #expect(used.contains("Of your projects this is demo-pkg."))
        try await stores.factors.endProbations(at: now + Probation.length)
        #expect(
            try await mailed("Your second factor counts now")?.contains("Of your projects this is demo-pkg.") == true)
    }

    @Test("when an account is recovered, or its first factor waits")
    func recovered() async throws {
        let waiting = try await people.password(grace, secret: 30)
        _ = try await stores.recoveries.request(for: grace.name, by: waiting.actor, from: people.origin, at: now)
        try await stores.recoveries.approve(for: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        _ = try await stores.recoveries.complete(in: waiting.id, newSecretHash: [3], from: people.origin, at: now)
        #expect(
            try await mailed("Your account was recovered")?.contains("Of your projects this is demo-pkg.") == true)
        // Of a project that asked before the factor was added.
        let bob = try await people.user("bob")
        try await people.index.database.byHand(
            "INSERT INTO role (project_id, account_id, role, given_at) SELECT id, $1, 'maintainer', $2 FROM project",
            bob.id.number, now.microseconds)
        _ = try await people.withKey("bob", number: 7, secret: 50)
        let added = try #require(try await mailed("Your account has a second factor", to: "bob"))
        #expect(added.contains("Of your projects this is demo-pkg."))
        // Its owner hears on which project.
        let told = try #require(try await mailed("bob added a second factor", to: "ada"))
        #expect(told.contains("bob, who has a role on demo-pkg, added") && told.contains("it then counts on demo-pkg."))
    }

    @Test("when somebody vouches, those that the voucher owns, and that project when they leave it")
    func vouched() async throws {
        let mallory = try await people.withKey("mallory", number: 9, secret: 90).0
        try await stores.factors.endProbation(of: mallory.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.projects.addRole(.owner, on: demo, to: mallory.name, by: .operatorAtMachine, at: now)
        let actor = Actor(
            .user(mallory.id, mallory.name, isAdministrator: false), assurance: .phishingResistant,
            session: SessionStanding(proofs: [Proof(.phishingResistant, at: now)], strongest: .phishingResistant))
        try await stores.factors.endProbation(of: grace.name, by: actor, from: people.origin, at: now)
        let said = try #require(try await mailed("Your second factor counts now on what mallory owns"))
        #expect(said.contains("There you can publish to demo-pkg."))
        try await stores.roles.leave(demo, by: actor, from: people.origin, at: now)
        let ended = try #require(try await mailed("Your second factor has to wait again"))
        #expect(ended.contains("on which they vouched for you, demo-pkg."))
    }

    @Test("when the operator gives a role, with the reason, to its holder and to owners")
    func reason() async throws {
        let carl = try await people.withKey("carl", number: 10, secret: 100).0
        try await stores.factors.endProbation(of: carl.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.projects.addRole(
            .maintainer, on: demo, to: carl.name, because: "takes over from Grace", by: .operatorAtMachine, at: now)
        for (subject, name) in [
            ("You are now maintainer of demo-pkg", "carl"), ("carl is now maintainer of demo-pkg", "ada"),
        ] {
            let said = try #require(try await mailed(subject, to: name))
            #expect(said.contains("The people who run this index made"))
            #expect(said.contains("The reason given: “takes over from Grace”."))
        }
    }

    @Test("when a role was accepted and waits: what is missing, from when it counts, and how long it stays open")
    func agreed() async throws {
        try await people.index.database.byHand("DELETE FROM role WHERE account_id = $1", grace.id.number)
        try await stores.collaboration.invite(
            grace.name, as: .maintainer, to: demo, by: .operatorAtMachine, from: people.origin, at: now)
        let session = try await people.signIn(grace, hers, count: 6)
        _ = try await stores.collaboration.acceptInvitation(to: demo, by: session.actor, from: people.origin, at: now)
        let said = try #require(try await mailed("You accepted the invitation to demo-pkg"))
        #expect(said.contains("it counts from \((now + Probation.length).readableMinute) on"))
        #expect(said.contains("It stays open for you until \((now + Invitation.longestWait).readableMinute)."))
    }
}
