import Accounts
import Acts
import Journal
import Leaving
import Letters
import PackagingFormats
import People
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

/// A project with an owner for long, ada, and somebody who becomes one later, mallory.
struct Company {
    let workshop: Workshop
    let mallory: Actor
    var stores: Stores { workshop.index.stores }
    var ada: Actor { workshop.index.ada }
    var demo: ProjectName { workshop.demo }
    /// Long after ada made the project; mallory is an owner for a minute.
    var later: Timestamp { workshop.now + .days(400) }

    init() async throws {
        workshop = try await Workshop()
        try await workshop.upload("1.0")
        mallory = try await workshop.person("mallory")
        try await stores.projects.addRole(
            .owner, on: demo, to: #require(mallory.username), by: .operatorAtMachine, at: later - .minutes(1))
    }

    /// The same person who has just signed in at another time.
    func signedIn(_ actor: Actor, at moment: Timestamp) -> Actor {
        Actor(
            actor.identity, assurance: .password,
            session: SessionStanding(proofs: [Proof(.password, at: moment)], strongest: .password))
    }

    func remove(_ user: Actor, by actor: Actor, at moment: Timestamp? = nil) async throws {
        let moment = moment ?? later
        let actor = actor.userID == nil ? actor : signedIn(actor, at: moment)
        try await stores.roles.removeRole(
            on: demo, from: #require(user.username), by: actor, from: workshop.origin, at: moment)
    }

    func demote(_ user: Actor, by actor: Actor, at moment: Timestamp? = nil) async throws {
        let moment = moment ?? later
        let actor = actor.userID == nil ? actor : signedIn(actor, at: moment)
        try await stores.roles.changeRole(
            of: #require(user.username), to: .maintainer, on: demo, by: actor, from: workshop.origin, at: moment)
    }

    func takeBack(_ actor: Actor, seen: Timestamp? = nil, at moment: Timestamp? = nil) async throws {
        let moment = moment ?? later
        try await stores.roles.returnAsOwner(
            of: demo, for: nil, seen: seen, by: signedIn(actor, at: moment), from: workshop.origin, at: moment)
    }

    func owners() async throws -> [String] {
        let removed = try await stores.removals.removedProjects().first?.roles
        let roles = if let removed { removed } else { try await stores.projects.snapshot(of: demo)?.roles ?? [] }
        return roles.filter { $0.role == .owner }.map(\.user.normalized)
    }

    func told(_ subject: String) async throws -> [String] {
        try await stores.mail.due(at: later + .days(60), limit: 1_000)
            .filter { $0.mail.letter.subject == subject }.map(\.mail.to.text)
    }

    func lastEntry() async throws -> JournalEntry? { try await workshop.lastEntry() }
}

@Suite("The role of an owner") struct OwnershipTests {
    let company: Company
    var stores: Stores { company.stores }
    var ada: Actor { company.ada }
    var mallory: Actor { company.mallory }
    var demo: ProjectName { company.demo }
    var later: Timestamp { company.later }
    let lost = "You are no longer an owner of demo"

    init() async throws { company = try await Company() }

    @Test("is taken from nobody by who became an owner after them, for 14 days, and nothing has changed")
    func newOwner() async throws {
        let (name, until) = (try #require(ada.username), later - .minutes(1) + .days(14))
        let entry = try await company.lastEntry()
        await #expect(throws: RoleChangeRefusal.ownerForTooShort(name, demo, until: until)) {
            try await company.remove(ada, by: mallory)
        }
        await #expect(throws: RoleChangeRefusal.ownerForTooShort(name, demo, until: until)) {
            try await company.demote(ada, by: mallory, at: until - .microseconds(1))
        }
        #expect(try await company.owners() == ["ada", "mallory"])
        #expect(try await company.lastEntry() == entry)
        #expect(try await company.told(lost) == [])
        try await company.demote(ada, by: mallory, at: until)
        #expect(try await company.owners() == ["mallory"])
    }

    @Test("is not made worthless by what a new owner asks of everybody, for 14 days")
    func requirement() async throws {
        let (name, until) = (try #require(ada.username), later - .minutes(1) + .days(14))
        func require(_ actor: Actor, at moment: Timestamp) async throws {
            let strong = Actor(
                actor.identity, assurance: .phishingResistant,
                session: SessionStanding(
                    proofs: [Proof(.phishingResistant, at: moment)], strongest: .phishingResistant))
            try await stores.projects.requireAssurance(.phishingResistant, on: demo, by: strong, at: moment)
        }
        func asked() async throws -> Assurance? {
            let snapshot = try await stores.projects.snapshot(of: demo)
            return snapshot?.project.requiredAssurance
        }
        let entry = try await company.lastEntry()
        for moment in [later, until - .microseconds(1)] {
            await #expect(throws: SettingsRefusal.ownerForTooShort(demo, older: [name], until: until)) {
                try await require(mallory, at: moment)
            }
        }
        #expect(try await asked() == .password)
        #expect(try await company.lastEntry() == entry)
        try await require(ada, at: later)
        #expect(try await asked() == .phishingResistant, "an older one can")
    }

    @Test("is not come by through the account of an older one: a new one does not vouch for it, for 14 days")
    func vouching() async throws {
        let (old, new) = (try #require(ada.userID), try #require(mallory.userID))
        let until = later - .minutes(1) + .days(14)
        #expect(try await !stores.accounts.canVouch(new, for: old, at: later))
        #expect(try await !stores.accounts.canVouch(new, for: old, at: until - .microseconds(1)))
        #expect(try await stores.accounts.canVouch(new, for: old, at: until))
        #expect(try await stores.accounts.canVouch(old, for: new, at: later), "an older one vouches for a new one")
    }

    @Test(
        "that ended is told to its holder at all addresses, one that was removed lately among them, and to the owners",
        arguments: [true, false])
    func told(removed: Bool) async throws {
        let name = try #require(ada.username)
        let old = try EmailAddress(parsing: "old@example.org")
        try await stores.accounts.addAddress(
            old, to: name, verification: MailedLink(path: "/account/verify-email/1/", secretHash: [1]),
            by: company.signedIn(ada, at: later), from: company.workshop.origin, at: later)
        try await company.workshop.index.database.byHand(
            "UPDATE email_address SET verified_at = $1 WHERE address = $2", later.microseconds, old.text)
        try await stores.accounts.removeAddress(
            old, from: name, by: company.signedIn(ada, at: later), from: company.workshop.origin, at: later)
        if removed {
            try await company.remove(ada, by: .operatorAtMachine)
        } else {
            try await company.demote(ada, by: .operatorAtMachine)
        }
        #expect(try await Set(company.told(lost)) == ["ada@example.org", "old@example.org"])
        let subject = removed ? "ada is no longer owner of demo" : "ada is now maintainer of demo"
        #expect(try await company.told(subject) == ["mallory@example.org"])
        let letters = try await stores.mail.due(at: later + .days(1), limit: 100).map(\.mail)
        let letter = try #require(letters.first { $0.letter.subject == lost && $0.to.text == "ada@example.org" }).letter
        #expect(letter.link?.path == "/manage/role/demo/")
    }

    @Test("comes back by who lost it for 72 hours, with a fresh proof, no matter who took it", arguments: 0..<4)
    func back(way: Int) async throws {
        switch way {
        case 0: try await company.remove(ada, by: .operatorAtMachine)
        case 1: try await company.demote(ada, by: .operatorAtMachine)
        case 2:
            try await stores.roles.leave(
                demo, by: company.signedIn(ada, at: later), from: company.workshop.origin, at: later)
        default: try await company.remove(ada, by: mallory, at: later + .days(15))
        }
        let taken = way == 3 ? later + .days(15) : later
        #expect(try await company.owners() == ["mallory"])
        let id = try #require(ada.userID)
        let loss = try #require(try await stores.roles.losses(of: id, at: taken).first)
        #expect(loss.ownerSince == company.workshop.now && loss.undoneUntil == taken + .hours(72))
        let last = loss.undoneUntil - .microseconds(1)
        await #expect(throws: AccessRefusal.self, "without a fresh proof") {
            try await stores.roles.returnAsOwner(
                of: demo, for: nil, seen: nil, by: company.signedIn(ada, at: last - .hours(1)),
                from: company.workshop.origin, at: last)
        }
        try await company.takeBack(ada, at: last)
        #expect(try await company.owners() == ["ada", "mallory"])
        let entry = try #require(try await company.lastEntry())
        #expect(entry.action == .project(.returnAsOwner) && entry.details == ["user": "ada", "role": "owner"])
        #expect(try await company.told("You are an owner of demo again") == ["ada@example.org"])
        #expect(try await company.told("ada is an owner of demo again") == ["mallory@example.org"])
        // As before: the new one takes it again no sooner, and an old one ends theirs.
        let collaboration = try #require(try await stores.collaboration.collaboration(on: demo, at: last))
        #expect(collaboration.collaborators.first { $0.user == ada.username }?.since == company.workshop.now)
        try await company.remove(mallory, by: ada, at: last)
        #expect(try await company.owners() == ["ada"])
        #expect(try await company.workshop.contradictions() == [])
    }

    @Test("does not come back after 72 hours, twice, for another, or from a page that is out of date")
    func refused() async throws {
        try await company.remove(ada, by: .operatorAtMachine)
        let end = later + .hours(72)
        let bob = try await company.workshop.person("bob")
        await #expect(throws: RoleChangeRefusal.undoneTooLate(demo, until: end)) {
            try await company.takeBack(ada, at: end)
        }
        for other in [bob, mallory] {
            await #expect(throws: RoleChangeRefusal.nothingLost(demo)) { try await company.takeBack(other) }
        }
        await #expect(throws: RoleChangeRefusal.changedSince(demo)) {
            try await company.takeBack(ada, seen: later - .seconds(1))
        }
        #expect(try await company.owners() == ["mallory"])
        try await company.takeBack(ada, seen: later)
        await #expect(throws: RoleChangeRefusal.isBack(demo, since: later)) { try await company.takeBack(ada) }
        // Made an owner in another way meanwhile.
        try await company.remove(ada, by: .operatorAtMachine)
        try await stores.projects.addRole(
            .owner, on: demo, to: #require(ada.username), by: .operatorAtMachine, at: later)
        await #expect(throws: RoleChangeRefusal.isOwner(demo)) { try await company.takeBack(ada) }
    }

    @Test("comes back whatever the others did meanwhile: the project removed, more asked, more people invited")
    func meanwhile() async throws {
        try await company.remove(ada, by: .operatorAtMachine)
        let bob = try #require(try await company.workshop.person("bob").username)
        try await stores.collaboration.invite(
            bob, as: .owner, to: demo, by: company.signedIn(mallory, at: later), from: company.workshop.origin,
            at: later)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: later)
        try await stores.removals.deleteProject(
            demo, by: .operatorAtMachine, from: company.workshop.origin, at: later)
        try await company.takeBack(ada)
        #expect(try await company.owners() == ["ada", "mallory"])
        try await stores.removals.restore(demo, by: .operatorAtMachine, from: company.workshop.origin, at: later)
        // What it takes to act is asked all the same.
        await #expect(throws: AccessRefusal.self) { try await company.remove(mallory, by: ada) }
    }

