import Accounts
import Policy
import Primitives
public import UTC

// The two ways to write. Nobody else comes by a `Transaction`.

extension Database {
    /// The door of every act: `body` judges on what it reads, gets a transaction for the permit that the policy gave,
    /// and records what it does.
    ///
    /// Between the moment at which somebody was asked who they are and the commit, their session may have ended, their
    /// token may have been revoked, their factor removed, their proof gone stale. So the clock and the credential are
    /// read again here, in the transaction of the act, and `body` is given both: what it captures from outside is out
    /// of date.
    ///
    /// Throws `AccessRefusal.notSignedIn` or `.tokenEnded` where the credential is not good any more, `StorageIsFull`,
    /// `UnrecordedChange`, and what `body` throws; then nothing has changed.
    ///
    /// - Parameters:
    ///   - actor: anyone who acts, as they were known when they asked.
    ///   - asked: when they asked. The act's time is that of its commit, and never before this.
    public func change<Result: Sendable>(
        by actor: Actor, at asked: Timestamp,
        _ body: @escaping @Sendable (Door, Actor, Timestamp) throws -> Result
    ) async throws -> Result {
        try await guarded { [credentials, clock] transaction in
            let now = max(asked, clock?() ?? asked)
            let actor = try credentials.renewed(actor, in: transaction.connection, at: now)
            let own = Transaction(connection: transaction.connection, ledger: Ledger(of: (actor, now)))
            let result = try body(Door(transaction: own, actor: actor), actor, now)
            try own.ledger.close(own)
            return result
        }
    }

    /// The door of what is no act: writes what a reason exempts from being judged and recorded. What else `body` writes
    /// has to be judged by the policy there, and recorded.
    ///
    /// Throws `StorageIsFull`, `UnrecordedChange`, and what `body` throws; then nothing has changed.
    public func keep<Result: Sendable>(
        _ reason: Exemption, _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        try await guarded { transaction in
            transaction.exempt(reason)
            let result = try body(transaction)
            try transaction.ledger.close(transaction)
            return result
        }
    }

    private func guarded<Result: Sendable>(
        _ body: @escaping @Sendable (Transaction) throws -> Result
    ) async throws -> Result {
        do {
            return try await write(body)
        } catch  where DatabaseFailure.isStorageFull(error) {
            throw StorageIsFull()
        }
    }
}

/// The door of an act, still shut: there is something to read and to judge by, and nothing to write with.
public struct Door {
    private let transaction: Transaction
    private let actor: Actor

    init(transaction: Transaction, actor: Actor) {
        self.transaction = transaction
        self.actor = actor
    }

    public var connection: Connection { transaction.connection }

    /// Opens it for what was permitted here. What more the act turns out to be is judged by the policy as it comes.
    ///
    /// Throws `PermitOfAnotherDoor` for a permit that was given elsewhere, to somebody else or at another time.
    public func open(with permit: Permit) throws -> Transaction {
        try transaction.ledger.requireOwn(permit)
        // Anyone who follows a mailed link comes as nobody, and is who the link says; nobody else is somebody else.
        guard permit.actor == actor || actor == .anonymous && permit.actor.userID != nil else {
            throw PermitOfAnotherDoor()
        }
        return transaction
    }

    /// Opens it for what needs no permit: a part of the act that may be all that there is to it.
    public func open(for reason: Exemption) -> Transaction {
        transaction.exempt(reason)
        return transaction
    }
}

/// What reads a credential again. The stores do: they know the tables.
public protocol CredentialReading: Sendable {
    /// Anyone who acts, as their credential proves them now. Throws `AccessRefusal.notSignedIn` or `.tokenEnded`.
    func renewed(_ actor: Actor, in connection: Connection, at now: Timestamp) throws -> Actor
}

/// Lets nobody in who would need a credential: for a database in which there are none.
public struct NoCredentials: CredentialReading {
    /// Knows no sessions and no tokens.
    public init() {}

    /// Throws `AccessRefusal.notSignedIn` for anyone who comes with a session or a token.
    public func renewed(_ actor: Actor, in connection: Connection, at now: Timestamp) throws -> Actor {
        guard actor.session == nil, actor.token == nil else { throw AccessRefusal.notSignedIn }
        return actor
    }
}

/// The disk under the database is full. Nothing of the change was kept.
public struct StorageIsFull: Refusal {
    public init() {}
    /// Always `storageFull`.
    public var kind: RefusalKind { .storageFull }
    /// `storage.full`
    public var code: String { "storage.full" }
    public var explanation: String {
        "The disk of this index is full, and nothing was changed. Tell its operator; reading goes on meanwhile."
    }
}

/// A permit of another act, actor or moment was shown at a door: a mistake of ours.
public struct PermitOfAnotherDoor: Error {}

/// A change wrote what has to be on record, and recorded nothing: a mistake of ours. It was rolled back.
public struct UnrecordedChange: Error {
    /// What was written, as `project` or `account.user_handle`.
    public let columns: [String]
}
