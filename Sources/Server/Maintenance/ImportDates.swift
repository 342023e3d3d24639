import Bytes
import Foundation
import UTC

/// Where an import finds when a file was published first.
///
/// Resolvers that are asked for the state of a day (`uv --exclude-newer`) go by that time: with the time of the import,
/// all history would be of today.
public enum ImportDates: Sendable {
    /// Nowhere: everything is of now.
    case now
    /// In the time of the file's last change, which mirrors set to the time of the upload.
    case modified
    /// In a table, by the names of the files.
    case listed([String: Timestamp])

    /// Before the first index there was nothing to be published: such times are what archives and images write for
    /// none.
    static let earliest = Timestamp(seconds: 788_918_400)  // 1995-01-01

    /// What a file's time is, and a note where it is not what was asked for.
    ///
    /// - Parameters:
    ///   - name: the file's name.
    ///   - modified: when it was changed last.
    ///   - now: nothing was published later.
    func date(of name: String, modified: Timestamp?, now: Timestamp) -> (date: Timestamp?, note: String?) {
        switch self {
        case .now: return (nil, nil)
        case .modified:
            guard let modified, modified >= Self.earliest, modified <= now else { return (nil, nil) }
            return (modified, nil)
        case .listed(let dates):
            guard let date = dates[name] else {
                return (nil, "The list of dates does not name it: it has the time of the import.")
            }
            return (min(date, now), nil)
        }
    }

    /// Reads `file name,date` lines, of which the first can be a heading. Dates are `2026-11-22`,
    /// `2026-11-22T08:05:09.000123Z`, the same with a blank for the T or `UTC` for the Z, or seconds since 1970.
    public static func listed(parsing text: String) throws(InvalidImportDates) -> ImportDates {
        var dates: [String: Timestamp] = [:]
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var isFirst = true
        for (number, line) in zip(1..., lines) {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { field in
                field.trimmingCharacters(in: CharacterSet(charactersIn: " \t\"\u{FEFF}"))
            }
            if fields == [""] { continue }
            defer { isFirst = false }
            guard fields.count == 2, !fields[0].isEmpty else { throw InvalidImportDates(line: number) }
            guard let date = date(parsing: fields[1]) else {
                if isFirst { continue }
                throw InvalidImportDates(line: number)
            }
            dates[fields[0]] = date
        }
        return .listed(dates)
    }

    private static func date(parsing text: String) -> Timestamp? {
        if text.utf8.allSatisfy(\.isASCIIDigit) {
            guard let seconds = Int64(text), seconds < 100_000_000_000 else { return nil }
            return Timestamp(seconds: seconds)
        }
        if let day = Day(iso8601: text) { return day.start }
        var rest = text
        for zone in ["Z", "UTC", "+00:00", "+0000"] where rest.hasSuffix(zone) {
            rest = String(rest.dropLast(zone.count)).trimmingCharacters(in: .whitespaces)
            break
        }
        let parts = rest.split(whereSeparator: { $0 == "T" || $0 == " " })
        guard parts.count == 2 else { return nil }
        let clock = parts[1].split(separator: ".", maxSplits: 1)
        let fraction = clock.count > 1 ? ".\(clock[1].prefix(6))" : ""
        guard let time = clock.first else { return nil }
        return Timestamp(iso8601: "\(parts[0])T\(time)\(fraction)Z")
    }
}

/// A line of a table of dates cannot be read.
public struct InvalidImportDates: Error, CustomStringConvertible {
    /// Counted from 1.
    public let line: Int
    /// Which, and what it should be.
    public var description: String {
        "Line \(line) of the list of dates is not 'file name,date', such as "
            + "demo-1.0.tar.gz,2026-11-22T08:05:09Z. Times are UTC."
    }
}
