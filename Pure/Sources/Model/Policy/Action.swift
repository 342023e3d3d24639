/// Everything that can be done to the index. A new act is a new case, and does not compile until somebody has decided
/// what it takes.
public enum Action: String, Sendable, CaseIterable {
    /// Read pages, files, feeds. Nothing changes, so nothing is recorded.
    case readIndex = "index.read"
    /// Make a project by uploading under a free name.
    case createProject = "project.create"
    /// Make a release by uploading its first file.
    case createRelease = "release.create"
    /// Add a file to a release.
    case uploadFile = "file.upload"
    /// Mark a release as not to be chosen.
    case yankRelease = "release.yank"
    /// Take that mark back.
    case unyankRelease = "release.unyank"
    /// Make somebody owner or maintainer.
    case addRole = "role.add"
    /// Take a role away.
    case removeRole = "role.remove"
    /// Keep a name from being taken.
    case reserveName = "name.reserve"
    /// Archive, deprecate or quarantine a project, or end that.
    case changeProjectStatus = "project.status"
    /// Make an account.
    case addUser = "user.add"
    /// Hand out a link with which an account's password can be set.
    case offerPasswordLink = "user.password-link"
    /// Set an account's password.
    case setPassword = "user.password"
    /// Make an API token.
    case issueToken = "token.issue"
    /// End an API token.
    case revokeToken = "token.revoke"

    /// The least that the actor must be proven with.
    public var assurance: Assurance {
        switch self {
        case .readIndex: .anonymous
        case .createProject, .createRelease, .uploadFile, .yankRelease, .unyankRelease: .password
        case .addRole, .removeRole, .changeProjectStatus: .password
        case .reserveName, .addUser, .offerPasswordLink: .password
        case .setPassword: .anonymous  // the link's secret is the proof
        case .issueToken, .revokeToken: .password
        }
    }
}
