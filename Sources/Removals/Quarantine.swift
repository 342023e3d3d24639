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

// What may do harm: nobody gets it until an administrator has looked at it.

extension SQLRemovals {
    func quarantine(
        _ what: Departure, of name: ProjectName, reason: String, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .quarantine, on: name, object: name.normalized, by: actor, at: now)
            guard let reason = reasonGiven(reason) else { throw RemovalRefusal.reasonNeeded }
            let transaction = try door.open(with: permit)
            if let files = try door.connection.files(of: what, of: project) {
                try transaction.execute(
                    """
                    UPDATE file SET state = $1, withheld_reason = $2
                    WHERE \(files) AND \(FileState.canBeQuarantined("file"))
                    """,
                    FileState.quarantined.rawValue, reason)
                guard transaction.changes > 0 else { throw RemovalRefusal.nothingToQuarantine(project.name) }
                try transaction.record(permit, .removal(.quarantined(what, reason: reason)))
                try transaction.refreshLatest(of: project)
                try transaction.tellHolders(
                    of: project,
                    .project(.contentQuarantined(what, reason: reason), project.name, by: actor.displayName), by: actor,
                    from: RequestOrigin(), at: now)
            } else {
                guard project.status != .quarantined else { throw RemovalRefusal.nothingToQuarantine(project.name) }
                try transaction.record(permit, .removal(.quarantined(.project, reason: reason)))
                try transaction.setStatus(
                    .quarantined, reason: reason, of: project,
                    with: try door.connection.permitOfIndex(on: project, at: now))
            }
        }
    }

    func withheld() async throws -> [WithheldContent] {
        try await database.read { connection in
            let projects = try connection.rows(
                """
                SELECT name, status_reason FROM project WHERE status = $1 AND removed_at IS NULL ORDER BY normalized LIMIT 1000
                """,
                ProjectStatus.quarantined.rawValue
            ).map { row in
                WithheldContent(
                    project: try ProjectName(parsing: row.text("name")), what: .project,
                    reason: try row.optionalText("status_reason"))
            }
            let files = try connection.rows(
                """
                SELECT p.name, r.version, f.filename, f.withheld_reason, EXISTS (
                    SELECT 1 FROM file o WHERE o.release_id = r.id AND \(FileState.listed("o"))) AS has_others
                FROM file f JOIN release r ON r.id = f.release_id JOIN project p ON p.id = f.project_id
                WHERE f.state = $1 AND p.removed_at IS NULL ORDER BY p.normalized, r.id, f.filename LIMIT 1000
                """,
                FileState.quarantined.rawValue
            ).map { row in
                let version = try Version(parsing: row.text("version"))
                return WithheldContent(
                    project: try ProjectName(parsing: row.text("name")),
                    what: try row.bool("has_others") ? .file(row.text("filename")) : .release(version),
                    reason: try row.optionalText("withheld_reason"))
            }
            // A release of which nothing is left is one thing.
            return files.reduce(into: projects) {
                if $0.last?.what != $1.what || $0.last?.project != $1.project { $0.append($1) }
            }
        }
    }

    func liftQuarantine(of what: Departure, of name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .liftQuarantine, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            if let files = try door.connection.files(of: what, of: project) {
                // What was removed around it meanwhile is removed with it.
                try transaction.execute(
                    """
                    UPDATE file SET (removed_at, removed_by, removal) =
                        (SELECT r.removed_at, r.removed_by, r.removal FROM release r WHERE r.id = file.release_id)
                    WHERE \(files) AND state = $1 AND removed_at IS NULL
                    """,
                    FileState.quarantined.rawValue)
                try transaction.execute(
                    """
                    UPDATE file SET state = CASE WHEN removed_at IS NULL THEN $1 ELSE $2 END, withheld_reason = NULL
                    WHERE \(files) AND state = $3
                    """,
                    FileState.published.rawValue, FileState.removed.rawValue, FileState.quarantined.rawValue)
                guard transaction.changes > 0 else { throw RemovalRefusal.nothingToQuarantine(project.name) }
                try transaction.record(permit, .removal(.quarantineLifted(what)))
                try transaction.refreshLatest(of: project)
                try transaction.tellHolders(
                    of: project, .project(.quarantineLifted(what), project.name, by: actor.displayName), by: actor,
                    from: RequestOrigin(), at: now)
            } else {
                guard project.status == .quarantined else { throw RemovalRefusal.nothingToQuarantine(project.name) }
                try transaction.record(permit, .removal(.quarantineLifted(.project)))
                let before = try door.connection.statusBeforeQuarantine(of: project)
                try transaction.setStatus(
                    before.status, reason: before.reason, of: project,
                    with: try door.connection.permitOfIndex(on: project, at: now))
            }
        }
    }
}

extension Connection {
    /// A condition on the files that something is, in a statement about `file`; nil for all of a project, whose status
    /// says it. Throws where there is no such thing.
    fileprivate func files(of what: Departure, of project: Project) throws -> String? {
        switch what {
        case .project, .archiving, .hiding, .lastRole: return nil
        case .file(let filename):
            let file = try row(
                "SELECT id FROM file WHERE project_id = $1 AND filename = $2", project.id.number, filename)
            guard let file else { throw RemovalRefusal.noSuchFile(project.name, filename) }
            return "id = \(try file.integer("id"))"
        case .release(let version):
            let release = try row(
                "SELECT id FROM release WHERE project_id = $1 AND canonical = $2", project.id.number, version.canonical)
            guard let release else { throw ReleaseRefusal.noSuchRelease(project.name, version) }
            return "release_id = \(try release.integer("id"))"
        }
    }

    /// The status that a project had, and why: what was archived, for example, takes no uploads afterwards either.
    fileprivate func statusBeforeQuarantine(of project: Project) throws -> (status: ProjectStatus, reason: String?) {
        let entries = try rows(
            """
            SELECT serial, at, actor, action, subject, details FROM journal
            WHERE subject = $1 AND action = $2 AND at >= $3 ORDER BY serial DESC LIMIT 50
            """,
            Subject.project(project.name).journalName, ProjectAct.changeProjectStatus.rawValue,
            project.createdAt.microseconds
        ).map(JournalEntry.init(row:))
        for entry in entries {
            guard case .project(.statusSet(let status, let reason)) = entry.event, status != .quarantined else {
                continue
            }
            return (status, reason)
        }
        return (.active, nil)
    }

    /// To set the status that follows from what an administrator was permitted.
    fileprivate func permitOfIndex(on project: Project, at now: Timestamp) throws -> Permit {
        try permit(
            .changeProjectStatus, on: project.name, to: .index, knowing: projectFacts(project.name, .index), at: now)
    }
}
