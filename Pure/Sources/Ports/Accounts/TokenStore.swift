import Accounts
import Policy
import UTC

/// The API tokens of the index.
public protocol TokenStore: Sendable {
    /// Records a token. It carries the assurance of the session in which it is made, and dies with the factor that
    /// vouched for that. Throws `AccessRefusal`, `AccountRefusal.noSuchUser`, `TooManyAttempts` or
    /// `TokenStoreRefusal.tooMany`.
    func add(
        _ token: NewAPIToken, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> APIToken
    /// The token with an identifier, revoked and expired ones included; nil when there is none. Only here it comes with
    /// its root key.
    func token(_ id: String) async throws -> APIToken?
    /// The tokens of an account, newest first. Throws `AccountRefusal.noSuchUser`.
    func tokens(of owner: Username) async throws -> [APIToken]
    /// Ends a token at once. Throws `TokenStoreRefusal.noSuchToken`; revoking twice changes nothing.
    func revoke(_ id: String, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Notes that a token was used. It is no change of the index: no journal entry, at most one write a minute.
    func noteUse(of id: String, at now: Timestamp) async throws
}
