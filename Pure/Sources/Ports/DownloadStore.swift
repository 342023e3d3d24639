import Bytes
public import Downloads
public import PackagingFormats
import Primitives
public import UTC

/// What was counted. Counting is no change of the index, so it needs no permit and leaves no journal entry.
///
/// Counts belong to names, whether the index hosts them or not: a project that is deleted, made again or handed on
/// keeps its own. They are kept for 400 days (`Day.countsAreKept`).
public protocol DownloadStore: Sendable {
    /// Adds the counts of one flush of the server's own counting, all or none. `sequence` grows with every flush of
    /// `source`; a flush that was applied already (its answer was lost, and it is sent again) changes nothing.
    func add(_ counts: [DownloadCount], source: String, sequence: Int64) async throws
    /// Downloads of a name per day since a day, by those who install or by mirrors; days without any are missing.
    func perDay(of name: ProjectName, _ kind: DownloadKind, since day: Day) async throws -> [(day: Day, count: Int64)]
    /// With what a name was downloaded since a day, as far as the server counted it itself: logs are counted by name
    /// only.
    func clients(of name: ProjectName, since day: Day) async throws -> [ClientCount]

    /// The downloads of every name in a window of days, mirrors left out.
    func sums(over window: ClosedRange<Day>) async throws -> DownloadSums
    /// The same, and the sums are kept: from now on each change of a day in the window changes them, too, and those of
    /// the next day take milliseconds.
    func keepSums(over window: ClosedRange<Day>) async throws -> DownloadSums
    /// The number that a name is counted by; nil when it was never counted.
    func number(of name: ProjectName) async throws -> NameNumber?
    /// The normalized names of numbers.
    func names(of numbers: [NameNumber]) async throws -> [NameNumber: String]
    /// The numbers of the names that can be ranked, ascending: those that the index hosts or reserves; `total` is how
    /// many names these are with those that were never counted.
    func rankedNames() async throws -> (numbers: [NameNumber], total: Int)

    /// Adds the counts of a segment of a log, or of a history, and notes that it did: both or neither.
    ///
    /// A segment whose digest is known changes nothing. Neither does one that was not compared with all segments that
    /// begin as it does, for another may have been applied since it was read.
    ///
    /// - Returns: the numbers of the names in `counts`, as far as they are known by now.
    func apply(_ segment: DownloadSegment, _ counts: NamedCounts, at now: Timestamp) async throws -> SegmentOutcome
    /// The segments that were read from a file with so many bytes: only then can it be the same file.
    func segments(ofFileSize size: Int64) async throws -> [AppliedSegment]
    /// The segments that begin with this line: a file that has grown begins with all of one of them.
    func segments(beginningWith line: [UInt8]) async throws -> [AppliedSegment]
    /// All segments that are known, the last applied first.
    func segments() async throws -> [AppliedSegment]
    /// Lines of a segment that could not be read: the first ones.
    func badLines(of segment: [UInt8]) async throws -> [BadLogLine]
    /// Notes that a file could not be read to its end, and that nothing of it counts.
    func setAside(_ file: FileSetAside) async throws
    /// The files that are set aside, until they are applied under the same path.
    func filesSetAside() async throws -> [FileSetAside]

    /// Forgets what was counted before a day, and the marks of segments that tell of no later one: every line in them
    /// is too old to count again.
    func forget(before day: Day) async throws
}

extension DownloadStore {
    /// Downloads of a name per day since a day, mirrors left out; days without any are missing.
    public func perDay(of name: ProjectName, since day: Day) async throws -> [(day: Day, count: Int64)] {
        try await perDay(of: name, .downloads, since: day)
    }
}

/// Downloads of a name on a day with one program in one version.
public struct ClientCount: Sendable, Equatable {
    public let day: Day
    /// With what. The version may be empty.
    public let installer: Installer
    /// Whether it is a mirror or a cache.
    public let isMirror: Bool
    public let count: Int64

    public init(day: Day, installer: Installer, isMirror: Bool, count: Int64) {
        self.day = day
        self.installer = installer
        self.isMirror = isMirror
        self.count = count
    }
}

