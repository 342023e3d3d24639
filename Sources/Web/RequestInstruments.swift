import Glibc
public import Metrics
import Synchronization

/// What latencies are told apart by: few groups, whatever addresses are asked for.
public enum RouteGroup: String, Sendable, CaseIterable {
    /// What installers read to choose: the Simple API.
    case simple
    /// The files that they fetch.
    case files
    /// What publishers send.
    case upload
    /// The JSON API and the feeds.
    case api
    /// Pages for everybody, and what they load.
    case pages
    /// Signing in, registering, recovering.
    case account
    /// Looking after one's account and projects.
    case manage
    /// Operating the index.
    case admin
    /// Health and figures.
    case operations
    /// No address of the index.
    case other

    /// The group of a path, with or without a query.
    init(path: String) {
        let steps = path.utf8.dropFirst().prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        self =
            switch Substring(steps) {
            case "simple": .simple
            case "packages": .files
            case "legacy": .upload
            case "pypi", "rss": .api
            case "", "project", "search", "static", "user", "security", "help", "terms", "security-key-giveaway",
                ".well-known", "robots.txt":
                .pages
            case "account": .account
            case "manage": .manage
            case "admin": .admin
            case "healthz", "readyz", "metrics": .operations
            default: .other
            }
    }
}

/// How long answers took, by group of routes: for all that is asked, in constant memory.
///
/// Counting is two additions to atomic numbers: an answer from memory takes ten microseconds, and what counts it must
/// take none of them.
public final class RequestDurations: Sendable {
    /// The upper bounds of the buckets, in nanoseconds: from what memory takes to what nobody waits for.
    public static let bounds: [UInt64] = [
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000, 10_000_000_000,
    ]

    /// The answers of one group.
    public struct Snapshot: Sendable {
        /// Whose answers.
        public let group: RouteGroup
        /// Answers in each bucket, and last those beyond all bounds.
        public let counts: [UInt64]
        /// Nanoseconds of all.
        public let sum: UInt64
    }

    private final class Histogram: Sendable {
        let counts: InlineArray<17, Atomic<UInt64>> = InlineArray { _ in Atomic(0) }
        let sum = Atomic<UInt64>(0)
    }

    private let histograms: [RouteGroup: Histogram]
    private let simple = Histogram()
    private let files = Histogram()

    /// Nothing yet.
    public init() {
        var histograms = Dictionary(uniqueKeysWithValues: RouteGroup.allCases.map { ($0, Histogram()) })
        histograms[.simple] = simple
        histograms[.files] = files
        self.histograms = histograms
    }

    /// Counts an answer that began at a moment of `clock()` and ends now.
    func record(_ path: String, since start: UInt64) {
        let duration = Self.clock() &- start
        // The two that memory answers come first.
        let group = RouteGroup(path: path)
        guard let histogram = group == .simple ? simple : group == .files ? files : histograms[group] else { return }
        let place = Self.bounds.firstIndex { duration <= $0 } ?? Self.bounds.count
        histogram.counts[place].add(1, ordering: .relaxed)
        histogram.sum.add(duration, ordering: .relaxed)
    }

    /// What was counted, in the order of the groups. The numbers of one group are of one moment, or nearly.
    public var snapshot: [Snapshot] {
        RouteGroup.allCases.compactMap { group in
            histograms[group].map { histogram in
                Snapshot(
                    group: group, counts: (0...Self.bounds.count).map { histogram.counts[$0].load(ordering: .relaxed) },
                    sum: histogram.sum.load(ordering: .relaxed))
            }
        }
    }

    /// Nanoseconds on the system's steady clock, which costs no system call.
    static func clock() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}

/// Where requests are counted and timed, for `/metrics`.
public struct RequestInstruments: Sendable {
    /// What counts.
    public let metrics: any MetricsFactory
    /// How long answers took.
    public let durations = RequestDurations()

    /// Counts nowhere, unless it is told where.
    public init(metrics: any MetricsFactory = NOOPMetricsHandler.instance) { self.metrics = metrics }

    /// Counts a file that was taken, or was there already.
    public func uploaded(isNew: Bool) {
        let outcome = isNew ? "stored" : "already-there"
        Counter(label: "rind_uploads_total", dimensions: [("outcome", outcome)], factory: metrics).increment()
    }

    /// Counts a refusal by its code, of which there are as many as the sources name.
    func refused(_ code: String) {
        Counter(label: "rind_refusals_total", dimensions: [("code", code)], factory: metrics).increment()
    }
}
