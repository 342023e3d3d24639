import Accounts
import Acts
import Database
import PackagingFormats
import Policy
import Primitives
import Projects
import Staging
import UTC

/// A row says what this version does not know.
struct UnknownStoredValue: Error { let text: String }

private func stored<Value>(_ value: Value?, _ text: String) throws -> Value {
    guard let value else { throw UnknownStoredValue(text: text) }
    return value
}

// What waits for a person, as rows: what the store of projects writes when a file comes, and everybody reads.

extension Connection {
    /// Whether the releases of a project wait, by its own setting.
    package func stagingStanding(of project: ProjectID) throws -> StagingStanding {
        try row(
            """
            SELECT approvals, approvers, former_approvals, former_approvers, former_until FROM staging_setting
            WHERE project_id = $1
            """,
            project.number
        ).map { row in
            StagingStanding(
                try StagingSetting(row, "approvals", "approvers"),
                former: try StagingSetting(row, "former_approvals", "former_approvers"),
                until: try row.optionalInteger("former_until").map { Timestamp(microseconds: $0) })
        } ?? .off
    }

    /// What the operator asks of critical projects.
    package func stagingRule() throws -> StagingRule {
        try row("SELECT asked_at FROM staging_rule WHERE id = 1").map {
            StagingRule(askedAt: Timestamp(microseconds: try $0.integer("asked_at")))
        } ?? .usual
    }

    /// What binds an upload: what the project asks for, and what the operator does.
    ///
    /// - Parameters:
    ///   - project: nil for a name under which there is none.
    ///   - facts: what is known of the name.
    package func stagingAsked(
        of project: ProjectID?, knowing facts: MandateFacts, at now: Timestamp
    ) throws -> StagingSetting {
        let own = try project.map { try stagingStanding(of: $0).binding(at: now) } ?? .off
        guard facts.designation != nil else { return own }
        return own.strictest(with: try stagingRule().asks(facts, at: now))
    }

    /// What the open stage of a version waits for; nil where there is none.
    package func openStage(of version: Version, in project: ProjectID) throws -> Stage? {
        try stages(
            "s.project_id = $1 AND s.canonical = $2 AND s.outcome IS NULL", project.number, version.canonical
        ).first
    }

    /// One stage; nil where there is none.
    package func stage(_ id: StageID) throws -> Stage? { try stages("s.id = $1", id.number).first }

    /// Stages, the oldest first.
    ///
    /// - Parameter condition: on a stage `s` of a project `p`.
    package func stages(_ condition: String, _ arguments: any Bindable...) throws -> [Stage] {
        try rows(
            """
            SELECT s.*, p.name AS project_name FROM stage s JOIN project p ON p.id = s.project_id
            WHERE \(condition) ORDER BY s.id
            """,
            arguments: arguments
        ).map { try stage(row: $0) }
    }

    private func stage(row: Row) throws -> Stage {
        let id = try row.integer("id")
        let outcome = try row.optionalText("outcome")
        let end = try row.optionalInteger("ended_at").map { at in
            Stage.End(
                try stored(StageOutcome(rawValue: outcome ?? ""), outcome ?? ""), at: Timestamp(microseconds: at),
                by: try row.optionalText("ended_by") ?? "", reason: try row.optionalText("end_reason"))
        }
        return Stage(
            id: StageID(id), project: try ProjectName(parsing: row.text("project_name")),
            version: try Version(parsing: row.text("version")),
            terms: try StagingSetting(row, "approvals", "approvers"),
            openedAt: Timestamp(microseconds: try row.integer("opened_at")),
            dueAt: Timestamp(microseconds: try row.integer("due_at")), files: try files(ofStage: id),
            approvals: try approvals(ofStage: id), end: end)
    }

    /// As they are in the index now, and where they are no longer, as they were.
    private func files(ofStage id: Int64) throws -> [StagedFile] {
        try rows(
            """
            SELECT sf.*, COALESCE(f.sha256, sf.sha256) AS now_sha256, COALESCE(f.size, sf.size) AS now_size, f.state
            FROM stage_file sf LEFT JOIN file f ON f.id = sf.file_id WHERE sf.stage_id = $1
            """,
            id
        ).map { row in
            let assurance = try row.text("assurance")
            return StagedFile(
                id: FileID(try row.integer("file_id")), filename: try row.text("filename"),
                sha256: try row.text("now_sha256"), size: try row.integer("now_size"),
                sender: StageSender(
                    name: try row.text("sender"), tokenLabel: try row.optionalText("token_label"),
                    assurance: try stored(Assurance(rawValue: assurance), assurance)),
                uploadedAt: Timestamp(microseconds: try row.integer("uploaded_at")),
                isHeld: try row.optionalText("state") == FileState.held.rawValue)
        }
    }

