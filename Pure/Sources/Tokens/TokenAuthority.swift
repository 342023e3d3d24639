public import Crypto
public import UTC

/// What a token is being used for.
public struct TokenUse: Hashable, Sendable {
    /// The moment of the request.
    public var now: Timestamp
    /// The user whom the token was issued to, as the index knows it, and who therefore acts.
    public var userID: String
    /// The normalized name of the project that is to be changed; nil while it is not known yet, as when the headers of
    /// an upload have come and its form has not. Then the caller asks `TokenAuthority.projects` later.
    public var project: String?

    /// A use by `userID` at `now`.
    public init(now: Timestamp, userID: String, project: String? = nil) {
        self.now = now
        self.userID = userID
        self.project = project
    }
}

/// What a verified token still allows.
public struct TokenAuthority: Hashable, Sendable {
    /// The projects it may change: the intersection of all its caveats about projects.
    public var projects: ProjectScope = .all
    /// The moment from which on it is no longer valid, the earliest of all; nil when it does not expire.
    public var expiry: Timestamp?
    /// The points in the past as of which it reads the index, all of them; with any it does nothing else.
    public var asOf: [String] = []
}

/// A set of projects.
public enum ProjectScope: Hashable, Sendable {
    /// Every project that the user may change.
    case all
    /// Only those of them that have one of these normalized names.
    case only(Set<String>)

    /// True when a project with this normalized name is among them.
    public func contains(_ name: String) -> Bool {
        switch self {
        case .all: true
        case .only(let names): names.contains(name)
        }
    }

    func intersection(_ names: Set<String>) -> ProjectScope {
        switch self {
        case .all: .only(names)
        case .only(let these): .only(these.intersection(names))
        }
    }
}

extension Macaroon {
    /// Verifies the signature and every caveat, and says what the token allows.
    ///
    /// Nothing of the token is looked at before its signature is known to be good. All caveats must hold, in whatever
    /// order they come, so a caveat can only ever take away.
    public func authority(rootKey: SymmetricKey, for use: TokenUse) throws(TokenRefusal) -> TokenAuthority {
        guard isSigned(with: rootKey) else { throw .signature }
        var authority = TokenAuthority()
        for bytes in caveats {
            switch try Caveat(parsing: bytes) {
            case .window(let expiry, let notBefore):
                guard use.now >= notBefore else { throw .notYetValid(from: notBefore) }
                guard use.now < expiry else { throw .expired(at: expiry) }
                authority.expiry = min(expiry, authority.expiry ?? expiry)
            case .projects(let names):
                if let project = use.project, !names.contains(project) { throw .otherProject(project) }
                authority.projects = authority.projects.intersection(names)
            case .user(let id):
                guard id == use.userID else { throw .otherUser }
            case .asOf(let point): authority.asOf.append(point)
            }
        }
        return authority
    }
}
