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

extension Stores {
    /// What is taken out of the index, asked to be, and brought back.
    public var removals: any RemovalStore { SQLRemovals(database: database) }
}

/// Removal in SQL: marks, with the journal's serial of what removed something, so that it comes back as it went.
struct SQLRemovals: RemovalStore {
    let database: Database

    // MARK: The rule

    func rule() async throws -> RemovalRule { try await database.read { try $0.removalRule() } }

    func set(_ rule: RemovalRule, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setRemovalRule, to: actor, at: now)
            let transaction = try door.open(with: permit)
            let before = try door.connection.removalRule()
            guard !before.hasNumbers(of: rule) else { return }
            // What was removed by now was promised to stay for as long as the settings said.
            if rule.retentionDays < before.retentionDays {
                try transaction.execute(
                    """
                    INSERT INTO retention_promise (shortened_at, retention_days) VALUES ($1, $2)
                    ON CONFLICT (shortened_at, retention_days) DO NOTHING
                    """,
                    now.microseconds, before.retentionDays)
            }
            try transaction.execute("DELETE FROM removal_rule")
            try transaction.execute(
                """
                INSERT INTO removal_rule
                    (id, recent_hours, few_downloads, wait_days, critical_wait_days, retention_days)
                VALUES (1, $1, $2, $3, $4, $5)
                """,
                rule.recentHours, rule.fewDownloads, rule.waitDays, rule.criticalWaitDays, rule.retentionDays)
            try transaction.record(permit, .removalRuleSet(rule))
        }
    }

    // MARK: Taking away

    func decision(
        on departure: Departure, of name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws -> DepartureDecision {
        try await database.read { connection in
            guard let project = try connection.project(named: name) else { throw AccessRefusal.noSuchProject(name) }
            return try connection.decision(on: departure, of: project, by: actor, at: now)
        }
    }

    func remove(
        _ departure: Departure, of name: ProjectName, reason: String, seen: Serial?, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws -> RemovalOutcome {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                departure.act, on: name, object: departure.object(of: name), by: actor, at: now)
            try door.connection.requireUnchanged(project, since: seen)
            if departure == .lastRole { try door.connection.requireLastOwner(actor, of: project) }
            let what = try door.connection.spelled(departure, of: project)
            let decision = try door.connection.decision(on: what, of: project, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let reason = reasonGiven(reason)
            switch decision {
            case .atOnce, .asDecided:
                try transaction.carryOut(
                    what, of: project, reason: reason, with: permit, from: origin)
                return .done
            case .request(let terms):
                guard let reason else { throw RemovalRefusal.reasonNeeded }
                let (_, asking) = try door.connection.judged(.askRemoval, on: name, by: actor, at: now)
                return .asked(
                    try transaction.ask(
                        for: what, of: project, reason: reason, on: terms, with: asking,
                        from: origin))
            }
        }
    }

    // MARK: Bringing back

    func restore(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.authorizeIncludingRemoved(
                .restore, on: name, object: name.normalized, by: actor, at: now)
            try door.connection.requireOwnersDidNotRemove("p.id = $1", project.id.number, project, actor)
            let transaction = try door.open(with: permit)
            try transaction.execute(
                """
                UPDATE project SET removed_at = NULL, removed_by = NULL, freed_at = NULL
                WHERE id = $1 AND removed_at IS NOT NULL
                """,
                project.id.number)
            let wasRemoved = transaction.changes > 0
            // Who took a freed name over does not get what another one had published under it.
            let removals = """
                SELECT serial FROM journal WHERE subject = $1 AND action = $2 AND at >= $3
                """
            let deleted = ProjectAct.deleteProject.rawValue
            try transaction.execute(
                """
                UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL
                WHERE removal IN (\(removals)) AND project_id = $4 AND removed_at IS NOT NULL
                """,
                permit.subject.journalName, deleted, project.createdAt.microseconds, project.id.number)
            let releases = transaction.changes
            try transaction.execute(
                """
                UPDATE file SET \(FileState.broughtBack)
                WHERE removal IN (\(removals)) AND project_id = $4 AND \(FileState.restorable("file"))
                """,
                permit.subject.journalName, deleted, project.createdAt.microseconds, project.id.number)
            let files = transaction.changes
            guard wasRemoved || releases > 0 || files > 0 else { throw RemovalRefusal.notRemoved(project.name) }
            try transaction.record(permit, .removal(.restored(.project(releases: releases, files: files))))
            try transaction.refreshLatest(of: project)
            try transaction.tellHolders(
                of: project, .project(.restored(.everything), project.name, by: actor.displayName),
                by: actor, from: origin, at: now)
            try transaction.tellHoldersOfMandate(on: project, at: now)
        }
    }

    func restore(
        _ version: Version, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .restore, on: name, object: "\(name.normalized) \(version.canonical)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard try connection.project(named: name) != nil else {
                throw RemovalRefusal.projectIsRemoved(project.name)
            }
            let release = try transaction.row(
                "SELECT id, version, removed_at, removal FROM release WHERE project_id = $1 AND canonical = $2",
                project.id.number, version.canonical)
            guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
            try connection.requireOwnersDidNotRemove("r.id = $1", try release.integer("id"), project, actor)
            if let removedAt = try release.optionalInteger("removed_at") {
                guard removedAt >= project.createdAt.microseconds else {
                    throw RemovalRefusal.notRemoved(project.name)
                }
                try transaction.execute(
                    "UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL WHERE id = $1",
                    try release.integer("id"))
                try transaction.execute(
                    """
                    UPDATE file SET \(FileState.broughtBack)
                    WHERE release_id = $1 AND removal = $2 AND \(FileState.restorable("file"))
                    """,
                    try release.integer("id"), try release.optionalInteger("removal"))
            } else {
                try transaction.execute(
                    """
                    UPDATE file SET \(FileState.broughtBack)
                    WHERE release_id = $1 AND removed_at >= $2 AND \(FileState.restorable("file"))
                    """,
                    try release.integer("id"), project.createdAt.microseconds)
                guard transaction.changes > 0 else { throw RemovalRefusal.notRemoved(project.name) }
            }
            let known = try Version(parsing: release.text("version"))
            try transaction.record(permit, .removal(.restored(.release(known, files: transaction.changes))))
            try transaction.refreshLatest(of: project)
            try transaction.tellHolders(
                of: project,
                .project(.restored(.release(known)), project.name, by: actor.displayName), by: actor,
                from: origin, at: now)
        }
    }

    func undoRemoval(
        of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.authorizeIncludingRemoved(
                .undoRemoval, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let removed = try transaction.row(
                """
                SELECT removed_at, removed_by, (
                    SELECT MAX(serial) FROM journal WHERE subject = $1 AND action = $2) AS act
                FROM project WHERE id = $3 AND removed_at IS NOT NULL AND freed_at IS NULL
                """,
                permit.subject.journalName, ProjectAct.deleteProject.rawValue, project.id.number)
            guard let removed else { throw RemovalRefusal.notRemoved(project.name) }
            try RemovalPolicy.decideUndo(
                of: Removal(row: removed), on: project.name, status: project.status,
                under: door.connection.removalRule(), at: now)
            try transaction.execute(
                "UPDATE project SET removed_at = NULL, removed_by = NULL WHERE id = $1", project.id.number)
            let back = try transaction.bringBack(try removed.optionalInteger("act"), of: project)
            try transaction.record(permit, .removal(.undone(.project(releases: back.releases, files: back.files))))
            try transaction.refreshLatest(of: project)
            try transaction.tellHolders(
                of: project, .project(.restored(.everything), project.name, by: actor.displayName),
                by: actor, from: origin, at: now)
            try transaction.tellHoldersOfMandate(on: project, at: now)
        }
    }

    func undoRemoval(
        of version: Version, file filename: String?, of name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let object = [name.normalized, version.canonical, filename].compactMap(\.self).joined(separator: " ")
            let (project, permit) = try door.connection.judged(
                .undoRemoval, on: name, object: object, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let release = try transaction.row(
                "SELECT id, version, removed_at, removed_by, removal FROM release WHERE project_id = $1 AND canonical = $2",
                project.id.number, version.canonical)
            guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
            let isReleaseThere = try release.optionalInteger("removed_at") == nil
            var removed = release
            if let filename {
                guard isReleaseThere else { throw RemovalRefusal.releaseIsRemoved(project.name, version) }
                let file = try transaction.row(
                    """
                    SELECT removed_at, removed_by, removal FROM file
                    WHERE release_id = $1 AND filename = $2 AND \(FileState.restorable("file"))
                    """,
                    try release.integer("id"), filename)
                guard let file else { throw RemovalRefusal.notRemoved(project.name) }
                removed = file
            } else if isReleaseThere {
                throw RemovalRefusal.notRemoved(project.name)
            }
            let removal = try Removal(row: removed)
            // What went before the name was given to somebody else is not theirs to bring back.
            guard removal.at >= project.createdAt else { throw RemovalRefusal.notRemoved(project.name) }
            try RemovalPolicy.decideUndo(
                of: removal, on: project.name, status: project.status, under: door.connection.removalRule(), at: now)
            // What else the same act took out, all of the project for example, is not asked for, nor on record.
            let back = try transaction.bringBack(
                try removed.optionalInteger("removal"), of: project, release: try release.integer("id"),
                filename: filename)
            let known = try Version(parsing: release.text("version"))
            try transaction.record(
                permit,
                .removal(
                    .undone(
                        filename.map { .file(try DistributionFilename(lenient: $0), of: known, files: back.files) }
                            ?? .release(known, files: back.files))))
            try transaction.refreshLatest(of: project)
            try transaction.tellHolders(
                of: project,
                .project(
                    .restored(filename.map { .file(try DistributionFilename(lenient: $0)) } ?? .release(known)),
                    project.name, by: actor.displayName),
                by: actor,
                from: origin, at: now)
        }
    }

    // MARK: Reading

    func removedProjects() async throws -> [RemovedProject] {
        try await database.read { connection in
            try connection.rows(
                "\(RemovedProject.query) WHERE p.removed_at IS NOT NULL ORDER BY p.removed_at DESC, p.id DESC"
            ).map(connection.removedProject(row:))
        }
    }

    func removedProjects(of user: UserID) async throws -> [RemovedProject] {
        try await database.read { connection in
            try connection.rows(
                """
                \(RemovedProject.query) JOIN role o ON o.project_id = p.id
                WHERE o.account_id = $1 AND p.removed_at IS NOT NULL AND p.freed_at IS NULL ORDER BY p.normalized
                """,
                user.number
            ).map(connection.removedProject(row:))
        }
    }

    func removedParts(of name: ProjectName) async throws -> [RemovedPart] {
        try await database.read { connection in
            guard let project = try connection.project(named: name) else { return [] }
            // What took the release with it is told with the release.
            return try connection.rows(
                """
                SELECT r.version, NULL AS filename, r.removed_at, r.removed_by FROM release r
                WHERE r.project_id = $1 AND r.removed_at >= $2
                UNION ALL
                SELECT r.version, f.filename, f.removed_at, f.removed_by FROM file f JOIN release r ON r.id = f.release_id
                WHERE f.project_id = $1 AND f.removed_at >= $2 AND (r.removal IS NULL OR r.removal <> f.removal)
                ORDER BY 3 DESC, 1, 2
                """,
                project.id.number, project.createdAt.microseconds
            ).map { row in
                RemovedPart(
                    version: try Version(parsing: row.text("version")), filename: try row.optionalText("filename"),
                    removal: try Removal(row: row))
            }
        }
    }
}

