import PackagingFormats
public import UTC

/// Why a line of a log cannot be read, or not believed.
public enum LogLineFlaw: String, Sendable, CaseIterable, Codable, CodingKeyRepresentable {
    /// It ends before it should.
    case cut
    /// It holds bytes that are no text.
    case binary
    /// It is longer than `longestLine`.
    case tooLong = "too-long"
    /// It is in none of the formats that are known.
    case format
    /// It has no time, or one that does not exist.
    case time
    /// Its time is more than a day ahead.
    case future
    /// It is a download by its path, but that ends in no name that a distribution file can have.
    case name

    /// Bytes of the longest line that is read.
    static let longestLine = 64 << 10

    /// The same in words.
    public var explanation: String {
        switch self {
        case .cut: "ends before it should"
        case .binary: "holds bytes that are no text"
        case .tooLong: "is longer than \(ByteSize(Self.longestLine))"
        case .format: "is in none of the formats that are known"
        case .time: "has no time, or one that does not exist"
        case .future: "is of a time more than a day ahead"
        case .name: "ends in a name that no distribution file can have"
        }
    }

    /// The same of so many lines: `2 lines that end before they should`.
    public func explanation(of count: Int64) -> String {
        if count == 1 { return "1 line that \(explanation)" }
        let what =
            switch self {
            case .cut: "end before they should"
            case .binary: "hold bytes that are no text"
            case .tooLong: "are longer than \(ByteSize(Self.longestLine))"
            case .format: "are in none of the formats that are known"
            case .time: "have no time, or one that does not exist"
            case .future: "are of a time more than a day ahead"
            case .name: "end in a name that no distribution file can have"
            }
        return "\(count) lines that \(what)"
    }
}

/// A line that could not be read.
public struct BadLogLine: Sendable, Equatable {
    /// Which, from 1.
    public let line: Int64
    /// Why not.
    public let flaw: LogLineFlaw
    /// Its beginning, made printable.
    public let text: String

    /// A line that could not be read.
    public init(line: Int64, flaw: LogLineFlaw, text: String) {
        self.line = line
        self.flaw = flaw
        self.text = text
    }
}

/// What was in a segment: every line is in exactly one of these.
public struct LogSummary: Sendable, Equatable, Codable {
    public var lines: Int64 = 0
    /// Downloads that were counted. In a history, where a row holds many, the sum of them.
    public var downloads: Int64 = 0
    /// Downloads by mirrors, counted apart.
    public var mirrors: Int64 = 0
    /// Downloads by programs that neither install nor mirror; not counted.
    public var otherClients: Int64 = 0
    /// Requests that are no successful `GET` of a whole distribution file.
    public var otherRequests: Int64 = 0
    /// Downloads beyond what one address may add to a project in an hour; not counted.
    public var capped: Int64 = 0
    /// Lines, or rows, of days that are not kept any more; not counted.
    public var tooOld: Int64 = 0
    /// Empty lines and comments.
    public var blank: Int64 = 0
    /// Lines that could not be read.
    public var bad: [LogLineFlaw: Int64] = [:]
    /// The first and the last day that was counted.
    public var firstDay: Day?
    /// The last day that was counted.
    public var lastDay: Day?

    /// Nothing.
    public init() {}

    /// Lines that could not be read, for whatever reason.
    public var badLines: Int64 { bad.values.reduce(0, +) }

    /// Adds another segment's.
    public mutating func add(_ other: LogSummary) {
        lines += other.lines
        downloads += other.downloads
        mirrors += other.mirrors
        otherClients += other.otherClients
        otherRequests += other.otherRequests
        capped += other.capped
        tooOld += other.tooOld
        blank += other.blank
        bad.merge(other.bad, uniquingKeysWith: +)
        firstDay = [firstDay, other.firstDay].compactMap(\.self).min()
        lastDay = [lastDay, other.lastDay].compactMap(\.self).max()
    }
}
