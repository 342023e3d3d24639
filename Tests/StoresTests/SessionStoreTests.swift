import Accounts
import Acts
import Journal
import Policy
import Ports
import Primitives
import Stores
import Support
import Testing
import UTC

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
        #expect(session.standing.isFreshlyProven(for: .account(.issueToken), object: "", at: now))
        #expect(try await stores.sessions.session(secretHash: [1], at: now)?.id == session.id)
        #expect(try await stores.sessions.session(secretHash: [2], at: now) == nil)
        #expect(try await stores.sessions.session(secretHash: [1], at: now + SessionLifetime.idle) == nil)
        #expect(try await people.events(ada) == [.signedInFromNewBrowser])
    }

    @Test("stay while they are used, and end after two weeks all the same")
    func lifetime() async throws {
        _ = try await people.password(try await people.user("ada"))
        var moment = now
        let end = now + SessionLifetime.longest(nil)
        while moment + .hours(6) < end {
            moment = moment + .hours(6)
            #expect(try await stores.sessions.session(secretHash: [1], at: moment) != nil)
        }
        #expect(try await stores.sessions.session(secretHash: [1], at: end) == nil)
        try await stores.sessions.removeEnded(at: end)
        #expect(try await stores.sessions.session(secretHash: [1], at: moment) == nil)
    }

    @Test("that have ended and were not swept yet finish no sign-in, and prove nothing")
    func ended() async throws {
        let (ada, key, old) = try await people.withKey("ada")
        let waiting = try await people.password(ada, secret: 2)
        let late = now + SessionLifetime.longest(.secondFactorDue)
        let use = people.use(key, count: 6)
        await #expect(throws: FactorRefusal.challengeGone) {
            try await stores.sessions.prove(
                use, for: .signIn(newSecretHash: [3]), in: waiting.id, from: people.origin, at: late)
        }
        await #expect(throws: FactorRefusal.challengeGone) {
            try await stores.sessions.prove(
                use, for: .stepUp(.account(.issueToken), object: "", newSecretHash: [3]), in: old.id,
                from: people.origin, at: now + SessionLifetime.idle)
        }
        #expect(try await stores.sessions.session(secretHash: [3], at: now) == nil)
        #expect(try await stores.factors.factors(of: ada.id).securityKeys.first?.signCount == key.signCount)
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
        #expect(!session.standing.isFreshlyProven(for: .account(.issueToken), object: "", at: now))
        await #expect(throws: FactorRefusal.notStrongEnough(.attestedHardware)) {
            try await stores.sessions.prove(
                .authenticatorApp(check: People.code(12)),
                for: .stepUp(.account(.issueToken), object: "", newSecretHash: [4]),
                in: session.id,
                from: people.origin, at: now)
        }
        await #expect(throws: AccessRefusal.self) {
            try await stores.factors.remove(
                key.id, of: ada.name, by: session.actor, from: people.origin, at: now)
        }
    }

    @Test("that were begun with less rise by what the account has by now, and by nothing that adds nothing")
    func rise() async throws {
        let (ada, key, old) = try await withApp(beside: "ada")
        #expect(old.isLive && old.assurance == .secondFactor && old.canShowFactor)
        let risen = try await stores.sessions.prove(
            people.use(key, count: 6), for: .signIn(newSecretHash: [3]), in: old.id, from: people.origin, at: now)
        #expect(risen.isLive && risen.assurance == .attestedHardware && !risen.canShowFactor)
        #expect(try await stores.sessions.session(secretHash: [3], at: now)?.id == risen.id)
        #expect(!(try await stores.sessions.sessions(of: ada.id, at: now)).contains { $0.id == old.id })
        await #expect(throws: FactorRefusal.notStrongEnough(.attestedHardware)) {
            try await stores.sessions.prove(
                people.use(key, count: 7), for: .signIn(newSecretHash: [4]), in: risen.id, from: people.origin, at: now)
        }
        // A password adds nothing, and a recovery code is not burnt for it.
        await #expect(throws: FactorRefusal.self) {
            try await stores.sessions.prove(
                .password, for: .signIn(newSecretHash: [4]), in: risen.id, from: people.origin, at: now)
        }
        #expect(try await stores.sessions.session(secretHash: [3], at: now)?.id == risen.id)
    }

    /// An account with a key and an app, and a session that was begun with the app.
    private func withApp(beside name: String) async throws -> (User, SecurityKey, Session) {
        let (user, key, first) = try await people.withKey(name, secret: 20)
        _ = try await people.withApp(first, user: user)
        let waiting = try await people.password(user, secret: 22)
        let session = try await stores.sessions.prove(
            .authenticatorApp(check: People.code(11)), for: .signIn(newSecretHash: [23]), in: waiting.id,
            from: people.origin, at: now)
        return (user, key, session)
    }

    @Test("rest on the factor that is added in them, under a new secret, as if they were begun with it")
    func added() async throws {
        let ada = try await people.user("ada")
        let began = try await people.allowEnrolment(in: try await people.password(ada))
        let new = People.key(1)
        let key = try await stores.factors.add(
            new, to: ada.name, newSecretHash: [2], by: began.actor, from: people.origin, at: now)
        #expect(try await stores.sessions.session(secretHash: [0xEF, UInt8(began.id.number)], at: now) == nil)
        let risen = try #require(try await stores.sessions.session(secretHash: [2], at: now))
        #expect(risen.id == began.id && risen.expiresAt == began.expiresAt)
        #expect(risen.assurance == .attestedHardware && risen.standing.factor == key.id && !risen.canShowFactor)
        // It was shown a moment ago: for five minutes nobody asks for it again.
        let end = now + Proof.lifetime
        #expect(risen.standing.isFreshlyProven(for: .account(.issueToken), object: "account", at: end))
        #expect(!risen.standing.isFreshlyProven(for: .account(.issueToken), object: "account", at: end + .seconds(1)))
        // The token made next carries it, and ends with it.
        let token = try await stores.tokens.add(
            NewAPIToken(id: "t", rootKey: [1], owner: ada.name, label: "t", projects: nil, expiresAt: nil),
            by: risen.actor, from: people.origin, at: now)
        #expect(token.assurance == .attestedHardware)
        try await stores.factors.remove(key.id, of: ada.name, by: risen.actor, from: people.origin, at: now)
        #expect(try await stores.sessions.session(secretHash: [2], at: now) == nil)
        #expect(try await stores.tokens.token("t")?.revokedAt == now)
    }

    @Test("lose nothing by an app that is added beside a key: neither what they rest on nor what was just shown")
    func addedLess() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let strong = try await people.signIn(ada, key, count: 6)
        _ = try await stores.factors.addAuthenticatorApp(
            to: ada.name, counter: 10, newSecretHash: [9], by: strong.actor, from: people.origin, at: now
        ) { id in Array("sealed \(id)".utf8) }
        let session = try #require(try await stores.sessions.session(secretHash: [9], at: now))
        #expect(session.assurance == .attestedHardware && session.standing.factor == key.id)
        #expect(session.standing.isFreshlyProven(for: .account(.issueToken), object: "account", at: now))
    }

    @Test("rise by the key that is touched to confirm an act, for whatever comes next; the proof is for that act alone")
    func stepUpRises() async throws {
        let (ada, key, weak) = try await withApp(beside: "ada")
        let proven = try await stores.sessions.prove(
            people.use(key, count: 6), for: .stepUp(.account(.addAddress), object: "", newSecretHash: [30]),
            in: weak.id, from: people.origin, at: now)
        #expect(proven.id == weak.id && proven.assurance == .attestedHardware && proven.standing.factor == key.id)
        #expect(try await stores.sessions.session(secretHash: [30], at: now)?.assurance == .attestedHardware)
        #expect(try await stores.sessions.session(secretHash: [23], at: now) == nil)
        #expect(!proven.standing.isFreshlyProven(for: .account(.issueToken), object: "account", at: now))
        // What it rests on now is what ends it.
        try await stores.factors.remove(
            key.id, of: ada.name, by: .operatorAtMachine, from: people.origin, at: now)
        #expect(try await stores.sessions.session(secretHash: [30], at: now) == nil)
    }

    @Test("rise by nothing that is refused")
    func refusedRises() async throws {
        let (_, key, weak) = try await withApp(beside: "ada")
        await #expect(throws: FactorRefusal.keyFrozen) {
            try await stores.sessions.prove(
                people.use(key, count: 5), for: .stepUp(.account(.addAddress), object: "", newSecretHash: [30]),
                in: weak.id, from: people.origin, at: now)
        }
        await #expect(throws: FactorRefusal.self) {
            try await stores.sessions.prove(
                .password, for: .stepUp(.account(.addAddress), object: "", newSecretHash: [31]), in: weak.id,
                from: people.origin, at: now)
        }
        #expect(try await stores.sessions.session(secretHash: [23], at: now)?.assurance == .secondFactor)
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
            people.use(key, count: 7), for: .stepUp(.account(.removeSecurityKey), object: "999", newSecretHash: [21]),
            in: session.id, from: people.origin, at: later)
        await #expect(throws: AccessRefusal.self) { try await remove(key.id, other) }
        let proven = try await stores.sessions.prove(
            people.use(key, count: 8),
            for: .stepUp(.account(.removeSecurityKey), object: key.id.description, newSecretHash: [22]),
            in: session.id, from: people.origin, at: later)
        try await remove(key.id, proven)
    }

    @Test("get a new secret with every proof, and with the link to a first factor")
    func rotation() async throws {
        let ada = try await people.user("ada")
        let session = try await people.password(ada)
        let proven = try await stores.sessions.prove(
            .password, for: .stepUp(.account(.addAddress), object: "", newSecretHash: [2]), in: session.id,
            from: people.origin,
            at: now)
        #expect(proven.id == session.id)
        #expect(try await stores.sessions.session(secretHash: [1], at: now) == nil)
        #expect(try await stores.sessions.session(secretHash: [2], at: now)?.id == session.id)
        _ = try await people.allowEnrolment(in: session)
        #expect(try await stores.sessions.session(secretHash: [2], at: now) == nil)
        // What was not right changes nothing.
        let (grace, key, _) = try await people.withKey("grace", secret: 9)
        let other = try await people.signIn(grace, key, count: 6, secret: 12)
        await #expect(throws: FactorRefusal.self) {
            try await stores.sessions.prove(
                .password, for: .stepUp(.account(.addAddress), object: "", newSecretHash: [13]), in: other.id,
                from: people.origin, at: now)
        }
        #expect(try await stores.sessions.session(secretHash: [12], at: now)?.id == other.id)
    }

    @Test("lose what a factor proved in them when it is taken away, though another one vouches for them")
    func proofsOfFactors() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let session = try await people.signIn(ada, key, count: 6)
        let second = try await stores.factors.add(
            People.key(2), to: ada.name, by: session.actor, from: people.origin, at: now)
        let later = now + .seconds(600)
        func prove(_ key: SecurityKey, _ object: String, _ count: UInt32, secret: UInt8) async throws -> Session {
            try await stores.sessions.prove(
                people.use(key, count: count),
                for: .stepUp(.account(.removeSecurityKey), object: object, newSecretHash: [secret]), in: session.id,
                from: people.origin, at: later)
        }
        _ = try await prove(second, "999", 6, secret: 40)
        let proven = try await prove(key, second.id.description, 7, secret: 41)
        #expect(proven.standing.isFreshlyProven(for: .account(.removeSecurityKey), object: "999", at: later))
        try await stores.factors.remove(
            second.id, of: ada.name, by: proven.actor, from: people.origin, at: later)
        let left = try #require(try await stores.sessions.session(secretHash: [41], at: later))
        #expect(!left.standing.isFreshlyProven(for: .account(.removeSecurityKey), object: "999", at: later))
        #expect(
            left.standing.isFreshlyProven(for: .account(.removeSecurityKey), object: second.id.description, at: later))
    }

    @Test("are so many at most; those that wait for a factor push out none that is signed in")
    func most() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let signedIn = try await people.signIn(ada, key, count: 6)
        for number in 0..<SessionLifetime.most + 5 {
            _ = try await stores.sessions.begin(
                NewSession(
                    secretHash: [7, UInt8(number / 256), UInt8(number % 256)], user: ada.id, use: .password,
                    origin: people.origin), at: now + .seconds(number))
        }
        let all = try await stores.sessions.sessions(of: ada.id, at: now + .seconds(300))
        #expect(all.count { $0.standing.restriction == .secondFactorDue } == SessionLifetime.most)
        #expect(all.contains { $0.id == signedIn.id })
        #expect(try await stores.sessions.session(secretHash: [7, 0, 0], at: now + .seconds(300)) == nil)
    }

    @Test("that wait in new browsers push out none that wait in a known device")
    func mostStrangers() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        let home = RequestOrigin(address: "192.0.2.7", client: "Firefox", mark: [7])
        let stranger = RequestOrigin(address: "198.51.100.9", client: "curl")
        let known = try await people.password(ada, secret: 2, from: home)
        _ = try await stores.sessions.prove(
            people.use(key, count: 6), for: .signIn(newSecretHash: [3]), in: known.id, from: home, at: now)
        let waiting = try await people.password(ada, secret: 4, from: home)
        for number in 0..<SessionLifetime.most + 5 {
            _ = try await stores.sessions.begin(
                NewSession(
                    secretHash: [7, UInt8(number / 256), UInt8(number % 256)], user: ada.id, use: .password,
                    origin: stranger), at: now + .seconds(1 + number))
        }
        #expect(try await stores.sessions.session(secretHash: [4], at: now + .seconds(300))?.id == waiting.id)
    }

    @Test("that knew the password and showed no factor are told of once a day, where the account never was")
    func unproven() async throws {
        let (ada, key, _) = try await people.withKey("ada")
        func told() async throws -> (events: Int, mails: Int) {
            let events = try await people.events(ada).count { $0 == .factorNotShown }
            let mails = try await people.recipients("Somebody knows your password")
            return (events, mails.count)
        }
        // Who shows it a moment later is not a stranger.
        let own = try await people.password(ada, secret: 2)
        _ = try await stores.sessions.prove(
            people.use(key, count: 6), for: .signIn(newSecretHash: [3]), in: own.id, from: people.origin, at: now)
        let home = RequestOrigin(address: "192.0.2.7", client: "Firefox", mark: [7])
        let stranger = RequestOrigin(address: "198.51.100.9", client: "curl")
        let known = try await people.password(ada, secret: 4, from: home)
        _ = try await stores.sessions.prove(
            people.use(key, count: 7), for: .signIn(newSecretHash: [5]), in: known.id, from: home, at: now)
        // Nor is who gives up at home.
        _ = try await people.password(ada, secret: 6, from: home)
        let later = now + SessionLifetime.longest(.secondFactorDue)
        try await stores.sessions.removeEnded(at: later)
        #expect(try await told() == (0, 0))
        for secret: UInt8 in [8, 9] { _ = try await people.password(ada, secret: secret, from: stranger) }
        try await stores.sessions.removeEnded(at: now + .seconds(60))
        #expect(try await told() == (0, 0))
        try await stores.sessions.removeEnded(at: later)
        #expect(try await told() == (2, 1))
        // Signing out hides nothing.
        let thief = try await people.password(ada, secret: 10, from: stranger)
        try await stores.sessions.end(thief.id, of: ada.name, by: thief.actor, at: now)
        #expect(try await told() == (3, 1))
    }

    @Test("let one of a hundred answers to a challenge through")
    func challenges() async throws {
        let ada = try await people.user("ada")
        let challenge = Challenge(
            browser: [1], user: ada.id, purpose: .stepUp(.account(.issueToken), object: "x"), bytes: [9],
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
            hash: "new", of: ada.name, newSecretHash: [4], by: session.actor, from: people.origin, at: now)
        #expect(try await people.refreshed(session).isLive)
        // It is worth more now, and so under another secret.
        #expect(try await stores.sessions.session(secretHash: [3], at: now) == nil)
        #expect(try await stores.sessions.session(secretHash: [4], at: now)?.id == session.id)
    }
}
