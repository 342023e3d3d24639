import Accounts
import Acts
import PackagingFormats
import Policy
import UTC

/// What is known where somebody is to be an owner no longer: removed, demoted, or by their own leave.
public struct OwnerChangeFacts: Sendable, Hashable {
    /// Since when they are an owner.
    public var ownerSince: Timestamp
    /// Whether it is their own act.
    public var isOneself: Bool
    /// Since when the one who decides it is an owner; nil where they are not.
    public var deciderSince: Timestamp?
    /// Since when the other owners are owners whose accounts can be used.
    public var othersSince: [Timestamp]
    public var isCritical: Bool

    public init(
        ownerSince: Timestamp, isOneself: Bool = false, deciderSince: Timestamp? = nil, othersSince: [Timestamp] = [],
        isCritical: Bool = false
    ) {
        self.ownerSince = ownerSince
        self.isOneself = isOneself
        self.deciderSince = deciderSince
        self.othersSince = othersSince
        self.isCritical = isCritical
    }
}

/// Decides who ends whose ownership, and when it comes back: by those who may do such a thing at all.
///
/// Somebody who got into an account for some minutes could otherwise make another account of theirs an owner, and the owner
/// none.
public enum RoleChangePolicy {
    /// For how long an owner is new: they take nobody's role away who was an owner before them, and nobody who was leaves
    /// a critical project to new ones alone.
    public static let settling = OwnerStanding.settling
    /// For how long who lost the role takes it back.
    public static let undoing = Duration.hours(72)

    /// Decides whether somebody can be an owner no longer. That one stays who can act, the store finds.
    public static func decide(
        endOf user: Username, on project: ProjectName, by actor: Actor, knowing facts: OwnerChangeFacts,
        at now: Timestamp
    ) throws(RoleChangeRefusal) {
        // Nothing can be kept from who runs commands on the machine; the index does what was decided.
        guard case .user = actor.identity else { return }
        if !facts.isOneself, let since = facts.deciderSince, isNew(since, at: now), facts.ownerSince < since {
            throw .ownerForTooShort(user, project, until: since + settling)
        }
        if facts.isCritical, let oldest = facts.othersSince.min(), facts.ownerSince < oldest, isNew(oldest, at: now) {
            throw .transferWaits(user, project, until: oldest + settling)
        }
    }

    /// Whether somebody who is an owner since a moment is a new one.
    public static func isNew(_ since: Timestamp, at now: Timestamp) -> Bool { OwnerStanding.isNew(since, at: now) }

    /// Decides whether somebody takes back what they lost.
    public static func decideReturn(
        after loss: OwnershipLoss, knowing facts: ReturnFacts, at now: Timestamp
    ) throws(RoleChangeRefusal) {
        if let back = loss.returnedAt { throw .isBack(loss.project, since: back) }
        if facts.isOwner { throw .isOwner(loss.project) }
        guard now < loss.undoneUntil else { throw .undoneTooLate(loss.project, until: loss.undoneUntil) }
        // They would remove each other and come back for three days: once, and then it holds what the older one decided.
        if loss.isOfNewOwnerByOlder, let last = facts.lastReturnAt, isNew(last, at: now) {
            throw .olderOwnerDecided(loss.project)
        }
    }
}

/// What is known where somebody wants their role back.
public struct ReturnFacts: Sendable, Hashable {
    /// Whether they are an owner already.
    public var isOwner: Bool
    /// When somebody last came back to the project as an owner; nil where nobody did.
    public var lastReturnAt: Timestamp?

    public init(isOwner: Bool = false, lastReturnAt: Timestamp? = nil) {
        self.isOwner = isOwner
        self.lastReturnAt = lastReturnAt
    }
}

/// That an owner became a maintainer, or nothing.
public struct OwnershipLoss: Sendable, Hashable {
    public let project: ProjectName
    public let user: Username
    /// Since when they were an owner; they are it since then again, if they come back.
    public let ownerSince: Timestamp
    /// What was left to them; nil for nothing.
    public let became: Role?
    /// Who did it, as the journal names them.
    public let takenBy: String
    /// Since when that one was an owner; nil where they were not.
    public let takerSince: Timestamp?
    public let takenAt: Timestamp
    /// When they came back; nil where they did not.
    public let returnedAt: Timestamp?

    public init(
        project: ProjectName, user: Username, ownerSince: Timestamp, became: Role?, takenBy: String,
        takerSince: Timestamp?, takenAt: Timestamp, returnedAt: Timestamp? = nil
    ) {
        self.project = project
        self.user = user
        self.ownerSince = ownerSince
        self.became = became
        self.takenBy = takenBy
        self.takerSince = takerSince
        self.takenAt = takenAt
        self.returnedAt = returnedAt
    }

    /// Until when it can be undone.
    public var undoneUntil: Timestamp { takenAt + RoleChangePolicy.undoing }

    /// Whether it can be undone by the time alone.
    public func isOpen(at now: Timestamp) -> Bool { returnedAt == nil && now < undoneUntil }

    /// Whether they were an owner for longer than new ones are.
    public var isOfSettledOwner: Bool { !RoleChangePolicy.isNew(ownerSince, at: takenAt) }

    /// Whether somebody who was an owner before them took it from a new one.
    var isOfNewOwnerByOlder: Bool {
        guard !isOfSettledOwner, let takerSince else { return false }
        return takerSince < ownerSince
    }
}
