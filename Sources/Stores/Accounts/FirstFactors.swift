import Accounts
import Acts
import Bytes
import Database
import Journal
import Letters
import PackagingFormats
import Policy
import Primitives
import Projects
import Secrets
import UTC

// The first factor of an account: whether it counts at once, and what becomes of it where it was not the holder's.

extension SQLFactors {
    func disown(by secretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp) async throws -> User {
        try await database.change(by: .anonymous, at: now) { door, _, now in
            let link = try door.connection.requireLink(secretHash, [.disownFactors], at: now)
            guard let user = link.user, let number = Int64(link.object) else { throw LinkNotValid() }
            let holder = Actor(.user(user.id, user.name, isAdministrator: false), assurance: .password)
            let permit = try AccessPolicy.permit(
                .disownFactors, on: user.name, to: holder, knowing: AccountFacts(), at: now)
            let transaction = try door.open(with: permit)
            try transaction.useUp(secretHash, from: origin, at: now)
            let addedAt = link.expiresAt - OneTimeLink.Purpose.disownFactors.lifetime
            let done = try transaction.disownFactors(from: FactorID(number), addedAt: addedAt, of: user, at: now)
            try transaction.record(
                permit, .factor(.disowned(from: FactorID(number), count: done.factors, tokensEnded: done.tokens)))
            var context = LetterContext()
            context.rolesGiven = try transaction.connection.rolesGiven(by: user, since: FactorID(number))
            try transaction.tell(
                .factor(.disowned(tokensEnded: done.tokens)), about: user, from: origin, in: context, at: now)
            return user
        }
    }
}

extension Transaction {
    /// Keeps the link by which a first factor can be disowned, and all that came after it.
    ///
    /// Its secret is made of our key and of what it is about, so that none has to be drawn here.
    func keepDisowningLink(from factor: FactorID, of user: UserID, at now: Timestamp) throws -> MailedLink {
        let secret = try connection.authenticationCode(
            for: Array("\(user) \(factor) \(now.microseconds)".utf8), purpose: SecretContext.disowningLink)
        let link = MailedLink(
            path: "\(OneTimeLink.Purpose.disownFactors.path)\(secret.hexadecimal)/", secretHash: SecretHash.of(secret))
        try keepLink(link.secretHash, .disownFactors, for: user, object: factor.description, at: now)
        return link
    }

    /// Freezes an account's first factor and all that were added since: anyone who added the first could add others, and
    /// take the first away. Whatever may rest on them ends, and who knows the account by its password alone begins anew.
    ///
    /// - Parameter addedAt: when the first one was added.
    fileprivate func disownFactors(
        from factor: FactorID, addedAt: Timestamp, of user: User, at now: Timestamp
    ) throws -> (factors: Int, tokens: Int) {
        try execute(
            "UPDATE factor SET disowned_at = $1 WHERE account_id = $2 AND id >= $3 AND disowned_at IS NULL",
            now.microseconds, user.id.number, factor.number)
        let factors = changes
        // Those that rest on them also where the clock went back since.
        try execute(
            """
            UPDATE token SET revoked_at = $1
            WHERE account_id = $2 AND revoked_at IS NULL AND (created_at >= $3 OR factor_id >= $4)
            """,
            now.microseconds, user.id.number, addedAt.microseconds, factor.number)
        let tokens = changes
        try endSessions(of: user.id, except: nil)
        try forgetBrowsers(of: user.id, except: nil)
        // Ways around the factors that lead nowhere without them.
        try execute("DELETE FROM recovery_code WHERE account_id = $1", user.id.number)
        try execute("DELETE FROM account_recovery WHERE account_id = $1", user.id.number)
        try execute(
            "DELETE FROM one_time_link WHERE account_id = $1 AND purpose = 'enrol-first-factor'", user.id.number)
        if try connection.factors(of: user.id).probation?.reason == .firstFactor { try clearProbation(of: user.id) }
        // A thief who vouched for others did so for accomplices.
        try tellEndOfWord(of: user, at: now)
        try execute("UPDATE account SET probation_voucher = NULL WHERE probation_voucher = $1", user.id.number)
        // The account had what critical projects ask for: who has it without goes on being asked, and puts nothing off.
        try execute("UPDATE account SET disowned_at = $1 WHERE id = $2", now.microseconds, user.id.number)
        try execute(
            "UPDATE critical_delay SET until = $1 WHERE account_id = $2 AND until > $1", now.microseconds,
            user.id.number)
        try forgetAcceptances(of: user.id)
        try dropInvitations(by: user, since: addedAt, or: connection.serial(ofAdding: factor, to: user), at: now)
        return (factors, tokens)
    }
}

extension Connection {
    /// The serial of the journal's entry about a factor that was added to an account. What happened after it has a greater
    /// one, whatever the clock said meanwhile; nil where there is no entry.
    func serial(ofAdding factor: FactorID, to user: User) throws -> Serial? {
        let entries = try rows(
            """
            SELECT serial, at, actor, action, subject, details FROM journal
            WHERE subject = $1 AND action IN ($2, $3) ORDER BY serial DESC
            """,
            "user \(user.name.normalized)", AccountAct.addSecurityKey.act.rawValue,
            AccountAct.addAuthenticatorApp.act.rawValue
        ).map(JournalEntry.init(row:))
        return entries.first { entry in
            guard case .account(.factor(let event)) = entry.event else { return false }
            if case .keyAdded(factor, _, _, _, _) = event { return true }
            if case .appAdded(factor, _) = event { return true }
            return false
        }?.serial
    }

