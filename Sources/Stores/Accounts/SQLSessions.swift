import Accounts
import Acts
import Database
import Journal
import Policy
import Ports
import Primitives
import Secrets
import UTC
import WebAuthn

/// Sessions in SQL.
struct SQLSessions: SessionStore {
    let database: Database

    // MARK: Sessions

    func begin(_ new: NewSession, at now: Timestamp) async throws -> Session {
        let outcome = try await database.keep(.sessions) { transaction in try transaction.begin(new, at: now) }
        return try outcome.get()
    }

    func session(secretHash: [UInt8], at now: Timestamp) async throws -> Session? {
        // Asked for every page of an account: a few rows by their keys.
        guard let session = try await database.lookUp({ try $0.session(secretHash: secretHash, at: now) }) else {
            return nil
        }
        // To the minute: a write for every request of a browser would be one too many.
        if now.since(session.lastSeenAt) >= .seconds(60) {
            try await database.keep(.sessions) { transaction in
                try transaction.execute(
                    "UPDATE session SET last_seen_at = $1 WHERE id = $2", now.microseconds, session.id.number)
            }
        }
        return session
    }

    func sessions(of user: UserID, at now: Timestamp) async throws -> [Session] {
        try await database.read { connection in
            let strongest = try connection.strongest(of: user)
            let proofs = try Dictionary(
                grouping: connection.rows(
                    """
                    SELECT p.session_id, p.action, p.object, p.assurance, p.at
                    FROM session_proof p JOIN session s ON s.id = p.session_id WHERE s.account_id = $1
                    """,
                    user.number), by: { SessionID(try $0.integer("session_id")) })
            return try connection.rows(
                "\(Session.query) WHERE s.account_id = $1 AND \(Session.isLive(2, 3)) ORDER BY s.last_seen_at DESC",
                user.number, now.microseconds, (now - SessionLifetime.idle).microseconds
            ).map { row in
                let proofs = try proofs[SessionID(row.integer("id")), default: []].map(Proof.init(row:))
                return try Session(row: row, proofs: proofs, strongest: strongest)
            }
        }
    }

    func end(_ session: SessionID, of name: Username, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(
                .endSession, on: name, object: session.description, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let ended = try transaction.row(
                "SELECT address, client FROM session WHERE id = $1 AND account_id = $2", session.number, user.id.number)
            guard let ended else { return }
            for row in try transaction.rows("\(Session.unproven) AND s.id = $1", session.number) {
                try transaction.noteUnproven(row, at: now)
            }
            try transaction.endSession(session, of: user.id)
            let origin = actor.origin(shownTo: user.id)
            guard session != actor.session?.id else {
                return try transaction.note(.access(.signedOut), about: user.id, from: origin, at: now)
            }
            let its = RequestOrigin(address: try ended.text("address"), client: try ended.text("client"))
            try transaction.tell(
                .access(.sessionEnded(client: its.clientWords)), about: user, from: origin, at: now)
        }
    }

    func endAll(of name: Username, except kept: SessionID?, by actor: Actor, at now: Timestamp) async throws {
        try await database.change(by: actor, at: now) { door, actor, now in
            let (user, permit) = try door.connection.judged(.endSession, on: name, by: actor, at: now)
            let transaction = try door.open(with: permit)
            let origin = actor.origin(shownTo: user.id)
            try transaction.endSessions(of: user.id, except: kept)
            try transaction.forgetBrowsers(of: user.id, except: origin.mark)
            try transaction.tell(.access(.sessionsEnded), about: user, from: origin, at: now)
        }
    }

    func familiarity(of origin: RequestOrigin, to user: UserID, at now: Timestamp) async throws -> Familiarity {
        try await database.lookUp { try $0.familiarity(of: origin, to: user, at: now) }
    }

    // MARK: Proving

