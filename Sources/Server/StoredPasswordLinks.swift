import Identity
import Model
import Site

/// Links to set a password with, over the accounts of an index.
struct StoredPasswordLinks: PasswordLinks {
    let membership: Membership

    func holder(of secret: String) async throws -> User? { try await membership.link(secret)?.user }

    func use(_ secret: String, password: String) async throws {
        _ = try await membership.setPassword(
            password, by: secret, Browser(secret: OneTimeSecret(), origin: RequestOrigin()))
    }
}
