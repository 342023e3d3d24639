/// Something that a rule found in a file of a release, with all that a person needs to judge it.
public struct Finding: Sendable, Hashable {
    /// The rule's identifier, the name of its file: `pth-with-code`.
    public let rule: String
    /// How bad it is where it is meant.
    public let severity: Severity
    /// The file in the archive, as the archive names it, from its top: `demo-1.0/setup.py`.
    public let path: String
    /// Counted from 1; nil for what is about the file as a whole.
    public let line: Int?
    /// What stands there, one line of at most 200 characters. Of a secret it says the kind and the first characters only.
    public let evidence: String
    /// What it means, and why somebody should look: one sentence, of the rule.
    public let why: String
    /// Whether only those with a role in the project may see it: a secret of theirs that was left in by mistake.
    public let isConfidential: Bool

    public init(
        rule: String, severity: Severity, path: String, line: Int?, evidence: String, why: String,
        isConfidential: Bool = false
    ) {
        self.rule = rule
        self.severity = severity
        self.path = path
        self.line = line
        self.evidence = String(evidence.prefix(200))
        self.why = why
        self.isConfidential = isConfidential
    }
}

/// How bad a finding is where it is meant. By itself it decides nothing: the policy of verdicts does.
public enum Severity: String, Sendable, Hashable, CaseIterable, Comparable {
    /// Worth knowing when something else is found.
    case note
    /// Seen in honest packages, too.
    case low
    /// Rare in honest packages.
    case medium
    /// Hardly ever honest.
    case high

    /// By how bad it is: `note` is the least.
    public static func < (one: Severity, other: Severity) -> Bool { one.order < other.order }

    private var order: Int {
        switch self {
        case .note: 0
        case .low: 1
        case .medium: 2
        case .high: 3
        }
    }
}
