import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import ProjectSearch
import Projects
import Search
import StageRows
import Staging
import UTC

/// Projects, releases and files in SQL.
struct SQLProjects: ProjectStore {
    let database: Database
    private let finder = ProjectSearch()
    /// Which new names are like others'; nil where nobody looks.
    private let names: (any NameJudging)?

    init(database: Database, names: (any NameJudging)?) {
        self.database = database
        self.names = names
    }

    // MARK: Uploading

    func upload(
        _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp, limits: UploadLimits
    ) async throws -> UploadOutcome {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (destination, permit) = try door.connection.requireUpload(
                to: candidate.project, by: actor, at: now, judging: names)
            switch try door.connection.judge(candidate, limits: limits) {
            case .alreadyThere: return .alreadyThere
            case .store:
                let amount = PublishedAmount(projects: destination.isNew ? 1 : 0, files: 1, bytes: candidate.size)
                try door.connection.requireAllowance(amount, by: actor, at: now)
                let transaction = try door.open(with: permit)
                let (asked, joins) = try door.connection.stagingAsked(of: destination, candidate, by: actor, at: now)
                let state = UploadDestination.decide(
                    UploadDestination.Facts(
                        waits: asked.isOn, joins: joins, isImport: actor.identity == .operatorAtMachine))
                let ((project, facts), permit) = try transaction.project(
                    at: destination, named: candidate.project, coming: state, with: permit)
                try transaction.countPublished(amount, by: actor, at: now)
                let release = try transaction.release(
                    of: candidate, in: project, coming: state, by: actor, knowing: facts, at: now)
                let serial = try transaction.insert(
                    candidate, in: project, release, coming: state, knowing: facts, with: permit)
                guard state == .staged else { return .stored(serial) }
                return try transaction.stage(candidate, in: project, on: asked, by: actor, at: now)
            }
        }
    }

    func judge(
        _ candidate: UploadCandidate, by actor: Actor, at now: Timestamp, limits: UploadLimits
    ) async throws -> UploadJudgement {
        try await database.lookUp { connection in
            let (_, permit) = try connection.requireUpload(
                to: candidate.project, by: database.credentials.renewed(actor, in: connection, at: now), at: now,
                judging: names)
            return UploadJudgement(try connection.judge(candidate, limits: limits), notice: permit.notice)
        }
    }

    func mayUpload(to name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.lookUp { connection in
            let (destination, _) = try connection.requireUpload(to: name, by: actor, at: now, judging: names)
            try connection.requireAllowance(
                PublishedAmount(projects: destination.isNew ? 1 : 0, files: 1), by: actor, at: now)
        }
    }

    // MARK: Reading

    func snapshot(of name: ProjectName) async throws -> ProjectSnapshot? {
        try await database.read { connection in
            guard let project = try connection.project(named: name), try connection.isListed(project.id) else {
                return nil
            }
            return ProjectSnapshot(
                project: project, releases: try connection.releases(of: project.id),
                roles: try connection.roles(on: project.id),
                leaving: try connection.openRequests(of: project).map(\.notice),
                erased: try connection.tombstones(of: name).map(\.sentence))
        }
    }

    func tombstones(of name: ProjectName) async throws -> [String] {
        try await database.read { try $0.tombstones(of: name).map(\.sentence) }
    }

    func spelling(of version: Version, in project: ProjectName) async throws -> Version? {
        try await database.lookUp { connection in
            try connection.row(
                """
                SELECT r.version FROM project p JOIN release r ON r.project_id = p.id
                WHERE p.normalized = $1 AND p.removed_at IS NULL AND r.canonical = $2
                    AND \(FileState.listedRelease("r"))
                """,
                project.normalized, version.canonical
            ).map { try Version(parsing: $0.text("version")) }
        }
    }

    func metadata(of release: ReleaseID) async throws -> ReleaseMetadata? {
        try await database.read { connection in
            try connection.row("SELECT metadata FROM release WHERE id = $1", release.number)
                .map { try ReleaseMetadata(json: $0.text("metadata")) }
        }
    }

    func listing() async throws -> IndexListing {
        try await database.read { connection in
            IndexListing(
                projects: try connection.rows(
                    "SELECT name, serial FROM project p WHERE \(FileState.listedProject("p")) ORDER BY normalized"
                ).map {
                    ProjectListing(name: try ProjectName(parsing: $0.text("name")), serial: try $0.integer("serial"))
                }, serial: try connection.row("SELECT MAX(serial) AS n FROM project")?.optionalInteger("n") ?? 0)
        }
    }

    func all() async throws -> [Project] {
        try await database.read { connection in
            try connection.rows(
                "SELECT \(Project.columns) FROM project p WHERE p.removed_at IS NULL ORDER BY p.normalized"
            ).map(Project.init(row:))
        }
    }

    func hosted(among names: Set<String>) async throws -> Set<String> {
        try await database.read { connection in
            try names.filter { name in
                try connection.row(
                    "SELECT id FROM project p WHERE normalized = $1 AND \(FileState.listedProject("p"))", name) != nil
            }
        }
    }

    func file(
        named filename: String, sha256: String
    ) async throws -> AddressedFile? {
        try await database.lookUp { connection in
            try connection.row(
                """
                SELECT \(DistributionFile.columns), f.state, f.removed_at, f.removed_by, f.withheld_reason,
                    \(Project.columns)
                FROM file f JOIN project p ON p.id = f.project_id
                WHERE f.filename = $1 AND f.sha256 = $2 AND NOT \(FileState.awaited("f"))
                """,
                filename, sha256
            ).map { row in
                let removal = try row.optionalInteger("removed_at").map {
                    Removal(at: Timestamp(microseconds: $0), by: try row.text("removed_by"))
                }
                return AddressedFile(
                    file: try DistributionFile(row: row), project: try Project(row: row),
                    state: try FileState(row: row),
                    removal: removal,
                    sunset: try removal.map { RemovalPolicy.canUndo(until: $0, under: try connection.removalRule()) },
                    withheldReason: try row.optionalText("withheld_reason"))
            }
        }
    }

    func file(named filename: String, in project: ProjectName) async throws -> DistributionFile? {
        try await database.lookUp { connection in
            try connection.row(
                """
                SELECT \(DistributionFile.columns)
                FROM file f JOIN project p ON p.id = f.project_id JOIN release r ON r.id = f.release_id
                WHERE f.filename = $1 AND p.normalized = $2
                    AND \(FileState.listed("f")) AND r.removed_at IS NULL AND p.removed_at IS NULL
                """,
                filename, project.normalized
            ).map { try DistributionFile(row: $0) }
        }
    }

    func projects(of user: UserID) async throws -> [(project: Project, role: Role, summary: String?)] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT \(Project.columns), o.role, r.summary
                FROM role o JOIN project p ON p.id = o.project_id LEFT JOIN release r ON r.id = p.latest_release_id
                WHERE o.account_id = $1 AND p.removed_at IS NULL ORDER BY p.normalized
                """,
                user.number
            ).map { row in
                (
                    try Project(row: row), try stored(Role(rawValue: row.text("role")), "role"),
                    try row.optionalText("summary")?.cut(to: .line)
                )
            }
        }
    }

    func totals() async throws -> IndexTotals {
        try await database.read { connection in
            func count(_ what: String) throws -> Int {
                Int(try connection.row("SELECT COUNT(*) AS n FROM \(what)")?.integer("n") ?? 0)
            }
            // Both are counted by indexes alone, which a condition on all rows is not.
            func count(_ table: String, without condition: String) throws -> Int {
                try count(table) - count("\(table) WHERE \(condition)")
            }
            /// What is there, and waits to be published as a whole.
            func countWaiting(_ table: String, _ column: String, listed: String) throws -> Int {
                let waiting = "SELECT w.\(column) FROM \(FileState.waiting)"
                return try count("\(table) x WHERE id IN (\(waiting)) AND removed_at IS NULL AND NOT (\(listed))")
            }
            return IndexTotals(
                projects: try count("project", without: "removed_at IS NOT NULL")
                    - countWaiting("project", "project_id", listed: FileState.listedProject("x")),
                releases: try count("release", without: "removed_at IS NOT NULL")
                    - countWaiting("release", "release_id", listed: FileState.listedRelease("x")),
                files: try count("file", without: FileState.unlisted), users: try count("account"))
        }
    }

    func newestProjects(limit: Int) async throws -> [ReleaseSummary] {
        try await database.read { connection in
            try connection.rows(
                """
                SELECT p.name, r.version, r.summary, p.created_at
                FROM project p LEFT JOIN release r ON r.id = p.latest_release_id
                WHERE p.status <> $1 AND \(FileState.listedProject("p")) ORDER BY p.created_at DESC, p.id DESC LIMIT $2
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
                WHERE p.status <> $1 AND \(FileState.listedRelease("r")) ORDER BY r.created_at DESC, r.id DESC LIMIT $2
                """,
                ProjectStatus.quarantined.rawValue, limit
            ).map(ReleaseSummary.init(row:))
        }
    }

    func search(_ query: SearchQuery) async throws -> SearchResults {
        try await finder.search(query, in: database)
    }

    func suggestions(for text: String, limit: Int) async throws -> [FoundProject] {
        try await finder.suggestions(for: text, limit: limit, in: database)
    }

    func weighProjects() async throws {
        var rest = try await database.read { try $0.outdatedSearchWeights() }[...]
        // In parts, so that uploads go on between them.
        while !rest.isEmpty {
            let part = Array(rest.prefix(200))
            rest = rest.dropFirst(part.count)
            try await database.keep(.search) { transaction in
                for (project, standing) in part { try transaction.weighSearchEntry(of: project, standing) }
            }
        }
    }

    // MARK: Changing

    func yank(
        _ version: Version, of name: ProjectName, reason: String?, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(.yankRelease, on: name, by: actor, at: now)
            try door.connection.judgeYank(of: "r.canonical", version.canonical, in: project, by: actor)
            try door.open(with: permit).setYank(Yank(reason: reason), version, of: project, with: permit)
        }
    }

    func unyank(_ version: Version, of name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(.unyankRelease, on: name, by: actor, at: now)
            try door.open(with: permit).setYank(nil, version, of: project, with: permit)
        }
    }

    func yank(
        file: String, of name: ProjectName, reason: String?, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(.yankFile, on: name, by: actor, at: now)
            try door.connection.judgeYank(of: "f.filename", file, in: project, by: actor)
            try door.open(with: permit).setYank(Yank(reason: reason), file: file, of: project, with: permit)
        }
    }

    func unyank(file: String, of name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(.unyankFile, on: name, by: actor, at: now)
            try door.open(with: permit).setYank(nil, file: file, of: project, with: permit)
        }
    }

    func addRole(
        _ role: Role, on name: ProjectName, to user: Username, because reason: String?, by actor: Actor,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .addRole, on: name, object: "\(name.normalized) \(user.normalized)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            let holder = try connection.requireUser(named: user)
            let before = try connection.role(of: holder.id, on: project.id)
            guard before != role else { return }
            // That an owner is none any more is another act, which they are told of in another way: see `Roles`.
            if before == .owner { throw RoleRefusal.hasRole(holder.name, .owner, project.name) }
            try connection.requireReady(holder, for: project, at: now)
            try transaction.setRole(role, on: project.id, of: holder.id, at: now)
            try transaction.execute(
                "DELETE FROM invitation WHERE project_id = $1 AND account_id = $2", project.id.number, holder.id.number)
            try transaction.record(permit, .role(RoleEvent(.added, of: holder.name, as: role)))
            try transaction.tellRole(
                role, of: holder, on: project, .given, by: actor.displayName,
                because: reason.flatMap { $0.contains { !$0.isWhitespace } ? $0 : nil }, actor, from: RequestOrigin(),
                at: now)
        }
    }

    func requireReady(_ user: Username, for name: ProjectName, at now: Timestamp) async throws {
        try await database.read { connection in
            let project = try connection.project(named: name)
            try connection.requireReady(
                connection.requireUser(named: user), for: name,
                requiredByOwners: project?.requiredAssurance ?? .password, at: now)
        }
    }

    func requireAssurance(
        _ assurance: Assurance, on name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .requireAssurance, on: name, object: "\(name.normalized) \(assurance.rawValue)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            try SettingsPolicy.decide(
                assurance, insteadOf: project.requiredAssurance, on: project.name, by: actor,
                knowing: door.connection.ownerStanding(actor.userID, on: project.id), at: now)
            guard project.requiredAssurance != assurance else { return }
            try transaction.execute(
                "UPDATE project SET required_assurance = $1 WHERE id = $2", assurance.rawValue, project.id.number)
            try transaction.record(permit, .assuranceRequired(assurance, before: project.requiredAssurance))
            let change: SecurityEvent.ProjectChange =
                assurance > project.requiredAssurance ? .requirementRaised(assurance) : .requirementLowered(assurance)
            try transaction.tellHolders(
                of: project, .project(change, project.name, by: actor.displayName), by: actor, from: RequestOrigin(),
                at: now)
        }
    }

    func reserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(
                .reserveName, on: name, object: name.normalized, to: actor,
                knowing: try door.connection.projectFacts(name, actor), at: now)
            let transaction = try door.open(with: permit)
            guard try !transaction.connection.isReserved(name) else { return }
            try transaction.execute(
                """
                INSERT INTO reserved_name (normalized, ultranormalized, name, reserved_at) VALUES ($1, $2, $3, $4)
                """,
                name.normalized, name.ultranormalized, name.display, now.microseconds)
            try transaction.record(permit, .nameReserved)
        }
    }

    func unreserve(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(
                .unreserveName, on: name, object: name.normalized, to: actor,
                knowing: try door.connection.projectFacts(name, actor), at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute("DELETE FROM reserved_name WHERE normalized = $1", name.normalized)
            guard transaction.changes > 0 else { throw NameRefusal.notReserved(name) }
            try transaction.record(permit, .nameUnreserved)
        }
    }

    func reservedNames() async throws -> [ProjectName] {
        try await database.read { connection in
            try connection.rows("SELECT name FROM reserved_name ORDER BY normalized").map {
                try ProjectName(parsing: $0.text("name"))
            }
        }
    }
}
