import UTC

/// The numbers of the policy of removal: the operator's settings.
///
/// `rind serve` stores what its settings say, so that it is judged where everything is, in the transaction of the act.
public struct RemovalRule: Sendable, Hashable {
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
    /// How long what was removed can be brought back, and its bytes stay.
    public var retention: Duration { .days(retentionDays) }

    /// How long a request waits.
    public func wait(isCritical: Bool) -> Duration { .days(isCritical ? criticalWaitDays : waitDays) }
}
