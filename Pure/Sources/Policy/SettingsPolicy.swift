import Accounts
import Acts
import PackagingFormats
import Primitives
import UTC

/// Decides how the settings of a project can be changed, by those who may change them at all.
public enum SettingsPolicy {
    /// Decides about a new status: putting a project into quarantine, and taking it out, is not for its owners.
    ///
    /// - Parameter reason: what everybody is shown; nil for nothing. A quarantine has one, no matter who begins it.
    public static func decide(
        _ status: ProjectStatus, because reason: String?, insteadOf before: ProjectStatus, on project: ProjectName,
        by actor: Actor
    ) throws(SettingsRefusal) {
        if actor.isHeldToSettings, status == .quarantined || before == .quarantined { throw .quarantine(project) }
        if status == .quarantined, reason == nil { throw .reasonNeeded(project) }
    }

    /// Decides about what a project asks for: an owner can ask for more, never for less, and for no more than they
    /// show. A new owner does not ask for more while there are older ones, who may not have it: they would be kept out by it
    /// at once, and could not lower it again.
    ///
    /// That it never falls by an owner's act is what the others rely on; anyone who runs the index can lower it.
    public static func decide(
        _ assurance: Assurance, insteadOf before: Assurance, on project: ProjectName, by actor: Actor,
        knowing owner: OwnerStanding, at now: Timestamp
    ) throws(SettingsRefusal) {
        guard actor.isHeldToSettings else { return }
        guard assurance >= before else { throw .requiresLess(project, than: before) }
        if assurance > before, let until = owner.newUntil(at: now) {
            throw .ownerForTooShort(project, older: owner.older, until: until)
        }
        guard actor.assurance >= assurance else { throw .requiresMoreThanShown(project, assurance) }
    }
}

extension Actor {
    /// Whether they are an account's holder that does not run the index.
    fileprivate var isHeldToSettings: Bool {
        if case .user(_, _, isAdministrator: false) = identity { true } else { false }
    }
}

/// Why a setting of a project was not changed.
public enum SettingsRefusal: Refusal, Hashable {
    /// A quarantine is begun and ended by those who run the index.
    case quarantine(ProjectName)
    /// An owner asks for more, never for less.
    case requiresLess(ProjectName, than: Assurance)
    /// They would lock themselves out.
    case requiresMoreThanShown(ProjectName, Assurance)
    /// They are a new owner, and older ones may lack what it would ask for.
    case ownerForTooShort(ProjectName, older: [Username], until: Timestamp)
    /// Everybody who finds a quarantine reads why.
    case reasonNeeded(ProjectName)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .quarantine, .requiresLess, .requiresMoreThanShown, .ownerForTooShort: .forbidden
        case .reasonNeeded: .invalid
        }
    }

    /// `settings.…`
    public var code: String {
        switch self {
        case .quarantine: "settings.quarantine"
        case .requiresLess: "settings.requires-less"
        case .requiresMoreThanShown: "settings.requires-more-than-shown"
        case .ownerForTooShort: "settings.owner-for-too-short"
        case .reasonNeeded: "settings.reason-needed"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .quarantine(let project):
            "The quarantine of '\(project.display)' is for the people who run this index to begin and to end. Ask them."
        case .requiresLess(let project, let before):
            "'\(project.display)' asks for \(before.words), and its owners can only ask for more. The people who run this "
                + "index can lower it."
        case .requiresMoreThanShown(let project, let assurance):
            "You would lock yourself out of '\(project.display)': sign in with \(assurance.words) first."
        case .ownerForTooShort(let project, let older, let until):
            """
            You are an owner of '\(project.display)' for less than \(OwnerStanding.settling.inDays), and what it asks for could \
            keep those out who were owners before you: until \(until.readableMinute) you cannot raise it. Nothing was changed. \
            Ask \(older.map(\.display).joined(separator: " or ")) to do it.
            """
        case .reasonNeeded(let project):
            "A quarantine of '\(project.display)' needs a reason, for everybody who looks for it reads why: give one. Nothing was "
                + "changed."
        }
    }
}
