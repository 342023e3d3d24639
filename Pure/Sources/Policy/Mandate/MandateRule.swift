import Acts
import UTC

/// What is asked of those who can change critical projects, and since when: the operator's settings.
public struct MandateRule: Sendable, Hashable {
    /// How far the rule has come.
    public enum Phase: String, Sendable, CaseIterable {
        /// Nobody is told, nobody is refused.
        case off
        /// People are told, nobody is refused.
        case announced
        /// Anyone who was told long enough ago is held to it.
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
    public func asks(isInTopShare: Bool) -> [Demand.Requirement] {
        var asked: [Demand.Requirement] = []
        if let what = Demand.Requirement(required) { asked.append(what) }
        if isInTopShare, let stricter, let what = Demand.Requirement(stricter.assurance) { asked.append(what) }
        if needsSpare { asked.append(.spare) }
        return asked
    }

    /// A new demand, of which people are told at a time. It binds when a day begins, so that a date says all; a day
    /// that has begun is not counted. Without notice it binds at once.
    public func demand(_ what: Demand.Requirement, noticedAt now: Timestamp) -> Demand {
        Demand(what, noticedAt: now, bindsAt: bindsAt(noticedAt: now))
    }

    /// From when something binds that people are told of at a time, provided that the rule is enforced by then.
    public func bindsAt(noticedAt now: Timestamp) -> Timestamp {
        guard noticeDays > 0 else { return now }
        let whole = now.day.start == now ? now.day : now.day + 1
        return (whole + noticeDays).start
    }

    /// A demand that people were told of under another rule. Where this one would hold it against them sooner than they
    /// were told, that is a new notice: it binds nobody before the days of a notice are over once more, and nobody later
    /// than they were told.
    ///
    /// Sooner than the first notice allowed it never binds, however short a notice is by now.
    ///
    /// - Parameter before: the rule that was in force until now.
    func renewed(_ demand: Demand, toldUnder before: MandateRule, at now: Timestamp) -> Demand {
        guard let told = before.binding(of: demand), now < told, let sooner = binding(of: demand), sooner < told else {
            return demand
        }
        let anew = self.demand(demand.what, noticedAt: now)
        let bindsAt = min(told, max(demand.bindsAt, anew.bindsAt))
        let renewed = Demand(demand.what, noticedAt: now, bindsAt: bindsAt)
        // Where the day stays that they were told of, there is nothing new to tell.
        guard let binding = binding(of: renewed), binding < told else {
            return Demand(demand.what, noticedAt: demand.noticedAt, bindsAt: told)
        }
        return renewed
    }

    /// Whether what people were told under another rule is void, and with it how much of a notice is over: they were told
    /// that no day is set, or hear that nothing is asked any more. They have the whole notice from the day on which
    /// they hear of one.
    public func forgetsNotices(under before: MandateRule, at now: Timestamp) -> Bool {
        phase(at: now) == .off || before.enforcedFrom == nil && enforcedFrom != nil
    }

    /// What is left of the demands that people were told of under another rule.
    public func kept(_ told: [Demand], toldUnder before: MandateRule, at now: Timestamp) -> [Demand] {
        forgetsNotices(under: before, at: now) ? [] : told.map { renewed($0, toldUnder: before, at: now) }
    }

    /// What is asked for a critical project: what people were told, as far as the rule asks for it now; the first to
    /// bind first.
    ///
    /// A change of the rule sets nobody free. What was told before goes on until what is asked now binds, and anyone
    /// who was told of more than is asked now is held to what is asked now from the day that they were told of.
    ///
    /// - Parameters:
    ///   - told: what people were told.
    ///   - isInTopShare: whether the project is, or ever was, among those that are asked for more.
    public func demands(told: [Demand], isInTopShare: Bool) -> [Demand] {
        let asked = asks(isInTopShare: isInTopShare)
        let most = asked.map(\.assurance).max() ?? .password
        var demands: [Demand] = []
        for demand in told.sorted(by: { ($0.bindsAt, $0.what.assurance) < ($1.bindsAt, $1.what.assurance) }) {
            let what = asked.contains(demand.what) ? demand.what : Demand.Requirement(min(demand.what.assurance, most))
            guard let what, !demands.contains(where: { $0.what == what }) else { continue }
            demands.append(Demand(what, noticedAt: demand.noticedAt, bindsAt: demand.bindsAt))
        }
        return demands
    }

    /// The same, and what the rule asks for that nobody was told of yet: what is demanded from now on.
    public func demands(told: [Demand], isInTopShare: Bool, at now: Timestamp) -> [Demand] {
        let demands = demands(told: told, isInTopShare: isInTopShare)
        return demands
            + asks(isInTopShare: isInTopShare).filter { what in !demands.contains { $0.what == what } }
            .map { demand($0, noticedAt: now) }
    }

    /// From when a demand is enforced; nil while no day is set.
    public func binding(of demand: Demand) -> Timestamp? { binding(ofDemandFrom: demand.bindsAt) }

    /// From when something is enforced that binds from a time on; nil while no day is set.
    public func binding(ofDemandFrom bindsAt: Timestamp) -> Timestamp? {
        enforcedFrom.map { max($0.start, bindsAt) }
    }
}

/// Something that is asked, with the day from which it is held against people.
public struct DatedDemand: Sendable, Hashable {
    /// What people were told.
    public let demand: Demand
    /// From when it binds, under the rule as it is; nil while the operator has set no day.
    public let from: Timestamp?

    /// Something that is asked, and from when.
    public init(_ demand: Demand, from: Timestamp?) {
        self.demand = demand
        self.from = from
    }

    /// Whether it binds at a moment.
    func binds(at now: Timestamp) -> Bool { from.map { $0 <= now } ?? false }

    /// `from 22 Dec 2026 on`, `since 1 Nov 2026`, `no day is set yet`
    public func when(at now: Timestamp) -> String {
        guard let from else { return "no day is set yet" }
        return from <= now ? "since \(from.day.readable)" : "from \(from.day.readable) on"
    }
}

extension MandateRule {
    /// What people were told that is still asked, the first to bind first.
    ///
    /// - Parameter isInTopShare: whether the project is, or ever was, among those that are asked for more.
    public func dated(_ demands: [Demand], isInTopShare: Bool) -> [DatedDemand] {
        self.demands(told: demands, isInTopShare: isInTopShare).map { DatedDemand($0, from: binding(of: $0)) }
    }
}
