import Accounts
import Journal
import Policy
import UTC

/// The accounts of the index.
public protocol AccountStore: Sendable {
    /// Makes an account, for the operator or an administrator. Its address counts as verified unless it is said
    /// otherwise, and it may publish as much as the index takes. Throws `AccountRefusal.nameTaken` or `.emailTaken`,
    /// and then nothing has changed.
    func add(_ user: NewUser, by actor: Actor, at now: Timestamp) async throws -> User
    /// Makes an account for anyone who asks, and mails a link with which the address is verified.
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
    /// instead: anyone who adds it cannot tell. Throws `AccountRefusal.addressKnown` or `.tooManyAddresses`.
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

    /// Keeps the hash of a link's secret, so that it works once; it replaces an earlier one of the same account,
    /// purpose and object. Nothing is mailed.
    func offerLink(
        secretHash: [UInt8], _ purpose: OneTimeLink.Purpose, to name: Username, by actor: Actor, at now: Timestamp
    ) async throws
    /// Mails a link to an account's verified primary address, or for a verification to the address that it is for.
    func mailLink(
        _ link: MailedLink, _ request: OneTimeLink.Request, to user: UserID, from origin: RequestOrigin,
        at now: Timestamp
    ) async throws
    /// Mails somebody an invitation to register.
    func invite(_ address: EmailAddress, _ link: MailedLink, by actor: Actor, at now: Timestamp) async throws
    /// What an unexpired and unused link is for; nil when there is none.
    func link(secretHash: [UInt8], at now: Timestamp) async throws -> OneTimeLink?
    /// When and where a link was used that is known still; nil for any other.
    func use(ofLink secretHash: [UInt8]) async throws -> OneTimeLink.Use?
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
    /// Uses a link up and lets the session of its account in which it is followed, under a new secret, enrol the first
    /// factor for half an hour. Throws `LinkNotValid`, and `AccessRefusal.notSignedIn` where the session has ended.
    func useEnrolmentLink(
        secretHash: [UInt8], by actor: Actor, newSecretHash: [UInt8], at now: Timestamp
    ) async throws

    /// What happened to an account, newest first.
    func events(of user: UserID, before: EventID?, limit: Int) async throws -> [RecordedEvent]
    /// Does the same work on disk for an account that there is not, so that the time does not tell.
    func equalizeWriteCost(at now: Timestamp) async throws
    /// Notes something that happened to an account and changed nothing, and tells its addresses if that is to be told.
    func note(_ event: SecurityEvent, about user: UserID, from origin: RequestOrigin, at now: Timestamp) async throws
    /// Whether somebody can answer for an account: they own every project of it that asks for two factors, or is to;
    /// where none does, one of its projects.
    func canVouch(_ owner: UserID, for user: UserID, at now: Timestamp) async throws -> Bool
    /// Those among some users, by normalized name, whose wait somebody could end now by vouching, as far as they can show
    /// what that takes: an administrator, or anyone who can answer for them.
    func vouchable(among users: [Username], by voucher: User, at now: Timestamp) async throws -> Set<String>
}
