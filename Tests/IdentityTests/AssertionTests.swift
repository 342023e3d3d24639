import Accounts
import Acts
import Foundation
import Identity
import Journal
import Passwords
import Policy
import Ports
import Stores
import Support
import Testing
import UTC
import WebAuthn

/// Grace, with a security key, before the second step of signing in.
private struct SecondStep {
    static let origin = "https://packages.example.org"

    let index: TestIndex
    let identity: Identity
    let user: User
    var key = ScriptedKey()
    let enrolled: SecurityKey
    let browser = Self.browser()
    let waiting: Session

    static func browser() -> Browser {
        Browser(
            secret: OneTimeSecret(),
            origin: RequestOrigin(address: "192.0.2.1", client: "Firefox", mark: OneTimeSecret()))
    }

    init(verifiesUser: Bool = false) async throws {
        let index = try await TestIndex()
        self.index = index
        let hasher = try PasswordHasher(parameters: PasswordParameters(memory: 8))
        identity = Identity(
            accounts: index.stores.accounts, factors: index.stores.factors, sessions: index.stores.sessions,
            recoveries: index.stores.recoveries, tokens: index.stores.tokens, critical: index.stores.critical,
            keys: index.keys, hasher: hasher,
            breached: BreachedPasswordFile(at: index.folder.appending(path: "none").path), models: NoModels(),
            baseURL: Self.origin, registration: .closed, limiter: MemoryRateLimiter(), report: { _ in },
            now: { index.now })
        user = try await index.stores.accounts.add(
            NewUser(
                name: Username(parsing: "grace"), email: EmailAddress(parsing: "grace@example.org"),
                isAdministrator: false, passwordHash: try await hasher.hash("four words that rhyme not")),
            by: .operatorAtMachine, at: index.now)
        key.verifiesUser = verifiesUser
        enrolled = try await Self.enrol(key, identity, index, user, browser)
        waiting = try await Self.password(identity, browser)
    }

    static func password(_ identity: Identity, _ browser: Browser) async throws -> Session {
        try await identity.signIn.password("grace", "four words that rhyme not", from: browser).session
    }

    /// Enrols a first key: by the mailed link, in a session of its own.
    static func enrol(
        _ key: ScriptedKey, _ identity: Identity, _ index: TestIndex, _ user: User, _ browser: Browser
    ) async throws -> SecurityKey {
        let began = try await password(identity, browser)
        let accounts = index.stores.accounts
        let link = MailedLink(.enrolFirstFactor)
        try await accounts.mailLink(
            link, .enrolFirstFactor, to: user.id, from: browser.origin, at: index.now)
        try await accounts.useEnrolmentLink(
            secretHash: link.secretHash, by: began.actor, newSecretHash: OneTimeSecret().hash, at: index.now)
        let sessions = try await index.stores.sessions.sessions(of: user.id, at: index.now)
        let session = try #require(sessions.first { $0.id == began.id })
        let options = try await identity.enrolment.keyOptions(in: session, browser)
        return try await identity.enrolment.addKey(
            Array(key.registration(try challenge(options), origin: origin).utf8), label: "Blue", in: session, browser
        ).key
    }

    static func challenge(_ options: [UInt8]) throws -> String {
        struct Options: Decodable { let challenge: String }
        return try JSONDecoder().decode(Options.self, from: Data(options)).challenge
    }

    /// Asks for a challenge.
    func asked(for purpose: ProofPurpose = .secondFactor, in other: Browser? = nil) async throws -> String {
        try Self.challenge(try await identity.signIn.keyOptions(for: purpose, in: waiting, other ?? browser))
    }

    func answer(_ text: String) async throws -> SignedIn {
        try await identity.signIn.key(Array(text.utf8), for: .secondFactor, in: waiting, browser)
    }

    /// The code of the last refusal in Grace's event log.
    func code() async throws -> String? {
        let last = try await index.stores.accounts.events(of: user.id, before: nil, limit: 1).first?.event
        guard case .access(.factorRefused(let code))? = last else { return nil }
        return code
    }
}

