import PackagingFormats
import UTC

/// Critical projects, and what is asked of those who can change them.
///
/// Every method that changes something judges it by the pure policies inside its transaction, and writes the journal
/// there. If it throws, nothing has changed.
public protocol CriticalStore: Sendable {
    // MARK: The operator's settings

    /// The settings.
    func settings() async throws -> CriticalSettings
    /// Replaces the settings. Throws `AccessRefusal`. What is asked for newly goes out as demands with their own notice.
    func set(_ settings: CriticalSettings, by actor: Actor, at now: Timestamp) async throws

    // MARK: Designation

    /// Ranks all names as of a day, designates those that the settings make critical and are not yet, and makes the
    /// demands on them that are due. Computing a day again designates nobody twice.
    ///
    /// What is known as the latest changes only with a day that is not before the last one computed, and the figures of a day are
    /// noted on that day alone: who can change what, and what they have, is known of today.
    ///
    /// Throws `CriticalRefusal.dayOutOfRange` for a day after today or one whose window is not kept any more.
    func compute(asOf day: Day, by actor: Actor, at now: Timestamp) async throws -> CriticalComputation
    /// What a computation with other settings would do; changes nothing. Throws as `compute` does.
    func preview(
        _ settings: CriticalSettings, asOf day: Day, at now: Timestamp
    ) async throws -> CriticalPreview
    /// Every name that is critical, by latest rank; with `includingLifted` those that are not any more, too.
    func list(includingLifted: Bool) async throws -> [CriticalProject]
    /// Why a name is critical or not, as of a day. Throws `CriticalRefusal.unknownName`.
    func explain(_ name: ProjectName, asOf day: Day, at now: Timestamp) async throws -> CriticalExplanation
    /// The designation of a name with what is demanded there; nil where it is not critical.
    func critical(_ name: ProjectName) async throws -> (project: CriticalProject, demands: [Demand])?
    /// Names a project or a reserved name critical. A designation that was lifted stays on record. Throws `AccessRefusal` or `CriticalRefusal`.
    func designate(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws
    /// Lifts a designation, for good, with a reason for the record. Throws `AccessRefusal` or `CriticalRefusal`.
    func lift(_ name: ProjectName, reason: String, by actor: Actor, at now: Timestamp) async throws

    // MARK: What is asked

    /// What the rule says about a person's projects: those that are critical or ask for more, by name.
    func obligations(of user: UserID, at now: Timestamp) async throws -> [Obligation]
    /// What the rule says about everybody with a role on a project.
    func readiness(of name: ProjectName, at now: Timestamp) async throws -> [Readiness]
    /// Whether somebody could have a security key that is given away now.
    func offersFreeKey(to user: UserID, at now: Timestamp) async throws -> Bool
    /// Every critical project, by latest rank, with what the rule says about everybody who can change it.
    func standings(at now: Timestamp) async throws -> [CriticalProjectStanding]
    /// Puts off what is asked of the actor for a project: once, for 14 days, on the record. Returns until when.
    /// Throws `AccessRefusal` or `CriticalRefusal`.
    func delay(
        _ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Timestamp

    // MARK: Figures

    /// How many projects are critical now, and what the people have who can change them.
    func figures() async throws -> CriticalFigures
    /// The computations of some days, oldest first.
    func days(since day: Day) async throws -> [CriticalDay]
}

/// What a computation did.
public struct CriticalComputation: Sendable, Hashable {
    /// As of which day.
    public let day: Day
    /// The order by downloads.
    public let ranking: Ranking
    /// What was designated.
    public let designated: [Designation]

    /// What a computation did.
    public init(day: Day, ranking: Ranking, designated: [Designation]) {
        self.day = day
        self.ranking = ranking
        self.designated = designated
    }
}

/// What other settings would do.
public struct CriticalPreview: Sendable, Hashable {
    /// The order by downloads.
    public let ranking: Ranking
    /// The names that would be designated newly.
    public let designated: [Designation]
    /// The names that are critical already and stay so.
    public let remaining: [CriticalProject]
    /// Which of all these would be asked for more, or were before and still are; normalized.
    public let topShare: Set<String>
    /// Everybody with a role on one of all these, with what he would lack once it binds.
    public let people: [Readiness]

    /// What other settings would do.
    public init(
        ranking: Ranking, designated: [Designation], remaining: [CriticalProject], topShare: Set<String> = [],
        people: [Readiness]
    ) {
        self.ranking = ranking
        self.designated = designated
        self.remaining = remaining
        self.topShare = topShare
        self.people = people
    }
}

/// Why a name is critical or not.
public struct CriticalExplanation: Sendable, Hashable {
    /// The name.
    public let name: ProjectName
    /// Its designation, lifted or not; nil where it never had one.
    public let project: CriticalProject?
    /// The designations that were lifted before it was made anew, the oldest first.
    public let former: [CriticalProject]
    /// What is demanded there.
    public let demands: [Demand]
    /// Whether it is ranked: there is a project, or was, or the name is reserved.
    public let isRanked: Bool
    /// Its rank and downloads now; nil where it is not ranked.
    public let place: Ranking.Place?
    /// The downloads that make a project critical now.
    public let threshold: Int64
    /// How many names are ranked, and how many of them the rule makes critical before ties.
    public let total: Int
    /// ⌈share × total⌉, or the fixed number.
    public let quota: Int

    /// Why a name is critical or not.
    public init(
        name: ProjectName, project: CriticalProject?, former: [CriticalProject] = [], demands: [Demand],
        isRanked: Bool, place: Ranking.Place?, threshold: Int64, total: Int, quota: Int
    ) {
        self.former = former
        self.name = name
        self.project = project
        self.demands = demands
        self.isRanked = isRanked
        self.place = place
        self.threshold = threshold
        self.total = total
        self.quota = quota
    }
}

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

/// The figures of a day.
public struct CriticalDay: Sendable, Hashable {
    /// The day.
    public let day: Day
    /// How many names were ranked.
    public let projects: Int
    /// The downloads that made a project critical.
    public let threshold: Int64
    /// How many were critical.
    public let critical: Int
    /// How many people held a role on one of these.
    public let people: Int
    /// How many of them had any second factor.
    public let withFactor: Int
    /// How many of them had a security key or passkey.
    public let phishingResistant: Int

    /// Whether what these people had can be said in public.
    public var isPublic: Bool {
        CriticalFigures.isPublic([withFactor, phishingResistant], of: people)
    }

    /// The figures of a day.
    public init(
        day: Day, projects: Int, threshold: Int64, critical: Int, people: Int, withFactor: Int, phishingResistant: Int
    ) {
        self.day = day
        self.projects = projects
        self.threshold = threshold
        self.critical = critical
        self.people = people
        self.withFactor = withFactor
        self.phishingResistant = phishingResistant
    }
}