    func prove(
        _ use: FactorUse, for purpose: FactorPurpose, in session: SessionID, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> Session {
        let outcome = try await database.keep(.sessions) { transaction in
            try transaction.prove(use, for: purpose, in: session, from: origin, at: now)
        }
        return try outcome.get()
    }

    // MARK: Challenges

    func keep(_ challenge: Challenge) async throws {
        try await database.keep(.challenges) { transaction in
            try transaction.execute(
                """
                INSERT INTO challenge (browser, purpose, account_id, bytes, requires_verified, expires_at)
                VALUES ($1, $2, $3, $4, $5, $6)
                ON CONFLICT (browser, purpose) DO UPDATE SET account_id = excluded.account_id, bytes = excluded.bytes,
                    requires_verified = excluded.requires_verified, expires_at = excluded.expires_at
                """,
                challenge.browser, challenge.purpose.text, challenge.user?.number, challenge.bytes,
                challenge.requiresUserVerification, challenge.expiresAt.microseconds)
            // A purpose names its object, and a browser can make up as many objects as it likes.
            try transaction.execute(
                """
                DELETE FROM challenge WHERE browser = $1 AND purpose NOT IN (
                    SELECT purpose FROM challenge WHERE browser = $1 ORDER BY expires_at DESC LIMIT $2)
                """,
                challenge.browser, Challenge.mostPerBrowser)
        }
    }

    func take(browser: [UInt8], purpose: ChallengePurpose, at now: Timestamp) async throws -> Challenge? {
        try await database.keep(.challenges) { transaction in
            let row = try transaction.row(
                """
                DELETE FROM challenge WHERE browser = $1 AND purpose = $2
                RETURNING account_id, bytes, requires_verified, expires_at
                """,
                browser, purpose.text)
            guard let row else { return nil }
            let challenge = Challenge(
                browser: browser, user: try row.optionalInteger("account_id").map { UserID($0) }, purpose: purpose,
                bytes: try row.blob("bytes"), requiresUserVerification: try row.bool("requires_verified"),
                expiresAt: Timestamp(microseconds: try row.integer("expires_at")))
            return challenge.expiresAt > now ? challenge : nil
        }
    }

    func removeEnded(at now: Timestamp) async throws {
        try await database.keep(.sessions) { transaction in
            let live = Session.isLive(1, 2)
            let idle = (now - SessionLifetime.idle).microseconds
            for row in try transaction.rows(
                "\(Session.unproven) AND NOT (\(live)) ORDER BY s.created_at", now.microseconds, idle)
            {
                try transaction.noteUnproven(row, at: now)
            }
            try transaction.execute(
                "DELETE FROM session_proof WHERE session_id IN (SELECT s.id FROM session s WHERE NOT (\(live)))",
                now.microseconds, idle)
            try transaction.execute(
                "DELETE FROM session WHERE id IN (SELECT s.id FROM session s WHERE NOT (\(live)))", now.microseconds,
                idle)
            try transaction.execute("DELETE FROM challenge WHERE expires_at <= $1", now.microseconds)
            try transaction.execute("DELETE FROM one_time_link WHERE expires_at <= $1", now.microseconds)
            try transaction.execute(
                "DELETE FROM account_event WHERE at < $1", (now - RecordedEvent.lifetime).microseconds)
            try transaction.execute(
                "DELETE FROM known_browser WHERE seen_at < $1", (now - KnownBrowser.lifetime).microseconds)
            try transaction.execute("DELETE FROM former_address WHERE until <= $1", now.microseconds)
        }
    }
}

// MARK: - In a transaction

extension Transaction {
    /// Begins a session.
    ///
    /// A failure comes as a value where something else has to stay: the frozen key.
    fileprivate func begin(_ new: NewSession, at now: Timestamp) throws -> Result<Session, FactorRefusal> {
        guard let user = try connection.user(new.user) else { throw FactorRefusal.keyNotAccepted }
        let used: UsedFactor
        switch try use(new.use, of: user, from: new.origin, at: now) {
        case .success(let factor): used = factor
        case .failure(let refusal): return .failure(refusal)
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
        let isStrange =
            try isFactorDue && connection.familiarity(of: new.origin, to: user.id, at: now) == .strange
        let id = try insertSession(
            new.secretHash, user: user.id, restriction, used, isPasswordBreached: new.isPasswordBreached,
            isStrange: isStrange, from: new.origin, at: now)
        if !isFactorDue {
            try addProof(used, to: id, scope: .everything, at: now)
            try noteSignIn(of: user, used.means, from: new.origin, at: now)
        }
        return .success(try connection.requireSession(id))
    }

    /// Uses a factor in a session: finishes signing in, or proves for an act.
    fileprivate func prove(
        _ use: FactorUse, for purpose: FactorPurpose, in id: SessionID, from origin: RequestOrigin, at now: Timestamp
    ) throws -> Result<Session, FactorRefusal> {
        let session = try connection.requireSession(id)
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
                // Signed in with less than the account has, as everybody is whose factor is new. A recovery code would end
                // what the session can do instead.
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
            try addProof(used, to: id, scope: .act(action, object: object), at: now)
            try renew(id, secretHash)
            return .success(try connection.requireSession(id))
        }
    }

