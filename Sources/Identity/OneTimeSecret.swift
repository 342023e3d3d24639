import Accounts
import Bytes
import Policy
import Ports
import Primitives
import Secrets
import UTC

/// A secret of 32 random bytes: a browser's, or a link's. Only its hash is stored.
public struct OneTimeSecret: Sendable, Hashable {
    /// The bytes themselves.
    public let bytes: [UInt8]

    public init() { bytes = [UInt8](randomBytes: 32) }

    /// The secret that 64 hexadecimal digits spell; nil when they do not.
    public init?(hex text: some StringProtocol) {
        guard text.utf8.count == 64, let bytes = [UInt8](hexadecimal: text) else { return nil }
        self.bytes = bytes
    }

    /// As it stands in a cookie or a path: 64 hexadecimal digits.
    public var hex: String { bytes.hexadecimal }

    /// What is stored of it. It is random enough that nothing slower is needed.
    public var hash: [UInt8] { SecretHash.of(bytes) }
}

extension MailedLink {
    /// A new link for a purpose.
    public init(_ purpose: OneTimeLink.Purpose) {
        let secret = OneTimeSecret()
        self.init(path: "\(purpose.path)\(secret.hex)/", secretHash: secret.hash)
    }
}

/// Links that the operator hands over themselves.
public enum PasswordLink {
    /// Offers a link with which an account's password can be set once, and returns its path, which holds a secret.
    public static func offer(
        to name: Username, by actor: Actor, in accounts: any AccountStore, at now: Timestamp
    ) async throws -> String {
        let link = MailedLink(.setPassword)
        try await accounts.offerLink(secretHash: link.secretHash, .setPassword, to: name, by: actor, at: now)
        return link.path
    }
}

extension [UInt8] {
    /// Bytes from the system's source of randomness.
    package init(randomBytes count: Int) {
        var generator = SystemRandomNumberGenerator()
        self = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }
}
