/// How grave something is, in the words of FIRST's qualitative scale (CVSS 3.1, section 5).
public enum SeverityLevel: String, Sendable, Hashable, Comparable, CaseIterable {
    case none, low, medium, high, critical

    /// The word for a score in tenths: 0, up to 3.9, up to 6.9, up to 8.9, and above.
    public init(score: Int) {
        self =
            switch score {
            case ...0: .none
            case ...39: .low
            case ...69: .medium
            case ...89: .high
            default: .critical
            }
    }

    /// The level that a database's word means: `MODERATE` of GitHub's is medium. Nil for other words.
    init?(word: String) {
        let word = word.lowercased()
        guard let level = word == "moderate" ? .medium : SeverityLevel(rawValue: word) else { return nil }
        self = level
    }

    /// By how grave it is.
    public static func < (a: SeverityLevel, b: SeverityLevel) -> Bool { a.rank < b.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
