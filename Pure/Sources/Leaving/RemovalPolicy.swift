import Accounts
import Acts
import PackagingFormats
import Policy
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

    /// Until when an owner can bring back what an owner removed. Later it takes an administrator.
    public static func canUndo(until removal: Removal, under rule: RemovalRule) -> Timestamp {
        removal.at + rule.retention(ofRemovalAt: removal.at)
    }

    /// Whether a removal can be undone by an owner, as far as the removal itself says.
    public static func canUndo(_ removal: Removal, under rule: RemovalRule, at now: Timestamp) -> Bool {
        isOfOwners(removal) && now < canUndo(until: removal, under: rule)
    }

    /// Whether it was done by an owner, or by the index at an owner's request.
    public static func isOfOwners(_ removal: Removal) -> Bool {
        removal.by.hasPrefix("user ") || removal.by == Actor.index.journalName
    }

    /// Decides whether an owner can bring back what was removed.
    ///
    /// They bring back what they, or another owner, took out: what does harm is not removed but quarantined, and that
    /// they do not end. What the operator took out, an administrator brings back.
    public static func decideUndo(
        of removal: Removal, on project: ProjectName, status: ProjectStatus, under rule: RemovalRule, at now: Timestamp
    ) throws(RemovalRefusal) {
        guard status != .quarantined else { throw .quarantined(project) }
        guard isOfOwners(removal) else { throw .anothersRemoval(project) }
        let until = canUndo(until: removal, under: rule)
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
    /// It is asked for already.
    case alreadyAsked(ProjectName, until: Day)
    /// It cannot be done at once, and nobody asked.
    case hasToBeAsked(ProjectName)
    /// A request has no reason.
    case reasonNeeded
    /// What was shown when it was asked is not so any more.
    case changedSince(ProjectName)
    /// There is no such request, or it is over.
    case noSuchRequest(ProjectName)
    /// Somebody agreed already.
    case alreadyConfirmed(ProjectName)
    /// Who asked is not the one who agrees.
    case ownRequest(ProjectName)
    /// They became an owner shortly before it was asked, or after.
    case ownerForTooShort(ProjectName)
    /// Nobody who owns it was an owner for long when it was asked, but who asked.
    case administratorsConfirm(ProjectName)
    /// Its day has come.
    case dayHasCome(ProjectName, Day)
    /// There is another owner, so that a role can be given up as such.
    case notTheLastOwner(ProjectName)
    /// Nothing of it is in a state in which that could be done.
    case nothingToQuarantine(ProjectName)
    /// Everybody sees all projects of this index.
    case noPrivateProjects
    /// Nothing would be left that installers choose, and others build on it.
    case nothingLeftToChoose(ProjectName)
    /// Nothing would be left that these others can use.
    case nothingLeftFor(ProjectName, [ProjectName])

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .quarantined, .notRemoved, .projectIsRemoved, .releaseIsRemoved, .alreadyAsked, .changedSince,
            .alreadyConfirmed, .dayHasCome, .notTheLastOwner, .hasToBeAsked, .noPrivateProjects, .nothingToQuarantine,
            .nothingLeftToChoose, .nothingLeftFor:
            .conflict
        case .nameHeld, .anothersRemoval, .undoneTooLate, .ownRequest, .ownerForTooShort,
            .administratorsConfirm:
            .forbidden
        case .reserved, .reasonNeeded: .invalid
        case .noSuchFile, .noSuchRequest: .notFound
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
        case .alreadyAsked: "removal.already-asked"
        case .hasToBeAsked: "removal.has-to-be-asked"
        case .reasonNeeded: "removal.reason-needed"
        case .changedSince: "removal.changed-since"
        case .noSuchRequest: "removal.no-such-request"
        case .alreadyConfirmed: "removal.already-confirmed"
        case .ownRequest: "removal.own-request"
        case .ownerForTooShort: "removal.owner-for-too-short"
        case .administratorsConfirm: "removal.administrators-confirm"
        case .dayHasCome: "removal.day-has-come"
        case .notTheLastOwner: "removal.not-the-last-owner"
        case .noPrivateProjects: "removal.no-private-projects"
        case .nothingToQuarantine: "removal.nothing-to-quarantine"
        case .nothingLeftToChoose: "removal.nothing-left-to-choose"
        case .nothingLeftFor: "removal.nothing-left-for"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .quarantined(let project):
            "The project '\(project.display)' is quarantined, and nothing of it is deleted or brought back before the people "
                + "who run this index have looked at it. Ask them."
        case .nameHeld(let name):
            "The name '\(name.display)' belonged to a project that was deleted, and only its former owners can use it "
                + "again. Ask one of them, or the people who run this index, or choose another name."
        case .reserved(let name):
            "The name '\(name.display)' isn't allowed: the operator of this index keeps it, or one that looks the same. "
                + "Ask the operator."
        case .noSuchFile(let project, let filename):
            "The project '\(project.display)' has no file '\(filename)', or it was deleted already. Its page lists those that are "
                + "there."
        case .notRemoved(let project):
            "Nothing like that was deleted of '\(project.display)', so nothing can come back. Its pages list what was "
                + "deleted: look how it stands."
        case .projectIsRemoved(let project):
            "The whole project '\(project.display)' was deleted. Bring it back first, without naming a release."
        case .releaseIsRemoved(let project, let version):
            "The whole release \(version) of '\(project.display)' was deleted. Bring it back first."
        case .anothersRemoval(let project):
            "The people who run this index deleted this of '\(project.display)', and only they bring it back. Ask them."
        case .undoneTooLate(let project, let until):
            "What owners delete of '\(project.display)' they can bring back for a time; here that ended on \(until.day). "
                + "Ask the people who run this index."
        case .alreadyAsked(let project, let day):
            "This was asked for already: the request is on the page 'Leaving' of '\(project.display)', where it can be "
                + "confirmed or stopped until \(day). Nothing was changed."
        case .hasToBeAsked(let project):
            "Others build on '\(project.display)', so that it is not done at once: ask for it on its page 'Leaving'. Nothing "
                + "was changed."
        case .reasonNeeded: "Everybody whom it concerns is told of it: say why. Nothing was changed."
        case .changedSince(let project):
            "Something changed in '\(project.display)' since you looked. Nothing was done: look again, and decide again."
        case .noSuchRequest(let project):
            "There is no such request for '\(project.display)', or it is over already. Its page 'Leaving' has those that are "
                + "open. Nothing was changed."
        case .alreadyConfirmed(let project):
            "This request for '\(project.display)' was confirmed already. It is carried out on its day, unless somebody with a "
                + "role objects before."
        case .ownRequest(let project):
            "You asked for this yourself: that is for another one with a role on '\(project.display)' to do, or for the people "
                + "who run this index. You can take your request back on the page 'Leaving'."
        case .ownerForTooShort(let project):
            "You had been an owner of '\(project.display)' for less than \(RemovalRequestPolicy.ownership.inDays) when this was "
                + "asked for, so that you cannot confirm it. An owner who was one for longer can, or the people who run this "
                + "index; and you can object."
        case .administratorsConfirm(let project):
            "This request for '\(project.display)' waits for the people who run this index: when it was made, nobody but who "
                + "asked had been an owner for \(RemovalRequestPolicy.ownership.inDays). Ask them; and you can object."
        case .dayHasCome(let project, let day):
            "The day of this request for '\(project.display)' has come: \(day). It can neither be confirmed nor stopped any "
                + "more; what was removed, an owner can bring back."
        case .notTheLastOwner(let project):
            "You are not the last owner of '\(project.display)', so that nobody has to be asked: leave it on its page "
                + "'Collaboration'."
        case .nothingToQuarantine(let project):
            "Nothing like that of '\(project.display)' can be put into quarantine, or taken out of it: it is in that state "
                + "already, or is gone. Look how it stands. Nothing was changed."
        case .noPrivateProjects:
            "This index has no private projects: everybody sees all of them. Archive it, or delete it, instead."
        case .nothingLeftToChoose(let project):
            "Others build on '\(project.display)', and nothing of it would be left that installers choose: their builds would "
                + "fail at once. Upload a release that is good first, and yank then; or delete it, which is asked for. What does "
                + "harm, the people who run this index stop at once: tell them."
        case .nothingLeftFor(let project, let others):
            "What is left of '\(project.display)' is no version that \(Self.list(others)) can use: builds of that would fail at "
                + "once. Upload a release that is good and that they can use first, and yank then; or ask their owners to move "
                + "on. What does harm, the people who run this index stop at once: tell them."
        }
    }

    /// The first of some projects, by name, and how many more there are.
    private static func list(_ projects: [ProjectName]) -> String {
        let named = projects.prefix(3).map(\.display).joined(separator: ", ")
        return projects.count > 3 ? "\(named) and \(projects.count - 3) more" : named
    }
}
