extension Duration {
    /// How long somebody has to wait, in words, never less than it is: `a second`, `80 seconds`, `5 minutes`,
    /// `2 hours`, `7 days`. A unit is left for the next one where its number would become unhandy.
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

    /// A length that a rule sets, in hours: `72 hours`. It is a whole number of them.
    public var inHours: String { "\(components.seconds / 3_600) hours" }

    /// A length that a rule sets, with its number in letters where it is small: `five minutes`, `an hour`,
    /// `three days`, `a week`. It is a whole number of such a unit.
    public var inLetters: String {
        let seconds = components.seconds
        return switch seconds {
        case 604_800: "a week"
        case let days where days.isMultiple(of: 86_400): Self.count(days / 86_400, "day")
        case let hours where hours.isMultiple(of: 3_600): Self.count(hours / 3_600, "hour")
        case _: Self.count(seconds / 60, "minute")
        }
    }

    /// The same in days: `seven days`.
    public var inDays: String { Self.count(components.seconds / 86_400, "day") }

    /// The same behind "the next": `half hour`, `five minutes`.
    public var behindTheNext: String { components.seconds == 1_800 ? "half hour" : inLetters }

    private static func count(_ number: Int64, _ unit: String) -> String {
        guard number != 1 else { return "\(unit == "hour" ? "an" : "a") \(unit)" }
        return "\(Int(number).inLetters) \(unit)s"
    }
}

extension Int {
    /// A number that a rule sets, in letters where it is small or thirty: `ten`.
    public var inLetters: String {
        let letters = [
            "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        ]
        return self == 30 ? "thirty" : letters.indices.contains(self) ? letters[self] : String(self)
    }
}
