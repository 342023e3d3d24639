import Accounts
import Acts
import PackagingFormats
import Policy
import UTC

// What programs are told of critical projects: commands and pages say the same.

/// A critical project, for programs.
public struct CriticalLine: Encodable, Sendable, Hashable {
    /// As it was spelled at the designation.
    public let name: String
    /// Its rank at the designation; its latest where that one is not known.
    public let rank: Int?
    public let downloads: Int64?
    /// `downloads`, `dependency` or `named`.
    public let reason: String
    /// The reason in words.
    public let why: String
    /// The day of the computation, `2026-11-22`.
    public let day: String
    /// When it was stored.
    public let designated: String
    /// Why it was lifted; nil where it was not.
    public let lifted: String?

    /// A critical project, for programs.
    public init(_ project: CriticalProject) {
        let designation = project.designation
        name = designation.name.display
        switch designation.reason {
        case .downloads: reason = "downloads"
        case .dependency: reason = "dependency"
        case .named: reason = "named"
        }
        rank = designation.rank ?? project.latestRank
        downloads = designation.downloads ?? project.latestDownloads
        why = designation.why
        day = designation.asOf.description
        designated = designation.designatedAt.iso8601
        lifted = project.lifting?.reason
    }

    private enum Key: String, CodingKey {
        case name, rank, downloads, reason, why, day, designated, lifted
    }

    /// Programs find every key, with null where there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(name, forKey: .name)
        try line.encode(rank, forKey: .rank)
        try line.encode(downloads, forKey: .downloads)
        try line.encode(reason, forKey: .reason)
        try line.encode(why, forKey: .why)
        try line.encode(day, forKey: .day)
        try line.encode(designated, forKey: .designated)
        try line.encode(lifted, forKey: .lifted)
    }
}

/// The operator's settings, for programs.
public struct CriticalSettingsLine: Encodable, Sendable, Hashable {
    /// `the top 1 %`.
    public let critical: String
    /// Days over which downloads are counted.
    public let windowDays: Int
    /// How far dependencies are followed.
    public let dependencyDepth: Int
    /// `off`, `announced` or `enforced`.
    public let phase: String
    /// Since when people are told; nil for never.
    public let announcedFrom: String?
    /// Since when it is enforced; nil for never.
    public let enforcedFrom: String?
    /// Days between a notice and the day it binds.
    public let noticeDays: Int
    public let required: String
    /// Of the critical projects, the share that is asked for more; nil for none.
    public let topShare: String?
    /// What is asked for these.
    public let topRequired: String?
    /// Whether two keys, or one key and printed codes, are asked for.
    public let needsSpare: Bool

    /// The settings, for programs.
    public init(_ settings: CriticalSettings, at now: Timestamp) {
        critical = settings.critical.extent.words
        windowDays = settings.critical.windowDays
        dependencyDepth = settings.critical.dependencyDepth
        phase = settings.mandate.phase(at: now).rawValue
        announcedFrom = settings.mandate.announcedFrom?.description
        enforcedFrom = settings.mandate.enforcedFrom?.description
        noticeDays = settings.mandate.noticeDays
        required = settings.mandate.required.rawValue
        topShare = settings.mandate.stricter?.share.words
        topRequired = settings.mandate.stricter?.assurance.rawValue
        needsSpare = settings.mandate.needsSpare
    }

    private enum Key: String, CodingKey {
        case critical, windowDays, dependencyDepth, phase, announcedFrom, enforcedFrom, noticeDays, required, topShare,
            topRequired, needsSpare
    }

    /// Programs find every key, with null where there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(critical, forKey: .critical)
        try line.encode(windowDays, forKey: .windowDays)
        try line.encode(dependencyDepth, forKey: .dependencyDepth)
        try line.encode(phase, forKey: .phase)
        try line.encode(announcedFrom, forKey: .announcedFrom)
        try line.encode(enforcedFrom, forKey: .enforcedFrom)
        try line.encode(noticeDays, forKey: .noticeDays)
        try line.encode(required, forKey: .required)
        try line.encode(topShare, forKey: .topShare)
        try line.encode(topRequired, forKey: .topRequired)
        try line.encode(needsSpare, forKey: .needsSpare)
    }
}

/// The figures of a day, for programs.
public struct CriticalDayLine: Encodable, Sendable, Hashable {
    /// `2026-11-22`.
    public let day: String
    /// How many names were ranked.
    public let projects: Int
    /// The downloads that made a project critical.
    public let threshold: Int64
    /// How many were critical.
    public let critical: Int
    /// How many people held a role on one of these.
    public let people: Int
    /// How many of them had any second factor; nil where that is not for everybody.
    public let withFactor: Int?
    /// How many of them had a security key or passkey; nil likewise.
    public let phishingResistant: Int?

    /// The figures of a day, for programs.
    ///
    /// - Parameter isForEverybody: whether what only a few people have is left out.
    public init(_ day: CriticalDay, isForEverybody: Bool) {
        let isSaid = !isForEverybody || day.isPublic
        self.day = day.day.description
        projects = day.projects
        threshold = day.threshold
        critical = day.critical
        people = day.people
        withFactor = isSaid ? day.withFactor : nil
        phishingResistant = isSaid ? day.phishingResistant : nil
    }

    private enum Key: String, CodingKey {
        case day, projects, threshold, critical, people, withFactor, phishingResistant
    }

    /// Programs find every key, with null where there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(day, forKey: .day)
        try line.encode(projects, forKey: .projects)
        try line.encode(threshold, forKey: .threshold)
        try line.encode(critical, forKey: .critical)
        try line.encode(people, forKey: .people)
        try line.encode(withFactor, forKey: .withFactor)
        try line.encode(phishingResistant, forKey: .phishingResistant)
    }
}

