import Accounts
import Acts
import Database
import Leaving
import PackagingFormats
import Past
import Ports
import Primitives
import Projects
import Stores
import UTC

extension Stores {
    /// The index as it was.
    public var past: any PastStore { SQLPast(database: database) }
}

/// The past in SQL: rows as they are, and what they were, by intervals of serials.
struct SQLPast: PastStore {
    let database: Database

    func serial(at moment: Timestamp) async throws -> Serial? {
        try await database.lookUp { connection in
            try connection.row(
                "SELECT serial FROM journal WHERE at <= $1 ORDER BY at DESC, serial DESC LIMIT 1", moment.microseconds
            )?.integer("serial")
        }
    }

    func moment(of serial: Serial) async throws -> Timestamp? {
        try await database.lookUp { connection in
            try connection.row("SELECT at FROM journal WHERE serial = $1", serial).map {
                Timestamp(microseconds: try $0.integer("at"))
            }
        }
    }

    func history(of name: ProjectName) async throws -> (history: ProjectHistory, upTo: Serial)? {
        try await database.read { connection in
            let upTo = try connection.row("SELECT serial FROM journal_serial")?.integer("serial") ?? 0
            return try connection.history(of: name).map { ($0, upTo) }
        }
    }

    func listing(at serial: Serial) async throws -> IndexListing {
        try await database.read { connection in
            let rows = try connection.rows(
                """
                SELECT p.name, p.normalized, p.serial, p.removed_at FROM project p WHERE p.since_serial <= $1
                UNION ALL
                SELECT p.name, p.normalized, h.serial, h.removed_at
                FROM project_past h JOIN project p ON p.id = h.project_id
                WHERE h.until_serial > $1 AND h.from_serial <= $1
                ORDER BY 2
                """,
                serial)
            let unknown = try connection.unpublished(at: serial)
            return IndexListing(
                projects: try rows.compactMap { row in
                    guard try row.optionalInteger("removed_at") == nil, try !unknown.contains(row.text("normalized"))
                    else { return nil }
                    return ProjectListing(
                        name: try ProjectName(parsing: row.text("name")), serial: try row.integer("serial"))
                },
                serial: try rows.map { try $0.integer("serial") }.max() ?? 0)
        }
    }

    func hosted(among names: Set<String>, at serial: Serial) async throws -> Set<String> {
        try await database.read { connection in
            try names.filter { name in
                try connection.row(
                    """
                    SELECT p.id FROM project p
                    WHERE p.normalized = $1 AND p.since_serial <= $2 AND p.removed_at IS NULL
                    UNION ALL
                    SELECT p.id FROM project p JOIN project_past h ON h.project_id = p.id
                    WHERE p.normalized = $1 AND h.from_serial <= $2 AND h.until_serial > $2 AND h.removed_at IS NULL
                    """,
                    name, serial) != nil
            }
        }
    }

    func metadata(of release: ReleaseID, at serial: Serial) async throws -> ReleaseMetadata? {
        try await database.read { connection in
            // The first that was written down since: it was the same until then.
            let then = try connection.row(
                """
                SELECT metadata FROM release_past
                WHERE release_id = $1 AND until_serial > $2 AND metadata IS NOT NULL ORDER BY until_serial LIMIT 1
                """,
                release.number, serial)
            return try (then ?? connection.row("SELECT metadata FROM release WHERE id = $1", release.number)).map {
                try ReleaseMetadata(json: $0.text("metadata"))
            }
        }
    }
}

extension Connection {
    /// The projects of which nobody knew at a serial, for all that they had was still to be published. They are few, and
    /// found by indexes.
    fileprivate func unpublished(at serial: Serial) throws -> Set<String> {
        let names = try rows(
            """
            SELECT p.name, p.normalized FROM project p WHERE p.id IN (
                SELECT w.project_id FROM \(FileState.waiting)
                UNION SELECT h.project_id FROM file_past h WHERE h.state IN ('staged', 'held'))
            """
        ).map { try ProjectName(parsing: $0.text("name")) }
        return Set(
            try names.filter { try history(of: $0)?.isListed(at: serial) == false }.map(\.normalized))
    }

    fileprivate func history(of name: ProjectName) throws -> ProjectHistory? {
        let found = try row(
            """
            SELECT \(Project.columns), p.removed_at, p.since_serial AS from_serial, NULL AS until_serial
            FROM project p WHERE p.normalized = $1
            """,
            name.normalized)
        guard let found else { return nil }
        let project = try Project(row: found)
        let former = try rows(
            """
            SELECT status, status_reason, serial, created_at, removed_at, from_serial, until_serial
            FROM project_past WHERE project_id = $1
            """,
            project.id.number
        ).map { row in
            let status = try row.text("status")
            return During(
                ProjectHistory.State(
                    status: try stored(ProjectStatus(rawValue: status), status),
                    statusReason: try row.optionalText("status_reason"), serial: try row.integer("serial"),
                    createdAt: Timestamp(microseconds: try row.integer("created_at")),
                    isThere: try row.optionalInteger("removed_at") == nil), try Interval(row: row))
        }
        let present = During(
            ProjectHistory.State(
                status: project.status, statusReason: project.statusReason, serial: project.serial,
                createdAt: project.createdAt, isThere: try found.optionalInteger("removed_at") == nil),
            try Interval(row: found))
        return ProjectHistory(
            project: project, states: [present] + former, releases: try releaseHistories(of: project.id),
            roles: try roleHistory(of: project.id), leaving: try leavingHistory(of: project))
    }

