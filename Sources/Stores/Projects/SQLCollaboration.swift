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

/// Roles and invitations in SQL.
struct SQLCollaboration: CollaborationStore {
    let database: Database

    // MARK: Reading

    func collaboration(on name: ProjectName, at now: Timestamp) async throws -> Collaboration? {
        try await database.read { connection in
            guard let project = try connection.project(named: name) else { return nil }
            let collaborators = try connection.rows(
                """
                SELECT a.name, o.role, o.given_at
                FROM role o JOIN account a ON a.id = o.account_id JOIN project p ON p.id = o.project_id
                WHERE o.project_id = $1 ORDER BY a.normalized
                """,
                project.id.number
            ).map { row in
                Collaborator(
                    user: try Username(parsing: row.text("name")),
                    role: try stored(Role(rawValue: row.text("role")), "role"),
                    since: Timestamp(microseconds: try row.integer("given_at")))
            }
            let invitations = try connection.rows(
                "\(Invitation.query) WHERE i.project_id = $1 AND i.expires_at > $2 ORDER BY a.normalized",
                project.id.number, now.microseconds
            ).map(Invitation.init(row:))
            return Collaboration(project: project, collaborators: collaborators, invitations: invitations)
        }
    }

    func invitations(for user: UserID, at now: Timestamp) async throws -> [Invitation] {
        try await database.read { connection in
            try connection.rows(
                """
                \(Invitation.query)
                WHERE i.account_id = $1 AND i.expires_at > $2 AND p.removed_at IS NULL ORDER BY p.normalized
                """,
                user.number, now.microseconds
            ).map(Invitation.init(row:))
        }
    }

    // MARK: Invitations

    func invite(
        _ user: Username, as role: Role, to name: ProjectName, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .inviteCollaborator, on: name, object: "\(name.normalized) \(user.normalized) \(role.rawValue)",
                by: actor, at: now)
            let transaction = try door.open(with: permit)
            let invited = try connection.requireUser(named: user)
            if let known = try connection.role(of: invited.id, on: project.id) {
                throw RoleRefusal.hasRole(invited.name, known, project.name)
            }
            if let known = try connection.invitation(of: invited.id, to: project.id), known.expiresAt > now {
                throw RoleRefusal.isInvited(invited.name, project.name)
            }
            try connection.requireRoomForInvitation(of: invited, to: project, at: now)
            try connection.requireReady(invited, for: project, at: now)
            let until = now + Invitation.lifetime
            try transaction.execute(
                """
                INSERT INTO invitation (project_id, account_id, role, invited_by, invited_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (project_id, account_id) DO UPDATE SET
                    role = excluded.role, invited_by = excluded.invited_by, invited_at = excluded.invited_at,
                    expires_at = excluded.expires_at
                """,
                project.id.number, invited.id.number, role.rawValue, actor.userID?.number, now.microseconds,
                until.microseconds)
            try transaction.record(permit, .role(RoleEvent(.invited, of: invited.name, as: role)))
            try transaction.tell(
                .ownRole(.offered(by: actor.displayName, until: until), role, on: project.name), about: invited,
                from: RequestOrigin(), at: now)
        }
    }

    func cancelInvitation(
        of user: Username, to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .cancelInvitation, on: name, object: "\(name.normalized) \(user.normalized)", by: actor, at: now)
            let transaction = try door.open(with: permit)
            let invited = try connection.requireUser(named: user)
            let invitation = try transaction.takeInvitation(of: invited, to: project, at: now)
            try transaction.record(
                permit, .role(RoleEvent(.invitationCancelled, of: invited.name, as: invitation.role)))
            try transaction.tellEnd(
                of: invitation, to: project, for: invited, because: .takenBack(by: actor.displayName), at: now)
        }
    }

    func acceptInvitation(
        to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .acceptRole, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let user = try connection.requireHolder(actor)
            let invitation = try transaction.takeInvitation(of: user, to: project, at: now)
            try connection.requireReady(user, for: project, at: now)
            try transaction.setRole(invitation.role, on: project.id, of: user.id, at: now)
            try transaction.record(
                permit, .role(RoleEvent(.accepted(invitedBy: invitation.invitedBy), of: user.name, as: invitation.role))
            )
            try transaction.tellRole(
                invitation.role, of: user, on: project, .given,
                by: invitation.invitedBy?.display ?? Actor.operatorAtMachine.displayName, actor, from: origin, at: now)
        }
    }

    func declineInvitation(
        to name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .declineRole, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let user = try connection.requireHolder(actor)
            let invitation = try transaction.takeInvitation(of: user, to: project, at: now)
            try transaction.record(permit, .role(RoleEvent(.declined, of: user.name, as: invitation.role)))
            try transaction.tellHolders(
                of: project, atLeast: .owner, .collaborator(.declined, user.name, invitation.role, on: project.name),
                by: actor, from: origin,
                at: now)
        }
    }

    // MARK: Roles

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
            guard let before = try connection.role(of: holder.id, on: project.id) else {
                throw RoleRefusal.hasNoRole(holder.name, project.name)
            }
            guard before != role else { return }
            if before == .owner {
                try connection.requireAnotherOwner(than: holder, of: project)
                try transaction.dropInvitations(by: holder, to: project)
            } else {
                try connection.requireReady(holder, for: project, at: now)
            }
            try transaction.setRole(role, on: project.id, of: holder.id, at: now)
            try transaction.record(permit, .role(RoleEvent(.changed(from: before), of: holder.name, as: role)))
            try transaction.tellRole(
                role, of: holder, on: project, .given, by: actor.displayName, actor, from: origin, at: now)
        }
    }

    func leave(_ name: ProjectName, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .leaveProject, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let holder = try connection.requireHolder(actor)
            let role = try transaction.takeRole(of: holder, on: project)
            try transaction.record(permit, .role(RoleEvent(.left, of: holder.name, as: role)))
            try transaction.tellRole(
                role, of: holder, on: project, .taken, by: actor.displayName, actor, from: origin, at: now)
        }
    }
}

