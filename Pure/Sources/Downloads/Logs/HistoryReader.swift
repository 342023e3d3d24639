import Bytes
import PackagingFormats
public import UTC

/// Reads downloads that were counted elsewhere, as CSV (RFC 4180): a name, a UTC day and a count in each row.
///
///     name,day,count
///     demo,2026-11-21,4711
///
/// A first row that names the columns may put them in another order, and have others beside them: `name` or `project`,
/// `day` or `date`, `count`, `downloads` or `download_count`. Rows of the same name and day add up. Either all rows are
/// good, or none counts.
public final class HistoryReader {
    /// What is wrong with a row.
    public struct BadRow: Sendable, Equatable {
        /// The line that it begins on, from 1.
        public let line: Int64
        /// What is wrong, in a sentence without a full stop.
        public let reason: String
    }

    /// Bad rows that are kept.
    public static let badRowsKept = 20
    private static let longestRow = 4_096

    private let today: Day
    private let firstDay: Day
    private let givenDay: Day?
    private var columns: (name: Int, day: Int?, count: Int)?
    /// Whether the first row names columns, none of which is for the day.
    private var lacksDay = false
    private var line: Int64 = 1
    private var row: [UInt8] = []
    private var rowStart: Int64 = 1
    private var isQuoted = false

    private var numbers: [String: Int] = [:]
    private var lastSeen: (text: [UInt8], number: Int)?
    /// The normalized names, by their place.
    public private(set) var names: [String] = []
    private var days: [Day: CountedDay] = [:]
    private var summary = LogSummary()
    /// How many rows are bad.
    public private(set) var badCount: Int64 = 0
    /// The first of them.
    public private(set) var badRows: [BadRow] = []

    /// - Parameters:
    ///   - now: rows of days after today are bad; those of days that are not kept any more are left out.
    ///   - day: of all rows, in a table that has no column for it.
    public init(now: Timestamp, day: Day? = nil) {
        today = now.day
        firstDay = now.day - Day.countsAreKept
        givenDay = day
    }

