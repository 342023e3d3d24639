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
import Roles
import Stores
import UTC

extension Stores {
    /// Accounts that go.
    public var deletions: any AccountDeletionStore { SQLAccountDeletions(database: database) }
}

/// The deletion of accounts in SQL. The account's row stays, disabled for good: what refuses a disabled account refuses a
/// deleted one, and its name is taken.
struct SQLAccountDeletions: AccountDeletionStore {
    let database: Database

    func deletion(of user: UserID) async throws -> AccountDeletion? {
        try await database.read { try $0.deletion(of: user) }
    }

    func requireDeletable(_ user: Username, at now: Timestamp) async throws {
        try await database.read { try $0.requireDeletable($0.requireUser(named: user), at: now) }
    }

    func ask(
        deletionOf name: Username, confirming typed: String, by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .askDeletion, on: name, object: name.normalized, by: actor, at: now)
            guard (try? Username(parsing: typed))?.normalized == user.name.normalized else {
                throw AccountDeletionRefusal.notConfirmed(user.name)
            }
            if let known = try door.connection.deletion(of: user.id) {
                throw known.doneAt == nil
                    ? AccountDeletionRefusal.alreadyAsked(user.name, due: known.dueAt) : .isDeleted(user.name)
            }
            try door.connection.requireDeletable(user, at: now)
            let transaction = try door.open(with: permit)
            let due = now + AccountDeletionPolicy.wait
            try transaction.execute(
                "INSERT INTO account_deletion (account_id, asked_at, due_at) VALUES ($1, $2, $3)", user.id.number,
                now.microseconds, due.microseconds)
            try transaction.record(permit, .deletion(.asked(due: due)))
            try transaction.tell(
                .standing(.deletionAsked(due: due), by: actor.displayName), about: user,
                from: user.id == actor.userID ? origin : RequestOrigin(), at: now)
        }
    }

    func stop(
        deletionOf name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.stopDeletion, on: name, by: actor, at: now)
            guard let known = try door.connection.deletion(of: user.id) else {
                throw AccountDeletionRefusal.notAsked(user.name)
            }
            guard known.doneAt == nil else { throw AccountDeletionRefusal.isDeleted(user.name) }
            try door.open(with: permit).keep(user, because: nil, by: permit, from: origin)
        }
    }

    func carryOut(at now: Timestamp) async throws -> Int {
        let due = try await database.read { connection in
            try connection.rows(
                "SELECT account_id FROM account_deletion WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at LIMIT 100",
                now.microseconds
            ).map { UserID(try $0.integer("account_id")) }
        }
        var count = 0
        var failure: (any Error)?
        for user in due {
            do {
                if try await settle(user, at: now) { count += 1 }
            } catch { failure = error }
        }
        if let failure { throw failure }
        return count
    }

    /// Deletes one account, or keeps it; false where that was settled by now.
    private func settle(_ id: UserID, at now: Timestamp) async throws -> Bool {
        try await database.change(by: .index, at: now) { door, actor, now in
            let connection = door.connection
            guard let known = try connection.deletion(of: id), known.doneAt == nil, known.dueAt <= now,
                let user = try connection.user(id)
            else { return false }
            let facts = try connection.deletionFacts(of: user, at: now)
            do throws(AccountDeletionRefusal) {
                try AccountDeletionPolicy.decide(user.name, knowing: facts, at: now)
            } catch {
                let (_, permit) = try connection.judged(.stopDeletion, on: user.name, by: actor, at: now)
                try door.open(with: permit).keep(user, because: error, by: permit, from: RequestOrigin())
                return true
            }
            let (_, permit) = try connection.judged(.deleteUser, on: user.name, by: actor, at: now)
            try door.open(with: permit).delete(user, with: permit)
            return true
        }
    }
}

extension Connection {
    fileprivate func deletion(of user: UserID) throws -> AccountDeletion? {
        try row("SELECT asked_at, due_at, done_at FROM account_deletion WHERE account_id = $1", user.number).map {
            AccountDeletion(
                askedAt: Timestamp(microseconds: try $0.integer("asked_at")),
                dueAt: Timestamp(microseconds: try $0.integer("due_at")), doneAt: try $0.moment("done_at"))
        }
    }

    /// Throws where an account was deleted, which nobody enables.
    func requireNotDeleted(_ user: User) throws {
        if try deletion(of: user.id)?.doneAt != nil { throw AccountDeletionRefusal.isDeleted(user.name) }
    }

    fileprivate func requireDeletable(_ user: User, at now: Timestamp) throws {
        try AccountDeletionPolicy.decide(user.name, knowing: deletionFacts(of: user, at: now), at: now)
    }

