import Bytes

/// A moment, in whole microseconds since 1970-01-01T00:00:00Z, without leap seconds.
///
/// Microseconds, because the Simple API gives `upload-time` in them (PEP 700); an integer, because equal moments must
/// be equal after a journey through a database.
public struct Timestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the Unix epoch.
    public var microseconds: Int64

    /// The moment `microseconds` after the Unix epoch.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// The moment `seconds` after the Unix epoch. Seconds beyond ±292,000 years are clamped.
    public init(seconds: Int64) {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
        microseconds = overflow ? (seconds < 0 ? .min : .max) : product
    }

    /// Whole seconds since the Unix epoch, rounded down.
    public var seconds: Int64 { microseconds.floorDivided(by: 1_000_000) }

    /// The UTC day that the moment falls on.
    public var day: Day { Day(number: Int32(clamping: microseconds.floorDivided(by: 86_400_000_000))) }

    /// Earlier than.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    /// The moment `duration` later; fractions of a microsecond are dropped.
    public static func + (moment: Timestamp, duration: Duration) -> Timestamp {
        let (seconds, attoseconds) = duration.components
        let span = Timestamp(seconds: seconds).microseconds.clampedAdding(attoseconds / 1_000_000_000_000)
        return Timestamp(microseconds: moment.microseconds.clampedAdding(span))
    }

    /// The moment `duration` earlier; fractions of a microsecond are dropped.
    public static func - (moment: Timestamp, duration: Duration) -> Timestamp { moment + (.zero - duration) }

    /// How long after `earlier` the moment is; negative when it is before.
    public func since(_ earlier: Timestamp) -> Duration {
        .microseconds(microseconds) - .microseconds(earlier.microseconds)
    }
}

extension Timestamp {
    /// `2026-11-22T08:05:09.000123Z`, as the Simple API writes `upload-time` (PEP 700).
    public var iso8601: String {
        "\(day)T\(clock(separator: ":")).\(padded(microseconds.floorRemainder(by: 1_000_000), 6))Z"
    }

    /// `2026-11-22T08:05:09`, as PyPI's JSON API writes `upload_time`.
    public var iso8601Seconds: String { "\(day)T\(clock(separator: ":"))" }

    /// `2026-11-22 08:05 UTC`, for people.
    public var minuteUTC: String { "\(day) \(hourAndMinute) UTC" }

    /// `08:05`, of the UTC day.
    public var hourAndMinute: String { String(clock(separator: ":").prefix(5)) }

    /// `8 Jul 2022, 15:00 UTC`
    public var readableMinute: String { "\(day.readable), \(hourAndMinute) UTC" }

    /// `Sun, 22 Nov 2026 08:05:09 GMT`, the date of HTTP (RFC 9110, section 5.6.7) and of RSS (RFC 822).
    public var httpDate: String {
        let (year, month, dayOfMonth) = day.civil
        return "\(day.weekdayName), \(padded(Int64(dayOfMonth), 2)) \(Day.monthNames[month - 1]) "
            + "\(padded(Int64(year), 4)) \(clock(separator: ":")) GMT"
    }

    /// Reads `2026-11-22T08:05:09.000123Z`; the fraction (one to six digits) may be missing. Anything else is nil.
    public init?(iso8601 text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z"), bytes[10] == UInt8(ascii: "T"),
            bytes[13] == UInt8(ascii: ":"), bytes[16] == UInt8(ascii: ":"),
            let day = Day(iso8601: String(decoding: bytes[0..<10], as: UTF8.self)),
            let hour = number(bytes[11..<13]), hour < 24,
            let minute = number(bytes[14..<16]), minute < 60,
            let second = number(bytes[17..<19]), second < 60
        else { return nil }
        var fraction: Int64 = 0
        if bytes.count > 20 {
            let digits = bytes[20..<(bytes.count - 1)]
            guard bytes[19] == UInt8(ascii: "."), (1...6).contains(digits.count), let value = number(digits) else {
                return nil
            }
            fraction = (digits.count..<6).reduce(value) { value, _ in value * 10 }
        }
        let seconds = Int64(day.number) * 86_400 + hour * 3_600 + minute * 60 + second
        microseconds = seconds * 1_000_000 + fraction
    }

    private func clock(separator: String) -> String {
        let second = seconds.floorRemainder(by: 86_400)
        return [second / 3_600, second / 60 % 60, second % 60].map { padded($0, 2) }.joined(separator: separator)
    }
}

/// The decimal number that the ASCII digits spell; nil when there is none, or another character.
func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value: Int64 = 0
    for digit in digits {
        guard digit.isASCIIDigit else { return nil }
        value = value * 10 + Int64(digit - 0x30)
    }
    return value
}

func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Int64 {
    func clampedAdding(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }

    // Neither may negate or multiply: the smallest number has no opposite, and moments from outside can be as small.
    func floorDivided(by divisor: Int64) -> Int64 { self % divisor < 0 ? self / divisor - 1 : self / divisor }
    func floorRemainder(by divisor: Int64) -> Int64 {
        let remainder = self % divisor
        return remainder < 0 ? remainder + divisor : remainder
    }
}
