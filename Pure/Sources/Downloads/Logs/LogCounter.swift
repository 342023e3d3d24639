import Bytes
import Glibc
public import UTC

/// How a log is read.
public struct LogRules: Sendable {
    /// Which clients install, and which mirror.
    public var downloaders = DownloaderRules()
    /// The fields of JSON lines.
    public var fields = LogFields()
    /// How often one address counts for one project in an hour of the clock; nil for as often as it likes.
    public var cap: Int?
    /// Whether a line without a User-Agent in its format (the common format has none) counts as a download. One in
    /// whose format there is one, and the client sent none, does not.
    public var countsWithoutAgent = true
    /// What a path must begin with to be a distribution file's; empty for anything.
    public var prefix = ""
    /// Now: lines of a day that is over for longer than counts are kept do not count, and those more than a day ahead
    /// are not believed.
    public var now: Timestamp
    /// A random number, for the cap.
    public var seed: UInt64

    public init(now: Timestamp, seed: UInt64 = 0) {
        self.now = now
        self.seed = seed
    }
}

/// What was counted in a segment.
public struct LogCounts: Sendable {
    /// By day and kind; a name is given by its place in `LogCounter.names`.
    public var days: [DayCounts] = []
    /// What became of the lines.
    public var summary = LogSummary()
    /// The first of those that could not be read.
    public var badLines: [BadLogLine] = []
    /// The last day that any line tells of, counted or not.
    public var lastDay: Day?
    /// Whether the last line was cut because it is still being written: its rest belongs to what comes next.
    public var isLastLineBegun = false
}

/// Counts the downloads in access logs: lines in the common or combined format or in JSON, each for itself.
///
/// A download is a `GET` that was answered 200 (not 206, with which clients resume a download or look into a file; nor
/// 304) for a path whose last part is the name of a distribution file, by an installer or a mirror. It counts for the
/// project that the name belongs to, on the UTC day of the line.
///
/// Memory grows with names and days, not with lines. Segments are counted one after the other with the same counter:
/// names and the cap's memory go on.
public struct LogCounter: ~Copyable {
    /// Bad lines that are kept of a segment, the first ones.
    public static let badLinesKept = 10_000
    private static let badLineLength = 300
    /// After so many lines in the combined format in a row, a single one in the common format is one that was cut.
    private static let combinedIsUsual = 100

    private let rules: LogRules
    private let files = FileNames()
    private let agents: Agents
    private let cap: RepeatCap?
    private let prefix: [UInt8]
    private var common = CommonLogReader()
    private let json: JSONLogReader
    private let firstDay: Int64
    private let latest: Int64

    private var result = LogCounts()
    /// The number of the last line in its file.
    private var lineNumber: Int64 = 0
    private var days: [Int64: CountedDay] = [:]
    private var lastCounted: CountedDay?
    private var lastTime = Int64.min
    /// How many lines in the combined format the last ones were.
    private var combinedInRow = 0
    /// A line that may be one in the common format, or was cut: the next one tells.
    private var doubtful: (line: [UInt8], number: Int64)?
    /// The beginning of a line whose end has not come yet.
    private var begun: [UInt8] = []
    /// Whether the rest of a line that is too long is being passed over.
    private var isSkipping = false
    private var request = LogRequest()

    /// A counter with nothing in it.
    public init(_ rules: LogRules) {
        self.rules = rules
        agents = Agents(rules.downloaders)
        cap = rules.cap.map { RepeatCap($0, capacity: 1 << 21, seed: rules.seed) }
        prefix = Array(rules.prefix.utf8)
        json = JSONLogReader(rules.fields)
        let today = rules.now.day
        firstDay = Int64((today - Day.countsAreKept).number)
        latest = rules.now.seconds + 86_400
    }

    /// The normalized names that were seen so far.
    public var names: [String] { files.names }

    /// Counts the lines in the next bytes of a segment. A line may be in several pieces.
    public mutating func read(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, bytes.count > 0 else { return }
        let all = Text(base.assumingMemoryBound(to: UInt8.self), count: bytes.count)
        var start = 0
        if isSkipping || !begun.isEmpty {
            let end = all.first(UInt8(ascii: "\n"))
            continueLine(all[0..<(end ?? all.count)], isEnd: end != nil)
            guard let end else { return }
            start = end + 1
        }
        while let end = all.first(UInt8(ascii: "\n"), from: start) {
            line(all[start..<end])
            start = end + 1
        }
        if start < all.count { continueLine(all[start..<all.count], isEnd: false) }
    }

    private mutating func continueLine(_ piece: Text, isEnd: Bool) {
        if !isSkipping {
            begun.append(contentsOf: UnsafeBufferPointer(start: piece.start, count: piece.count))
            if begun.count > LogLineFlaw.longestLine { isSkipping = true }
        }
        if isSkipping, begun.count > LogLineFlaw.longestLine {
            begun.removeSubrange(LogLineFlaw.longestLine...)
            noteBegun(.tooLong)
        }
        guard isEnd else { return }
        if isSkipping {
            isSkipping = false
        } else {
            lineBegun()
        }
    }