    @Test("does not come back in a project that others made under the freed name")
    func freed() async throws {
        try await company.remove(ada, by: .operatorAtMachine)
        try await stores.removals.deleteProject(
            demo, by: .operatorAtMachine, from: company.workshop.origin, at: later)
        try await stores.releaseName(demo, at: later)
        try await company.workshop.upload("9.0", by: company.workshop.person("eve"))
        await #expect(throws: RoleChangeRefusal.nothingLost(demo)) { try await company.takeBack(ada) }
    }

    @Test("comes back once to a new owner whom an older one removed: the second time that holds")
    func dispute() async throws {
        try await company.remove(mallory, by: ada)
        try await company.takeBack(mallory)
        #expect(try await company.owners() == ["ada", "mallory"])
        try await company.remove(mallory, by: ada)
        await #expect(throws: RoleChangeRefusal.olderOwnerDecided(demo)) { try await company.takeBack(mallory) }
        #expect(try await company.owners() == ["ada"])
    }

    @Test("of a critical project ends for no old owner before one of the new ones is one for 14 days")
    func critical() async throws {
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: later)
        let until = later - .minutes(1) + .days(14)
        await #expect(throws: RoleChangeRefusal.transferWaits(try #require(ada.username), demo, until: until)) {
            try await stores.roles.leave(
                demo, by: company.signedIn(ada, at: later), from: company.workshop.origin, at: later)
        }
        try await stores.roles.leave(
            demo, by: company.signedIn(ada, at: until), from: company.workshop.origin, at: until)
        #expect(try await company.owners() == ["mallory"])
    }

    @Test("that is the last one ends on another page, which the refusal names")
    func lastOwner() async throws {
        try await company.remove(mallory, by: ada)
        let refusal = await #expect(throws: RoleRefusal.self) {
            try await stores.roles.leave(
                demo, by: company.signedIn(ada, at: later), from: company.workshop.origin, at: later)
        }
        #expect(refusal?.guidance.places == [.leaving(demo)])
        #expect(refusal?.sentence().contains("/manage/project/demo/leaving/") == true)
    }

    @Test("that somebody was invited to is accepted and declined for them by the operator")
    func operators() async throws {
        let bob = try #require(try await company.workshop.person("bob").username)
        for _ in 0..<2 {
            try await stores.collaboration.invite(
                bob, as: .owner, to: demo, by: .operatorAtMachine, from: RequestOrigin(), at: later)
            try await stores.collaboration.declineInvitation(
                to: demo, of: bob, by: .operatorAtMachine, from: RequestOrigin(), at: later)
            #expect(try await company.owners() == ["ada", "mallory"])
        }
        try await stores.collaboration.invite(
            bob, as: .owner, to: demo, by: .operatorAtMachine, from: RequestOrigin(), at: later)
        #expect(
            try await stores.collaboration.acceptInvitation(
                to: demo, of: bob, by: .operatorAtMachine, from: RequestOrigin(), at: later) == nil)
        #expect(try await company.owners() == ["ada", "bob", "mallory"])
        // For another account nobody but the operator answers.
        let eve = try await company.workshop.person("eve")
        await #expect(throws: RoleRefusal.self) {
            _ = try await stores.collaboration.acceptInvitation(
                to: demo, of: bob, by: company.signedIn(eve, at: later), from: RequestOrigin(), at: later)
        }
    }
}

