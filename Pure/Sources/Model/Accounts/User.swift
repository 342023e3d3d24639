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
    /// Whether the operator answers for its address where they make it, so that it counts as verified.
    public var isAddressVouchedFor: Bool

    /// An account that is to be made.
    public init(
        name: Username, email: EmailAddress, isAdministrator: Bool, passwordHash: String?,
        isAddressVouchedFor: Bool = true
    ) {
        self.isAddressVouchedFor = isAddressVouchedFor
        self.name = name
        self.email = email
        self.isAdministrator = isAdministrator
        self.passwordHash = passwordHash
    }
}

/// A mail address of an account.
public struct AccountAddress: Sendable, Hashable {
    /// The address.
    public var address: EmailAddress
    /// When its holder showed that mail arrives; nil until then.
    public var verifiedAt: Timestamp?
    /// Whether it is the one that decides.
    public var isPrimary: Bool

    /// A mail address of an account.
    public init(address: EmailAddress, verifiedAt: Timestamp?, isPrimary: Bool) {
        self.address = address
        self.verifiedAt = verifiedAt
        self.isPrimary = isPrimary
    }
}

/// An address that was removed from an account, and still hears what happens to it: whoever has stolen an account changes its
/// addresses first, and waits.
public struct FormerAddress: Sendable, Hashable {
    /// How long one hears after it was removed.
    public static let hears = Duration.days(30)

    /// The address.
    public var address: EmailAddress
    /// Until when it hears.
    public var until: Timestamp

    /// An address that was removed.
    public init(_ address: EmailAddress, until: Timestamp) {
        self.address = address
        self.until = until
    }
}

