import Database
import Model
import PackagingFormats
import UTC

/// Projects, releases and files in SQL.
struct SQLProjects: ProjectStore {
    let database: Database

    // MARK: Uploading

    func upload(
        _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp, limits: UploadLimits
    ) async throws -> UploadOutcome {
        try await database.change { transaction in
            switch try transaction.connection.judge(candidate, by: actor, at: now, limits: limits) {
            case .alreadyThere: return .alreadyThere
            case .store:
                let (project, facts) = try transaction.project(for: candidate.project, by: actor, at: now)
                let permit = try AccessPolicy.permit(
                    .uploadFile, on: project.name, to: actor, knowing: facts, at: now)
                let release = try transaction.release(of: candidate, in: project, by: actor, knowing: facts, at: now)
                return .stored(try transaction.insert(candidate, in: project, release, with: permit))
            }
        }
    }

    func judge(
        _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp, limits: UploadLimits
    ) async throws -> UploadPolicy.Decision {
        try database.lookUp { try $0.judge(candidate, by: actor, at: now, limits: limits) }
    }

    func mayUpload(to name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try database.lookUp { try $0.requireUpload(to: name, by: actor, at: now) }
    }

    // MARK: Reading

    func snapshot(of name: ProjectName) async throws -> ProjectSnapshot? {
        try await database.read { connection in
            guard let project = try connection.project(named: name) else { return nil }
            return ProjectSnapshot(
                project: project, releases: try connection.releases(of: project.id),
                roles: try connection.roles(on: project.id))
        }
    }

    func metadata(of release: ReleaseID) async throws -> ReleaseMetadata? {
        try await database.read { connection in
            try connection.row("SELECT metadata FROM release WHERE id = $1", release.number)
                .map { try ReleaseMetadata(json: $0.text("metadata")) }
        }
    }

    func listing() async throws -> [ProjectListing] {
        try await database.read { connection in
            try connection.rows("SELECT name, serial FROM project ORDER BY normalized").map {
                ProjectListing(name: try ProjectName(parsing: $0.text("name")), serial: try $0.integer("serial"))
            }
        }
    }

    func hosted(among names: Set<String>) async throws -> Set<String> {
        try await database.read { connection in
            try names.filter { name in
                try connection.row("SELECT id FROM project WHERE normalized = $1", name) != nil
            }
        }
    }

    func file(
        named filename: String, sha256: String
    ) async throws -> (file: DistributionFile, project: Project)? {
        try database.lookUp { connection in
            try connection.row(
                """
                SELECT \(DistributionFile.columns), \(Project.columns)
                FROM file f JOIN project p ON p.id = f.project_id WHERE f.filename = $1 AND f.sha256 = $2
                """,
                filename, sha256
            ).map { (try DistributionFile(row: $0), try Project(row: $0)) }
        }
    }

