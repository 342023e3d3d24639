import Accounts
import Acts
import Bytes
import Database
import Journal
import Letters
import PackagingFormats
import People
import Policy
import Ports
import Primitives
import Roles
import Secrets
import Stores
import Support
import Testing
import UTC

@Suite("A factor that came by a recovery code") struct ProbationTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    /// Grace has a key for long. Somebody with her password and a recovery code adds one of their own.
    private struct Theft {
        let grace: User
        let hers: SecurityKey
        let theirs: SecurityKey
        /// Signed in with the new key.
        let thief: Session
    }

    private func theft() async throws -> Theft {
        let (grace, hers, _) = try await people.withKey("grace")
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1], [2], [3]], of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        let theirs = try await add(People.key(9), byCode: [1], secret: 30, to: grace)
        let thief = try await people.signIn(grace, theirs, count: 6, secret: 36)
        return Theft(grace: grace, hers: hers, theirs: theirs, thief: thief)
    }

    private func add(
        _ key: NewSecurityKey, byCode code: [UInt8], secret: UInt8, to user: User, at moment: Timestamp? = nil
    ) async throws -> SecurityKey {
        let moment = moment ?? now
        let waiting = try await people.password(user, secret: secret, at: moment)
        let limited = try await stores.sessions.prove(
            .recoveryCode(hash: code), for: .signIn(newSecretHash: [secret + 1]), in: waiting.id,
            from: people.origin, at: moment)
        return try await stores.factors.add(
            key, to: user.name, by: limited.actor, from: people.origin, at: moment)
    }

    private func labels(_ user: User) async throws -> [String] {
        try await stores.factors.factors(of: user.id).securityKeys.map(\.label)
    }

    @Test("gives none that was there before another name, and itself what it likes")
    func names() async throws {
        let theft = try await theft()
        await #expect(throws: FactorRefusal.earlierFactorStays(until: now + Probation.length)) {
            try await stores.factors.rename(
                theft.hers.id, to: "Thief's", of: theft.grace.name, by: theft.thief.actor, at: now)
        }
        try await stores.factors.rename(
            theft.theirs.id, to: "Spare", of: theft.grace.name, by: theft.thief.actor, at: now)
        #expect(try await labels(theft.grace) == ["Key 1", "Spare"])
    }

    @Test("removes none that was there before, until its probation is over; the owner's removes it at once")
    func stays() async throws {
        let theft = try await theft()
        let until = now + Probation.length
        await #expect(throws: FactorRefusal.earlierFactorStays(until: until)) {
            try await stores.factors.remove(
                theft.hers.id, of: theft.grace.name, by: theft.thief.actor, from: people.origin, at: now)
        }
        #expect(try await labels(theft.grace) == ["Key 1", "Key 9"])
        let owner = try await people.signIn(theft.grace, theft.hers, count: 6, secret: 50)
        try await stores.factors.remove(
            theft.theirs.id, of: theft.grace.name, by: owner.actor, from: people.origin, at: now)
        #expect(try await labels(theft.grace) == ["Key 1"])
        #expect(try await stores.sessions.session(secretHash: [36], at: now) == nil)
    }

    @Test("can remove the earlier one when its probation is over, for it may have been lost")
    func over() async throws {
        let theft = try await theft()
        let later = now + Probation.length
        let session = try await people.signIn(theft.grace, theft.theirs, count: 7, secret: 70, at: later)
        try await stores.factors.remove(
            theft.hers.id, of: theft.grace.name, by: session.actor, from: people.origin, at: later)
        #expect(try await labels(theft.grace) == ["Key 9"])
    }

    @Test("passes its probation on to one that it adds, and a second code makes neither an earlier one")
    func chain() async throws {
        let theft = try await theft()
        let second = try await stores.factors.add(
            People.key(10), to: theft.grace.name, by: theft.thief.actor, from: people.origin, at: now)
        let tomorrow = now + .days(1)
        let third = try await add(People.key(11), byCode: [2], secret: 60, to: theft.grace, at: tomorrow)
        let until = tomorrow + Probation.length
        let factors = try await stores.factors.factors(of: theft.grace.id)
        for key in [theft.theirs, second, third] { #expect(factors.probation(of: key.id, at: tomorrow) == until) }
        #expect(factors.probation(of: theft.hers.id, at: tomorrow) == nil)
        let session = try await people.signIn(theft.grace, theft.theirs, count: 7, secret: 70, at: tomorrow)
        await #expect(throws: FactorRefusal.earlierFactorStays(until: until)) {
            try await stores.factors.remove(
                theft.hers.id, of: theft.grace.name, by: session.actor, from: people.origin, at: tomorrow)
        }
    }

    @Test("that the owner adds in a session of an earlier one is not on probation")
    func added() async throws {
        let theft = try await theft()
        let owner = try await people.signIn(theft.grace, theft.hers, count: 6, secret: 50)
        let spare = try await stores.factors.add(
            People.key(12), to: theft.grace.name, by: owner.actor, from: people.origin, at: now)
        #expect(try await stores.factors.factors(of: theft.grace.id).probation(of: spare.id, at: now) == nil)
    }

    @Test("raises no session of an earlier one when it is touched to confirm; an earlier one frees a session of it")
    func raising() async throws {
        let theft = try await theft()
        func confirm(with key: SecurityKey, count: UInt32, in session: Session, secret: UInt8) async throws -> Session {
            try await stores.sessions.prove(
                people.use(key, count: count), for: .stepUp(.account(.addAddress), object: "", newSecretHash: [secret]),
                in: session.id, from: people.origin, at: now)
        }
        let owner = try await people.signIn(theft.grace, theft.hers, count: 6, secret: 50)
        let same = try await confirm(with: theft.theirs, count: 7, in: owner, secret: 51)
        #expect(same.standing.factor == theft.hers.id && same.standing.factorProbationUntil == nil)
        let freed = try await confirm(with: theft.hers, count: 7, in: theft.thief, secret: 52)
        #expect(freed.standing.factor == theft.hers.id && freed.standing.factorProbationUntil == nil)
        // What it adds itself is on probation, as if one had signed in with it.
        let spare = try await stores.factors.add(
            People.key(13), to: theft.grace.name, newSecretHash: [53],
            by: try await people.signIn(theft.grace, theft.theirs, count: 8, secret: 55).actor, from: people.origin,
            at: now)
        let session = try #require(try await stores.sessions.session(secretHash: [53], at: now))
        #expect(session.standing.factorProbationUntil == now + Probation.length)
        #expect(try await stores.factors.factors(of: theft.grace.id).probation(of: spare.id, at: now) != nil)
    }

    @Test("ends no recovery, neither by being shown nor by command, and no session that a recovery opened")
    func recovery() async throws {
        let theft = try await theft()
        let waiting = try await people.password(theft.grace, secret: 90)
        _ = try await stores.recoveries.request(
            for: theft.grace.name, by: waiting.actor, from: people.origin, at: now)
        let again = try await people.signIn(theft.grace, theft.theirs, count: 8, secret: 95)
        #expect(try await stores.recoveries.recovery(of: theft.grace.id) != nil)
        await #expect(throws: AccessRefusal.factorOnProbation(until: now + Probation.length)) {
            try await stores.recoveries.cancel(
                for: theft.grace.name, reason: nil, by: again.actor, from: people.origin, at: now)
        }
        try await stores.recoveries.approve(
            for: theft.grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        _ = try await stores.recoveries.complete(
            in: waiting.id, newSecretHash: [91], from: people.origin, at: now)
        _ = try await people.signIn(theft.grace, theft.theirs, count: 9, secret: 99)
        #expect(try await stores.sessions.session(secretHash: [91], at: now) != nil)
        // One that was there before does.
        _ = try await people.signIn(theft.grace, theft.hers, count: 7, secret: 110)
        #expect(try await stores.sessions.session(secretHash: [91], at: now) == nil)
        #expect(try await stores.recoveries.recovery(of: theft.grace.id) == nil)
    }

    @Test("voids no recovery codes and takes no address away")
    func ways() async throws {
        let theft = try await theft()
        let (name, actor) = (theft.grace.name, theft.thief.actor)
        let refusal = AccessRefusal.factorOnProbation(until: now + Probation.length)
        await #expect(throws: refusal) {
            try await stores.factors.replaceRecoveryCodes(
                hashes: [[7]], of: name, by: actor, from: people.origin, at: now)
        }
        let other = try EmailAddress(parsing: "other@example.net")
        try await stores.accounts.addAddress(
            other, to: name, verification: MailedLink(path: "/x", secretHash: [0x77]), by: actor, from: people.origin,
            at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [0x77], in: nil, newSecretHash: [0x78], from: people.origin, at: now)
        await #expect(throws: refusal) {
            try await stores.accounts.setPrimaryAddress(other, of: name, by: actor, from: people.origin, at: now)
        }
        await #expect(throws: refusal) {
            try await stores.accounts.removeAddress(
                EmailAddress(parsing: "grace@example.org"), from: name, by: actor, from: people.origin, at: now)
        }
    }

    @Test("is ended by the operator, alone, and also as the last one of a project that asks for two")
    func byOperator() async throws {
        let theft = try await theft()
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.projects.addRole(
            .maintainer, on: demo, to: theft.grace.name, by: .operatorAtMachine, at: now)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        for key in [theft.theirs, theft.hers] {
            try await stores.factors.remove(
                key.id, of: theft.grace.name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        }
        #expect(try await labels(theft.grace) == [])
        #expect(
            try await people.recipients("A security key was removed from your account").contains("grace@example.org"))
    }
}

