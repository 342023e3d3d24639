import Accounts
import Database
import Policy
import Stores
import UTC

/// Takes anyone who comes without a session and a token at their word, as no index does: for tests that are not about
/// who asks. Sessions and tokens that are named are read as everywhere.
package struct TestCredentials: CredentialReading {
    package init() {}

    package func renewed(_ actor: Actor, in connection: Connection, at now: Timestamp) throws -> Actor {
        guard actor.session?.id != nil || actor.token != nil else { return actor }
        return try Stores.credentials.renewed(actor, in: connection, at: now)
    }
}
