import Accounts
import Acts
import UTC

/// Who acts, and what they are proven with now.
public struct Actor: Sendable, Hashable {
    /// Who it is.
    public enum Identity: Sendable, Hashable {
        /// Nobody we know.
        case anonymous
        /// The holder of an account.
        case user(UserID, Username, isAdministrator: Bool)
        /// Anyone who can run commands on the machine and read the data folder: nothing can be kept from them, so
        /// nothing is refused them, but everything is on record.
        case operatorAtMachine
        /// The index itself, doing what a rule prescribes.
        case index
    }

    public let identity: Identity
    /// What they are proven with now.
    public let assurance: Assurance
    /// The projects that the credential is limited to, by normalized name; nil means no limit.
    public let projects: Set<String>?

    /// The session in which they act; nil for a token, and for anyone who needs none.
    public let session: SessionStanding?

    /// The API token with which they act; nil for a session, and for anyone who needs none.
    public let token: TokenStanding?

    /// Somebody, with what they showed.
    public init(
        _ identity: Identity, assurance: Assurance, projects: Set<String>? = nil, session: SessionStanding? = nil,
        token: TokenStanding? = nil
    ) {
        self.identity = identity
        self.assurance = assurance
        self.projects = projects
        self.session = session
        self.token = token
    }

    /// Nobody we know.
    public static let anonymous = Actor(.anonymous, assurance: .anonymous)
    /// Anyone who runs commands on the machine.
    public static let operatorAtMachine = Actor(.operatorAtMachine, assurance: .password)
    public static let index = Actor(.index, assurance: .password)

    /// How the journal names them: `user ada`, `operator`, `index`, `anonymous`.
    public var journalName: String {
        switch identity {
        case .anonymous: "anonymous"
        case .user(_, let name, _): "user \(name.normalized)"
        case .operatorAtMachine: "operator"
        case .index: "index"
        }
    }

    /// How people are told of them.
    public var displayName: String {
        switch identity {
        case .anonymous: "Somebody"
        case .user(_, let name, _): name.display
        case .operatorAtMachine: "The operator"
        case .index: "The index"
        }
    }

    /// Where they act from, as far as an account's holder should be told: nobody learns the address of somebody else.
    public func origin(shownTo user: UserID) -> RequestOrigin {
        userID == user ? session?.origin ?? RequestOrigin() : RequestOrigin()
    }

    /// The same person with the same token, as the index knows both now.
    ///
    /// A request may take hours to come in, and what was true at its first byte may not be at its last: an act is
    /// judged by what this returns, in the transaction of the act. Throws `AccessRefusal.tokenEnded` or `.accountDisabled`.
    ///
    /// - Parameter record: the token that `token` names, read now; nil where it is not there any more.
    public func renewed(by record: APIToken?, at now: Timestamp) throws(AccessRefusal) -> Actor {
        guard let token else { return self }
        guard let record, record.owner.id == userID, record.revokedAt == nil else { throw .tokenEnded(.revoked) }
        if let disabling = record.owner.disabling { throw .accountDisabled(disabling) }
        let ends = [token.expiresAt, record.expiresAt].compactMap(\.self)
        if let end = ends.min(), now >= end { throw .tokenEnded(.expired(at: end)) }
        return Actor(
            .user(record.owner.id, record.owner.name, isAdministrator: record.owner.isAdministrator),
            assurance: record.assurance, projects: projects, token: token)
    }

    /// The same person in the same session, as the index knows both now. Throws `AccessRefusal.notSignedIn` or
    /// `.accountDisabled`.
    ///
    /// - Parameter session: the session that `session` names, read now; nil where it has ended.
    public func renewed(by session: Session?) throws(AccessRefusal) -> Actor {
        guard let session, session.user.id == userID else { throw .notSignedIn }
        if let disabling = session.user.disabling { throw .accountDisabled(disabling) }
        var standing = session.standing
        // Where the request comes from is no fact about the session.
        standing.origin = self.session?.origin ?? standing.origin
        return Actor(
            .user(session.user.id, session.user.name, isAdministrator: session.user.isAdministrator),
            assurance: session.assurance, session: standing)
    }

    /// The account's name, if there is one.
    public var username: Username? {
        if case .user(_, let name, _) = identity { name } else { nil }
    }

    /// The account, if there is one.
    public var userID: UserID? {
        if case .user(let id, _, _) = identity { id } else { nil }
    }
}

/// What an API token adds to who somebody is.
public struct TokenStanding: Sendable, Hashable {
    /// The token's identifier, by which it is found again.
    public let id: String
    /// From when on it is no longer valid, by the earliest of its caveats; nil where none says so.
    public let expiresAt: Timestamp?

    public init(id: String, expiresAt: Timestamp? = nil) {
        self.id = id
        self.expiresAt = expiresAt
    }
}

extension Session {
    /// Anyone who acts in it.
    public var actor: Actor {
        Actor(
            .user(user.id, user.name, isAdministrator: user.isAdministrator), assurance: assurance, session: standing)
    }
}
