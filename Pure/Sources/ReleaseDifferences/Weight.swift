/// How much a difference says.
public enum Weight: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Worth telling somebody who looks.
    case note
    /// Seen in honest releases every day.
    case weak
    /// Seen in honest releases now and then.
    case fair
    /// Rare in honest releases.
    case strong
    /// Hardly ever honest.
    case decisive

    /// What it adds to what else is there.
    public var points: Int {
        switch self {
        case .note: 0
        case .weak: 1
        case .fair: 2
        case .strong: 3
        case .decisive: 6
        }
    }

    /// One step less.
    public var lessened: Weight {
        switch self {
        case .note, .weak: .note
        case .fair: .weak
        case .strong: .fair
        case .decisive: .strong
        }
    }

    /// By how much it says.
    public static func < (one: Weight, other: Weight) -> Bool { one.points < other.points }
}
