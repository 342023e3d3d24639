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

extension Stores {
    /// Releases that wait for a person.
    ///
    /// - Parameter findings: says what was found in them, for the mail.
    public func stages(findings: any StageFindings = NoStageFindings()) -> any StageStore {
        SQLStages(database: database, findings: findings)
    }
}

/// What waits for a person, in SQL: let out, rejected, ended. All is decided in the transaction that does it.
struct SQLStages: StageStore {
    let database: Database
    let findings: any StageFindings

    // MARK: What is asked

    func standing(of name: ProjectName, at now: Timestamp) async throws -> StagingOutlook? {
        try await database.read { connection in
            guard let standing = try connection.standing(of: .index, on: name) else { return nil }
            let rule = try connection.stagingRule()
            let from = standing.facts.mandate.designation.flatMap {
                rule.bindsFrom(designatedAt: $0.designatedAt, under: standing.facts.mandate.rule)
            }
            return StagingOutlook(
                standing: try connection.stagingStanding(of: standing.project.id),
                isAskedByIndex: rule.askedAt != nil && standing.facts.mandate.designation != nil,
                askedByIndexFrom: from)
        }
    }

    func set(_ setting: StagingSetting, on name: ProjectName, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .setStaging, on: name, object: name.normalized, by: actor, at: now)
            let holders = try door.connection.row(
                """
                SELECT COUNT(*) AS n FROM role o JOIN account a ON a.id = o.account_id
                WHERE o.project_id = $1 AND a.disabled_at IS NULL AND (o.role = 'owner' OR $2 <> 'owners')
                """,
                project.id.number, setting.approvers.rawValue)
            try StagingSettingPolicy.decide(
                setting, on: project.name, by: actor, ownersThere: Int(try holders?.integer("n") ?? 0))
            let before = try door.connection.stagingStanding(of: project.id)
            let after = before.after(setting, bindsAtOnce: actor.isHeldToNothing, at: now)
            guard after != before else { return }
            let transaction = try door.open(with: permit)
            try transaction.execute("DELETE FROM staging_setting WHERE project_id = $1", project.id.number)
            try transaction.execute(
                """
                INSERT INTO staging_setting
                    (project_id, approvals, approvers, former_approvals, former_approvers, former_until)
                VALUES ($1, $2, $3, $4, $5, $6)
                """,
                project.id.number, after.setting.isOn ? after.setting.approvals : nil,
                after.setting.isOn ? after.setting.approvers.rawValue : nil, after.former?.approvals,
                after.former?.approvers.rawValue, after.formerUntil?.microseconds)
            try transaction.record(permit, .stage(.settingSet(setting, binds: after.formerUntil)))
            try transaction.tellOfSetting(after, of: project, by: actor, at: now)
        }
    }

    func rule() async throws -> StagingRule { try await database.read { try $0.stagingRule() } }

    func ask(ofCriticalProjects isAsked: Bool, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let permit = try AccessPolicy.permit(.setStagingRule, to: actor, at: now)
            let transaction = try door.open(with: permit)
            guard (try door.connection.stagingRule().askedAt != nil) != isAsked else { return }
            try transaction.execute("DELETE FROM staging_rule")
            if isAsked {
                try transaction.execute(
                    "INSERT INTO staging_rule (id, asked_at) VALUES (1, $1)", now.microseconds)
            }
            try transaction.record(permit, .stagingRuleSet(criticalReleasesWait: isAsked))
            if isAsked { try transaction.tellOfRule(at: now) }
        }
    }

    // MARK: Reading

    func stages(for user: UserID) async throws -> [Stage] {
        try await database.read { connection in
            try connection.stages(
                """
                s.outcome IS NULL AND p.removed_at IS NULL
                    AND s.project_id IN (SELECT project_id FROM role WHERE account_id = $1)
                """,
                user.number)
        }
    }

    func stages() async throws -> [Stage] { try await database.read { try $0.stages("s.outcome IS NULL") } }

    func stages(of name: ProjectName) async throws -> [Stage] {
        try await database.read { connection in
            try connection.stages(
                // What ended before somebody else got the name is none of theirs.
                """
                p.normalized = $1 AND p.removed_at IS NULL AND (s.ended_at IS NULL OR s.ended_at >= p.created_at)
                """,
                name.normalized)
        }
    }

    func stage(_ id: StageID) async throws -> Stage? { try await database.read { try $0.stage(id) } }

    func latestVersion(of name: ProjectName) async throws -> Version? {
        try await database.read { connection in
            try connection.project(named: name).flatMap { try connection.latestVersion(of: $0) }
        }
    }

    // MARK: Answering

    func approve(_ seen: [SeenStage], by actor: Actor, at now: Timestamp) async throws -> [ApprovedStage] {
        try await database.change(by: actor, at: now) { door, actor, now in
            let stages = try door.connection.stages(seen, for: actor)
            let statement = ApprovalStatement(stages)
            var transaction: Transaction?
            return try stages.map { stage in
                let name = stage.project
                guard let standing = try door.connection.standing(of: actor, on: name) else {
                    throw StageRefusal.noSuchStage
                }
                let permit = try door.connection.permit(
                    .approveStage, on: name, object: statement.digest, to: actor, knowing: standing.facts, at: now)
                let digest = ApprovalStatement(stage).digest
                let progress = try StagePolicy.approve(
                    stage, by: actor, role: standing.facts.role, having: digest, at: now)
                let open = try transaction ?? door.open(with: permit)
                transaction = open
                if let user = actor.userID {
                    try open.execute(
                        "DELETE FROM stage_approval WHERE stage_id = $1 AND account_id = $2", stage.id.number,
                        user.number)
                    try open.execute(
                        """
                        INSERT INTO stage_approval (stage_id, account_id, assurance, digest, approved_at)
                        VALUES ($1, $2, $3, $4, $5)
                        """,
                        stage.id.number, user.number, actor.assurance.rawValue, digest, now.microseconds)
                }
                try open.record(
                    permit,
                    .stage(
                        .approved(
                            stage.version, files: stage.files.count, statement: statement.digest,
                            isLast: progress == .published)))
                switch progress {
                case .published: try open.publish(stage, standing, with: permit)
                case .waitsForAnother: try open.tellOfFirstApproval(of: stage, standing.project, by: actor, at: now)
                }
                return ApprovedStage(project: name, version: stage.version, progress: progress)
            }
        }
    }

    func reject(_ id: StageID, reason: String, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            guard let stage = try door.connection.stage(id),
                let standing = try door.connection.standing(of: actor, on: stage.project),
                standing.facts.role != nil || actor.isHeldToNothing
            else { throw StageRefusal.noSuchStage }
            let permit = try door.connection.permit(
                .rejectStage, on: stage.project, to: actor, knowing: standing.facts, at: now)
            try StagePolicy.reject(stage, at: now)
            let transaction = try door.open(with: permit)
            let said = reason.contains { !$0.isWhitespace } ? reason.cut(to: .line) : nil
            try transaction.record(
                permit, .stage(.rejected(stage.version, files: stage.files.count, reason: said)))
            try transaction.end(stage, .rejected, of: standing.project, reason: said, by: actor, at: now)
        }
    }

    func expire(at now: Timestamp) async throws -> Int {
        let due = try await database.read { connection in
            try connection.stages("s.outcome IS NULL AND s.due_at <= $1", now.microseconds).prefix(100).map(\.id)
        }
        for id in due {
            try await database.change(by: .index, at: now) { door, actor, now in
                // Somebody may have answered meanwhile, or sent another file.
                guard let stage = try door.connection.stage(id), stage.end == nil, stage.dueAt <= now,
                    let standing = try door.connection.standingIncludingRemoved(of: actor, on: stage.project)
                else { return }
                let permit = try door.connection.permit(
                    .expireStage, on: stage.project, to: actor, knowing: standing.facts, at: now)
                let transaction = try door.open(with: permit)
                try transaction.record(permit, .stage(.expired(stage.version, files: stage.files.count)))
                try transaction.end(stage, .expired, of: standing.project, reason: nil, by: actor, at: now)
            }
        }
        return due.count
    }
}

