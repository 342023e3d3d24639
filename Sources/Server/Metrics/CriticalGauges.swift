import Accounts
import Giveaway
import Policy
import Ports
import Synchronization
import UTC

/// The figures of critical projects and of giveaways for anyone who asks often: they are looked up at most once a
/// minute.
///
/// Anyone who reaches the index can ask, so what few people have is left out as it is at `/security/`.
final class CriticalGauges: Sendable {
    private let critical: any CriticalStore
    private let giveaways: any GiveawayStore
    private let now: @Sendable () -> Timestamp
    private let known = Mutex<(gauges: [MetricFamily], at: Timestamp)?>(nil)

    /// How old the figures may be.
    static let lifetime = Duration.seconds(60)

    init(
        critical: any CriticalStore, giveaways: any GiveawayStore, now: @escaping @Sendable () -> Timestamp
    ) {
        self.critical = critical
        self.giveaways = giveaways
        self.now = now
    }

    /// The gauges.
    func read() async throws -> [MetricFamily] {
        let now = now()
        if let known = known.withLock({ $0 }), now >= known.at, now.since(known.at) < Self.lifetime {
            return known.gauges
        }
        let figures = try await critical.figures()
        let phase = try await critical.settings().mandate.phase(at: now)
        let codes = try await giveaways.standings(of: nil)
        let left = codes.map(\.left).reduce(0, +)
        var gauges = [
            MetricFamily("rind_critical_projects", .gauge, "Names that are critical.", figures.critical),
            MetricFamily("rind_critical_people", .gauge, "People with a role on one of these.", figures.people),
            MetricFamily(
                "rind_mandate_phase", .gauge, "The rule for critical projects: 0 off, 1 announced, 2 enforced.",
                phase.gauge),
            MetricFamily(
                "rind_giveaway_codes_issued", .gauge, "Codes of all giveaways that somebody has.",
                codes.map(\.codes).reduce(0, +) - left),
            MetricFamily("rind_giveaway_codes_left", .gauge, "Codes of all giveaways that nobody has.", left),
        ]
        let isPublic = figures.people == 0 || figures.isPublic
        if isPublic {
            gauges += [
                MetricFamily(
                    "rind_critical_people_with_factor", .gauge,
                    "People with a role on a critical project who have a second factor.", figures.withFactor),
                MetricFamily(
                    "rind_critical_people_phishing_resistant", .gauge,
                    "People with a role on a critical project who have a security key or passkey.",
                    figures.phishingResistant),
            ]
        }
        let refused = try await refusedPeople(at: now)
        if isPublic, figures.people == 0 || CriticalFigures.isPublic([refused], of: figures.people) {
            gauges.append(
                MetricFamily(
                    "rind_critical_people_refused", .gauge,
                    "People who would be refused now on one of their critical projects.", refused))
        }
        known.withLock { $0 = (gauges, now) }
        return gauges
    }

    /// How many people could publish to none, or not to all, of their critical projects at this moment, whatever they
    /// show.
    private func refusedPeople(at now: Timestamp) async throws -> Int {
        let people = try await critical.standings(at: now).flatMap(\.people)
        return Set(people.filter { $0.readiness.refusal != nil }.map(\.readiness.user.normalized)).count
    }
}

extension MandateRule.Phase {
    /// 0 is off, 1 announced, 2 enforced.
    fileprivate var gauge: Int {
        switch self {
        case .off: 0
        case .announced: 1
        case .enforced: 2
        }
    }
}
