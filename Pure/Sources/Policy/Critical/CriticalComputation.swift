import PackagingFormats
import UTC

/// What a computation did.
public struct CriticalComputation: Sendable, Hashable {
    /// As of which day.
    public let day: Day
    /// The order by downloads.
    public let ranking: Ranking
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
    /// Everybody with a role on one of all these, with what they would lack once it binds.
    public let people: [Readiness]
    /// From when somebody would really be refused.
    public let forecast: RefusalForecast

    /// What other settings would do.
    public init(
        ranking: Ranking, designated: [Designation], remaining: [CriticalProject], topShare: Set<String> = [],
        people: [Readiness], forecast: RefusalForecast
    ) {
        self.ranking = ranking
        self.designated = designated
        self.remaining = remaining
        self.topShare = topShare
        self.people = people
        self.forecast = forecast
    }
}

/// Why a name is critical or not.
public struct CriticalExplanation: Sendable, Hashable {
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

/// The figures of a day.
public struct CriticalDay: Sendable, Hashable {
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
