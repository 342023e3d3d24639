import UTC

/// A security key that is to be recorded.
public struct NewSecurityKey: Sendable {
    /// What is known of it; its number is given by the store.
    public var key: SecurityKey

    /// A key that is to be recorded; its number is not looked at.
    public init(_ key: SecurityKey) { self.key = key }
}

/// The second factors of the index's accounts.
public protocol FactorStore: Sendable {
    /// The factors of an account.
    func factors(of user: UserID) async throws -> AccountFactors
    /// The account's user handle; `candidate`, 64 random bytes, becomes it where there is none.
    func userHandle(of user: UserID, candidate: [UInt8]) async throws -> [UInt8]
    /// Whose key has a credential id, with that account's user handle; nil when nobody's.
    func securityKey(credentialID: [UInt8]) async throws -> (owner: User, userHandle: [UInt8], key: SecurityKey)?

    /// Enrols a key. The first factor of an account starts its probation; all that has to be told is told. Throws
    /// `AccessRefusal` or `FactorRefusal`.
    func add(
        _ key: NewSecurityKey, to user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> SecurityKey
    /// Calls a key something else.
    func rename(_ key: FactorID, to label: String, of user: Username, by actor: Actor, at now: Timestamp) async throws
    /// Keeps the sealed secret of an app that is not confirmed, in place of an earlier unconfirmed one. The act is
    /// judged, nothing is told: it counts for nothing yet. `seal` gets the factor's number to bind the secret to.
    func prepareAuthenticatorApp(
        for user: Username, by actor: Actor, at now: Timestamp, seal: @escaping @Sendable (FactorID) throws -> [UInt8]
    ) async throws -> AuthenticatorApp
    /// The app that waits for its first code; nil when there is none.
    func unconfirmedAuthenticatorApp(of user: UserID) async throws -> AuthenticatorApp?
    /// Enrols the prepared app, if its code is right.
    func confirmAuthenticatorApp(
        of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp,
        check: @escaping CodeCheck
    ) async throws -> AuthenticatorApp
    /// Takes a factor away. Tokens and sessions for which it vouched end with it. Throws `AccessRefusal` or
    /// `FactorRefusal`.
    func remove(
        _ factor: FactorID, of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Replaces the recovery codes: only the hashes of the new ones are kept.
    func replaceRecoveryCodes(
        hashes: [[UInt8]], of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Seals every secret again, and returns how many. For the change of the sealing key.
    func resealSecrets(_ reseal: @escaping @Sendable (FactorID, [UInt8]) throws -> [UInt8]) async throws -> Int

    /// Ends an account's probation: a co-owner vouches.
    func endProbation(of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
}
