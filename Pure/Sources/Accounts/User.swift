import Primitives
import UTC

/// The number of an account.
public typealias UserID = Identifier<User>

/// An account.
public struct User: Sendable, Hashable {
    public let id: UserID
    public let name: Username
    /// Where it gets mail.
    public let email: EmailAddress
    /// Whether it administrates the index.
    public let isAdministrator: Bool
    /// When it was made.
    public let createdAt: Timestamp
    /// That it is disabled; nil where it is not.
    public let disabling: AccountDisabling?

    /// All of an account.
    public init(
        id: UserID, name: Username, email: EmailAddress, isAdministrator: Bool, createdAt: Timestamp,
        disabling: AccountDisabling? = nil
    ) {
        self.disabling = disabling
        self.id = id
        self.name = name
        self.email = email
        self.isAdministrator = isAdministrator
        self.createdAt = createdAt
    }
}

/// That nobody can use an account: nobody signs in to it, and its tokens are refused. What it holds stays as it is.
public struct AccountDisabling: Sendable, Hashable {
    /// Most characters of a reason: it stands in the status line of uploads.
    public static let longestReason = 200

    public let since: Timestamp
    /// Why, in the words of who did it: one line, which the account's holder reads.
    public let reason: String

    /// That an account is disabled.
    public init(since: Timestamp, reason: String) {
        self.since = since
        self.reason = reason
    }

    /// A reason as somebody typed it, on one line; nil where it says nothing.
    public static func reason(typed text: String) -> String? {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.isEmpty ? nil : String(line.prefix(longestReason))
    }
}

/// An account that is to be made.
public struct NewUser: Sendable {
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
    /// How many an account can have.
    public static let most = 10

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

/// An address that was removed from an account, and still hears what happens to it: anyone who has stolen an account
/// changes its addresses first, and waits.
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
    /// reset the password, and hears of everything: three days.
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
    /// The index keeps at least one administrator.
    case lastAdministrator(Username)
    /// An administrator alone does not take the only other one away.
    case lastOtherAdministrator(Username)
    /// Nobody disables the account that they use.
    case ownAccount
    /// An account is disabled with a reason that its holder reads.
    case reasonMissing
    /// Nobody could use there what the account would be given.
    case disabled(Username)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .nameTaken, .emailTaken, .addressKnown, .primaryAddress, .notVerified, .tooManyAddresses,
            .lastAdministrator, .lastOtherAdministrator, .ownAccount, .disabled:
            .conflict
        case .noSuchUser, .noSuchAddress: .notFound
        case .reasonMissing: .invalid
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
        case .lastAdministrator: "account.last-administrator"
        case .lastOtherAdministrator: "account.last-other-administrator"
        case .ownAccount: "account.own-account"
        case .reasonMissing: "account.reason-missing"
        case .disabled: "account.disabled"
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
        case .tooManyAddresses: "An account has at most \(AccountAddress.most.inLetters) addresses. Remove one first."
        case .registrationClosed: "Accounts on this index are made by its operator, or by invitation. Ask for one."
        case .lastAdministrator(let name):
            "\(name) is the last administrator of this index, and it keeps one. Make somebody else an administrator first: "
                + "rind user admin NAME"
        case .lastOtherAdministrator(let name):
            "\(name) is the only other administrator, and nobody but you would be left to object. Make somebody else an "
                + "administrator first, or ask the operator: rind user disable NAME, rind user admin NAME --remove"
        case .ownAccount:
            "This is the account that you use. Another administrator can disable it, or the operator: rind user disable NAME"
        case .reasonMissing: "Say why: the account's holder reads it when they are refused."
        case .disabled(let name):
            "The account \(name) is disabled, and nobody can use it. An administrator can enable it: do that first."
        }
    }
}