    fileprivate func deletionFacts(of user: User, at now: Timestamp) throws -> AccountDeletionFacts {
        func projects(_ query: String) throws -> [ProjectName] {
            try rows("\(query) ORDER BY p.normalized", user.id.number).map { try ProjectName(parsing: $0.text("name")) }
        }
        // What they are an owner of again, they did not lose.
        let lost = """
            SELECT p.name, p.normalized, MAX(l.taken_at) AS last FROM lost_role l JOIN project p ON p.id = l.project_id
            WHERE l.account_id = $1 AND l.returned_at IS NULL AND l.taken_at > $2
              AND NOT EXISTS (SELECT 1 FROM role o WHERE o.project_id = p.id AND o.account_id = $1 AND o.role = 'owner')
            GROUP BY p.id ORDER BY p.normalized
            """
        let losses = try rows(lost, user.id.number, (now - RoleChangePolicy.undoing).microseconds)
        return AccountDeletionFacts(
            isAdministrator: user.isAdministrator, isDisabled: user.disabling != nil,
            soleOwned: try projects(
                """
                SELECT p.name FROM role o JOIN project p ON p.id = o.project_id
                WHERE o.account_id = $1 AND o.role = 'owner' AND p.removed_at IS NULL
                  AND p.status <> '\(ProjectStatus.archived.rawValue)'
                  AND NOT EXISTS (SELECT 1 FROM role t JOIN account a ON a.id = t.account_id
                    WHERE t.project_id = p.id AND t.account_id <> $1 AND t.role = 'owner' AND a.disabled_at IS NULL)
                """),
            askedFor: try projects(
                """
                SELECT DISTINCT p.name, p.normalized FROM removal_request q JOIN project p ON p.id = q.project_id
                WHERE q.asked_by = $1 AND q.outcome IS NULL
                """),
            lost: try losses.map { try ProjectName(parsing: $0.text("name")) },
            undoneUntil: try losses.compactMap { try $0.moment("last") }.max().map { $0 + RoleChangePolicy.undoing })
    }
}

extension Transaction {
    /// Ends the wish to delete an account, and tells its holder.
    fileprivate func keep(
        _ user: User, because refusal: AccountDeletionRefusal?, by permit: Permit, from origin: RequestOrigin
    ) throws {
        try execute("DELETE FROM account_deletion WHERE account_id = $1", user.id.number)
        try record(permit, .deletion(.stopped(reason: refusal?.code)))
        try tell(
            .standing(.deletionStopped(reason: refusal?.explanation), by: permit.actor.displayName), about: user,
            from: user.id == permit.actor.userID ? origin : RequestOrigin(), at: permit.at)
    }

    /// Deletes what is its holder's own. The name, the journal, and what was published stay.
    fileprivate func delete(_ user: User, with permit: Permit) throws {
        let (now, id) = (permit.at, user.id.number)
        try giveUpRoles(of: user, with: permit)
        try tellEndOfWord(of: user, at: now)
        try endSessions(of: user.id, except: nil)
        try execute(
            "UPDATE token SET revoked_at = $1 WHERE account_id = $2 AND revoked_at IS NULL", now.microseconds, id)
        let ended = changes
        try record(permit, .deletion(.done(tokensEnded: ended)))
        // The last that its addresses hear.
        try tell(.standing(.deleted, by: permit.actor.displayName), about: user, from: RequestOrigin(), at: now)
        for table in ["email_address", "former_address", "known_browser", "recovery_code", "account_recovery"] {
            try execute("DELETE FROM \(table) WHERE account_id = $1", id)
        }
        // Who invited it hears of nothing: it is an invitation that nobody answered.
        for table in ["invitation", "one_time_link", "challenge", "lost_role"] {
            try execute("DELETE FROM \(table) WHERE account_id = $1", id)
        }
        try forgetFactors(of: user.id)
        try execute(
            """
            UPDATE account SET disabled_at = $1, disabled_reason = $2, sealed_password_hash = NULL, user_handle = NULL,
                primary_address = $3, standing_email = NULL, standing_until = NULL, probation_until = NULL,
                probation_reason = NULL, probation_because = NULL, probation_voucher = NULL
            WHERE id = $4
            """,
            now.microseconds, Self.deleted, Self.nowhere, id)
        try execute("UPDATE account_deletion SET done_at = $1 WHERE account_id = $2", now.microseconds, id)
    }

    /// Why nobody uses the account, in the words that a disabled one would have.
    private static var deleted: String { "its holder deleted it" }

    /// An address that no mail reaches (RFC 2606), where there has to be one.
    private static var nowhere: String { "nobody@deleted.invalid" }

    private func giveUpRoles(of user: User, with permit: Permit) throws {
        let held = try connection.rows(
            "SELECT p.name, o.role FROM role o JOIN project p ON p.id = o.project_id WHERE o.account_id = $1 ORDER BY p.id",
            user.id.number)
        for row in held {
            let name = try ProjectName(parsing: row.text("name"))
            let role = try stored(Role(rawValue: row.text("role")), "role")
            let (project, leaving) = try connection.authorizeIncludingRemoved(
                .leaveProject, on: name, by: permit.actor, at: permit.at)
            try dropInvitations(by: user, to: project, at: permit.at)
            try dropRole(of: user.id, on: project)
            try record(leaving, .role(RoleEvent(.left, of: user.name, as: role)))
            try tellHolders(
                of: project, atLeast: .owner, besides: user.id,
                .collaborator(.removed(by: user.name.display), user.name, role, on: project.name), by: permit.actor,
                from: RequestOrigin(), at: permit.at)
        }
    }

    /// Deletes the second factors, and with them what rests on them.
    private func forgetFactors(of user: UserID) throws {
        let own = "(SELECT id FROM factor WHERE account_id = $1)"
        try execute("UPDATE token SET factor_id = NULL WHERE factor_id IN \(own)", user.number)
        for table in ["security_key_voucher", "security_key", "authenticator_app"] {
            try execute("DELETE FROM \(table) WHERE factor_id IN \(own)", user.number)
        }
        try execute("DELETE FROM factor WHERE account_id = $1", user.number)
    }
}