    /// Turns a session that waits for the second factor, or was begun without it, into one that has shown it, under a new
    /// secret.
    private func finishSignIn(
        _ session: Session, _ used: UsedFactor, _ secretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp
    ) throws -> Session {
        let isBreached = try row("SELECT is_password_breached FROM session WHERE id = $1", session.id.number)?
            .bool("is_password_breached")
        try endSession(session.id, of: session.user.id)
        try endRecovery(ofWhoeverShowed: used.factor, session.user, from: origin, at: now)
        let restriction: SessionRestriction? =
            used.isRecovery ? .enrolmentOnly : (isBreached == true ? .passwordChangeOnly : nil)
        let id = try insertSession(
            secretHash, user: session.user.id, restriction, used, isPasswordBreached: isBreached ?? false,
            from: origin, at: now)
        if used.isRecovery {
            // Its addresses hear of the code.
            try note(.access(.signedIn(means: used.means)), about: session.user.id, from: origin, at: now)
        } else {
            try addProof(used, to: id, scope: .everything, at: now)
            try noteSignIn(of: session.user, used.means, from: origin, at: now)
        }
        return try connection.requireSession(id)
    }

    /// Notes that somebody signed in; that it was in a browser where the account never was, its holder hears.
    private func noteSignIn(
        of user: User, _ means: String, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        if try connection.familiarity(of: origin, to: user.id, at: now) == .browser {
            try note(.access(.signedIn(means: means)), about: user.id, from: origin, at: now)
        } else {
            try tell(.access(.signedInAnew(means: means)), about: user, from: origin, at: now)
        }
        try remember(origin, for: user.id, at: now)
    }

    /// Begins the session of somebody who was let in without a factor.
    func beginRecovered(
        _ user: User, secretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp
    ) throws -> Session {
        let used = UsedFactor(assurance: .password, factor: nil, means: "a recovery of the account", isRecovery: true)
        let id = try insertSession(
            secretHash, user: user.id, .enrolmentOnly, used, isPasswordBreached: false, from: origin, at: now)
        return try connection.requireSession(id)
    }

    /// Gives a session another secret.
    func renew(_ session: SessionID, _ secretHash: [UInt8]) throws {
        try execute("UPDATE session SET secret_hash = $1 WHERE id = $2", secretHash, session.number)
    }

    private func insertSession(
        _ secretHash: [UInt8], user: UserID, _ restriction: SessionRestriction?, _ used: UsedFactor,
        isPasswordBreached: Bool, isStrange: Bool = false, from origin: RequestOrigin, at now: Timestamp
    ) throws -> SessionID {
        let row = try row(
            """
            INSERT INTO session
                (secret_hash, account_id, restriction, assurance, factor_id, is_password_breached, created_at,
                 last_seen_at, expires_at, address, client, is_strange)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id
            """,
            secretHash, user.number, restriction?.rawValue, used.assurance.rawValue, used.factor?.number,
            isPasswordBreached, now.microseconds, now.microseconds,
            (now + SessionLifetime.longest(restriction)).microseconds, origin.address, origin.client, isStrange)
        let id = SessionID(try stored(row?.integer("id"), "session"))
        try endOldest(of: user, isWaiting: restriction == .secondFactorDue)
        return id
    }

