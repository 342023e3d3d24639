import UTC

/// Which projects are critical: the operator's settings.
///
/// The usual ones are those that the Python Package Index announced in 2022: the top 1 % by downloads over the last
/// six months.
public struct CriticalRule: Sendable, Hashable {
    /// How many projects are critical by their downloads.
    public enum Extent: Sendable, Hashable {
        /// A share of all projects, rounded up.
        case share(Share)
        /// So many, however many there are.
        case number(Int)

        /// Of so many projects.
        public func count(of total: Int) -> Int {
            switch self {
            case .share(let share): share.count(of: total)
            case .number(let number): min(number, total)
            }
        }

        /// `the top 1 %`, `the first 100`.
        public var words: String {
            switch self {
            case .share(let share): "the top \(share.words)"
            case .number(let number): "the first \(number)"
            }
        }
    }

    /// How many.
    public var extent: Extent
    /// Over how many whole UTC days downloads are counted.
    public var windowDays: Int
    /// To what depth the dependencies of a critical project are critical; 0 is not at all.
    public var dependencyDepth: Int

    /// Most days that a window can have: counts are kept for no longer.
    public static let longestWindow = 400
    /// Deepest that dependencies are followed.
    public static let deepestDependency = 20

    /// The top 1 % over 183 days, without dependencies.
    public static let usual = CriticalRule()

    private init() {
        extent = .share(Share.onePercent)
        windowDays = 183
        dependencyDepth = 0
    }

    /// A rule with these settings.
    ///
    /// - Throws: which of them cannot be, and what can.
    public init(extent: Extent, windowDays: Int = 183, dependencyDepth: Int = 0) throws(CriticalRefusal) {
        if case .number(let number) = extent, number < 1 { throw .numberOutOfRange(number) }
        guard (1...Self.longestWindow).contains(windowDays) else { throw .windowOutOfRange(windowDays) }
        guard (0...Self.deepestDependency).contains(dependencyDepth) else { throw .depthOutOfRange(dependencyDepth) }
        self.extent = extent
        self.windowDays = windowDays
        self.dependencyDepth = dependencyDepth
    }

    /// The days that count as of a day: whole ones, so the day itself is not among them.
    public func window(asOf day: Day) -> ClosedRange<Day> { (day - windowDays)...(day - 1) }
}

extension Share {
    /// What the Python Package Index announced.
    fileprivate static var onePercent: Share {
        guard let share = Share(millionths: 10_000) else { preconditionFailure("one per cent is a share") }
        return share
    }
}
