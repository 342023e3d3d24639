import Accounts
import Acts
import Database
import Journal
import Policy
import Primitives
import UTC

// What a transaction changes of sessions.

extension Transaction {
    /// Begins a session.
    ///
    /// A failure comes as a value where something else has to stay: the frozen key.
    func begin(_ new: NewSession, at now: Timestamp) throws -> Result<Session, FactorRefusal> {
        guard let user = try connection.user(new.user) else { throw FactorRefusal.keyNotAccepted }
        // Anyone who is told so has shown the password or a key.
        if let disabling = user.disabling { throw AccessRefusal.accountDisabled(disabling) }
        let used: UsedFactor
        switch try use(new.use, of: user, from: new.origin, at: now) {
        case .success(let factor): used = factor
        case .failure(let refusal): return .failure(refusal)
        }
        // A passkey that came by a recovery does not take the password's place before it counts: anyone who had the cookie of
        // that session, and no more, would have the account for as long as nobody looks.
        if new.verifiedHash == nil, let factor = used.factor, let until = try connection.probationUntil(of: factor),
            now < until
        {
            throw FactorRefusal.passwordNeeded(until: until)
        }
        try noteUse(of: used.factor, at: now)
        if let verified = new.verifiedHash {
            // While argon2 worked, the password may have been changed.
            let account = try row("SELECT sealed_password_hash FROM account WHERE id = $1", user.id.number)
            let current = try account.flatMap { try connection.passwordHash(of: user.id, in: $0) }
            guard current == verified else { throw FactorRefusal.challengeGone }
        }
        if let hash = new.rehashedPassword {
            exempt(.rehashing)
            try keepPasswordHash(hash, of: user.id)
        }
        try endRecovery(ofWhoeverShowed: used.factor, user, from: new.origin, at: now)
        let isFactorDue = try used.factor == nil && connection.hasSecondFactor(user.id)
        let restriction: SessionRestriction? =
            isFactorDue ? .secondFactorDue : (new.isPasswordBreached ? .passwordChangeOnly : nil)
        let isUnknownDevice =
            try isFactorDue && connection.knownDevice(of: new.origin, to: user.id, at: now) == .unknown
        let id = try insertSession(
            new.secretHash, user: user.id, restriction, used, isPasswordBreached: new.isPasswordBreached,
            isUnknownDevice: isUnknownDevice, from: new.origin, at: now)
        if !isFactorDue {
            try addProof(used.assurance, of: used.factor, to: id, scope: .everything, at: now)
            try noteSignIn(of: user, used.means, from: new.origin, at: now)
        }
        return .success(try connection.requireSession(id, at: now))
    }

    /// Uses a factor in a session: finishes signing in, or proves for an act.
    func prove(
        _ use: FactorUse, for purpose: FactorPurpose, in id: SessionID, from origin: RequestOrigin, at now: Timestamp
    ) throws -> Result<Session, FactorRefusal> {
        let session = try connection.requireSession(id, at: now)
        let used: UsedFactor
        switch try self.use(use, of: session.user, from: origin, at: now) {
        case .success(let factor): used = factor
        case .failure(let refusal): return .failure(refusal)
        }
        try noteUse(of: used.factor, at: now)
        switch purpose {
        case .signIn(let secretHash):
            switch session.standing.restriction {
            case .secondFactorDue:
                guard used.assurance > .password else { throw FactorRefusal.challengeGone }
            case nil:
                // Signed in with less than the account has, as everybody is whose factor is new. A recovery code would
                // end what the session can do instead.
                guard used.assurance > session.assurance, !used.isRecovery else {
                    throw FactorRefusal.notStrongEnough(session.standing.strongest)
                }
            case .enrolmentOnly, .passwordChangeOnly: throw FactorRefusal.challengeGone
            }
            return .success(try finishSignIn(session, used, secretHash, from: origin, at: now))
        case .stepUp(let action, let object, let secretHash):
            guard used.assurance >= session.standing.strongest, !used.isRecovery else {
                throw FactorRefusal.notStrongEnough(session.standing.strongest)
            }
            try addProof(used.assurance, of: used.factor, to: id, scope: .act(action, object: object), at: now)
            try raise(session, showing: used.assurance, of: used.factor, secretHash, at: now)
            return .success(try connection.requireSession(id, at: now))
        }
    }

