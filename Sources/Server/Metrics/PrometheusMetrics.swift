import Metrics
import Synchronization

/// Collects what swift-metrics reports and writes it as Prometheus reads it (text format 0.0.4).
public final class PrometheusMetrics: MetricsFactory, Sendable {
    private let series = Mutex<[SeriesKey: any Series]>([:])

    struct SeriesKey: Hashable, Comparable {
        let name: String
        let labels: [String: String]

        static func < (left: SeriesKey, right: SeriesKey) -> Bool {
            left.name == right.name ? left.labelText < right.labelText : left.name < right.name
        }

        /// `{action="upload"}`, or nothing.
        var labelText: String { text(with: nil) }

        func text(with extra: (String, String)?) -> String {
            var pairs = labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
            if let extra { pairs.append(extra) }
            guard !pairs.isEmpty else { return "" }
            let written = pairs.map { name, value in
                let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing(
                    "\n", with: "\\n")
                return "\(name)=\"\(escaped)\""
            }
            return "{\(written.joined(separator: ","))}"
        }
    }

    protocol Series: AnyObject, Sendable {
        var type: String { get }
        func lines(_ key: SeriesKey) -> [String]
    }

    /// Nothing collected yet.
    public init() {}

    /// Everything collected, as text.
    public func text() -> String {
        let all = series.withLock { $0 }
        var output = ""
        var lastName = ""
        for (key, series) in all.sorted(by: { $0.key < $1.key }) {
            if key.name != lastName { output += "# TYPE \(key.name) \(series.type)\n" }
            lastName = key.name
            for line in series.lines(key) { output += line + "\n" }
        }
        return output
    }

    private func series<S: Series>(_ label: String, _ dimensions: [(String, String)], _ make: () -> S) -> S {
        let name = String(label.map { $0.isLetter || $0.isNumber ? $0 : "_" })
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
    var type: String { "counter" }

    func increment(by amount: Int64) { value.add(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }
    func lines(_ key: PrometheusMetrics.SeriesKey) -> [String] {
        ["\(key.name)\(key.labelText) \(value.load(ordering: .relaxed))"]
    }
}

private final class Gauge: RecorderHandler, PrometheusMetrics.Series {
    let value = Mutex<Double>(0)
    var type: String { "gauge" }

    func record(_ number: Int64) { value.withLock { $0 = Double(number) } }
    func record(_ number: Double) { value.withLock { $0 = number } }
    func lines(_ key: PrometheusMetrics.SeriesKey) -> [String] {
        ["\(key.name)\(key.labelText) \(value.withLock { $0 })"]
    }
}

private final class Durations: TimerHandler, PrometheusMetrics.Series {
    let total = Mutex<(count: Int64, nanoseconds: Int64)>((0, 0))
    var type: String { "summary" }

    func recordNanoseconds(_ duration: Int64) {
        total.withLock { $0 = ($0.count + 1, $0.nanoseconds &+ duration) }
    }
    func lines(_ key: PrometheusMetrics.SeriesKey) -> [String] {
        let (count, nanoseconds) = total.withLock { $0 }
        return [
            "\(key.name)_sum\(key.labelText) \(Double(nanoseconds) / 1e9)",
            "\(key.name)_count\(key.labelText) \(count)",
        ]
    }
}