@Suite("An account that its holder wants deleted") struct AccountDeletionTests {
    let company: Company
    var stores: Stores { company.stores }
    var ada: Actor { company.ada }
    var later: Timestamp { company.later }
    var due: Timestamp { later + AccountDeletionPolicy.wait }

    init() async throws { company = try await Company() }

    func ask(_ actor: Actor, typed: String? = nil, at moment: Timestamp? = nil) async throws {
        let (moment, name) = (moment ?? later, try #require(actor.username))
        try await stores.deletions.ask(
            deletionOf: name, confirming: typed ?? name.display, by: company.signedIn(actor, at: moment),
            from: company.workshop.origin, at: moment)
    }

    @Test("goes on its day: roles, addresses, password, tokens; its name, its trail and what it published stay")
    func deleted() async throws {
        let name = try #require(ada.username)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "laptop", rootKey: [1], owner: name, label: "", projects: nil, expiresAt: nil),
            by: .operatorAtMachine, from: company.workshop.origin, at: later)
        try await ask(ada)
        #expect(try await company.told("Your account is to be deleted") == ["ada@example.org"])
        #expect(try await stores.deletions.carryOut(at: due - .microseconds(1)) == 0)
        #expect(try await company.owners() == ["ada", "mallory"])
        #expect(try await stores.deletions.carryOut(at: due) == 1)
        #expect(try await stores.deletions.carryOut(at: due) == 0)
        #expect(try await company.owners() == ["mallory"])
        #expect(try await company.told("Your account was deleted") == ["ada@example.org"])
        #expect(try await company.told("ada is no longer owner of demo") == ["mallory@example.org"])
        let user = try #require(try await stores.accounts.user(named: name))
        #expect(user.disabling != nil && user.email.text == "nobody@deleted.invalid")
        #expect(try await stores.accounts.addresses(of: user.id) == [])
        #expect(try await stores.accounts.credentials(of: "ada")?.passwordHash == nil)
        #expect(try await stores.accounts.user(nameOrAddress: "ada@example.org") == nil)
        #expect(try await stores.tokens.tokens(of: name).allSatisfy { $0.revokedAt != nil })
        // Its name rests for ever; its address is free.
        await #expect(throws: AccountRefusal.nameTaken(name)) {
            _ = try await stores.accounts.add(
                NewUser(
                    name: name, email: EmailAddress(parsing: "evil@example.org"), isAdministrator: false,
                    passwordHash: nil), by: .operatorAtMachine, at: due)
        }
        // Nobody brings it back, as if it were disabled.
        await #expect(throws: AccountDeletionRefusal.isDeleted(name)) {
            try await SQLPeople(company.workshop.index.database).enable(name, by: .operatorAtMachine, at: due)
        }
        await #expect(throws: AccountRefusal.disabled(name)) {
            try await stores.projects.addRole(.owner, on: company.demo, to: name, by: .operatorAtMachine, at: due)
        }
        // Its trail.
        let journal = try await stores.journal.entries(JournalQuery(limit: 1_000))
        #expect(journal.contains { $0.actor == "user ada" && $0.action == .project(.createProject) })
        #expect(journal.last?.action == .account(.deleteUser) && journal.last?.actor == "index")
        #expect(!(try await stores.accounts.events(of: user.id, before: nil, limit: 10)).isEmpty)
        let file = try await stores.projects.snapshot(of: company.demo)?.releases.first?.files.first
        #expect(file?.uploader?.display == "ada")
        #expect(try await company.workshop.contradictions() == [])
    }

    @Test("stays while nobody else owns a project of theirs, which the refusal names; archived, it does not count")
    func soleOwner() async throws {
        let mallory = try #require(company.mallory.username)
        try await company.remove(company.mallory, by: ada)
        let name = try #require(ada.username)
        await #expect(throws: AccountDeletionRefusal.soleOwner(name, [company.demo])) { try await ask(ada) }
        #expect(AccountDeletionRefusal.soleOwner(name, [company.demo]).explanation.contains("'demo'"))
        // Somebody whose account is disabled could not answer for it.
        try await stores.projects.addRole(.owner, on: company.demo, to: mallory, by: .operatorAtMachine, at: later)
        let people = SQLPeople(company.workshop.index.database)
        try await people.disable(mallory, reason: "away", by: .operatorAtMachine, at: later)
        await #expect(throws: AccountDeletionRefusal.soleOwner(name, [company.demo])) { try await ask(ada) }
        try await stores.removals.setStatus(
            .archived, reason: nil, of: company.demo, by: .operatorAtMachine, at: later)
        try await ask(ada)
        #expect(try await stores.deletions.carryOut(at: due) == 1)
        // Nobody else gets the project's name by that.
        await #expect(throws: (any Error).self) {
            try await company.workshop.upload("9.0", by: company.workshop.person("eve"))
        }
    }

    @Test("stays while they could take a role back, or asked for something, or administrate; and is asked for once")
    func refused() async throws {
        let name = try #require(ada.username)
        try await company.demote(ada, by: .operatorAtMachine)
        let until = later + .hours(72)
        await #expect(throws: AccountDeletionRefusal.rolesLost(name, [company.demo], until: until)) {
            try await ask(ada, at: until - .microseconds(1))
        }
        try await company.takeBack(ada)
        await #expect(throws: AccountDeletionRefusal.notConfirmed(name)) { try await ask(ada, typed: "mallory") }
        try await company.workshop.upload("1.0", of: "other")
        let outcome = try await stores.removals.remove(
            .project, of: company.demo, reason: "old", seen: nil, by: company.signedIn(ada, at: later),
            from: company.workshop.origin, at: later)
        guard case .asked(let request) = outcome else {
            Issue.record("it was done at once")
            return
        }
        await #expect(throws: AccountDeletionRefusal.self) { try await ask(ada) }
        try await stores.removals.object(
            to: request.id, of: company.demo, reason: "", by: .operatorAtMachine, from: company.workshop.origin,
            at: later)
        await #expect(throws: AccountDeletionRefusal.soleOwner(name, [try ProjectName(parsing: "other")])) {
            try await ask(ada)
        }
        let mallory = try #require(company.mallory.username)
        try await ask(company.mallory)
        await #expect(throws: AccountDeletionRefusal.alreadyAsked(mallory, due: due)) { try await ask(company.mallory) }
        await #expect(throws: AccessRefusal.anothersAccount) {
            try await stores.deletions.ask(
                deletionOf: mallory, confirming: "mallory", by: company.signedIn(ada, at: later),
                from: company.workshop.origin, at: later)
        }
        let people = SQLPeople(company.workshop.index.database)
        try await people.setAdministrator(true, name, by: .operatorAtMachine, at: later)
        await #expect(throws: AccountDeletionRefusal.administrator(name)) { try await ask(ada) }
    }

    @Test("is kept by its holder until the day, and by the index where something stands against it then")
    func kept() async throws {
        let mallory = company.mallory
        let name = try #require(mallory.username)
        await #expect(throws: AccountDeletionRefusal.notAsked(name)) {
            try await stores.deletions.stop(
                deletionOf: name, by: company.signedIn(mallory, at: later), from: company.workshop.origin, at: later)
        }
        try await ask(mallory)
        try await stores.deletions.stop(
            deletionOf: name, by: company.signedIn(mallory, at: later - .days(1)), from: company.workshop.origin,
            at: later)
        #expect(try await stores.deletions.deletion(of: #require(mallory.userID)) == nil)
        #expect(try await stores.deletions.carryOut(at: due) == 0)
        #expect(try await company.told("Your account stays") == ["mallory@example.org"])
        // Meanwhile they became the only owner, and made a project of their own.
        try await ask(mallory)
        try await company.workshop.upload("1.0", of: "tool", by: mallory)
        #expect(try await stores.deletions.carryOut(at: due) == 1)
        #expect(try await company.owners() == ["ada", "mallory"])
        #expect(try await company.told("Your account stays").count == 2)
        #expect(try await company.lastEntry()?.details == ["reason": "account-deletion.sole-owner"])
    }

    @Test("ends what waits for it: invitations that it made, and that it was asked to accept")
    func pending() async throws {
        let mallory = company.mallory
        let (name, bob) = (
            try #require(mallory.username), try #require(try await company.workshop.person("bob").username)
        )
        try await stores.collaboration.invite(
            bob, as: .owner, to: company.demo, by: company.signedIn(mallory, at: later), from: company.workshop.origin,
            at: later)
        try await company.workshop.upload("1.0", of: "tool")
        let tool = try ProjectName(parsing: "tool")
        try await stores.collaboration.invite(
            name, as: .maintainer, to: tool, by: .operatorAtMachine, from: company.workshop.origin, at: later)
        try await ask(mallory)
        #expect(try await stores.deletions.carryOut(at: due) == 1)
        for project in [company.demo, tool] {
            let found = try #require(try await stores.collaboration.collaboration(on: project, at: later))
            #expect(found.invitations == [])
        }
    }
}
