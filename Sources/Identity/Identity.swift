import Passwords
import Ports
import Secrets
import UTC

/// Everything that people do about who they are, put together.
public struct Identity: Sendable {
    /// Signing in, and showing once more who one is.
    public let signIn: SignIn
    /// Adding and removing second factors.
    public let enrolment: Enrolment
    /// Registration, addresses, passwords, links.
    public let membership: Membership
    /// API tokens.
    public let mint: TokenMint
    /// Accounts.
    public let accounts: any AccountStore
    /// Second factors.
    public let factors: any FactorStore
    /// Sessions.
    public let sessions: any SessionStore
    /// The recovery of accounts.
    public let recoveries: any RecoveryStore
    /// API tokens as they are stored.
    public let tokens: any TokenStore
    /// Critical projects, and what they ask of people.
    public let critical: any CriticalStore
    /// What this index is to authenticators.
    public let party: RelyingParty
    /// For the secrets of forms.
    public let keys: KeyRing

    /// Puts it together over the stores of an index.
    ///
    /// - Parameters:
    ///   - breached: the passwords that thieves know.
    ///   - models: what is known of authenticator models.
    ///   - baseURL: where browsers find the index.
    ///   - indexName: what the index is called; nil where nobody named it.
    ///   - isAddressAssumed: whether that is a guess, because the operator said nothing.
    ///   - limiter: counts what is tried.
    ///   - report: told the code of a ceremony that failed and is no account's.
    public init(
        accounts: any AccountStore, factors: any FactorStore, sessions: any SessionStore,
        recoveries: any RecoveryStore, tokens: any TokenStore, critical: any CriticalStore, keys: KeyRing,
        hasher: PasswordHasher,
        breached: BreachedPasswordFile, models: any AuthenticatorModels, baseURL: String, indexName: String? = nil,
        isAddressAssumed: Bool = false,
        registration: RegistrationPolicy, limiter: any RateLimiter, report: @escaping @Sendable (String) -> Void,
        now: @escaping @Sendable () -> Timestamp
    ) {
        let hashing = PasswordHashQueue(hasher)
        party = RelyingParty(baseURL: baseURL, name: indexName, isAssumed: isAddressAssumed)
        signIn = SignIn(
            accounts: accounts, factors: factors, sessions: sessions, hashing: hashing, breached: breached, keys: keys,
            party: party, limiter: limiter, report: report, now: now)
        enrolment = Enrolment(
            accounts: accounts, factors: factors, sessions: sessions, keys: keys, models: models, party: party,
            limiter: limiter, now: now)
        membership = Membership(
            accounts: accounts, factors: factors, sessions: sessions, hashing: hashing, breached: breached,
            policy: registration, limiter: limiter, now: now)
        mint = TokenMint(accounts: accounts, tokens: tokens)
        self.accounts = accounts
        self.factors = factors
        self.sessions = sessions
        self.recoveries = recoveries
        self.tokens = tokens
        self.critical = critical
        self.keys = keys
    }
}