    /// The roles that others hold since a factor was added to an account, by an invitation of that account, or because it
    /// changed them: each a clause, `eve is owner of demo`.
    func rolesGiven(by user: User, since factor: FactorID) throws -> [String] {
        guard let serial = try serial(ofAdding: factor, to: user) else { return [] }
        let given = try rows(
            """
            SELECT j.serial, j.at, j.actor, j.action, j.subject, j.details, p.id AS project_id, p.name AS project_name
            FROM role mine JOIN project p ON p.id = mine.project_id
            JOIN journal j ON j.subject = 'project ' || p.normalized AND j.serial > $1
            WHERE mine.account_id = $2 AND j.action IN ($3, $4) ORDER BY p.normalized, j.serial
            """,
            serial, user.id.number, ProjectAct.acceptRole.act.rawValue, ProjectAct.changeRole.act.rawValue)
        return try given.compactMap { row -> String? in
            let entry = try JournalEntry(row: row)
            guard case .project(.role(let event)) = entry.event else { return nil }
            let isTheirs =
                switch event.change {
                case .accepted(invitedBy: user.name): true
                case .changed: entry.actor == "user \(user.name.normalized)"
                case .accepted, .added, .removed, .left, .invited, .invitationCancelled, .agreed, .declined, .returned:
                    false
                }
            guard isTheirs, let holder = try self.user(named: event.user),
                try role(of: holder.id, on: ProjectID(row.integer("project_id"))) == event.role
            else { return nil }
            return "\(holder.name) is \(event.role.rawValue) of \(try row.text("project_name"))"
        }.uniqued
    }

    /// What becomes of a factor that is enrolled now; nil where it is not the account's first.
    ///
    /// - Parameter before: the account's factors without it.
    func outcomeOfFirst(
        after before: AccountFactors, of user: User, by actor: Actor, _ origin: RequestOrigin, at now: Timestamp
    ) throws -> FirstFactorEvidence.Outcome? {
        guard !before.hasSecondFactor else { return nil }
        var evidence = try firstFactorEvidence(of: user, in: origin.mark ?? [], at: now)
        // Otherwise it came by another way than the link.
        let isByLink = actor.session?.firstEnrolmentUntil.map { now < $0 } ?? false
        if !isByLink { evidence.addressVerifiedAt = nil }
        return evidence.outcome(at: now)
    }

    /// What would speak for the first factor of an account, if it were enrolled now.
    ///
    /// - Parameter mark: of the browser in which; nil for the best that there is.
    func firstFactorEvidence(of user: User, in mark: [UInt8]?, at now: Timestamp) throws -> FirstFactorEvidence {
        let setting = try accountRule().firstFactorEvidence
        // The link goes to the address before, where the primary one was changed lately.
        let isStanding = try standingAddress(of: user, at: now) == user.email
        let verified = try row(
            "SELECT verified_at FROM email_address WHERE account_id = $1 AND normalized = $2", user.id.number,
            user.email.normalized)
        return FirstFactorEvidence(
            setting: setting,
            isInTopShare: try setting == .offForTopShare && isInTopShare(user.id, at: now),
            isAdministrator: user.isAdministrator,
            addressVerifiedAt: isStanding
                ? try verified?.optionalInteger("verified_at").map(Timestamp.init(microseconds:)) : nil,
            browserKnownSince: try browserKnownSince(mark, to: user.id, at: now),
            upheavals: try upheavals(of: user.id, since: now - FirstFactorEvidence.calm))
    }

    /// When the first factor of an account counted at once, by what spoke for it, the last time since a moment; nil where
    /// none did.
    package func firstFactorCounted(of user: UserID, since moment: Timestamp) throws -> Timestamp? {
        try rows(
            """
            SELECT at, kind, details FROM account_event WHERE account_id = $1 AND at > $2 AND kind = $3 ORDER BY at DESC
            """,
            user.number, moment.microseconds, SecurityEvent.Kind.firstFactorAdded.rawValue
        ).first { row in
            let event = SecurityEvent(try EventRecord(row.text("kind"), details: row.text("details")))
            return if case .factor(.firstAdded(_, .counts)) = event { true } else { false }
        }.map { Timestamp(microseconds: try $0.integer("at")) }
    }

    /// Whether an account has a role on a project that is asked for more, or is invited to one, accepted or not.
    private func isInTopShare(_ user: UserID, at now: Timestamp) throws -> Bool {
        try row(
            """
            SELECT p.id FROM project p JOIN critical_project c ON c.normalized = p.normalized
            WHERE (p.id IN (SELECT project_id FROM role WHERE account_id = $1)
                   OR p.id IN (SELECT project_id FROM invitation WHERE account_id = $1 AND expires_at > $2))
              AND c.is_in_top_share = 1 AND c.lifted_at IS NULL LIMIT 1
            """,
            user.number, now.microseconds) != nil
    }

    private func upheavals(
        of user: UserID, since moment: Timestamp
    ) throws -> [FirstFactorEvidence.Upheaval: Timestamp] {
        var found: [FirstFactorEvidence.Upheaval: Timestamp] = [:]
        for row in try rows(
            "SELECT kind, MAX(at) AS at FROM account_event WHERE account_id = $1 AND at >= $2 GROUP BY kind",
            user.number, moment.microseconds)
        {
            guard let upheaval = SecurityEvent.Kind(rawValue: try row.text("kind"))?.upheaval else { continue }
            found[upheaval] = max(Timestamp(microseconds: try row.integer("at")), found[upheaval] ?? moment)
        }
        return found
    }
}
