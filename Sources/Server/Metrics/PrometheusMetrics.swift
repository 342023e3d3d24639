import Metrics
import Synchronization

/// Collects what swift-metrics reports, for Prometheus.
public final class PrometheusMetrics: MetricsFactory, Sendable {
    private let series = Mutex<[SeriesKey: any Series]>([:])

    struct SeriesKey: Hashable, Comparable {
        let name: String
        let labels: [String: String]

        var sorted: [(name: String, value: String)] { labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

        static func < (left: SeriesKey, right: SeriesKey) -> Bool {
            guard left.name == right.name else { return left.name < right.name }
            return left.sorted.map { "\($0.name)=\($0.value)" }.lexicographicallyPrecedes(
                right.sorted.map { "\($0.name)=\($0.value)" })
        }
    }

    protocol Series: AnyObject, Sendable {
        var kind: MetricFamily.Kind { get }
        /// Suffixes with values.
        var values: [(suffix: String, value: String)] { get }
    }

    /// Nothing collected yet.
    public init() {}

    /// What the metrics of our own are; a library's say for themselves what they are.
    private static let help = [
        "rind_requests_total": "Requests that needed more than memory, by method and status.",
        "rind_refusals_total": "Requests that were refused, by the code of the refusal.",
        "rind_uploads_total": "Files that were taken, by whether they were there already.",
    ]

    /// Everything collected, by name.
    func families() -> [MetricFamily] {
        let all = series.withLock { $0 }
        var families: [MetricFamily] = []
        for (key, series) in all.sorted(by: { $0.key < $1.key }) {
            if families.last?.name != key.name {
                let help = Self.help[key.name] ?? "Reported by a library that Rind is made with."
                families.append(MetricFamily(key.name, series.kind, help, samples: []))
            }
            families[families.count - 1].samples += series.values.map {
                MetricFamily.Sample(suffix: $0.suffix, labels: key.sorted, value: $0.value)
            }
        }
        return families
    }

    private func series<S: Series>(_ label: String, _ dimensions: [(String, String)], _ make: () -> S) -> S {
        let name = String(label.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
        let key = SeriesKey(name: name, labels: Dictionary(dimensions, uniquingKeysWith: { _, last in last }))
        return series.withLock { all in
            if let known = all[key] as? S { return known }
            let new = make()
            all[key] = new
            return new
        }
    }

    /// A number that only grows.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions) { Counter() }
    }

    /// A number that is set.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        series(label, dimensions) { Gauge() }
    }

    /// Durations, as a summary of their count and sum in seconds.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions) { Durations() }
    }

    /// Series stay: a counter that restarts at zero would read as a restart of the server.
    public func destroyCounter(_ handler: any CounterHandler) {}
    /// As for counters.
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    /// As for counters.
    public func destroyTimer(_ handler: any TimerHandler) {}
}

private final class Counter: CounterHandler, PrometheusMetrics.Series {
    let value = Atomic<Int64>(0)
    var kind: MetricFamily.Kind { .counter }

    func increment(by amount: Int64) { value.add(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
    var values: [(suffix: String, value: String)] { [("", "\(value.load(ordering: .relaxed))")] }
}

private final class Gauge: RecorderHandler, PrometheusMetrics.Series {
    let value = Mutex<Double>(0)
    var kind: MetricFamily.Kind { .gauge }

    func record(_ number: Int64) { value.withLock { $0 = Double(number) } }
    func record(_ number: Double) { value.withLock { $0 = number } }
    var values: [(suffix: String, value: String)] { [("", "\(value.withLock { $0 })")] }
}

private final class Durations: TimerHandler, PrometheusMetrics.Series {
    let total = Mutex<(count: Int64, nanoseconds: Int64)>((0, 0))
    var kind: MetricFamily.Kind { .summary }

    func recordNanoseconds(_ duration: Int64) {
        total.withLock { $0 = ($0.count + 1, $0.nanoseconds &+ duration) }
    }
    var values: [(suffix: String, value: String)] {
        let (count, nanoseconds) = total.withLock { $0 }
        return [("_sum", "\(Double(nanoseconds) / 1e9)"), ("_count", "\(count)")]
    }
}