extension Invitation {
    fileprivate static let query = """
        SELECT p.name AS project_name, a.name, i.role, b.name AS invited_by, i.invited_at, i.expires_at
        FROM invitation i JOIN project p ON p.id = i.project_id JOIN account a ON a.id = i.account_id
        LEFT JOIN account b ON b.id = i.invited_by
        """

    fileprivate init(row: Row) throws {
        self.init(
            project: try ProjectName(parsing: row.text("project_name")), user: try Username(parsing: row.text("name")),
            role: try stored(Role(rawValue: row.text("role")), "role"),
            invitedBy: try row.optionalText("invited_by").map { try Username(parsing: $0) },
            invitedAt: Timestamp(microseconds: try row.integer("invited_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")))
    }
}

extension Connection {
    fileprivate func invitation(of user: UserID, to project: ProjectID) throws -> Invitation? {
        try row(
            "\(Invitation.query) WHERE i.project_id = $1 AND i.account_id = $2", project.number, user.number
        ).map(Invitation.init(row:))
    }

    /// Throws where somebody was invited to a project again and again, or too many people wait for an answer: each
    /// invitation is a mail to somebody who may not have asked for it.
    fileprivate func requireRoomForInvitation(of user: User, to project: Project, at now: Timestamp) throws {
        let offers = try rows(
            "SELECT at, kind, details FROM account_event WHERE account_id = $1 AND at > $2 AND kind = $3 ORDER BY at",
            user.id.number, (now - .days(1)).microseconds, SecurityEvent.Kind.roleOffered.rawValue)
        let here = try offers.filter { offer in
            let event = SecurityEvent(try EventRecord(offer.text("kind"), details: offer.text("details")))
            return if case .ownRole(_, _, on: project.name) = event { true } else { false }
        }
        if here.count >= Invitation.mostADay, let first = here.first {
            let free = Timestamp(microseconds: try first.integer("at")) + .days(1)
            throw RoleRefusal.invitedTooOften(
                user.name, project.name, retryAfterSeconds: Int(max(1, free.seconds - now.seconds)))
        }
        let waiting = try row(
            "SELECT COUNT(*) AS n FROM invitation WHERE project_id = $1 AND expires_at > $2", project.id.number,
            now.microseconds)
        guard try waiting?.integer("n") ?? 0 < Invitation.mostWaiting else {
            throw RoleRefusal.tooManyInvitations(project.name)
        }
    }

    /// The account of anyone who acts. Who has none holds no role and has no invitation.
    fileprivate func requireHolder(_ actor: Actor) throws -> User {
        guard let id = actor.userID, let user = try user(id) else { throw AccessRefusal.notSignedIn }
        return user
    }
}

