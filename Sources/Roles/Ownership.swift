import Accounts
import Acts
import Database
import Journal
import Leaving
import Policy
import Primitives
import Projects
import Stores
import UTC

// That an owner is none any more: judged, noted so that they can undo it, and told them.

extension Connection {
    /// Throws where somebody must stay an owner: they are the last one, or by `RoleChangePolicy`. Returns since when they
    /// are one.
    fileprivate func judgeEnd(of holder: User, on project: Project, with permit: Permit) throws -> Timestamp {
        try requireAnotherOwner(than: holder, of: project)
        let standing = try ownerStanding(holder.id, on: project.id)
        let since = standing.since ?? permit.at
        try RoleChangePolicy.decide(
            endOf: holder.name, on: project.name, by: permit.actor,
            knowing: OwnerChangeFacts(
                ownerSince: since, isOneself: permit.actor.userID == holder.id,
                deciderSince: try ownerStanding(permit.actor.userID, on: project.id).since,
                othersSince: standing.others.map(\.since), isCritical: try isCritical(project.id)),
            at: permit.at)
        return since
    }
}

extension Transaction {
    /// Makes an owner a maintainer or nothing, and tells them and the other owners. The caller records it. Throws
    /// `RoleRefusal` for the last owner, or `RoleChangeRefusal`.
    package func endOwnership(
        of holder: User, on project: Project, becoming role: Role?, with permit: Permit, from origin: RequestOrigin
    ) throws {
        let (actor, now) = (permit.actor, permit.at)
        let since = try connection.judgeEnd(of: holder, on: project, with: permit)
        try tellEndOfWord(of: holder, on: project.id, at: now)
        try dropInvitations(by: holder, to: project, at: now)
        try noteLoss(of: holder, since: since, on: project, becoming: role, with: permit, from: origin)
        if let role {
            try setRole(role, on: project.id, of: holder.id, at: now)
        } else {
            try dropRole(of: holder.id, on: project)
        }
        try tellHolders(
            of: project, atLeast: .owner, besides: holder.id,
            .collaborator(
                role == nil ? .removed(by: actor.displayName) : .added(by: actor.displayName, reason: nil), holder.name,
                role ?? .owner, on: project.name),
            by: actor, from: origin, at: now)
    }

    /// Ends a role, of whatever kind, with what its holder was told about the project.
    package func dropRole(of user: UserID, on project: Project) throws {
        try execute("DELETE FROM role WHERE project_id = $1 AND account_id = $2", project.id.number, user.number)
        try forgetNotices(about: project.name, to: user)
    }

    /// Notes that somebody is an owner no longer, who can undo it, and tells them.
    package func noteLoss(
        of holder: User, since: Timestamp, on project: Project, becoming role: Role?, with permit: Permit,
        from origin: RequestOrigin
    ) throws {
        let loss = OwnershipLoss(
            project: project.name, user: holder.name, ownerSince: since, became: role,
            takenBy: permit.actor.journalName,
            takerSince: try connection.ownerStanding(permit.actor.userID, on: project.id).since, takenAt: permit.at)
        try execute(
            """
            INSERT INTO lost_role (project_id, account_id, owner_since, became, taken_by, taker_since, taken_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            project.id.number, holder.id.number, since.microseconds, role?.rawValue, loss.takenBy,
            loss.takerSince?.microseconds, loss.takenAt.microseconds)
        try tell(
            .ownRole(
                .ownershipTaken(
                    by: permit.actor.displayName, became: role, until: loss.undoneUntil,
                    isSettled: loss.isOfSettledOwner),
                .owner, on: project.name),
            about: holder, from: holder.id == permit.actor.userID ? origin : RequestOrigin(), at: permit.at)
    }
}
