import Accounts
import Foundation
import Identity
import Passwords
import Policy
import Ports
import Stores
import Support
import Testing
import UTC
import WebAuthn

/// Nothing is known of authenticators.
private struct NoModels: AuthenticatorModels {
    func isRefused(aaguid: String?, keyID: String?) async throws -> Bool { false }
    func judge(_ credential: RegisteredCredential, at now: Timestamp) async throws -> ModelJudgement { .init() }
}

@Suite("Guesses at a password") struct GuessTests {
    private static let new = "several words without reason"

    private static func browser(at address: String) -> Browser {
        Browser(
            secret: OneTimeSecret(), origin: RequestOrigin(address: address, client: "Firefox", mark: OneTimeSecret()))
    }

    @Test(
        "are forgotten with it, whatever was typed for the account: those of strangers, and those of the one who resets it",
        arguments: ["grace", "grace@example.org", "Grace@Example.org"], [false, true])
    func forgotten(typed: String, isKnown: Bool) async throws {
        let index = try await TestIndex()
        let hasher = try PasswordHasher(parameters: PasswordParameters(memory: 8))
        let identity = Identity(
            accounts: index.stores.accounts, factors: index.stores.factors, sessions: index.stores.sessions,
            recoveries: index.stores.recoveries, tokens: index.stores.tokens, critical: index.stores.critical,
            keys: index.keys, hasher: hasher,
            breached: BreachedPasswordFile(at: index.folder.appending(path: "none").path), models: NoModels(),
            baseURL: "https://packages.example.org", registration: .closed, limiter: MemoryRateLimiter(),
            report: { _ in }, now: { index.now })
        let user = try await index.stores.accounts.add(
            NewUser(
                name: Username(parsing: "grace"), email: EmailAddress(parsing: "grace@example.org"),
                isAdministrator: false, passwordHash: try await hasher.hash("four words that rhyme not")),
            by: .operatorAtMachine, at: index.now)
        let owner = Self.browser(at: "192.0.2.1")
        if isKnown { _ = try await identity.signIn.password("grace", "four words that rhyme not", from: owner) }
        // Each stranger comes from a network of its own, where none has guessed before.
        let networks = (1...).lazy.map { "198.51.100.\($0)" }
        for network in networks.prefix(10) {
            let browser = isKnown ? owner : Self.browser(at: network)
            await #expect(throws: SignInFailure.wrong) {
                try await identity.signIn.password(typed, "wrong", from: browser)
            }
        }
        let another = isKnown ? owner : Self.browser(at: "203.0.113.1")
        await #expect(throws: TooManyAttempts.self) {
            try await identity.signIn.password(typed, "four words that rhyme not", from: another)
        }
        let link = MailedLink(.resetPassword)
        try await index.stores.accounts.mailLink(
            link, .resetPassword, to: user.id, from: owner.origin, at: index.now)
        let secret = try #require(link.path.split(separator: "/").last)
        _ = try await identity.membership.setPassword(Self.new, by: String(secret), owner)
        let signedIn = try await identity.signIn.password(typed, Self.new, from: another)
        #expect(signedIn.session.user.id == user.id)
    }
}