extension Transaction {
    /// Ends all invitations to a project, and tells those who had one; for a project that asks for more from now on, or
    /// is no more. It is part of an act that is recorded, and returns whom it concerned, for that record.
    ///
    /// - Parameter reason: after a colon: `the project was deleted`.
    @discardableResult
    func voidInvitations(to project: Project, because reason: SecurityEvent.EndOfInvitation, at now: Timestamp) throws
        -> [Username]
    {
        let pending = try rows(
            """
            SELECT \(User.columns), i.role AS invited_role FROM invitation i JOIN account a ON a.id = i.account_id
            WHERE i.project_id = $1 AND i.expires_at > $2 ORDER BY a.normalized
            """,
            project.id.number, now.microseconds)
        try execute("DELETE FROM invitation WHERE project_id = $1", project.id.number)
        return try pending.map { row in
            let user = try User(row: row)
            let role = try stored(Role(rawValue: row.text("invited_role")), "role")
            try tell(
                .ownRole(.invitationEnded(reason), role, on: project.name), about: user, from: RequestOrigin(), at: now)
            return user.name
        }
    }

    /// Takes an invitation that can still be accepted.
    fileprivate func takeInvitation(of user: User, to project: Project, at now: Timestamp) throws -> Invitation {
        guard let invitation = try connection.invitation(of: user.id, to: project.id), invitation.expiresAt > now
        else { throw RoleRefusal.noInvitation(user.name, project.name) }
        try execute(
            "DELETE FROM invitation WHERE project_id = $1 AND account_id = $2", project.id.number, user.id.number)
        return invitation
    }

    /// Ends the invitations of somebody who is no owner any more: anyone who got in for a moment leaves no way back.
    func dropInvitations(by user: User, to project: Project) throws {
        try execute(
            "DELETE FROM invitation WHERE project_id = $1 AND invited_by = $2", project.id.number, user.id.number)
    }

    /// Takes a role away, but not the last owner's.
    func takeRole(of holder: User, on project: Project) throws -> Role {
        guard let role = try connection.role(of: holder.id, on: project.id) else {
            throw RoleRefusal.hasNoRole(holder.name, project.name)
        }
        if role == .owner { try connection.requireAnotherOwner(than: holder, of: project) }
        try dropInvitations(by: holder, to: project)
        try execute(
            "DELETE FROM role WHERE project_id = $1 AND account_id = $2", project.id.number, holder.id.number)
        try forgetNotices(about: project.name, to: holder.id)
        return role
    }

    fileprivate func tellEnd(
        of invitation: Invitation, to project: Project, for user: User, because reason: SecurityEvent.EndOfInvitation,
        at now: Timestamp
    ) throws {
        try tell(
            .ownRole(.invitationEnded(reason), invitation.role, on: project.name), about: user, from: RequestOrigin(),
            at: now)
    }

    /// What became of a role.
    enum RoleChange {
        case given, taken
    }

    /// Tells whom a role was given to or taken from, and the project's owners.
    ///
    /// - Parameters:
    ///   - name: who decided it, for people.
    ///   - actor: who acts: only they are told from where.
    func tellRole(
        _ role: Role, of holder: User, on project: Project, _ change: RoleChange, by name: String, _ actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) throws {
        try tell(
            .ownRole(change == .given ? .given(by: name) : .taken(by: name), role, on: project.name), about: holder,
            from: holder.id == actor.userID ? origin : RequestOrigin(), at: now)
        try tellHolders(
            of: project, atLeast: .owner, besides: holder.id,
            .collaborator(
                change == .given ? .added(by: name) : .removed(by: name), holder.name, role, on: project.name),
            by: actor,
            from: origin, at: now)
    }

    /// Tells everybody who holds a role on a project. From where somebody acted is for themselves alone.
    func tellHolders(
        of project: Project, atLeast least: Role = .maintainer, besides left: UserID? = nil, _ event: SecurityEvent,
        by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        let holders = try rows(
            """
            SELECT \(User.columns), o.role AS held_role FROM role o JOIN account a ON a.id = o.account_id
            WHERE o.project_id = $1 ORDER BY a.id
            """,
            project.id.number)
        for row in holders {
            let holder = try User(row: row)
            let role = try stored(Role(rawValue: row.text("held_role")), "role")
            guard holder.id != left, role >= least else { continue }
            try tell(event, about: holder, from: holder.id == actor.userID ? origin : RequestOrigin(), at: now)
        }
    }
}
