/// A metric with all its samples, as Prometheus reads it (text format 0.0.4): what it is, of which type, and the numbers.
///
/// Source: prometheus.io, "Exposition formats".
struct MetricFamily: Sendable {
    enum Kind: String, Sendable { case counter, gauge, histogram, summary }

    /// A line: a number with what tells it from the others of its family.
    struct Sample: Sendable {
        /// What follows the family's name: `_bucket`, `_sum`, `_count`, or nothing.
        var suffix = ""
        var labels: [(name: String, value: String)] = []
        let value: String
    }

    let name: String
    let kind: Kind
    /// One sentence for people.
    let help: String
    var samples: [Sample]

    init(_ name: String, _ kind: Kind, _ help: String, samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A family of one number.
    init(_ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger) {
        self.init(name, kind, help, samples: [Sample(value: String(value))])
    }

    /// Its lines.
    var text: String {
        let help = help.replacing("\\", with: "\\\\").replacing("\n", with: "\\n")
        let lines = samples.map { sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }.joined(separator: ",")
            return "\(name)\(sample.suffix)\(labels.isEmpty ? "" : "{\(labels)}") \(sample.value)\n"
        }
        return "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n" + lines.joined()
    }

    private static func escaped(_ value: String) -> String {
        value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
