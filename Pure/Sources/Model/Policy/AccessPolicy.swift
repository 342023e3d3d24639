import PackagingFormats
import UTC

/// What the judgement of an act on a project rests on.
public struct ProjectFacts: Sendable, Hashable {
    /// Whether there is a project under the name.
    public var exists: Bool
    /// The actor's role on it.
    public var role: Role?
    /// Its status.
    public var status: ProjectStatus

    /// The facts about a project and an actor.
    public init(exists: Bool, role: Role?, status: ProjectStatus = .active) {
        self.exists = exists
        self.role = role
        self.status = status
    }

    /// The facts about a name under which there is no project.
    public static let absent = ProjectFacts(exists: false, role: nil)
}

/// Who may do what: the one place that knows.
public enum AccessPolicy {
    /// Judges an act on a project.
    public static func permit(
        _ action: Action, on project: ProjectName, to actor: Actor, knowing facts: ProjectFacts, at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        let permit = Permit(actor: actor, action: action, subject: .project(project), at: now)
        switch actor.identity {
        case .operatorAtMachine, .index: return permit
        case .anonymous: throw .notSignedIn
        case .user(_, let name, let isAdministrator):
            guard actor.assurance >= action.assurance else { throw .notSignedIn }
            if let projects = actor.projects, !projects.contains(project.normalized) { throw .outOfScope(project) }
            switch requirement(of: action) {
            case .nobody: return permit
            case .administrator:
                guard isAdministrator else { throw .administratorsOnly }
            case .role(let least):
                guard facts.exists else { throw .noSuchProject(project) }
                guard let role = facts.role else { throw .noRole(name, project) }
                guard role >= least else { throw .ownersOnly(project) }
            }
            if action == .uploadFile || action == .createRelease {
                guard facts.status.takesUploads else { throw .takesNoUploads(project, facts.status) }
            }
            return permit
        }
    }

    /// Judges an act on an account.
    public static func permit(
        _ action: Action, on user: Username, to actor: Actor, at now: Timestamp
    ) throws(AccessRefusal) -> Permit {
        let permit = Permit(actor: actor, action: action, subject: .user(user), at: now)
        switch actor.identity {
        case .operatorAtMachine, .index: return permit
        case .anonymous: throw .notSignedIn
        case .user(_, let name, let isAdministrator):
            guard actor.assurance >= action.assurance else { throw .notSignedIn }
            switch action {
            case .setPassword, .issueToken, .revokeToken:
                guard name == user || isAdministrator else { throw .administratorsOnly }
            default:
                guard isAdministrator else { throw .administratorsOnly }
            }
            return permit
        }
    }

    private enum Requirement {
        case nobody
        case role(atLeast: Role)
        case administrator
    }

    private static func requirement(of action: Action) -> Requirement {
        switch action {
        case .readIndex, .createProject: .nobody
        case .createRelease, .uploadFile, .yankRelease, .unyankRelease: .role(atLeast: .maintainer)
        case .addRole, .removeRole, .changeProjectStatus: .role(atLeast: .owner)
        case .reserveName, .addUser, .offerPasswordLink, .setPassword, .issueToken, .revokeToken: .administrator
        }
    }
}

/// Why somebody may not do something.
public enum AccessRefusal: Refusal, Hashable {
    /// Nothing valid was shown.
    case notSignedIn
    /// The token is limited to other projects.
    case outOfScope(ProjectName)
    /// There is no such project.
    case noSuchProject(ProjectName)
    /// The account has no role on the project.
    case noRole(Username, ProjectName)
    /// It takes an owner.
    case ownersOnly(ProjectName)
    /// It takes an administrator.
    case administratorsOnly
    /// The project is archived or quarantined.
    case takesNoUploads(ProjectName, ProjectStatus)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .notSignedIn: .unauthenticated
        case .noSuchProject: .notFound
        case .outOfScope, .noRole, .ownersOnly, .administratorsOnly, .takesNoUploads: .forbidden
        }
    }

    /// `access.…`
    public var code: String {
        switch self {
        case .notSignedIn: "access.not-signed-in"
        case .outOfScope: "access.out-of-scope"
        case .noSuchProject: "access.no-such-project"
        case .noRole: "access.no-role"
        case .ownersOnly: "access.owners-only"
        case .administratorsOnly: "access.administrators-only"
        case .takesNoUploads: "access.takes-no-uploads"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .notSignedIn:
            "Invalid or non-existent authentication information. Use the user name __token__ and an API token."
        case .outOfScope(let project):
            "This API token is not valid for the project '\(project.display)'. Use one whose scope includes it."
        case .noSuchProject(let project):
            "There is no project named '\(project.display)'."
        case .noRole(let user, let project):
            "The user '\(user)' isn't allowed to upload to or change the project '\(project.display)'. "
                + "Ask one of its owners for a role, or choose another name."
        case .ownersOnly(let project):
            "Only an owner of '\(project.display)' can do this. Ask one."
        case .administratorsOnly:
            "Only an administrator of this index can do this."
        case .takesNoUploads(let project, let status):
            "The project '\(project.display)' is \(status.rawValue) and takes no new files. "
                + "An owner or the operator can make it active again."
        }
    }
}
