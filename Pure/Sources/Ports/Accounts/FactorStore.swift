import Accounts
import Policy
import UTC

/// The second factors of the index's accounts.
public protocol FactorStore: Sendable {
    /// The factors of an account.
    func factors(of user: UserID) async throws -> AccountFactors
    /// The account's user handle; `candidate`, 64 random bytes, becomes it where there is none.
    func userHandle(of user: UserID, candidate: [UInt8]) async throws -> [UInt8]
    /// What a first factor would lack of evidence if it was added now in a browser; nothing where it would count at once.
    ///
    /// - Parameter mark: the SHA-256 of the secret by which the browser is known for long; nil for the one that speaks most
    ///   for the account's holder.
    func firstFactorGaps(of user: User, in mark: [UInt8]?, at now: Timestamp) async throws -> [FirstFactorEvidence.Gap]
    /// Whose key has a credential id, with that account's user handle; nil when nobody's.
    func securityKey(credentialID: [UInt8]) async throws -> (owner: User, userHandle: [UInt8], key: SecurityKey)?

    /// Enrols a key. The first factor of an account counts at once, or starts its probation, as `FirstFactorEvidence`
    /// says; all that has to be told is told. Throws `AccessRefusal` or `FactorRefusal`.
    ///
    /// The actor's session rests on the key from then on, where that is more than it rested on, and has another secret.
    ///
    /// - Parameter newSecretHash: the SHA-256 of the browser's new secret.
    func add(
        _ key: NewSecurityKey, to user: Username, newSecretHash: [UInt8], by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> SecurityKey
    /// Calls a key something else.
    func rename(_ key: FactorID, to label: String, of user: Username, by actor: Actor, at now: Timestamp) async throws
    /// Enrols an authenticator app, of which a code has been seen. After a recovery it is added to those that were
    /// lost. Throws `AccessRefusal` or `FactorRefusal.appExists`. The session rises by it, as by a key.
    ///
    /// - Parameters:
    ///   - counter: the time step of that code: only later ones are accepted from now on.
    ///   - newSecretHash: the SHA-256 of the browser's new secret.
    ///   - seal: seals the secret; it gets the factor's number to bind the secret to.
    func addAuthenticatorApp(
        to user: Username, counter: Int64, newSecretHash: [UInt8], by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp,
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

    /// Follows the link of the mail about a first factor: freezes it and what was added since, ends all sessions, and
    /// revokes the API tokens that were made since. Returns the account. Throws `LinkNotValid`.
    func disown(by secretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp) async throws -> User

    /// Somebody vouches for an account: a co-owner ends its probation on the projects that they own, an administrator and
    /// the operator everywhere.
    func endProbation(of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Tells each account that has a factor and whose probation is over that it counts now. Whether it does is judged by
    /// the time alone. What was ended by vouching, or told already, is left alone.
    ///
    /// Each by itself: one that fails keeps nobody else from hearing, and what it threw is thrown at the end.
    func endProbations(at now: Timestamp) async throws
}
