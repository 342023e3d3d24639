import Accounts
import Acts
import Journal
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

@Suite("An invitation to a project") struct InvitationTests {
    let workshop: Workshop
    let bob: Actor
    let bobsName: Username
    var index: TestIndex { workshop.index }
    var stores: Stores { index.stores }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { index.now }

    init() async throws {
        workshop = try await Workshop()
        try await workshop.upload("1.0")
        bob = try await workshop.person("bob")
        bobsName = try Username(parsing: "bob")
    }

    func invite(
        _ user: Username? = nil, as role: Role = .maintainer, by actor: Actor? = nil, at moment: Timestamp? = nil
    ) async throws {
        try await stores.collaboration.invite(
            user ?? bobsName, as: role, to: demo, by: actor ?? index.ada, from: workshop.origin, at: moment ?? now)
    }

    /// Returns what lacks.
    @discardableResult
    func accept(by actor: Actor? = nil, at moment: Timestamp? = nil) async throws -> MandateRefusal? {
        try await stores.collaboration.acceptInvitation(
            to: demo, by: actor ?? bob, from: workshop.origin, at: moment ?? now)
    }

    func invitations(at moment: Timestamp) async throws -> [Invitation] {
        try await stores.collaboration.invitations(for: #require(bob.userID), at: moment)
    }

    func roles() async throws -> [RoleHolder]? { try await stores.projects.snapshot(of: demo)?.roles }

    /// The same person who has just signed in at another time.
    func signedIn(_ actor: Actor, at moment: Timestamp) -> Actor {
        Actor(
            actor.identity, assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: moment)], strongest: .password))
    }

    @Test("gives the role only when it is accepted, and then the owners and the person hear of it")
    func accepted() async throws {
        try await invite()
        #expect(try await workshop.told("ada invites you to demo") == ["bob@example.org"])
        #expect(try await roles()?.count == 1)
        await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: bob, at: now)
        }
        let known = try #require(try await invitations(at: now).first)
        #expect(known.project == demo && known.role == .maintainer && known.invitedBy?.display == "ada")
        #expect(known.expiresAt == now + .days(7))
        #expect(try await stores.collaboration.collaboration(on: demo, at: now)?.invitations == [known])
        try await accept()
        #expect(try await roles()?.first { $0.user == bobsName }?.role == .maintainer)
        #expect(try await stores.collaboration.collaboration(on: demo, at: now)?.invitations == [])
        try await stores.projects.mayUpload(to: demo, by: bob, at: now)
        #expect(try await workshop.told("You are now maintainer of demo") == ["bob@example.org"])
        #expect(try await workshop.told("bob is now maintainer of demo") == ["ada@example.org"])
        let entry = try #require(try await workshop.lastEntry())
        #expect(entry.action == .project(.acceptRole) && entry.actor == "user bob")
        #expect(entry.details == ["user": "bob", "role": "maintainer", "invited-by": "ada"])
        // In another browser, whose page still shows the button: it is theirs, and nothing happens again.
        #expect(try await accept() == nil)
        #expect(try await workshop.lastEntry() == entry)
    }

    @Test("is for one person, by an owner, and there is one at a time")
    func one() async throws {
        let eve = try await workshop.person("eve")
        try await invite()
        await #expect(throws: RoleRefusal.isInvited(bobsName, demo)) { try await invite(as: .owner) }
        await #expect(throws: RoleRefusal.noInvitation(try Username(parsing: "eve"), demo)) {
            try await accept(by: eve)
        }
        await #expect(throws: AccessRefusal.self) { try await invite(try Username(parsing: "eve"), by: bob) }
        await #expect(throws: AccountRefusal.self) { try await invite(try Username(parsing: "nobody")) }
        await #expect(throws: RoleRefusal.hasRole(try Username(parsing: "ada"), .owner, demo)) {
            try await invite(Username(parsing: "ada"))
        }
        try await accept()
        await #expect(throws: RoleRefusal.hasRole(bobsName, .maintainer, demo)) { try await invite() }
        await #expect(throws: AccessRefusal.self) { try await invite(try Username(parsing: "eve"), by: bob) }
    }

    @Test("ends after seven days, and can then be made again")
    func expired() async throws {
        try await invite()
        let last = now + .days(7) - .seconds(1)
        let late = now + .days(7)
        #expect(try await invitations(at: last).count == 1)
        #expect(try await invitations(at: late).isEmpty)
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) {
            try await accept(by: signedIn(bob, at: late), at: late)
        }
        await #expect(throws: RoleRefusal.isInvited(bobsName, demo)) {
            try await invite(by: signedIn(index.ada, at: last), at: last)
        }
        try await invite(as: .owner, by: signedIn(index.ada, at: late), at: late)
        try await accept(by: signedIn(bob, at: late), at: late)
        #expect(try await roles()?.allSatisfy { $0.role == .owner } == true)
    }

    @Test("can be taken back by an owner, and declined")
    func ended() async throws {
        try await invite()
        try await stores.collaboration.cancelInvitation(
            of: bobsName, to: demo, by: index.ada, from: workshop.origin, at: now)
        #expect(try await workshop.told("The invitation to demo has ended") == ["bob@example.org"])
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) { try await accept() }
        try await invite()
        await #expect(throws: AccessRefusal.self) {
            try await stores.collaboration.cancelInvitation(
                of: bobsName, to: demo, by: bob, from: workshop.origin, at: now)
        }
        try await stores.collaboration.declineInvitation(to: demo, by: bob, from: workshop.origin, at: now)
        #expect(try await workshop.told("bob declined the invitation to demo") == ["ada@example.org"])
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) { try await accept() }
        #expect(try await roles()?.count == 1)
    }

    @Test("to a project that requires two factors is accepted by anybody, and gives no role before they have them")
    func secondFactor() async throws {
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await invite(by: .operatorAtMachine)
        let id = try #require(bob.userID)
        let outlook = try #require(try await stores.collaboration.outlooks(for: id, at: now)["demo"])
        #expect(outlook.asksToAdd && outlook.missing?.code == "access.project-requires")
        // Nobody else is ready to.
        #expect(
            outlook.explanation(hasAccepted: false)?.contains("An administrator can vouch for it before.") == true)
        let missing = try #require(try await accept())
        #expect(missing.missing == .assurance(.secondFactor, accountHasIt: false))
        #expect(try await roles()?.count == 1)
        let entry = try #require(try await workshop.lastEntry())
        #expect(entry.action == .project(.acceptRole))
        #expect(entry.details == ["user": "bob", "role": "maintainer", "waits": "yes"])
        #expect(try await workshop.told("You accepted the invitation to demo") == ["bob@example.org"])
        #expect(try await workshop.told("bob accepted the invitation to demo") == ["ada@example.org"])
        // Again, in another browser: nothing more happens, and nobody is told again.
        #expect(try await accept() == missing)
        #expect(try await workshop.lastEntry() == entry)
        #expect(try await workshop.told("bob accepted the invitation to demo") == ["ada@example.org"])
        // The owners ask for it no more: time does the rest.
        try await stores.collaboration.giveAcceptedRoles(at: now)
        #expect(try await roles()?.count == 1)
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        try await stores.collaboration.giveAcceptedRoles(at: now)
        #expect(try await roles()?.first { $0.user == bobsName }?.role == .maintainer)
        let given = try #require(try await workshop.lastEntry())
        #expect(given.action == .project(.acceptRole) && given.actor == "index")
        #expect(try await workshop.told("You are now maintainer of demo") == ["bob@example.org"])
    }

    @Test("that was accepted and waits is withdrawn when it is declined, taken back, or its maker is no owner any more")
    func withdrawn() async throws {
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        func free() async throws {
            try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
            try await stores.collaboration.giveAcceptedRoles(at: now)
            #expect(try await roles()?.contains { $0.user == bobsName } == false)
            try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        }
        try await invite(by: .operatorAtMachine)
        _ = try await accept()
        try await stores.collaboration.declineInvitation(to: demo, by: bob, from: workshop.origin, at: now)
        try await free()
        try await invite(by: .operatorAtMachine)
        _ = try await accept()
        try await stores.collaboration.cancelInvitation(
            of: bobsName, to: demo, by: index.ada, from: workshop.origin, at: now)
        try await free()
        // A thief who was owner for a moment leaves no way back.
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        let eve = try await workshop.person("eve")
        let evesName = try Username(parsing: "eve")
        try await stores.projects.addRole(.owner, on: demo, to: evesName, by: .operatorAtMachine, at: now)
        try await invite(by: eve)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        _ = try await accept()
        try await stores.roles.removeRole(
            on: demo, from: evesName, by: .operatorAtMachine, from: workshop.origin, at: now)
        #expect(try await workshop.told("The invitation to demo has ended").last == "bob@example.org")
        try await free()
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) { try await accept() }
    }

    @Test("that was accepted waits while its maker could not make it: nobody else speaks for it")
    func disabledMaker() async throws {
        try await invite()
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        _ = try await accept()
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        try await index.database.byHand(
            "UPDATE account SET disabled_at = $1, disabled_reason = 'away' WHERE normalized = 'ada'", now.microseconds)
        try await stores.collaboration.giveAcceptedRoles(at: now)
        #expect(try await roles()?.count == 1)
        try await index.database.byHand(
            "UPDATE account SET disabled_at = NULL, disabled_reason = NULL WHERE normalized = 'ada'")
        try await stores.collaboration.giveAcceptedRoles(at: now)
        #expect(try await roles()?.count == 2)
    }

    @Test("that was accepted is not any more once the password is reset: those who knew it may have accepted")
    func afterAReset() async throws {
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await invite(by: .operatorAtMachine)
        _ = try await accept()
        #expect(try await invitations(at: now).first?.acceptedAt == now)
        try await stores.accounts.mailLink(
            MailedLink(path: "/account/reset-password/1/", secretHash: [9]), .resetPassword, to: #require(bob.userID),
            from: workshop.origin, at: now)
        _ = try await stores.accounts.usePasswordLink(
            secretHash: [9], passwordHash: "new", from: workshop.origin, at: now)
        #expect(try await invitations(at: now).map(\.acceptedAt) == [nil])
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        try await stores.collaboration.giveAcceptedRoles(at: now)
        #expect(try await roles()?.count == 1)
    }

    @Test("of somebody whose account is disabled cannot be accepted, and can be taken back by another owner")
    func openOfDisabledMaker() async throws {
        let eve = try await workshop.person("eve")
        try await stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "eve"), by: .operatorAtMachine, at: now)
        try await invite(by: eve)
        try await index.database.byHand(
            "UPDATE account SET disabled_at = 1, disabled_reason = 'left' WHERE normalized = 'eve'")
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) { try await accept() }
        #expect(try await invitations(at: now).isEmpty, "nor does it look as if it could")
        try await stores.collaboration.cancelInvitation(
            of: bobsName, to: demo, by: index.ada, from: workshop.origin, at: now)
    }

    @Test("that was accepted waits a month and no longer, and anyone who waited hears of it")
    func waitsLong() async throws {
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await invite(by: .operatorAtMachine)
        _ = try await accept()
        let end = now + Invitation.longestWait
        #expect(try await invitations(at: end - .seconds(1)).first?.acceptedAt == now)
        try await stores.collaboration.giveAcceptedRoles(at: end)
        #expect(try await invitations(at: now) == [])
        #expect(try await workshop.told("The invitation to demo has ended") == ["bob@example.org"])
        try await stores.projects.requireAssurance(.password, on: demo, by: .operatorAtMachine, at: now)
        try await stores.collaboration.giveAcceptedRoles(at: end)
        #expect(try await roles()?.count == 1)
    }

    /// Grace, whose first factor is on probation, has accepted to be maintainer of a project that takes two.
    private func acceptedOnProbation() async throws -> (People, User, ProjectName) {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        let project = try ProjectName(parsing: "demo-pkg")
        try await people.index.receive(.wheel())
        try await stores.projects.requireAssurance(.secondFactor, on: project, by: .operatorAtMachine, at: now)
        let (grace, key, _) = try await people.withKey("grace")
        try await stores.collaboration.invite(
            grace.name, as: .maintainer, to: project, by: .operatorAtMachine, from: people.origin, at: now)
        let session = try await people.signIn(grace, key, count: 6)
        let missing = try await stores.collaboration.acceptInvitation(
            to: project, by: session.actor, from: people.origin, at: now)
        #expect(missing?.missing == .probation(until: now + Probation.length))
        #expect(try await stores.projects.snapshot(of: project)?.roles.count == 1)
        return (people, grace, project)
    }

    @Test("that was accepted on probation gives the role in the moment in which somebody vouches")
    func vouched() async throws {
        let (people, grace, project) = try await acceptedOnProbation()
        try await people.stores.factors.endProbation(
            of: grace.name, by: .operatorAtMachine, from: people.origin, at: people.now)
        let roles = try #require(try await people.stores.projects.snapshot(of: project)?.roles)
        #expect(roles.first { $0.user == grace.name }?.role == .maintainer)
        #expect(try await people.recipients("You are now maintainer of demo-pkg") == ["grace@example.org"])
        #expect(try await people.recipients("grace is now maintainer of demo-pkg").count == 1)
    }

    @Test("that was accepted on probation gives the role when that is over, without another visit")
    func probation() async throws {
        let (people, grace, project) = try await acceptedOnProbation()
        let end = people.now + Probation.length
        try await people.stores.collaboration.giveAcceptedRoles(at: end - .seconds(1))
        #expect(try await people.stores.projects.snapshot(of: project)?.roles.count == 1)
        try await people.stores.collaboration.giveAcceptedRoles(at: end)
        let roles = try #require(try await people.stores.projects.snapshot(of: project)?.roles)
        #expect(roles.first { $0.user == grace.name }?.role == .maintainer)
    }

    @Test("that was accepted waits for its holder again after a new password by a mailed link")
    func acceptedByAnother() async throws {
        let (people, grace, project) = try await acceptedOnProbation()
        try await people.stores.accounts.mailLink(
            MailedLink(path: "/", secretHash: [9]), .resetPassword, to: grace.id, from: people.origin, at: people.now)
        _ = try await people.stores.accounts.usePasswordLink(
            secretHash: [9], passwordHash: "another", from: people.origin, at: people.now)
        let end = people.now + Probation.length
        try await people.stores.collaboration.giveAcceptedRoles(at: end)
        let roles = try #require(try await people.stores.projects.snapshot(of: project)?.roles)
        #expect(!roles.contains { $0.user == grace.name })
    }

    @Test("can be vouched for by those who own all that the person has and has accepted, and they are named before")
    func vouchers() async throws {
        let (people, grace, project) = try await acceptedOnProbation()
        let (stores, now) = (people.stores, people.now)
        func named() async throws -> [String] {
            try await stores.collaboration.outlooks(for: grace.id, at: now)[project.normalized]?.vouchers
                .map(\.display) ?? []
        }
        #expect(try await named() == [])
        let (bob, _, _) = try await people.withKey("bob", number: 9, secret: 90)
        try await stores.projects.addRole(.owner, on: project, to: bob.name, by: .operatorAtMachine, at: now)
        // Their own factor is as new.
        #expect(try await named() == [])
        try await stores.factors.endProbation(of: bob.name, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await named() == ["bob"])
        #expect(try await stores.accounts.canVouch(bob.id, for: grace.id, at: now))
        #expect(try await !stores.accounts.canVouch(grace.id, for: bob.id, at: now))
    }

    /// Grace, whose first factor is on probation, has joined a project of Mallory's that asks for nothing, or anyone who is in
    /// her account has. Mallory has a factor that counts.
    private func withAccomplice() async throws -> (People, grace: User, key: SecurityKey, mallory: User) {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        try await people.index.receive(.wheel())
        let (grace, key, _) = try await people.withKey("grace")
        let (mallory, _, _) = try await people.withKey("mallory", number: 9, secret: 90)
        try await stores.factors.endProbation(of: mallory.name, by: .operatorAtMachine, from: people.origin, at: now)
        let toy = try ProjectName(parsing: "toy")
        try await TestGiveaway.designate("toy", maintainers: [grace.id], in: people.index.database, at: now)
        try await stores.critical.lift(toy, reason: "a toy", by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(.owner, on: toy, to: mallory.name, by: .operatorAtMachine, at: now)
        return (people, grace, key, mallory)
    }

    @Test("that comes after an accomplice has vouched waits until the time is over: their word covers what they own")
    func accompliceBefore() async throws {
        let (people, grace, key, mallory) = try await withAccomplice()
        let (stores, now) = (people.stores, people.now)
        let demo = try ProjectName(parsing: "demo-pkg")
        let accomplice = Actor(
            .user(mallory.id, mallory.name, isAdministrator: false), assurance: .phishingResistant,
            session: SessionStanding(proofs: [Proof(.phishingResistant, at: now)], strongest: .phishingResistant))
        try await stores.factors.endProbation(of: grace.name, by: accomplice, from: people.origin, at: now)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await stores.collaboration.invite(
            grace.name, as: .maintainer, to: demo, by: .operatorAtMachine, from: people.origin, at: now)
        let until = now + Probation.length
        let outlook = try await stores.collaboration.outlooks(for: grace.id, at: now)[demo.normalized]
        #expect(outlook?.missing?.missing == .probation(until: until) && outlook?.vouchers.isEmpty == true)
        let session = try await people.signIn(grace, key, count: 6)
        let missing = try await stores.collaboration.acceptInvitation(
            to: demo, by: session.actor, from: people.origin, at: now)
        #expect(missing?.missing == .probation(until: until))
        for (moment, has) in [(now, false), (until - .seconds(1), false), (until, true)] {
            try await stores.collaboration.giveAcceptedRoles(at: moment)
            let roles = try #require(try await stores.projects.snapshot(of: demo)?.roles)
            #expect(roles.contains { $0.user == grace.name } == has)
        }
    }

    @Test("to what asks for two factors counts for vouching before it is accepted: an accomplice opens it in no order")
    func accomplice() async throws {
        let (people, grace, _, mallory) = try await withAccomplice()
        let (stores, now) = (people.stores, people.now)
        let demo = try ProjectName(parsing: "demo-pkg")
        #expect(try await stores.accounts.canVouch(mallory.id, for: grace.id, at: now))
        // Invited to one that asks for nothing: no difference.
        func invite() async throws {
            try await stores.collaboration.invite(
                grace.name, as: .maintainer, to: demo, by: .operatorAtMachine, from: people.origin, at: now)
        }
        try await invite()
        #expect(try await stores.accounts.canVouch(mallory.id, for: grace.id, at: now))
        try await stores.collaboration.cancelInvitation(
            of: grace.name, to: demo, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await invite()
        #expect(try await !stores.accounts.canVouch(mallory.id, for: grace.id, at: now))
        // An invitation that is over keeps nobody from vouching.
        #expect(try await stores.accounts.canVouch(mallory.id, for: grace.id, at: now + Invitation.lifetime))
        // Anyone who owns that as well has both in their hands anyway; who owns that alone shares nothing yet.
        try await stores.projects.addRole(.owner, on: demo, to: mallory.name, by: .operatorAtMachine, at: now)
        #expect(try await stores.accounts.canVouch(mallory.id, for: grace.id, at: now))
        let (bob, _, _) = try await people.withKey("bob", number: 10, secret: 100)
        try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        #expect(try await !stores.accounts.canVouch(bob.id, for: grace.id, at: now))
    }

    @Test(
        "that was accepted gives the role though another one cannot be read, and so does the act that brought what lacked"
    )
    func brokenBefore() async throws {
        let (people, grace, project) = try await acceptedOnProbation()
        let (stores, now) = (people.stores, people.now)
        // One that was accepted before, with a role that nobody knows.
        try await TestGiveaway.designate("toy", maintainers: [], in: people.index.database, at: now)
        try await people.index.database.byHand(
            """
            INSERT INTO invitation (project_id, account_id, role, invited_at, expires_at, accepted_at)
            SELECT id, $1, 'king', 0, $2, 1 FROM project WHERE normalized = 'toy'
            """,
            grace.id.number, (now + .days(9)).microseconds)
        await #expect(throws: (any Error).self) { try await stores.collaboration.giveAcceptedRoles(at: now) }
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        let roles = try #require(try await stores.projects.snapshot(of: project)?.roles)
        #expect(roles.first { $0.user == grace.name }?.role == .maintainer)
    }

    @Test("that was accepted changes no role that somebody got meanwhile")
    func heldByNow() async throws {
        let (people, grace, project) = try await acceptedOnProbation()
        try await people.index.database.byHand(
            """
            INSERT INTO role (project_id, account_id, role, given_at)
            SELECT id, $1, 'owner', 0 FROM project WHERE normalized = $2
            """,
            grace.id.number, project.normalized)
        try await people.stores.collaboration.giveAcceptedRoles(at: people.now + Probation.length)
        let roles = try #require(try await people.stores.projects.snapshot(of: project)?.roles)
        #expect(roles.first { $0.user == grace.name }?.role == .owner)
    }

    @Test("that was accepted without a factor gives the role when one is added that counts at once")
    func added() async throws {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        let project = try ProjectName(parsing: "demo-pkg")
        try await people.index.receive(.wheel())
        let (grace, key, _) = try await people.withKey("grace")
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.factors.remove(
            key.id, of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        let app = try await people.withApp(
            try await people.allowEnrolment(in: try await people.password(grace, secret: 40)), user: grace)
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.projects.requireAssurance(.phishingResistant, on: project, by: .operatorAtMachine, at: now)
        try await stores.collaboration.invite(
            grace.name, as: .maintainer, to: project, by: .operatorAtMachine, from: people.origin, at: now)
        let waiting = try await people.password(grace, secret: 50)
        let session = try await stores.sessions.prove(
            .authenticatorApp(check: People.code(20)), for: .signIn(newSecretHash: [51]), in: waiting.id,
            from: people.origin, at: now)
        #expect(session.standing.factor == app.id)
        let missing = try await stores.collaboration.acceptInvitation(
            to: project, by: session.actor, from: people.origin, at: now)
        #expect(missing?.missing == .assurance(.phishingResistant, accountHasIt: false))
        _ = try await stores.factors.add(
            People.key(7), to: grace.name, by: session.actor, from: people.origin, at: now)
        let roles = try #require(try await stores.projects.snapshot(of: project)?.roles)
        #expect(roles.first { $0.user == grace.name }?.role == .maintainer)
    }

    @Test("ends with the project, and with the ownership of anyone who made it")
    func withItsMaker() async throws {
        try await invite(as: .owner)
        try await accept()
        let eve = try await workshop.person("eve")
        let evesName = try Username(parsing: "eve")
        try await invite(evesName, as: .owner, by: bob)
        try await stores.roles.removeRole(on: demo, from: bobsName, by: index.ada, from: workshop.origin, at: now)
        await #expect(throws: RoleRefusal.noInvitation(evesName, demo)) { try await accept(by: eve) }
        try await invite(evesName)
        try await workshop.delete()
        #expect(try await workshop.told("The invitation to demo has ended") == ["eve@example.org"])
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: workshop.origin, at: now)
        await #expect(throws: RoleRefusal.noInvitation(evesName, demo)) { try await accept(by: eve) }
    }

    @Test("ends when the project is found critical")
    func designated() async throws {
        try await invite()
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        #expect(try await workshop.told("The invitation to demo has ended") == ["bob@example.org"])
        #expect(try await invitations(at: now) == [])
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) { try await accept() }
    }

    @Test("is accepted once by a hundred at once")
    func race() async throws {
        try await invite()
        let (workshop, bob, demo, now) = (workshop, bob, demo, now)
        let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask {
                    do {
                        _ = try await workshop.stores.collaboration.acceptInvitation(
                            to: demo, by: bob, from: RequestOrigin(), at: now)
                        return true
                    } catch is RoleRefusal {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        // Each of them hears that the role is theirs, and it was given once.
        #expect(accepted == 100)
        #expect(try await workshop.told("bob is now maintainer of demo") == ["ada@example.org"])
    }
}

@Suite("A role") struct RoleChangeTests {
    let workshop: Workshop
    let bob: Actor
    let ada: Username
    let bobsName: Username
    var index: TestIndex { workshop.index }
    var stores: Stores { index.stores }
    var demo: ProjectName { workshop.demo }
    var now: Timestamp { index.now }

    init() async throws {
        workshop = try await Workshop()
        try await workshop.upload("1.0")
        bob = try await workshop.person("bob")
        ada = try Username(parsing: "ada")
        bobsName = try Username(parsing: "bob")
        try await workshop.stores.projects.addRole(
            .maintainer, on: workshop.demo, to: bobsName, by: .operatorAtMachine, at: workshop.now)
    }

    func change(_ user: Username, to role: Role, by actor: Actor? = nil) async throws {
        try await stores.roles.changeRole(
            of: user, to: role, on: demo, by: actor ?? index.ada, from: workshop.origin, at: now)
    }

    func leave(_ actor: Actor) async throws {
        try await stores.roles.leave(demo, by: actor, from: workshop.origin, at: now)
    }

    @Test("is since when it was given, and changes by an owner's hand")
    func changed() async throws {
        let collaboration = try #require(try await stores.collaboration.collaboration(on: demo, at: now))
        #expect(collaboration.collaborators.map(\.user) == [ada, bobsName])
        #expect(collaboration.collaborators.allSatisfy { $0.since == now } && collaboration.role(of: ada) == .owner)
        await #expect(throws: AccessRefusal.self) { try await change(bobsName, to: .owner, by: bob) }
        await #expect(throws: RoleRefusal.lastOwner(ada, demo)) { try await change(ada, to: .maintainer) }
        try await change(bobsName, to: .owner)
        #expect(try await workshop.told("bob is now owner of demo") == ["ada@example.org"])
        try await change(ada, to: .maintainer, by: bob)
        #expect(try await workshop.told("You are now maintainer of demo") == ["bob@example.org"])
        #expect(try await workshop.told("You are no longer an owner of demo") == ["ada@example.org"])
        await #expect(throws: RoleRefusal.hasNoRole(try Username(parsing: "eve"), demo)) {
            _ = try await workshop.person("eve")
            try await change(Username(parsing: "eve"), to: .owner, by: bob)
        }
    }

    @Test("can be given up, but not by the last owner, who hears what to do")
    func left() async throws {
        let refusal = await #expect(throws: RoleRefusal.self) { try await leave(index.ada) }
        #expect(refusal == .lastOwner(ada, demo))
        #expect(refusal?.explanation.contains("Make somebody else an owner first") == true)
        try await leave(bob)
        #expect(try await workshop.told("bob is no longer maintainer of demo") == ["ada@example.org"])
        #expect(try await workshop.lastEntry()?.action == .project(.leaveProject))
        await #expect(throws: AccessRefusal.self) { try await leave(bob) }
        #expect(try await stores.projects.snapshot(of: demo)?.roles == [RoleHolder(user: ada, role: .owner)])
    }

    @Test("can be given up by somebody who does not fulfil what the project requires")
    func leftWithoutFactor() async throws {
        try await stores.projects.requireAssurance(.phishingResistant, on: demo, by: .operatorAtMachine, at: now)
        #expect(try await workshop.told("demo asks for more") == ["ada@example.org", "bob@example.org"])
        await #expect(throws: AccessRefusal.self) { try await change(bobsName, to: .owner) }
        try await leave(bob)
    }

    @Test("that is taken away is told to the person and to all owners")
    func taken() async throws {
        try await stores.roles.removeRole(on: demo, from: bobsName, by: index.ada, from: workshop.origin, at: now)
        #expect(try await workshop.told("Your role on demo was taken away") == ["bob@example.org"])
        #expect(try await workshop.told("bob is no longer maintainer of demo") == ["ada@example.org"])
        let event = try await workshop.lastEvent(of: bob)
        #expect(event?.origin == RequestOrigin(), "from where ada acted is not for bob")
    }
}
