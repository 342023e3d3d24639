import Accounts
import Database
import Policy
import UTC

extension Stores {
    /// What the database of an index reads credentials with, at its doors.
    public static let credentials: any CredentialReading = StoredCredentials()
}

private struct StoredCredentials: CredentialReading {
    func renewed(_ actor: Actor, in connection: Connection, at now: Timestamp) throws -> Actor {
        try connection.renewed(actor, at: now)
    }
}

extension Connection {
    /// Anyone who acts, as their credential proves them now. Throws `AccessRefusal.notSignedIn` or `.tokenEnded`.
    func renewed(_ actor: Actor, at now: Timestamp) throws -> Actor {
        if let token = actor.token { return try actor.renewed(by: try self.token(token.id), at: now) }
        if let session = actor.session?.id { return try actor.renewed(by: try self.session(session, at: now)) }
        // The operator and the index need none; anyone who followed a mailed link was let in by this very transaction.
        return actor
    }
}
