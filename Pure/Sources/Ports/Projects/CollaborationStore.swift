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
    /// Takes the role that the actor was asked to take, or notes that they will have it once they have what the project
    /// asks for: returns what lacks, or nil where the role is theirs. Throws `AccessRefusal` or `RoleRefusal`.
    ///
    /// Anyone who accepts again, in another browser for example, hears how it stands.
    ///
    /// - Parameter user: who was asked, where the operator answers for them; nil for the actor.
    func acceptInvitation(
        to name: ProjectName, of user: Username?, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> MandateRefusal?
    /// Gives the roles that were accepted and wait for nothing any more, and ends what waited too long. What an account's
    /// own acts and those who vouch for it bring about is done after those; this is for what time does.
    ///
    /// Each by itself: one that fails keeps nobody else from their role, and what it threw is thrown at the end.
    func giveAcceptedRoles(at now: Timestamp) async throws
    /// What would come of it if somebody accepted the invitations that they have, by normalized name of the project.
    func outlooks(for user: UserID, at now: Timestamp) async throws -> [String: InvitationOutlook]
    /// Does not take it. Throws `AccessRefusal` or `RoleRefusal`.
    ///
    /// - Parameter user: who was asked, where the operator answers for them; nil for the actor.
    func declineInvitation(
        to name: ProjectName, of user: Username?, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws

}

extension CollaborationStore {
    /// Takes the role that the actor was asked to take.
    public func acceptInvitation(
        to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> MandateRefusal? {
        try await acceptInvitation(to: name, of: nil, by: actor, from: origin, at: now)
    }

    /// Does not take it.
    public func declineInvitation(
        to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await declineInvitation(to: name, of: nil, by: actor, from: origin, at: now)
    }
}