@Suite("The end of a probation") struct ProbationEndTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    let subject = "Your second factor counts now"

    init() async throws { people = try await People() }

    @Test("is told once, when its time is over and not before, and is on record")
    func told() async throws {
        let (grace, _, _) = try await people.withKey("grace")
        let over = now + Probation.length
        for (moment, count) in [(now, 0), (over - .microseconds(1), 0), (over, 1), (over + .days(9), 1)] {
            try await stores.factors.endProbations(at: moment)
            #expect(try await people.recipients(subject).count == count, "at \(moment)")
        }
        #expect(try await people.events(grace).first == .probationOver)
        var query = JournalQuery()
        query.actor = "index"
        let acts = try await stores.journal.entries(query).map(\.record.act)
        #expect(acts.filter { $0 == "probation.end" }.count == 1)
    }

    @Test("is told where the clock jumps ahead for a minute; when it is right again, what waited waits")
    func clock() async throws {
        let (grace, _, _) = try await people.withKey("grace")
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.projects.addRole(.maintainer, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        let actor = Actor(.user(grace.id, grace.name, isAdministrator: false), assurance: .phishingResistant)
        let until = now + Probation.length
        try await stores.factors.endProbations(at: until + .hours(1))
        #expect(try await people.recipients(subject).count == 1)

        let error = await #expect(throws: AccessRefusal.self) {
            try await stores.projects.mayUpload(to: demo, by: actor, at: now + .hours(1))
        }
        guard case .mandate(let refusal) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(refusal.missing == .probation(until: until))
        try await stores.projects.mayUpload(to: demo, by: actor, at: until)
        try await stores.factors.endProbations(at: until)
        #expect(try await people.recipients(subject).count == 1)
    }

    @Test("is told to everybody else where it cannot be told to one, and the failure is not hidden")
    func oneFails() async throws {
        let (grace, _, _) = try await people.withKey("grace", number: 1, secret: 1)
        _ = try await people.withKey("bob", number: 2, secret: 3)
        // The first one that is due cannot be read.
        try await people.index.database.byHand(
            "UPDATE account SET name = '', probation_until = probation_until - 1 WHERE id = $1", grace.id.number)
        await #expect(throws: (any Error).self) {
            try await stores.factors.endProbations(at: now + Probation.length)
        }
        #expect(try await people.recipients(subject) == ["bob@example.org"])
    }

    @Test("is not told again to those for whom somebody vouched")
    func vouched() async throws {
        let (grace, _, _) = try await people.withKey("grace")
        try await stores.factors.endProbation(of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await people.recipients(subject).count == 1)
        try await stores.factors.endProbations(at: now + Probation.length)
        #expect(try await people.recipients(subject).count == 1)
        #expect(try await !people.events(grace).contains(.probationOver))
    }

    @Test("is not told to those who have no factor any more")
    func gone() async throws {
        let (grace, key, _) = try await people.withKey("grace")
        try await stores.factors.remove(
            key.id, of: grace.name, by: .operatorAtMachine, from: RequestOrigin(), at: now)
        try await stores.factors.endProbations(at: now + Probation.length)
        #expect(try await people.recipients(subject).isEmpty)
    }

    @Test("waits for the longer one where another has begun meanwhile")
    func longer() async throws {
        let (grace, _, _) = try await people.withKey("grace")
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1]], of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        let later = now + .days(1)
        let waiting = try await people.password(grace, secret: 30, at: later)
        _ = try await stores.sessions.prove(
            .recoveryCode(hash: [1]), for: .signIn(newSecretHash: [31]), in: waiting.id, from: people.origin, at: later)
        try await stores.factors.endProbations(at: now + Probation.length)
        #expect(try await people.recipients(subject).isEmpty)
        try await stores.factors.endProbations(at: later + Probation.length)
        #expect(try await people.recipients(subject).count == 1)
    }
}

