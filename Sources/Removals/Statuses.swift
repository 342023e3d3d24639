import Accounts
import Acts
import Database
import Journal
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import Stores
import UTC

// What installers are told of a project as a whole (PEP 792), and who hears of it.

extension SQLRemovals {
    func setStatus(
        _ status: ProjectStatus, reason: String?, of name: ProjectName, by actor: Actor, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .changeProjectStatus, on: name, object: "\(name.normalized) \(status.rawValue)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            let reason = reason.flatMap(reasonGiven)
            try SettingsPolicy.decide(
                status, because: reason, insteadOf: project.status, on: project.name, by: actor)
            if status == .archived, project.status != .archived {
                let decision = try door.connection.decision(on: .archiving, of: project, by: actor, at: now)
                if case .request = decision { throw RemovalRefusal.hasToBeAsked(project.name) }
            }
            try transaction.setStatus(status, reason: reason, of: project, with: permit)
        }
    }
}

extension Transaction {
    /// Sets a project's status. Where it is another one, those who hold a role hear of it, and those who own what needs it.
    func setStatus(
        _ status: ProjectStatus, reason: String?, of project: Project, with permit: Permit
    ) throws {
        try execute(
            "UPDATE project SET status = $1, status_reason = $2 WHERE id = $3", status.rawValue, reason,
            project.id.number)
        try record(permit, .statusSet(status, reason: reason))
        try refreshLatest(of: project)
        guard status != project.status else { return }
        try tellHolders(
            of: project,
            .project(.statusSet(status, reason: reason), project.name, by: permit.actor.displayName),
            by: permit.actor, from: RequestOrigin(), at: permit.at)
        try tellDependents(of: project, .statusSet(status, reason: reason), by: permit)
    }

    /// Tells everybody who owns projects that need one, in one mail for each of them.
    func tellDependents(
        of project: Project, _ change: SecurityEvent.DependencyChange, by permit: Permit
    ) throws {
        let owned = try connection.rows(
            """
            SELECT o.account_id, p.name FROM needed_project n JOIN project p ON p.id = n.project_id
            JOIN role o ON o.project_id = p.id
            WHERE n.normalized = $1 AND p.id <> $2 AND p.removed_at IS NULL AND o.role = 'owner'
            ORDER BY o.account_id, p.normalized
            """,
            project.name.normalized, project.id.number)
        var dependents: [Int64: [ProjectName]] = [:]
        for row in owned {
            dependents[try row.integer("account_id"), default: []].append(try ProjectName(parsing: row.text("name")))
        }
        for (account, names) in dependents.sorted(by: { $0.key < $1.key }) {
            guard let user = try connection.user(UserID(account)) else { continue }
            try tell(
                .project(.dependency(change, dependents: names), project.name, by: permit.actor.displayName),
                about: user, from: RequestOrigin(), at: permit.at)
        }
    }
}
