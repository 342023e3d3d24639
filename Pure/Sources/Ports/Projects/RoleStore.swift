import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Projects
import UTC

/// How roles end and change that somebody holds, and how who was an owner comes back.
///
/// Every method that changes something judges it inside its transaction, and writes the journal there. If it throws,
/// nothing has changed. The owners hear of every change of roles, and so does the person it is about: who is an owner no
/// longer at all their addresses, with how to undo it.
public protocol RoleStore: Sendable {
    /// Gives somebody who holds a role the other one. Throws `AccessRefusal`, `AccountRefusal`, `RoleRefusal` or
    /// `RoleChangeRefusal`.
    func changeRole(
        of user: Username, to role: Role, on name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Takes an account's role away. Throws `AccessRefusal`, `AccountRefusal`, `RoleRefusal` for the last owner, or
    /// `RoleChangeRefusal`.
    func removeRole(
        on name: ProjectName, from user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Gives up the actor's own role. Throws `AccessRefusal`, `RoleRefusal` for the last owner, or `RoleChangeRefusal`.
    func leave(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws

    /// How an account lost the role of an owner lately, and can undo it or did, the last first.
    func losses(of user: UserID, at now: Timestamp) async throws -> [OwnershipLoss]
    /// Makes the actor an owner again, as they were. Throws `AccessRefusal` or `RoleChangeRefusal`.
    ///
    /// - Parameters:
    ///   - seen: when they lost it, on the page where it was decided; nil where nobody looked.
    ///   - user: whose role it was, where the operator acts for them; nil for the actor.
    func returnAsOwner(
        of name: ProjectName, for user: Username?, seen: Timestamp?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
}

extension RoleStore {
    /// Takes an account's role away, from nowhere in particular.
    public func removeRole(
        on name: ProjectName, from user: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await removeRole(on: name, from: user, by: actor, from: RequestOrigin(), at: now)
    }
}
