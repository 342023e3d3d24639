import Acts
import PackagingFormats
import Primitives
import UTC

/// An API token as the index keeps it: enough to verify a macaroon, and to tell its owner about it.
public struct APIToken: Sendable, Hashable {
    /// The macaroon's identifier: 22 characters of base64url, which say nothing.
    public let id: String
    /// Whose token it is.
    public let owner: User
    /// The macaroon's root key, 32 random bytes. A secret.
    public let rootKey: [UInt8]
    /// What its owner calls it.
    public let label: String
    /// What people are told it is called: its label, or its identifier where it has none.
    public var nameForPeople: String { label.isEmpty ? id : label }
    /// The projects it may act on; nil means every project of its owner.
    public let projects: [ProjectName]?
    /// When it was made.
    public let createdAt: Timestamp
    /// When it ends; nil means never.
    public let expiresAt: Timestamp?
    /// When it was revoked; nil means it was not.
    public let revokedAt: Timestamp?
    /// When it was last used, to the minute.
    public let lastUsedAt: Timestamp?
    /// What the session that made it was proven with.
    public let assurance: Assurance
    /// The factor that vouched for that session: the token dies with it. Nil where a password alone did.
    public let factor: FactorID?
    /// The point in the past as of which it reads the index, as addresses name it; nil for one that publishes.
    public let asOf: String?

    /// All of a token.
    public init(
        id: String, owner: User, rootKey: [UInt8], label: String, projects: [ProjectName]?, createdAt: Timestamp,
        expiresAt: Timestamp?, revokedAt: Timestamp?, lastUsedAt: Timestamp?, assurance: Assurance,
        factor: FactorID? = nil, asOf: String? = nil
    ) {
        self.asOf = asOf
        self.id = id
        self.owner = owner
        self.rootKey = rootKey
        self.label = label
        self.projects = projects
        self.createdAt = createdAt
        self.expiresAt = expiresAt
        self.revokedAt = revokedAt
        self.lastUsedAt = lastUsedAt
        self.assurance = assurance
        self.factor = factor
    }
}

/// A token that is to be recorded before it is handed out.
public struct NewAPIToken: Sendable {
    /// How many tokens of an account can be good at a time. Anyone who wants more revokes some.
    public static let most = 500

    /// How many an account's holder can make in a day, revoked ones among them: a row stays of each.
    public static let mostADay = 100

    public var id: String
    /// The macaroon's root key, 32 random bytes.
    public var rootKey: [UInt8]
    /// Whose token it is.
    public var owner: Username
    /// What its owner calls it.
    public var label: String
    /// The projects it may act on; nil means every project of its owner.
    public var projects: [ProjectName]?
    /// When it ends; nil means never.
    public var expiresAt: Timestamp?
    /// The point in the past as of which it reads the index, and does nothing else; nil for one that publishes.
    public var asOf: String?

    /// What it is good for, as a step-up names it: a proof for a token that publishes one project makes none for all.
    public var object: String { asOf == nil ? Self.object(for: projects) : "past" }

    /// The same, before there is a token: `all`, or `projects demo-pkg flask`.
    public static func object(for projects: [ProjectName]?) -> String {
        projects.map { "projects " + $0.map(\.normalized).sorted().joined(separator: " ") } ?? "all"
    }

    /// A token that is to be recorded.
    public init(
        id: String, rootKey: [UInt8], owner: Username, label: String, projects: [ProjectName]?, expiresAt: Timestamp?,
        asOf: String? = nil
    ) {
        self.asOf = asOf
        self.id = id
        self.rootKey = rootKey
        self.owner = owner
        self.label = label
        self.projects = projects
        self.expiresAt = expiresAt
    }
}

/// Why something was not done to a token.
public enum TokenStoreRefusal: Refusal, Hashable {
    /// There is no token with this identifier.
    case noSuchToken(String)
    /// The account has as many as it can.
    case tooMany

    /// What kind of no it is.
    public var kind: RefusalKind { self == .tooMany ? .conflict : .notFound }
    /// `token.…`
    public var code: String { self == .tooMany ? "token.too-many" : "token.no-such-token" }
    public var explanation: String {
        switch self {
        case .tooMany:
            "An account has at most \(NewAPIToken.most) API tokens that are good. Revoke some that are not used any more."
        case .noSuchToken(let id):
            "There is no token with the identifier \(id). List an account's tokens with: rind token list USER"
        }
    }
}
