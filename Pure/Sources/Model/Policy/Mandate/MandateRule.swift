import UTC

/// What is asked of those who can change critical projects, and since when: the operator's settings.
public struct MandateRule: Sendable, Hashable {
    /// How far the rule has come.
    public enum Phase: String, Sendable, CaseIterable {
        /// Nobody is told, nobody is refused.
        case off
        /// People are told, nobody is refused.
        case announced
        /// Whoever was told long enough ago is held to it.
        case enforced
    }

    /// More for the projects that are most used.
    public struct Stricter: Sendable, Hashable {
        /// Of the critical projects, by rank.
        public let share: Share
        /// What is asked there.
        public let assurance: Assurance

        /// More for a share.
        public init(share: Share, assurance: Assurance) {
            self.share = share
            self.assurance = assurance
        }
    }

    /// Since when people are told; nil for not yet.
    public var announcedFrom: Day?
    /// Since when it is enforced; nil for not yet.
    public var enforcedFrom: Day?
    /// How many days lie between a notice and the day it binds.
    public var noticeDays: Int
    /// What is asked for every critical project.
    public var required: Assurance
    /// What is asked for the most used of them.
    public var stricter: Stricter?
    /// Whether two keys, or one key and printed codes, are asked for.
    public var needsSpare: Bool

    /// Longest notice, in days.
    public static let longestNotice = 365
    /// How long a person can put one project off, once: in days.
    public static let delayDays = 14

    /// Off; once on, a second factor after 30 days.
    public static let usual = MandateRule()

    private init() {
        noticeDays = 30
        required = .secondFactor
        needsSpare = false
    }

    /// A rule with these settings.
    ///
    /// - Throws: which of them cannot be, and what can.
    public init(
        announcedFrom: Day?, enforcedFrom: Day?, noticeDays: Int = 30, required: Assurance = .secondFactor,
        stricter: Stricter? = nil, needsSpare: Bool = false
    ) throws(CriticalRefusal) {
        guard (0...Self.longestNotice).contains(noticeDays) else { throw .noticeOutOfRange(noticeDays) }
        guard required > .password else { throw .demandsNothing(required) }
        if let stricter, stricter.assurance <= required {
            throw .stricterIsNotMore(stricter.assurance, than: required)
        }
        if let enforcedFrom {
            let announced = announcedFrom ?? enforcedFrom
            guard announced <= enforcedFrom else {
                throw .enforcedBeforeAnnounced(announced: announced, enforced: enforcedFrom)
            }
        }
        self.announcedFrom = announcedFrom ?? enforcedFrom
        self.enforcedFrom = enforcedFrom
        self.noticeDays = noticeDays
        self.required = required
        self.stricter = stricter
        self.needsSpare = needsSpare
    }

    /// How far it has come at a time.
    public func phase(at now: Timestamp) -> Phase {
        if let enforcedFrom, enforcedFrom.start <= now { return .enforced }
        if let announcedFrom, announcedFrom.start <= now { return .announced }
        return .off
    }

    /// What is asked for a critical project.
    ///
    /// - Parameter isInTopShare: whether it is, or ever was, among those that are asked for more.
    public func asks(isInTopShare: Bool) -> [Demand.What] {
        var asked: [Demand.What] = []
        if let what = Demand.What(required) { asked.append(what) }
        if isInTopShare, let stricter, let what = Demand.What(stricter.assurance) { asked.append(what) }
        if needsSpare { asked.append(.spare) }
        return asked
    }

    /// A new demand, of which people are told at a time. A day that has begun is not counted.
    public func demand(_ what: Demand.What, noticedAt now: Timestamp) -> Demand {
        Demand(what, noticedAt: now, bindsAt: now + .seconds(86_400 * Int64(noticeDays)))
    }

    /// From when a demand is enforced; nil while no day is set.
    func binding(of demand: Demand) -> Timestamp? {
        enforcedFrom.map { max($0.start, demand.bindsAt) }
    }
}
