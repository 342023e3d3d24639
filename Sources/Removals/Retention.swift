import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Stores
import UTC

// What was removed is kept for a time, and then freed by who runs the index: never by itself.

extension SQLRemovals {
    func eraseRetained(by actor: Actor, at now: Timestamp) async throws -> Int {
        let names = try await database.read { connection in
            try connection.rows(
                """
                SELECT DISTINCT p.name FROM file f JOIN project p ON p.id = f.project_id
                WHERE \(FileState.erasable("f")) AND \(connection.removalRule().isKeptNoLonger("f", at: now)) ORDER BY p.name
                """
            ).map { try ProjectName(parsing: $0.text("name")) }
        }
        var count = 0
        // Project by project, so that uploads go on between them.
        for name in names { count += try await erase(removedOf: name, by: actor, at: now) }
        return count
    }

    private func erase(removedOf name: ProjectName, by actor: Actor, at now: Timestamp) async throws -> Int {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .eraseFile, on: name, object: name.normalized, by: actor, at: now)
            let files = try connection.rows(
                """
                SELECT f.id, f.filename, f.sha256, f.removed_at, r.version FROM file f JOIN release r ON r.id = f.release_id
                WHERE f.project_id = $1 AND \(FileState.erasable("f"))
                    AND \(connection.removalRule().isKeptNoLonger("f", at: now)) ORDER BY f.id
                """,
                project.id.number)
            let transaction = try door.open(with: permit)
            for file in files {
                let removed = Timestamp(microseconds: try file.integer("removed_at")).day
                try transaction.execute(
                    "UPDATE file SET state = $1, withheld_reason = $2 WHERE id = $3", FileState.erased.rawValue,
                    "it was removed on \(removed), and kept until \(now.day).", try file.integer("id"))
                try transaction.record(
                    permit,
                    .removal(
                        .erased(
                            FileOnRecord(
                                version: Version(parsing: file.text("version")),
                                filename: DistributionFilename(lenient: file.text("filename")),
                                sha256: file.text("sha256")),
                            nil)))
            }
            return files.count
        }
    }
}

extension RemovalRule {
    /// A condition on a file, by its name in a statement: that it was removed longer ago than it had to be kept, as
    /// `retention(ofRemovalAt:)` says.
    fileprivate func isKeptNoLonger(_ file: String, at now: Timestamp) -> String {
        let promised = promises.map { promise in
            """
            NOT (\(file).removed_at < \(promise.shortenedAt.microseconds)
                AND \(file).removed_at > \((now - .days(promise.days)).microseconds))
            """
        }
        return (["\(file).removed_at <= \((now - retention).microseconds)"] + promised).joined(separator: " AND ")
    }
}