@Suite("Who is offered to vouch") struct VouchableTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    @Test("is who can: co-owners and administrators with a factor that counts, for others, while a first factor waits")
    func vouchable() async throws {
        let (grace, _, _) = try await people.withKey("grace", number: 1, secret: 1)
        let (carl, _, _) = try await people.withKey("carl", number: 2, secret: 3)
        let bob = try await people.user("bob")
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        for name in [grace.name, carl.name, bob.name] {
            try await stores.projects.addRole(.owner, on: demo, to: name, by: .operatorAtMachine, at: now)
        }
        func offered(_ user: User, at moment: Timestamp? = nil) async throws -> Set<String> {
            try await stores.accounts.vouchable(
                among: [grace.name, carl.name, bob.name], by: user, at: moment ?? now)
        }
        #expect(try await offered(carl).isEmpty, "their own factor waits, too")
        try await stores.factors.endProbation(of: carl.name, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await offered(carl) == ["grace"])
        #expect(try await offered(bob).isEmpty, "they have no factor")
        #expect(try await offered(carl, at: now + Probation.length).isEmpty, "nothing waits any more")
        // One of several projects that ask for two factors is not enough.
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        #expect(try await offered(carl) == ["grace"])
        try await stores.roles.removeRole(
            on: demo, from: carl.name, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await offered(carl).isEmpty)
        let administrator = User(
            id: carl.id, name: carl.name, email: carl.email, isAdministrator: true, createdAt: carl.createdAt)
        #expect(try await offered(administrator) == ["grace"])
    }
}

