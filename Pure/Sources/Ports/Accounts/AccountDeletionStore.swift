import Accounts
import Leaving
import Policy
import UTC

/// Accounts that go, with a day between the wish and the deed.
///
/// Every method that changes something judges it inside its transaction, and writes the journal there. If it throws,
/// nothing has changed.
public protocol AccountDeletionStore: Sendable {
    /// That an account is to be deleted, or was; nil where it is not.
    func deletion(of user: UserID) async throws -> AccountDeletion?
    /// Throws `AccountDeletionRefusal` for what stands against deleting an account now.
    func requireDeletable(_ user: Username, at now: Timestamp) async throws
    /// Asks for an account to be deleted. Throws `AccessRefusal`, `AccountRefusal` or `AccountDeletionRefusal`.
    ///
    /// - Parameter typed: the account's name, as it was typed to show that it is meant.
    func ask(
        deletionOf user: Username, confirming typed: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Keeps it. Throws `AccessRefusal`, `AccountRefusal` or `AccountDeletionRefusal`.
    func stop(deletionOf user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Deletes the accounts whose day has come, and keeps those that something stands against by then. Returns how many
    /// of either.
    ///
    /// Each by itself: one that fails stops nobody else's.
    func carryOut(at now: Timestamp) async throws -> Int
}
