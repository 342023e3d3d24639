import Accounts
import Acts
import Database
import Journal
import Letters
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
            try connection.openInvitations(of: user, at: now)
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
            let until = now + Invitation.lifetime
            try transaction.execute(
                """
                INSERT INTO invitation (project_id, account_id, role, invited_by, invited_at, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (project_id, account_id) DO UPDATE SET
                    role = excluded.role, invited_by = excluded.invited_by, invited_at = excluded.invited_at,
                    expires_at = excluded.expires_at, accepted_at = NULL
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
        to name: ProjectName, of user: Username?, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> MandateRefusal? {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .acceptRole, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let user = try connection.requireHolder(actor, for: user)
            // Pressed a second time, in another browser: it is done.
            if try connection.role(of: user.id, on: project.id) != nil { return nil }
            let invitation = try connection.requireInvitation(of: user, to: project, at: now)
            guard try connection.isStillMeant(invitation, to: project) else {
                throw RoleRefusal.noInvitation(user.name, project.name)
            }
            guard let missing = try connection.missing(to: user, for: project, at: now) else {
                try transaction.give(invitation, to: user, on: project, with: permit, from: origin)
                return nil
            }
            if invitation.acceptedAt == nil {
                try transaction.note(
                    acceptanceOf: invitation, by: user, on: project, missing: missing, with: permit, from: origin)
            }
            return missing
        }
    }

    func giveAcceptedRoles(at now: Timestamp) async throws { try await giveAcceptedRoles(to: nil, at: now) }

    /// The same for one account, or for everybody. Each is a transaction of its own, so that one that fails stops nobody
    /// else's.
    func giveAcceptedRoles(to user: UserID?, at now: Timestamp) async throws {
        let accepted = try await database.read { try $0.acceptances(of: user) }
        try await accepted.eachByItself { acceptance in
            guard try await database.read({ try $0.dueAcceptance(acceptance, at: now) }) != nil else { return }
            try await database.change(by: .index, at: now) { door, _, now in
                guard let due = try door.connection.dueAcceptance(acceptance, at: now) else { return }
                try door.open(with: due.permit).settle(due)
            }
        }
    }

    func outlooks(for user: UserID, at now: Timestamp) async throws -> [String: InvitationOutlook] {
        try await database.read { connection in
            var outlooks: [String: InvitationOutlook] = [:]
            for invitation in try connection.openInvitations(of: user, at: now) {
                guard let project = try connection.project(named: invitation.project) else { continue }
                outlooks[project.name.normalized] = try connection.outlook(on: project, for: user, at: now)
            }
            return outlooks
        }
    }

    func declineInvitation(
        to name: ProjectName, of user: Username?, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let connection = door.connection
            let (project, permit) = try connection.judged(
                .declineRole, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let user = try connection.requireHolder(actor, for: user)
            let invitation = try transaction.takeInvitation(of: user, to: project, at: now)
            try transaction.record(permit, .role(RoleEvent(.declined, of: user.name, as: invitation.role)))
            try transaction.tellHolders(
                of: project, atLeast: .owner, .collaborator(.declined, user.name, invitation.role, on: project.name),
                by: actor, from: origin,
                at: now)
        }
    }
}

extension Invitation {
    fileprivate static let query = """
        SELECT i.project_id, p.name AS project_name, a.name, i.role, b.name AS invited_by, i.invited_at, i.expires_at,
            i.accepted_at
        FROM invitation i JOIN project p ON p.id = i.project_id JOIN account a ON a.id = i.account_id
        LEFT JOIN account b ON b.id = i.invited_by
        """

    fileprivate init(row: Row) throws {
        self.init(
            project: try ProjectName(parsing: row.text("project_name")), user: try Username(parsing: row.text("name")),
            role: try stored(Role(rawValue: row.text("role")), "role"),
            invitedBy: try row.optionalText("invited_by").map { try Username(parsing: $0) },
            invitedAt: Timestamp(microseconds: try row.integer("invited_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            acceptedAt: try row.optionalInteger("accepted_at").map(Timestamp.init(microseconds:)))
    }
}

/// An invitation that was accepted, by its keys.
private struct Acceptance {
    let user: UserID
    let project: ProjectID
}

/// An invitation that was accepted, and what is due to it.
private struct DueAcceptance {
    let invitation: Invitation
    let user: User
    let project: Project
    /// For the index, which does what was agreed to.
    let permit: Permit
}

extension Connection {
    fileprivate func invitation(of user: UserID, to project: ProjectID) throws -> Invitation? {
        try row(
            "\(Invitation.query) WHERE i.project_id = $1 AND i.account_id = $2", project.number, user.number
        ).map(Invitation.init(row:))
    }

    fileprivate func requireInvitation(of user: User, to project: Project, at now: Timestamp) throws -> Invitation {
        guard let invitation = try invitation(of: user.id, to: project.id), invitation.expiresAt > now
        else { throw RoleRefusal.noInvitation(user.name, project.name) }
        return invitation
    }

    fileprivate func openInvitations(of user: UserID, at now: Timestamp) throws -> [Invitation] {
        try rows(
            """
            \(Invitation.query)
            WHERE i.account_id = $1 AND i.expires_at > $2 AND p.removed_at IS NULL AND b.disabled_at IS NULL
            ORDER BY p.normalized
            """,
            user.number, now.microseconds
        ).map(Invitation.init(row:))
    }

    /// Whether the one who made an invitation could make it now: nobody else speaks for it while it waits.
    fileprivate func isStillMeant(_ invitation: Invitation, to project: Project) throws -> Bool {
        guard let inviter = try invitation.invitedBy.map({ try requireUser(named: $0) }) else { return true }
        return try inviter.disabling == nil && role(of: inviter.id, on: project.id) == .owner
    }

    /// What the rule must know of anyone who takes a role. Where evidence does not count on the project, a first factor
    /// that counted by it, before there was anything to do with the project, waits there as long as any other.
    fileprivate func factsOfTaking(_ project: Project, by user: UserID, at now: Timestamp) throws -> MandateFacts {
        var facts = try mandateFacts(on: project.name, requiredByOwners: project.requiredAssurance, of: user)
        guard facts.isInTopShare, try accountRule().firstFactorEvidence == .offForTopShare else { return facts }
        if let counted = try firstFactorCounted(of: user, since: now - Probation.length) {
            let until = counted + Probation.length
            facts.probationUntil = max(facts.probationUntil ?? until, until)
        }
        return facts
    }

    /// Whether the journal has an invitation behind a serial.
    fileprivate func isOnRecord(_ invitation: Invitation, by user: User, after serial: Serial) throws -> Bool {
        try rows(
            """
            SELECT serial, at, actor, action, subject, details FROM journal
            WHERE subject = $1 AND serial > $2 AND action = $3 AND actor = $4
            """,
            "project \(invitation.project.normalized)", serial, ProjectAct.inviteCollaborator.act.rawValue,
            "user \(user.name.normalized)"
        ).contains { row in
            guard case .project(.role(let event)) = try JournalEntry(row: row).event else { return false }
            return event.user == invitation.user
        }
    }

    /// What somebody who is invited to a project has to know.
    fileprivate func outlook(on project: Project, for user: UserID, at now: Timestamp) throws -> InvitationOutlook {
        let probation = try factors(of: user).probation.flatMap { now < $0.until ? $0 : nil }
        let facts = try factsOfTaking(project, by: user, at: now)
        let canBeVouchedFor = probation?.reason.canBeEnded ?? (facts.holdings.strongest <= .password)
        return InvitationOutlook(
            on: project.name, knowing: facts,
            vouchers: canBeVouchedFor ? try vouchers(for: user, accepting: project.id, at: now) : [], at: now)
    }

    /// What keeps an account from acting on a project now, whatever it shows; nil where nothing does.
    fileprivate func missing(to user: User, for project: Project, at now: Timestamp) throws -> MandateRefusal? {
        let facts = try factsOfTaking(project, by: user.id, at: now)
        return Mandate.refusal(ofAccountOn: project.name, knowing: facts, at: now)
    }

    /// The invitations that were accepted: the oldest first.
    ///
    /// - Parameter user: whose; nil for everybody's.
    fileprivate func acceptances(of user: UserID?) throws -> [Acceptance] {
        try rows(
            """
            SELECT i.account_id, i.project_id FROM invitation i JOIN project p ON p.id = i.project_id
            WHERE i.accepted_at IS NOT NULL AND ($1 = 0 OR i.account_id = $1) AND p.removed_at IS NULL
            ORDER BY i.accepted_at, p.normalized
            """,
            user?.number ?? 0
        ).map { row in
            Acceptance(user: UserID(try row.integer("account_id")), project: ProjectID(try row.integer("project_id")))
        }
    }

    /// What is due to an invitation that was accepted; nil where it waits for something, and has not waited too long.
    fileprivate func dueAcceptance(_ acceptance: Acceptance, at now: Timestamp) throws -> DueAcceptance? {
        guard let invitation = try invitation(of: acceptance.user, to: acceptance.project),
            invitation.acceptedAt != nil, let project = try project(named: invitation.project)
        else { return nil }
        let user = try requireUser(named: invitation.user)
        let isOver = invitation.expiresAt <= now
        // Anyone who holds a role by now, however it came, keeps that one.
        let mayHold =
            try user.disabling == nil && role(of: user.id, on: project.id) == nil
            && !lacksVerifiedAddress(forActsOf: user.id)
        guard
            try isOver
                || mayHold && isStillMeant(invitation, to: project)
                    && missing(to: user, for: project, at: now) == nil
        else { return nil }
        let permit = try AccessPolicy.permit(
            isOver ? .cancelInvitation : .acceptRole, on: project.name, to: .index,
            knowing: ProjectFacts(exists: true, role: nil), at: now)
        return DueAcceptance(invitation: invitation, user: user, project: project, permit: permit)
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

    /// The account of anyone who acts; of another, where the operator acts for its holder. Who has none holds no role and
    /// has no invitation.
    package func requireHolder(_ actor: Actor, for user: Username? = nil) throws -> User {
        if actor.identity == .operatorAtMachine, let user { return try requireUser(named: user) }
        guard let id = actor.userID, let user = try self.user(id) else { throw AccessRefusal.notSignedIn }
        return user
    }
}

extension Transaction {
    /// Ends all invitations to a project, and tells those who had one; for a project that asks for more from now on, or
    /// is no more. It is part of an act that is recorded, and returns whom it concerned, for that record.
    ///
    /// - Parameter reason: after a colon: `the project was deleted`.
    @discardableResult
    package func voidInvitations(to project: Project, because reason: SecurityEvent.EndOfInvitation, at now: Timestamp)
        throws
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
        let invitation = try connection.requireInvitation(of: user, to: project, at: now)
        try deleteInvitation(of: user.id, to: project.id)
        return invitation
    }

    private func deleteInvitation(of user: UserID, to project: ProjectID) throws {
        try execute("DELETE FROM invitation WHERE project_id = $1 AND account_id = $2", project.number, user.number)
    }

    /// Gives the role that somebody was asked to take and accepted.
    ///
    /// - Parameter permit: theirs, or the index's where they accepted before.
    fileprivate func give(
        _ invitation: Invitation, to user: User, on project: Project, with permit: Permit, from origin: RequestOrigin
    ) throws {
        try deleteInvitation(of: user.id, to: project.id)
        try setRole(invitation.role, on: project.id, of: user.id, at: permit.at)
        try record(
            permit, .role(RoleEvent(.accepted(invitedBy: invitation.invitedBy), of: user.name, as: invitation.role)))
        try tellRole(
            invitation.role, of: user, on: project, .given,
            by: invitation.invitedBy?.display ?? Actor.operatorAtMachine.displayName, permit.actor, from: origin,
            at: permit.at)
    }

    /// Notes that an invitation was accepted by somebody who lacks what the project asks for, and tells the owners, who
    /// may be able to vouch.
    fileprivate func note(
        acceptanceOf invitation: Invitation, by user: User, on project: Project, missing: MandateRefusal,
        with permit: Permit, from origin: RequestOrigin
    ) throws {
        let now = permit.at
        let until = max(invitation.expiresAt, now + Invitation.longestWait)
        try execute(
            "UPDATE invitation SET accepted_at = $1, expires_at = $2 WHERE project_id = $3 AND account_id = $4",
            now.microseconds, until.microseconds, project.id.number, user.id.number)
        try record(permit, .role(RoleEvent(.agreed, of: user.name, as: invitation.role)))
        try tell(
            .ownRole(.agreed, invitation.role, on: project.name), about: user, from: origin,
            in: LetterContext(accepted: connection.outlook(on: project, for: user.id, at: now), until: until), at: now)
        var countsFrom: Timestamp?
        if case .probation(let moment) = missing.missing { countsFrom = moment }
        try tellHolders(
            of: project, atLeast: .owner,
            .collaborator(.waits(until: countsFrom), user.name, invitation.role, on: project.name), by: permit.actor,
            from: origin, at: now)
    }

    /// Does what is due to an invitation that was accepted.
    fileprivate func settle(_ acceptance: DueAcceptance) throws {
        let (invitation, user, project) = (acceptance.invitation, acceptance.user, acceptance.project)
        let permit = acceptance.permit
        guard permit.at < invitation.expiresAt else {
            try deleteInvitation(of: user.id, to: project.id)
            try record(permit, .role(RoleEvent(.invitationCancelled, of: user.name, as: invitation.role)))
            return try tellEnd(of: invitation, to: project, for: user, because: .waitedTooLong, at: permit.at)
        }
        try give(invitation, to: user, on: project, with: permit, from: RequestOrigin())
    }

    /// Forgets that an account accepted roles which it does not have yet: it may not have been its holder.
    func forgetAcceptances(of user: UserID) throws {
        try execute("UPDATE invitation SET accepted_at = NULL WHERE account_id = $1", user.number)
    }

    /// Ends the invitations of somebody who is no owner any more: anyone who got in for a moment leaves no way back. Who
    /// had accepted one and waits hears of it.
    package func dropInvitations(by user: User, to project: Project, at now: Timestamp) throws {
        let accepted = try rows(
            "\(Invitation.query) WHERE i.project_id = $1 AND i.invited_by = $2 AND i.accepted_at IS NOT NULL",
            project.id.number, user.id.number
        ).map(Invitation.init(row:))
        try execute(
            "DELETE FROM invitation WHERE project_id = $1 AND invited_by = $2", project.id.number, user.id.number)
        for invitation in accepted {
            let invited = try connection.requireUser(named: invitation.user)
            try tellEnd(of: invitation, to: project, for: invited, because: .inviterLeft, at: now)
        }
    }

    /// Ends the invitations that an account has made since a moment, to every project, for it was not its holder. Those to
    /// projects that were removed end, too: they would be there again with them.
    ///
    /// - Parameter serial: of the journal; what was made after it counts where the clock went back since.
    func dropInvitations(by user: User, since moment: Timestamp, or serial: Serial?, at now: Timestamp) throws {
        for row in try rows("\(Invitation.query) WHERE i.invited_by = $1 ORDER BY i.project_id", user.id.number) {
            let invitation = try Invitation(row: row)
            guard
                try moment <= invitation.invitedAt
                    || serial.map({ try connection.isOnRecord(invitation, by: user, after: $0) }) ?? false
            else { continue }
            let invited = try connection.requireUser(named: invitation.user)
            try deleteInvitation(of: invited.id, to: ProjectID(row.integer("project_id")))
            guard let project = try connection.project(named: invitation.project) else { continue }
            try tellEnd(of: invitation, to: project, for: invited, because: .inviterDisowned, at: now)
        }
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
    package enum RoleChange {
        case given, taken
    }

    /// Tells whom a role was given to or taken from, and the project's owners.
    ///
    /// - Parameters:
    ///   - name: who decided it, for people.
    ///   - reason: the one that they gave for giving it.
    ///   - actor: who acts: only they are told from where.
    package func tellRole(
        _ role: Role, of holder: User, on project: Project, _ change: RoleChange, by name: String,
        because reason: String? = nil, _ actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        try tell(
            .ownRole(change == .given ? .given(by: name, reason: reason) : .taken(by: name), role, on: project.name),
            about: holder,
            from: holder.id == actor.userID ? origin : RequestOrigin(), at: now)
        try tellHolders(
            of: project, atLeast: .owner, besides: holder.id,
            .collaborator(
                change == .given ? .added(by: name, reason: reason) : .removed(by: name), holder.name, role,
                on: project.name),
            by: actor,
            from: origin, at: now)
    }

    /// Tells everybody who holds a role on a project. From where somebody acted is for themselves alone.
    package func tellHolders(
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