    /// Turns a session that waits for the second factor, or was begun without it, into one that has shown it, under a
    /// new secret.
    ///
    /// - Parameter end: when it ends at the latest; nil for as long as sessions last.
    private func finishSignIn(
        _ session: Session, _ used: UsedFactor, _ secretHash: [UInt8], endingBy end: Timestamp? = nil,
        from origin: RequestOrigin, at now: Timestamp
    ) throws -> Session {
        let isBreached = try connection.isPasswordBreached(in: session.id)
        try endSession(session.id, of: session.user.id)
        try endRecovery(ofWhoeverShowed: used.factor, session.user, from: origin, at: now)
        let restriction: SessionRestriction? =
            used.isRecovery ? .enrolmentOnly : (isBreached ? .passwordChangeOnly : nil)
        let id = try insertSession(
            secretHash, user: session.user.id, restriction, used, isPasswordBreached: isBreached, endingBy: end,
            from: origin, at: now)
        if used.isRecovery {
            // Its addresses hear of the code.
            try note(.access(.signedIn(used.means)), about: session.user.id, from: origin, at: now)
        } else {
            try addProof(used.assurance, of: used.factor, to: id, scope: .everything, at: now)
            try noteSignIn(of: session.user, used.means, from: origin, at: now)
        }
        return try connection.requireSession(id, at: now)
    }

    /// Notes that somebody signed in; that it was in a browser where the account never was, its holder hears.
    private func noteSignIn(
        of user: User, _ means: SecurityEvent.Means, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        if try connection.knownDevice(of: origin, to: user.id, at: now) == .browser {
            try note(.access(.signedIn(means)), about: user.id, from: origin, at: now)
        } else {
            try tell(.access(.signedInFromNewBrowser(means)), about: user, from: origin, at: now)
        }
        try remember(origin, for: user.id, at: now)
    }

    /// Begins the session of somebody who was let in without a factor.
    func beginRecovered(
        _ user: User, secretHash: [UInt8], isPasswordBreached: Bool, from origin: RequestOrigin, at now: Timestamp
    ) throws -> Session {
        let used = UsedFactor(assurance: .password, factor: nil, means: .recovery, isRecovery: true)
        let id = try insertSession(
            secretHash, user: user.id, .enrolmentOnly, used, isPasswordBreached: isPasswordBreached, from: origin,
            at: now)
        return try connection.requireSession(id, at: now)
    }

    /// Lets a session rest on what was shown in it, where that is more than before, under another secret.
    private func raise(
        _ session: Session, showing assurance: Assurance, of factor: FactorID?, _ secretHash: [UInt8],
        at now: Timestamp
    ) throws {
        let shown = SessionBasis(
            assurance, factor: factor, probationUntil: try factor.flatMap { try connection.probationUntil(of: $0) })
        let basis = session.basis.after(showing: shown, at: now)
        exempt(.sessions)
        try execute(
            "UPDATE session SET assurance = $1, factor_id = $2 WHERE id = $3", basis.assurance.rawValue,
            basis.factor?.number, session.id.number)
        try renew(session.id, secretHash)
    }

    /// The same by a factor that was added in a session: it was shown there, as if one had signed in with it just now.
    /// A session that a recovery opened is signed in by that: it could add one factor and nothing else, and has done so. It
    /// ends when it would have: anyone who only has its cookie has no more of it for having a factor of their own.
    func raise(
        _ id: SessionID?, byAdding new: UsedFactor, _ secretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp
    ) throws {
        guard let id, let session = try connection.session(id, at: now) else { return }
        guard session.standing.restriction != .enrolmentOnly else {
            _ = try finishSignIn(session, new, secretHash, endingBy: session.expiresAt, from: origin, at: now)
            return
        }
        // A lesser one would only take the place of what was proven by signing in.
        if new.assurance >= session.standing.strongest {
            try addProof(new.assurance, of: new.factor, to: id, scope: .everything, at: now)
        }
        try raise(session, showing: new.assurance, of: new.factor, secretHash, at: now)
    }

    /// Gives a session another secret.
    func renew(_ session: SessionID, _ secretHash: [UInt8]) throws {
        exempt(.sessions)
        try execute("UPDATE session SET secret_hash = $1 WHERE id = $2", secretHash, session.number)
    }

    private func insertSession(
        _ secretHash: [UInt8], user: UserID, _ restriction: SessionRestriction?, _ used: UsedFactor,
        isPasswordBreached: Bool, isUnknownDevice: Bool = false, endingBy end: Timestamp? = nil,
        from origin: RequestOrigin, at now: Timestamp
    ) throws -> SessionID {
        exempt(.sessions)
        let longest = now + SessionLifetime.longest(restriction)
        let row = try row(
            """
            INSERT INTO session
                (secret_hash, account_id, restriction, assurance, factor_id, is_password_breached, created_at,
                 last_seen_at, expires_at, address, client, is_unknown_device)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id
            """,
            secretHash, user.number, restriction?.rawValue, used.assurance.rawValue, used.factor?.number,
            isPasswordBreached, now.microseconds, now.microseconds,
            min(longest, end ?? longest).microseconds, origin.address, origin.client, isUnknownDevice)
        let id = SessionID(try stored(row?.integer("id"), "session"))
        try endOldest(of: user, isWaiting: restriction == .secondFactorDue)
        return id
    }