    private func approvals(ofStage id: Int64) throws -> [StageApproval] {
        try rows(
            """
            SELECT sa.*, a.name, CASE WHEN a.disabled_at IS NULL
                AND (o.role = 'owner' OR o.role IS NOT NULL AND s.approvers <> 'owners') THEN 1 ELSE 0 END AS is_standing
            FROM stage_approval sa JOIN stage s ON s.id = sa.stage_id JOIN account a ON a.id = sa.account_id
            LEFT JOIN role o ON o.project_id = s.project_id AND o.account_id = sa.account_id
            WHERE sa.stage_id = $1 ORDER BY sa.approved_at
            """,
            id
        ).map { row in
            let assurance = try row.text("assurance")
            return StageApproval(
                user: try Username(parsing: row.text("name")),
                assurance: try stored(Assurance(rawValue: assurance), assurance),
                at: Timestamp(microseconds: try row.integer("approved_at")), digest: try row.text("digest"),
                isStanding: try row.bool("is_standing"))
        }
    }
}

extension StagingSetting {
    fileprivate init(_ row: Row, _ approvals: String, _ approvers: String) throws {
        guard let number = try row.optionalInteger(approvals) else {
            self = .off
            return
        }
        let text = try row.optionalText(approvers) ?? ""
        self = try StagingSetting(
            isOn: true, approvals: Int(number), approvers: stored(Approvers(rawValue: text), text))
    }
}

extension Transaction {
    /// Notes that a file waits: it joins the stage of its version, or opens one.
    ///
    /// - Parameters:
    ///   - name: of a file that is in its table already.
    ///   - terms: what is asked for now.
    ///   - metadata: what its release will say about itself, where that was removed and says something else until then.
    package func stage(
        fileNamed name: String, of version: Version, in project: ProjectID, on terms: StagingSetting,
        from sender: StageSender, saying metadata: String?, at now: Timestamp
    ) throws -> Stage? {
        let open = try connection.openStage(of: version, in: project)
        let terms = StagePolicy.terms(joining: open?.terms, with: terms)
        let due = now + StagePolicy.lifetime
        let row: Row?
        if let open {
            row = try self.row(
                """
                UPDATE stage SET approvals = $1, approvers = $2, last_file_at = $3, due_at = $4, told_at = NULL
                WHERE id = $5 RETURNING id
                """,
                terms.approvals, terms.approvers.rawValue, now.microseconds, due.microseconds, open.id.number)
        } else {
            row = try self.row(
                """
                INSERT INTO stage
                    (project_id, version, canonical, approvals, approvers, metadata, opened_at, last_file_at, due_at)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8) RETURNING id
                """,
                project.number, version.description, version.canonical, terms.approvals, terms.approvers.rawValue,
                metadata, now.microseconds, due.microseconds)
        }
        guard let id = try row?.integer("id") else { return nil }
        try execute(
            """
            INSERT INTO stage_file
                (stage_id, file_id, filename, sha256, size, sender, token_label, assurance, uploaded_at)
            SELECT $1, id, filename, sha256, size, $2, $3, $4, $5 FROM file WHERE filename = $6
            """,
            id, sender.name, sender.tokenLabel, sender.assurance.rawValue, now.microseconds, name)
        return try connection.stage(StageID(id))
    }

    /// Ends what waits of a project whose name somebody else gets: it is not theirs to let out.
    package func forgetStages(of project: ProjectID, by name: String, at now: Timestamp) throws {
        try execute("DELETE FROM staging_setting WHERE project_id = $1", project.number)
        let files = "SELECT id FROM file WHERE project_id = $1 AND state IN ('staged', 'held')"
        try execute("DELETE FROM file_note WHERE file_id IN (\(files))", project.number)
        try execute("DELETE FROM file_past WHERE file_id IN (\(files))", project.number)
        try execute("DELETE FROM file WHERE project_id = $1 AND state IN ('staged', 'held')", project.number)
        try execute(
            "UPDATE stage SET outcome = 'rejected', ended_at = $1, ended_by = $2 WHERE project_id = $3 AND outcome IS NULL",
            now.microseconds, name, project.number)
    }
}