    /// Keeps an account's sessions to `SessionLifetime.most`. Those that wait for the second factor are counted apart: who
    /// knows the password alone must not end those that are signed in, nor those that wait where the account is at home.
    private func endOldest(of user: UserID, isWaiting: Bool) throws {
        let surplus = try rows(
            """
            SELECT id FROM session
            WHERE account_id = $1 AND (COALESCE(restriction, '') = 'second-factor-due') = ($2 = 1)
            ORDER BY is_strange, last_seen_at DESC, id DESC LIMIT 100 OFFSET $3
            """,
            user.number, isWaiting, SessionLifetime.most)
        for row in surplus { try endSession(SessionID(try row.integer("id")), of: user) }
    }

    /// Tells of somebody who knew the password and did not show the second factor, where the account never was.
    ///
    /// - Parameter row: of the query `Session.unproven`.
    fileprivate func noteUnproven(_ row: Row, at now: Timestamp) throws {
        let origin = RequestOrigin(address: try row.text("address"), client: try row.text("client"))
        try tellOnceADay(
            .access(.factorNotShown), about: UserID(try row.integer("account_id")), from: origin, at: now)
    }

    private func addProof(
        _ used: UsedFactor, to session: SessionID, scope: Proof.Scope, at now: Timestamp
    ) throws {
        let (action, object): (String, String) =
            switch scope {
            case .everything: ("", "")
            case .act(let action, let object): (action.rawValue, object)
            }
        try execute(
            """
            INSERT INTO session_proof (session_id, action, object, assurance, factor_id, at)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (session_id, action, object) DO UPDATE SET
                assurance = excluded.assurance, factor_id = excluded.factor_id, at = excluded.at
            """,
            session.number, action, object, used.assurance.rawValue, used.factor?.number, now.microseconds)
        // What is stale proves nothing any more; one session could name any number of objects.
        try execute(
            "DELETE FROM session_proof WHERE session_id = $1 AND action <> '' AND at < $2", session.number,
            (now - Proof.lifetime).microseconds)
    }

    func endSession(_ id: SessionID, of user: UserID) throws {
        try execute(
            """
            DELETE FROM session_proof WHERE session_id IN (SELECT id FROM session WHERE id = $1 AND account_id = $2)
            """,
            id.number, user.number)
        try execute("DELETE FROM session WHERE id = $1 AND account_id = $2", id.number, user.number)
    }

    /// Ends the sessions that a factor vouched for, and voids what it proved in others.
    func endSessions(restingOn factor: FactorID) throws {
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
        try execute(
            """
            DELETE FROM session_proof WHERE session_id IN
                (SELECT id FROM session WHERE account_id = $1 AND restriction = $2)
            """,
            user.number, restriction.rawValue)
        try execute(
            "DELETE FROM session WHERE account_id = $1 AND restriction = $2", user.number, restriction.rawValue)
    }

    func endSessions(of user: UserID, except kept: SessionID?) throws {
        try execute(
            """
            DELETE FROM session_proof WHERE session_id IN (SELECT id FROM session WHERE account_id = $1 AND id <> $2)
            """,
            user.number, kept?.number ?? 0)
        try execute("DELETE FROM session WHERE account_id = $1 AND id <> $2", user.number, kept?.number ?? 0)
    }

    // MARK: Factors in use

    /// What was shown, once it has been judged and noted.
    private struct UsedFactor {
        var assurance: Assurance
        var factor: FactorID?
        var means: String
        var isRecovery = false
    }

    private func use(
        _ use: FactorUse, of user: User, from origin: RequestOrigin, at now: Timestamp
    ) throws -> Result<UsedFactor, FactorRefusal> {
        exempt(.factorUse)
        return switch use {
        case .password: .success(UsedFactor(assurance: .password, factor: nil, means: "the password"))
        case .securityKey(let id, let count, let isBackedUp, let assurance):
            try useKey(id, count, isBackedUp, assurance, of: user, from: origin, at: now)
        case .authenticatorApp(let check): try useApp(of: user, at: now, check)
        case .recoveryCode(let hash): .success(try burnCode(hash, of: user, from: origin, at: now))
        }
    }