@Suite("The word of a co-owner for a new factor") struct VouchedTests {
    let people: People
    let demo: ProjectName
    let toy: ProjectName
    let grace: User
    let mallory: User
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    var until: Timestamp { now + Probation.length }

    /// Grace, whose first factor is new, is maintainer of two projects that ask for nothing yet: `demo-pkg` is ada's, `toy`
    /// Mallory's, who has a factor that counts.
    init() async throws {
        people = try await People()
        let (stores, now) = (people.stores, people.now)
        demo = try ProjectName(parsing: "demo-pkg")
        toy = try ProjectName(parsing: "toy")
        try await people.index.receive(.wheel())
        grace = try await people.withKey("grace").0
        mallory = try await people.withKey("mallory", number: 9, secret: 90).0
        try await stores.factors.endProbation(of: mallory.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await TestGiveaway.designate("toy", maintainers: [grace.id], in: people.index.database, at: now)
        try await stores.critical.lift(toy, reason: "a toy", by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(.owner, on: toy, to: mallory.name, by: .operatorAtMachine, at: now)
        try await stores.projects.addRole(.maintainer, on: demo, to: grace.name, by: .operatorAtMachine, at: now)
    }

    private func actor(_ user: User, isAdministrator: Bool = false) -> Actor {
        Actor(
            .user(user.id, user.name, isAdministrator: isAdministrator), assurance: .phishingResistant,
            session: SessionStanding(proofs: [Proof(.phishingResistant, at: now)], strongest: .phishingResistant))
    }

    private func vouch(by actor: Actor) async throws {
        try await stores.factors.endProbation(of: grace.name, by: actor, from: people.origin, at: now)
    }

    private func protect(_ project: ProjectName) async throws {
        try await stores.projects.requireAssurance(.secondFactor, on: project, by: .operatorAtMachine, at: now)
    }

    /// The mails by which Grace hears that her factor counts.
    private func hers() async throws -> [String] {
        try await people.recipients("Your second factor counts now on what mallory owns")
            + people.recipients("Your second factor counts now").filter { $0 == "grace@example.org" }
    }

    /// What keeps Grace from publishing; nil where nothing does.
    private func missing(on project: ProjectName) async throws -> MandateRefusal.Missing? {
        do {
            try await stores.projects.mayUpload(to: project, by: actor(grace), at: now)
            return nil
        } catch AccessRefusal.mandate(let refusal) {
            return refusal.missing
        }
    }

    @Test("covers what they own, also what asks for two factors only later, and nothing else before the time is over")
    func reach() async throws {
        try await vouch(by: actor(mallory))
        for project in [toy, demo] { try await protect(project) }
        #expect(try await missing(on: toy) == nil)
        #expect(try await missing(on: demo) == .probation(until: until))
        let probation = try await stores.factors.factors(of: grace.id).probation
        #expect(probation?.voucher == mallory.name && probation?.until == until)
        let told = try await stores.accounts.events(of: grace.id, before: nil, limit: 10).map(\.event)
        #expect(told.contains(.factor(.probationEnded(by: "mallory", elsewhere: until))))
        #expect(try await hers().count == 1)
        // The page of those who can change the project says the same as the rule.
        func isReady(for project: ProjectName) async throws -> Bool? {
            let all = try await stores.critical.readiness(of: project, at: now)
            return all.first { $0.user == grace.name }?.isReady
        }
        #expect(try await isReady(for: toy) == true)
        #expect(try await isReady(for: demo) == false)
        // And so does "who could publish", of the factor as of the person.
        let store = SQLPeople(people.index.database)
        for (project, counts) in [(toy, true), (demo, false)] {
            let theirs = try await store.publishers(of: project, at: now)?.first { $0.user.name == grace.name }
            #expect(theirs?.factors.lines(at: now).map(\.counts) == [counts])
            #expect((theirs?.refusal == nil) == counts)
        }
    }

    @Test("is said once, and is not asked for again; administrators can still say theirs")
    func once() async throws {
        #expect(try await stores.accounts.vouchable(among: [grace.name], by: mallory, at: now) == ["grace"])
        try await vouch(by: actor(mallory))
        #expect(try await stores.accounts.vouchable(among: [grace.name], by: mallory, at: now).isEmpty)
        let serial = try await stores.journal.latestSerial()
        try await vouch(by: actor(mallory))
        #expect(try await stores.journal.latestSerial() == serial)
        // What waited elsewhere counts then, and she was told of no more than mallory's projects.
        try await stores.factors.endProbations(at: until)
        #expect(try await hers().count == 2)
        let administrator = User(
            id: mallory.id, name: mallory.name, email: mallory.email, isAdministrator: true,
            createdAt: mallory.createdAt)
        #expect(try await stores.accounts.vouchable(among: [grace.name], by: administrator, at: now) == ["grace"])
        try await vouch(by: actor(mallory, isAdministrator: true))
        try await protect(demo)
        #expect(try await missing(on: demo) == nil)
        #expect(try await stores.factors.factors(of: grace.id).probation == nil)
    }

    @Test("holds for as long as they own the project and their account is in use")
    func lasting() async throws {
        try await vouch(by: actor(mallory))
        try await protect(toy)
        let disabled = "UPDATE account SET disabled_at = $1, disabled_reason = 'x' WHERE normalized = 'mallory'"
        try await people.index.database.byHand(disabled, now.microseconds)
        #expect(try await missing(on: toy) == .probation(until: until))
        try await people.index.database.byHand(
            "UPDATE account SET disabled_at = NULL, disabled_reason = NULL WHERE normalized = 'mallory'")
        #expect(try await missing(on: toy) == nil)
        try await people.index.database.byHand(
            "UPDATE role SET role = 'maintainer' WHERE account_id = $1", mallory.id.number)
        #expect(try await missing(on: toy) == .probation(until: until))
    }

    @Test("ends when their own factor is said not to be theirs")
    func disowned() async throws {
        try await vouch(by: actor(mallory))
        try await protect(toy)
        let mails = try await stores.mail.due(at: now, limit: 1_000).map(\.mail)
        let path = mails.first {
            $0.to.text == "mallory@example.org" && $0.letter.link?.path.contains("not-me") == true
        }?
        .letter.link?.path
        let secret = try #require(path?.split(separator: "/").last.flatMap { [UInt8](hexadecimal: $0) })
        _ = try await stores.factors.disown(by: SecretHash.of(secret), from: people.origin, at: now)
        #expect(try await missing(on: toy) == .probation(until: until))
        #expect(try await ended() == ["grace@example.org"])
    }

    /// Who was mailed that a word does not hold any more.
    private func ended() async throws -> [String] {
        try await people.recipients("Your second factor has to wait again")
    }

    @Test("is told to end where they leave the project, own it no more, or are disabled", arguments: 0..<3)
    func told(way: Int) async throws {
        try await vouch(by: actor(mallory))
        let ada = try Username(parsing: "ada")
        try await stores.projects.addRole(.owner, on: toy, to: ada, by: .operatorAtMachine, at: now)
        #expect(try await ended().isEmpty)
        switch way {
        case 0: try await stores.roles.leave(toy, by: actor(mallory), from: people.origin, at: now)
        case 1:
            try await stores.roles.changeRole(
                of: mallory.name, to: .maintainer, on: toy, by: .operatorAtMachine, from: people.origin, at: now)
        default:
            let store = SQLPeople(people.index.database)
            try await store.disable(mallory.name, reason: "a theft?", by: .operatorAtMachine, at: now)
        }
        #expect(try await ended() == ["grace@example.org"])
        let told = try await stores.accounts.events(of: grace.id, before: nil, limit: 10).map(\.event)
        #expect(told.contains(.factor(.vouchingEnded(by: "mallory", until: until))))
    }

    @Test("is not taken away by another's, who could leave the next minute; only once it does not hold any more")
    func second() async throws {
        let carl = try await people.withKey("carl", number: 10, secret: 100).0
        try await stores.factors.endProbation(of: carl.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.projects.addRole(.owner, on: toy, to: carl.name, by: .operatorAtMachine, at: now)
        try await protect(toy)
        #expect(try await stores.accounts.vouchable(among: [grace.name], by: carl, at: now) == ["grace"])
        try await vouch(by: actor(mallory))
        #expect(try await stores.accounts.vouchable(among: [grace.name], by: carl, at: now).isEmpty)
        await #expect(throws: FactorRefusal.isVouchedFor(by: mallory.name)) { try await vouch(by: actor(carl)) }
        #expect(try await missing(on: toy) == nil)
        try await stores.roles.leave(toy, by: actor(mallory), from: people.origin, at: now)
        #expect(try await missing(on: toy) == .probation(until: until))
        #expect(try await stores.accounts.vouchable(among: [grace.name], by: carl, at: now) == ["grace"])
        try await vouch(by: actor(carl))
        #expect(try await missing(on: toy) == nil)
    }

    @Test("lets nobody vouch for others before the time is over, and makes no administrator of anybody")
    func chain() async throws {
        try await vouch(by: actor(mallory))
        let carl = try await people.withKey("carl", number: 10, secret: 100).0
        try await people.index.database.byHand("UPDATE role SET role = 'owner' WHERE account_id = $1", grace.id.number)
        try await stores.projects.addRole(.maintainer, on: demo, to: carl.name, by: .operatorAtMachine, at: now)
        await #expect(throws: AccessRefusal.vouchesTooEarly(until: until)) {
            try await stores.factors.endProbation(of: carl.name, by: actor(grace), from: people.origin, at: now)
        }
        let session = try await stores.sessions.sessions(of: grace.id, at: now).first
        #expect(session?.standing.probationUntil == until)
    }

    @Test("is forgotten where a recovery code is used after it: nobody can end that")
    func recovered() async throws {
        try await vouch(by: actor(mallory))
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1]], of: grace.name, by: .operatorAtMachine, from: people.origin, at: now)
        let waiting = try await people.password(grace, secret: 30)
        _ = try await stores.sessions.prove(
            .recoveryCode(hash: [1]), for: .signIn(newSecretHash: [31]), in: waiting.id, from: people.origin, at: now)
        #expect(try await stores.factors.factors(of: grace.id).probation == Probation(.recoveryCode, until: until))
        try await protect(toy)
        #expect(try await missing(on: toy) == .probation(until: until))
    }
}