extension Connection {
    /// The stages that somebody saw, as they are. Throws where one is nobody's business who asks, or holds other files.
    fileprivate func stages(_ seen: [SeenStage], for actor: Actor) throws -> [Stage] {
        guard !seen.isEmpty else { throw StageRefusal.nothingChosen }
        guard seen.count <= ApprovalStatement.mostReleases else {
            throw StageRefusal.tooMany(ApprovalStatement.mostReleases)
        }
        return try Dictionary(seen.map { ($0.id, $0) }) { first, _ in first }.values.sorted { $0.id < $1.id }.map {
            one in
            guard let stage = try stage(one.id), let standing = try standing(of: actor, on: stage.project),
                standing.facts.role != nil || actor.userID == nil
            else { throw StageRefusal.noSuchStage }
            if stage.end == nil, ApprovalStatement(stage).digest != one.digest {
                throw StageRefusal.changed(stage.project, stage.version)
            }
            return stage
        }
    }

    /// A project, removed or not.
    fileprivate func standingIncludingRemoved(of actor: Actor, on name: ProjectName) throws -> Standing? {
        try standing(of: actor, on: name) ?? former(of: actor, on: name)?.standing
    }
}

extension Actor {
    /// Whether they run the index.
    var isHeldToNothing: Bool {
        switch identity {
        case .operatorAtMachine, .index, .user(_, _, isAdministrator: true): true
        case .anonymous, .user(_, _, isAdministrator: false): false
        }
    }
}
