import Acts
import PackagingFormats
import Primitives
import UTC

/// Decides how the settings of a project can be changed, by those who may change them at all.
public enum SettingsPolicy {
    /// Decides about a new status: putting a project into quarantine, and taking it out, is not for its owners.
    public static func decide(
        _ status: ProjectStatus, insteadOf before: ProjectStatus, on project: ProjectName, by actor: Actor
    ) throws(SettingsRefusal) {
        guard actor.isHeldToSettings else { return }
        guard status != .quarantined, before != .quarantined else { throw .quarantine(project) }
    }

    /// Decides about what a project asks for: an owner can ask for more, never for less, and for no more than they
    /// show.
    ///
    /// That it never falls by an owner's act is what the others rely on; anyone who runs the index can lower it.
    public static func decide(
        _ assurance: Assurance, insteadOf before: Assurance, on project: ProjectName, by actor: Actor
    ) throws(SettingsRefusal) {
        guard actor.isHeldToSettings else { return }
        guard assurance >= before else { throw .requiresLess(project, than: before) }
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

    /// Always `forbidden`.
    public var kind: RefusalKind { .forbidden }

    /// `settings.…`
    public var code: String {
        switch self {
        case .quarantine: "settings.quarantine"
        case .requiresLess: "settings.requires-less"
        case .requiresMoreThanShown: "settings.requires-more-than-shown"
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
        }
    }
}