    /// Counts the line that was begun as one that cannot be read.
    private mutating func noteBegun(_ flaw: LogLineFlaw) {
        let whole = begun
        begun.removeAll(keepingCapacity: true)
        result.summary.lines += 1
        lineNumber += 1
        whole.withUnsafeBufferPointer { bytes in
            note(flaw, Text(bytes.baseAddress ?? noBytes, count: bytes.count))
        }
    }

    private mutating func lineBegun() {
        let whole = begun
        begun.removeAll(keepingCapacity: true)
        whole.withUnsafeBufferPointer { bytes in line(Text(bytes.baseAddress ?? noBytes, count: bytes.count)) }
    }

    /// The counts of the segment that was read; the next one begins.
    ///
    /// - Parameter isGrowing: whether more may be written after its end. A line there that has no end, and does not say
    ///   all that is asked of it, is cut then, and can be read again when it is whole.
    public mutating func finish(isGrowing: Bool = false) -> LogCounts {
        if isGrowing, lineNumber > 0, !begun.isEmpty, !isWhole(begun) {
            result.isLastLineBegun = true
            noteBegun(.cut)
        } else if !begun.isEmpty {
            lineBegun()
        }
        noteDoubtful()
        isSkipping = false
        let counted = days.values.sorted { $0.number < $1.number }
        for day in counted {
            for kind in DownloadKind.allCases {
                let counts = day.counts(kind)
                if !counts.isEmpty {
                    result.days.append(DayCounts(kind: kind, day: Day(number: Int32(day.number)), counts: counts))
                }
            }
        }
        let finished = result.days.map(\.day)
        result.summary.firstDay = finished.min()
        result.summary.lastDay = finished.max()
        if lastTime > .min { result.lastDay = Timestamp(seconds: lastTime).day }
        defer { begin() }
        return result
    }

    /// Whether a line without an end says all that is asked of it.
    private mutating func isWhole(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBufferPointer { bytes in
            let line = Text(bytes.baseAddress ?? noBytes, count: bytes.count)
            if line[0] == UInt8(ascii: "#") { return true }
            if line[0] == UInt8(ascii: "{") { return json.read(line, into: &request) == nil }
            guard common.read(line, into: &request) == nil else { return false }
            return request.agent != nil || combinedInRow == 0
        }
    }

    /// Forgets what was counted of the segment so far, for it was counted before; it goes on after the end of the line
    /// that was begun. Lines keep their numbers.
    public mutating func passOverWhatWasRead() {
        let (lines, combined, isWithinLine) = (lineNumber, combinedInRow, !begun.isEmpty || isSkipping)
        begin()
        lineNumber = lines + (isWithinLine ? 1 : 0)
        combinedInRow = combined
        isSkipping = isWithinLine
    }

    /// Forgets the segment that was being read, and with it what the cap remembers: that was learned from lines that
    /// do not count.
    public mutating func discard() {
        begin()
        cap?.forgetAll()
    }

    private mutating func begin() {
        result = LogCounts()
        lineNumber = 0
        days = [:]
        lastCounted = nil
        lastTime = .min
        combinedInRow = 0
        doubtful = nil
        begun.removeAll(keepingCapacity: true)
        isSkipping = false
    }

    private mutating func line(_ whole: Text) {
        result.summary.lines += 1
        lineNumber += 1
        var line = whole
        if line.count > 0, line[line.count - 1] == UInt8(ascii: "\r") { line = line[0..<(line.count - 1)] }
        guard line.count > 0, line[0] != UInt8(ascii: "#") else {
            result.summary.blank += 1
            return
        }
        guard line.count <= LogLineFlaw.longestLine else { return note(.tooLong, line) }
        let isJSON = line[0] == UInt8(ascii: "{")
        let flaw = isJSON ? json.read(line, into: &request) : common.read(line, into: &request)
        if let flaw { return note(Self.isBinary(line) ? .binary : flaw, line) }
        if !isJSON, isDoubtful(line) { return }
        judge(line)
    }

    /// A line of the combined format that was cut after its status looks like one of the common format, which has no
    /// User-Agent. What stands around it tells them apart: after many lines of the one format a single one was cut, and
    /// two are the beginning of the other format.
    @inline(__always) private mutating func isDoubtful(_ line: Text) -> Bool {
        if request.agent != nil {
            combinedInRow += 1
            if doubtful != nil { noteDoubtful() }
            return false
        }
        if combinedInRow < Self.combinedIsUsual {
            combinedInRow = 0
            return false
        }
        guard let (before, _) = doubtful else {
            doubtful = (Array(UnsafeBufferPointer(start: line.start, count: line.count)), lineNumber)
            return true
        }
        doubtful = nil
        combinedInRow = 0
        before.withUnsafeBufferPointer { bytes in
            let before = Text(bytes.baseAddress ?? noBytes, count: bytes.count)
            if common.read(before, into: &request) == nil { judge(before) }
        }
        // It was read before, and is what the request tells of again.
        return common.read(line, into: &request) != nil
    }

