import Accounts
import Acts
import Database
import Journal
import Policy
import Ports
import Primitives
import UTC

/// The recovery of accounts in SQL.
struct SQLRecovery: RecoveryStore {
    let database: Database

    func recovery(of user: UserID) async throws -> AccountRecovery? {
        try await database.read { try $0.recovery(of: user) }
    }

    func request(
        for name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> AccountRecovery {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.requestRecovery, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            if let underWay = try transaction.connection.recovery(of: user.id),
                now < underWay.dueAt + AccountRecovery.wait
            {
                return underWay
            }
            try transaction.execute("DELETE FROM account_recovery WHERE account_id = $1", user.id.number)
            guard try transaction.connection.hasSecondFactor(user.id) else { throw RecoveryRefusal.none }
            let due = now + AccountRecovery.wait
            try transaction.execute(
                "INSERT INTO account_recovery (account_id, requested_at, due_at) VALUES ($1, $2, $3)", user.id.number,
                now.microseconds, due.microseconds)
            try transaction.record(permit, .recovery(.requested(due: due)))
            try transaction.tell(
                .recovery(.requested(due: due)), about: user,
                from: origin,
                at: now)
            return AccountRecovery(requestedAt: now, dueAt: due, approvedBy: nil)
        }
    }

    func cancel(
        for name: Username, reason typed: String?, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.cancelRecovery, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let reason = typed.flatMap(AccountDisabling.reason(typed:))
            guard typed == nil || reason != nil else { throw AccountRefusal.reasonMissing }
            guard try transaction.connection.recovery(of: user.id) != nil else { throw RecoveryRefusal.none }
            try transaction.endRecovery(of: user.id)
            try transaction.record(permit, .recovery(.cancelled(reason: reason)))
            try transaction.tell(
                .recovery(.cancelled(reason: reason)), about: user,
                from: actor.userID == user.id ? origin : RequestOrigin(), at: now)
        }
    }

    func approve(for name: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .approveRecovery, on: name, object: name.normalized, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard let recovery = try transaction.connection.recovery(of: user.id) else { throw RecoveryRefusal.none }
            guard recovery.approvedBy == nil, recovery.dueAt > now else { return }
            try transaction.execute(
                "UPDATE account_recovery SET due_at = $1, approved_by = $2 WHERE account_id = $3", now.microseconds,
                actor.journalName, user.id.number)
            try transaction.record(permit, .recovery(.approved))
            try transaction.tell(
                .recovery(.approved(by: actor.displayName)), about: user,
                from: actor.userID == user.id ? origin : RequestOrigin(), at: now)
        }
    }

    func complete(
        in session: SessionID, newSecretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp
    ) async throws -> Session {
        let session = try await database.lookUp { try $0.session(session, at: now) }
        guard let session else { throw FactorRefusal.challengeGone }
        let user = session.user
        return try await database.change(by: session.actor, at: now) { door, actor, now in
            let (_, permit) = try door.connection.judged(.completeRecovery, on: user.name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            guard let recovery = try transaction.connection.recovery(of: user.id) else { throw RecoveryRefusal.none }
            guard recovery.dueAt <= now else { throw RecoveryRefusal.tooEarly(until: recovery.dueAt) }
            // One that nobody came back for is no door that stays open.
            guard now < recovery.dueAt + AccountRecovery.wait else { throw RecoveryRefusal.none }
            try transaction.execute(
                "UPDATE account_recovery SET completed_at = $1 WHERE account_id = $2", now.microseconds,
                user.id.number)
            try transaction.beginProbation(.recovery, of: user.id, at: now)
            // They stay, but what they could prove is not asked for any more.
            try transaction.execute(
                "UPDATE factor SET lost_at = $1 WHERE account_id = $2 AND lost_at IS NULL", now.microseconds,
                user.id.number)
            let isBreached = try transaction.connection.isPasswordBreached(in: session.id)
            // Anyone who is signed in elsewhere could have objected, and did not; now there is one holder.
            try transaction.endSessions(of: user.id, except: nil)
            try transaction.forgetBrowsers(of: user.id, except: origin.mark)
            try transaction.forgetAcceptances(of: user.id)
            try transaction.record(permit, .recovery(.completed))
            try transaction.tell(
                .recovery(.completed(wasApproved: recovery.approvedBy != nil)), about: user, from: origin,
                in: transaction.connection.projectsRequiring(of: user.id, at: now), at: now)
            return try transaction.beginRecovered(
                user, secretHash: newSecretHash, isPasswordBreached: isBreached, from: origin, at: now)
        }
    }
}

extension Transaction {
    /// Ends a recovery, and with it the session that it opened.
    fileprivate func endRecovery(of user: UserID) throws {
        try execute("DELETE FROM account_recovery WHERE account_id = $1", user.number)
        try endRestrictedSessions(of: user, .enrolmentOnly)
    }

    /// Anyone who shows a factor has not lost every factor: the recovery that is under way ends, and everybody hears of
    /// it. What a recovery code opened ends as well. A factor on probation ends nothing: it may be a thief's, and the
    /// recovery its owner's.
    func endRecovery(
        ofWhoeverShowed factor: FactorID?, _ user: User, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        guard let factor, try !connection.isOnProbation(factor, at: now) else { return }
        // Anyone who got in by a recovery code was somebody else, or has found what was lost.
        try endRestrictedSessions(of: user.id, .enrolmentOnly)
        try cancelRecovery(of: user, from: origin, at: now)
    }

    /// Ends the recovery that is under way, if there is one, and everybody hears of it.
    package func cancelRecovery(of user: User, from origin: RequestOrigin, at now: Timestamp) throws {
        guard try connection.recovery(of: user.id) != nil else { return }
        let (_, permit) = try connection.judged(.cancelRecovery, on: user.name, by: .index, at: now)
        try endRecovery(of: user.id)
        try record(permit, .recovery(.cancelled(reason: nil)))
        try tell(.recovery(.cancelled(reason: nil)), about: user, from: origin, at: now)
    }
}

extension Connection {
    package func recovery(of user: UserID) throws -> AccountRecovery? {
        try row(
            "SELECT requested_at, due_at, approved_by FROM account_recovery WHERE account_id = $1", user.number
        ).map { row in
            AccountRecovery(
                requestedAt: Timestamp(microseconds: try row.integer("requested_at")),
                dueAt: Timestamp(microseconds: try row.integer("due_at")),
                approvedBy: try row.optionalText("approved_by"))
        }
    }
}
