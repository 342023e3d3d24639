import Model
import Synchronization
import UTC

/// The figures of critical projects for whoever asks often: they are looked up at most once a minute.
final class CriticalGauges: Sendable {
    private let critical: any CriticalStore
    private let now: @Sendable () -> Timestamp
    private let known = Mutex<(gauges: [(String, Int)], at: Timestamp)?>(nil)

    /// How old the figures may be.
    static let lifetime = Duration.seconds(60)

    init(critical: any CriticalStore, now: @escaping @Sendable () -> Timestamp) {
        self.critical = critical
        self.now = now
    }

    /// Names of gauges with their values.
    func read() async throws -> [(String, Int)] {
        let now = now()
        if let known = known.withLock({ $0 }), now >= known.at, now.since(known.at) < Self.lifetime {
            return known.gauges
        }
        let figures = try await critical.figures()
        let phase = try await critical.settings().mandate.phase(at: now)
        let gauges = [
            ("rind_critical_projects", figures.critical), ("rind_critical_people", figures.people),
            ("rind_critical_people_with_factor", figures.withFactor),
            ("rind_critical_people_phishing_resistant", figures.phishingResistant),
            ("rind_mandate_phase", phase.gauge),
        ]
        known.withLock { $0 = (gauges, now) }
        return gauges
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
