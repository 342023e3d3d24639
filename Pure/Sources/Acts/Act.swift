/// Everything that can be done, whatever to. A new act is a new case of one of the three, and does not compile until
/// somebody has decided what it takes.
public enum Act: Sendable, Hashable, CaseIterable, RawRepresentable {
    /// To a project, or to a name that may become one.
    case project(ProjectAct)
    case account(AccountAct)
    /// To the index as a whole.
    case index(IndexAct)

    /// All of them, by what they are done to.
    public static let allCases: [Act] =
        ProjectAct.allCases.map(Act.project) + AccountAct.allCases.map(Act.account) + IndexAct.allCases.map(Act.index)

    /// The act with a name; nil where there is none.
    public init?(rawValue: String) {
        let act = ProjectAct(rawValue: rawValue)?.act ?? AccountAct(rawValue: rawValue)?.act
        guard let act = act ?? IndexAct(rawValue: rawValue)?.act else { return nil }
        self = act
    }

    private var subjectAct: any SubjectAct {
        switch self {
        case .project(let act): act
        case .account(let act): act
        case .index(let act): act
        }
    }

    /// How the journal names it: `file.upload`.
    public var rawValue: String { subjectAct.rawValue }
    /// The least that the actor must be proven with.
    public var assurance: Assurance { subjectAct.assurance }
    /// Whether it asks for a proof that is at most five minutes old, at the strongest that the account has.
    public var needsFreshProof: Bool { subjectAct.has(.freshProof) }
    /// What it gives away at most where an administrator does it; nil for what administrators can do no more than
    /// others.
    public var gain: Gain? { subjectAct.gain }
    /// Whose it is, for the table.
    public var holderWords: String { subjectAct.holderWords }
    /// What else it asks for, or is.
    public func has(_ trait: ActTrait) -> Bool { subjectAct.has(trait) }
    /// Whether somebody does it for another whose projects they own, too.
    public var isVouching: Bool { subjectAct.isVouching }
}

/// What can be done to one kind of thing.
public protocol SubjectAct: Sendable, Hashable, RawRepresentable where RawValue == String {
    /// Whose it may be.
    associatedtype Holder: ActHolder
    var rule: ActRule<Holder> { get }
    /// The same among all acts.
    var act: Act { get }
}

extension SubjectAct {
    /// The least that the actor must be proven with.
    public var assurance: Assurance { rule.least }
    /// What it gives away at most where an administrator does it; nil for what administrators can do no more than
    /// others.
    public var gain: Gain? { rule.holder.gain }
    /// Whose it is, for the table.
    public var holderWords: String { rule.holder.words }
    /// Whether somebody does it for another whose projects they own, too.
    public var isVouching: Bool { rule.holder.isVouching }
    /// What else it asks for, or is.
    public func has(_ trait: ActTrait) -> Bool { rule.traits.contains(trait) }
}

extension ProjectAct {
    /// The same among all acts.
    public var act: Act { .project(self) }
}

extension AccountAct {
    /// The same among all acts.
    public var act: Act { .account(self) }
}

extension IndexAct {
    /// The same among all acts.
    public var act: Act { .index(self) }
}
