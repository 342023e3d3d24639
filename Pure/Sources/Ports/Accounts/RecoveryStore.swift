import Accounts
import Policy
import UTC

/// The recovery of accounts whose factors are lost.
public protocol RecoveryStore: Sendable {
    /// The recovery of an account that is under way; nil when there is none.
    func recovery(of user: UserID) async throws -> AccountRecovery?
    /// Asks for the recovery of the session's account, and tells everybody concerned. Asking again changes nothing.
    func request(for user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
        -> AccountRecovery
    /// Ends it without letting anybody in. Throws `RecoveryRefusal.none`, and `AccountRefusal.reasonMissing`.
    ///
    /// - Parameter reason: why somebody else ends it, as they typed it: its holder is told; nil where nobody is asked why.
    func cancel(
        for user: Username, reason: String?, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Ends the wait. Throws `RecoveryRefusal.none`.
    func approve(for user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Lets the holder of a session that waits for the second factor in, held to enrolling one. The lost factors
    /// stay. Throws `RecoveryRefusal`.
    func complete(
        in session: SessionID, newSecretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Session
}