extension Transaction {
    /// Unmarks what one act removed of a project, by the act's serial, and returns how much that was.
    ///
    /// - Parameters:
    ///   - release: of which release alone; nil for all.
    ///   - filename: which file of it alone; nil for all.
    fileprivate func bringBack(
        _ act: Serial?, of project: Project, release: Int64? = nil, filename: String? = nil
    ) throws -> (releases: Int, files: Int) {
        guard let act else { return (0, 0) }
        try execute(
            """
            UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL
            WHERE removal = $1 AND project_id = $2 AND removed_at IS NOT NULL AND ($3 = 0 OR id = $3)
            """,
            act, project.id.number, release ?? 0)
        let releases = changes
        try execute(
            """
            UPDATE file SET \(FileState.broughtBack)
            WHERE removal = $1 AND project_id = $2 AND \(FileState.restorable("file"))
                AND ($3 = 0 OR release_id = $3) AND ($4 = '' OR filename = $4)
            """,
            act, project.id.number, release ?? 0, filename ?? "")
        return (releases, changes)
    }
}

extension RemovedProject {
    fileprivate static let query = """
        SELECT \(Project.columns), p.removed_at, p.removed_by, p.freed_at FROM project p
        """
}

extension Removal {
    fileprivate init(row: Row) throws {
        self.init(at: Timestamp(microseconds: try row.integer("removed_at")), by: try row.text("removed_by"))
    }
}

