public import UTC

/// What is counted apart.
public enum DownloadKind: Int, Sendable, CaseIterable {
    /// Somebody, or a build, installs it.
    case downloads = 0
    /// A mirror or a cache fetches it.
    case mirrors = 1
}

/// How often each name was downloaded in a window of days, mirrors left out.
public struct DownloadSums: Sendable, Equatable {
    /// The days, the first and the last included.
    public let window: ClosedRange<Day>
    /// By the number of the name. Names that came later than the last one here have none.
    public let counts: [UInt64]

    /// The sums of a window.
    public init(window: ClosedRange<Day>, counts: [UInt64]) {
        self.window = window
        self.counts = counts
    }

    /// The downloads of a name; 0 for one that was never counted.
    public subscript(number: NameNumber?) -> UInt64 {
        guard let number, Int(number) < counts.count else { return 0 }
        return counts[Int(number)]
    }
}

extension Day {
    /// How many days counts are kept, and with them the marks of what was counted: those of the 400 days before today.
    public static let countsAreKept = 400

    /// The window of `days` whole days before `today`: what the top share is reckoned from.
    public static func window(of days: Int, before today: Day) -> ClosedRange<Day> {
        (today - max(1, days))...(today - 1)
    }
}

/// Counts of one kind on one day, to be added to those that are there.
public struct DayCounts: Sendable {
    public var kind: DownloadKind
    public var day: Day
    /// Who, and how many more; a name may be there several times.
    public var counts: [(number: NameNumber, count: UInt64)]

    /// Counts of one kind on one day.
    public init(kind: DownloadKind, day: Day, counts: [(number: NameNumber, count: UInt64)]) {
        self.kind = kind
        self.day = day
        self.counts = counts
    }
}
