import Accounts
import Acts

/// Somebody's role on a project.
public struct RoleHolder: Sendable, Hashable {
    public let user: Username
    public let role: Role

    /// Somebody's role on a project.
    public init(user: Username, role: Role) {
        self.user = user
        self.role = role
    }
}