extension Connection {
    fileprivate func removedProject(row: Row) throws -> RemovedProject {
        let project = try Project(row: row)
        return RemovedProject(
            project: project, removal: try Removal(row: row), isFreed: try row.optionalInteger("freed_at") != nil,
            roles: try roles(on: project.id))
    }

    /// Throws where an administrator would bring back what owners took out: those have a say. Nothing can be kept from
    /// who runs commands on the machine.
    fileprivate func requireOwnersDidNotRemove(
        _ condition: String, _ number: Int64, _ project: Project, _ actor: Actor
    ) throws {
        guard case .user = actor.identity else { return }
        let removed = try rows(
            """
            SELECT p.removed_by FROM project p WHERE p.removed_at IS NOT NULL AND p.id = $2
            UNION SELECT f.removed_by FROM file f JOIN release r ON r.id = f.release_id
                JOIN project p ON p.id = f.project_id
                WHERE \(condition) AND f.removed_at >= p.created_at AND \(FileState.restorable("f"))
            """,
            number, project.id.number)
        for row in removed {
            let removal = Removal(at: Timestamp(microseconds: 0), by: try row.text("removed_by"))
            guard !RemovalPolicy.isOfOwners(removal) else { throw ProposalRefusal.askOwners(project.name) }
        }
    }
}
