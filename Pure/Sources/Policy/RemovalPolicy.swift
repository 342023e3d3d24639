import Accounts
import Acts
import PackagingFormats
import Primitives
import Projects
import UTC

/// What is known of a name whose project was removed.
public struct FormerProjectFacts: Sendable, Hashable {
    /// The role that the actor held when the project was removed; nil when they held none.
    public var role: Role?
    /// Whether an administrator let everybody have the name.
    public var isFreed: Bool
    /// Whether the operator keeps the name, or one that looks the same.
    public var isReserved: Bool

    /// What is known of such a name.
    public init(role: Role?, isFreed: Bool = false, isReserved: Bool = false) {
        self.role = role
        self.isFreed = isFreed
        self.isReserved = isReserved
    }
}

/// Decides what can be removed, and who can use the name of a removed project again.
///
/// Removal is a mark. Nothing published is lost by one person's act: pages and lists leave out what is removed, its
/// bytes keep their address, and all of it can be brought back.
public enum RemovalPolicy {
    /// Decides whether something of a project can be removed, by anyone.
    public static func decide(_ project: ProjectName, status: ProjectStatus) throws(RemovalRefusal) {
        guard status != .quarantined else { throw .quarantined(project) }
    }

    /// How long an owner can bring back what they removed themselves. Later, or after another's act, it takes an
    /// administrator.
    public static let undoTime = Duration.days(30)

    /// Until when anyone who removed something can bring it back themselves.
    public static func canUndo(until removal: Removal) -> Timestamp { removal.at + undoTime }

    /// Whether a removal can be undone by this account, as far as the removal itself says.
    public static func canUndo(_ removal: Removal, by user: Username, at now: Timestamp) -> Bool {
        removal.by == Subject.user(user).journalName && now < canUndo(until: removal)
    }

    /// Decides whether somebody, who may change the project, can bring back what was removed.
    ///
    /// Nobody undoes another's act: an owner who removed a release that does harm is not overruled by the next.
    public static func decideUndo(
        of removal: Removal, on project: ProjectName, status: ProjectStatus, by actor: Actor, at now: Timestamp
    ) throws(RemovalRefusal) {
        guard status != .quarantined else { throw .quarantined(project) }
        guard removal.by == actor.journalName else { throw .anothersRemoval(project) }
        let until = canUndo(until: removal)
        guard now < until else { throw .undoneTooLate(project, until: until) }
    }

    /// How a name is used again.
    public enum Reuse: Sendable, Hashable {
        /// It is the same project again: anyone who held a role on it holds it.
        case withItsRoles
        /// It is somebody else's project: anyone who held a role on the former one holds none.
        case asNewProject
    }

    /// Decides who can use the name of a removed project again, and as what.
    ///
    /// Roles come back with the project: otherwise an owner could get rid of the others by deleting it, and making it
    /// again.
    public static func decideReuse(
        of name: ProjectName, by actor: Actor, knowing facts: FormerProjectFacts
    ) throws(RemovalRefusal) -> Reuse {
        if actor.identity == .operatorAtMachine { return facts.isFreed ? .asNewProject : .withItsRoles }
        guard !facts.isReserved else { throw .reserved(name) }
        if facts.isFreed { return .asNewProject }
        guard facts.role == .owner else { throw .nameHeld(name) }
        return .withItsRoles
    }
}

/// Why something was not removed, not brought back, or a name not used again.
public enum RemovalRefusal: Refusal, Hashable {
    /// What is suspected of harm is looked at first.
    case quarantined(ProjectName)
    /// The name belongs to those who owned its project.
    case nameHeld(ProjectName)
    /// The operator keeps the name.
    case reserved(ProjectName)
    /// The project has no such file.
    case noSuchFile(ProjectName, String)
    /// There is nothing to bring back.
    case notRemoved(ProjectName)
    /// The whole project is removed, so that its parts cannot come back alone.
    case projectIsRemoved(ProjectName)
    /// The release is removed, so that its files cannot come back alone.
    case releaseIsRemoved(ProjectName, Version)
    /// Somebody else removed it.
    case anothersRemoval(ProjectName)
    /// The time in which it could be undone is over.
    case undoneTooLate(ProjectName, until: Timestamp)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .quarantined, .notRemoved, .projectIsRemoved, .releaseIsRemoved: .conflict
        case .nameHeld, .anothersRemoval, .undoneTooLate: .forbidden
        case .reserved: .invalid
        case .noSuchFile: .notFound
        }
    }

    /// `removal.…`
    public var code: String {
        switch self {
        case .quarantined: "removal.quarantined"
        case .nameHeld: "removal.name-held"
        case .reserved: "removal.name-reserved"
        case .noSuchFile: "removal.no-such-file"
        case .notRemoved: "removal.not-removed"
        case .projectIsRemoved: "removal.project-is-removed"
        case .releaseIsRemoved: "removal.release-is-removed"
        case .anothersRemoval: "removal.anothers"
        case .undoneTooLate: "removal.undone-too-late"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .quarantined(let project):
            "The project '\(project.display)' is quarantined, and nothing of it is deleted before the people who run "
                + "this index have looked at it. Ask them."
        case .nameHeld(let name):
            "The name '\(name.display)' belonged to a project that was deleted, and only its former owners can use it "
                + "again. Ask one of them, or the people who run this index, or choose another name."
        case .reserved(let name):
            "The name '\(name.display)' isn't allowed: the operator of this index keeps it, or one that looks the same. "
                + "Ask the operator."
        case .noSuchFile(let project, let filename): "The project '\(project.display)' has no file '\(filename)'."
        case .notRemoved(let project):
            "Nothing like that was deleted of '\(project.display)', so nothing can come back."
        case .projectIsRemoved(let project):
            "The whole project '\(project.display)' was deleted. Bring it back first, without naming a release."
        case .releaseIsRemoved(let project, let version):
            "The whole release \(version) of '\(project.display)' was deleted. Bring it back first."
        case .anothersRemoval(let project):
            "Somebody else deleted this of '\(project.display)'. They can bring it back, or the people who run this index."
        case .undoneTooLate(let project, let until):
            "What you delete of '\(project.display)' you can bring back for \(RemovalPolicy.undoTime.words); "
                + "here that ended on \(until.day). Ask the people who run this index."
        }
    }
}
