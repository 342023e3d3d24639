import Bytes
import UTC

/// Reads the times of logs. Remembers the last date, for lines of a log are mostly of one day.
struct LogTime {
    private var knownDate: (UInt64, UInt32) = (0, 0)
    private var knownDay: Int64 = 0

    /// `10/Oct/2000:13:55:36 -0700`, 26 bytes from an index on, in seconds since 1970 in UTC; nil when there is no such
    /// moment.
    ///
    /// Source: Apache's mod_log_config, `%t`; nginx's `$time_local`.
    mutating func common(_ text: Text, at index: Int) -> Int64? {
        guard index + 26 <= text.count else { return nil }
        let raw = UnsafeRawPointer(text.start + index)
        let date = (raw.loadUnaligned(as: UInt64.self), raw.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
        if date != knownDate {
            guard let day = Self.date(text, at: index) else { return nil }
            (knownDate, knownDay) = (date, Int64(day.number))
        }
        guard let seconds = Self.clock(text, at: index + 12), text[index + 20] == UInt8(ascii: " "),
            let offset = Self.offset(text[(index + 21)..<(index + 26)])
        else { return nil }
        return knownDay &* 86_400 &+ seconds &- offset
    }

    /// `10/Oct/2000:`
    private static func date(_ text: Text, at index: Int) -> Day? {
        guard let day = text.number(at: index, digits: 2), text[index + 2] == UInt8(ascii: "/"),
            let month = month(text[(index + 3)..<(index + 6)]), text[index + 6] == UInt8(ascii: "/"),
            let year = text.number(at: index + 7, digits: 4), text[index + 11] == UInt8(ascii: ":")
        else { return nil }
        return Day(year: year, month: month, day: day)
    }

    private static func month(_ text: Text) -> Int? {
        let names: StaticString = "JanFebMarAprMayJunJulAugSepOctNovDec"
        for month in 0..<12 where text.equals(names.utf8Start + month * 3, count: 3) { return month + 1 }
        return nil
    }

    /// `13:55:36` in seconds; 60 is a leap second, which counts as the first of the next minute.
    @inline(__always) private static func clock(_ text: Text, at index: Int) -> Int64? {
        guard let hour = text.number(at: index, digits: 2), let minute = text.number(at: index + 3, digits: 2),
            let second = text.number(at: index + 6, digits: 2), text[index + 2] == UInt8(ascii: ":"),
            text[index + 5] == UInt8(ascii: ":"), hour < 24, minute < 60, second <= 60
        else { return nil }
        return Int64(hour &* 3_600 &+ minute &* 60 &+ second)
    }

    /// `Z`, `+02`, `+0200` or `+02:00` in seconds east of UTC.
    @inline(__always) private static func offset(_ text: Text) -> Int64? {
        if text.count == 1, text[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        guard text.count >= 3, text[0] == UInt8(ascii: "+") || text[0] == UInt8(ascii: "-"),
            let hours = text.number(at: 1, digits: 2), hours < 24
        else { return nil }
        var minutes: Int? = 0
        switch text.count {
        case 3: break
        case 5: minutes = text.number(at: 3, digits: 2)
        case 6: minutes = text[3] == UInt8(ascii: ":") ? text.number(at: 4, digits: 2) : nil
        default: return nil
        }
        guard let minutes, minutes < 60 else { return nil }
        let seconds = Int64(hours &* 3_600 &+ minutes &* 60)
        return text[0] == UInt8(ascii: "-") ? -seconds : seconds
    }

    /// A time as JSON logs have it: ISO 8601 (without an offset: UTC), the common format, or a number since 1970, of
    /// seconds, or of milli-, micro- or nanoseconds when it is so large that seconds would be thousands of years ahead.
    mutating func any(_ text: Text) -> Int64? {
        if text.count == 26, text[2] == UInt8(ascii: "/") { return common(text, at: 0) }
        if text.count >= 19, text[4] == UInt8(ascii: "-") { return Self.iso8601(text) }
        return Self.sinceEpoch(text)
    }

    /// `2026-11-22T08:05:09.123+01:00`
    private static func iso8601(_ text: Text) -> Int64? {
        guard let year = text.number(at: 0, digits: 4), text[7] == UInt8(ascii: "-"),
            let month = text.number(at: 5, digits: 2), let dayOfMonth = text.number(at: 8, digits: 2),
            text[10] | 0x20 == UInt8(ascii: "t") || text[10] == UInt8(ascii: " "),
            let day = Day(year: year, month: month, day: dayOfMonth), let seconds = clock(text, at: 11)
        else { return nil }
        var end = 19
        if end < text.count, text[end] == UInt8(ascii: ".") || text[end] == UInt8(ascii: ",") {
            let fraction = end + 1
            end = fraction
            while end < text.count, text[end].isASCIIDigit { end += 1 }
            guard end > fraction else { return nil }
        }
        if end < text.count, text[end] == UInt8(ascii: " ") { end += 1 }
        guard let offset = end == text.count ? 0 : offset(text[end..<text.count]) else { return nil }
        return Int64(day.number) * 86_400 + seconds - offset
    }

    private static func sinceEpoch(_ text: Text) -> Int64? {
        let whole = text.first(UInt8(ascii: ".")) ?? text.count
        guard (1...19).contains(whole), var value = text.number(at: 0, digits: whole).map(Int64.init), whole < 19
        else { return nil }
        for index in min(whole + 1, text.count)..<text.count where !text[index].isASCIIDigit { return nil }
        // The year 5138 in seconds is the year 1973 in milliseconds.
        while value >= 100_000_000_000 { value /= 1_000 }
        return value
    }
}
