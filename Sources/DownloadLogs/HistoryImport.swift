import Bytes
import Compression
import Downloads
import Foundation
import Ports
import Primitives
public import UTC

/// Brings in downloads that were counted elsewhere: a table with a name, a day and a count in each row, exactly once.
public struct HistoryImport: Sendable {
    private let store: any DownloadStore
    private let now: Timestamp

    /// - Parameter now: rows of days to come are refused, those of days that are not kept any more left out.
    public init(_ store: any DownloadStore, now: Timestamp) {
        self.store = store
        self.now = now
    }

    /// Adds what the table says to what is there; all of it, or nothing when a row is bad.
    ///
    /// - Parameters:
    ///   - path: a CSV file, plain or packed by gzip or zstd.
    ///   - day: of all rows, in a table without a column for it.
    ///   - progress: called with the bytes that have been read, and how many there are.
    public func run(
        _ path: String, day: Day? = nil,
        progress: @escaping @Sendable (_ done: Int64, _ total: Int64) -> Void = { _, _ in }
    ) async throws -> FileReport {
        let reader = SegmentReader(path: path, store: store)
        let table = HistoryReader(now: now, day: day)
        let total = ((try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int64) ?? nil) ?? 0
        let key: SegmentReader.Key
        do {
            if let known = try await reader.knownUnopened() { return .known(known, path) }
            key = try await reader.read({ table.read($0) }, passOver: { _ in }, progress: { progress($0, total) })
        } catch let failure as UnpackingFailure {
            return FileReport(file: path, outcome: .refused, note: "\(failure). Nothing of it was counted.")
        } catch let error as CocoaError {
            return FileReport(file: path, outcome: .refused, note: error.sentence)
        }
        guard let counts = table.finish() else { return Self.refused(path, table) }
        let segment = DownloadSegment(
            kind: .history, digest: key.digest, fileDigest: key.fileDigest, fileSize: key.fileSize,
            firstLine: key.firstLine, size: key.size, path: absolute(path),
            lastDay: max(counts.lastDay ?? now.day, now.day), summary: counts.summary, badLines: [])
        let named = NamedCounts(
            names: table.names, numbers: [NameNumber?](repeating: nil, count: table.names.count), days: counts.days)
        switch try await store.apply(segment, named, at: now) {
        case .known(let known): return .known(known, path)
        // A table is compared with none, for it does not grow.
        case .overtaken: throw Overtaken()
        case .applied:
            var report = FileReport(file: path, outcome: .applied)
            report.segment = key.digest.hexadecimal
            report.summary = counts.summary
            return report
        }
    }

    private struct Overtaken: Error {}

    private static func refused(_ path: String, _ table: HistoryReader) -> FileReport {
        var report = FileReport(
            file: path, outcome: .refused,
            note: table.badCount == 1
                ? "has a bad row, so nothing of it was counted."
                : "has \(table.badCount) bad rows, so nothing of it was counted.")
        report.badLines = table.badRows.map { FileReport.Line(line: $0.line, reason: $0.reason, text: "") }
        return report
    }
}
