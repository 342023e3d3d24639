import UTC

/// An account.
public struct User: Sendable, Hashable {
    /// Its number.
    public let id: UserID
    /// Its name.
    public let name: Username
    /// Where it gets mail.
    public let email: EmailAddress
    /// Whether it administrates the index.
    public let isAdministrator: Bool
    /// When it was made.
    public let createdAt: Timestamp

    /// All of an account.
    public init(id: UserID, name: Username, email: EmailAddress, isAdministrator: Bool, createdAt: Timestamp) {
        self.id = id
        self.name = name
        self.email = email
        self.isAdministrator = isAdministrator
        self.createdAt = createdAt
    }
}

/// An account that is to be made.
public struct NewUser: Sendable {
    /// Its name.
    public var name: Username
    /// Where it gets mail.
    public var email: EmailAddress
    /// Whether it administrates the index.
    public var isAdministrator: Bool
    /// The argon2id hash of its password in PHC form; nil until a password is set.
    public var passwordHash: String?

    /// An account that is to be made.
    public init(name: Username, email: EmailAddress, isAdministrator: Bool, passwordHash: String?) {
        self.name = name
        self.email = email
        self.isAdministrator = isAdministrator
        self.passwordHash = passwordHash
    }
}

/// The accounts of the index.
public protocol AccountStore: Sendable {
    /// Makes an account. Throws `AccountRefusal.nameTaken` or `.emailTaken`, and then nothing has changed.
    func add(_ user: NewUser, by actor: Actor, at now: Timestamp) async throws -> User
    /// The account with a name, whatever its case; nil when there is none.
    func user(named name: Username) async throws -> User?
    /// All accounts in the order of their names.
    func users() async throws -> [User]
    /// Replaces the password's hash. Throws `AccountRefusal.noSuchUser`.
    func setPassword(hash: String, of name: Username, by actor: Actor, at now: Timestamp) async throws
    /// Stores the hash of a secret with which `name` may set a password once, until `expiresAt`; it replaces an
    /// earlier one.
    func offerPasswordLink(
        secretHash: [UInt8], to name: Username, until expiresAt: Timestamp, by actor: Actor, at now: Timestamp
    ) async throws
    /// Whose unexpired and unused password link has this hash; nil when there is none.
    func passwordLink(secretHash: [UInt8], at now: Timestamp) async throws -> User?
    /// Uses a password link up and sets the password, in one transaction. Throws `AccountRefusal.linkInvalid`.
    func usePasswordLink(secretHash: [UInt8], passwordHash: String, at now: Timestamp) async throws -> User
}

/// Why something was not done to an account.
public enum AccountRefusal: Refusal, Hashable {
    /// Another account has the name.
    case nameTaken(Username)
    /// Another account has the address.
    case emailTaken(EmailAddress)
    /// No account has the name.
    case noSuchUser(Username)
    /// The link is unknown, used or expired.
    case linkInvalid
    /// The password is too short or too long.
    case passwordLength

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .nameTaken, .emailTaken: .conflict
        case .noSuchUser, .linkInvalid: .notFound
        case .passwordLength: .invalid
        }
    }

    /// `account.…`
    public var code: String {
        switch self {
        case .nameTaken: "account.name-taken"
        case .emailTaken: "account.email-taken"
        case .noSuchUser: "account.no-such-user"
        case .linkInvalid: "account.link-invalid"
        case .passwordLength: "account.password-length"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .nameTaken(let name): "There is already an account named \(name). Choose another name."
        case .emailTaken(let email): "There is already an account with the address \(email). Use another address."
        case .noSuchUser(let name): "There is no account named \(name). Make it with: rind user add \(name) --email …"
        case .linkInvalid:
            "This link is not valid: it was used already, or it has expired. Ask the operator for a new one."
        case .passwordLength: "A password has 8 to 1024 characters. Choose another one."
        }
    }
}
