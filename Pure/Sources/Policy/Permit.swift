import Accounts
import Acts
import PackagingFormats
import UTC

/// What an act is done to.
public enum Subject: Sendable, Hashable {
    /// A project, or a name that may become one.
    case project(ProjectName)
    /// An account.
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

/// The proof that an act was judged and allowed. Only `AccessPolicy` can make one.
///
/// Whatever changes something takes a permit and writes the journal entry from it: nothing changes without having been
/// judged, and every change is on record.
public struct Permit: Sendable, Hashable {
    /// Who acts.
    public let actor: Actor
    /// What he does.
    public let action: Action
    /// To what.
    public let subject: Subject
    /// When it was judged; the journal's time.
    public let at: Timestamp

    init(actor: Actor, action: Action, subject: Subject, at: Timestamp) {
        self.actor = actor
        self.action = action
        self.subject = subject
        self.at = at
    }
}
