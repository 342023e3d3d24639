import Model
import PackagingFormats
import Stores
import Support
import Testing
import UTC

/// People who sign in, in an index of their own.
struct People {
    let index: TestIndex
    var stores: Stores { index.stores }
    var now: Timestamp { index.now }
    let origin = RequestOrigin(address: "192.0.2.1", client: "Firefox")

    init() async throws { index = try await TestIndex() }

    func user(_ name: String) async throws -> User {
        let name = try Username(parsing: name)
        if let user = try await stores.accounts.user(named: name) { return user }
        return try await stores.accounts.add(
            NewUser(
                name: name, email: EmailAddress(parsing: "\(name)@example.org"), isAdministrator: false,
                passwordHash: "hash"),
            by: .operatorAtMachine, at: now)
    }

    /// Shows the password.
    func password(_ user: User, secret: UInt8 = 1, at moment: Timestamp? = nil) async throws -> Session {
        try await stores.sessions.begin(
            NewSession(secretHash: [secret], user: user.id, use: .password, origin: origin), at: moment ?? now)
    }

    static func key(_ number: UInt8, label: String? = nil) -> NewSecurityKey {
        NewSecurityKey(
            SecurityKey(
                id: FactorID(0), label: label ?? "Key \(number)", credentialID: [number], publicKey: [1], signCount: 5,
                isBackupEligible: false, isBackedUp: false, verifiesUser: true, isDiscoverable: false,
                transports: ["usb", "nfc"], attestationFormat: "packed", isAttested: true, aaguid: "aa",
                attestationKeyID: nil, modelName: "Model", addedAt: Timestamp(seconds: 0)))
    }

    /// Follows the mailed link in a session.
    func allowEnrolment(in session: Session, at moment: Timestamp? = nil) async throws -> Session {
        let link = MailedLink(path: "/account/enrol/00/", secretHash: [0xEE])
        try await stores.accounts.mailLink(
            link, .enrolFirstFactor, object: "", to: session.user.id, from: origin, at: moment ?? now)
        try await stores.accounts.useEnrolmentLink(secretHash: [0xEE], in: session.id, at: moment ?? now)
        return try await refreshed(session)
    }

    func refreshed(_ session: Session) async throws -> Session {
        let all = try await stores.sessions.sessions(of: session.user.id, at: now)
        return try #require(all.first { $0.id == session.id })
    }

    /// An account with one key, and the session in which it was enrolled.
    func withKey(_ name: String, number: UInt8 = 1, secret: UInt8 = 1) async throws -> (User, SecurityKey, Session) {
        let user = try await user(name)
        let session = try await allowEnrolment(in: try await password(user, secret: secret))
        let key = try await stores.factors.add(
            Self.key(number), to: user.name, by: session.actor, from: origin, at: now)
        return (user, key, try await refreshed(session))
    }

    func use(_ key: SecurityKey, count: UInt32) -> FactorUse {
        .securityKey(key.id, signCount: count, isBackedUp: false, assurance: .attestedHardware)
    }

    /// Signs in with password and key.
    func signIn(
        _ user: User, _ key: SecurityKey, count: UInt32, secret: UInt8 = 8, at moment: Timestamp? = nil
    ) async throws -> Session {
        let waiting = try await password(user, secret: secret &- 1, at: moment)
        return try await stores.sessions.prove(
            use(key, count: count), for: .signIn(newSecretHash: [secret]), in: waiting.id, from: origin,
            at: moment ?? now)
    }

    func withApp(_ session: Session, user: User) async throws -> AuthenticatorApp {
        _ = try await stores.factors.prepareAuthenticatorApp(for: user.name, by: session.actor, at: now) { id in
            Array("sealed \(id)".utf8)
        }
        return try await stores.factors.confirmAuthenticatorApp(
            of: user.name, by: session.actor, from: origin, at: now
        ) { _ in .accepted(counter: 10) }
    }

    /// A code of a time step, judged as the real one is.
    static func code(_ counter: Int64) -> CodeCheck {
        { app in
            counter > app.lastCounter ?? -1
                ? .accepted(counter: counter) : .refused(.codeNotAccepted(hint: nil), burnt: nil)
        }
    }

    func events(_ user: User) async throws -> [SecurityEvent.Kind] {
        try await stores.accounts.events(of: user.id, before: nil, limit: 100).map(\.event.kind)
    }
}

