import Accounts
import PackagingFormats
import Policy
import Primitives
import UTC

/// Why somebody's ownership did not end, or did not come back.
public enum RoleChangeRefusal: GuidingRefusal, Hashable {
    /// The one who wants it is an owner for too short.
    case ownerForTooShort(Username, ProjectName, until: Timestamp)
    /// All other owners of a critical project are new ones.
    case transferWaits(Username, ProjectName, until: Timestamp)
    /// Nobody took a role from the account lately.
    case nothingLost(ProjectName)
    /// It was undone already.
    case isBack(ProjectName, since: Timestamp)
    /// They are an owner, in another way.
    case isOwner(ProjectName)
    /// The time in which it could be undone is over.
    case undoneTooLate(ProjectName, until: Timestamp)
    /// Somebody who was an owner before them decided it, for the second time.
    case olderOwnerDecided(ProjectName)
    /// What was shown when it was decided is not so any more.
    case changedSince(ProjectName)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .ownerForTooShort, .undoneTooLate, .olderOwnerDecided: .forbidden
        case .transferWaits, .isBack, .isOwner, .changedSince: .conflict
        case .nothingLost: .notFound
        }
    }

    /// `role.…`
    public var code: String {
        switch self {
        case .ownerForTooShort: "role.owner-for-too-short"
        case .transferWaits: "role.transfer-waits"
        case .nothingLost: "role.nothing-lost"
        case .isBack: "role.is-back"
        case .isOwner: "role.is-owner"
        case .undoneTooLate: "role.undone-too-late"
        case .olderOwnerDecided: "role.older-owner-decided"
        case .changedSince: "role.changed-since"
        }
    }

    /// Nothing that has a page.
    public var remedy: Remedy? { nil }

    /// What was refused, and what to do.
    public var guidance: Guidance {
        switch self {
        case .ownerForTooShort(let user, let project, let until):
            """
            \(user) was an owner of '\(project.display)' before you, and you are one for less than \
            \(RoleChangePolicy.settling.inDays): until \(until.readableMinute) you cannot take the role of such owners away. \
            Nothing was changed. \(user) can give it up, and an older owner can take it away.
            """
        case .transferWaits(let user, let project, let until):
            """
            '\(project.display)' is critical, and all owners but \(user) are new: \(user) stays an owner until \
            \(until.readableMinute), when one of them was one for \(RoleChangePolicy.settling.inDays). Nothing was changed: do it again then.
            """
        case .nothingLost(let project):
            "Nobody took the role of an owner of '\(project.display)' from this account lately. If a mail led you here, sign in "
                + "to the account that it is about."
        case .isBack(let project, let since):
            "This was used already: you are an owner of '\(project.display)' again since \(since.readableMinute). Your "
                + "projects: \(Place.projects)"
        case .isOwner(let project):
            "You are an owner of '\(project.display)' already, so that there is nothing to take back."
        case .undoneTooLate(let project, let until):
            """
            You could take your role on '\(project.display)' back until \(until.readableMinute). Ask the other owners to \
            invite you, or \(Place.administrators).
            """
        case .olderOwnerDecided(let project):
            """
            You were a new owner of '\(project.display)', and somebody who was one before you took the role away again: that \
            holds. Ask them to invite you, or \(Place.administrators).
            """
        case .changedSince(let project):
            "Something changed in '\(project.display)' since you looked. Nothing was done: look again, and decide again."
        }
    }
}
