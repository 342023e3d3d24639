import Projects
import UTC

/// From when somebody is really refused under a rule: never before the day of enforcement, and never before the days
/// of a notice are over, with which the rule alone does not say it.
public struct RefusalForecast: Sendable, Hashable {
    /// Something that is asked, with the day from which it is held against the first of those who lack it.
    public struct Start: Sendable, Hashable {
        public let what: Demand.Requirement
        public let from: Timestamp
        /// At how many critical projects it begins then.
        public let projects: Int

        /// Something that is asked, and from when.
        public init(_ what: Demand.Requirement, from: Timestamp, projects: Int) {
            self.what = what
            self.from = from
            self.projects = projects
        }
    }

    /// A critical project, as far as it goes into this.
    public struct Project: Sendable, Hashable {
        /// What people were told; nothing where it becomes critical now.
        public let told: [Demand]
        /// Whether it is, or ever was, among those that are asked for more.
        public let isInTopShare: Bool

        /// A critical project.
        public init(told: [Demand], isInTopShare: Bool) {
            self.told = told
            self.isInTopShare = isInTopShare
        }
    }

    /// The day of enforcement; nil while none is set: then nobody is refused.
    public let enforcedFrom: Day?
    /// How many days a notice lasts.
    public let noticeDays: Int
    /// The first to begin first. Nothing while no day is set, or no project is critical.
    public let starts: [Start]

    /// What is to be expected of a rule.
    ///
    /// - Parameters:
    ///   - projects: those that are critical, or are about to be.
    ///   - before: the rule under which people were told what they were told; the same where it does not change.
    public init(_ rule: MandateRule, toldUnder before: MandateRule, at projects: [Project], now: Timestamp) {
        enforcedFrom = rule.enforcedFrom
        noticeDays = rule.noticeDays
        // People are told on the day of the announcement, once it has begun.
        let telling = rule.announcedFrom.map { max(now, $0.start + .seconds(1)) } ?? now
        var starts: [Demand.Requirement: [Timestamp: Int]] = [:]
        for project in projects {
            let told = rule.kept(project.told, toldUnder: before, at: now)
            for demand in rule.demands(told: told, isInTopShare: project.isInTopShare, at: telling) {
                guard let from = rule.binding(of: demand) else { continue }
                starts[demand.what, default: [:]][from, default: 0] += 1
            }
        }
        self.starts = starts.compactMap { what, days in
            days.min { $0.key < $1.key }.map { Start(what, from: $0.key, projects: $0.value) }
        }.sorted { ($0.from, $0.what.assurance) < ($1.from, $1.what.assurance) }
    }

    /// For the operator, a sentence each.
    public func sentences(at now: Timestamp) -> [String] {
        guard let enforcedFrom else { return ["Nobody is refused: no day of enforcement is set."] }
        guard let first = starts.first else { return ["Nobody is refused: no project is critical."] }
        let sentences = starts.map { start in
            let when = start.from <= now ? "Since \(start.from.day.readable)" : "From \(start.from.day.readable) on"
            let projects = start.projects == 1 ? "1 critical project" : "\(start.projects) critical projects"
            return "\(when), people who lack \(start.what.words) are refused, at \(projects)."
        }
        // The day of enforcement alone says when only where the notice is over by then.
        guard first.from > now, first.from.day > enforcedFrom else { return sentences }
        return sentences + [
            "Nobody is refused on \(enforcedFrom.readable) already: \(noticeDays) days of notice come first."
        ]
    }
}
