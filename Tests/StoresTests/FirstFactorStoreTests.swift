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
import Projects
import Removals
import Secrets
import Stores
import Support
import Testing
import UTC

extension People {
    /// The newest entry of an act.
    fileprivate func lastEntry(_ action: Act) async throws -> JournalEntry? {
        try await stores.journal.entries(JournalQuery(limit: 10_000)).filter { $0.action == action }.max {
            $0.serial < $1.serial
        }
    }
}

@Suite("A first factor, by what speaks for it") struct FirstFactorStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }
    /// When there is an account whose address and browser are known for long.
    var later: Timestamp { now + .days(40) }

    init() async throws { people = try await People() }

    /// An account that was made and signed in to long ago, and is signed in to again.
    private func known(_ name: String = "ada", secret: UInt8 = 1) async throws -> (User, Session) {
        let user = try await people.user(name)
        _ = try await people.password(user, secret: secret)
        return (user, try await people.password(user, secret: secret + 1, at: later))
    }

    /// Adds a key after the mailed link, and returns what the account has then.
    private func enrol(
        _ user: User, in session: Session, from origin: RequestOrigin? = nil, number: UInt8 = 1, at moment: Timestamp
    ) async throws -> (key: SecurityKey, factors: AccountFactors) {
        let link = MailedLink(path: "/account/enrol/00/", secretHash: [0xEE, number])
        try await stores.accounts.mailLink(
            link, .enrolFirstFactor, to: user.id, from: people.origin, at: moment)
        try await stores.accounts.useEnrolmentLink(
            secretHash: link.secretHash, by: session.actor, newSecretHash: [0xEF, number], at: moment)
        let risen = try #require(try await stores.sessions.session(secretHash: [0xEF, number], at: moment))
        let key = try await stores.factors.add(
            People.key(number), to: user.name, by: risen.actor, from: origin ?? people.origin, at: moment)
        return (key, try await stores.factors.factors(of: user.id))
    }

    private func gaps(_ factors: AccountFactors) -> [FirstFactorEvidence.Gap]? { factors.probation?.because }

    @Test("counts at once where address, browser and account are known for long; journal, log and mails say so")
    func counts() async throws {
        let (ada, session) = try await known()
        let (_, factors) = try await enrol(ada, in: session, at: later)
        #expect(factors.probation == nil && factors.hasSecondFactor)
        let event = try await stores.accounts.events(of: ada.id, before: nil, limit: 10).map(\.event).first {
            $0.kind == .firstFactorAdded
        }
        #expect(event == .factor(.firstAdded(label: "Key 1", .counts)))
        let entry = try #require(
            try await people.lastEntry(.account(.addSecurityKey)))
        #expect(entry.details["evidence"] == "enough" && entry.details["until"] == nil)
        let told = try await stores.mail.due(at: later, limit: 1_000).map(\.mail).filter {
            $0.letter.subject == "Your account has a second factor"
        }
        #expect(told.map(\.to.text) == ["ada@example.org"])
    }

    @Test("waits where one part lacks, and says which")
    func waits() async throws {
        let (ada, session) = try await known()
        // Another browser than the one that is known.
        let other = RequestOrigin(address: "192.0.2.9", client: "Firefox", mark: [0xBB])
        let (_, factors) = try await enrol(ada, in: session, from: other, at: later)
        #expect(factors.probation == Probation(.firstFactor, until: later + .hours(72), because: [.browser]))
        let entry = try #require(
            try await people.lastEntry(.account(.addSecurityKey)))
        #expect(entry.details["evidence"] == "browser" && entry.details["until"] != nil)
        // And one that was signed in to yesterday is not known for long.
        let (bob, _) = try await known("bob", secret: 10)
        let fresh = RequestOrigin(address: "192.0.2.9", client: "Firefox", mark: [0xCC])
        _ = try await people.password(bob, secret: 20, from: fresh, at: later - .days(6))
        let again = try await people.password(bob, secret: 21, from: fresh, at: later)
        #expect(gaps(try await enrol(bob, in: again, from: fresh, number: 2, at: later).factors) == [.browser])
    }

    @Test("waits after a reset of the password, and after any change of the addresses", arguments: [0, 1, 2])
    func upheaval(which: Int) async throws {
        let (ada, first) = try await known()
        var session = first
        let shortly = later - .days(1)
        if which == 0 {
            try await stores.accounts.mailLink(
                MailedLink(path: "/", secretHash: [9]), .resetPassword, to: ada.id, from: people.origin, at: shortly)
            _ = try await stores.accounts.usePasswordLink(
                secretHash: [9], passwordHash: "new", from: people.origin, at: shortly)
            session = try await people.password(ada, secret: 30, at: later)
            #expect(gaps(try await enrol(ada, in: session, at: later).factors) == [.browser, .passwordReset])
            return
        }
        let second = try EmailAddress(parsing: "second@example.org")
        try await stores.accounts.addAddress(
            second, to: ada.name, verification: MailedLink(path: "/", secretHash: [9]), by: session.actor,
            from: people.origin, at: later)
        if which == 2 {
            _ = try await stores.accounts.useVerificationLink(
                secretHash: [9], in: nil, newSecretHash: [], from: people.origin, at: later)
            try await stores.accounts.setPrimaryAddress(
                second, of: ada.name, by: session.actor, from: people.origin, at: later)
            // The link went to the address before.
            #expect(gaps(try await enrol(ada, in: session, at: later).factors) == [.address, .addressChange])
        } else {
            #expect(gaps(try await enrol(ada, in: session, at: later).factors) == [.addressChange])
        }
    }

    @Test("waits after a recovery code was used, after a recovery, and where it came by another way than the link")
    func byRecovery() async throws {
        // Those who have no factor any more got in by one way or the other, and add their first in that session.
        let (ada, first) = try await known()
        let (key, _) = try await enrol(ada, in: first, at: later)
        let codes: [[UInt8]] = [[7]]
        try await stores.factors.replaceRecoveryCodes(
            hashes: codes, of: ada.name, by: .operatorAtMachine, from: people.origin, at: later)
        let waiting = try await people.password(ada, secret: 50, at: later)
        let limited = try await stores.sessions.prove(
            .recoveryCode(hash: [7]), for: .signIn(newSecretHash: [51]), in: waiting.id, from: people.origin, at: later)
        try await stores.factors.remove(
            key.id, of: ada.name, by: .operatorAtMachine, from: people.origin, at: later)
        // By the code: the link was not followed, and the code speaks against it.
        _ = try await stores.factors.add(
            People.key(4), to: ada.name, by: limited.actor, from: people.origin, at: later)
        let entry = try #require(try await people.lastEntry(.account(.addSecurityKey)))
        let lacked = Set(try #require(entry.details["evidence"]).split(separator: " "))
        #expect(lacked.isSuperset(of: ["address", "recovery"]))

        let (bob, second) = try await known("bob", secret: 10)
        let (theirs, _) = try await enrol(bob, in: second, number: 2, at: later)
        let asking = try await people.password(bob, secret: 60, at: later)
        let due = try await stores.recoveries.request(
            for: bob.name, by: asking.actor, from: people.origin, at: later
        ).dueAt
        let ripe = try await people.password(bob, secret: 61, at: due)
        let recovered = try await stores.recoveries.complete(
            in: ripe.id, newSecretHash: [62], from: people.origin, at: due)
        try await stores.factors.remove(theirs.id, of: bob.name, by: .operatorAtMachine, from: people.origin, at: due)
        _ = try await stores.factors.add(
            People.key(5), to: bob.name, by: recovered.actor, from: people.origin, at: due)
        let last = try #require(try await people.lastEntry(.account(.addSecurityKey)))
        #expect(last.details["evidence"]?.split(separator: " ").contains("recovery") == true)
    }

    @Test("waits where the address was taken away and added again: it is verified since then")
    func addedAgain() async throws {
        let (ada, session) = try await known()
        let (old, other) = (ada.email, try EmailAddress(parsing: "second@example.org"))
        func verify(_ address: EmailAddress, _ secret: UInt8) async throws {
            try await stores.accounts.addAddress(
                address, to: ada.name, verification: MailedLink(path: "/", secretHash: [secret]), by: session.actor,
                from: people.origin, at: later)
            _ = try await stores.accounts.useVerificationLink(
                secretHash: [secret], in: nil, newSecretHash: [], from: people.origin, at: later)
        }
        func makePrimary(_ address: EmailAddress, at moment: Timestamp, by actor: Actor) async throws {
            try await stores.accounts.setPrimaryAddress(
                address, of: ada.name, by: actor, from: people.origin, at: moment)
        }
        try await verify(other, 0x90)
        try await makePrimary(other, at: later, by: session.actor)
        try await stores.accounts.removeAddress(
            old, from: ada.name, by: session.actor, from: people.origin, at: later)
        try await verify(old, 0x91)
        try await makePrimary(old, at: later, by: session.actor)
        // The other one does not get the link any more, and the account has been calm for almost long enough.
        let moment = later + FirstFactorEvidence.addressAge - .days(1)
        let again = try await people.password(ada, secret: 30, at: moment)
        #expect(gaps(try await enrol(ada, in: again, at: moment).factors) == [.address, .addressChange])
    }

    @Test("waits in the days after a change of the password: the browser is known anew, for those who changed it")
    func passwordChanged() async throws {
        let (ada, session) = try await known()
        try await stores.accounts.setPassword(
            hash: "new", of: ada.name, newSecretHash: [0x33], by: session.actor, from: people.origin, at: later)
        let after = try await people.password(ada, secret: 50, at: later)
        #expect(gaps(try await enrol(ada, in: after, at: later).factors) == [.browser])
        // A week later it would count.
        let (bob, theirs) = try await known("bob", secret: 10)
        try await stores.accounts.setPassword(
            hash: "new", of: bob.name, newSecretHash: [0x34], by: theirs.actor, from: people.origin, at: later)
        let week = later + FirstFactorEvidence.browserAge
        let again = try await people.password(bob, secret: 40, at: week)
        #expect(try await enrol(bob, in: again, number: 2, at: week).factors.probation == nil)
    }

    @Test("is told to co-owners at once, however much they heard of the account before; and so is that it was frozen")
    func coOwners() async throws {
        let (ada, session) = try await known()
        let bob = try await people.user("bob")
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        // Somebody asks for a recovery again and again, and uses up the co-owners' share.
        let asked = SecurityEvent.recovery(.requested(due: later))
        try await people.index.database.keep(.outbox) { [people, later] transaction in
            for _ in 0..<20 { try transaction.tell(asked, about: ada, from: people.origin, at: later) }
        }
        _ = try await enrol(ada, in: session, at: later)
        let mails = { try await stores.mail.due(at: later + .days(1), limit: 1_000).map(\.mail) }
        func told(_ subject: String) async throws -> [String] {
            try await mails().filter { $0.letter.subject == subject }.map(\.to.text)
        }
        #expect(try await told("ada asks to recover their account").count == 10)
        #expect(try await told("ada added a second factor") == ["bob@example.org"])
        let path = try await mails().compactMap(\.letter.link?.path).first { $0.hasPrefix("/account/not-me/") }
        let secret = try #require(path?.split(separator: "/").last.flatMap { [UInt8](hexadecimal: $0) })
        _ = try await stores.factors.disown(by: SecretHash.of(secret), from: people.origin, at: later)
        #expect(try await told("The second factor of ada was frozen") == ["bob@example.org"])
        // Added and frozen once more, that is counted like the rest, and their share is used up.
        let again = try await people.allowEnrolment(
            in: try await people.password(ada, secret: 70, at: later), at: later)
        _ = try await stores.factors.add(
            People.key(8), to: ada.name, by: again.actor, from: people.origin, at: later)
        #expect(try await told("ada added a second factor").count == 1)
    }

    @Test("of somebody who is made an administrator in the 72 hours after it counted waits for the rest of them")
    func madeAdministrator() async throws {
        let store = SQLPeople(people.index.database)
        let (ada, session) = try await known()
        _ = try await enrol(ada, in: session, at: later)
        try await store.setAdministrator(true, ada.name, by: .operatorAtMachine, at: later + .hours(71))
        let until = later + Probation.length
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(factors.probation == Probation(.firstFactor, until: until, because: [.administrator]))
        // What counted a minute ago is refused from now on: they hear it.
        let told = try await stores.accounts.events(of: ada.id, before: nil, limit: 5).map(\.event)
        let made = SecurityEvent.StandingChange.administratorMade(waitingUntil: until)
        #expect(told.contains { if case .standing(made, _) = $0 { true } else { false } })
        let hers = try await stores.sessions.sessions(of: ada.id, at: later)
        #expect(hers.allSatisfy { $0.standing.probationUntil == until } && !hers.isEmpty)
        // Afterwards it is as good as any.
        let (bob, theirs) = try await known("bob", secret: 10)
        _ = try await enrol(bob, in: theirs, number: 2, at: later)
        try await store.setAdministrator(true, bob.name, by: .operatorAtMachine, at: until)
        #expect(try await stores.factors.factors(of: bob.id).probation == nil)
    }

    @Test("waits where the operator says so: for everybody, or for who holds a role on what is used most")
    func setting() async throws {
        var rule = AccountRule.usual
        rule.firstFactorEvidence = .off
        try await stores.accountRules.set(rule, by: .operatorAtMachine, at: now)
        #expect(try await stores.accountRules.rule().firstFactorEvidence == .off)
        let (ada, session) = try await known()
        #expect(gaps(try await enrol(ada, in: session, at: later).factors) == [.switchedOff])

        rule.firstFactorEvidence = .offForTopShare
        try await stores.accountRules.set(rule, by: .operatorAtMachine, at: now)
        let (bob, bobs) = try await known("bob", secret: 10)
        #expect(try await enrol(bob, in: bobs, number: 2, at: later).factors.probation == nil)
        let (eve, hers) = try await known("eve", secret: 20)
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.projects.addRole(.maintainer, on: demo, to: eve.name, by: .operatorAtMachine, at: now)
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await people.index.database.byHand("UPDATE critical_project SET is_in_top_share = 1")
        #expect(gaps(try await enrol(eve, in: hers, number: 3, at: later).factors) == [.topShare])
    }

    @Test("waits for who is invited to what is used most; a role there that is taken afterwards waits as long")
    func takenLater() async throws {
        var rule = AccountRule.usual
        rule.firstFactorEvidence = .offForTopShare
        try await stores.accountRules.set(rule, by: .operatorAtMachine, at: now)
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.critical.designate(demo, by: .operatorAtMachine, at: now)
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        try await people.index.database.byHand("UPDATE critical_project SET is_in_top_share = 1")
        func invite(_ user: User) async throws {
            try await stores.collaboration.invite(
                user.name, as: .maintainer, to: demo, by: .operatorAtMachine, from: people.origin, at: later)
        }
        let (eve, hers) = try await known("eve", secret: 20)
        try await invite(eve)
        #expect(gaps(try await enrol(eve, in: hers, number: 3, at: later).factors) == [.topShare])

        let (bob, theirs) = try await known("bob", secret: 10)
        let (key, factors) = try await enrol(bob, in: theirs, number: 2, at: later)
        #expect(factors.probation == nil)
        try await invite(bob)
        let session = try await people.signIn(bob, key, count: 6, secret: 60, at: later)
        let missing = try await stores.collaboration.acceptInvitation(
            to: demo, by: session.actor, from: people.origin, at: later)
        #expect(missing?.missing == .probation(until: later + Probation.length))
        for (moment, has) in [(Probation.length - .seconds(1), false), (Probation.length, true)] {
            try await stores.collaboration.giveAcceptedRoles(at: later + moment)
            let roles = try #require(try await stores.projects.snapshot(of: demo)?.roles)
            #expect(roles.contains { $0.user == bob.name } == has)
        }
    }

    @Test("of an administrator waits, whatever speaks for it")
    func administrator() async throws {
        let (ada, session) = try await known()
        try await people.index.database.byHand("UPDATE account SET is_administrator = 1")
        #expect(gaps(try await enrol(ada, in: session, at: later).factors) == [.administrator])
        let entry = try #require(try await people.lastEntry(.account(.addSecurityKey)))
        #expect(entry.details["evidence"] == "administrator" && entry.details["until"] != nil)
    }

    @Test("is not helped by a clock that goes back: neither the browser nor the address is older for it")
    func clock() async throws {
        let (ada, _) = try await known()
        // Back to the day after the account was made; the session is one of then.
        let back = now + .days(1)
        let then = try await people.password(ada, secret: 40, at: back)
        #expect(gaps(try await enrol(ada, in: then, at: back).factors) == [.address, .browser])
    }
}

