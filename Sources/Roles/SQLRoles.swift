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
    /// How roles end and change, and come back.
    public var roles: any RoleStore { SQLRoles(database: database) }
}

/// Roles that somebody holds, in SQL.
struct SQLRoles: RoleStore {
    let database: Database

    // MARK: Ending and changing

    func changeRole(
        of user: Username, to role: Role, on name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .changeRole, on: name, object: "\(name.normalized) \(user.normalized) \(role.rawValue)", by: actor,
                at: now)
            let transaction = try door.open(with: permit)
            let holder = try connection.requireUser(named: user)
            let before = try connection.requireRole(of: holder, on: project)
            guard before != role else { return }
            try transaction.record(permit, .role(RoleEvent(.changed(from: before), of: holder.name, as: role)))
            if before == .owner {
                return try transaction.endOwnership(
                    of: holder, on: project, becoming: role, with: permit, from: origin)
            }
            try connection.requireReady(holder, for: project, at: now)
            try transaction.setRole(role, on: project.id, of: holder.id, at: now)
            try transaction.tellRole(
                role, of: holder, on: project, .given, by: actor.displayName, actor, from: origin, at: now)
        }
    }

    func removeRole(
        on name: ProjectName, from user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .removeRole, on: name, object: "\(name.normalized) \(user.normalized)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            let holder = try door.connection.requireUser(named: user)
            let role = try transaction.takeRole(of: holder, on: project, with: permit, from: origin)
            try transaction.record(permit, .role(RoleEvent(.removed, of: holder.name, as: role)))
        }
    }

    func leave(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (project, permit) = try door.connection.judged(
                .leaveProject, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let holder = try door.connection.requireHolder(actor)
            let role = try transaction.takeRole(of: holder, on: project, with: permit, from: origin)
            try transaction.record(permit, .role(RoleEvent(.left, of: holder.name, as: role)))
        }
    }

    // MARK: Coming back

    func losses(of user: UserID, at now: Timestamp) async throws -> [OwnershipLoss] {
        try await database.read { connection in
            try connection.rows(
                "\(OwnershipLoss.query) WHERE l.account_id = $1 AND l.taken_at > $2 ORDER BY l.id DESC LIMIT 100",
                user.number, (now - OwnershipLoss.shown).microseconds
            ).map(OwnershipLoss.init(row:))
        }
    }

    func returnAsOwner(
        of name: ProjectName, for user: Username?, seen: Timestamp?, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            // Also of a project that was removed meanwhile: who is an owner again brings it back.
            let (project, permit) = try connection.authorizeIncludingRemoved(
                .returnAsOwner, on: name, object: name.normalized, by: actor, at: now)
            let holder = try connection.requireHolder(actor, for: user)
            guard let (number, loss) = try connection.lastLoss(of: holder.id, on: project.id) else {
                throw RoleChangeRefusal.nothingLost(project.name)
            }
            if let seen, seen != loss.takenAt { throw RoleChangeRefusal.changedSince(project.name) }
            try RoleChangePolicy.decideReturn(
                after: loss,
                knowing: ReturnFacts(
                    isOwner: try connection.role(of: holder.id, on: project.id) == .owner,
                    lastReturnAt: try connection.lastReturn(to: project.id)),
                at: now)
            let transaction = try door.open(with: permit)
            // They are an owner since then, as if nothing had been: new ones cannot take it from them again.
            try transaction.setRole(.owner, on: project.id, of: holder.id, since: loss.ownerSince, at: now)
            try transaction.execute("UPDATE lost_role SET returned_at = $1 WHERE id = $2", now.microseconds, number)
            try transaction.execute(
                "DELETE FROM invitation WHERE project_id = $1 AND account_id = $2", project.id.number, holder.id.number)
            try transaction.record(permit, .role(RoleEvent(.returned, of: holder.name, as: .owner)))
            try transaction.tell(
                .ownRole(.returned, .owner, on: project.name), about: holder,
                from: holder.id == actor.userID ? origin : RequestOrigin(), at: now)
            try transaction.tellHolders(
                of: project, atLeast: .owner, besides: holder.id,
                .collaborator(.returned, holder.name, .owner, on: project.name), by: actor, from: RequestOrigin(),
                at: now)
        }
    }
}

extension Connection {
    fileprivate func requireRole(of holder: User, on project: Project) throws -> Role {
        guard let role = try role(of: holder.id, on: project.id) else {
            throw RoleRefusal.hasNoRole(holder.name, project.name)
        }
        return role
    }

    fileprivate func lastLoss(of user: UserID, on project: ProjectID) throws -> (Int64, OwnershipLoss)? {
        try row(
            "\(OwnershipLoss.query) WHERE l.account_id = $1 AND l.project_id = $2 ORDER BY l.id DESC LIMIT 1",
            user.number, project.number
        ).map { (try $0.integer("id"), try OwnershipLoss(row: $0)) }
    }

    /// When somebody last came back to a project as an owner.
    fileprivate func lastReturn(to project: ProjectID) throws -> Timestamp? {
        try row("SELECT MAX(returned_at) AS last FROM lost_role WHERE project_id = $1", project.number)
            .flatMap { try $0.optionalInteger("last") }.map { Timestamp(microseconds: $0) }
    }
}

extension Transaction {
    /// Takes a role away, but not the last owner's, and tells whom it concerns. The caller records it.
    fileprivate func takeRole(
        of holder: User, on project: Project, with permit: Permit, from origin: RequestOrigin
    ) throws -> Role {
        let role = try connection.requireRole(of: holder, on: project)
        switch role {
        case .owner:
            try endOwnership(of: holder, on: project, becoming: nil, with: permit, from: origin)
        case .maintainer:
            try dropInvitations(by: holder, to: project, at: permit.at)
            try dropRole(of: holder.id, on: project)
            try tellRole(
                role, of: holder, on: project, .taken, by: permit.actor.displayName, permit.actor, from: origin,
                at: permit.at)
        }
        return role
    }
}

extension OwnershipLoss {
    /// How long one is shown to its holder, also where nothing can be undone any more.
    fileprivate static let shown = Duration.days(30)

    fileprivate static let query = """
        SELECT l.id, p.name AS project_name, a.name, l.owner_since, l.became, l.taken_by, l.taker_since, l.taken_at,
            l.returned_at
        FROM lost_role l JOIN project p ON p.id = l.project_id JOIN account a ON a.id = l.account_id
        """

    fileprivate init(row: Row) throws {
        let became = try row.optionalText("became")
        self.init(
            project: try ProjectName(parsing: row.text("project_name")), user: try Username(parsing: row.text("name")),
            ownerSince: Timestamp(microseconds: try row.integer("owner_since")),
            became: try became.map { try stored(Role(rawValue: $0), "role") }, takenBy: try row.text("taken_by"),
            takerSince: try row.optionalInteger("taker_since").map { Timestamp(microseconds: $0) },
            takenAt: Timestamp(microseconds: try row.integer("taken_at")),
            returnedAt: try row.optionalInteger("returned_at").map { Timestamp(microseconds: $0) })
    }
}