    private func releaseHistories(of project: ProjectID) throws -> [ProjectHistory.Release] {
        let files = try fileHistories(of: project)
        var former: [Int64: [During<ProjectHistory.ReleaseState>]] = [:]
        for row in try rows(
            """
            SELECT release_id, created_at, is_yanked, yank_reason, requires_python, summary, removed_at, from_serial,
                until_serial
            FROM release_past WHERE project_id = $1
            """,
            project.number)
        {
            former[try row.integer("release_id"), default: []].append(try During(releaseRow: row))
        }
        return try rows(
            """
            SELECT id, version, created_at, is_yanked, yank_reason, requires_python, summary, removed_at,
                since_serial AS from_serial, NULL AS until_serial
            FROM release WHERE project_id = $1
            """,
            project.number
        ).map { row in
            let id = try row.integer("id")
            return ProjectHistory.Release(
                id: ReleaseID(id), version: try Version(parsing: row.text("version")),
                states: [try During(releaseRow: row)] + (former[id] ?? []), files: files[id] ?? [])
        }
    }

    private func fileHistories(of project: ProjectID) throws -> [Int64: [ProjectHistory.File]] {
        var former: [Int64: [During<ProjectHistory.FileStanding>]] = [:]
        for row in try rows(
            """
            SELECT file_id, state, is_yanked, yank_reason, from_serial, until_serial FROM file_past
            WHERE project_id = $1
            """,
            project.number)
        {
            former[try row.integer("file_id"), default: []].append(try During(fileRow: row))
        }
        var files: [Int64: [ProjectHistory.File]] = [:]
        for row in try rows(
            """
            SELECT f.release_id, \(DistributionFile.columns), f.state, f.since_serial AS from_serial,
                NULL AS until_serial
            FROM file f WHERE f.project_id = $1 ORDER BY f.filename
            """,
            project.number)
        {
            let file = try DistributionFile(row: row)
            files[try row.integer("release_id"), default: []].append(
                ProjectHistory.File(
                    file, now: try FileState(row: row),
                    standings: [try During(fileRow: row)] + (former[file.id.number] ?? [])))
        }
        return files
    }

    private func roleHistory(of project: ProjectID) throws -> [During<RoleHolder>] {
        try rows(
            """
            SELECT a.name, a.normalized, o.role, o.since_serial AS from_serial, NULL AS until_serial
            FROM role o JOIN account a ON a.id = o.account_id WHERE o.project_id = $1
            UNION ALL
            SELECT a.name, a.normalized, h.role, h.from_serial, h.until_serial
            FROM role_past h JOIN account a ON a.id = h.account_id WHERE h.project_id = $1
            ORDER BY 2
            """,
            project.number
        ).map { row in
            During(
                RoleHolder(
                    user: try Username(parsing: row.text("name")),
                    role: try stored(Role(rawValue: row.text("role")), "role")), try Interval(row: row))
        }
    }

    private func leavingHistory(of project: Project) throws -> [During<String>] {
        let open = Dictionary(
            uniqueKeysWithValues: try rows(
                """
                SELECT id, since_serial AS from_serial, NULL AS until_serial FROM removal_request
                WHERE project_id = $1 AND outcome IS NULL
                UNION ALL
                SELECT request_id, from_serial, until_serial FROM removal_request_past WHERE project_id = $1
                """,
                project.id.number
            ).map { (try $0.integer("id"), try Interval(row: $0)) })
        return try rows(
            "\(RemovalRequest.query) WHERE q.project_id = $1 ORDER BY q.due_at, q.id", project.id.number
        ).compactMap { row in
            let request = try RemovalRequest(row: row)
            return open[request.id.number].map { During(request.notice, $0) }
        }
    }
}

extension Interval {
    /// A row that no change has closed, as one that was written by hand, was there at no serial.
    fileprivate init(row: Row) throws {
        self.init(
            from: try row.optionalInteger("from_serial") ?? .max, until: try row.optionalInteger("until_serial"))
    }
}

extension During where Value == ProjectHistory.ReleaseState {
    fileprivate init(releaseRow row: Row) throws {
        self.init(
            ProjectHistory.ReleaseState(
                createdAt: Timestamp(microseconds: try row.integer("created_at")), yank: try Yank(row: row),
                requiresPython: try row.optionalText("requires_python"), summary: try row.optionalText("summary"),
                isThere: try row.optionalInteger("removed_at") == nil), try Interval(row: row))
    }
}

extension During where Value == ProjectHistory.FileStanding {
    fileprivate init(fileRow row: Row) throws {
        self.init(
            ProjectHistory.FileStanding(state: try FileState(row: row), yank: try Yank(row: row)),
            try Interval(row: row))
    }
}

extension Yank {
    fileprivate init?(row: Row) throws {
        guard try row.bool("is_yanked") else { return nil }
        self.init(reason: try row.optionalText("yank_reason"))
    }
}
