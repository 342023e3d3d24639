import Accounts
import Acts
import PackagingFormats
import Policy
import Projects
import UTC

/// Working together on projects: roles change hands with the consent of those who take one.
///
/// Every method that changes something judges it inside its transaction, and writes the journal there. If it throws,
/// nothing has changed. The owners hear of every change of roles, and so does the person it is about.
public protocol CollaborationStore: Sendable {
    /// Who works together on a project; nil when there is none.
    func collaboration(on name: ProjectName, at now: Timestamp) async throws -> Collaboration?
    /// The invitations that an account can accept, by project.
    func invitations(for user: UserID, at now: Timestamp) async throws -> [Invitation]

    /// Asks somebody to take a role, and mails it. Throws `AccessRefusal`, `AccountRefusal` or `RoleRefusal`.
    func invite(
        _ user: Username, as role: Role, to name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Takes an invitation back. Throws `AccessRefusal`, `AccountRefusal` or `RoleRefusal`.
    func cancelInvitation(
        of user: Username, to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Takes the role that the actor was asked to take. Throws `AccessRefusal` or `RoleRefusal`.
    func acceptInvitation(
        to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Does not take it. Throws `AccessRefusal` or `RoleRefusal`.
    func declineInvitation(
        to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws

    /// Gives somebody who holds a role the other one. Throws `AccessRefusal`, `AccountRefusal` or `RoleRefusal`.
    func changeRole(
        of user: Username, to role: Role, on name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Gives up the actor's own role. Throws `AccessRefusal`, or `RoleRefusal` for the last owner.
    func leave(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws
}