@Suite("Sessions") struct SessionStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    @Test("begin with a password, and are found by the browser's secret until they end")
    func begin() async throws {
        let ada = try await people.user("ada")
        let session = try await people.password(ada)
        #expect(session.isLive && session.assurance == .password && session.standing.strongest == .password)
        #expect(session.standing.isFreshlyProven(for: .issueToken, object: "", at: now))
        #expect(try await stores.sessions.session(secretHash: [1], at: now)?.id == session.id)
        #expect(try await stores.sessions.session(secretHash: [2], at: now) == nil)
        #expect(try await stores.sessions.session(secretHash: [1], at: now + SessionLifetime.idle) == nil)
        #expect(try await people.events(ada) == [.signedIn])
    }

    @Test("stay while they are used, and end after two weeks all the same")
    func lifetime() async throws {
        _ = try await people.password(try await people.user("ada"))
        var moment = now
        let end = now + SessionLifetime.longest(nil)
        while moment + .seconds(6 * 3_600) < end {
            moment = moment + .seconds(6 * 3_600)
            #expect(try await stores.sessions.session(secretHash: [1], at: moment) != nil)
        }
        #expect(try await stores.sessions.session(secretHash: [1], at: end) == nil)
        try await stores.sessions.removeEnded(at: end)
        #expect(try await stores.sessions.session(secretHash: [1], at: moment) == nil)
    }

    @Test("of an account with a factor wait for it, and carry its assurance under a new secret")
    func secondFactor() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let waiting = try await people.password(ada, secret: 2)
        #expect(waiting.standing.restriction == .secondFactorDue && !waiting.isLive)
        let session = try await stores.sessions.prove(
            people.use(key, count: 6), for: .signIn(newSecretHash: [3]), in: waiting.id, from: people.origin, at: now)
        #expect(session.isLive && session.assurance == .attestedHardware && session.standing.factor == key.id)
        #expect(try await stores.sessions.session(secretHash: [2], at: now) == nil)
        #expect(try await stores.sessions.session(secretHash: [3], at: now)?.id == session.id)
    }

    @Test("carry what was shown, not what the account has: a code on an account with keys is a second factor")
    func weaker() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let strong = try await people.signIn(ada, key, count: 6)
        _ = try await people.withApp(strong, user: ada)
        let waiting = try await people.password(ada, secret: 2)
        let session = try await stores.sessions.prove(
            .authenticatorApp(check: People.code(11)), for: .signIn(newSecretHash: [3]), in: waiting.id,
            from: people.origin, at: now)
        #expect(session.assurance == .secondFactor && session.standing.strongest == .attestedHardware)
        #expect(!session.standing.isFreshlyProven(for: .issueToken, object: "", at: now))
        await #expect(throws: FactorRefusal.notStrongEnough(.attestedHardware)) {
            try await stores.sessions.prove(
                .authenticatorApp(check: People.code(12)), for: .stepUp(.issueToken, object: ""), in: session.id,
                from: people.origin, at: now)
        }
        await #expect(throws: AccessRefusal.self) {
            try await stores.factors.remove(
                key.id, of: ada.name, by: session.actor, from: people.origin, at: now)
        }
    }

    @Test("prove for one act on one object by a step-up, for five minutes")
    func stepUp() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let later = now + .seconds(600)
        let session = try await people.signIn(ada, key, count: 6)
        func remove(_ id: FactorID, _ session: Session) async throws {
            try await stores.factors.remove(id, of: ada.name, by: session.actor, from: people.origin, at: later)
        }
        await #expect(throws: AccessRefusal.self) { try await remove(key.id, session) }
        let other = try await stores.sessions.prove(
            people.use(key, count: 7), for: .stepUp(.removeSecurityKey, object: "999"), in: session.id,
            from: people.origin, at: later)
        await #expect(throws: AccessRefusal.self) { try await remove(key.id, other) }
        let proven = try await stores.sessions.prove(
            people.use(key, count: 8), for: .stepUp(.removeSecurityKey, object: key.id.description), in: session.id,
            from: people.origin, at: later)
        try await remove(key.id, proven)
    }

    @Test("let one of a hundred answers to a challenge through")
    func challenges() async throws {
        let ada = try await people.user("ada")
        let challenge = Challenge(
            browser: [1], user: ada.id, purpose: .stepUp(.issueToken, object: "x"), bytes: [9],
            requiresUserVerification: true, expiresAt: now + Challenge.lifetime)
        try await stores.sessions.keep(challenge)
        let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 {
                group.addTask { [stores, now] in
                    try await stores.sessions.take(browser: [1], purpose: challenge.purpose, at: now) != nil
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(taken == 1)
    }

    @Test("know a challenge by browser and purpose, the latest only, and not when it is old")
    func challengeBinding() async throws {
        let sessions = stores.sessions
        func keep(_ bytes: [UInt8]) async throws {
            try await sessions.keep(
                Challenge(
                    browser: [1], user: nil, purpose: .passkey, bytes: bytes, requiresUserVerification: true,
                    expiresAt: now + Challenge.lifetime))
        }
        try await keep([1])
        #expect(try await sessions.take(browser: [2], purpose: .passkey, at: now) == nil)
        #expect(try await sessions.take(browser: [1], purpose: .secondFactor, at: now) == nil)
        try await keep([2])
        #expect(try await sessions.take(browser: [1], purpose: .passkey, at: now)?.bytes == [2])
        try await keep([3])
        #expect(try await sessions.take(browser: [1], purpose: .passkey, at: now + Challenge.lifetime) == nil)
        #expect(try await sessions.take(browser: [1], purpose: .passkey, at: now) == nil)
    }

    @Test("end one by one or all at once, and only their owner's")
    func ending() async throws {
        let ada = try await people.user("ada")
        let bob = try await people.user("bob")
        let first = try await people.password(ada, secret: 1)
        let second = try await people.password(ada, secret: 2)
        let foreign = try await people.password(bob, secret: 3)
        try await stores.sessions.end(foreign.id, of: ada.name, by: first.actor, at: now)
        #expect(try await stores.sessions.session(secretHash: [3], at: now) != nil)
        await #expect(throws: AccessRefusal.administratorsOnly) {
            try await stores.sessions.end(foreign.id, of: bob.name, by: first.actor, at: now)
        }
        try await stores.sessions.endAll(of: ada.name, except: first.id, by: first.actor, at: now)
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).map(\.id) == [first.id])
        _ = second
    }

    @Test("are held to changing a password that thieves know, also after the second factor")
    func breached() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let waiting = try await stores.sessions.begin(
            NewSession(
                secretHash: [2], user: ada.id, use: .password, isPasswordBreached: true, origin: people.origin), at: now
        )
        let session = try await stores.sessions.prove(
            people.use(key, count: 6), for: .signIn(newSecretHash: [3]), in: waiting.id, from: people.origin, at: now)
        #expect(session.standing.restriction == .passwordChangeOnly)
        await #expect(throws: AccessRefusal.restricted(.passwordChangeOnly)) {
            try await stores.factors.remove(key.id, of: ada.name, by: session.actor, from: people.origin, at: now)
        }
        try await stores.accounts.setPassword(
            hash: "new", of: ada.name, by: session.actor, from: people.origin, at: now)
        #expect(try await people.refreshed(session).isLive)
    }
}

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
            try await stores.factors.prepareAuthenticatorApp(for: ada.name, by: session.actor, at: now) { _ in [] }
        }
        let allowed = try await people.allowEnrolment(in: session)
        await #expect(throws: LinkNotValid()) {
            try await stores.accounts.useEnrolmentLink(secretHash: [0xEE], in: session.id, at: now)
        }
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
            MailedLink(path: "/", secretHash: [5]), .enrolFirstFactor, object: "", to: ada.id, from: people.origin,
            at: now)
        await #expect(throws: LinkNotValid()) {
            try await stores.accounts.useEnrolmentLink(secretHash: [5], in: thief.id, at: now)
        }
        // It was not used up either.
        let own = try await people.password(ada)
        try await stores.accounts.useEnrolmentLink(secretHash: [5], in: own.id, at: now)
    }

    @Test("begin a probation when they are the first, and end the account's other sessions")
    func probation() async throws {
        let ada = try await people.user("ada")
        _ = try await people.password(ada, secret: 9)
        let (_, _, session) = try await people.withKey("ada")
        #expect(try await stores.sessions.sessions(of: ada.id, at: now).map(\.id) == [session.id])
        let factors = try await stores.factors.factors(of: ada.id)
        #expect(factors.probation == Probation(.firstFactor, until: now + Probation.length))
        #expect(try await people.events(ada).contains(.firstFactorAdded))
    }

    @Test("are each registered once, whoever's they are")
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
        #expect(try await stores.factors.factors(of: ada.id).authenticatorApp?.lastCounter == 15)
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
                .recoveryCode(hash: [2]), for: .stepUp(.issueToken, object: ""), in: signedIn.id, from: people.origin,
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
        // On probation he may not publish there; when it is over he may.
        let outcome = await #expect(throws: AccessRefusal.self) {
            try await stores.projects.setStatus(.archived, reason: nil, of: demo, by: session.actor, at: now)
        }
        guard case .mandate(let refusal) = outcome else {
            Issue.record("\(String(describing: outcome))")
            return
        }
        #expect(refusal.lack == .probation(until: now + Probation.length))
        // ada is a co-owner, but has shown a password only.
        await #expect(throws: AccessRefusal.tooWeak(needs: .secondFactor)) {
            try await stores.factors.endProbation(
                of: bob.name, by: people.index.ada, from: people.origin, at: now)
        }
        try await stores.factors.endProbation(of: bob.name, by: .operatorAtMachine, from: people.origin, at: now)
        try await stores.projects.setStatus(.archived, reason: nil, of: demo, by: session.actor, at: now)
    }
}

