import Accounts
import Database
import Policy
import UTC

extension Stores {
    /// What the database of an index reads credentials with, at its doors.
    public static let credentials: any CredentialReading = StoredCredentials()
}

extension Sequence {
    /// Does something with each, whatever became of those before; throws the first failure at the end.
    func eachByItself(_ body: (Element) async throws -> Void) async throws {
        var failure: (any Error)?
        for element in self {
            try Task.checkCancellation()
            do { try await body(element) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }
}

private struct StoredCredentials: CredentialReading {
    func renewed(_ actor: Actor, in connection: Connection, at now: Timestamp) throws -> Actor {
        if let token = actor.token { return try actor.renewed(by: try connection.token(token.id), at: now) }
        if let session = actor.session?.id {
            return try actor.renewed(by: try connection.session(session, at: now))
        }
        // The operator and the index need none, and anyone who follows a mailed link comes as nobody.
        guard actor.userID == nil else { throw AccessRefusal.notSignedIn }
        return actor
    }
}
