import Accounts
import Acts
import PackagingFormats
import Primitives
import Projects
import UTC

/// The number of a stage.
public typealias StageID = Identifier<Stage>

/// A file that waits for a person.
public struct StagedFile: Sendable, Hashable {
    public let id: FileID
    public let filename: String
    /// Of its bytes, in lower-case hexadecimal.
    public let sha256: String
    /// Bytes.
    public let size: Int64
    /// Who sent it, and what with.
    public let sender: StageSender
    public let uploadedAt: Timestamp
    /// Whether what was found in it keeps it back, so that no touch lets it out.
    public let isHeld: Bool

    public init(
        id: FileID, filename: String, sha256: String, size: Int64, sender: StageSender, uploadedAt: Timestamp,
        isHeld: Bool = false
    ) {
        self.id = id
        self.filename = filename
        self.sha256 = sha256
        self.size = size
        self.sender = sender
        self.uploadedAt = uploadedAt
        self.isHeld = isHeld
    }
}

/// Who sent a file, and what with.
public struct StageSender: Sendable, Hashable {
    /// As the journal names them: `user ada`, `operator`.
    public let name: String
    /// What the token is called by its holder; nil where none was used.
    public let tokenLabel: String?
    /// What the token is proven with.
    public let assurance: Assurance

    public init(name: String, tokenLabel: String?, assurance: Assurance) {
        self.name = name
        self.tokenLabel = tokenLabel
        self.assurance = assurance
    }
}

/// That somebody lets a release out.
public struct StageApproval: Sendable, Hashable {
    public let user: Username
    /// What they were proven with.
    public let assurance: Assurance
    public let at: Timestamp
    /// Of the statement about this release that they agreed to.
    public let digest: String
    /// Whether they may still approve.
    public let isStanding: Bool

    public init(user: Username, assurance: Assurance, at: Timestamp, digest: String, isStanding: Bool) {
        self.user = user
        self.assurance = assurance
        self.at = at
        self.digest = digest
        self.isStanding = isStanding
    }
}

/// How a stage ended. The raw values are stored.
public enum StageOutcome: String, Sendable, CaseIterable {
    case approved, rejected, expired

    /// After the release: `was approved, and is published`.
    public var words: String {
        switch self {
        case .approved: "was approved, and is published"
        case .rejected: "was rejected"
        case .expired: "ended without an answer"
        }
    }
}

/// What comes of an approval.
public enum StageProgress: Sendable, Hashable {
    /// All that was asked for is there: the release is published.
    case published
    /// Another person has to approve.
    case waitsForAnother
}

/// Where a stage stands.
public enum StageState: String, Sendable, CaseIterable {
    case open
    /// One of two people has approved.
    case approvedByOne = "approved by one"
    case approved, rejected, expired
}

/// Files of one release that wait for a person, and are published together or not at all.
public struct Stage: Sendable, Hashable {
    /// How it ended.
    public struct End: Sendable, Hashable {
        public let outcome: StageOutcome
        public let at: Timestamp
        /// As the journal names them.
        public let by: String
        /// In the words of who rejected it; nil where nothing was said.
        public let reason: String?

        public init(_ outcome: StageOutcome, at: Timestamp, by: String, reason: String? = nil) {
            self.outcome = outcome
            self.at = at
            self.by = by
            self.reason = reason
        }
    }

    public let id: StageID
    public let project: ProjectName
    public let version: Version
    /// What was asked for when it was opened, and since: the most of it.
    public let terms: StagingSetting
    public let openedAt: Timestamp
    /// When nobody's answer is awaited any longer.
    public let dueAt: Timestamp
    /// By name.
    public let files: [StagedFile]
    public let approvals: [StageApproval]
    /// Nil while it waits.
    public let end: End?

    public init(
        id: StageID, project: ProjectName, version: Version, terms: StagingSetting, openedAt: Timestamp,
        dueAt: Timestamp, files: [StagedFile], approvals: [StageApproval] = [], end: End? = nil
    ) {
        self.id = id
        self.project = project
        self.version = version
        self.terms = terms
        self.openedAt = openedAt
        self.dueAt = dueAt
        self.files = files.sorted { $0.filename.utf8.lexicographicallyPrecedes($1.filename.utf8) }
        self.approvals = approvals
        self.end = end
    }

    /// Those who approved what it holds now and may still do so: what is added or exchanged undoes what was agreed to.
    public var standingApprovals: [StageApproval] {
        let digest = ApprovalStatement(self).digest
        return approvals.filter { $0.isStanding && $0.digest == digest }
    }

    /// Where it stands. One whose time has come is over, even before that is noted.
    public func state(at now: Timestamp) -> StageState {
        switch end?.outcome {
        case .approved: .approved
        case .rejected: .rejected
        case .expired: .expired
        case nil: dueAt <= now ? .expired : standingApprovals.isEmpty ? .open : .approvedByOne
        }
    }
}

/// What was found in a release that waits: a line for people. Whatever finds something says it in this form.
public struct StageFinding: Sendable, Hashable {
    /// How much it matters. The greatest first.
    public enum Weight: Int, Sendable, CaseIterable, Comparable {
        case note, warning, danger

        /// Matters less than.
        public static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
    }

    public let weight: Weight
    /// What found it: `names.look-alike`.
    public let rule: String
    /// The file of the release; nil where it is about all of it.
    public let filename: String?
    /// Where in it: `demo/setup.py`, line 12.
    public let place: String?
    /// A sentence.
    public let words: String

    public init(_ weight: Weight, rule: String, filename: String? = nil, place: String? = nil, words: String) {
        self.weight = weight
        self.rule = rule
        self.filename = filename
        self.place = place
        self.words = words
    }
}

/// A stage as somebody saw it, by the digest of the statement about it alone: `7-0f0f…0f` in forms.
public struct SeenStage: Sendable, Hashable, LosslessStringConvertible {
    public let id: StageID
    /// Of the statement about this release.
    public let digest: String

    public init(id: StageID, digest: String) {
        self.id = id
        self.digest = digest
    }

    /// As it is shown now.
    public init(_ stage: Stage) { self.init(id: stage.id, digest: ApprovalStatement(stage).digest) }

    /// Reads what a form says; nil for anything else.
    public init?(_ description: String) {
        let parts = description.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let number = Int64(parts[0]), parts[1].utf8.count == 64,
            parts[1].utf8.allSatisfy("0123456789abcdef".utf8.contains)
        else { return nil }
        self.init(id: StageID(number), digest: String(parts[1]))
    }

    public var description: String { "\(id)-\(digest)" }
}

/// What came of the approval of one release.
public struct ApprovedStage: Sendable, Hashable {
    public let project: ProjectName
    public let version: Version
    public let progress: StageProgress

    public init(project: ProjectName, version: Version, progress: StageProgress) {
        self.project = project
        self.version = version
        self.progress = progress
    }
}

/// Whether the releases of a project wait, and who says so.
public struct StagingOutlook: Sendable, Hashable {
    public let standing: StagingStanding
    /// Whether the operator asks for it, because the project is critical.
    public let isAskedByIndex: Bool
    /// From when that binds; nil while no day is set.
    public let askedByIndexFrom: Timestamp?

    public init(standing: StagingStanding, isAskedByIndex: Bool, askedByIndexFrom: Timestamp?) {
        self.standing = standing
        self.isAskedByIndex = isAskedByIndex
        self.askedByIndexFrom = askedByIndexFrom
    }
}
