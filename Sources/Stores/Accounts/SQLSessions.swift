import Accounts
import Acts
import Database
import Journal
import Policy
import Ports
import Primitives
import UTC

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

    func knownDevice(of origin: RequestOrigin, to user: UserID, at now: Timestamp) async throws -> KnownDevice {
        try await database.lookUp { try $0.knownDevice(of: origin, to: user, at: now) }
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
            for reason in [Exemption.challenges, .links, .accountEvents, .knownBrowsers] { transaction.exempt(reason) }
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