    /// Reads the next bytes.
    public func read(_ bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                if isQuoted { append(byte) } else { endRow() }
            case UInt8(ascii: "\""):
                isQuoted.toggle()
                append(byte)
            default: append(byte)
            }
        }
    }

    private func append(_ byte: UInt8) {
        if row.count <= Self.longestRow { row.append(byte) }
    }

    /// The counts, and what was in the table; nil when a row was bad.
    public func finish() -> LogCounts? {
        if isQuoted {
            note("has a quotation mark that nothing closes")
            row.removeAll()
        }
        if !row.isEmpty { endRow() }
        guard badCount == 0 else { return nil }
        var counts = LogCounts()
        for (day, counted) in days.sorted(by: { $0.key < $1.key }) {
            counts.days.append(DayCounts(kind: .downloads, day: day, counts: counted.counts(.downloads)))
        }
        summary.firstDay = days.keys.min()
        summary.lastDay = days.keys.max()
        counts.summary = summary
        counts.lastDay = summary.lastDay
        return counts
    }

    private func note(_ reason: String) {
        badCount += 1
        if badRows.count < Self.badRowsKept { badRows.append(BadRow(line: rowStart, reason: reason)) }
    }

    private func endRow() {
        defer {
            row.removeAll(keepingCapacity: true)
            rowStart = line
        }
        if row.last == UInt8(ascii: "\r") { row.removeLast() }
        // A mark of the order of bytes, as Excel writes it.
        if rowStart == 1, row.starts(with: [0xEF, 0xBB, 0xBF]) { row.removeFirst(3) }
        if row.isEmpty || lacksDay { return }
        guard row.count <= Self.longestRow else { return note("is longer than \(Self.longestRow) bytes") }
        guard let fields = Self.fields(row) else { return note("has a quotation mark in the middle of a field") }
        if columns == nil {
            columns = header(fields)
            if columns != nil { return }
            if lacksDay { return note("names no column for the day: say with --day of which day the counts are") }
            columns = givenDay == nil ? (0, 1, 2) : (0, nil, 1)
        }
        summary.lines += 1
        take(fields)
    }

    /// The columns that a first row names; nil when it names none.
    private func header(_ fields: [[UInt8]]) -> (name: Int, day: Int?, count: Int)? {
        let names = fields.map { String(decoding: $0, as: UTF8.self).lowercased() }
        func place(_ words: [String]) -> Int? { names.firstIndex { words.contains($0) } }
        guard let name = place(["name", "project"]), let count = place(["count", "downloads", "download_count"]) else {
            return nil
        }
        let day = place(["day", "date"])
        guard day != nil || givenDay != nil else {
            lacksDay = true
            return nil
        }
        return (name, givenDay == nil ? day : nil, count)
    }

    private func take(_ fields: [[UInt8]]) {
        guard let columns else { return }
        let last = max(columns.name, columns.day ?? 0, columns.count)
        guard last < fields.count else {
            return note(
                "has \(fields.count == 1 ? "1 field" : "\(fields.count) fields") instead of name, day and count")
        }
        guard let day = day(fields, columns.day) else { return }
        guard let count = Self.count(fields[columns.count]) else {
            return note("has no whole number for a count: '\(Self.shown(fields[columns.count]))'")
        }
        guard let name = number(of: fields[columns.name]) else { return }
        guard day >= firstDay else {
            summary.tooOld += 1
            return
        }
        if count == 0 { return }
        let counted = days[day] ?? CountedDay(Int64(day.number))
        days[day] = counted
        counted.add(count, to: name, .downloads)
        let (sum, isTooLarge) = summary.downloads.addingReportingOverflow(Int64(count))
        summary.downloads = isTooLarge ? .max : sum
    }

    private func day(_ fields: [[UInt8]], _ column: Int?) -> Day? {
        guard let column else { return givenDay }
        guard let day = Day(iso8601: String(decoding: fields[column], as: UTF8.self)) else {
            note("has no day such as 2026-11-22: '\(Self.shown(fields[column]))'")
            return nil
        }
        guard day <= today else {
            note("is of a day to come: \(day)")
            return nil
        }
        return day
    }

    private func number(of text: [UInt8]) -> Int? {
        if let lastSeen, lastSeen.text == text { return lastSeen.number }
        do throws(InvalidProjectName) {
            let name = try ProjectName(parsing: String(decoding: text, as: UTF8.self)).normalized
            let number = numbers[name] ?? names.count
            if number == names.count {
                numbers[name] = number
                names.append(name)
            }
            lastSeen = (text, number)
            return number
        } catch {
            note("has no name of a project: '\(Self.shown(text))'")
            return nil
        }
    }

    /// A whole number, not more than a day can have.
    private static func count(_ text: [UInt8]) -> UInt64? {
        guard (1...16).contains(text.count), text.allSatisfy({ $0.isASCIIDigit }) else { return nil }
        let count = text.reduce(0 as UInt64) { $0 * 10 + UInt64($1 - 0x30) }
        return count <= CountColumn.largestCount ? count : nil
    }

    private static func shown(_ field: [UInt8]) -> String {
        let text = String(decoding: field.prefix(60), as: UTF8.self)
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }))
    }

    /// The fields of a row; nil when a quotation mark is where none may be.
    private static func fields(_ row: [UInt8]) -> [[UInt8]]? {
        var fields: [[UInt8]] = [[]]
        var isQuoted = false
        var index = 0
        while index < row.count {
            let byte = row[index]
            index += 1
            switch byte {
            case UInt8(ascii: "\"") where isQuoted:
                if index < row.count, row[index] == UInt8(ascii: "\"") {
                    fields[fields.count - 1].append(byte)
                    index += 1
                } else {
                    isQuoted = false
                    guard index == row.count || row[index] == UInt8(ascii: ",") else { return nil }
                }
            case UInt8(ascii: "\""):
                guard fields[fields.count - 1].isEmpty else { return nil }
                isQuoted = true
            case UInt8(ascii: ",") where !isQuoted: fields.append([])
            default: fields[fields.count - 1].append(byte)
            }
        }
        // Spaces around a field are nobody's intention.
        return fields.map { field in
            Array(field.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
        }
    }
}
