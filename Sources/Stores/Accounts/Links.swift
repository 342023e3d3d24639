import Accounts
import Database
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

    /// Ends a link that is being followed.
    func useUp(_ secretHash: [UInt8]) throws {
        exempt(.links)
        try execute("DELETE FROM one_time_link WHERE secret_hash = $1", secretHash)
    }
}

extension Connection {
    /// A link that is good for one of these purposes. Throws `LinkNotValid`.
    func requireLink(
        _ secretHash: [UInt8], _ purposes: [OneTimeLink.Purpose], at now: Timestamp
    ) throws -> OneTimeLink {
        guard let link = try link(secretHash, at: now), purposes.contains(link.purpose) else { throw LinkNotValid() }
        return link
    }

    func link(_ secretHash: [UInt8], at now: Timestamp) throws -> OneTimeLink? {
        try row(
            "SELECT purpose, account_id, object, expires_at FROM one_time_link WHERE secret_hash = $1 AND expires_at > $2",
            secretHash, now.microseconds
        ).map { row in
            let purpose = try row.text("purpose")
            return OneTimeLink(
                purpose: try stored(OneTimeLink.Purpose(rawValue: purpose), purpose),
                user: try row.optionalInteger("account_id").flatMap { try user(UserID($0)) },
                object: try row.text("object"), expiresAt: Timestamp(microseconds: try row.integer("expires_at")))
        }
    }

    func user(_ id: UserID) throws -> User? {
        try row("SELECT \(User.columns) FROM account a WHERE a.id = $1", id.number).map(User.init(row:))
    }
}
