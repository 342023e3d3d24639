import Acts
import Primitives
import UTC

/// The number of a session.
public typealias SessionID = Identifier<Session>

/// A browser in which somebody is signed in, or is about to be.
public struct Session: Sendable, Hashable {
    /// Its number, by which its owner can end it.
    public var id: SessionID
    public var user: User
    /// What it was proven with.
    public var assurance: Assurance
    /// What it adds to who somebody is.
    public var standing: SessionStanding
    public var createdAt: Timestamp
    /// When it was last used, to the minute.
    public var lastSeenAt: Timestamp
    /// When it ends, whatever happens.
    public var expiresAt: Timestamp
    public var origin: RequestOrigin

    /// All of a session.
    public init(
        id: SessionID, user: User, assurance: Assurance, standing: SessionStanding, createdAt: Timestamp,
        lastSeenAt: Timestamp, expiresAt: Timestamp, origin: RequestOrigin
    ) {
        self.id = id
        self.user = user
        self.assurance = assurance
        self.standing = standing
        self.createdAt = createdAt
        self.lastSeenAt = lastSeenAt
        self.expiresAt = expiresAt
        self.origin = origin
    }

    /// Whether its holder is signed in, and held to nothing.
    public var isLive: Bool { standing.restriction == nil }

    /// Whether it can show a second factor: it waits for that, or was begun with less than the account has now.
    public var canShowFactor: Bool {
        standing.restriction == .secondFactorDue || isLive && assurance < standing.strongest
    }
}

/// How long sessions last, and how many there can be.
public enum SessionLifetime {
    /// How many of an account's sessions can be live: so many that are signed in, and so many that wait for the second
    /// factor. When there is one more, the one that was used longest ago ends.
    public static let most = 200

    /// One that nobody used for so long has ended.
    public static let idle = Duration.hours(12)

    /// How long a session lasts at most, by what it is held to.
    public static func longest(_ restriction: SessionRestriction?) -> Duration {
        switch restriction {
        case nil: .days(14)
        case .secondFactorDue: .minutes(15)
        case .enrolmentOnly, .passwordChangeOnly: .hours(1)
        }
    }
}

/// Where a request comes from: for the person whose account it is about.
public struct RequestOrigin: Sendable, Hashable {
    /// The network address; empty where it is not known.
    public var address: String
    /// What the browser calls itself, at most 200 characters.
    public var client: String
    /// The network that the address is counted with; the address itself where nobody said more.
    public var network: String
    /// The SHA-256 of the secret by which a browser is known again for long; nil where none is known. It lets nobody
    /// in.
    public var mark: [UInt8]?

    /// Where a request comes from.
    public init(address: String = "", client: String = "", network: String? = nil, mark: [UInt8]? = nil) {
        self.address = address
        self.client = String(
            client.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7F }.prefix(200).map(Character.init))
        self.network = network ?? address
        self.mark = mark
    }
}

/// What a person shows of a factor.
public enum FactorUse: Sendable {
    /// The account's password, verified before.
    case password
    /// An assertion, verified before; its counter, and what the key is worth, are judged where it is stored.
    case securityKey(FactorID, signCount: UInt32, isBackedUp: Bool, userWasVerified: Bool)
    /// A code, which `check` judges by the app as it is stored.
    case authenticatorApp(check: CodeCheck)
    /// The hash of a recovery code.
    case recoveryCode(hash: [UInt8])
}

/// Judges a code of an authenticator app inside the transaction that keeps what came of it.
public typealias CodeCheck = @Sendable (AuthenticatorApp) throws -> CodeVerdict

/// What came of a code.
public enum CodeVerdict: Sendable, Hashable {
    /// It is right; the counter is the last accepted one from now on.
    case accepted(counter: Int64)
    /// It is not. A counter beside it is used up all the same, because the refusal says too much about its code.
    case refused(FactorRefusal, burnt: Int64?)
}

/// What a factor is shown for. The session is worth more afterwards, so its browser gets a new secret either way.
public enum FactorPurpose: Sendable, Hashable {
    /// To finish signing in, or to sign in with more than before.
    case signIn(newSecretHash: [UInt8])
    /// For an act that asks for a fresh proof.
    case stepUp(Act, object: String, newSecretHash: [UInt8])
}

/// What a challenge was drawn for.
public enum ChallengePurpose: Sendable, Hashable {
    /// To enrol a key.
    case enrol
    /// To finish signing in.
    case secondFactor
    /// To sign in with a passkey alone.
    case passkey
    /// For an act that asks for a fresh proof.
    case stepUp(Act, object: String)

    /// One text for each, as stored.
    public var text: String {
        switch self {
        case .enrol: "enrol"
        case .secondFactor: "second-factor"
        case .passkey: "passkey"
        case .stepUp(let action, let object): "step-up \(action.rawValue) \(object)"
        }
    }
}

/// A challenge as the server drew it: bound to the browser, the account and what it is for.
public struct Challenge: Sendable, Hashable {
    /// How long one can be answered.
    public static let lifetime = Duration.minutes(5)
    /// How many of one browser are kept, the newest: as many windows as somebody has open at a time, with room.
    public static let mostPerBrowser = 20

    /// The SHA-256 of the browser's secret.
    public var browser: [UInt8]
    /// Whose answer it waits for; nil for a sign-in with a passkey alone.
    public var user: UserID?
    public var purpose: ChallengePurpose
    /// 32 random bytes.
    public var bytes: [UInt8]
    /// Whether the authenticator has to verify its holder.
    public var requiresUserVerification: Bool
    public var expiresAt: Timestamp

    public init(
        browser: [UInt8], user: UserID?, purpose: ChallengePurpose, bytes: [UInt8], requiresUserVerification: Bool,
        expiresAt: Timestamp
    ) {
        self.browser = browser
        self.user = user
        self.purpose = purpose
        self.bytes = bytes
        self.requiresUserVerification = requiresUserVerification
        self.expiresAt = expiresAt
    }
}

/// A session that is to begin, because a password or a passkey was shown.
public struct NewSession: Sendable {
    /// The SHA-256 of the browser's new secret.
    public var secretHash: [UInt8]
    public var user: UserID
    /// What was shown: a password or a key.
    public var use: FactorUse
    /// Whether the password is known to thieves.
    public var isPasswordBreached: Bool
    /// The stored hash that the password was verified against; nil where a key was shown.
    public var verifiedHash: String?
    /// A new hash of the password, where the stored one is weaker than what we make now.
    public var rehashedPassword: String?
    public var origin: RequestOrigin

    /// A session that is to begin.
    public init(
        secretHash: [UInt8], user: UserID, use: FactorUse, isPasswordBreached: Bool = false,
        verifiedHash: String? = nil, rehashedPassword: String? = nil, origin: RequestOrigin
    ) {
        self.secretHash = secretHash
        self.user = user
        self.use = use
        self.isPasswordBreached = isPasswordBreached
        self.verifiedHash = verifiedHash
        self.rehashedPassword = rehashedPassword
        self.origin = origin
    }
}
