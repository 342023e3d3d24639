import Database
import Downloads
import Model
import UTC

/// Download counts in SQL.
struct SQLDownloads: DownloadStore {
    let database: Database

    func add(_ counts: [DownloadCount], source: String, sequence: Int64) async throws {
        try await database.change { transaction in
            // The note about the flush and its counts are one transaction: a flush that is sent again finds its note.
            let last = try transaction.row("SELECT sequence FROM download_flush WHERE source = $1", source)
            if let last = try last?.integer("sequence"), last >= sequence { return }
            try transaction.execute(
                """
                INSERT INTO download_flush (source, sequence) VALUES ($1, $2)
                ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence
                """,
                source, sequence)
            for count in counts { try transaction.add(count) }
        }
    }

    func perDay(of project: ProjectID, since day: Day) async throws -> [(day: Day, count: Int64)] {
        try await database.read { connection in
            try connection.rows(
                "SELECT day, count FROM download_day WHERE project_id = $1 AND day >= $2 ORDER BY day",
                project.number, Int(day.number)
            ).map { (Day(number: Int32(clamping: try $0.integer("day"))), try $0.integer("count")) }
        }
    }
}

extension Transaction {
    fileprivate func add(_ count: DownloadCount) throws {
        let day = Int(count.day.number)
        // A file that is gone by now is not counted: there is no row that the count could belong to.
        let project = try row("SELECT project_id FROM file WHERE id = $1", count.file)?.integer("project_id")
        guard let project else { return }
        try execute(
            """
            INSERT INTO download (file_id, day, installer, installer_version, is_mirror, count)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (file_id, day, installer, installer_version)
            DO UPDATE SET count = download.count + excluded.count
            """,
            count.file, day, count.installer.name, count.installer.version, count.isMirror, count.count)
        guard !count.isMirror else { return }
        try execute(
            """
            INSERT INTO download_day (project_id, day, count) VALUES ($1, $2, $3)
            ON CONFLICT (project_id, day) DO UPDATE SET count = download_day.count + excluded.count
            """,
            project, day, count.count)
    }
}
