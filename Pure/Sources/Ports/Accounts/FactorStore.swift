import Accounts
import Policy
import UTC

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
    /// Enrols an authenticator app, of which a code has been seen. After a recovery it is added to those that were
    /// lost. Throws `AccessRefusal` or `FactorRefusal.appExists`.
    ///
    /// - Parameters:
    ///   - counter: the time step of that code: only later ones are accepted from now on.
    ///   - seal: seals the secret; it gets the factor's number to bind the secret to.
    func addAuthenticatorApp(
        to user: Username, by actor: Actor, counter: Int64, from origin: RequestOrigin, at now: Timestamp,
        seal: @escaping @Sendable (FactorID) throws -> [UInt8]
    ) async throws -> AuthenticatorApp
    /// Takes a factor away. Tokens, sessions and proofs for which it vouched end with it. Throws `AccessRefusal` or
    /// `FactorRefusal`.
    func remove(
        _ factor: FactorID, of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Replaces the recovery codes: only the hashes of the new ones are kept.
    func replaceRecoveryCodes(
        hashes: [[UInt8]], of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws

    /// Ends an account's probation: a co-owner vouches.
    func endProbation(of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
}
