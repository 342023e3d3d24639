import Findings
import ReleaseDifferences
import Verdicts

/// What the findings alone would make of an upload. An index knows more (who uploads, how many depend on it), and may
/// judge otherwise.
enum ScanVerdict: String, Encodable {
    /// Nothing speaks against it.
    case publish
    /// It is published, and a person looks at it.
    case queue
    /// It waits for a person.
    case hold
    /// It is not taken.
    case refuse

    /// The verdict on one look.
    init(_ look: Look) {
        switch (look.findings.map(\.severity).max(), look.end) {
        case (_, .failed): self = .refuse
        case (.high, _): self = .hold
        case (.medium, _), (_, .bounded): self = .queue
        case (.low, .complete), (.note, .complete), (nil, .complete): self = .publish
        }
    }

    /// What the policy of an index says of it, against the release before.
    init(_ verdict: Verdict, _ look: Look) {
        switch (verdict.outcome, look.end) {
        case (_, .failed), (.refuse, _): self = .refuse
        case (.publish, _): self = .publish
        case (.queue, _): self = .queue
        case (.hold, _): self = .hold
        }
    }

    /// The worse of two.
    func worse(_ other: ScanVerdict) -> ScanVerdict { order >= other.order ? self : other }

    private var order: Int {
        switch self {
        case .publish: 0
        case .queue: 1
        case .hold: 2
        case .refuse: 3
        }
    }

    /// Whether a pipeline should stop.
    var isRefusal: Bool {
        switch self {
        case .publish, .queue: false
        case .hold, .refuse: true
        }
    }
}

extension Weight {
    /// As grave as a finding of a rule that says as much.
    var severity: Severity {
        switch self {
        case .note: .note
        case .weak: .low
        case .fair: .medium
        case .strong, .decisive: .high
        }
    }
}
