import Accounts
import Acts
import Database
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import StageRows
import Staging
import Stores
import UTC

// Where somebody installs what waits from. Anyone who knows the secret reads; it ends with what it shows.

extension SQLStages {
    func makeAddress(secretHash: [UInt8], for ids: [StageID], by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            guard !ids.isEmpty else { throw StageRefusal.nothingChosen }
            guard ids.count <= ApprovalStatement.mostReleases else {
                throw StageRefusal.tooMany(ApprovalStatement.mostReleases)
            }
            guard let user = actor.userID else { throw AccessRefusal.notSignedIn }
            var opened: Transaction?
            for id in Set(ids).sorted() {
                guard let stage = try door.connection.stage(id),
                    let standing = try door.connection.standing(of: actor, on: stage.project),
                    standing.facts.role != nil
                else { throw StageRefusal.noSuchStage }
                if let end = stage.end {
                    throw StageRefusal.over(stage.project, stage.version, end.outcome, end.at.day)
                }
                let permit = try door.connection.permit(
                    .addressStage, on: stage.project, to: actor, knowing: standing.facts, at: now)
                let transaction = try opened ?? door.open(with: permit)
                if opened == nil {
                    try transaction.endAddresses(of: user, showing: ids)
                    try transaction.execute(
                        "INSERT INTO stage_address (secret_hash, account_id, made_at) VALUES ($1, $2, $3)",
                        secretHash, user.number, now.microseconds)
                    opened = transaction
                }
                try transaction.execute(
                    "INSERT INTO stage_address_stage (secret_hash, stage_id) VALUES ($1, $2)", secretHash, id.number)
                try transaction.record(permit, .stage(.addressMade(stage.version)))
            }
        }
    }

    func stages(atAddress secretHash: [UInt8], at now: Timestamp) async throws -> [Stage] {
        try await database.read { connection in
            try connection.stages(
                """
                s.outcome IS NULL AND s.due_at > $1 AND p.removed_at IS NULL AND s.id IN (
                    SELECT sas.stage_id FROM stage_address_stage sas
                    JOIN stage_address sa ON sa.secret_hash = sas.secret_hash
                    JOIN account a ON a.id = sa.account_id AND a.disabled_at IS NULL
                    JOIN stage t ON t.id = sas.stage_id
                    JOIN role o ON o.project_id = t.project_id AND o.account_id = sa.account_id
                    WHERE sas.secret_hash = $2)
                """,
                now.microseconds, secretHash)
        }
    }

    func snapshot(of name: ProjectName, with stages: [Stage]) async throws -> ProjectSnapshot? {
        try await database.read { connection -> ProjectSnapshot? in
            guard let project = try connection.project(named: name) else { return nil }
            var releases = try connection.isListed(project.id) ? connection.releases(of: project.id) : []
            for stage in stages where stage.project == name {
                guard let waiting = try connection.release(of: stage, in: project) else { continue }
                let published = releases.first { $0.version == stage.version }
                releases.removeAll { $0.version == stage.version }
                releases.append(waiting.with(published?.files ?? []))
            }
            return ProjectSnapshot(
                project: project, releases: releases.sorted { $0.version > $1.version }, roles: [])
        }
    }
}

extension Release {
    /// The same with more files.
    fileprivate func with(_ more: [DistributionFile]) -> Release {
        Release(
            id: id, version: version, createdAt: createdAt, yank: yank, requiresPython: requiresPython,
            summary: summary, files: (files + more).sorted { $0.filename < $1.filename })
    }
}

extension Connection {
    /// The release of a stage with the files that wait.
    fileprivate func release(of stage: Stage, in project: Project) throws -> Release? {
        let row = try row(
            """
            SELECT id, created_at, is_yanked, yank_reason, requires_python, summary FROM release
            WHERE project_id = $1 AND canonical = $2
            """,
            project.id.number, stage.version.canonical)
        guard let row else { return nil }
        let files = try rows(
            """
            SELECT \(DistributionFile.columns) FROM file f JOIN stage_file sf ON sf.file_id = f.id
            WHERE sf.stage_id = $1 AND f.state = 'staged' ORDER BY f.filename
            """,
            stage.id.number
        ).map(DistributionFile.init(row:))
        return Release(
            id: ReleaseID(try row.integer("id")), version: stage.version,
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            yank: try row.bool("is_yanked") ? Yank(reason: try row.optionalText("yank_reason")) : nil,
            requiresPython: try row.optionalText("requires_python"), summary: try row.optionalText("summary"),
            files: files)
    }
}

extension Transaction {
    /// Ends the addresses that somebody made for any of some stages.
    fileprivate func endAddresses(of user: UserID, showing ids: [StageID]) throws {
        for id in ids {
            let hashes = try rows(
                """
                SELECT sa.secret_hash FROM stage_address sa
                JOIN stage_address_stage sas ON sas.secret_hash = sa.secret_hash
                WHERE sa.account_id = $1 AND sas.stage_id = $2
                """,
                user.number, id.number
            ).map { try $0.blob("secret_hash") }
            for hash in hashes {
                try execute("DELETE FROM stage_address_stage WHERE secret_hash = $1", hash)
                try execute("DELETE FROM stage_address WHERE secret_hash = $1", hash)
            }
        }
    }
}
