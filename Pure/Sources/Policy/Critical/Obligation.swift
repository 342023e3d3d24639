import Accounts
import Acts
import PackagingFormats
import UTC

/// What the rule says about a project of a person.
public struct Obligation: Sendable, Hashable {
    /// The project.
    public let project: ProjectName
    /// His role.
    public let role: Role
    /// That it is critical; nil where only its owners ask for more.
    public let designation: Designation?
    /// What is demanded there.
    public let demands: [Demand]
    /// What is asked there of everybody now, as an assurance.
    public let required: Assurance
    /// What his account has.
    public let holdings: FactorHoldings
    /// What the rule says to what the account could show.
    public let judgement: MandateJudgement
    /// That his factor does not count yet when it is asked for; nil where it does.
    public let waiting: Waiting?
    /// His API tokens that are refused there, or will be.
    public let tokens: WeakTokens
    /// Until when he put it off; nil where he did not.
    public let delayedUntil: Timestamp?
    /// Until when he can put it off; nil where he cannot, or not any more.
    public let canDelayUntil: Timestamp?

    /// What the rule says about a project.
    public init(
        project: ProjectName, role: Role, designation: Designation?, demands: [Demand],
        required: Assurance = .password, holdings: FactorHoldings = FactorHoldings(), judgement: MandateJudgement,
        waiting: Waiting? = nil, tokens: WeakTokens = .none, delayedUntil: Timestamp?, canDelayUntil: Timestamp?
    ) {
        self.project = project
        self.role = role
        self.designation = designation
        self.demands = demands
        self.required = required
        self.holdings = holdings
        self.judgement = judgement
        self.waiting = waiting
        self.tokens = tokens
        self.delayedUntil = delayedUntil
        self.canDelayUntil = canDelayUntil
    }
}

/// How far somebody with a role is with what is asked of him.
public struct Readiness: Sendable, Hashable {
    /// Who.
    public let user: Username
    /// The project.
    public let project: ProjectName
    /// His role on it.
    public let role: Role
    /// What his account has.
    public let holdings: FactorHoldings
    /// What the rule says to what his account could show.
    public let judgement: MandateJudgement
    /// That his factor does not count yet when it is asked for; nil where it does.
    public let waiting: Waiting?
    /// What would be answered at this moment to the best that his account can show; nil where he would be let in.
    public let refusal: MandateRefusal?

    /// How far somebody is.
    public init(
        user: Username, project: ProjectName, role: Role, holdings: FactorHoldings, judgement: MandateJudgement,
        waiting: Waiting? = nil, refusal: MandateRefusal? = nil
    ) {
        self.user = user
        self.project = project
        self.role = role
        self.holdings = holdings
        self.judgement = judgement
        self.waiting = waiting
        self.refusal = refusal
    }

    /// How far the person is that some facts are about.
    public init(
        of user: Username, as role: Role, on project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) {
        self.init(
            user: user, project: project, role: role, holdings: facts.holdings,
            judgement: Mandate.judge(accountOn: project, knowing: facts, at: now), waiting: facts.waiting(at: now),
            refusal: Mandate.refusal(ofAccountOn: project, knowing: facts, at: now))
    }

    /// Whether nothing is lacking, and nothing has to be waited for.
    public var isReady: Bool { judgement == .allowed && waiting == nil && refusal == nil }

    /// What lacks, or will, in a few words; nil for nothing.
    public var lack: String? { judgement.lack ?? refusal?.lackWords ?? waiting.map(\.lackWords) }
}
