import Accounts
import Acts
import PackagingFormats
import Primitives
import Projects
import UTC

/// Why something was not done to a role.
public enum RoleRefusal: GuidingRefusal, Hashable {
    /// A project keeps at least one owner.
    case lastOwner(Username, ProjectName)
    /// The account has no role to be taken away.
    case hasNoRole(Username, ProjectName)
    /// The account has a role already.
    case hasRole(Username, Role, ProjectName)
    /// The account was invited already, and can still accept.
    case isInvited(Username, ProjectName)
    /// The account was not invited, or the invitation has ended.
    case noInvitation(Username, ProjectName)
    /// The account lacks what the project asks for.
    case notReady(Username, MandateRefusal)
    /// The account was invited to the project again and again.
    case invitedTooOften(Username, ProjectName, retryAfterSeconds: Int)
    /// As many people as can be have an invitation.
    case tooManyInvitations(ProjectName)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .lastOwner, .notReady, .hasRole, .isInvited, .tooManyInvitations: .conflict
        case .invitedTooOften(_, _, let seconds): .tooMany(retryAfterSeconds: seconds)
        case .hasNoRole, .noInvitation: .notFound
        }
    }

    /// `role.…`
    public var code: String {
        switch self {
        case .lastOwner: "role.last-owner"
        case .hasNoRole: "role.has-no-role"
        case .hasRole: "role.has-role"
        case .isInvited: "role.is-invited"
        case .noInvitation: "role.no-invitation"
        case .notReady: "role.not-ready"
        case .invitedTooOften: "role.invited-too-often"
        case .tooManyInvitations: "role.too-many-invitations"
        }
    }

    /// Nothing that has a page.
    public var remedy: Remedy? { nil }

    /// What was refused, and what to do.
    public var guidance: Guidance {
        switch self {
        case .lastOwner(let user, let project):
            "\(user) is the last owner of '\(project.display)', and a project keeps one. Make somebody else an owner first; "
                + "or ask to be none any more, with what becomes of the project then: \(Place.leaving(project))"
        case .hasNoRole(let user, let project): "\(user) has no role on '\(project.display)'."
        case .hasRole(let user, let role, let project):
            "\(user) is \(role.rawValue) of '\(project.display)' already. The role can be changed in the list."
        case .isInvited(let user, let project):
            "\(user) has an invitation to '\(project.display)' already. To invite anew, take that one back first."
        case .noInvitation(let user, let project):
            "There is no invitation of \(user) to '\(project.display)', or it has ended. Ask an owner for another one."
        case .notReady(let user, let refusal):
            "\(user) cannot be given a role there yet. \(refusal.explanation)"
        case .invitedTooOften(let user, let project, let seconds):
            "\(user) was invited to '\(project.display)' \(Invitation.mostADay) times within a day, and hears of each by mail. "
                + "Try again in \(Duration.seconds(seconds).words)."
        case .tooManyInvitations(let project):
            "\(Invitation.mostWaiting) people have an invitation to '\(project.display)' already. Wait for their answers, or "
                + "take some back."
        }
    }
}
