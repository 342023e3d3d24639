import Bytes
import Compression
public import Downloads
import Foundation
import Ports
import Primitives
import UTC

/// What became of a file.
public struct FileReport: Sendable, Encodable {
    /// What became of it.
    public enum Outcome: String, Sendable, Encodable {
        /// It was counted.
        case applied
        /// It was counted before; nothing has changed.
        case known
        /// It could not be read to its end, or is no such file; nothing of it was counted.
        case setAside = "set-aside"
        /// It could not be opened, or holds rows that are refused; nothing of it was counted.
        case refused
    }

    /// The file's path, as it was given.
    public let file: String
    /// What became of it.
    public let outcome: Outcome
    /// More about it, in a sentence.
    public var note: String?
    /// Its key: XXH3-128 of what it says, in hexadecimal.
    public var segment: String?
    /// What was in it.
    public var summary: LogSummary?
    /// Lines that could not be read: the first of them.
    public var badLines: [Line] = []

    /// A line that could not be read.
    public struct Line: Sendable, Encodable {
        /// Which, from 1.
        public let line: Int64
        /// Why not.
        public let reason: String
        /// Its beginning; empty when the reason says it.
        public let text: String

        /// A line that could not be read.
        public init(line: Int64, reason: String, text: String) {
            self.line = line
            self.reason = reason
            self.text = text
        }
    }

    /// Whether something has to be looked at.
    public var isFailure: Bool { outcome == .setAside || outcome == .refused }
}

/// Counts access logs, each segment exactly once.
///
/// A file is read to its end before anything is written; then its counts and its key are one transaction. So whatever
/// stops it in the middle leaves nothing, and it is simply run again.
public struct LogIngestion: Sendable {
    private let store: any DownloadStore
    private let rules: LogRules

    /// - Parameters:
    ///   - store: where the counts go.
    ///   - rules: how a log is read.
    public init(_ store: any DownloadStore, rules: LogRules) {
        self.store = store
        self.rules = rules
    }

