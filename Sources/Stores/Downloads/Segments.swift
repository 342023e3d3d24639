import Database
import Downloads
import Foundation
import Ports
import UTC

extension SQLDownloads {
    func apply(
        _ segment: DownloadSegment, _ counts: NamedCounts, at now: Timestamp
    ) async throws -> SegmentOutcome {
        // Looked up beforehand, so that the writer is not kept from others: a number is given once and never changes.
        let known = try await database.read { connection in
            try connection.segment(withDigest: segment.digest).map(Lookup.known)
                ?? .numbers(connection.numbers(of: counts))
        }
        let numbers: [NameNumber?]
        switch known {
        case .known(let applied): return .known(applied)
        case .numbers(let found): numbers = found
        }
        return try await database.keep(.downloads) { transaction in
            try transaction.apply(segment, counts, known: numbers, at: now)
        }
    }

    private enum Lookup {
        case known(AppliedSegment)
        case numbers([NameNumber?])
    }

    func segments(ofFileSize size: Int64) async throws -> [AppliedSegment] {
        try await database.read { connection in try connection.segments(where: "file_size = $1", size) }
    }

    func segments(beginningWith line: [UInt8]) async throws -> [AppliedSegment] {
        try await database.read { connection in try connection.segments(where: "first_line = $1", line) }
    }

    func segments() async throws -> [AppliedSegment] {
        try await database.read { connection in try connection.segments(where: "1 = 1") }
    }

    func badLines(of segment: [UInt8]) async throws -> [BadLogLine] {
        try await database.read { connection in
            try connection.rows(
                "SELECT line, reason, text FROM download_bad_line WHERE digest = $1 ORDER BY line", segment
            ).map { row in
                BadLogLine(
                    line: try row.integer("line"), flaw: LogLineFlaw(rawValue: try row.text("reason")) ?? .format,
                    text: try row.text("text"))
            }
        }
    }

    func setAside(_ file: FileSetAside) async throws {
        try await database.keep(.downloads) { transaction in
            try transaction.execute(
                """
                INSERT INTO download_set_aside (path, at, reason) VALUES ($1, $2, $3)
                ON CONFLICT (path) DO UPDATE SET at = excluded.at, reason = excluded.reason
                """,
                file.path, file.at.microseconds, file.reason)
        }
    }

    func filesSetAside() async throws -> [FileSetAside] {
        try await database.read { connection in
            try connection.rows("SELECT path, at, reason FROM download_set_aside ORDER BY at DESC, path").map { row in
                FileSetAside(
                    path: try row.text("path"), at: Timestamp(microseconds: try row.integer("at")),
                    reason: try row.text("reason"))
            }
        }
    }
}

extension Connection {
    fileprivate func segment(withDigest digest: [UInt8]) throws -> AppliedSegment? {
        try segments(where: "digest = $1", digest).first
    }

    /// The condition is one of ours, never anything from outside.
    fileprivate func segments(where condition: String, _ argument: (any Bindable)? = nil) throws -> [AppliedSegment] {
        let sql = """
            SELECT kind, digest, file_digest, size, file, applied_at, summary FROM download_segment
            WHERE \(condition) ORDER BY applied_at DESC, digest
            """
        return try (argument.map { try rows(sql, $0) } ?? rows(sql)).map { row in
            AppliedSegment(
                kind: DownloadSegment.Kind(rawValue: try row.text("kind")) ?? .log, digest: try row.blob("digest"),
                fileDigest: try row.blob("file_digest"), size: try row.integer("size"), path: try row.text("file"),
                appliedAt: Timestamp(microseconds: try row.integer("applied_at")),
                summary: try JSONDecoder().decode(LogSummary.self, from: Data(try row.text("summary").utf8)))
        }
    }

    /// The numbers of the names that the counts use, as far as they have any.
    fileprivate func numbers(of counts: NamedCounts) throws -> [NameNumber?] {
        var numbers = counts.numbers
        var unknown: Set<Int> = []
        for day in counts.days {
            for one in day.counts where numbers[Int(one.number)] == nil { unknown.insert(Int(one.number)) }
        }
        // To look one name up takes some microseconds; to pass by one on the way through all, a fraction of one.
        if Int(try countedNames()) > unknown.count * 16 {
            for name in unknown { numbers[name] = try number(of: counts.names[name]) }
            return numbers
        }
        let places = Dictionary(uniqueKeysWithValues: unknown.map { (counts.names[$0], $0) })
        try forEach("SELECT number, normalized FROM counted_name") { number, bytes in
            guard let place = places[String(decoding: bytes, as: UTF8.self)] else { return }
            numbers[place] = NameNumber(clamping: number)
        }
        return numbers
    }
}

extension Transaction {
    fileprivate func apply(
        _ segment: DownloadSegment, _ counts: NamedCounts, known: [NameNumber?], at now: Timestamp
    ) throws -> SegmentOutcome {
        if let applied = try connection.segment(withDigest: segment.digest) { return .known(applied) }
        if let compared = segment.comparedWith {
            let alike = try connection.segments(where: "first_line = $1 AND kind = 'log'", segment.firstLine)
            guard alike.allSatisfy({ compared.contains($0.digest) }) else { return .overtaken }
        }
        try note(segment, at: now)
        var numbers = known
        var next = try nextNameNumber()
        try add(
            counts.days.map { day in
                var day = day
                for index in day.counts.indices {
                    let name = Int(day.counts[index].number)
                    let number = try numbers[name] ?? added(counts.names[name], next: &next)
                    numbers[name] = number
                    day.counts[index].number = number
                }
                return day
            })
        return .applied(numbers: numbers)
    }

    private func note(_ segment: DownloadSegment, at now: Timestamp) throws {
        let summary = String(decoding: try JSONEncoder().encode(segment.summary), as: UTF8.self)
        try execute(
            """
            INSERT INTO download_segment
                (digest, kind, file_digest, file_size, first_line, size, file, applied_at, last_day, summary)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            segment.digest, segment.kind.rawValue, segment.fileDigest, segment.fileSize, segment.firstLine,
            segment.size, segment.path, now.microseconds, Int(segment.lastDay.number), summary)
        for bad in segment.badLines {
            try execute(
                "INSERT INTO download_bad_line (digest, line, reason, text) VALUES ($1, $2, $3, $4)",
                segment.digest, bad.line, bad.flaw.rawValue, bad.text)
        }
        try execute("DELETE FROM download_set_aside WHERE path = $1", segment.path)
    }

    /// Forgets segments all of whose lines are of days before one.
    func forgetSegments(before day: Day) throws {
        try execute(
            """
            DELETE FROM download_bad_line WHERE digest IN (SELECT digest FROM download_segment WHERE last_day < $1)
            """,
            Int(day.number))
        try execute("DELETE FROM download_segment WHERE last_day < $1", Int(day.number))
    }
}
