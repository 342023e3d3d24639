import Accounts
import Acts
import Database
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import UTC

/// Removal in SQL: marks, with the journal's serial of what removed something, so that it comes back as it went.
struct SQLRemovals: RemovalStore {
    let database: Database

    // MARK: Taking out

    func deleteProject(
        _ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .deleteProject, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            try RemovalPolicy.decide(project.name, status: project.status)
            let serial = try transaction.record(permit, .removal(.projectDeleted(project.name)))
            let by = actor.journalName
            try transaction.removeFiles("project_id", project.id.number, serial, permit)
            try transaction.execute(
                """
                UPDATE release SET removed_at = $1, removed_by = $2, removal = $3
                WHERE project_id = $4 AND removed_at IS NULL
                """,
                now.microseconds, by, serial, project.id.number)
            try transaction.execute(
                "UPDATE project SET removed_at = $1, removed_by = $2, latest_release_id = NULL WHERE id = $3",
                now.microseconds, by, project.id.number)
            try transaction.forgetWords(of: project)
            try transaction.voidInvitations(to: project, because: .projectDeleted, at: now)
            try transaction.tellHolders(
                of: project, .project(.deleted, project.name, by: actor.displayName), by: actor, from: origin, at: now)
        }
    }

    func deleteRelease(
        _ version: Version, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .deleteRelease, on: name, object: "\(name.normalized) \(version.canonical)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            try RemovalPolicy.decide(project.name, status: project.status)
            let release = try transaction.row(
                "SELECT id, version FROM release WHERE project_id = $1 AND canonical = $2 AND removed_at IS NULL",
                project.id.number, version.canonical)
            guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
            let known = try Version(parsing: release.text("version"))
            let serial = try transaction.record(permit, .removal(.releaseDeleted(known)))
            try transaction.execute(
                "UPDATE release SET removed_at = $1, removed_by = $2, removal = $3 WHERE id = $4",
                now.microseconds, actor.journalName, serial, try release.integer("id"))
            try transaction.removeFiles("release_id", release.integer("id"), serial, permit)
            try transaction.refreshLatest(of: project)
            try transaction.tellHolders(
                of: project, .project(.releaseDeleted(known), project.name, by: actor.displayName), by: actor,
                from: origin, at: now)
        }
    }

    func deleteFile(
        _ filename: String, of name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .deleteFile, on: name, object: "\(name.normalized) \(filename)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            try RemovalPolicy.decide(project.name, status: project.status)
            let file = try transaction.row(
                """
                SELECT f.id, f.sha256, r.version FROM file f JOIN release r ON r.id = f.release_id
                WHERE f.project_id = $1 AND f.filename = $2 AND \(FileState.listed("f"))
                """,
                project.id.number, filename)
            guard let file else { throw RemovalRefusal.noSuchFile(project.name, filename) }
            let serial = try transaction.record(
                permit,
                .removal(
                    .fileDeleted(
                        FileOnRecord(
                            version: Version(parsing: file.text("version")),
                            filename: DistributionFilename(lenient: filename), sha256: file.text("sha256")))))
            try transaction.removeFiles("id", file.integer("id"), serial, permit)
            try transaction.tellHolders(
                of: project,
                .project(.fileDeleted(DistributionFilename(lenient: filename)), project.name, by: actor.displayName),
                by: actor,
                from: origin, at: now)
        }
    }

    // MARK: Bringing back

    func restore(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.authorizeIncludingRemoved(
                .restore, on: name, object: name.normalized, by: actor, at: now)
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
                of: Removal(row: removed), on: project.name, status: project.status, by: actor, at: now)
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
            try RemovalPolicy.decideUndo(of: removal, on: project.name, status: project.status, by: actor, at: now)
            let back = try transaction.bringBack(try removed.optionalInteger("removal"), of: project)
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

    func free(_ name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .freeName, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            try transaction.execute(
                "UPDATE project SET freed_at = $1 WHERE id = $2 AND removed_at IS NOT NULL", now.microseconds,
                project.id.number)
            guard transaction.changes > 0 else { throw RemovalRefusal.notRemoved(project.name) }
            let owners = try connection.roles(on: project.id).filter { $0.role == .owner }.map(\.user)
            try transaction.record(permit, .nameFreed(owners: owners))
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
    /// Marks the files that have a number in a column as removed, by an entry of the journal.
    fileprivate func removeFiles(
        _ column: String, _ number: Int64, _ serial: Serial, _ permit: Permit
    ) throws {
        try execute(
            """
            UPDATE file SET state = $1, removed_at = $2, removed_by = $3, removal = $4
            WHERE \(column) = $5 AND \(FileState.removable("file"))
            """,
            FileState.removed.rawValue, permit.at.microseconds, permit.actor.journalName, serial, number)
    }

    /// Unmarks what one act removed of a project, by the act's serial, and returns how much that was.
    fileprivate func bringBack(_ act: Serial?, of project: Project) throws -> (releases: Int, files: Int) {
        guard let act else { return (0, 0) }
        try execute(
            """
            UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL
            WHERE removal = $1 AND project_id = $2 AND removed_at IS NOT NULL
            """,
            act, project.id.number)
        let releases = changes
        try execute(
            """
            UPDATE file SET \(FileState.broughtBack)
            WHERE removal = $1 AND project_id = $2 AND \(FileState.restorable("file"))
            """,
            act, project.id.number)
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

    /// The project, removed or not, and the permit to do something to it.
    fileprivate func authorizeIncludingRemoved(
        _ action: ProjectAct, on name: ProjectName, object: String, by actor: Actor, at now: Timestamp
    ) throws -> (Project, Permit) {
        let found = try standing(of: actor, on: name) ?? former(of: actor, on: name)?.standing
        let permit = try AccessPolicy.permit(
            action, on: name, object: object, to: actor, knowing: try found?.facts ?? absentFacts(name, actor),
            at: now)
        guard let project = found?.project else { throw AccessRefusal.noSuchProject(name) }
        return (project, permit)
    }
}
