import Bytes
public import Primitives
public import UTC

/// A point in the past of an index, as addresses and tokens name it: `/at/2026-11-01T00:00:00Z/simple/`.
public enum PointInTime: Hashable, Sendable {
    /// The journal's serial of a change: after it, and before the next. `4711`
    case serial(Serial)
    /// After all that had been done by then. `2026-11-01T00:00:00Z`, with any offset that RFC 3339 has
    case moment(Timestamp)
    /// The moment at which a day began, UTC. `2026-11-01`
    case day(Day)
    /// The same of the day so many days before today. `-7d`
    case daysAgo(Int)

    /// The most days that `daysAgo` can say: a century.
    public static let mostDays = 36_500

    /// Reads what an address says, or throws `PastRefusal.malformed`.
    public init(parsing text: String) throws(PastRefusal) {
        guard let point = Self.read(text) else { throw .malformed }
        self = point
    }

    private static func read(_ text: String) -> Self? {
        let bytes = text.utf8
        guard (1...40).contains(bytes.count) else { return nil }
        if bytes.allSatisfy({ $0.isASCIIDigit }) { return bytes.count <= 18 ? Int64(text).map(Self.serial) : nil }
        if text.hasPrefix("-"), text.hasSuffix("d") {
            let digits = text.dropFirst().dropLast()
            guard digits.utf8.allSatisfy({ $0.isASCIIDigit }), let days = Int(digits), days <= mostDays else {
                return nil
            }
            return .daysAgo(days)
        }
        if let day = Day(iso8601: text) { return .day(day) }
        return rfc3339(text).map(Self.moment)
    }

    /// RFC 3339, section 5.6: an offset instead of `Z`, and small letters, are its too.
    private static func rfc3339(_ text: String) -> Timestamp? {
        let text = text.uppercased()
        if let moment = Timestamp(iso8601: text) { return moment }
        let offset = Array(text.utf8.suffix(6))
        guard offset.count == 6, offset[3] == UInt8(ascii: ":"),
            let hours = Int64(String(decoding: offset[1..<3], as: UTF8.self)), (0..<24).contains(hours),
            let minutes = Int64(String(decoding: offset[4..<6], as: UTF8.self)), (0..<60).contains(minutes),
            offset[1..<3].allSatisfy({ $0.isASCIIDigit }), offset[4..<6].allSatisfy({ $0.isASCIIDigit }),
            let local = Timestamp(iso8601: text.dropLast(6) + "Z")
        else { return nil }
        let ahead = Duration.seconds(hours * 3_600 + minutes * 60)
        if offset[0] == UInt8(ascii: "+") { return local - ahead }
        return offset[0] == UInt8(ascii: "-") ? local + ahead : nil
    }

    /// The moment that it means now; nil for a serial, which means the same at any time.
    public func moment(at now: Timestamp) -> Timestamp? {
        switch self {
        case .serial: nil
        case .moment(let moment): moment
        case .day(let day): day.start
        case .daysAgo(let days): Day(number: now.day.number - Int32(days)).start
        }
    }

    /// Whether it names a day: then its addresses lead to those of a serial, which everybody who asks for that day shares.
    public var isOfADay: Bool {
        switch self {
        case .serial, .moment: false
        case .day, .daysAgo: true
        }
    }

    /// For how long anybody may show a page of the past again without asking: five minutes, and never for good. What a page
    /// says of then stays true, but what is quarantined or erased now goes from it, and that should reach everybody within
    /// minutes.
    public static let freshness = Duration.minutes(5)

    /// For how many seconds an answer holds that says which serial it is.
    public func secondsToKeep(at now: Timestamp) -> Int64 {
        switch self {
        // What it means stays the same, and the page that it leads to is asked for by itself.
        case .serial, .moment, .day: 3_600
        // Another day begins at midnight.
        case .daysAgo:
            min(Self.freshness.components.seconds, Day(number: now.day.number + 1).start.seconds - now.seconds)
        }
    }
}

extension PointInTime: CustomStringConvertible {
    /// As addresses have it, and as it is read back.
    public var description: String {
        switch self {
        case .serial(let serial): String(serial)
        case .moment(let moment): moment.microseconds % 1_000_000 == 0 ? moment.iso8601Seconds + "Z" : moment.iso8601
        case .day(let day): day.description
        case .daysAgo(let days): "-\(days)d"
        }
    }
}

/// Why there is no index as it was at some point.
public enum PastRefusal: Refusal, Hashable {
    /// What the address says is no point in time.
    case malformed
    /// It has not come yet.
    case future
    /// There was no index yet; it began then, where it has begun.
    case beforeTheIndex(began: Timestamp?)

    /// A malformed one is a mistake of who asks; for the others there is just nothing there.
    public var kind: RefusalKind {
        switch self {
        case .malformed: .invalid
        case .future, .beforeTheIndex: .notFound
        }
    }
    /// `past.…`
    public var code: String {
        switch self {
        case .malformed: "past.malformed"
        case .future: "past.future"
        case .beforeTheIndex: "past.before-the-index"
        }
    }
    public var explanation: String {
        switch self {
        case .malformed:
            "This is no point in time. Write a moment (2026-11-01T00:00:00Z), a day (2026-11-01), days before today (-7d), "
                + "or the serial of a change (4711)."
        case .future: "This has not come yet: the index can only be shown as it was, not as it will be."
        case .beforeTheIndex(let began?): "This is before the index began, at \(began.iso8601Seconds)Z."
        case .beforeTheIndex(nil): "This is before the index began: nothing has been done on it yet."
        }
    }
}