    private func noteUse(of factor: FactorID?, at now: Timestamp) throws {
        guard let factor else { return }
        try execute(
            "UPDATE factor SET last_used_at = $1, lost_at = NULL WHERE id = $2", now.microseconds, factor.number)
    }

    /// The counter is judged here, where nobody can be faster: of two uses with one number, one fails.
    private func useKey(
        _ id: FactorID, _ count: UInt32, _ isBackedUp: Bool, _ assurance: Assurance, of user: User,
        from origin: RequestOrigin, at now: Timestamp
    ) throws -> Result<UsedFactor, FactorRefusal> {
        guard let key = try connection.securityKey(id, of: user.id) else { throw FactorRefusal.keyNotAccepted }
        guard key.frozenAt == nil else { throw FactorRefusal.keyFrozen }
        guard SignatureCounter(key.signCount).accepts(count) else {
            try freeze(key, of: user, received: count, from: origin, at: now)
            return .failure(.keyFrozen)
        }
        try execute(
            "UPDATE security_key SET sign_count = $1, is_backed_up = $2 WHERE factor_id = $3", Int64(count),
            isBackedUp, id.number)
        return .success(UsedFactor(assurance: assurance, factor: id, means: "the security key “\(key.label)”"))
    }

    private func freeze(
        _ key: SecurityKey, of user: User, received: UInt32, from origin: RequestOrigin, at now: Timestamp
    ) throws {
        let (_, permit) = try connection.judged(
            .freezeSecurityKey, on: user.name, object: key.id.description, by: .index, at: now)
        try execute("UPDATE security_key SET frozen_at = $1 WHERE factor_id = $2", now.microseconds, key.id.number)
        // What the copy may have opened, and what was made there.
        try endSessions(restingOn: key.id)
        let tokens = try revokeTokens(restingOn: key.id, at: now)
        try record(permit, .factor(.keyFrozen(key.id, stored: key.signCount, received: received, tokensEnded: tokens)))
        try tell(
            .factor(.keyFrozen(label: key.label, tokensEnded: tokens)), about: user, from: origin,
            at: now)
    }

    private func useApp(
        of user: User, at now: Timestamp, _ check: CodeCheck
    ) throws -> Result<UsedFactor, FactorRefusal> {
        let apps = try connection.authenticatorApps(of: user.id)
        var refusal = FactorRefusal.noSuchFactor
        // The one that was there first says why, where none takes the code.
        for app in apps.reversed() {
            switch try judgeCode(of: app, check) {
            case .success:
                return .success(
                    UsedFactor(assurance: .secondFactor, factor: app.id, means: "the authenticator app"))
            case .failure(let why): refusal = why
            }
        }
        guard !apps.isEmpty else { throw refusal }
        return .failure(refusal)
    }

    private func burnCode(
        _ hash: [UInt8], of user: User, from origin: RequestOrigin, at now: Timestamp
    ) throws -> UsedFactor {
        try execute(
            "DELETE FROM recovery_code WHERE account_id = $1 AND hash = $2", user.id.number,
            try connection.authenticationCode(for: hash, purpose: SecretContext.recoveryCode))
        guard changes == 1 else { throw FactorRefusal.codeNotAccepted(hint: nil) }
        let holder = Actor(.user(user.id, user.name, isAdministrator: false), assurance: .password)
        let permit = try AccessPolicy.permit(
            .useRecoveryCode, on: user.name, to: holder, knowing: AccountFacts(), at: now)
        let left = try connection.factors(of: user.id).recoveryCodesLeft
        try beginProbation(.recoveryCode, of: user.id, at: now)
        try record(permit, .factor(.codeUsed(left: left)))
        try tell(.factor(.codeUsed(left: left)), about: user, from: origin, at: now)
        return UsedFactor(assurance: .secondFactor, factor: nil, means: "a recovery code", isRecovery: true)
    }
}

extension Connection {
    fileprivate func session(secretHash: [UInt8], at now: Timestamp) throws -> Session? {
        try row(
            "\(Session.query) WHERE s.secret_hash = $1 AND \(Session.isLive(2, 3))", secretHash, now.microseconds,
            (now - SessionLifetime.idle).microseconds
        ).map { try session(row: $0) }
    }

