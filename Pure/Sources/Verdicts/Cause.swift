import Findings
import LookAlikes
import ReleaseDifferences

/// Why a release is not simply published.
public enum Cause: Sendable, Hashable {
    /// A difference to the release before, or in how it came: a fact.
    case difference(ReleaseDifference)
    /// What a rule found in the code, and had not found in the release before.
    case finding(Finding)
    /// Its name is like another one's: a fact.
    case name(LookAlike)
    /// These bytes are known to be malicious, by an advisory.
    case knownDigest(advisory: String)
    /// The whole project is known to be malicious, by an advisory.
    case knownName(advisory: String)
    /// The archive says two things at once. Says which, in a sentence.
    case lyingArchive(String)
    /// It could not be looked at, or not to the end. Says why, in words.
    case notLookedAt(String)
    /// So many people whose word counts have reported it.
    case reports(Int)

    /// What it adds, in points of `Weight`.
    var points: Int {
        switch self {
        case .difference(let difference): difference.weight.points
        case .finding(let finding): Self.points(of: finding)
        case .name(let alike):
            switch alike.verdict {
            case .clear: 0
            case .review: Weight.strong.points
            case .hold: Weight.decisive.points
            }
        case .knownDigest, .knownName, .lyingArchive: Weight.decisive.points
        case .notLookedAt: 0
        case .reports: Weight.decisive.points
        }
    }

    private static func points(of finding: Finding) -> Int {
        let weight: Weight =
            switch finding.severity {
            case .note, .low: .note
            case .medium: .weak
            case .high: .strong
            }
        return ArchiveMember.isAside(finding.path) ? weight.lessened.points : weight.points
    }

    /// Whether it says how code is written, and nothing about the release.
    var isStyle: Bool {
        switch self {
        case .finding: true
        case .difference, .name, .knownDigest, .knownName, .lyingArchive, .notLookedAt, .reports: false
        }
    }

    /// The word for machines: `difference.new-hook`.
    public var code: String {
        switch self {
        case .difference(let difference): "difference.\(difference.code)"
        case .finding(let finding): "finding.\(finding.rule)"
        case .name(let alike): "name.\(alike.mechanism?.code ?? "clear")"
        case .knownDigest: "known-digest"
        case .knownName: "known-name"
        case .lyingArchive: "lying-archive"
        case .notLookedAt: "not-looked-at"
        case .reports: "reports"
        }
    }

    /// A sentence for those who look, and for those who are told.
    public var words: String {
        switch self {
        case .difference(let difference): difference.words
        case .finding(let finding):
            "\(finding.path)\(finding.line.map { ", line \($0)" } ?? ""): \(finding.why) (\(finding.rule): \(finding.evidence))"
        case .name(let alike): "Its name is almost that of \(alike.target ?? "another project")."
        case .knownDigest(let advisory): "These bytes are known to be malicious (\(advisory))."
        case .knownName(let advisory): "The project is known to be malicious (\(advisory))."
        case .lyingArchive(let sentence): sentence
        case .notLookedAt(let why): "It was not looked at to the end: \(why)."
        case .reports(let count): "\(count) people have reported it."
        }
    }
}

/// Who decides about a release that is held.
public enum Decider: String, Sendable, Hashable, CaseIterable {
    /// An owner of the project, by a touch of their security key: what is in doubt is whether it was one of them.
    case owner
    /// An administrator: what is in doubt is the project, or who owns it.
    case administrator

    /// As the subject of a sentence.
    public var words: String {
        switch self {
        case .owner: "An owner of the project, with a security key or another second factor"
        case .administrator: "An administrator of this index"
        }
    }
}

/// How a release is held: by a decision or a date it ends, and never by silence.
public struct Hold: Sendable, Hashable {
    /// What becomes of it on its day, where nobody has decided.
    public enum End: String, Sendable, Hashable, CaseIterable {
        case published
        /// Its version and its file names are free again.
        case rejected
    }

    public let decider: Decider
    public let lasts: Duration
    public let end: End

    public init(decider: Decider, lasts: Duration, end: End) {
        self.decider = decider
        self.lasts = lasts
        self.end = end
    }
}

/// What becomes of an upload.
public enum VerdictOutcome: Sendable, Hashable {
    case publish
    /// It is published, and a person looks at it.
    case queue
    case hold(Hold)
    /// It is not taken.
    case refuse

    /// The word for machines.
    public var code: String {
        switch self {
        case .publish: "publish"
        case .queue: "queue"
        case .hold: "hold"
        case .refuse: "refuse"
        }
    }
}

/// What was decided about an upload, why, and by what: everything to decide it again.
public struct Verdict: Sendable, Hashable {
    /// What the rules say.
    public let outcome: VerdictOutcome
    /// What is done: the same, unless the operator wants it reported only.
    public let effect: VerdictOutcome
    /// The gravest first.
    public let causes: [Cause]
    /// Their sum, as the policy counts.
    public let points: Int
    public let tier: ProjectTier
    public let mode: DefenceMode
    /// Of the rules that the code was looked at with.
    public let rules: String
    /// Of what names and digests were compared with.
    public let data: String
    /// `VerdictPolicy.version` of then.
    public let policy: Int
}
