/// Who acts, and what he is proven with now.
public struct Actor: Sendable, Hashable {
    /// Who it is.
    public enum Identity: Sendable, Hashable {
        /// Nobody we know.
        case anonymous
        /// The holder of an account.
        case user(UserID, Username, isAdministrator: Bool)
        /// Whoever can run commands on the machine and read the data folder: nothing can be kept from him, so
        /// nothing is refused him, but everything is on record.
        case operatorAtMachine
        /// The index itself, doing what a rule prescribes.
        case index
    }

    /// Who it is.
    public let identity: Identity
    /// What he is proven with now.
    public let assurance: Assurance
    /// The projects that the credential is limited to, by normalized name; nil means no limit.
    public let projects: Set<String>?

    /// The session in which he acts; nil for a token, and for whoever needs none.
    public let session: SessionStanding?

    /// Somebody, with what he showed.
    public init(
        _ identity: Identity, assurance: Assurance, projects: Set<String>? = nil, session: SessionStanding? = nil
    ) {
        self.identity = identity
        self.assurance = assurance
        self.projects = projects
        self.session = session
    }

    /// Nobody we know.
    public static let anonymous = Actor(.anonymous, assurance: .anonymous)
    /// Whoever runs commands on the machine.
    public static let operatorAtMachine = Actor(.operatorAtMachine, assurance: .password)
    /// The index itself.
    public static let index = Actor(.index, assurance: .password)

    /// How the journal names him: `user ada`, `operator`, `index`, `anonymous`.
    public var journalName: String {
        switch identity {
        case .anonymous: "anonymous"
        case .user(_, let name, _): "user \(name.normalized)"
        case .operatorAtMachine: "operator"
        case .index: "index"
        }
    }

    /// How people are told of him.
    public var displayName: String {
        switch identity {
        case .anonymous: "Somebody"
        case .user(_, let name, _): name.display
        case .operatorAtMachine: "The operator"
        case .index: "The index"
        }
    }

    /// Where he acts from, as far as an account's holder should be told: nobody learns the address of somebody else.
    public func origin(shownTo user: UserID) -> RequestOrigin {
        userID == user ? session?.origin ?? RequestOrigin() : RequestOrigin()
    }

    /// The account, if there is one.
    public var userID: UserID? {
        if case .user(let id, _, _) = identity { id } else { nil }
    }
}