    /// The session with a number; nil when it has ended.
    func session(_ id: SessionID, at now: Timestamp) throws -> Session? {
        try row(
            "\(Session.query) WHERE s.id = $1 AND \(Session.isLive(2, 3))", id.number, now.microseconds,
            (now - SessionLifetime.idle).microseconds
        ).map { try session(row: $0) }
    }

    func requireSession(_ id: SessionID) throws -> Session {
        let row = try row("\(Session.query) WHERE s.id = $1", id.number)
        guard let row else { throw FactorRefusal.challengeGone }
        return try session(row: row)
    }

    private func session(row: Row) throws -> Session {
        let proofs = try rows(
            "SELECT action, object, assurance, at FROM session_proof WHERE session_id = $1", try row.integer("id")
        ).map(Proof.init(row:))
        return try Session(
            row: row, proofs: proofs, strongest: try strongest(of: UserID(try row.integer("user_id"))))
    }

    /// The strongest that an account's holder is asked to prove.
    fileprivate func strongest(of user: UserID) throws -> Assurance { try heldFactors(of: user).strongestToAskFor }
}

extension Session {
    fileprivate init(row: Row, proofs: [Proof], strongest: Assurance) throws {
        let id = SessionID(try row.integer("id"))
        let user = try User(row: row)
        let assurance = try row.text("assurance")
        let standing = SessionStanding(
            id: id,
            restriction: try row.optionalText("restriction").map { try stored(SessionRestriction(rawValue: $0), $0) },
            proofs: proofs, strongest: strongest,
            firstEnrolmentUntil: try row.optionalInteger("first_enrolment_until").map(Timestamp.init(microseconds:)),
            probationUntil: try row.optionalInteger("probation_until").map(Timestamp.init(microseconds:)),
            factor: try row.optionalInteger("factor_id").map { FactorID($0) },
            factorProbationUntil: try row.optionalInteger("factor_probation_until")
                .map(Timestamp.init(microseconds:)))
        self.init(
            id: id, user: user, assurance: try stored(Assurance(rawValue: assurance), assurance), standing: standing,
            createdAt: Timestamp(microseconds: try row.integer("created_at")),
            lastSeenAt: Timestamp(microseconds: try row.integer("last_seen_at")),
            expiresAt: Timestamp(microseconds: try row.integer("expires_at")),
            origin: RequestOrigin(address: try row.text("address"), client: try row.text("client")))
    }

    fileprivate static let query = """
        SELECT s.id, s.restriction, s.assurance, s.factor_id, s.first_enrolment_until, s.created_at, s.last_seen_at,
               s.expires_at, s.address, s.client, a.probation_until, f.probation_until AS factor_probation_until,
               \(User.columns)
        FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN factor f ON f.id = s.factor_id
        """

    /// Those that wait for a second factor in a place where the account never was.
    fileprivate static let unproven = """
        SELECT s.account_id, s.address, s.client FROM session s
        WHERE s.restriction = 'second-factor-due' AND s.is_strange = 1
        """

    /// The condition that a session has not ended; the placeholders are for now and for the moment since which it must have
    /// been used.
    fileprivate static func isLive(_ now: Int, _ idleSince: Int) -> String {
        "s.expires_at > $\(now) AND s.last_seen_at > $\(idleSince)"
    }
}

extension Proof {
    fileprivate init(row: Row) throws {
        let assurance = try row.text("assurance")
        let action = try row.text("action")
        self.init(
            try stored(Assurance(rawValue: assurance), assurance),
            at: Timestamp(microseconds: try row.integer("at")),
            scope: action.isEmpty
                ? .everything : .act(try stored(Act(rawValue: action), action), object: try row.text("object")))
    }
}
