import Accounts
import Acts
import Journal
import PackagingFormats
import Policy
import Ports
import Stores
import Support
import Testing
import UTC

@Suite("The recovery of an account") struct RecoveryStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    @Test("waits for seven days, then lets its holder add a factor; the lost ones stay, and are not asked for")
    func complete() async throws {
        let (ada, lost, _) = try await people.withKey("ada")
        let before = try await people.signIn(ada, lost, count: 6, secret: 20)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "t", rootKey: [1], owner: ada.name, label: "t", projects: nil, expiresAt: nil),
            by: before.actor, from: people.origin, at: now)
        var waiting = try await people.password(ada, secret: 2)
        let recovery = try await stores.recoveries.request(
            for: ada.name, by: waiting.actor, from: people.origin, at: now)
        #expect(recovery.dueAt == now + AccountRecovery.wait)
        // A session that has ended completes nothing, whatever was waited for.
        await #expect(throws: FactorRefusal.challengeGone) {
            try await stores.recoveries.complete(
                in: waiting.id, newSecretHash: [3], from: people.origin, at: recovery.dueAt)
        }
        waiting = try await people.password(ada, secret: 8, at: recovery.dueAt - .seconds(1))
        await #expect(throws: RecoveryRefusal.tooEarly(until: recovery.dueAt)) {
            try await stores.recoveries.complete(
                in: waiting.id, newSecretHash: [3], from: people.origin, at: recovery.dueAt - .seconds(1))
        }
        let due = recovery.dueAt
        waiting = try await people.password(ada, secret: 4, at: due)
        let session = try await stores.recoveries.complete(
            in: waiting.id, newSecretHash: [5], from: people.origin, at: due)
        #expect(session.standing.restriction == .enrolmentOnly && session.assurance == .password)
        #expect(try await stores.sessions.sessions(of: ada.id, at: due).map(\.id) == [session.id])
        let new = try await stores.factors.add(
            People.key(2), to: ada.name, by: session.actor, from: people.origin, at: due)
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(factors.securityKeys.map(\.id) == [lost.id, new.id])
        #expect(factors.probation == Probation(.recovery, until: due + Probation.length))
        #expect(factors.probation(of: new.id, at: due) == due + Probation.length)
        #expect(factors.probation(of: lost.id, at: due) == nil)
        #expect(factors.securityKeys.map(\.isLost) == [true, false])
        #expect(try await stores.tokens.token("t")?.revokedAt == nil)
        #expect(try await stores.recoveries.recovery(of: ada.id) == nil)
    }

    @Test("is cancelled from a live session, and not from one that waits for the factor")
    func cancel() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let live = try await people.signIn(ada, key, count: 6, secret: 20)
        let waiting = try await people.password(ada, secret: 2)
        _ = try await stores.recoveries.request(for: ada.name, by: waiting.actor, from: people.origin, at: now)
        await #expect(throws: AccessRefusal.restricted(.secondFactorDue)) {
            try await stores.recoveries.cancel(
                for: ada.name, reason: nil, by: waiting.actor, from: people.origin, at: now)
        }
        try await stores.recoveries.cancel(for: ada.name, reason: nil, by: live.actor, from: people.origin, at: now)
        let later = now + AccountRecovery.wait
        let again = try await people.password(ada, secret: 3, at: later)
        await #expect(throws: RecoveryRefusal.none) {
            try await stores.recoveries.complete(in: again.id, newSecretHash: [5], from: people.origin, at: later)
        }
    }

    @Test("needs no wait when a co-owner with a key vouches, and is told to the co-owner")
    func approve() async throws {
        let demo = try ProjectName(parsing: "demo-pkg")
        try await people.index.receive(.wheel())
        let (bob, _, _) = try await people.withKey("bob", number: 7, secret: 50)
        let (ada, key, _) = try await people.withKey("ada", number: 1, secret: 60)
        try await stores.projects.addRole(.maintainer, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        let waiting = try await people.password(bob, secret: 2)
        _ = try await stores.recoveries.request(for: bob.name, by: waiting.actor, from: people.origin, at: now)
        let coOwner = try await people.signIn(ada, key, count: 6, secret: 80)
        await #expect(throws: AccessRefusal.vouchesTooEarly(until: now + Probation.length)) {
            try await stores.recoveries.approve(for: bob.name, by: coOwner.actor, from: people.origin, at: now)
        }
        try await stores.factors.endProbation(of: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.recoveries.approve(for: bob.name, by: coOwner.actor, from: people.origin, at: now)
        let session = try await stores.recoveries.complete(
            in: waiting.id, newSecretHash: [5], from: people.origin, at: now)
        #expect(session.standing.restriction == .enrolmentOnly)
        // A maintainer is no owner: bob could not vouch for ada.
        await #expect(throws: AccessRefusal.self) {
            try await stores.recoveries.approve(for: ada.name, by: session.actor, from: people.origin, at: now)
        }
    }

    @Test("adds an app to one that was lost, which stays until a session without restriction removes it")
    func lostApp() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let withKey = try await people.signIn(ada, key, count: 6, secret: 20)
        let lost = try await people.withApp(withKey, user: ada)
        try await stores.factors.remove(key.id, of: ada.name, by: withKey.actor, from: people.origin, at: now)
        let byCode = try await stores.sessions.prove(
            .authenticatorApp(check: People.code(11)), for: .signIn(newSecretHash: [31]),
            in: try await people.password(ada, secret: 30).id, from: people.origin, at: now)
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1]], of: ada.name, by: byCode.actor, from: people.origin, at: now)
        let limited = try await stores.sessions.prove(
            .recoveryCode(hash: [1]), for: .signIn(newSecretHash: [41]),
            in: try await people.password(ada, secret: 40).id, from: people.origin, at: now)
        let new = try await people.withApp(limited, user: ada)
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(factors.authenticatorApps.map(\.id) == [lost.id, new.id])
        // The owner's session goes on, and either app signs in.
        #expect(try await stores.sessions.session(secretHash: [31], at: now) != nil)
        let owner = try await stores.sessions.prove(
            .authenticatorApp(check: People.code(12)), for: .signIn(newSecretHash: [51]),
            in: try await people.password(ada, secret: 50).id, from: people.origin, at: now)
        #expect(owner.assurance == .secondFactor)
        // It could add one factor, and has done so: what it is now has another number and secret.
        #expect(try await stores.sessions.session(secretHash: [41], at: now) == nil)
        await #expect(throws: AccessRefusal.notSignedIn) {
            try await stores.factors.add(
                People.key(5), to: ada.name, by: limited.actor, from: people.origin, at: now)
        }
    }

    @Test(
        "signs in those who add a factor by it, on probation; a password that thieves know is changed first",
        arguments: [true, false])
    func signsIn(isBreached: Bool) async throws {
        let (ada, _, _) = try await people.withKey("ada")
        let waiting = try await stores.sessions.begin(
            NewSession(
                secretHash: [2], user: ada.id, use: .password, isPasswordBreached: isBreached, origin: people.origin),
            at: now)
        _ = try await stores.recoveries.request(for: ada.name, by: waiting.actor, from: people.origin, at: now)
        try await stores.recoveries.approve(for: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
        let recovered = try await stores.recoveries.complete(
            in: waiting.id, newSecretHash: [3], from: people.origin, at: now)
        let key = try await stores.factors.add(
            People.key(2), to: ada.name, newSecretHash: [4], by: recovered.actor, from: people.origin, at: now)
        #expect(try await stores.sessions.session(secretHash: [3], at: now) == nil)
        let session = try #require(try await stores.sessions.session(secretHash: [4], at: now))
        #expect(session.standing.restriction == (isBreached ? .passwordChangeOnly : nil))
        #expect(session.assurance == .attestedHardware && session.standing.factor == key.id)
        #expect(session.standing.factorProbationUntil == now + Probation.length)
        #expect(session.standing.isFreshlyProven(for: .account(.issueToken), object: "", at: now))
        // Anyone who has no more than its cookie has it no longer than before, and gets no password by it.
        #expect(session.expiresAt == recovered.expiresAt)
        var refusal: AccessRefusal?
        do {
            try await stores.accounts.setPassword(
                hash: "new", of: ada.name, newSecretHash: [5], by: session.actor, from: people.origin, at: now)
        } catch let error as AccessRefusal {
            refusal = error
        }
        #expect(refusal == (isBreached ? nil : .factorOnProbation(until: now + Probation.length)))
        // Nor a way in that lasts: a passkey that came by a recovery signs in with the password only, until it counts.
        func alone(at moment: Timestamp) async throws -> Session {
            try await stores.sessions.begin(
                NewSession(secretHash: [9], user: ada.id, use: people.use(key, count: 6), origin: people.origin),
                at: moment)
        }
        let end = now + Probation.length
        await #expect(throws: FactorRefusal.passwordNeeded(until: end)) { _ = try await alone(at: end - .seconds(1)) }
        #expect(
            try await people.signIn(ada, key, count: 6, secret: 12, at: end - .seconds(1)).assurance
                == .attestedHardware)
        // Its holder sets one by the link that is mailed.
        let link = MailedLink(path: "/account/reset-password/x/", secretHash: [7])
        try await stores.accounts.mailLink(link, .resetPassword, to: ada.id, from: people.origin, at: now)
        _ = try await stores.accounts.usePasswordLink(
            secretHash: [7], passwordHash: "newer", from: people.origin, at: now)
        // What nobody objected to in that time is theirs.
        let later = try await stores.sessions.begin(
            NewSession(secretHash: [13], user: ada.id, use: people.use(key, count: 7), origin: people.origin), at: end)
        #expect(later.assurance == .attestedHardware)
    }

    @Test("ends when somebody shows a factor, and is no door that stays open")
    func ends() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        func request(secret: UInt8, at moment: Timestamp) async throws -> Session {
            let waiting = try await people.password(ada, secret: secret, at: moment)
            _ = try await stores.recoveries.request(
                for: ada.name, by: waiting.actor, from: people.origin, at: moment)
            return waiting
        }
        _ = try await request(secret: 2, at: now)
        _ = try await people.signIn(ada, key, count: 6, secret: 20)
        #expect(try await stores.recoveries.recovery(of: ada.id) == nil)
        #expect(try await people.events(ada).contains(.recoveryCancelled))
        _ = try await request(secret: 3, at: now)
        let late = now + AccountRecovery.wait + AccountRecovery.wait
        let waiting = try await people.password(ada, secret: 4, at: late)
        await #expect(throws: RecoveryRefusal.none) {
            try await stores.recoveries.complete(
                in: waiting.id, newSecretHash: [5], from: people.origin, at: late)
        }
    }

    @Test("that is cancelled takes the session with it that it has opened")
    func cancelledLate() async throws {
        let (ada, _, _) = try await people.withKey("ada")
        let waiting = try await people.password(ada, secret: 2)
        _ = try await stores.recoveries.request(for: ada.name, by: waiting.actor, from: people.origin, at: now)
        try await stores.recoveries.approve(
            for: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
        let limited = try await stores.recoveries.complete(
            in: waiting.id, newSecretHash: [5], from: people.origin, at: now)
        try await stores.recoveries.cancel(
            for: ada.name, reason: nil, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await stores.sessions.session(secretHash: [5], at: now) == nil)
        await #expect(throws: AccessRefusal.notSignedIn) {
            try await stores.factors.add(
                People.key(2), to: ada.name, by: limited.actor, from: people.origin, at: now)
        }
    }

    @Test("is nothing that an account without a factor needs")
    func withoutFactor() async throws {
        let ada = try await people.user("ada")
        let session = try await people.password(ada)
        await #expect(throws: RecoveryRefusal.none) {
            try await stores.recoveries.request(for: ada.name, by: session.actor, from: people.origin, at: now)
        }
    }
}
