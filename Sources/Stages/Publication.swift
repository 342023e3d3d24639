import Accounts
import Acts
import Database
import Journal
import PackagingFormats
import Policy
import Primitives
import Projects
import Staging
import Stores
import UTC

// How what waited becomes public, or goes without a trace.

extension Transaction {
    /// Publishes all files of a stage: one commit, in which the project, the release and the files come on record as if
    /// they had come now.
    ///
    /// What installers see as the time of upload is the time from which on everybody could have it: a release that
    /// waited must not look as if it had been looked at for as long by everybody.
    func publish(_ stage: Stage, _ standing: Connection.Standing, with permit: Permit) throws {
        try publish(
            stage.files.map(\.id), of: stage.version, in: standing,
            saying: row("SELECT metadata FROM stage WHERE id = $1", stage.id.number)?.optionalText("metadata"),
            with: permit)
        try note(.approved, of: stage, reason: nil, by: permit.actor, at: permit.at)
        try tellOfEnd(.approved, of: stage, standing.project, reason: nil, by: permit.actor, at: permit.at)
    }

    /// Publishes files of one release that waited or were held.
    ///
    /// - Parameters:
    ///   - metadata: what the release says about itself from now on, where it was removed; nil for what it says.
    ///   - permit: for the act that publishes them; it is on record already.
    package func publish(
        _ files: [FileID], of version: Version, in standing: Connection.Standing, saying metadata: String? = nil,
        with permit: Permit
    ) throws {
        let (project, now) = (standing.project, permit.at)
        func permitted(_ act: ProjectAct) throws -> Permit {
            try connection.permit(act, on: project.name, to: permit.actor, knowing: standing.facts, at: now)
        }
        try appear(standing, with: permit)
        let release = try row(
            """
            SELECT r.id, CASE WHEN \(FileState.listedRelease("r")) THEN 1 ELSE 0 END AS is_seen FROM release r
            WHERE r.project_id = $1 AND r.canonical = $2
            """,
            project.id.number, version.canonical)
        guard let release else { throw StageRefusal.noSuchStage }
        if try !release.bool("is_seen") {
            try execute(
                "UPDATE release SET removed_at = NULL, removed_by = NULL, removal = NULL, created_at = $1 WHERE id = $2",
                now.microseconds, try release.integer("id"))
            if let metadata {
                let said = try ReleaseMetadata(json: metadata)
                try execute(
                    "UPDATE release SET requires_python = $1, summary = $2, metadata = $3 WHERE id = $4",
                    said.requiresPython, said.summary, metadata, try release.integer("id"))
            }
            try record(permitted(.createRelease), .content(.releaseCreated(version)))
        }
        let upload = try permitted(.uploadFile)
        for id in files {
            let file = try row(
                """
                UPDATE file SET state = $1, uploaded_at = $2 WHERE id = $3 AND state IN ($4, $5)
                RETURNING filename, sha256, size
                """,
                FileState.published.rawValue, now.microseconds, id.number, FileState.staged.rawValue,
                FileState.held.rawValue)
            guard let file else { throw StageRefusal.changed(project.name, version) }
            try record(
                upload,
                .content(
                    .fileUploaded(
                        FileOnRecord(
                            version: version, filename: DistributionFilename(lenient: file.text("filename")),
                            sha256: file.text("sha256")),
                        size: file.integer("size"))))
        }
        try refreshLatest(of: project)
    }

    /// Ends a stage of which nothing comes: its files go, and their names and its version are free. Their bytes are
    /// orphans, which are collected.
    func end(
        _ stage: Stage, _ outcome: StageOutcome, of project: Project, reason: String?, by actor: Actor,
        at now: Timestamp
    ) throws {
        try note(outcome, of: stage, reason: reason, by: actor, at: now)
        // While there is somebody to tell.
        try tellOfEnd(outcome, of: stage, project, reason: reason, by: actor, at: now)
        for file in stage.files { try forget(file.id) }
        try forgetRelease(stage.version, of: project)
        try forgetUnseen(project)
    }

    private func note(
        _ outcome: StageOutcome, of stage: Stage, reason: String?, by actor: Actor, at now: Timestamp
    ) throws {
        try execute(
            "UPDATE stage SET outcome = $1, ended_at = $2, ended_by = $3, end_reason = $4 WHERE id = $5",
            outcome.rawValue, now.microseconds, actor.journalName, reason, stage.id.number)
    }

    /// Forgets a file that was never public.
    package func forget(_ id: FileID) throws {
        let file = try row(
            "SELECT project_id, size FROM file WHERE id = $1 AND state IN ($2, $3)", id.number,
            FileState.staged.rawValue, FileState.held.rawValue)
        guard let file else { return }
        try execute("DELETE FROM file_note WHERE file_id = $1", id.number)
        try execute("DELETE FROM file_past WHERE file_id = $1", id.number)
        try execute("DELETE FROM file WHERE id = $1", id.number)
        try execute(
            "UPDATE project SET size = size - $1 WHERE id = $2", try file.integer("size"),
            try file.integer("project_id"))
    }

    /// Forgets a release of which nothing was ever public.
    package func forgetRelease(_ version: Version, of project: Project) throws {
        let release = try row(
            """
            SELECT r.id FROM release r WHERE r.project_id = $1 AND r.canonical = $2 AND r.removed_at IS NULL
                AND NOT EXISTS (SELECT 1 FROM file f WHERE f.release_id = r.id)
            """,
            project.id.number, version.canonical)
        guard let id = try release?.integer("id") else { return }
        // What was published once stays, without files as before.
        guard try !isOnRecord(version, of: project) else { return }
        try execute("DELETE FROM release_past WHERE release_id = $1", id)
        try execute("DELETE FROM release WHERE id = $1", id)
    }

    private func isOnRecord(_ version: Version, of project: Project) throws -> Bool {
        try connection.rows(
            "SELECT serial, at, actor, action, subject, details FROM journal WHERE subject = $1 AND action = $2",
            Subject.project(project.name).journalName, ProjectAct.createRelease.rawValue
        ).contains { row in
            guard case .project(.content(.releaseCreated(let known))) = try JournalEntry(row: row).event else {
                return false
            }
            return known == version
        }
    }

    /// Forgets a project that was never public and has nothing left: its name is free.
    package func forgetUnseen(_ project: Project) throws {
        let left = try row(
            """
            SELECT p.id FROM project p WHERE p.id = $1
                AND NOT EXISTS (SELECT 1 FROM release r WHERE r.project_id = p.id)
                AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.subject = $2 AND j.action = $3)
            """,
            project.id.number, Subject.project(project.name).journalName, ProjectAct.createProject.rawValue)
        guard left != nil else { return }
        let stages = "SELECT id FROM stage WHERE project_id = $1"
        for statement in [
            "DELETE FROM role WHERE project_id = $1", "DELETE FROM role_past WHERE project_id = $1",
            "DELETE FROM invitation WHERE project_id = $1", "DELETE FROM lost_role WHERE project_id = $1",
            "DELETE FROM needed_project WHERE project_id = $1", "DELETE FROM search_entry WHERE project_id = $1",
            "DELETE FROM staging_setting WHERE project_id = $1",
            "DELETE FROM stage_approval WHERE stage_id IN (\(stages))",
            "DELETE FROM stage_address_stage WHERE stage_id IN (\(stages))",
            "DELETE FROM stage_file WHERE stage_id IN (\(stages))", "DELETE FROM stage WHERE project_id = $1",
            "DELETE FROM project_past WHERE project_id = $1", "DELETE FROM project WHERE id = $1",
        ] { try execute(statement, project.id.number) }
    }
}
