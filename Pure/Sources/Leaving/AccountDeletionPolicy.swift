import Accounts
import PackagingFormats
import Policy
import Primitives
import UTC

/// What is known of an account that its holder wants to be rid of.
public struct AccountDeletionFacts: Sendable, Hashable {
    public var isAdministrator: Bool
    /// Whether nobody can use it, so that nobody could stop it either.
    public var isDisabled: Bool
    /// The projects that are there and take uploads, of which nobody else is an owner who could act, by name.
    public var soleOwned: [ProjectName]
    /// The projects for which its holder asked for something to be taken away, which is not decided, by name.
    public var askedFor: [ProjectName]
    /// Where its holder lost the role of an owner lately, and until when the last of these can be undone.
    public var lost: [ProjectName]
    public var undoneUntil: Timestamp?

    public init(
        isAdministrator: Bool = false, isDisabled: Bool = false, soleOwned: [ProjectName] = [],
        askedFor: [ProjectName] = [],
        lost: [ProjectName] = [], undoneUntil: Timestamp? = nil
    ) {
        self.isAdministrator = isAdministrator
        self.isDisabled = isDisabled
        self.soleOwned = soleOwned
        self.askedFor = askedFor
        self.lost = lost
        self.undoneUntil = undoneUntil
    }
}

/// That an account is to be deleted, or was.
public struct AccountDeletion: Sendable, Hashable {
    public let askedAt: Timestamp
    /// From when on it is done.
    public let dueAt: Timestamp
    /// When it was done; nil while it is not.
    public let doneAt: Timestamp?

    public init(askedAt: Timestamp, dueAt: Timestamp, doneAt: Timestamp? = nil) {
        self.askedAt = askedAt
        self.dueAt = dueAt
        self.doneAt = doneAt
    }
}

/// Decides whether an account can be deleted: when its holder asks for it, and again on its day.
///
/// What it was shows for ever in the journal and in what it published, and nobody else gets its name: only what is the
/// holder's own goes, addresses, password, factors, tokens.
public enum AccountDeletionPolicy {
    /// From the request to the day: as long as what was done to its roles can be undone, so that somebody who got in for some
    /// minutes leaves nobody behind who could not.
    public static let wait = RoleChangePolicy.undoing

    /// Throws where it cannot, and says what to do first. Held to it is everybody, the operator too.
    public static func decide(
        _ user: Username, knowing facts: AccountDeletionFacts, at now: Timestamp
    ) throws(AccountDeletionRefusal) {
        guard !facts.isAdministrator else { throw .administrator(user) }
        guard !facts.isDisabled else { throw .disabled(user) }
        guard facts.soleOwned.isEmpty else { throw .soleOwner(user, facts.soleOwned) }
        guard facts.askedFor.isEmpty else { throw .requestsOpen(user, facts.askedFor) }
        if let until = facts.undoneUntil, now < until { throw .rolesLost(user, facts.lost, until: until) }
    }
}

/// Why an account is not deleted.
public enum AccountDeletionRefusal: GuidingRefusal, Hashable {
    /// It administrates the index.
    case administrator(Username)
    /// Nobody can use it, nor stop this.
    case disabled(Username)
    /// Nobody else owns these.
    case soleOwner(Username, [ProjectName])
    /// It asked for something that is not decided.
    case requestsOpen(Username, [ProjectName])
    /// Its holder could still take back what they lost there.
    case rolesLost(Username, [ProjectName], until: Timestamp)
    /// What had to be typed is something else.
    case notConfirmed(Username)
    /// It is asked for already.
    case alreadyAsked(Username, due: Timestamp)
    /// Nobody asked for it, or it was stopped.
    case notAsked(Username)
    /// It was done.
    case isDeleted(Username)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .administrator, .disabled, .soleOwner, .requestsOpen, .rolesLost, .alreadyAsked, .notAsked, .isDeleted:
            .conflict
        case .notConfirmed: .invalid
        }
    }

    /// `account-deletion.…`
    public var code: String {
        switch self {
        case .administrator: "account-deletion.administrator"
        case .disabled: "account-deletion.disabled"
        case .soleOwner: "account-deletion.sole-owner"
        case .requestsOpen: "account-deletion.requests-open"
        case .rolesLost: "account-deletion.roles-lost"
        case .notConfirmed: "account-deletion.not-confirmed"
        case .alreadyAsked: "account-deletion.already-asked"
        case .notAsked: "account-deletion.not-asked"
        case .isDeleted: "account-deletion.is-deleted"
        }
    }

    /// Nothing that has a page.
    public var remedy: Remedy? { nil }

    /// What was refused, and what to do.
    public var guidance: Guidance {
        switch self {
        case .administrator(let user):
            "\(user) is an administrator. Another one has to end that first, or the operator: rind user admin \(user) --remove"
        case .disabled(let user):
            "The account \(user) is disabled, so that its holder could not stop it. Ask \(Place.administrators) to enable it first."
        case .soleOwner(let user, let projects):
            """
            Nobody but \(user) owns \(Self.list(projects)). Make somebody else an owner there, or archive it first: \
            \(Place.projects)
            """
        case .requestsOpen(let user, let projects):
            """
            \(user) asked for something of \(Self.list(projects)) to be taken away, and that is not decided. Take it back \
            first, or wait for its day: \(Place.projects)
            """
        case .rolesLost(let user, let projects, let until):
            """
            \(user) was an owner of \(Self.list(projects)) until lately. Until \(until.readableMinute) that can be undone, and \
            the account stays for as long: take the role back (\(Place.projects)), or ask again then.
            """
        case .notConfirmed(let user): "Nothing was changed: type ‘\(user)’ to show that you mean it."
        case .alreadyAsked(let user, let due):
            "The account \(user) is to be deleted already, on \(due.readableMinute). Nothing was changed."
        case .notAsked(let user):
            "The account \(user) is not to be deleted: nobody asked for it, or it was stopped already."
        case .isDeleted(let user):
            "The account \(user) was deleted. It does not come back, and nobody else gets its name."
        }
    }

    private static func list(_ projects: [ProjectName]) -> String {
        projects.map { "'\($0.display)'" }.joined(separator: ", ")
    }
}
