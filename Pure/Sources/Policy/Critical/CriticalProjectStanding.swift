import Accounts
import Acts
import PackagingFormats
import UTC

/// A critical project with what is demanded there, and everybody who can change it.
public struct CriticalProjectStanding: Sendable, Hashable {
    /// Somebody who can change it.
    public struct Person: Sendable, Hashable {
        /// How far they are with what is asked.
        public let readiness: Readiness
        /// Until when they put it off; nil where they did not.
        public let delayedUntil: Timestamp?
        /// How many of their API tokens for the project were made with less than is asked now.
        public let weakTokens: Int

        /// Somebody who can change a critical project.
        public init(readiness: Readiness, delayedUntil: Timestamp?, weakTokens: Int) {
            self.readiness = readiness
            self.delayedUntil = delayedUntil
            self.weakTokens = weakTokens
        }
    }

    /// The project, and why it is critical.
    public let project: CriticalProject
    /// Whether there is a project under the name; a reserved name has none.
    public let isThere: Bool
    /// What is demanded, and from when each binds.
    public let demands: [DatedDemand]
    /// Everybody with a role on it, by name.
    public let people: [Person]

    /// A critical project with everybody who can change it.
    public init(project: CriticalProject, isThere: Bool, demands: [DatedDemand], people: [Person]) {
        self.project = project
        self.isThere = isThere
        self.demands = demands
        self.people = people
    }
}

/// Somebody who lacks what critical projects ask for, or will ask for, with these projects.
public struct CriticalLack: Sendable, Hashable {
    /// A project at which something lacks.
    public struct Place: Sendable, Hashable {
        public let name: ProjectName
        /// What lacks, or will, in a few words.
        public let missing: String
    }

    public let user: Username
    /// What their account has.
    public let holdings: FactorHoldings
    /// Where something lacks, by rank.
    public let projects: [Place]

    /// Everybody who lacks something, by name, from what is known of all critical projects.
    public static func all(in standings: [CriticalProjectStanding]) -> [CriticalLack] {
        var people: [String: CriticalLack] = [:]
        for standing in standings {
            for person in standing.people {
                guard let missing = person.readiness.judgement.missing else { continue }
                let user = person.readiness.user
                let projects = people[user.normalized]?.projects ?? []
                people[user.normalized] = CriticalLack(
                    user: user, holdings: person.readiness.holdings,
                    projects: projects + [Place(name: person.readiness.project, missing: missing)])
            }
        }
        return people.values.sorted { $0.user.normalized < $1.user.normalized }
    }
}

/// How many projects are critical now, how many people can change them, and what these have.
public struct CriticalFigures: Sendable, Hashable {
    /// Names that are critical.
    public let critical: Int
    /// People with a role on one of these.
    public let people: Int
    /// How many of them have any second factor.
    public let withFactor: Int
    /// How many of them have a security key or passkey.
    public let phishingResistant: Int

    /// What is known now.
    public init(critical: Int, people: Int, withFactor: Int, phishingResistant: Int) {
        self.critical = critical
        self.people = people
        self.withFactor = withFactor
        self.phishingResistant = phishingResistant
    }

    /// How few people may be counted together in public. What one or two of them have would be what one of them has.
    public static let leastPeopleInPublic = 3
    /// Of fewer than these it is not said that none or all of them have something: that would be said of each, and who
    /// they are stands on the projects' pages.
    public static let leastPeopleAlike = 10

    /// Whether what these people have can be said in public.
    public var isPublic: Bool { Self.isPublic([withFactor, phishingResistant], of: people) }

    /// Whether it can be said in public how many of so many people have each of some things. All of it, or nothing:
    /// what is left out alone could be told from the rest.
    public static func isPublic(_ parts: [Int], of people: Int) -> Bool {
        guard people < leastPeopleAlike else { return true }
        return people >= leastPeopleInPublic && parts.allSatisfy { 0 < $0 && $0 < people }
    }
}

extension MandateJudgement {
    /// What an account lacks or will lack; nil where it lacks nothing.
    public var missing: String? {
        switch self {
        case .allowed: nil
        case .allowedWithNotice(let notice): notice.what.words
        case .refused(let refusal): refusal.missingWords
        }
    }
}

extension MandateRefusal {
    /// What lacks, in a few words.
    public var missingWords: String {
        switch missing {
        case .assurance(let needed, _): needed.words
        case .probation(let until): until.missingWords
        case .spare: Demand.Requirement.spare.words
        }
    }
}

extension PendingFactor {
    /// What lacks, in a few words.
    var missingWords: String { until.missingWords }
}

extension Timestamp {
    /// That a factor counts from here on.
    fileprivate var missingWords: String { "time: the second factor counts from \(readableMinute) on" }
}
