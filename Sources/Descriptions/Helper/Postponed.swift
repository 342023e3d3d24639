/// The requests whose answers came late, which are not asked again for a while: for a minute the first time, and each
/// time for twice as long, up to an hour.
///
/// Each of them holds a process for many seconds. Asked anew by each view of a page, two of them would keep the helper
/// from everybody else.
struct Postponed {
    static let shortest = Duration.seconds(60)
    static let longest = Duration.seconds(3_600)
    /// How many are remembered; then those that wait no longer go, and the one that would be asked next.
    static let capacity = 1_000

    private var entries: [KeptAnswers.Key: Entry] = [:]

    private struct Entry {
        var pause: Duration
        var end: ContinuousClock.Instant
    }

    var count: Int { entries.count }

    /// Whether a request is not to be asked yet.
    func contains(_ key: KeptAnswers.Key, at now: ContinuousClock.Instant) -> Bool {
        entries[key].map { now < $0.end } ?? false
    }

    /// Notes that an answer came late.
    mutating func insert(_ key: KeptAnswers.Key, at now: ContinuousClock.Instant) {
        let pause = entries[key].map { min($0.pause * 2, Self.longest) } ?? Self.shortest
        entries[key] = Entry(pause: pause, end: now + pause)
        guard entries.count > Self.capacity else { return }
        entries = entries.filter { now < $0.value.end }
        if entries.count > Self.capacity, let next = entries.min(by: { $0.value.end < $1.value.end })?.key {
            entries[next] = nil
        }
    }

    /// Notes that there was an answer in time.
    mutating func remove(_ key: KeptAnswers.Key) { entries[key] = nil }
}