@Suite("Makes of security keys") struct AuthenticatorStoreTests {
    @Test("that are found broken are attested no longer, and neither is what their keys vouched for")
    func broken() async throws {
        let people = try await People()
        let (stores, now) = (people.stores, people.now)
        let (ada, key, _) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        _ = try await stores.tokens.add(
            NewAPIToken(id: "t", rootKey: [1], owner: ada.name, label: "t", projects: nil, expiresAt: nil),
            by: session.actor, from: people.origin, at: now)
        func replace(_ number: Int, breach: String?) async throws {
            try await stores.authenticators.replace(
                [AuthenticatorModel(aaguid: "aa", keyIDs: ["01"], name: "Model", breach: breach, entry: [1])],
                number: number, nextUpdate: now.day, by: .operatorAtMachine, at: now)
        }
        try await replace(1, breach: nil)
        #expect(try await stores.factors.factors(of: ada.id).strongest == .attestedHardware)
        try await replace(2, breach: "REVOKED")
        #expect(try await stores.factors.factors(of: ada.id).strongest == .phishingResistant)
        #expect(try await stores.tokens.token("t")?.assurance == .phishingResistant)
        let lowered = try await people.refreshed(session)
        #expect(lowered.assurance == .phishingResistant)
        #expect(lowered.standing.isFreshlyProven(for: .issueToken, object: "", at: now))
        await #expect(throws: AuthenticatorRefusal.notNewer(2)) { try await replace(2, breach: nil) }
        #expect(try await stores.authenticators.model(aaguid: nil, keyIDs: ["01"])?.name == "Model")
    }
}

