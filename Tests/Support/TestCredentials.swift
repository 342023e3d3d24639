import Accounts
import Database
import Identity
import Policy
import Ports
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

extension FactorStore {
    /// Enrols a key where no browser has to be given the session's new secret.
    package func add(
        _ key: NewSecurityKey, to user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> SecurityKey {
        try await add(key, to: user, newSecretHash: OneTimeSecret().hash, by: actor, from: origin, at: now)
    }

    /// The same for an authenticator app.
    package func addAuthenticatorApp(
        to user: Username, by actor: Actor, counter: Int64, from origin: RequestOrigin, at now: Timestamp,
        seal: @escaping @Sendable (FactorID) throws -> [UInt8]
    ) async throws -> AuthenticatorApp {
        try await addAuthenticatorApp(
            to: user, counter: counter, newSecretHash: OneTimeSecret().hash, by: actor, from: origin, at: now,
            seal: seal)
    }
}