/// The figures of now, for programs.
public struct CriticalTotalsLine: Encodable, Sendable, Hashable {
    /// How many projects are critical.
    public let critical: Int
    /// How many people can change them.
    public let people: Int
    /// How many of them have any second factor; nil where that is not for everybody.
    public let withFactor: Int?
    /// How many of them have a security key or passkey; nil likewise.
    public let phishingResistant: Int?

    /// The figures of now, for programs.
    ///
    /// - Parameter isForEverybody: whether what only a few people have is left out.
    public init(_ figures: CriticalFigures, isForEverybody: Bool) {
        let isSaid = !isForEverybody || figures.isPublic
        critical = figures.critical
        people = figures.people
        withFactor = isSaid ? figures.withFactor : nil
        phishingResistant = isSaid ? figures.phishingResistant : nil
    }

    private enum Key: String, CodingKey {
        case critical, people, withFactor, phishingResistant
    }

    /// Programs find every key, with null where there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(critical, forKey: .critical)
        try line.encode(people, forKey: .people)
        try line.encode(withFactor, forKey: .withFactor)
        try line.encode(phishingResistant, forKey: .phishingResistant)
    }
}

/// A critical project with everybody who can change it, for programs of administrators.
public struct CriticalStandingLine: Encodable, Sendable, Hashable {
    /// Something that is asked.
    public struct DemandLine: Encodable, Sendable, Hashable {
        /// `second-factor`, …
        public let what: String
        /// When people were told.
        public let noticed: String
        /// From when it binds; nil while the operator has set no day.
        public let binds: String?

        private enum Key: String, CodingKey {
            case what, noticed, binds
        }

        /// Programs find every key, with null where there is nothing to say.
        public func encode(to encoder: any Encoder) throws {
            var line = encoder.container(keyedBy: Key.self)
            try line.encode(what, forKey: .what)
            try line.encode(noticed, forKey: .noticed)
            try line.encode(binds, forKey: .binds)
        }
    }

    /// Somebody with a role.
    public struct PersonLine: Encodable, Sendable, Hashable {
        public let user: String
        /// `owner` or `maintainer`.
        public let role: String
        /// The strongest that the account can be proven with.
        public let has: String
        /// Whether nothing is lacking, and nothing has to be waited for.
        public let ready: Bool
        /// What lacks, or will; nil for nothing.
        public let lacks: String?
        /// Whether publishing would be refused at this moment.
        public let refusedToday: Bool
        /// Until when they put it off.
        public let delayedUntil: String?
        /// How many of their API tokens would be refused because they were made with less.
        public let weakTokens: Int

        private enum Key: String, CodingKey {
            case user, role, has, ready, lacks, refusedToday, delayedUntil, weakTokens
        }

        /// Programs find every key, with null where there is nothing to say.
        public func encode(to encoder: any Encoder) throws {
            var line = encoder.container(keyedBy: Key.self)
            try line.encode(user, forKey: .user)
            try line.encode(role, forKey: .role)
            try line.encode(has, forKey: .has)
            try line.encode(ready, forKey: .ready)
            try line.encode(lacks, forKey: .lacks)
            try line.encode(refusedToday, forKey: .refusedToday)
            try line.encode(delayedUntil, forKey: .delayedUntil)
            try line.encode(weakTokens, forKey: .weakTokens)
        }
    }

    /// What everybody is told of it.
    public let project: CriticalLine
    /// Its rank at the last computation; nil where it was not ranked.
    public let latestRank: Int?
    /// Its downloads at the last computation.
    public let latestDownloads: Int64?
    /// Whether there is a project under the name.
    public let isThere: Bool
    /// Whether it is, or ever was, in the share that is asked for more.
    public let isInTopShare: Bool
    public let demands: [DemandLine]
    public let people: [PersonLine]

    /// A critical project with everybody who can change it, for programs.
    public init(_ standing: CriticalProjectStanding) {
        project = CriticalLine(standing.project)
        latestRank = standing.project.latestRank
        latestDownloads = standing.project.latestDownloads
        isThere = standing.isThere
        isInTopShare = standing.project.isInTopShare
        demands = standing.demands.map {
            DemandLine(
                what: $0.demand.what.rawValue, noticed: $0.demand.noticedAt.iso8601, binds: $0.from?.iso8601)
        }
        people = standing.people.map { person in
            PersonLine(
                user: person.readiness.user.display, role: person.readiness.role.rawValue,
                has: person.readiness.holdings.strongest.rawValue, ready: person.readiness.isReady,
                lacks: person.readiness.missing, refusedToday: person.readiness.refusal != nil,
                delayedUntil: person.delayedUntil?.iso8601, weakTokens: person.weakTokens)
        }
    }

    private enum Key: String, CodingKey {
        case project, latestRank, latestDownloads, isThere, isInTopShare, demands, people
    }

    /// Programs find every key, with null where there is nothing to say.
    public func encode(to encoder: any Encoder) throws {
        var line = encoder.container(keyedBy: Key.self)
        try line.encode(project, forKey: .project)
        try line.encode(latestRank, forKey: .latestRank)
        try line.encode(latestDownloads, forKey: .latestDownloads)
        try line.encode(isThere, forKey: .isThere)
        try line.encode(isInTopShare, forKey: .isInTopShare)
        try line.encode(demands, forKey: .demands)
        try line.encode(people, forKey: .people)
    }
}
