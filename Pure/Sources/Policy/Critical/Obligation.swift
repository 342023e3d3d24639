import Accounts
import Acts
import PackagingFormats
import UTC

/// What the rule says about a project of a person.
public struct Obligation: Sendable, Hashable {
    public let project: ProjectName
    public let role: Role
    /// That it is critical; nil where only its owners ask for more.
    public let designation: Designation?
    /// What is demanded there.
    public let demands: [Demand]
    /// What is asked there of everybody now, as an assurance.
    public let required: Assurance
    /// What their account has.
    public let holdings: FactorHoldings
    /// What the rule says to what the account could show.
    public let judgement: MandateJudgement
    /// That their factor does not count yet when it is asked for; nil where it does.
    public let pendingFactor: PendingFactor?
    /// Their API tokens that are refused there, or will be.
    public let tokens: WeakTokens
    /// Until when they put it off; nil where they did not.
    public let delayedUntil: Timestamp?
    /// Until when they can put it off; nil where they cannot, or not any more.
    public let canDelayUntil: Timestamp?
    /// The ways that are open to them where they are refused something now, or will be; the quickest first.
    public let ways: [WayThrough]

    /// What the rule says about a project.
    public init(
        project: ProjectName, role: Role, designation: Designation?, demands: [Demand],
        required: Assurance = .password, holdings: FactorHoldings = FactorHoldings(), judgement: MandateJudgement,
        pendingFactor: PendingFactor? = nil, tokens: WeakTokens = .none, delayedUntil: Timestamp?,
        canDelayUntil: Timestamp?, ways: [WayThrough] = []
    ) {
        self.ways = ways
        self.project = project
        self.role = role
        self.designation = designation
        self.demands = demands
        self.required = required
        self.holdings = holdings
        self.judgement = judgement
        self.pendingFactor = pendingFactor
        self.tokens = tokens
        self.delayedUntil = delayedUntil
        self.canDelayUntil = canDelayUntil
    }

    /// Whether they are refused now, whatever they show: what lacks or waits is asked already. What was put off is not,
    /// but what the project's owners ask for cannot be put off.
    public func isRefused(at now: Timestamp) -> Bool {
        if case .refused = judgement { return true }
        return pendingFactor.map { $0.from <= now } ?? false
    }
}

/// How far somebody with a role is with what is asked of them.
public struct Readiness: Sendable, Hashable {
    public let user: Username
    public let project: ProjectName
    /// Their role on it.
    public let role: Role
    /// What their account has.
    public let holdings: FactorHoldings
    /// What the rule says to what their account could show.
    public let judgement: MandateJudgement
    /// That their factor does not count yet when it is asked for; nil where it does.
    public let pendingFactor: PendingFactor?
    /// What would be answered at this moment to the best that their account can show; nil where they would be let in.
    public let refusal: MandateRefusal?

    /// How far somebody is.
    public init(
        user: Username, project: ProjectName, role: Role, holdings: FactorHoldings, judgement: MandateJudgement,
        pendingFactor: PendingFactor? = nil, refusal: MandateRefusal? = nil
    ) {
        self.user = user
        self.project = project
        self.role = role
        self.holdings = holdings
        self.judgement = judgement
        self.pendingFactor = pendingFactor
        self.refusal = refusal
    }

    /// How far the person is that some facts are about.
    public init(
        of user: Username, as role: Role, on project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) {
        self.init(
            user: user, project: project, role: role, holdings: facts.holdings,
            judgement: Mandate.judge(accountOn: project, knowing: facts, at: now),
            pendingFactor: facts.pendingFactor(on: project, at: now),
            refusal: Mandate.refusal(ofAccountOn: project, knowing: facts, at: now))
    }

    /// Whether nothing is lacking, and nothing has to be waited for.
    public var isReady: Bool { judgement == .allowed && pendingFactor == nil && refusal == nil }

    /// What lacks, or will, in a few words; nil for nothing.
    public var missing: String? { judgement.missing ?? refusal?.missingWords ?? pendingFactor.map(\.missingWords) }
}
