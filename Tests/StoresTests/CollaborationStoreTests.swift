import Accounts
import Acts
import Journal
import PackagingFormats
import Policy
import Ports
import Projects
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

    func accept(by actor: Actor? = nil, at moment: Timestamp? = nil) async throws {
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
        await #expect(throws: RoleRefusal.noInvitation(bobsName, demo)) { try await accept() }
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

    @Test("takes a second factor where the project requires two, when it is made and when it is accepted")
    func secondFactor() async throws {
        try await invite()
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        await #expect(throws: AccessRefusal.self) { try await accept() }
        try await stores.collaboration.declineInvitation(to: demo, by: bob, from: workshop.origin, at: now)
        let refusal = await #expect(throws: RoleRefusal.self) { try await invite(by: .operatorAtMachine) }
        #expect(refusal?.code == "role.not-ready")
        #expect(try await roles()?.count == 1)
    }

    @Test("with a new second factor is accepted when that counts, and not before")
    func probation() async throws {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        let project = try ProjectName(parsing: "demo-pkg")
        try await people.index.receive(.wheel())
        try await stores.projects.requireAssurance(.secondFactor, on: project, by: .operatorAtMachine, at: now)
        let (grace, key, _) = try await people.withKey("grace")
        // Who is on probation can be asked already.
        try await stores.collaboration.invite(
            grace.name, as: .maintainer, to: project, by: .operatorAtMachine, from: people.origin, at: now)
        let session = try await people.signIn(grace, key, count: 6)
        await #expect(throws: AccessRefusal.self) {
            try await stores.collaboration.acceptInvitation(
                to: project, by: session.actor, from: people.origin, at: now)
        }
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.collaboration.acceptInvitation(to: project, by: session.actor, from: people.origin, at: now)
        #expect(try await stores.projects.snapshot(of: project)?.roles.count == 2)
    }

    @Test("ends with the project, and with the ownership of anyone who made it")
    func withItsMaker() async throws {
        try await invite(as: .owner)
        try await accept()
        let eve = try await workshop.person("eve")
        let evesName = try Username(parsing: "eve")
        try await invite(evesName, as: .owner, by: bob)
        try await stores.projects.removeRole(on: demo, from: bobsName, by: index.ada, from: workshop.origin, at: now)
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
                        try await workshop.stores.collaboration.acceptInvitation(
                            to: demo, by: bob, from: RequestOrigin(), at: now)
                        return true
                    } catch is RoleRefusal {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(accepted == 1)
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
        try await stores.collaboration.changeRole(
            of: user, to: role, on: demo, by: actor ?? index.ada, from: workshop.origin, at: now)
    }

    func leave(_ actor: Actor) async throws {
        try await stores.collaboration.leave(demo, by: actor, from: workshop.origin, at: now)
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
        #expect(try await workshop.told("You are now maintainer of demo") == ["bob@example.org", "ada@example.org"])
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
        try await stores.projects.removeRole(on: demo, from: bobsName, by: index.ada, from: workshop.origin, at: now)
        #expect(try await workshop.told("Your role on demo was taken away") == ["bob@example.org"])
        #expect(try await workshop.told("bob is no longer maintainer of demo") == ["ada@example.org"])
        let event = try await workshop.lastEvent(of: bob)
        #expect(event?.origin == RequestOrigin(), "from where ada acted is not for bob")
    }
}