    private mutating func noteDoubtful() {
        guard let (line, number) = doubtful else { return }
        doubtful = nil
        line.withUnsafeBufferPointer { bytes in
            note(.cut, Text(bytes.baseAddress ?? noBytes, count: bytes.count), number: number)
        }
    }

    private mutating func judge(_ line: Text) {
        lastTime = max(lastTime, request.time)
        guard request.time <= latest else { return note(.future, line) }
        guard request.isGet, request.status == 200, let file = fileName() else {
            result.summary.otherRequests += 1
            return
        }
        guard let name = files.number(ofFile: file) else {
            // Archives are fetched from elsewhere, too; below /packages/ there is nothing else.
            if request.target.contains(Self.packages) { return note(.name, line) }
            result.summary.otherRequests += 1
            return
        }
        var kind = DownloadKind.downloads
        if let agent = request.agent {
            switch agents.kind(of: agent) {
            case .installer: break
            case .mirror: kind = .mirrors
            case .other:
                result.summary.otherClients += 1
                return
            }
        } else if !rules.countsWithoutAgent {
            result.summary.otherClients += 1
            return
        }
        count(name, kind)
    }

    private static let packages = Array("/packages/".utf8)

    private mutating func count(_ name: UInt32, _ kind: DownloadKind) {
        let seconds = request.time
        let day = seconds >= 0 ? seconds / 86_400 : -1
        guard day >= firstDay, day >= 0 else {
            result.summary.tooOld += 1
            return
        }
        if kind == .downloads, let cap, request.address.count > 0,
            !cap.allows(request.address, project: UInt64(name), time: seconds)
        {
            result.summary.capped += 1
            return
        }
        if lastCounted?.number != day {
            let known = days[day] ?? CountedDay(day)
            days[day] = known
            lastCounted = known
        }
        lastCounted?.count(Int(name), kind)
        if kind == .downloads { result.summary.downloads += 1 } else { result.summary.mirrors += 1 }
    }

    /// The last part of the path, if it ends like a distribution file's.
    @inline(__always) private mutating func fileName() -> Text? {
        var path = request.target
        if let mark = path.first(UInt8(ascii: "?")) { path = path[0..<mark] }
        guard path.ends(with: ".whl") || path.ends(with: ".tar.gz") || path.ends(with: ".zip") else { return nil }
        if !prefix.isEmpty, !isBelowPrefix(path) { return nil }
        guard let slash = path.last(UInt8(ascii: "/")) else { return nil }
        let name = path[(slash + 1)..<path.count]
        return name.first(UInt8(ascii: "%")) == nil ? name : decoded(name)
    }

    /// Whether the path begins with the prefix, which proxies may have before it a scheme and a host.
    private func isBelowPrefix(_ path: Text) -> Bool {
        var path = path
        if path.begins(with: "http://") || path.begins(with: "https://") {
            guard let root = path.first(UInt8(ascii: "/"), from: 8) else { return false }
            path = path[root..<path.count]
        }
        return path.count >= prefix.count && path[0..<prefix.count].equals(prefix, count: prefix.count)
    }

    /// The name without percent-encoding (RFC 3986, section 2.1), for as long as the line is looked at.
    private mutating func decoded(_ name: Text) -> Text {
        let bytes = UnsafeBufferPointer(start: name.start, count: name.count).percentDecoded().bytes
        decodedCopy.deallocate()
        decodedCopy = .allocate(capacity: max(1, bytes.count))
        decodedCopy.initialize(from: bytes, count: bytes.count)
        return Text(decodedCopy, count: bytes.count)
    }
    private var decodedCopy = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)

    deinit { decodedCopy.deallocate() }

    /// Counts a line that cannot be read, and keeps its beginning.
    private mutating func note(_ flaw: LogLineFlaw, _ line: Text, number: Int64? = nil) {
        result.summary.bad[flaw, default: 0] += 1
        guard result.badLines.count < Self.badLinesKept else { return }
        let text = line[0..<min(line.count, Self.badLineLength)].string
        let printable = String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isPrintable ? $0 : "\u{FFFD}" }))
        result.badLines.append(BadLogLine(line: number ?? lineNumber, flaw: flaw, text: printable))
    }

    /// Whether there is anything in the line that no text holds: control characters but the tab, or what is not UTF-8.
    private static func isBinary(_ line: Text) -> Bool {
        for index in 0..<line.count where line[index] < 0x20 && line[index] != 0x09 || line[index] == 0x7F {
            return true
        }
        return String(validating: UnsafeBufferPointer(start: line.start, count: line.count), as: UTF8.self) == nil
    }
}

extension Unicode.Scalar {
    /// Whether it can be shown on a terminal without harm.
    var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
