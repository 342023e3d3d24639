import Accounts
import Acts
import Journal
import PackagingFormats
import People
import Policy
import Ports
import Primitives
import Roles
import Stores
import Support
import Testing
import UTC

@Suite("The people of an index") struct PeopleStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    var store: SQLPeople { SQLPeople(people.index.database) }

    init() async throws { people = try await People() }

    private func admin(_ name: String = "root") async throws -> Actor {
        let user = try await people.user(name)
        try await store.setAdministrator(true, user.name, by: .operatorAtMachine, at: now)
        return Actor(
            .user(user.id, user.name, isAdministrator: true), assurance: .secondFactor,
            session: SessionStanding(proofs: [Proof(.secondFactor, at: now)], strongest: .secondFactor))
    }

    @Test("who is disabled is told why at the right password, and keeps everything but the sessions")
    func disable() async throws {
        let bob = try await people.user("bob")
        _ = try await people.password(bob)
        let root = try await admin()
        try await store.disable(bob.name, reason: " left the\ncompany ", by: root, at: now)
        #expect(try await stores.sessions.sessions(of: bob.id, at: now).isEmpty)
        let disabling = AccountDisabling(since: now, reason: "left the company")
        await #expect(throws: AccessRefusal.accountDisabled(disabling)) { try await people.password(bob) }
        #expect(try await store.person(bob.name, at: now)?.user.disabling == disabling)
        #expect(try await people.recipients("Your account was disabled") == ["bob@example.org"])
        let entry = try await stores.journal.entries(JournalQuery(limit: 1_000)).last
        #expect(entry?.action == .account(.disableUser) && entry?.details["reason"] == "left the company")
        // Once is enough.
        let serial = try await stores.journal.latestSerial()
        try await store.disable(bob.name, reason: "again", by: root, at: now)
        #expect(try await stores.journal.latestSerial() == serial)

        try await store.enable(bob.name, by: root, at: now)
        _ = try await people.password(bob)
        #expect(try await people.recipients("Your account can be used again") == ["bob@example.org"])
    }

    @Test("what somebody set going before an account was disabled is not ripe when it is enabled")
    func setGoing() async throws {
        let (grace, _, session) = try await people.withKey("grace")
        let due = try await stores.recoveries.request(
            for: grace.name, by: session.actor, from: people.origin, at: now
        ).dueAt
        try await store.disable(grace.name, reason: "a theft?", by: .operatorAtMachine, at: now + .days(1))
        #expect(try await stores.recoveries.recovery(of: grace.id) == nil)
        #expect(
            try await stores.journal.entries(JournalQuery(limit: 1_000)).contains {
                $0.action == .account(.cancelRecovery)
            })
        // The probation of the key, which ran at that time, is not over by itself, and nobody is told that it is.
        try await stores.factors.endProbations(at: due)
        #expect(try await stores.factors.factors(of: grace.id).probation != nil)

        try await store.enable(grace.name, by: .operatorAtMachine, at: due)
        #expect(try await stores.factors.factors(of: grace.id).probation?.until == due + Probation.length)
        let waiting = try await people.password(grace, secret: 8, at: due)
        await #expect(throws: RecoveryRefusal.none) {
            try await stores.recoveries.complete(
                in: waiting.id, newSecretHash: [3], from: people.origin, at: due)
        }
        // One that was over is not begun again.
        try await stores.factors.endProbations(at: due + Probation.length)
        try await store.disable(grace.name, reason: "left", by: .operatorAtMachine, at: due + .days(5))
        try await store.enable(grace.name, by: .operatorAtMachine, at: due + .days(6))
        #expect(try await stores.factors.factors(of: grace.id).probation?.until == due + Probation.length)
    }

    @Test("who is disabled is vouched for by nobody, and offered to nobody to vouch for")
    func vouching() async throws {
        let root = try await admin()
        let name = try #require(root.username)
        let administrator = try #require(try await stores.accounts.user(named: name))
        let (grace, _, _) = try await people.withKey("grace")
        try await TestGiveaway.addKey(to: administrator.id, model: nil, in: people.index.database, at: now)
        func vouchable() async throws -> Set<String> {
            try await stores.accounts.vouchable(among: [grace.name], by: administrator, at: now)
        }
        #expect(try await vouchable() == ["grace"])
        try await store.disable(grace.name, reason: "a theft?", by: .operatorAtMachine, at: now)
        #expect(try await vouchable() == [])
        for actor in [root, .operatorAtMachine] {
            await #expect(throws: AccountRefusal.disabled(grace.name)) {
                try await stores.factors.endProbation(of: grace.name, by: actor, from: people.origin, at: now)
            }
        }
        #expect(try await stores.factors.factors(of: grace.id).probation != nil)
        try await store.enable(grace.name, by: .operatorAtMachine, at: now)
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await stores.factors.factors(of: grace.id).probation == nil)
    }

    @Test("a mailed link leads into no disabled account")
    func links() async throws {
        let bob = try await people.user("bob")
        try await stores.accounts.mailLink(
            MailedLink(path: "/x/", secretHash: [1]), .resetPassword, to: bob.id, from: people.origin, at: now)
        try await store.disable(bob.name, reason: "left", by: .operatorAtMachine, at: now)
        await #expect(throws: AccessRefusal.self) {
            try await stores.accounts.usePasswordLink(
                secretHash: [1], passwordHash: "hash", from: people.origin, at: now)
        }
    }

    @Test("the index keeps an administrator that can be used, and nobody disables themselves")
    func lastAdministrator() async throws {
        let root = try await admin()
        let name = try #require(root.username)
        await #expect(throws: AccountRefusal.lastAdministrator(name)) {
            try await store.setAdministrator(false, name, by: .operatorAtMachine, at: now)
        }
        await #expect(throws: AccountRefusal.lastAdministrator(name)) {
            try await store.disable(name, reason: "left", by: .operatorAtMachine, at: now)
        }
        let eve = try await admin("eve")
        await #expect(throws: AccountRefusal.ownAccount) {
            try await store.disable(name, reason: "by accident", by: root, at: now)
        }
        // One session alone takes nobody's last objector away.
        await #expect(throws: AccountRefusal.lastOtherAdministrator(name)) {
            try await store.disable(name, reason: "in the way", by: eve, at: now)
        }
        await #expect(throws: AccountRefusal.lastOtherAdministrator(name)) {
            try await store.setAdministrator(false, name, by: eve, at: now)
        }
        try await store.disable(name, reason: "left", by: .operatorAtMachine, at: now)
        #expect(try await people.recipients("The administrator root was disabled") == ["eve@example.org"])
        // One that is disabled is not another one.
        await #expect(throws: AccountRefusal.lastAdministrator(try Username(parsing: "eve"))) {
            try await store.setAdministrator(false, Username(parsing: "eve"), by: eve, at: now)
        }
        await #expect(throws: AccountRefusal.reasonMissing) {
            try await store.disable(people.user("bob").name, reason: " ", by: eve, at: now)
        }
    }

    @Test("nobody makes an administrator, or brings one back, who could not be given as much")
    func gain() async throws {
        let root = try await admin()
        let bob = try await people.user("bob")
        await #expect(throws: AccessRefusal.tooWeak(needs: .attestedHardware)) {
            try await store.setAdministrator(true, bob.name, by: root, at: now)
        }
        _ = try await admin("eve")
        let eve = try Username(parsing: "eve")
        _ = try await admin("heidi")
        try await store.disable(eve, reason: "left", by: root, at: now)
        await #expect(throws: AccessRefusal.tooWeak(needs: .attestedHardware)) {
            try await store.enable(eve, by: root, at: now)
        }
        try await store.disable(bob.name, reason: "left", by: root, at: now)
        try await store.enable(bob.name, by: root, at: now)
        await #expect(throws: AccessRefusal.administratorsOnly) {
            try await store.disable(
                eve, reason: "x",
                by: Actor(.user(bob.id, bob.name, isAdministrator: false), assurance: .attestedHardware), at: now)
        }
        #expect(try await people.recipients("eve is now an administrator") == ["root@example.org"])
        #expect(
            try await people.recipients("The administrator eve was disabled").sorted()
                == ["heidi@example.org", "root@example.org"])
    }

    @Test("an owner whose account is disabled is nobody who could help")
    func owners() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (ada, bob) = (try await people.user("ada"), try await people.user("bob"))
        try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        #expect(try await stores.accounts.canVouch(bob.id, for: ada.id, at: now))
        try await store.disable(bob.name, reason: "left", by: .operatorAtMachine, at: now)
        #expect(try await !stores.accounts.canVouch(bob.id, for: ada.id, at: now))
        #expect(try await people.recipients("The account of bob was disabled") == ["ada@example.org"])
        await #expect(throws: RoleRefusal.lastOwner(ada.name, demo)) {
            try await stores.roles.removeRole(
                on: demo, from: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
        }
        let grace = try await people.user("grace")
        try await store.disable(grace.name, reason: "left", by: .operatorAtMachine, at: now)
        await #expect(throws: AccountRefusal.disabled(grace.name)) {
            try await stores.projects.addRole(.owner, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        }
    }

    @Test("who could publish a project, and with what, is known of every project")
    func who() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (grace, _, session) = try await people.withKey("grace")
        try await stores.projects.addRole(.maintainer, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        for (id, projects) in [("a", nil), ("b", [try ProjectName(parsing: "other")])] {
            _ = try await stores.tokens.add(
                NewAPIToken(
                    id: id, rootKey: [UInt8](repeating: 7, count: 32), owner: grace.name, label: id, projects: projects,
                    expiresAt: nil),
                by: .operatorAtMachine, from: session.origin, at: now)
        }
        let open = try #require(try await store.publishers(of: demo, at: now))
        #expect(open.map(\.user.name.display) == ["ada", "grace"])
        #expect(open.allSatisfy { $0.refusal == nil && $0.couldPublish })
        #expect(open[1].tokens.map(\.token.id) == ["a"])
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        let bound = try #require(try await store.publishers(of: demo, at: now + .days(10)))
        #expect(bound.map { $0.refusal == nil } == [false, true])
        // Made by the operator, with no more than a password.
        #expect(bound[1].tokens.map { $0.refusal == nil } == [false])
        #expect(try await store.publishers(of: ProjectName(parsing: "nothing-here"), at: now) == nil)
    }

    @Test("people are found by part of a name or of an address, and page by page")
    func find() async throws {
        for name in ["bob", "bobby", "eve", "per_cent"] { _ = try await people.user(name) }
        _ = try await admin()
        func names(_ typed: String, after: String? = nil, limit: Int = 10) async throws -> [String] {
            try await store.people(
                matching: PersonQuery(typed), after: after.map { try Username(parsing: $0) }, limit: limit, at: now
            ).map(\.user.name.display)
        }
        #expect(try await names("BOB") == ["bob", "bobby"])
        #expect(try await names("eve@example") == ["eve"])
        #expect(try await names("is:admin") == ["root"])
        #expect(try await names("r_c") == ["per_cent"])
        #expect(try await names("%") == [])
        #expect(try await names("", limit: 2) == ["ada", "bob"])
        #expect(try await names("", after: "bob", limit: 2) == ["bobby", "eve"])
        try await store.disable(Username(parsing: "eve"), reason: "left", by: .operatorAtMachine, at: now)
        #expect(try await names("is:disabled") == ["eve"])
    }

    @Test("what waits for a decision is what somebody can decide, of people who matter, for a time")
    func waiting() async throws {
        _ = try await admin()
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (grace, key, session) = try await people.withKey("grace")
        let app = try await people.withApp(session, user: grace)
        // Somebody with as much, and no role: anybody can make such accounts.
        let (mallory, other, theirs) = try await people.withKey("mallory", number: 2, secret: 2)
        let database = people.index.database
        for factor in [key.id, other.id] {
            try await database.byHand(
                "UPDATE security_key SET frozen_at = $1 WHERE factor_id = $2", now.microseconds, factor.number)
        }
        try await database.byHand(
            "UPDATE factor SET disowned_at = $1 WHERE id = $2", now.microseconds, app.id.number)
        for (user, session) in [(grace, session), (mallory, theirs)] {
            _ = try await stores.recoveries.request(for: user.name, by: session.actor, from: people.origin, at: now)
        }
        func isListed(_ filter: PersonQuery.Filter, at moment: Timestamp) async throws -> [String] {
            try await store.people(matching: PersonQuery(filter.rawValue), after: nil, limit: 10, at: moment)
                .map(\.user.name.display)
        }
        func counts(at moment: Timestamp) async throws -> [Int] {
            let waiting = try await store.waiting(at: moment)
            let counts = [waiting.newFactors, waiting.frozenKeys, waiting.disownedFactors]
            for (filter, count) in zip([.waiting, .frozen, .disowned] as [PersonQuery.Filter], counts) {
                #expect(try await isListed(filter, at: moment).count == count, "\(filter)")
            }
            let listed = try await isListed(.recovering, at: moment).count
            #expect(listed == waiting.recoveries.count + waiting.moreRecoveries)
            return counts + [waiting.recoveries.count, waiting.moreRecoveries]
        }
        #expect(try await counts(at: now) == [0, 0, 0, 0, 2])
        try await stores.projects.addRole(.maintainer, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        #expect(try await counts(at: now) == [1, 1, 1, 1, 1])
        #expect(try await isListed(.frozen, at: now) == ["grace"])
        #expect(try await store.waiting(at: now).recoveries.map(\.user) == [grace.name])
        #expect(try await store.waiting(at: now).administrators == 1)
        // What nobody acted on for so long is decided.
        // Who can come in still can be stopped.
        #expect(try await counts(at: now + AccountRecovery.wait) == [0, 1, 1, 1, 1])
        #expect(try await counts(at: now + AccountRecovery.wait + AccountRecovery.wait) == [0, 1, 1, 0, 0])
        #expect(try await counts(at: now + WaitingPeople.window) == [0, 0, 0, 0, 0])
        // Who matters more comes first, however late they asked.
        try await database.byHand(
            "INSERT INTO account_recovery (account_id, requested_at, due_at) SELECT id, $1, $2 FROM account "
                + "WHERE normalized = 'root'", now.microseconds, (now + AccountRecovery.wait + .days(1)).microseconds)
        #expect(try await store.waiting(at: now).recoveries.map(\.user.display) == ["root", "grace"])
        try await database.byHand(
            "DELETE FROM account_recovery WHERE due_at > $1", (now + AccountRecovery.wait).microseconds)
        // Disabling is a decision.
        try await store.disable(grace.name, reason: "a theft?", by: .operatorAtMachine, at: now)
        #expect(try await counts(at: now) == [0, 0, 0, 0, 1])
    }
}
