/// A vector of CVSS 3.0 or 3.1, as far as its base score goes.
///
/// Source: FIRST, "Common Vulnerability Scoring System version 3.1: Specification Document", sections 6, 7.1 and 7.4. The
/// base score of version 3.0 is made by the same equations.
public struct CVSS3: Sendable, Hashable {
    private let metrics: [String: String]

    /// The metrics of the base score, with what each can be.
    private static let base: [String: Set<String>] = [
        "AV": ["N", "A", "L", "P"], "AC": ["L", "H"], "PR": ["N", "L", "H"], "UI": ["N", "R"], "S": ["U", "C"],
        "C": ["N", "L", "H"], "I": ["N", "L", "H"], "A": ["N", "L", "H"],
    ]

    /// Reads `CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H`; nil where a metric of the base score is missing or says what it
    /// cannot, or any is there twice. Others (temporal, environmental) change nothing of the base score.
    public init?(parsing text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard let version = parts.first, version == "CVSS:3.1" || version == "CVSS:3.0" else { return nil }
        var metrics: [String: String] = [:]
        for part in parts.dropFirst() {
            let pair = part.split(separator: ":", omittingEmptySubsequences: false)
            guard pair.count == 2, metrics.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                return nil
            }
        }
        for (name, values) in Self.base {
            guard let value = metrics[name], values.contains(value) else { return nil }
        }
        self.metrics = metrics
    }

    /// In tenths: 98 is 9.8.
    public var baseScore: Int {
        let isChanged = metrics["S"] == "C"
        func weight(_ metric: String, _ weights: [String: Double]) -> Double {
            metrics[metric].flatMap { weights[$0] } ?? 0
        }
        let harm = ["C", "I", "A"].map { 1 - weight($0, ["H": 0.56, "L": 0.22, "N": 0]) }.reduce(1, *)
        let base = 1 - harm
        let impact =
            isChanged ? 7.52 * (base - 0.029) - 3.25 * Self.power(base - 0.02, 15) : 6.42 * base
        guard impact > 0 else { return 0 }
        let exploitability =
            8.22 * weight("AV", ["N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2]) * weight("AC", ["L": 0.77, "H": 0.44])
            * weight("PR", isChanged ? ["N": 0.85, "L": 0.68, "H": 0.5] : ["N": 0.85, "L": 0.62, "H": 0.27])
            * weight("UI", ["N": 0.85, "R": 0.62])
        return Self.roundedUp(min((isChanged ? 1.08 : 1) * (impact + exploitability), 10))
    }

    private static func power(_ base: Double, _ exponent: Int) -> Double {
        (0..<exponent).reduce(1.0) { product, _ in product * base }
    }

    /// To tenths, upwards, by the specification's own way (appendix A), which gives the same on every machine.
    private static func roundedUp(_ score: Double) -> Int {
        let hundredThousandths = Int((score * 100_000).rounded())
        return hundredThousandths / 10_000 + (hundredThousandths % 10_000 == 0 ? 0 : 1)
    }
}