    /// Counts files, one after the other; one that cannot be read does not keep the others from being counted.
    ///
    /// - Parameters:
    ///   - finished: called with what became of each file.
    ///   - progress: called with the bytes that have been read of all files, and how many there are.
    public func run(
        _ paths: [String], finished: (FileReport) -> Void = { _ in },
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws {
        let sizes = paths.map { path in
            (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64) ?? nil ?? 0
        }
        let total = sizes.reduce(0, +)
        var done: Int64 = 0
        var counter = LogCounter(rules)
        var numbers: [NameNumber?] = []
        for (path, size) in zip(paths, sizes) {
            let before = done
            var report: FileReport?
            while report == nil {
                report = try await ingest(path, with: &counter, numbers: &numbers) { progress(before + $0, total) }
            }
            if let report { finished(report) }
            done += size
            progress(done, total)
        }
        try await store.forget(before: rules.now.day - Day.countsAreKept)
    }

    /// Counts a file; nil when another ingestion has counted some of the same log meanwhile, so that it has to be read
    /// again.
    private func ingest(
        _ path: String, with counter: inout LogCounter, numbers: inout [NameNumber?],
        progress: @escaping @Sendable (Int64) -> Void
    ) async throws -> FileReport? {
        let reader = SegmentReader(path: path, store: store)
        var continued: AppliedSegment?
        do {
            if let known = try await reader.knownUnopened() { return .known(known, path) }
            let whole = try await reader.read(
                { counter.read($0) },
                passOver: { segment in
                    counter.passOverWhatWasRead()
                    continued = segment
                }, progress: progress)
            let counts = counter.finish(isGrowing: whole.wholeLines != nil)
            if let reason = Self.reasonAgainst(counts.summary, isContinued: continued != nil) {
                var report = try await setAside(path, reason)
                report.badLines = Self.shown(counts.badLines)
                return report
            }
            // A line that is still being written is counted when it has its end, so what is known ends before it.
            let key = counts.isLastLineBegun ? whole.ofWholeLines : whole
            if let longer = reader.continuation(after: key) { return .beginning(of: longer, path) }
            let report = try await apply(counts, key, path, counter.names, &numbers, continuing: continued)
            if report == nil { counter.discard() }
            return report
        } catch let failure as UnpackingFailure {
            counter.discard()
            return try await setAside(path, failure.description)
        } catch let error as CocoaError {
            counter.discard()
            return FileReport(file: path, outcome: .refused, note: error.sentence)
        }
    }

    /// A file in which no line can be read is no log, but something else that was taken for one.
    private static func reasonAgainst(_ summary: LogSummary, isContinued: Bool) -> String? {
        guard !isContinued, summary.badLines > 0, summary.badLines + summary.blank == summary.lines,
            let flaw = summary.bad.max(by: { $0.value < $1.value })?.key
        else { return nil }
        return "is no access log that is read here: of \(summary.badLines) lines none can be read; the usual line "
            + flaw.explanation
    }

    private func setAside(_ path: String, _ reason: String) async throws -> FileReport {
        try await store.setAside(FileSetAside(path: absolute(path), at: rules.now, reason: reason))
        return FileReport(
            file: path, outcome: .setAside,
            note: "\(reason). It is set aside: nothing of it was counted, and the file is as it was.")
    }

    private func apply(
        _ counts: LogCounts, _ key: SegmentReader.Key, _ path: String, _ names: [String],
        _ numbers: inout [NameNumber?], continuing: AppliedSegment?
    ) async throws -> FileReport? {
        numbers += [NameNumber?](repeating: nil, count: names.count - numbers.count)
        let segment = DownloadSegment(
            kind: .log, digest: key.digest, fileDigest: key.fileDigest, fileSize: key.fileSize,
            firstLine: key.firstLine, size: key.size, path: absolute(path), lastDay: counts.lastDay ?? rules.now.day,
            summary: counts.summary, badLines: counts.badLines, comparedWith: Set(key.compared.map(\.digest)))
        let outcome = try await store.apply(
            segment, NamedCounts(names: names, numbers: numbers, days: counts.days), at: rules.now)
        switch outcome {
        case .known(let known): return .known(known, path)
        case .overtaken: return nil
        case .applied(let found):
            numbers = found
            var report = FileReport(file: path, outcome: .applied)
            report.segment = key.digest.hexadecimal
            report.summary = counts.summary
            report.badLines = Self.shown(counts.badLines)
            var notes: [String] = []
            if let continuing {
                notes.append(
                    "begins with all of \(continuing.path), which was counted on \(continuing.appliedAt.day): only what came "
                        + "since was counted.")
            }
            if counts.isLastLineBegun {
                notes.append("ends within a line: once that has its end, it is read again.")
            }
            let kept = Int64(counts.badLines.count)
            if counts.summary.badLines > kept {
                notes.append("has \(counts.summary.badLines) bad lines; the first \(kept) are kept.")
            }
            report.note = notes.isEmpty ? nil : notes.joined(separator: " It ")
            return report
        }
    }

    /// The first of the bad lines, for the report.
    private static func shown(_ lines: [BadLogLine]) -> [FileReport.Line] {
        lines.prefix(10).map { FileReport.Line(line: $0.line, reason: $0.flaw.rawValue, text: $0.text) }
    }
}

extension FileReport {
    static func known(_ segment: AppliedSegment, _ path: String) -> FileReport {
        var report = FileReport(file: path, outcome: .known)
        report.segment = segment.digest.hexadecimal
        report.note =
            segment.path == absolute(path)
            ? "was counted on \(segment.appliedAt.day); nothing has changed."
            : "was counted on \(segment.appliedAt.day) as \(segment.path); nothing has changed."
        return report
    }
}

extension FileReport {
    /// A file that another, which was counted, begins with.
    static func beginning(of segment: AppliedSegment, _ path: String) -> FileReport {
        var report = FileReport(file: path, outcome: .known)
        report.segment = segment.digest.hexadecimal
        report.note =
            "is the beginning of \(segment.path), which was counted on \(segment.appliedAt.day); nothing has changed."
        return report
    }
}

extension CocoaError {
    /// Why a file cannot be read, after its name.
    var sentence: String {
        switch code {
        case .fileReadNoSuchFile, .fileNoSuchFile: "is not there."
        case .fileReadNoPermission: "may not be read by this user."
        default: "cannot be read: \(localizedDescription)"
        }
    }
}

/// A path that means the same from everywhere.
func absolute(_ path: String) -> String {
    URL(filePath: path).standardizedFileURL.path(percentEncoded: false)
}
