import Accounts
import Acts
import PackagingFormats
import UTC

/// What the judgement of an act on a project rests on.
public struct ProjectFacts: Sendable, Hashable {
    /// Whether there is a project under the name.
    public var exists: Bool
    /// The actor's role on it.
    public var role: Role?
    public var status: ProjectStatus
    /// What the rule for critical projects, and the project's owners, ask for.
    public var mandate: MandateFacts
    /// Whether the operator asks for a verified primary address and the actor's account has none.
    public var lacksVerifiedAddress: Bool

    /// The facts about a project and an actor.
    public init(
        exists: Bool, role: Role?, status: ProjectStatus = .active, mandate: MandateFacts = .none,
        lacksVerifiedAddress: Bool = false
    ) {
        self.lacksVerifiedAddress = lacksVerifiedAddress
        self.exists = exists
        self.role = role
        self.status = status
        self.mandate = mandate
    }

    /// The facts about a name under which there is no project.
    public static let absent = ProjectFacts(exists: false, role: nil)
}

/// What the judgement of an act on an account rests on.
public struct AccountFacts: Sendable {
    /// Whether the account has a second factor, frozen ones included: what it had once is asked for ever.
    public var hasSecondFactor: Bool
    /// Whether the actor owns projects together with the account's holder, so that they can answer for them.
    public var actorCanVouch: Bool
    /// Until when the actor's own factor may be a thief's; nil where it may not.
    public var actorProbationUntil: Timestamp?
    /// What the act gives away here, where that is more than it always does.
    public var gain: Gain
    /// Whether the operator asks for a verified primary address and the actor's account has none.
    public var lacksVerifiedAddress: Bool
    /// What the rule for critical projects, and their owners, ask for where the act is about projects: a token that is
    /// made for them.
    public var mandates: [(project: ProjectName, facts: MandateFacts)]

    /// The facts about an account and an actor.
    public init(
        hasSecondFactor: Bool = false, actorCanVouch: Bool = false, actorProbationUntil: Timestamp? = nil,
        gain: Gain = .nothing, lacksVerifiedAddress: Bool = false,
        mandates: [(project: ProjectName, facts: MandateFacts)] = []
    ) {
        self.gain = gain
        self.lacksVerifiedAddress = lacksVerifiedAddress
        self.mandates = mandates
        self.hasSecondFactor = hasSecondFactor
        self.actorCanVouch = actorCanVouch
        self.actorProbationUntil = actorProbationUntil
    }
}