@Suite("The recovery of an account") struct RecoveryStoreTests {
    let people: People
    var stores: Stores { people.stores }
    var now: Timestamp { people.now }

    init() async throws { people = try await People() }

    @Test("waits for seven days, then lets its holder enrol a factor that takes the place of the lost ones")
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
        await #expect(throws: RecoveryRefusal.tooEarly(until: recovery.dueAt)) {
            try await stores.recoveries.complete(
                in: waiting.id, newSecretHash: [3], from: people.origin, at: recovery.dueAt + .seconds(-1))
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
        #expect(factors.securityKeys.map(\.id) == [new.id])
        #expect(factors.probation == Probation(.recovery, until: due + Probation.length))
        #expect(try await stores.tokens.token("t")?.revokedAt == due)
        #expect(try await stores.recoveries.recovery(of: ada.id) == nil)
    }

    @Test("is cancelled from a live session, and not from one that waits for the factor")
    func cancel() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let live = try await people.signIn(ada, key, count: 6, secret: 20)
        let waiting = try await people.password(ada, secret: 2)
        _ = try await stores.recoveries.request(for: ada.name, by: waiting.actor, from: people.origin, at: now)
        await #expect(throws: AccessRefusal.restricted(.secondFactorDue)) {
            try await stores.recoveries.cancel(for: ada.name, by: waiting.actor, from: people.origin, at: now)
        }
        try await stores.recoveries.cancel(for: ada.name, by: live.actor, from: people.origin, at: now)
        await #expect(throws: RecoveryRefusal.none) {
            try await stores.recoveries.complete(
                in: waiting.id, newSecretHash: [5], from: people.origin, at: now + AccountRecovery.wait)
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

    @Test("replaces an app that was lost by a new one, also after a recovery code")
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
        #expect(factors.authenticatorApp?.id == new.id && new.id != lost.id)
        #expect(try await stores.sessions.session(secretHash: [31], at: now) == nil)
        // It could add one factor, and has done so.
        #expect(try await stores.sessions.session(secretHash: [41], at: now) == nil)
        await #expect(throws: AccessRefusal.notSignedIn) {
            try await stores.factors.add(
                People.key(5), to: ada.name, by: limited.actor, from: people.origin, at: now)
        }
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
        try await stores.recoveries.cancel(for: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
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