/// A piece of a log, or a table of history, that counts once.
public struct DownloadSegment: Sendable, Equatable {
    /// What kind of file.
    public enum Kind: String, Sendable { case log, history }

    /// What kind of file it was.
    public var kind: Kind
    /// XXH3-128 of what it says, unpacked: its key. A file that is renamed or packed is the same segment.
    public var digest: [UInt8]
    /// XXH3-128 of the file on disk: tells without unpacking that it is known.
    public var fileDigest: [UInt8]
    /// Bytes of the file on disk.
    public var fileSize: Int64
    /// XXH3-128 of its first line.
    public var firstLine: [UInt8]
    /// Bytes, unpacked.
    public var size: Int64
    public var path: String
    /// The last day that a line tells of, counted or not: the mark is needed for as long as it could count.
    public var lastDay: Day
    /// What was in it.
    public var summary: LogSummary
    /// Lines that could not be read: the first ones.
    public var badLines: [BadLogLine]
    /// The digests of the logs that begin with the same line, and that this one was compared with; nil for what does
    /// not grow.
    public var comparedWith: Set<[UInt8]>?

    public init(
        kind: Kind, digest: [UInt8], fileDigest: [UInt8], fileSize: Int64, firstLine: [UInt8], size: Int64,
        path: String, lastDay: Day, summary: LogSummary, badLines: [BadLogLine], comparedWith: Set<[UInt8]>? = nil
    ) {
        self.kind = kind
        self.digest = digest
        self.fileDigest = fileDigest
        self.fileSize = fileSize
        self.firstLine = firstLine
        self.size = size
        self.path = path
        self.lastDay = lastDay
        self.summary = summary
        self.badLines = badLines
        self.comparedWith = comparedWith
    }
}

/// Counts by name, as anyone who read them numbers the names.
public struct NamedCounts: Sendable {
    /// Normalized names, each once.
    public var names: [String]
    /// By which number the store knows each of them, as far as that is known already.
    public var numbers: [NameNumber?]
    /// The counts; a name is given by its place in `names`.
    public var days: [DayCounts]

    /// Counts by name.
    public init(names: [String], numbers: [NameNumber?], days: [DayCounts]) {
        self.names = names
        self.numbers = numbers
        self.days = days
    }
}

/// A segment that was counted.
public struct AppliedSegment: Sendable, Equatable {
    /// What kind of file it was.
    public let kind: DownloadSegment.Kind
    /// XXH3-128 of what it says, unpacked.
    public let digest: [UInt8]
    /// XXH3-128 of the file as it was.
    public let fileDigest: [UInt8]
    /// Bytes, unpacked.
    public let size: Int64
    /// The file's path then.
    public let path: String
    /// When it was counted.
    public let appliedAt: Timestamp
    /// What was in it.
    public let summary: LogSummary

    public init(
        kind: DownloadSegment.Kind, digest: [UInt8], fileDigest: [UInt8], size: Int64, path: String,
        appliedAt: Timestamp, summary: LogSummary
    ) {
        self.kind = kind
        self.digest = digest
        self.fileDigest = fileDigest
        self.size = size
        self.path = path
        self.appliedAt = appliedAt
        self.summary = summary
    }

    /// The key, as people see it.
    public var hexadecimalDigest: String { digest.hexadecimal }
}

/// What became of a segment.
public enum SegmentOutcome: Sendable, Equatable {
    /// It was counted; the numbers of the names in it, by their place.
    case applied(numbers: [NameNumber?])
    /// It was counted before, and nothing has changed.
    case known(AppliedSegment)
    /// A log that begins as this one does, and that it was not compared with, was counted meanwhile; nothing has
    /// changed.
    case overtaken
}

/// A file that could not be read to its end.
public struct FileSetAside: Sendable, Equatable {
    public let path: String
    /// When that was found.
    public let at: Timestamp
    /// What is wrong with it, in a sentence.
    public let reason: String

    /// A file that could not be read to its end.
    public init(path: String, at: Timestamp, reason: String) {
        self.path = path
        self.at = at
        self.reason = reason
    }
}