@Suite("A removed address") struct FormerAddressTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    let old = "grace@example.org"

    init() async throws { people = try await People() }

    /// A thief with a session of grace's makes an address of theirs the primary one, and removes hers.
    private func theft() async throws -> (User, Session) {
        let grace = try await people.user("grace")
        let thief = try await people.password(grace)
        let theirs = try EmailAddress(parsing: "thief@example.net")
        try await stores.accounts.addAddress(
            theirs, to: grace.name, verification: MailedLink(path: "/x", secretHash: [0x77]), by: thief.actor,
            from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [0x77], in: nil, newSecretHash: [0x78], from: people.origin, at: now)
        try await stores.accounts.setPrimaryAddress(
            theirs, of: grace.name, by: thief.actor, from: people.origin, at: now)
        try await stores.accounts.removeAddress(
            try EmailAddress(parsing: old), from: grace.name, by: thief.actor, from: people.origin, at: now)
        return (grace, thief)
    }

    private func letters(to address: String, _ subject: String) async throws -> [Letter] {
        try await stores.mail.due(at: now + .days(60), limit: 1_000)
            .filter { $0.mail.letter.subject == subject && $0.mail.to.text == address }.map(\.mail.letter)
    }

    @Test("hears what happens to the account for thirty days, and no longer")
    func hears() async throws {
        let (grace, _) = try await theft()
        #expect(try await people.recipients("An address was removed from your account").contains(old))
        let subject = "Your account was signed in to in a new browser"
        // Of the thief's own sign-in it heard as an address of the account.
        let before = try await letters(to: old, subject)
        #expect(before.count == 1 && before.first?.reason == "This is an address of the account grace.")
        let last = now + FormerAddress.hears
        for (secret, moment, hears) in [
            (40 as UInt8, now + .days(4), 1), (41, last - .seconds(1), 2), (42, last, 2),
        ] {
            _ = try await people.password(
                grace, secret: secret, from: RequestOrigin(address: "203.0.113.9", client: "curl/8"), at: moment)
            let heard = try await letters(to: old, subject).dropFirst(before.count)
            #expect(heard.count == hears, "at \(moment)")
            #expect(heard.allSatisfy { $0.reason.contains("was an address of the account grace") })
        }
        // It gets no links.
        try await stores.accounts.mailLink(
            MailedLink(path: "/account/reset-password/1/", secretHash: [3]), .resetPassword, to: grace.id,
            from: people.origin, at: now + .days(4))
        let links = try await stores.mail.due(at: now + .days(60), limit: 1_000)
            .filter { $0.mail.letter.link?.path == "/account/reset-password/1/" }
        #expect(links.map(\.mail.to.text) == ["thief@example.net"])
        try await stores.sessions.removeEnded(at: last)
        let left = try await people.index.database.read { try $0.rows("SELECT until FROM former_address").count }
        #expect(left == 0)
    }

    @Test("that was never verified, and may be a stranger's, hears nothing")
    func unverified() async throws {
        let grace = try await people.user("grace")
        let session = try await people.password(grace)
        let other = try EmailAddress(parsing: "stranger@example.net")
        try await stores.accounts.addAddress(
            other, to: grace.name, verification: MailedLink(path: "/x", secretHash: [0x77]), by: session.actor,
            from: people.origin, at: now)
        try await stores.accounts.removeAddress(
            other, from: grace.name, by: session.actor, from: people.origin, at: now)
        #expect(try await letters(to: "stranger@example.net", "An address was removed from your account").isEmpty)
    }
}