/// Nothing is known of authenticators.
private struct NoModels: AuthenticatorModels {
    func judge(_ credential: RegisteredCredential, at now: Timestamp) async throws -> ModelJudgement { .init() }
}

@Suite("The answer of a security key") struct AssertionTests {
    /// In what an answer is wrong, the refusal, and the beginning of its code in the event log.
    enum Wrong: String, CaseIterable {
        case neverAsked, askedInAnotherBrowser, askedForAnotherPurpose, notJSON, anothersKey, anotherSite,
            anotherRelyingParty, untouched, notVerified, forged

        // The columns are the point.
        // swift-format-ignore
        var refusal: (FactorRefusal, code: String) {
            switch self {
            case .neverAsked, .askedInAnotherBrowser, .askedForAnotherPurpose: (.challengeGone, "7.2/11 challenge")
            case .notJSON: (.keyNotAccepted, "7.2/1 response")
            case .anothersKey: (.keyNotAccepted, "7.2/5 credential")
            case .anotherSite: (.keyNotAccepted, "7.2/12 origin")
            case .anotherRelyingParty: (.keyNotAccepted, "7.2/15 relyingParty")
            case .untouched: (.keyNotAccepted, "7.2/16 userPresence")
            case .notVerified: (.keyNotAccepted, "7.2/17 userVerification")
            case .forged: (.keyNotAccepted, "7.2/21 signature")
            }
        }
    }

    @Test("is refused when it is wrong in one way, and the account's event log has the step", arguments: Wrong.allCases)
    func refused(wrong: Wrong) async throws {
        let step = try await SecondStep(verifiesUser: wrong == .notVerified)
        var (key, origin) = (step.key, SecondStep.origin)
        var challenge = "AAAA"
        switch wrong {
        case .neverAsked: break
        case .askedInAnotherBrowser: challenge = try await step.asked(in: SecondStep.browser())
        case .askedForAnotherPurpose:
            challenge = try await step.asked(for: .stepUp(.account(.removeSecurityKey), object: "1"))
        case .notJSON, .anothersKey, .anotherSite, .anotherRelyingParty, .untouched, .notVerified, .forged:
            challenge = try await step.asked()
        }
        switch wrong {
        case .neverAsked, .askedInAnotherBrowser, .askedForAnotherPurpose, .notJSON: break
        case .anothersKey: key = ScriptedKey()
        case .anotherSite: origin = "https://packages.example.org.evil.example"
        case .anotherRelyingParty: key.relyingParty = "example.org"
        case .untouched: key.isTouched = false
        case .notVerified: key.verifiesUser = false
        case .forged: key.key = ScriptedKey().key
        }
        let answer = wrong == .notJSON ? "{" : try key.assertion(challenge, origin: origin)
        await #expect(throws: wrong.refusal.0) { try await step.answer(answer) }
        #expect(try await step.code() == wrong.refusal.code)
        // A challenge is answered once, rightly or not.
        let right = try step.key.assertion(challenge, origin: SecondStep.origin)
        await #expect(throws: FactorRefusal.challengeGone) { try await step.answer(right) }
    }

    @Test("that is right finishes signing in, once")
    func right() async throws {
        let step = try await SecondStep()
        let answer = try step.key.assertion(try await step.asked(), origin: SecondStep.origin)
        let signedIn = try await step.answer(answer)
        #expect(signedIn.session.isLive && signedIn.session.user.id == step.user.id)
        #expect(signedIn.secret != step.browser.secret)
        await #expect(throws: FactorRefusal.challengeGone) { try await step.answer(answer) }
    }

    @Test("whose counter has not risen freezes the key, which is taken no more")
    func counter() async throws {
        let step = try await SecondStep()
        let copy = try step.key.assertion(try await step.asked(), origin: SecondStep.origin, count: 1)
        await #expect(throws: FactorRefusal.keyFrozen) { try await step.answer(copy) }
        // Nothing that could be asked is left.
        await #expect(throws: FactorRefusal.noSuchFactor) { try await step.asked() }
        let factors = try await step.index.stores.factors.factors(of: step.user.id)
        #expect(factors.securityKeys.map { $0.frozenAt != nil } == [true])
    }
}
