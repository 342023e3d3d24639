import Database
import Model
import UTC

extension Database {
    /// The door of every act: runs `body` in a transaction, with whoever acts as their credential proves them there.
    ///
    /// Between the moment at which somebody was asked who they are and the commit, their session may have ended, their
    /// token may have been revoked, their factor removed, their proof gone stale. So the credential is read again here, and
    /// `body` judges and records by that. What it captures from outside the transaction is out of date.
    ///
    /// Throws `AccessRefusal.notSignedIn` or `.tokenEnded` where the credential is not good any more, and what `body`
    /// throws; then nothing has changed.
    func act<Result: Sendable>(
        by actor: Actor, at now: Timestamp, _ body: @escaping @Sendable (Transaction, Actor) throws -> Result
    ) async throws -> Result {
        try await change { transaction in try body(transaction, transaction.connection.renewed(actor, at: now)) }
    }

    /// The same for a request that may take long to come in: the time is that of the transaction, too.
    func act<Result: Sendable>(
        by actor: Actor, at clock: @escaping @Sendable () -> Timestamp,
        _ body: @escaping @Sendable (Transaction, Actor, Timestamp) throws -> Result
    ) async throws -> Result {
        try await change { transaction in
            let now = clock()
            return try body(transaction, transaction.connection.renewed(actor, at: now), now)
        }
    }
}

extension Connection {
    /// Whoever acts, as their credential proves them now. Throws `AccessRefusal.notSignedIn` or `.tokenEnded`.
    func renewed(_ actor: Actor, at now: Timestamp) throws -> Actor {
        if let token = actor.token { return try actor.renewed(by: try self.token(token.id), at: now) }
        if let session = actor.session?.id { return try actor.renewed(by: try self.session(session, at: now)) }
        // The operator and the index need none; whoever followed a mailed link was let in by this very transaction.
        return actor
    }
}
