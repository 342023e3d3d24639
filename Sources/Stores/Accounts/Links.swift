import Accounts
import Database
import Policy
import Primitives
import UTC

// Links that work once: only the hash of their secret is kept.

extension Transaction {
    func keepLink(
        _ secretHash: [UInt8], _ purpose: OneTimeLink.Purpose, for user: UserID?, object: String, at now: Timestamp
    ) throws {
        exempt(.links)
        try execute(
            "DELETE FROM one_time_link WHERE purpose = $1 AND account_id = $2 AND object = $3",
            purpose.rawValue, user?.number, object)
        try execute(
            """
            INSERT INTO one_time_link (secret_hash, purpose, account_id, object, expires_at) VALUES ($1, $2, $3, $4, $5)
            """,
            secretHash, purpose.rawValue, user?.number, object, (now + purpose.lifetime).microseconds)
    }

    /// Ends a link that is being followed. It is known for as long as it would have been good, to say where it was used to
    /// anyone who opens it a second time.
    func useUp(_ secretHash: [UInt8], from origin: RequestOrigin, at now: Timestamp) throws {
        exempt(.links)
        try execute(
            "UPDATE one_time_link SET used_at = $1, used_with = $2 WHERE secret_hash = $3", now.microseconds,
            origin.clientWords, secretHash)
    }
}

extension Connection {
    /// A link that is good for one of these purposes. Throws `LinkNotValid`, and `AccessRefusal.accountDisabled` where it
    /// would lead into an account that nobody can use.
    func requireLink(
        _ secretHash: [UInt8], _ purposes: [OneTimeLink.Purpose], at now: Timestamp
    ) throws -> OneTimeLink {
        guard let link = try link(secretHash, at: now), purposes.contains(link.purpose) else { throw LinkNotValid() }
        // That a factor is not theirs, its holder says wherever they read the mail.
        if link.purpose != .disownFactors, let disabling = link.user?.disabling {
            throw AccessRefusal.accountDisabled(disabling)
        }
        return link
    }

    func link(_ secretHash: [UInt8], at now: Timestamp) throws -> OneTimeLink? {
        try row(
            """
            SELECT purpose, account_id, object, expires_at FROM one_time_link
            WHERE secret_hash = $1 AND expires_at > $2 AND used_at IS NULL
            """,
            secretHash, now.microseconds
        ).map { row in
            let purpose = try row.text("purpose")
            return OneTimeLink(
                purpose: try stored(OneTimeLink.Purpose(rawValue: purpose), purpose),
                user: try row.optionalInteger("account_id").flatMap { try user(UserID($0)) },
                object: try row.text("object"), expiresAt: Timestamp(microseconds: try row.integer("expires_at")))
        }
    }

    /// When and where a link was used; nil where it was not, or is not known any more.
    func use(ofLink secretHash: [UInt8]) throws -> OneTimeLink.Use? {
        try row(
            "SELECT purpose, used_at, used_with FROM one_time_link WHERE secret_hash = $1 AND used_at IS NOT NULL",
            secretHash
        ).map { row in
            let purpose = try row.text("purpose")
            return OneTimeLink.Use(
                try stored(OneTimeLink.Purpose(rawValue: purpose), purpose),
                at: Timestamp(microseconds: try row.integer("used_at")), client: try row.text("used_with"))
        }
    }

    package func user(_ id: UserID) throws -> User? {
        try row("SELECT \(User.columns) FROM account a WHERE a.id = $1", id.number).map(User.init(row:))
    }
}
