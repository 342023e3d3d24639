import Database
import Downloads
import PackagingFormats
import Ports
import UTC

/// Download counts in SQL.
struct SQLDownloads: DownloadStore {
    let database: Database

    func add(_ counts: [DownloadCount], source: String, sequence: Int64) async throws {
        try await database.keep(.downloads) { transaction in
            // The note about the flush and its counts are one transaction: a flush that is sent again finds its note.
            let last = try transaction.row("SELECT sequence FROM download_flush WHERE source = $1", source)
            if let last = try last?.integer("sequence"), last >= sequence { return }
            try transaction.execute(
                """
                INSERT INTO download_flush (source, sequence) VALUES ($1, $2)
                ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence
                """,
                source, sequence)
            try transaction.add(counts)
        }
    }

    func perDay(of name: ProjectName, _ kind: DownloadKind, since day: Day) async throws -> [(day: Day, count: Int64)] {
        try await database.read { connection in
            guard let number = try connection.number(of: name.normalized) else { return [] }
            return try connection.downloads(of: number, kind, in: day...max(day, Day(number: 1 << 24 - 1)))
        }
    }

    func clients(of name: ProjectName, since day: Day) async throws -> [ClientCount] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT d.day, d.installer, d.installer_version, d.is_mirror, SUM(d.count) AS count
                FROM project p JOIN file f ON f.project_id = p.id JOIN download d ON d.file_id = f.id
                WHERE p.normalized = $1 AND d.day >= $2
                GROUP BY d.day, d.installer, d.installer_version, d.is_mirror
                ORDER BY d.day, count DESC, d.installer, d.installer_version
                """,
                name.normalized, Int(day.number)
            ).map { row in
                ClientCount(
                    day: Day(number: Int32(try row.integer("day"))),
                    installer: Installer(name: try row.text("installer"), version: try row.text("installer_version")),
                    isMirror: try row.bool("is_mirror"), count: try row.integer("count"))
            }
        }
    }

    func sums(over window: ClosedRange<Day>) async throws -> DownloadSums {
        try await database.read { connection in try connection.downloadSums(over: window) }
    }

    func keepSums(over window: ClosedRange<Day>) async throws -> DownloadSums {
        try await database.keep(.downloads) { transaction in try transaction.keepDownloadSums(over: window) }
    }

    func number(of name: ProjectName) async throws -> NameNumber? {
        try await database.read { connection in try connection.number(of: name.normalized) }
    }

    func names(of numbers: [NameNumber]) async throws -> [NameNumber: String] {
        try await database.read { connection in try connection.names(of: numbers) }
    }

    func rankedNames() async throws -> (numbers: [NameNumber], total: Int) {
        try await database.read { connection in try connection.rankedNames() }
    }

    func forget(before day: Day) async throws {
        try await database.keep(.downloads) { transaction in
            try transaction.forgetColumns(before: day)
            try transaction.forgetSegments(before: day)
            try transaction.execute("DELETE FROM download WHERE day < $1", Int(day.number))
        }
    }
}

extension Transaction {
    /// Adds what the server counted: to the file and the installer, and to the name.
    fileprivate func add(_ counts: [DownloadCount]) throws {
        struct Column: Hashable {
            let kind: DownloadKind
            let day: Day
        }
        var columns: [Column: [(number: NameNumber, count: UInt64)]] = [:]
        var numbers: [Int64: NameNumber] = [:]
        for count in counts {
            if numbers[count.file] == nil {
                let row = try row(
                    """
                    SELECT project.normalized FROM file JOIN project ON project.id = file.project_id
                    WHERE file.id = $1
                    """,
                    count.file)
                // A file that is gone by now is not counted: nothing tells its name any more.
                guard let name = try row?.text("normalized") else { continue }
                numbers[count.file] = try numbered(name)
            }
            guard let number = numbers[count.file] else { continue }
            try execute(
                """
                INSERT INTO download (file_id, day, installer, installer_version, is_mirror, count)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (file_id, day, installer, installer_version)
                DO UPDATE SET count = download.count + excluded.count
                """,
                count.file, Int(count.day.number), count.installer.name, count.installer.version, count.isMirror,
                count.count)
            let column = Column(kind: count.isMirror ? .mirrors : .downloads, day: count.day)
            columns[column, default: []].append((number, UInt64(clamping: count.count)))
        }
        try add(columns.map { DayCounts(kind: $0.kind, day: $0.day, counts: $1) })
    }
}
