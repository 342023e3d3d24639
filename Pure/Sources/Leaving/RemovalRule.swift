import UTC

/// The numbers of the policy of removal: the operator's settings.
///
/// `rind serve` stores what its settings say, so that it is judged where everything is, in the transaction of the act.
public struct RemovalRule: Sendable, Hashable {
    /// That what was removed is kept for longer than the rule says now: it was removed while the rule said so, and its
    /// address, its mails and its pages told everybody until when.
    public struct Promise: Sendable, Hashable {
        /// For how many days after it was removed.
        public let days: Int
        /// What was removed before then.
        public let shortenedAt: Timestamp

        public init(days: Int, shortenedAt: Timestamp) {
            self.days = days
            self.shortenedAt = shortenedAt
        }
    }

    /// For how many hours after its upload something can be removed at once.
    public var recentHours: Int
    /// How often, at most, something was downloaded that can be removed at once.
    public var fewDownloads: Int
    /// How many days lie between a request and the day on which it is carried out.
    public var waitDays: Int
    /// The same for critical projects; never fewer.
    public var criticalWaitDays: Int
    /// For how many days the bytes of what was removed keep their address, and an owner can bring it back.
    public var retentionDays: Int
    /// What was promised under former settings, in any order; of the settings themselves none.
    public var promises: [Promise] = []

    /// What the settings can be.
    public static let hours = 0...8_760
    public static let downloads = 0...1_000_000_000
    public static let waits = 1...365
    public static let retentions = 1...36_500

    /// 72 hours, 100 downloads, 14 and 30 days, 180 days.
    public static let usual = RemovalRule()

    private init() {
        recentHours = 72
        fewDownloads = 100
        waitDays = 14
        criticalWaitDays = 30
        retentionDays = 180
    }

    /// A rule with these numbers. What is critical waits no less than what is not, whatever is said.
    public init(recentHours: Int, fewDownloads: Int, waitDays: Int, criticalWaitDays: Int, retentionDays: Int) {
        self.recentHours = recentHours
        self.fewDownloads = fewDownloads
        self.waitDays = waitDays
        self.criticalWaitDays = max(waitDays, criticalWaitDays)
        self.retentionDays = retentionDays
    }

    /// How long something is recent.
    public var recent: Duration { .hours(recentHours) }
    /// How long what is removed now can be brought back, and its bytes stay.
    public var retention: Duration { .days(retentionDays) }

    /// The same of what was removed at a moment: never shorter than was said since then.
    public func retention(ofRemovalAt moment: Timestamp) -> Duration {
        .days(promises.filter { moment < $0.shortenedAt }.map(\.days).reduce(retentionDays, max))
    }

    /// Whether these are the same settings.
    public func hasNumbers(of other: RemovalRule) -> Bool {
        var (mine, theirs) = (self, other)
        (mine.promises, theirs.promises) = ([], [])
        return mine == theirs
    }

    /// How long a request waits.
    public func wait(isCritical: Bool) -> Duration { .days(isCritical ? criticalWaitDays : waitDays) }
}
