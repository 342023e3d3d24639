import Accounts
import Acts
import Database
import Letters
import PackagingFormats
import Policy
import Ports
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
                for: theft.grace.name, by: again.actor, from: people.origin, at: now)
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