/// The accounts of the index.
public protocol AccountStore: Sendable {
    /// Makes an account, for the operator or an administrator. Its address counts as verified unless it is said otherwise,
    /// and it may publish as much as the index takes. Throws `AccountRefusal.nameTaken` or `.emailTaken`, and then nothing
    /// has changed.
    func add(_ user: NewUser, by actor: Actor, at now: Timestamp) async throws -> User
    /// Makes an account for whoever asks, and mails a link with which the address is verified.
    ///
    /// - Parameters:
    ///   - invitation: the hash of the invitation's secret, which is used up; nil where registration is open.
    ///   - verification: the link to mail.
    func register(
        _ user: NewUser, invitation: [UInt8]?, verification: MailedLink, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> User
    /// Mails the holder of an address with which somebody tried to register that there is an account.
    func tellAlreadyRegistered(_ address: EmailAddress, at now: Timestamp) async throws
    /// The account with a name, whatever its case; nil when there is none.
    func user(named name: Username) async throws -> User?
    /// The account with a name or a verified address; nil when there is none.
    func user(nameOrAddress: String) async throws -> User?
    /// The account with a name or a verified address, and its password's hash; nil when there is none.
    func credentials(of nameOrAddress: String) async throws -> (user: User, passwordHash: String?)?
    /// All accounts in the order of their names.
    func users() async throws -> [User]

    /// Replaces the password's hash, and ends the account's other sessions. The session in which it is done gets a new
    /// secret. Throws `AccountRefusal.noSuchUser`.
    func setPassword(
        hash: String, of name: Username, newSecretHash: [UInt8], by actor: Actor, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws

    /// The addresses of an account, the primary first.
    func addresses(of user: UserID) async throws -> [AccountAddress]
    /// Adds an address, unverified, and mails it a link. One that another account has verified gets a mail that says so
    /// instead: whoever adds it cannot tell. Throws `AccountRefusal.addressKnown` or `.tooManyAddresses`.
    func addAddress(
        _ address: EmailAddress, to user: Username, verification: MailedLink, by actor: Actor,
        from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Takes an address away; not the primary one. Every address hears of it.
    func removeAddress(
        _ address: EmailAddress, from user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws
    /// Makes a verified address the primary one. Every address hears of it.
    func setPrimaryAddress(
        _ address: EmailAddress, of user: Username, by actor: Actor, from origin: RequestOrigin, at now: Timestamp
    ) async throws

    /// Keeps the hash of a link's secret, so that it works once; it replaces an earlier one of the same account, purpose and
    /// object. Nothing is mailed.
    func offerLink(
        secretHash: [UInt8], _ purpose: OneTimeLink.Purpose, to name: Username, by actor: Actor, at now: Timestamp
    ) async throws
    /// Mails a link to an account's verified primary address, or for a verification to the address that it is for.
    func mailLink(
        _ link: MailedLink, _ purpose: OneTimeLink.Purpose, object: String, to user: UserID, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Mails somebody an invitation to register.
    func invite(_ address: EmailAddress, _ link: MailedLink, by actor: Actor, at now: Timestamp) async throws
    /// What an unexpired and unused link is for; nil when there is none.
    func link(secretHash: [UInt8], at now: Timestamp) async throws -> OneTimeLink?
    /// Uses a link up and sets the password. All sessions end; no factor is touched, and no token that more than the
    /// password vouched for. The browser is known to the account from then on. Throws `LinkNotValid`.
    func usePasswordLink(
        secretHash: [UInt8], passwordHash: String, from origin: RequestOrigin, at now: Timestamp
    ) async throws -> User
    /// Uses a link up and marks its address as verified. In a session of the same account, a first verification
    /// of a new account is also the leave to enrol its first factor. Throws `LinkNotValid`, also when another account
    /// has verified the address meanwhile.
    ///
    /// - Returns: whether the session rose by it, and has the new secret.
    func useVerificationLink(
        secretHash: [UInt8], in session: SessionID?, newSecretHash: [UInt8], from origin: RequestOrigin,
        at now: Timestamp
    ) async throws -> Bool
    /// Uses a link up and lets a session of its account, under a new secret, enrol the first factor for half an hour.
    /// Throws `LinkNotValid`.
    func useEnrolmentLink(
        secretHash: [UInt8], in session: SessionID, newSecretHash: [UInt8], at now: Timestamp
    ) async throws

    /// What happened to an account, newest first.
    func events(of user: UserID, before: EventID?, limit: Int) async throws -> [RecordedEvent]
    /// Does the same work on disk for an account that there is not, so that the time does not tell.
    func noteNobody(at now: Timestamp) async throws
    /// Notes something that happened to an account and changed nothing, and tells its addresses if that is to be told.
    func note(_ event: SecurityEvent, about user: UserID, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Whether somebody can answer for an account: he owns every project of it that asks for two factors, or is to; where
    /// none does, one of its projects.
    func canVouch(_ owner: UserID, for user: UserID) async throws -> Bool
}

/// A link that is to be mailed: its secret in the path, and the hash that is kept.
public struct MailedLink: Sendable, Hashable {
    /// The path, with the secret in it: `/account/verify-email/0123…/`.
    public var path: String
    /// The SHA-256 of the secret.
    public var secretHash: [UInt8]

    /// A link that is to be mailed.
    public init(path: String, secretHash: [UInt8]) {
        self.path = path
        self.secretHash = secretHash
    }
}

/// How long the first factor may be enrolled after its link was followed.
public enum FirstEnrolment {
    /// Half an hour: an app may have to be installed first.
    public static let lifetime = Duration.seconds(1_800)
    /// How long the address that was primary before a change is the one that gets links, to enrol a first factor and to
    /// set the password anew, and hears of everything: three days.
    public static let standing = Duration.hours(72)
}

/// Why something was not done to an account.
public enum AccountRefusal: Refusal, Hashable {
    /// Another account has the name.
    case nameTaken(Username)
    /// Another account has the address.
    case emailTaken(EmailAddress)
    /// No account has the name.
    case noSuchUser(Username)
    /// The account has this address already.
    case addressKnown(EmailAddress)
    /// The account has no such address.
    case noSuchAddress(EmailAddress)
    /// The primary address cannot be taken away.
    case primaryAddress
    /// The address is not verified.
    case notVerified(EmailAddress)
    /// An account has as many addresses as it can.
    case tooManyAddresses
    /// Nobody registers here without an invitation.
    case registrationClosed

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .nameTaken, .emailTaken, .addressKnown, .primaryAddress, .notVerified, .tooManyAddresses: .conflict
        case .noSuchUser, .noSuchAddress: .notFound
        case .registrationClosed: .forbidden
        }
    }

    /// `account.…`
    public var code: String {
        switch self {
        case .nameTaken: "account.name-taken"
        case .emailTaken: "account.email-taken"
        case .addressKnown: "account.address-known"
        case .noSuchUser: "account.no-such-user"
        case .noSuchAddress: "account.no-such-address"
        case .primaryAddress: "account.primary-address"
        case .notVerified: "account.address-not-verified"
        case .tooManyAddresses: "account.too-many-addresses"
        case .registrationClosed: "account.registration-closed"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .nameTaken(let name): "There is already an account named \(name). Choose another name."
        case .emailTaken(let email): "There is already an account with the address \(email). Use another address."
        case .addressKnown(let email): "Your account has the address \(email) already."
        case .noSuchUser(let name): "There is no account named \(name). Make it with: rind user add \(name) --email …"
        case .noSuchAddress(let email): "Your account has no address \(email)."
        case .primaryAddress: "This is your primary address. Make another one primary first."
        case .notVerified(let email):
            "The address \(email) is not verified. Follow the link that was mailed to it first."
        case .tooManyAddresses: "An account has at most ten addresses. Remove one first."
        case .registrationClosed: "Accounts on this index are made by its operator, or by invitation. Ask for one."
        }
    }
}
