import Crypto
import Model
import Passwords
import Site
import Stores
import UTC

/// Makes links with which a password can be set once.
public enum PasswordLink {
    /// How long a link is good for.
    public static let lifetime = Duration.seconds(7 * 86_400)

    /// Offers a link to an account and returns its path, which holds a secret.
    public static func offer(
        to name: Username, by actor: Actor, in stores: Stores, at now: Timestamp
    ) async throws -> String {
        let secret = [UInt8](randomBytes: 32)
        try await stores.accounts.offerPasswordLink(
            secretHash: hash(secret), to: name, until: now + lifetime, by: actor, at: now)
        return "/account/password/\(secret.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined())/"
    }

    /// What is stored of a secret.
    public static func hash(_ secret: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: secret)) }

    /// The secret in a link's path; nil when it is none.
    public static func secret(fromHex text: some StringProtocol) -> [UInt8]? {
        let digits = text.utf8.compactMap { Character(UnicodeScalar($0)).hexDigitValue.map(UInt8.init) }
        guard digits.count == 64, text.utf8.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// Links to set a password with, over the accounts of an index.
struct StoredPasswordLinks: PasswordLinks {
    let accounts: any AccountStore
    let hasher: PasswordHasher
    let now: @Sendable () -> Timestamp

    func holder(of secret: String) async throws -> User? {
        guard let secret = PasswordLink.secret(fromHex: secret) else { return nil }
        return try await accounts.passwordLink(secretHash: PasswordLink.hash(secret), at: now())
    }

    func use(_ secret: String, password: String) async throws {
        guard (8...1024).contains(password.count) else { throw AccountRefusal.passwordLength }
        guard let secret = PasswordLink.secret(fromHex: secret) else { throw AccountRefusal.linkInvalid }
        let hash = try await hasher.hash(password)
        _ = try await accounts.usePasswordLink(
            secretHash: PasswordLink.hash(secret), passwordHash: hash, at: now())
    }
}