@Suite("A first factor that was not the holder's") struct DisowningTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    private func mails() async throws -> [(to: String, letter: Letter)] {
        try await stores.mail.due(at: now + .days(500), limit: 1_000).map { ($0.mail.to.text, $0.mail.letter) }
    }

    /// The secret's hash of the link in the mail about the first factor.
    private func link() async throws -> (path: String, letters: [(to: String, letter: Letter)]) {
        let letters = try await mails().filter { $0.letter.subject == "Your account has a second factor" }
        return (try #require(letters.first?.letter.link?.path), letters)
    }

    private func disown(_ path: String, at moment: Timestamp? = nil) async throws {
        let last = try #require(path.split(separator: "/").last)
        let secret = try #require([UInt8](hexadecimal: last))
        _ = try await stores.factors.disown(by: SecretHash.of(secret), from: people.origin, at: moment ?? now)
    }

    @Test(
        "is frozen by the link that every address got, removed ones too, with sessions, tokens and what came after it")
    func freezing() async throws {
        let ada = try await people.user("ada")
        let before = try await people.password(ada, secret: 60)
        let old = try EmailAddress(parsing: "old@example.org")
        try await stores.accounts.addAddress(
            old, to: ada.name, verification: MailedLink(path: "/", secretHash: [9]), by: before.actor,
            from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [9], in: nil, newSecretHash: [], from: people.origin, at: now)
        // It is an address of old, and not one that somebody has just added to hear of what comes.
        try await people.index.database.byHand(
            "UPDATE email_address SET verified_at = $1", (now - .days(31)).microseconds)
        try await stores.accounts.removeAddress(old, from: ada.name, by: before.actor, from: people.origin, at: now)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "before", rootKey: [1], owner: ada.name, label: "", projects: nil, expiresAt: nil),
            by: before.actor, from: people.origin, at: now)
        try await people.index.database.byHand(
            "UPDATE token SET created_at = $1", (now - .hours(1)).microseconds)

        let (_, key, _) = try await people.withKey("ada", secret: 61)
        let (path, letters) = try await link()
        #expect(letters.map(\.to).sorted() == ["ada@example.org", "old@example.org"])
        #expect(letters.allSatisfy { $0.letter.link?.path == path && path.hasPrefix("/account/not-me/") })

        // The thief adds another, takes the first away, and makes a token and codes.
        let strong = try await people.signIn(ada, key, count: 6, secret: 70)
        let second = try await stores.factors.add(
            People.key(2), to: ada.name, by: strong.actor, from: people.origin, at: now)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "theirs", rootKey: [1], owner: ada.name, label: "", projects: nil, expiresAt: nil),
            by: strong.actor, from: people.origin, at: now)
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1]], of: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.factors.remove(
            key.id, of: ada.name, by: .operatorAtMachine, from: people.origin, at: now)

        try await disown(path, at: now + .days(6))
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(!factors.hasSecondFactor && factors.disowned.map(\.id) == [second.id])
        #expect(factors.recoveryCodesLeft == 0 && factors.probation == nil)
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).isEmpty)
        #expect(try await stores.tokens.token("theirs")?.revokedAt != nil)
        #expect(try await stores.tokens.token("before")?.revokedAt == nil, "it is the holder's")
        #expect(try await people.events(ada).contains(.factorsDisowned))
        #expect(
            try await people.recipients("Your second factor was frozen").sorted() == [
                "ada@example.org", "old@example.org",
            ])
        let entry = try #require(
            try await people.lastEntry(.account(.disownFactors)))
        #expect(entry.details["factor"] == key.id.description && entry.details["count"] == "1")

        // Signing in takes the password alone again; the key opens nothing.
        #expect(try await people.password(ada, secret: 80, at: now + .days(6)).standing.restriction == nil)
        #expect(try await stores.factors.securityKey(credentialID: [2]) == nil)
        await #expect(throws: LinkNotValid()) { try await disown(path) }
    }

    @Test("leaves no invitation behind that was made since")
    func invitations() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let bob = try await people.user("bob")
        let (ada, key, _) = try await people.withKey("ada")
        let strong = try await people.signIn(ada, key, count: 6, secret: 70)
        try await stores.collaboration.invite(
            bob.name, as: .owner, to: demo, by: strong.actor, from: people.origin, at: now)
        #expect(try await stores.collaboration.invitations(for: bob.id, at: now).count == 1)
        try await disown(try await link().path)
        #expect(try await stores.collaboration.invitations(for: bob.id, at: now).isEmpty)
        #expect(try await people.recipients("The invitation to demo-pkg has ended") == ["bob@example.org"])
    }

    @Test("leaves none that was made since though the clock went back, nor one to a project that was removed meanwhile")
    func invitationsByTheJournal() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (bob, eve) = (try await people.user("bob"), try await people.user("eve"))
        let ada = try await people.user("ada")
        let before = try await people.password(ada, secret: 60)
        try await stores.collaboration.invite(
            eve.name, as: .maintainer, to: demo, by: before.actor, from: people.origin, at: now)
        let (_, key, _) = try await people.withKey("ada", secret: 61)
        let strong = try await people.signIn(ada, key, count: 6, secret: 70)
        try await stores.collaboration.invite(
            bob.name, as: .owner, to: demo, by: strong.actor, from: people.origin, at: now)
        let earlier = now - .hours(1)
        try await people.index.database.byHand("UPDATE invitation SET invited_at = $1", earlier.microseconds)
        let path = try await link().path
        try await stores.removals.deleteProject(demo, by: .operatorAtMachine, from: people.origin, at: now)
        // Deleting ends invitations; these are as if a project that is removed still had them.
        for invited in [bob, eve] {
            try await people.index.database.byHand(
                """
                INSERT INTO invitation (project_id, account_id, role, invited_by, invited_at, expires_at)
                SELECT id, $1, 'maintainer', $2, $3, $4 FROM project
                """, invited.id.number, ada.id.number, earlier.microseconds, (now + .days(7)).microseconds)
        }
        try await disown(path)
        let left = try await people.index.database.read {
            try $0.rows("SELECT account_id FROM invitation").map { try $0.integer("account_id") }
        }
        #expect(left == [eve.id.number], "that of the time before is the holder's")
    }

    @Test("names in the mail the roles that were given meanwhile, for they stay")
    func roles() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let (bob, eve) = (try await people.user("bob"), try await people.user("eve"))
        try await stores.projects.addRole(.maintainer, on: demo, to: eve.name, by: .operatorAtMachine, at: now)
        let (ada, key, _) = try await people.withKey("ada")
        let strong = try await people.signIn(ada, key, count: 6, secret: 70)
        try await stores.collaboration.invite(
            bob.name, as: .owner, to: demo, by: strong.actor, from: people.origin, at: now)
        let theirs = try await people.password(bob, secret: 80)
        _ = try await stores.collaboration.acceptInvitation(to: demo, by: theirs.actor, from: people.origin, at: now)
        try await disown(try await link().path)
        let letter = try await mails().last { $0.letter.subject == "Your second factor was frozen" }?.letter
        let said = letter?.paragraphs.joined(separator: " ") ?? ""
        #expect(
            said.contains("since the factor was added stay: bob is owner of demo-pkg. If that was not you"), "\(said)")
    }

    @Test("can be added again as the mail says, and waits then, because somebody said that it was not theirs")
    func again() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        try await disown(try await link().path)
        // By nobody else.
        let bob = try await people.user("bob")
        let theirs = try await people.allowEnrolment(in: try await people.password(bob, secret: 30))
        await #expect(throws: FactorRefusal.keyTaken) {
            try await stores.factors.add(People.key(1), to: bob.name, by: theirs.actor, from: people.origin, at: now)
        }
        let session = try await people.allowEnrolment(in: try await people.password(ada, secret: 20))
        let added = try await stores.factors.add(
            People.key(1), to: ada.name, by: session.actor, from: people.origin, at: now)
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(factors.securityKeys.map(\.id) == [added.id] && added.id != key.id)
        #expect(factors.disowned.isEmpty && factors.probation?.because.contains(.disowning) == true)
        // One that is in use is not added twice.
        await #expect(throws: FactorRefusal.keyTaken) {
            try await stores.factors.add(People.key(1), to: ada.name, by: session.actor, from: people.origin, at: now)
        }
    }

    @Test("accepts no role in the holder's name: what was accepted waits for them again")
    func acceptances() async throws {
        try await people.index.receive(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        let (ada, key, _) = try await people.withKey("grace")
        try await stores.collaboration.invite(
            ada.name, as: .maintainer, to: demo, by: .operatorAtMachine, from: people.origin, at: now)
        let session = try await people.signIn(ada, key, count: 6, secret: 70)
        _ = try await stores.collaboration.acceptInvitation(
            to: demo, by: session.actor, from: people.origin, at: now)
        #expect(try await stores.collaboration.invitations(for: ada.id, at: now).map(\.acceptedAt) == [now])
        try await disown(try await link().path)
        #expect(try await stores.collaboration.invitations(for: ada.id, at: now).map(\.acceptedAt) == [nil])
    }

    @Test("is not disowned by a link that has expired, nor is that voided by making another address the primary one")
    func lifetime() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let path = try await link().path
        let strong = try await people.signIn(ada, key, count: 6, secret: 40)
        let theirs = try EmailAddress(parsing: "thief@example.net")
        try await stores.accounts.addAddress(
            theirs, to: ada.name, verification: MailedLink(path: "/", secretHash: [9]), by: strong.actor,
            from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [9], in: nil, newSecretHash: [], from: people.origin, at: now)
        try await stores.accounts.setPrimaryAddress(
            theirs, of: ada.name, by: strong.actor, from: people.origin, at: now)
        await #expect(throws: LinkNotValid()) { try await disown(path, at: now + .days(7)) }
        try await disown(path, at: now + .days(7) - .microseconds(1))
        #expect(try await !stores.factors.factors(of: ada.id).hasSecondFactor)
    }

    @Test("is disowned by no address that was added lately, not even once it is removed")
    func addedAddress() async throws {
        let ada = try await people.user("ada")
        let thief = try await people.password(ada, secret: 60)
        let theirs = try EmailAddress(parsing: "thief@example.net")
        try await stores.accounts.addAddress(
            theirs, to: ada.name, verification: MailedLink(path: "/", secretHash: [9]), by: thief.actor,
            from: people.origin, at: now)
        _ = try await stores.accounts.useVerificationLink(
            secretHash: [9], in: nil, newSecretHash: [], from: people.origin, at: now)
        try await stores.accounts.removeAddress(theirs, from: ada.name, by: thief.actor, from: people.origin, at: now)
        _ = try await people.withKey("ada", secret: 61)
        let letters = try await mails().filter { $0.letter.subject == "Your account has a second factor" }
        // It hears of the factor, and can do nothing about it.
        let links = letters.filter { $0.letter.link?.path.hasPrefix("/account/not-me/") ?? false }
        #expect(letters.count == 2 && links.map(\.to) == ["ada@example.org"])
    }

    @Test("takes the delays of critical projects with it, and the tokens that rest on it though the clock went back")
    func rest() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let path = try await link().path
        let strong = try await people.signIn(ada, key, count: 6, secret: 40)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "theirs", rootKey: [1], owner: ada.name, label: "", projects: nil, expiresAt: nil),
            by: strong.actor, from: people.origin, at: now)
        try await people.index.database.byHand(
            "UPDATE token SET created_at = $1", (now - .hours(1)).microseconds)
        try await people.index.database.byHand(
            """
            INSERT INTO critical_delay (account_id, normalized, requested_at, until, lacking)
            VALUES ($1, 'demo', $2, $3, 'second-factor')
            """, ada.id.number, now.microseconds, (now + .days(9)).microseconds)
        try await disown(path)
        #expect(try await stores.tokens.token("theirs")?.revokedAt == now)
        let until = try await people.index.database.read {
            try $0.row("SELECT until FROM critical_delay")?.integer("until")
        }
        #expect(until == now.microseconds)
    }

    @Test("gives anyone who presses the button nothing: no session, no address, no link")
    func noWeapon() async throws {
        let (ada, _, _) = try await people.withKey("ada")
        let addresses = try await stores.accounts.addresses(of: ada.id)
        let path = try await link().path
        let before = try await mails().count
        let password = try await stores.accounts.credentials(of: "ada")?.passwordHash
        try await disown(path)
        #expect(try await stores.accounts.addresses(of: ada.id) == addresses)
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).isEmpty)
        let new = try await mails().dropFirst(before).map(\.letter)
        #expect(new.allSatisfy { $0.link?.path == "/account/request-password-reset/" })
        #expect(try await stores.accounts.credentials(of: "ada")?.passwordHash == password)
    }
}
