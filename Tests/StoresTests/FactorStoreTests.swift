import Accounts
import Acts
import Journal
import Letters
import PackagingFormats
import Policy
import Ports
import Removals
import Stores
import Support
import Testing
import UTC

@Suite("Second factors") struct FactorStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    @Test("read back as they were enrolled")
    func roundTrip() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        var expected = People.key(1).key
        expected.id = key.id
        expected.addedAt = now
        #expect(try await stores.factors.factors(of: ada.id).securityKeys == [expected])
        _ = try await stores.factors.userHandle(of: ada.id, candidate: [7, 7])
        let found = try #require(try await stores.factors.securityKey(credentialID: [1]))
        #expect(found.owner.name == ada.name && found.userHandle == [7, 7] && found.key == expected)
        #expect(try await stores.factors.userHandle(of: ada.id, candidate: [8]) == [7, 7])
    }

    @Test("are not enrolled with the password alone; the first one takes the mailed link, works once and in time")
    func firstEnrolment() async throws {
        let ada = try await people.user("ada")
        let session = try await people.password(ada)
        await #expect(throws: AccessRefusal.enrolmentLinkNeeded) {
            try await stores.factors.add(
                People.key(1), to: ada.name, by: session.actor, from: people.origin, at: now)
        }
        await #expect(throws: AccessRefusal.enrolmentLinkNeeded) {
            try await people.withApp(session, user: ada)
        }
        let allowed = try await people.allowEnrolment(in: session)
        await #expect(throws: LinkNotValid()) {
            try await stores.accounts.useEnrolmentLink(
                secretHash: People.enrolmentLink(in: session), by: session.actor, newSecretHash: [0xF0], at: now)
        }
        // Opened a second time, it says where it was used.
        let use = try await stores.accounts.use(ofLink: People.enrolmentLink(in: session))
        #expect(use == OneTimeLink.Use(.enrolFirstFactor, at: now, client: RequestOrigin().clientWords))
        await #expect(throws: AccessRefusal.enrolmentLinkNeeded) {
            try await stores.factors.add(
                People.key(1), to: ada.name, by: allowed.actor, from: people.origin,
                at: now + FirstEnrolment.lifetime)
        }
        _ = try await stores.factors.add(
            People.key(1), to: ada.name, by: allowed.actor, from: people.origin, at: now)
    }

    @Test("of another's session are not enrolled by a link that is not its own")
    func foreignLink() async throws {
        let ada = try await people.user("ada")
        let thief = try await people.password(try await people.user("mallory"), secret: 3)
        try await stores.accounts.mailLink(
            MailedLink(path: "/", secretHash: [5]), .enrolFirstFactor, to: ada.id, from: people.origin,
            at: now)
        await #expect(throws: LinkNotValid()) {
            try await stores.accounts.useEnrolmentLink(
                secretHash: [5], by: thief.actor, newSecretHash: [6], at: now)
        }
        // It was not used up either.
        let own = try await people.password(ada)
        try await stores.accounts.useEnrolmentLink(secretHash: [5], by: own.actor, newSecretHash: [6], at: now)
    }

    @Test("are not enrolled by a link that is followed in a session that has ended and was not swept yet")
    func linkInEndedSession() async throws {
        let ada = try await people.user("ada")
        let session = try await people.password(ada)
        let late = now + SessionLifetime.idle
        try await stores.accounts.mailLink(
            MailedLink(path: "/", secretHash: [5]), .enrolFirstFactor, to: ada.id, from: people.origin, at: late)
        await #expect(throws: AccessRefusal.notSignedIn) {
            try await stores.accounts.useEnrolmentLink(
                secretHash: [5], by: session.actor, newSecretHash: [6], at: late)
        }
        #expect(try await stores.accounts.link(secretHash: [5], at: late) != nil)
    }

    @Test("begin a probation when they are the first, and end the account's other sessions")
    func probation() async throws {
        let ada = try await people.user("ada")
        _ = try await people.password(ada, secret: 9)
        let (_, _, session) = try await people.withKey("ada")
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).map(\.id) == [session.id])
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(
            factors.probation
                == Probation(.firstFactor, until: now + Probation.length, because: [.address, .browser]))
        #expect(try await people.events(ada).contains(.firstFactorAdded))
    }

    @Test("are each registered once, anyone's they are")
    func unique() async throws {
        _ = try await people.withKey("ada")
        let bob = try await people.user("bob")
        let session = try await people.allowEnrolment(in: try await people.password(bob, secret: 2))
        await #expect(throws: FactorRefusal.keyTaken) {
            try await stores.factors.add(
                People.key(1), to: bob.name, by: session.actor, from: people.origin, at: now)
        }
    }

    @Test("whose counter goes back are frozen, told of, and refused from then on")
    func freezing() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        for count: UInt32 in [5, 0] {
            let waiting = try await people.password(ada, secret: 2)
            await #expect(throws: FactorRefusal.keyFrozen) {
                try await stores.sessions.prove(
                    people.use(key, count: count), for: .signIn(newSecretHash: [3]), in: waiting.id,
                    from: people.origin, at: now)
            }
            try await stores.sessions.end(
                waiting.id, of: ada.name, by: .operatorAtMachine, at: now)
        }
        let frozen = try #require(try await stores.factors.factors(of: ada.id).securityKeys.first)
        #expect(frozen.frozenAt == now && frozen.signCount == 5)
        #expect(try await people.events(ada).filter { $0 == .securityKeyFrozen }.count == 1)
        let waiting = try await people.password(ada, secret: 4)
        #expect(waiting.standing.restriction == .secondFactorDue)
        await #expect(throws: FactorRefusal.keyFrozen) {
            try await stores.sessions.prove(
                people.use(key, count: 99), for: .signIn(newSecretHash: [5]), in: waiting.id, from: people.origin,
                at: now)
        }
    }

    @Test("that are frozen take the tokens with them that were made in their sessions, and the mail says how many")
    func freezingTokens() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        for (id, actor) in [("by-key", session.actor), ("by-operator", Actor.operatorAtMachine)] {
            _ = try await stores.tokens.add(
                NewAPIToken(id: id, rootKey: [1], owner: ada.name, label: id, projects: nil, expiresAt: nil),
                by: actor, from: people.origin, at: now)
        }
        let waiting = try await people.password(ada, secret: 20)
        await #expect(throws: FactorRefusal.keyFrozen) {
            try await stores.sessions.prove(
                people.use(key, count: 6), for: .signIn(newSecretHash: [21]), in: waiting.id, from: people.origin,
                at: now)
        }
        #expect(try await stores.tokens.token("by-key")?.revokedAt == now)
        #expect(try await stores.tokens.token("by-operator")?.revokedAt == nil)
        let letters = try await stores.mail.due(at: now, limit: 100).map(\.mail.letter)
        let letter = try #require(letters.first { $0.subject == "One of your security keys was frozen" })
        #expect(letter.paragraphs.contains { $0.contains("API tokens that were made in them are revoked: 1.") })
    }

    @Test("without a counter are taken again and again")
    func withoutCounter() async throws {
        let ada = try await people.user("ada")
        let session = try await people.allowEnrolment(in: try await people.password(ada))
        var new = People.key(1)
        new.key.signCount = 0
        let key = try await stores.factors.add(new, to: ada.name, by: session.actor, from: people.origin, at: now)
        for secret: UInt8 in [10, 20] {
            #expect(try await people.signIn(ada, key, count: 0, secret: secret).isLive)
        }
    }

    @Test("with codes let one of a hundred attempts with the same code through")
    func codeRace() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        _ = try await people.withApp(try await people.signIn(ada, key, count: 6), user: ada)
        var waiting: [Session] = []
        for number in 0..<100 { waiting.append(try await people.password(ada, secret: UInt8(100 + number))) }
        let passed = await withTaskGroup(of: Bool.self) { group in
            for (number, session) in waiting.enumerated() {
                group.addTask { [stores, people, now] in
                    let raised = try? await stores.sessions.prove(
                        .authenticatorApp(check: People.code(11)), for: .signIn(newSecretHash: [1, UInt8(number)]),
                        in: session.id, from: people.origin, at: now)
                    return raised != nil
                }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(passed == 1)
    }

    @Test("use a counter up that a refusal says too much about")
    func burnt() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        _ = try await people.withApp(try await people.signIn(ada, key, count: 6), user: ada)
        let waiting = try await people.password(ada, secret: 2)
        await #expect(throws: FactorRefusal.codeNotAccepted(hint: "ahead")) {
            try await stores.sessions.prove(
                .authenticatorApp(check: { _ in .refused(.codeNotAccepted(hint: "ahead"), burnt: 15) }),
                for: .signIn(newSecretHash: [3]), in: waiting.id, from: people.origin, at: now)
        }
        #expect(try await stores.factors.factors(of: ada.id).authenticatorApps.first?.lastCounter == 15)
    }

    @Test("that are recovery codes are burnt by one of a hundred, and open a session that can enrol and nothing else")
    func recoveryCodes() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let signedIn = try await people.signIn(ada, key, count: 6)
        try await stores.factors.replaceRecoveryCodes(
            hashes: (0..<10).map { [1, $0] }, of: ada.name, by: signedIn.actor, from: people.origin, at: now)
        var waiting: [Session] = []
        for number in 0..<100 { waiting.append(try await people.password(ada, secret: UInt8(100 + number))) }
        let raised = await withTaskGroup(of: Session?.self) { group in
            for (number, session) in waiting.enumerated() {
                group.addTask { [stores, people, now] in
                    try? await stores.sessions.prove(
                        .recoveryCode(hash: [1, 3]), for: .signIn(newSecretHash: [1, UInt8(number)]), in: session.id,
                        from: people.origin, at: now)
                }
            }
            return await group.reduce(into: [Session]()) { if let session = $1 { $0.append(session) } }
        }
        let session = try #require(raised.first)
        #expect(raised.count == 1 && session.standing.restriction == .enrolmentOnly)
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(factors.recoveryCodesLeft == 9)
        #expect(
            factors.probation == Probation(.recoveryCode, until: now + Probation.length) || factors.probation != nil)
        await #expect(throws: AccessRefusal.restricted(.enrolmentOnly)) {
            try await stores.factors.remove(key.id, of: ada.name, by: session.actor, from: people.origin, at: now)
        }
        _ = try await stores.factors.add(
            People.key(2), to: ada.name, by: session.actor, from: people.origin, at: now)
    }

    @Test(
        "that are recovery codes open sessions that end when the holder shows a factor or makes new codes",
        arguments: [true, false])
    func endsLimitedSession(byFactor: Bool) async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let signedIn = try await people.signIn(ada, key, count: 6)
        try await stores.factors.replaceRecoveryCodes(
            hashes: [[1]], of: ada.name, by: signedIn.actor, from: people.origin, at: now)
        let thief = try await people.password(ada, secret: 30)
        _ = try await stores.sessions.prove(
            .recoveryCode(hash: [1]), for: .signIn(newSecretHash: [31]), in: thief.id, from: people.origin, at: now)
        #expect(try await stores.sessions.session(secretHash: [31], at: now) != nil)
        if byFactor {
            _ = try await people.signIn(ada, key, count: 7, secret: 42)
        } else {
            try await stores.factors.replaceRecoveryCodes(
                hashes: [[2]], of: ada.name, by: signedIn.actor, from: people.origin, at: now)
        }
        #expect(try await stores.sessions.session(secretHash: [31], at: now) == nil)
    }

    @Test("that are recovery codes are void once there are new ones, and prove no step-up")
    func voidCodes() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let signedIn = try await people.signIn(ada, key, count: 6)
        for first: UInt8 in [1, 2] {
            try await stores.factors.replaceRecoveryCodes(
                hashes: [[first]], of: ada.name, by: signedIn.actor, from: people.origin, at: now)
        }
        let waiting = try await people.password(ada, secret: 30)
        await #expect(throws: FactorRefusal.codeNotAccepted(hint: nil)) {
            try await stores.sessions.prove(
                .recoveryCode(hash: [1]), for: .signIn(newSecretHash: [31]), in: waiting.id, from: people.origin,
                at: now)
        }
        await #expect(throws: FactorRefusal.self) {
            try await stores.sessions.prove(
                .recoveryCode(hash: [2]), for: .stepUp(.account(.issueToken), object: "", newSecretHash: [32]),
                in: signedIn.id,
                from: people.origin,
                at: now)
        }
        #expect(try await stores.factors.factors(of: ada.id).recoveryCodesLeft == 1)
    }

    @Test("take the sessions and tokens that they vouched for with them, and no others")
    func removal() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let withKey = try await people.signIn(ada, key, count: 6, secret: 20)
        _ = try await people.withApp(withKey, user: ada)
        func token(_ id: String, in session: Session) async throws {
            _ = try await stores.tokens.add(
                NewAPIToken(id: id, rootKey: [1], owner: ada.name, label: id, projects: nil, expiresAt: nil),
                by: session.actor, from: people.origin, at: now)
        }
        try await token("by-key", in: withKey)
        let second = try await stores.factors.add(
            People.key(2), to: ada.name, by: withKey.actor, from: people.origin, at: now)
        let bySecond = try await people.signIn(ada, second, count: 6, secret: 40)
        try await token("by-second", in: bySecond)
        #expect(try await stores.tokens.token("by-key")?.assurance == .attestedHardware)
        #expect(try await stores.tokens.token("by-key")?.factor == key.id)
        try await stores.factors.remove(key.id, of: ada.name, by: bySecond.actor, from: people.origin, at: now)
        #expect(try await stores.tokens.token("by-key")?.revokedAt == now)
        #expect(try await stores.tokens.token("by-second")?.revokedAt == nil)
        #expect(try await stores.sessions.session(secretHash: [20], at: now) == nil)
        #expect(try await stores.sessions.session(secretHash: [40], at: now) != nil)
    }

    @Test("stay when they are the last and a project requires two, and a role there takes one")
    func lastFactor() async throws {
        let demo = try ProjectName(parsing: "demo-pkg")
        try await people.index.receive(.wheel())
        try await stores.projects.requireAssurance(.secondFactor, on: demo, by: .operatorAtMachine, at: now)
        let bob = try await people.user("bob")
        let notReady = await #expect(throws: RoleRefusal.self) {
            try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        }
        #expect(notReady?.code == "role.not-ready")
        let (_, key, _) = try await people.withKey("bob")
        try await stores.projects.addRole(.owner, on: demo, to: bob.name, by: .operatorAtMachine, at: now)
        let session = try await people.signIn(bob, key, count: 6)
        await #expect(throws: FactorRefusal.lastFactor(projects: ["demo-pkg"])) {
            try await stores.factors.remove(key.id, of: bob.name, by: session.actor, from: people.origin, at: now)
        }
        // On probation they may not publish there; when it is over they may.
        let outcome = await #expect(throws: AccessRefusal.self) {
            try await stores.removals.setStatus(.archived, reason: nil, of: demo, by: session.actor, at: now)
        }
        guard case .mandate(let refusal) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(refusal.missing == .probation(until: now + Probation.length))
        // ada is a co-owner, but has shown a password only.
        await #expect(throws: AccessRefusal.tooWeak(needs: .secondFactor)) {
            try await stores.factors.endProbation(
                of: bob.name, by: people.index.ada, from: people.origin, at: now)
        }
        try await stores.factors.endProbation(of: bob.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.removals.setStatus(.archived, reason: nil, of: demo, by: session.actor, at: now)
    }
}