    func projects(of user: UserID) async throws -> [(project: Project, role: Role, summary: String?)] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Project.columns), o.role, r.summary
                FROM role o JOIN project p ON p.id = o.project_id LEFT JOIN release r ON r.id = p.latest_release_id
                WHERE o.account_id = $1 ORDER BY p.normalized
                """,
                user.number
            ).map { row in
                (
                    try Project(row: row), try stored(Role(rawValue: row.text("role")), "role"),
                    try row.optionalText("summary")
                )
            }
        }
    }

    func totals() async throws -> IndexTotals {
        try await database.read { connection in
            func count(_ table: String) throws -> Int {
                Int(try connection.row("SELECT COUNT(*) AS n FROM \(table)")?.integer("n") ?? 0)
            }
            return IndexTotals(
                projects: try count("project"), releases: try count("release"), files: try count("file"),
                users: try count("account"))
        }
    }

    func newestProjects(limit: Int) async throws -> [ReleaseSummary] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT p.name, r.version, r.summary, p.created_at
                FROM project p LEFT JOIN release r ON r.id = p.latest_release_id
                WHERE p.status <> $1 ORDER BY p.created_at DESC, p.id DESC LIMIT $2
                """,
                ProjectStatus.quarantined.rawValue, limit
            ).map(ReleaseSummary.init(row:))
        }
    }

    func newestReleases(limit: Int) async throws -> [ReleaseSummary] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT p.name, r.version, r.summary, r.created_at FROM release r JOIN project p ON p.id = r.project_id
                WHERE p.status <> $1 ORDER BY r.created_at DESC, r.id DESC LIMIT $2
                """,
                ProjectStatus.quarantined.rawValue, limit
            ).map(ReleaseSummary.init(row:))
        }
    }

    func search(_ query: SearchQuery) async throws -> SearchResults {
        try await database.read { connection in try connection.search(query) }
    }

    // MARK: Changing

    func yank(
        _ version: Version, of name: ProjectName, reason: String?, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change { transaction in
            try transaction.setYank(Yank(reason: reason), .yankRelease, version, of: name, by: actor, at: now)
        }
    }

    func unyank(_ version: Version, of name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change { transaction in
            try transaction.setYank(nil, .unyankRelease, version, of: name, by: actor, at: now)
        }
    }

    func addRole(
        _ role: Role, on name: ProjectName, to user: Username, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change { transaction in
            let connection = transaction.connection
            let (project, permit) = try connection.judged(
                .addRole, on: name, object: "\(name.normalized) \(user.normalized)", by: actor, at: now)
            let holder = try connection.requireUser(named: user)
            try connection.requireReady(holder, for: project, at: now)
            let before = try connection.role(of: holder.id, on: project.id)
            guard before != role else { return }
            if before == .owner { try connection.requireAnotherOwner(than: holder, of: project) }
            try transaction.setRole(role, on: project.id, of: holder.id)
            try transaction.record(permit, ["user": holder.name.normalized, "role": role.rawValue])
            try transaction.tell(.roleGiven, role, on: project, to: holder, by: actor, at: now)
            try transaction.tellOfMandate(only: holder.id, at: now)
        }
    }

    func removeRole(on name: ProjectName, from user: Username, by actor: Actor, at now: Timestamp) async throws {
        try await database.change { transaction in
            let connection = transaction.connection
            let (project, permit) = try connection.judged(
                .removeRole, on: name, object: "\(name.normalized) \(user.normalized)", by: actor, at: now)
            let holder = try connection.requireUser(named: user)
            guard let role = try connection.role(of: holder.id, on: project.id) else {
                throw RoleRefusal.hasNoRole(holder.name, project.name)
            }
            if role == .owner { try connection.requireAnotherOwner(than: holder, of: project) }
            try transaction.execute(
                "DELETE FROM role WHERE project_id = $1 AND account_id = $2", project.id.number, holder.id.number)
            try transaction.record(permit, ["user": holder.name.normalized, "role": role.rawValue])
            try transaction.tell(.roleTaken, role, on: project, to: holder, by: actor, at: now)
        }
    }

    func requireAssurance(
        _ assurance: Assurance, on name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change { transaction in
            let (project, permit) = try transaction.connection.judged(
                .requireAssurance, on: name, object: name.normalized, by: actor, at: now)
            guard project.requiredAssurance != assurance else { return }
            try transaction.execute(
                "UPDATE project SET required_assurance = $1 WHERE id = $2", assurance.rawValue, project.id.number)
            try transaction.record(
                permit, ["before": project.requiredAssurance.rawValue, "assurance": assurance.rawValue])
        }
    }

    func reserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change { transaction in
            let permit = try AccessPolicy.permit(
                .reserveName, on: name, to: actor, knowing: try transaction.connection.projectFacts(name, actor),
                at: now)
            guard try !transaction.connection.isReserved(name) else { return }
            try transaction.execute(
                "INSERT INTO reserved_name (normalized, name, reserved_at) VALUES ($1, $2, $3)",
                name.normalized, name.display, now.microseconds)
            try transaction.record(permit)
        }
    }

    func setStatus(
        _ status: ProjectStatus, reason: String?, of name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change { transaction in
            let (project, permit) = try transaction.connection.judged(
                .changeProjectStatus, on: name, object: name.normalized, by: actor, at: now)
            try transaction.execute(
                "UPDATE project SET status = $1, status_reason = $2 WHERE id = $3",
                status.rawValue, reason, project.id.number)
            try transaction.record(permit, ["status": status.rawValue, "reason": reason])
        }
    }
}

extension Transaction {
    fileprivate func tell(
        _ kind: SecurityEvent.Kind, _ role: Role, on project: Project, to holder: User, by actor: Actor,
        at now: Timestamp
    ) throws {
        try tell(
            SecurityEvent(
                kind, ["role": role.rawValue, "project": project.name.display, "by": actor.displayName]),
            about: holder, from: RequestOrigin(), at: now)
    }
}
