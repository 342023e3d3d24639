extension Duration {
    /// How long somebody has to wait, in words, never less than it is: `a second`, `80 seconds`, `5 minutes`, `2 hours`,
    /// `7 days`. A unit is left for the next one where its number would become unhandy.
    public var words: String {
        let seconds = components.seconds + (components.attoseconds > 0 ? 1 : 0)
        func count(_ unit: Int64, _ name: String) -> String { "\((seconds + unit - 1) / unit) \(name)" }
        return switch seconds {
        case ...1: "a second"
        case ..<90: count(1, "seconds")
        case ..<5_400: count(60, "minutes")
        case ..<172_800: count(3_600, "hours")
        default: count(86_400, "days")
        }
    }
}