    /// Keeps an account's sessions to `SessionLifetime.most`. Those that wait for the second factor are counted apart:
    /// who knows the password alone must not end those that are signed in, nor those that wait in a known device.
    private func endOldest(of user: UserID, isWaiting: Bool) throws {
        let surplus = try rows(
            """
            SELECT id FROM session
            WHERE account_id = $1 AND (COALESCE(restriction, '') = 'second-factor-due') = ($2 = 1)
            ORDER BY is_unknown_device, last_seen_at DESC, id DESC LIMIT 100 OFFSET $3
            """,
            user.number, isWaiting, SessionLifetime.most)
        for row in surplus { try endSession(SessionID(try row.integer("id")), of: user) }
    }

    /// Tells of somebody who knew the password and did not show the second factor, where the account never was.
    ///
    /// - Parameter row: of the query `Session.unproven`.
    func noteUnproven(_ row: Row, at now: Timestamp) throws {
        let origin = RequestOrigin(address: try row.text("address"), client: try row.text("client"))
        try tellOnceADay(
            .access(.factorNotShown), about: UserID(try row.integer("account_id")), from: origin, at: now)
    }

    private func addProof(
        _ assurance: Assurance, of factor: FactorID?, to session: SessionID, scope: Proof.Scope, at now: Timestamp
    ) throws {
        let (action, object): (String, String) =
            switch scope {
            case .everything: ("", "")
            case .act(let action, let object): (action.rawValue, object)
            }
        exempt(.sessions)
        try execute(
            """
            INSERT INTO session_proof (session_id, action, object, assurance, factor_id, at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (session_id, action, object) DO UPDATE SET
                assurance = excluded.assurance, factor_id = excluded.factor_id, at = excluded.at
            """,
            session.number, action, object, assurance.rawValue, factor?.number, now.microseconds)
        // What is stale proves nothing any more; one session could name any number of objects.
        try execute(
            "DELETE FROM session_proof WHERE session_id = $1 AND action <> '' AND at < $2", session.number,
            (now - Proof.lifetime).microseconds)
    }

    func endSession(_ id: SessionID, of user: UserID) throws {
        exempt(.sessions)
        try execute(
            """
            DELETE FROM session_proof WHERE session_id IN (SELECT id FROM session WHERE id = $1 AND account_id = $2)
            """,
            id.number, user.number)
        try execute("DELETE FROM session WHERE id = $1 AND account_id = $2", id.number, user.number)
    }

    /// Ends the sessions that a factor vouched for, and voids what it proved in others.
    func endSessions(restingOn factor: FactorID) throws {
        exempt(.sessions)
        try execute(
            """
            DELETE FROM session_proof
            WHERE factor_id = $1 OR session_id IN (SELECT id FROM session WHERE factor_id = $2)
            """,
            factor.number, factor.number)
        try execute("DELETE FROM session WHERE factor_id = $1", factor.number)
    }

    /// Revokes the tokens that a factor vouched for, and returns how many that were.
    func revokeTokens(restingOn factor: FactorID, at now: Timestamp) throws -> Int {
        try execute(
            "UPDATE token SET revoked_at = $1 WHERE factor_id = $2 AND revoked_at IS NULL", now.microseconds,
            factor.number)
        return changes
    }

    func endRestrictedSessions(of user: UserID, _ restriction: SessionRestriction) throws {
        exempt(.sessions)
        try execute(
            """
            DELETE FROM session_proof WHERE session_id IN
                (SELECT id FROM session WHERE account_id = $1 AND restriction = $2)
            """,
            user.number, restriction.rawValue)
        try execute(
            "DELETE FROM session WHERE account_id = $1 AND restriction = $2", user.number, restriction.rawValue)
    }

    package func endSessions(of user: UserID, except kept: SessionID?) throws {
        exempt(.sessions)
        try execute(
            """
            DELETE FROM session_proof WHERE session_id IN (SELECT id FROM session WHERE account_id = $1 AND id <> $2)
            """,
            user.number, kept?.number ?? 0)
        try execute("DELETE FROM session WHERE account_id = $1 AND id <> $2", user.number, kept?.number ?? 0)
    }
}

extension Connection {
    /// Whether the password that a session began with is known to thieves.
    func isPasswordBreached(in session: SessionID) throws -> Bool {
        try row("SELECT is_password_breached FROM session WHERE id = $1", session.number)?
            .bool("is_password_breached") ?? false
    }
}
