import Accounts
import Acts
import PackagingFormats
import Primitives
import UTC

/// Why the rule for critical projects, or a project's owners, keep somebody from an act.
public struct MandateRefusal: GuidingRefusal, Hashable {
    /// What lacks.
    public enum Missing: Sendable, Hashable {
        case assurance(Assurance, accountHasIt: Bool)
        /// The account's factor is too new, or it was recovered lately.
        case probation(until: Timestamp)
        /// A way back in when a key is lost.
        case spare(hasKey: Bool)
    }

    /// Who asks for it.
    public enum Cause: Sendable, Hashable {
        /// The index, because the project is critical.
        case critical(Designation)
        case owners
    }

    /// What was shown.
    public enum Credential: Sendable, Hashable {
        /// A session on the web.
        case session
        case token
        /// Nothing: it is about what an account could show.
        case account
    }

    public let project: ProjectName
    public let missing: Missing
    /// Who asks for it.
    public let cause: Cause
    public let credential: Credential
    /// What was shown.
    let shown: Assurance
    /// The ways that are open to the person, the quickest first.
    public internal(set) var ways: [WayThrough] = []

    init(_ project: ProjectName, _ missing: Missing, cause: Cause, credential: Credential, shown: Assurance) {
        self.project = project
        self.missing = missing
        self.cause = cause
        self.credential = credential
        self.shown = shown
    }

    /// We know who asks, and they may not.
    public var kind: RefusalKind { .forbidden }

    /// `access.…`, as the other refusals of acts on projects.
    public var code: String {
        switch missing {
        case .assurance: "access.project-requires"
        case .probation: "access.on-probation"
        case .spare: "access.spare-required"
        }
    }

    public var remedy: Remedy? {
        switch missing {
        case .assurance(_, let accountHasIt):
            accountHasIt ? (credential == .token ? .newToken : .showFactor) : .addFactor
        case .probation: .vouching
        case .spare: .addFactor
        }
    }

    /// Whether it helps to show a factor in the session: the account has what is asked for.
    public var asksToShowFactor: Bool { credential == .session && remedy == .showFactor }

    /// What was refused, why, and the quickest way that is open. One line, for it stands in the status line of uploads.
    public var guidance: Guidance {
        switch (missing, credential) {
        case (.assurance, .account): "\(reason) The account has none."
        case (.spare, .account): "\(reason) The account has less."
        case (.assurance, _), (.probation, _), (.spare, _): "\(reason) " + ways.quickest
        }
    }

    /// The other ways that are open, each in sentences of its own.
    public var otherWays: [Guidance] { ways.others }

    /// The same to the account's own holder, where it is about what their account could show.
    public var guidanceToHolder: Guidance {
        switch (missing, credential) {
        case (.assurance(_, accountHasIt: false), .account): "\(reason) Your account has none."
        case (.spare(let hasKey), .account):
            "\(reason) Your account has \(hasKey ? "one key and no recovery codes" : "no key yet")."
        case (.assurance, _), (.probation, _), (.spare, _): guidance
        }
    }

    private var reason: String {
        let asked =
            switch missing {
            case .assurance(let needed, _): needed.words
            case .probation: "two factors"
            case .spare: "two security keys, or one and printed recovery codes"
            }
        return switch cause {
        case .critical(let designation):
            "The project '\(project.display)' is critical (\(designation.why)): publishing to it and changing it takes "
                + "\(asked)."
        case .owners:
            "The owners of the project '\(project.display)' ask for \(asked) to publish to it or change it."
        }
    }
}

/// That an act is allowed now and will not be later.
public struct MandateNotice: Sendable, Hashable {
    public let project: ProjectName
    /// Why it is critical.
    public let designation: Designation
    public let what: Demand.Requirement
    /// From when; nil while the operator has set no day.
    public let bindsAt: Timestamp?
    public let credential: MandateRefusal.Credential
    /// Whether the account has what is asked for, and only what was shown falls short of it.
    public let accountHasIt: Bool
}
