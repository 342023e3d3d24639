import Accounts
import PackagingFormats

/// What an act is done to.
public enum Subject: Sendable, Hashable {
    /// A project, or a name that may become one.
    case project(ProjectName)
    case user(Username)
    /// The index as a whole.
    case index

    /// How the journal names it: `project flask`, `user ada`.
    public var journalName: String {
        switch self {
        case .project(let name): "project \(name.normalized)"
        case .user(let name): "user \(name.normalized)"
        case .index: "index"
        }
    }
}
