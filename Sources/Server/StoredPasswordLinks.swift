import Identity
import Model
import Passwords
import Site
import UTC

/// Links to set a password with, over the accounts of an index.
struct StoredPasswordLinks: PasswordLinks {
    let accounts: any AccountStore
    let hasher: PasswordHasher
    let now: @Sendable () -> Timestamp

    func holder(of secret: String) async throws -> User? {
        guard let secret = OneTimeSecret(hex: secret) else { return nil }
        return try await accounts.link(secretHash: secret.hash, at: now())?.user
    }

    func use(_ secret: String, password: String) async throws {
        guard (8...1024).contains(password.count) else { throw AccountRefusal.passwordLength }
        guard let secret = OneTimeSecret(hex: secret) else { throw LinkNotValid() }
        let hash = try await hasher.hash(password)
        _ = try await accounts.usePasswordLink(
            secretHash: secret.hash, passwordHash: hash, from: RequestOrigin(), at: now())
    }
}
