/// What an act takes: a row of the table of acts.
public struct ActRule<Holder: ActHolder>: Sendable, Hashable {
    /// Whose act it is.
    public let holder: Holder
    /// The least that the actor must be proven with.
    public let least: Assurance
    /// What else is asked.
    public let traits: Set<ActTrait>

    init(_ holder: Holder, _ least: Assurance, _ traits: Set<ActTrait> = []) {
        self.holder = holder
        self.least = least
        self.traits = traits
    }
}

/// What else an act asks for, or is.
public enum ActTrait: String, Sendable, CaseIterable {
    /// Asks for a proof that is at most five minutes old, at the strongest that the account has.
    case freshProof = "fresh proof"
    /// Asks for a proof that was given for this act and for what it is about: that somebody has just signed in is not one.
    case boundProof = "proof for what it is about"
    /// Publishes to a project, updates or changes it: what the rule for critical projects and a project's own
    /// requirement refuse.
    case mandate = "held to the mandate"
    /// Takes an account whose primary address was verified, where the operator asks for that: publishing, API tokens
    /// and roles. Nobody publishes who has shown no mailbox, and nobody who cannot be reached about a project gets into
    /// one, or others. What makes things safer or smaller is not among them.
    case verifiedAddress = "verified address"
    /// Takes a project that takes uploads.
    case openProject = "project that takes uploads"
    /// Takes a session; a token does not do.
    case session
    /// Enrols a factor, for which an account's first one takes a mailed link.
    case enrolment
    /// Can take from an account's holder a way back into the account. A factor on probation does none of it, for it may
    /// be a thief's; that it removes no earlier factor, `FactorPolicy` decides.
    case returnPath = "takes a way back"
    /// Is the showing of a proof, of which `SignIn` in Identity judges what is shown. Nothing of the index changes, so no
    /// door asks for a permit for it; the row says whose it is.
    case proving = "is the proof itself"
}

/// Whose an act is.
public protocol ActHolder: Sendable, Hashable {
    /// What it gives away at most where an administrator does it; nil for what administrators can do no more than
    /// others.
    ///
    /// Two acts give away more in one case: `AccountFacts.gain` says so of an account that is made an administrator's,
    /// and the rule for critical projects is changed only by those who have what it asks for.
    var gain: Gain? { get }
    /// Whether somebody does it for another whose projects they own, too.
    var isVouching: Bool { get }
    /// For the table.
    var words: String { get }
}

/// Whose an act on a project is.
public enum ProjectHolder: ActHolder {
    /// Everybody's with an account.
    case anybody
    /// Anyone's with this role, or a higher one.
    case role(Role)
    /// The same, and administrators'.
    case roleOrAdministrator(Role, gives: Gain)
    /// Administrators'.
    case administrator(gives: Gain)

    /// What it gives away at most.
    public var gain: Gain? {
        switch self {
        case .anybody, .role: nil
        case .roleOrAdministrator(_, let gain), .administrator(let gain): gain
        }
    }
    /// Never.
    public var isVouching: Bool { false }
    /// For the table.
    public var words: String {
        switch self {
        case .anybody: "anybody"
        case .role(let role): role.rawValue
        case .roleOrAdministrator(let role, _): "\(role.rawValue), administrator"
        case .administrator: "administrator"
        }
    }
}

/// Whose an act on an account is.
public enum AccountHolder: ActHolder {
    /// Anyone's who has no account yet.
    case newcomer
    case oneself
    /// Its holder's, and administrators'.
    case oneselfOrAdministrator(gives: Gain)
    /// Administrators', and the holder's who owns projects together with that of the account.
    case coOwnerOrAdministrator(gives: Gain)
    /// Administrators'.
    case administrator(gives: Gain)

    /// What it gives away at most.
    public var gain: Gain? {
        switch self {
        case .newcomer, .oneself: nil
        case .oneselfOrAdministrator(let gain), .coOwnerOrAdministrator(let gain), .administrator(let gain): gain
        }
    }
    /// Whether a co-owner does it.
    public var isVouching: Bool { if case .coOwnerOrAdministrator = self { true } else { false } }
    /// For the table.
    public var words: String {
        switch self {
        case .newcomer: "newcomer"
        case .oneself: "oneself"
        case .oneselfOrAdministrator: "oneself, administrator"
        case .coOwnerOrAdministrator: "co-owner, administrator"
        case .administrator: "administrator"
        }
    }
}

/// Whose an act on the index is.
public enum IndexHolder: ActHolder {
    /// Everybody's.
    case anybody
    /// Administrators'.
    case administrator(gives: Gain)

    /// What it gives away at most.
    public var gain: Gain? { if case .administrator(let gain) = self { gain } else { nil } }
    /// Never.
    public var isVouching: Bool { false }
    /// For the table.
    public var words: String {
        switch self {
        case .anybody: "anybody"
        case .administrator: "administrator"
        }
    }
}
