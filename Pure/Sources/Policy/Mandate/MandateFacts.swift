import Accounts
import Acts
import UTC

/// What the rule for critical projects must know about a name and about who acts.
///
/// A designation belongs to the name, so these are there whether or not there is a project under it.
public struct MandateFacts: Sendable, Hashable {
    /// That the name is critical, and why; nil where it is not.
    public var designation: Designation?
    /// What the operator asks for.
    public var rule: MandateRule
    /// Whether the name is, or ever was, among those that are asked for more.
    public var isInTopShare: Bool
    /// What people were told.
    public var demands: [Demand]
    /// What the project's owners ask for: more, never less.
    public var requiredByOwners: Assurance
    /// That the actor put it off; nil where they did not.
    public var delay: MandateDelay?
    /// What the actor's account has.
    public var holdings: FactorHoldings
    /// Until when the actor's account has no right on projects that require two factors; nil where it has.
    public var probationUntil: Timestamp?
    /// Why it has not.
    public var probationReason: Probation.Reason?
    /// When somebody last said of the account's factors that they are not its holder's; nil where nobody did.
    public var disownedAt: Timestamp?
    /// What says which ways are open to the actor where they are refused something. It decides nothing, and is looked up
    /// where somebody is to be told: uploads are many, refusals few. Nil where it was not.
    public var person: WayFacts?

    /// What must be known.
    public init(
        designation: Designation? = nil, rule: MandateRule = .usual, isInTopShare: Bool = false, demands: [Demand] = [],
        requiredByOwners: Assurance = .password, delay: MandateDelay? = nil,
        holdings: FactorHoldings = FactorHoldings(), probationUntil: Timestamp? = nil,
        probationReason: Probation.Reason? = nil,
        disownedAt: Timestamp? = nil, person: WayFacts? = nil
    ) {
        self.person = person
        self.disownedAt = disownedAt
        self.probationReason = probationReason
        self.designation = designation
        self.rule = rule
        self.isInTopShare = isInTopShare
        self.demands = demands
        self.requiredByOwners = requiredByOwners
        self.delay = delay
        self.holdings = holdings
        self.probationUntil = probationUntil
    }

    /// Takes over until when and why the actor's account is on probation, as far as that holds on the project.
    ///
    /// - Parameter voucherOwns: whether anyone who vouched for it owns the project.
    public mutating func take(_ probation: Probation?, voucherOwns: Bool) {
        let here = probation?.onProject(voucherOwns: voucherOwns)
        (probationUntil, probationReason) = (here?.until, here?.reason)
    }

    /// A name that nobody asks anything for.
    public static let none = MandateFacts()

    /// Whether the actor's account lacks what is asked, at a moment: a first factor on probation proves nothing. After a
    /// recovery the account had what is asked, and goes on being asked for it: anyone who recovered it puts nothing off.
    func lacks(_ what: Demand.Requirement, at moment: Timestamp) -> Bool {
        let isFirstOnProbation = probationUntil.map { moment < $0 } ?? false && probationReason == .firstFactor
        return Mandate.lacks(what, holdings) || what != .spare && isFirstOnProbation
    }

    /// What is asked of the actor, each with the moment from which it binds them, their delay reckoned in.
    public func asked(at now: Timestamp) -> [DatedDemand] {
        guard designation != nil, rule.phase(at: now) != .off else { return [] }
        return rule.demands(told: demands, isInTopShare: isInTopShare).map {
            DatedDemand($0, from: Mandate.binding(of: $0, knowing: self))
        }
    }
}

/// That somebody put off, once, what is asked of them for a project.
public struct MandateDelay: Sendable, Hashable {
    public let until: Timestamp
    /// What they lacked then. What they had goes on being asked, whatever becomes of it.
    public let lacking: Set<Demand.Requirement>

    /// A delay of what somebody lacks.
    public init(until: Timestamp, lacking: Set<Demand.Requirement>) {
        self.until = until
        self.lacking = lacking
    }
}

/// What an account has beyond its password, as far as the rule goes.
public struct FactorHoldings: Sendable, Hashable {
    /// The strongest that the account can be proven with.
    public var strongest: Assurance
    /// How many security keys and passkeys, frozen ones left out.
    public var securityKeys: Int
    /// Whether there are recovery codes left.
    public var hasRecoveryCodes: Bool

    /// What an account has; nothing, if nothing else is said.
    public init(strongest: Assurance = .password, securityKeys: Int = 0, hasRecoveryCodes: Bool = false) {
        self.strongest = strongest
        self.securityKeys = securityKeys
        self.hasRecoveryCodes = hasRecoveryCodes
    }

    /// What an account has.
    public init(of held: HeldFactors, hasRecoveryCodes: Bool) {
        self.init(
            strongest: held.strongest, securityKeys: held.usableKeys.count, hasRecoveryCodes: hasRecoveryCodes)
    }

    /// Whether a lost key does not keep the account's holder out: two keys, or one key and printed codes.
    public var hasSpare: Bool { securityKeys >= 2 || securityKeys == 1 && hasRecoveryCodes }
}
