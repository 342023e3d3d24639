import PackagingFormats
import Primitives
import UTC

/// The number of a proposal.
public typealias ProposalID = Identifier<Proposal>

/// What the people who run the index want done to somebody's project, and somebody else has a say in.
public struct Proposal: Sendable, Hashable {
    /// What is to be done.
    public enum Matter: Sendable, Hashable {
        /// What was removed comes back: all of the project, a release or a file.
        case restoration(of: Departure, files: [ReturningFile])
        /// A file, a release or all of the project is erased for a legal reason.
        case erasure(of: Departure, ErasureCategory)
        /// Everybody can have the name.
        case nameRelease

        /// What it is, without of what.
        public var kind: ProposalKind {
            switch self {
            case .restoration: .restoration
            case .erasure: .erasure
            case .nameRelease: .nameRelease
            }
        }

        /// What of the project it is about.
        public var scope: Departure {
            switch self {
            case .restoration(let scope, _), .erasure(let scope, _): scope
            case .nameRelease: .project
            }
        }
    }

    /// How it ended.
    public struct End: Sendable, Hashable {
        public let outcome: ProposalOutcome
        public let at: Timestamp

        public init(_ outcome: ProposalOutcome, at: Timestamp) {
            self.outcome = outcome
            self.at = at
        }
    }

    public let id: ProposalID
    public let project: ProjectName
    public let matter: Matter
    /// In the words of who proposed it, as long as is shown.
    public let reason: String
    /// As the journal names them.
    public let proposedBy: String
    public let proposedAt: Timestamp
    /// Until when somebody else is asked.
    public let dueAt: Timestamp
    /// Nil while it is open.
    public let end: End?

    public init(
        id: ProposalID, project: ProjectName, matter: Matter, reason: String, proposedBy: String,
        proposedAt: Timestamp, dueAt: Timestamp, end: End? = nil
    ) {
        self.id = id
        self.project = project
        self.matter = matter
        self.reason = reason.cut(to: .line)
        self.proposedBy = proposedBy
        self.proposedAt = proposedAt
        self.dueAt = dueAt
        self.end = end
    }
}

/// The kinds of proposals, as they are stored.
public enum ProposalKind: String, Sendable, CaseIterable {
    case restoration = "return"
    case erasure
    case nameRelease = "name-release"

    /// What it is, of a project, in the middle of a sentence.
    public func words(of scope: Departure, _ project: String) -> String {
        switch self {
        case .restoration: "the return of \(scope.subject(of: project))"
        case .erasure: "the erasure of \(scope.subject(of: project))"
        case .nameRelease: "the release of the name \(project)"
        }
    }
}

/// A file that is to come back.
public struct ReturningFile: Sendable, Hashable {
    public let filename: String
    /// Of its bytes, in lower-case hexadecimal.
    public let sha256: String
    /// Whether its bytes were gone, and were given by who proposes it.
    public let isGiven: Bool

    public init(filename: String, sha256: String, isGiven: Bool) {
        self.filename = filename
        self.sha256 = sha256
        self.isGiven = isGiven
    }
}

/// How a proposal ended. The raw values are stored: they keep their meaning.
public enum ProposalOutcome: String, Sendable, CaseIterable {
    /// An owner agreed, and what was removed is back.
    case approved
    /// An owner did not agree.
    case declined
    /// No owner answered, and the people who run the index decided.
    case decided
    /// Another administrator agreed, and it is erased.
    case confirmed
    /// The day came, and everybody can have the name.
    case released
    /// Anyone who owned the project objected.
    case objected
    /// The people who run the index took it back.
    case withdrawn
    /// The day came, and nothing came of it.
    case lapsed

    /// After what it was about: `was approved by an owner`.
    public var words: String {
        switch self {
        case .approved: "was approved by an owner"
        case .declined: "was declined by an owner"
        case .decided: "was decided by the people who run this index, without an answer from its owners"
        case .confirmed: "was confirmed by another administrator"
        case .released: "took effect, and everybody can have the name"
        case .objected: "ended, for an owner objected"
        case .withdrawn: "was taken back by the people who run this index"
        case .lapsed: "ended on its day, and nothing came of it"
        }
    }
}

/// Why something has to be erased by law: all that is said of it in public, for the words of a reason can name what must
/// not be named. The raw values are stored.
public enum ErasureCategory: String, Sendable, CaseIterable {
    case courtOrder = "court-order"
    case copyright
    case personalData = "personal-data"
    case secret
    case unlawful

    /// `by order of a court`
    public var words: String {
        switch self {
        case .courtOrder: "by order of a court or an authority"
        case .copyright: "because it infringed a copyright"
        case .personalData: "because of personal data in it"
        case .secret: "because of a secret in it"
        case .unlawful: "because it was unlawful to spread it"
        }
    }
}

/// A file that was erased for a legal reason: what pages say in its place.
public struct Tombstone: Sendable, Hashable {
    public let filename: String
    public let version: Version
    public let category: ErasureCategory
    public let at: Timestamp

    public init(filename: String, version: Version, category: ErasureCategory, at: Timestamp) {
        self.filename = filename
        self.version = version
        self.category = category
        self.at = at
    }

    /// What pages say of it.
    public var sentence: String {
        "The file \(filename) of \(version) was erased \(Self.reason(category, on: at.day))"
    }

    /// What is said at its address, after its name: why, and since when.
    public static func reason(_ category: ErasureCategory, on day: Day) -> String {
        "\(category.words) (\(category.rawValue)), on \(day)."
    }
}
