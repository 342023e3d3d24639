import Accounts
import Acts
import PackagingFormats
import UTC

/// Somebody who holds a role on a project, as the others see them.
public struct Collaborator: Sendable, Hashable {
    public let user: Username
    public let role: Role
    public let since: Timestamp

    /// Somebody who holds a role.
    public init(user: Username, role: Role, since: Timestamp) {
        self.user = user
        self.role = role
        self.since = since
    }
}

/// That somebody was asked to take a role.
public struct Invitation: Sendable, Hashable {
    /// How long it can be accepted: a week.
    public static let lifetime = Duration.days(7)
    /// How long one that was accepted waits for what the project asks for.
    public static let longestWait = Duration.days(30)
    /// How often one person can be invited to one project in 24 hours: once, and twice after a mistake.
    public static let mostADay = 3
    /// How many people can be invited to one project at a time.
    public static let mostWaiting = 100

    public let project: ProjectName
    public let user: Username
    public let role: Role
    /// Who asked; nil for the operator.
    public let invitedBy: Username?
    public let invitedAt: Timestamp
    /// Until when it can be accepted; once it was, until when it waits.
    public let expiresAt: Timestamp
    /// When it was accepted by somebody who lacks what the project asks for: the role is theirs as soon as they have it.
    /// Nil where they have not answered yet.
    public let acceptedAt: Timestamp?

    /// That somebody was asked to take a role.
    public init(
        project: ProjectName, user: Username, role: Role, invitedBy: Username?, invitedAt: Timestamp,
        expiresAt: Timestamp, acceptedAt: Timestamp? = nil
    ) {
        self.acceptedAt = acceptedAt
        self.project = project
        self.user = user
        self.role = role
        self.invitedBy = invitedBy
        self.invitedAt = invitedAt
        self.expiresAt = expiresAt
    }
}

/// Who works together on a project.
public struct Collaboration: Sendable, Hashable {
    public let project: Project
    /// Who holds a role, by name.
    public let collaborators: [Collaborator]
    /// Who was asked to take one and can still do so, by name.
    public let invitations: [Invitation]

    /// Who works together on a project.
    public init(project: Project, collaborators: [Collaborator], invitations: [Invitation]) {
        self.project = project
        self.collaborators = collaborators
        self.invitations = invitations
    }

    /// Somebody's role.
    public func role(of user: Username) -> Role? { collaborators.first { $0.user == user }?.role }
}
