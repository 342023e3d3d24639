import Accounts
import Acts
import Database
import Primitives
import UTC

// What a transaction reads about sessions.

extension Connection {
    func session(secretHash: [UInt8], at now: Timestamp) throws -> Session? {
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

    func requireSession(_ id: SessionID, at now: Timestamp) throws -> Session {
        guard let session = try session(id, at: now) else { throw FactorRefusal.challengeGone }
        return session
    }

    private func session(row: Row) throws -> Session {
        let proofs = try rows(
            "SELECT action, object, assurance, at FROM session_proof WHERE session_id = $1", try row.integer("id")
        ).map(Proof.init(row:))
        return try Session(
            row: row, proofs: proofs, strongest: try strongest(of: UserID(try row.integer("user_id"))))
    }

    /// The strongest that an account's holder is asked to prove.
    func strongest(of user: UserID) throws -> Assurance { try heldFactors(of: user).strongestToAskFor }
}

extension Session {
    init(row: Row, proofs: [Proof], strongest: Assurance) throws {
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

    static let query = """
        SELECT s.id, s.restriction, s.assurance, s.factor_id, s.first_enrolment_until, s.created_at, s.last_seen_at,
               s.expires_at, s.address, s.client, a.probation_until, f.probation_until AS factor_probation_until,
               \(User.columns)
        FROM session s JOIN account a ON a.id = s.account_id LEFT JOIN factor f ON f.id = s.factor_id
        """

    /// Those that wait for a second factor in a place where the account never was.
    static let unproven = """
        SELECT s.account_id, s.address, s.client FROM session s
        WHERE s.restriction = 'second-factor-due' AND s.is_unknown_device = 1
        """

    /// The condition that a session has not ended; the placeholders are for now and for the moment since which it must
    /// have been used.
    static func isLive(_ now: Int, _ idleSince: Int) -> String {
        "s.expires_at > $\(now) AND s.last_seen_at > $\(idleSince)"
    }
}

extension Proof {
    init(row: Row) throws {
        let assurance = try row.text("assurance")
        let action = try row.text("action")
        self.init(
            try stored(Assurance(rawValue: assurance), assurance),
            at: Timestamp(microseconds: try row.integer("at")),
            scope: action.isEmpty
                ? .everything : .act(try stored(Act(rawValue: action), action), object: try row.text("object")))
    }
}
