import Accounts
import Database
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import StageRows
import Staging
import Stores
import UTC

// Who hears of what waits, in the transaction that changes it.

extension SQLStages {
    func tell(at now: Timestamp) async throws -> Int {
        let due = try await database.read { connection in
            try connection.stages(
                "s.outcome IS NULL AND s.told_at IS NULL AND s.last_file_at <= $1",
                (now - StagePolicy.quiet).microseconds
            ).prefix(100).map(\.id)
        }
        for id in due {
            let findings = try await self.findings.findings(of: id, in: database)
            try await database.keep(.stageNotices) { transaction in
                transaction.exempt(.outbox)
                guard let stage = try transaction.connection.stage(id), stage.end == nil,
                    let project = try transaction.connection.project(named: stage.project)
                else { return }
                try transaction.execute(
                    "UPDATE stage SET told_at = $1 WHERE id = $2", now.microseconds, id.number)
                let previous = try transaction.connection.latestVersion(of: project)
                try transaction.tell(project, atLeast: stage.terms.approvers, at: now) {
                    .releaseWaits(stage, for: $0, insteadOf: previous, findings: findings)
                }
            }
        }
        return due.count
    }
}

extension StageFindings {
    fileprivate func findings(of id: StageID, in database: Database) async throws -> [StageFinding] {
        guard let stage = try await database.read({ try $0.stage(id) }) else { return [] }
        return try await findings(in: stage)
    }
}

extension Connection {
    func latestVersion(of project: Project) throws -> Version? {
        try row(
            "SELECT r.version FROM project p JOIN release r ON r.id = p.latest_release_id WHERE p.id = $1",
            project.id.number
        ).map { try Version(parsing: $0.text("version")) }
    }
}

extension Transaction {
    /// Mails those who hold a role, each at their primary address.
    fileprivate func tell(
        _ project: Project, atLeast approvers: StagingSetting.Approvers = .ownersAndMaintainers, at now: Timestamp,
        _ letter: (Username) throws -> Letter
    ) throws {
        let holders = try connection.rows(
            """
            SELECT \(User.columns) FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 AND a.disabled_at IS NULL AND (o.role = 'owner' OR $2 <> 'owners') ORDER BY a.id
            """,
            project.id.number, approvers.rawValue
        ).map(User.init(row:))
        for holder in holders { try enqueue(letter(holder.name), to: holder.email, at: now) }
    }

    func tellOfFirstApproval(of stage: Stage, _ project: Project, by actor: Actor, at now: Timestamp) throws {
        try tell(project, atLeast: stage.terms.approvers, at: now) {
            .firstApproval(of: stage, by: actor.displayName, for: $0)
        }
    }

    func tellOfEnd(
        _ outcome: StageOutcome, of stage: Stage, _ project: Project, reason: String?, by actor: Actor,
        at now: Timestamp
    ) throws {
        try tell(project, at: now) {
            .stageEnded(stage, outcome, by: actor.displayName, because: reason, for: $0)
        }
    }

    func tellOfSetting(_ standing: StagingStanding, of project: Project, by actor: Actor, at now: Timestamp) throws {
        try tell(project, at: now) { .stagingSet(standing, of: project.name, by: actor.displayName, for: $0) }
    }

    /// Tells everybody who holds a role on a critical project what is asked there from now on, once each.
    func tellOfRule(at now: Timestamp) throws {
        let rule = try connection.stagingRule()
        let rows = try connection.rows(
            """
            SELECT \(User.columns), p.name AS project_name FROM critical_project c
            JOIN project p ON p.normalized = c.normalized JOIN role o ON o.project_id = p.id
            JOIN account a ON a.id = o.account_id
            WHERE c.lifted_at IS NULL AND p.removed_at IS NULL AND a.disabled_at IS NULL
            ORDER BY a.id, p.normalized
            """)
        var asked: [(user: User, projects: [(name: ProjectName, from: Timestamp?)])] = []
        for row in rows {
            let user = try User(row: row)
            let name = try ProjectName(parsing: row.text("project_name"))
            let facts = try connection.projectFacts(name, .index).mandate
            let from = facts.designation.flatMap {
                rule.bindsFrom(designatedAt: $0.designatedAt, under: facts.rule)
            }
            if asked.last?.user.id != user.id { asked.append((user, [])) }
            asked[asked.count - 1].projects.append((name, from))
        }
        for (user, projects) in asked {
            try enqueue(.stagingAsked(of: projects, for: user.name), to: user.email, at: now)
        }
    }
}
