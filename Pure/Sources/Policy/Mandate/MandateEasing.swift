import Acts
import UTC

/// That the operator takes something back of what people were told that critical projects ask of them.
public enum MandateEasing: Sendable, Hashable {
    /// Nothing is asked any more.
    case ended
    /// It is asked, and no day is set any more from which anybody is refused.
    case dayTakenBack
    /// It is asked from a later day on.
    case postponed(to: Day)
    /// Less is asked: this at most.
    case lowered(to: Assurance)

    /// What a change takes back of what was told under the rule before it; nil for nothing.
    public init?(from before: MandateRule, to rule: MandateRule, at now: Timestamp) {
        func most(_ rule: MandateRule) -> Assurance { max(rule.required, rule.stricter?.assurance ?? rule.required) }
        let isLower =
            rule.required < before.required || most(rule) < most(before) || before.needsSpare && !rule.needsSpare
        if before.phase(at: now) == .off { return nil }
        if rule.phase(at: now) == .off {
            self = .ended
        } else if before.enforcedFrom != nil, rule.enforcedFrom == nil {
            self = .dayTakenBack
        } else if isLower {
            self = .lowered(to: most(rule))
        } else if let former = before.enforcedFrom, let day = rule.enforcedFrom, former < day, now < day.start {
            self = .postponed(to: day)
        } else {
            return nil
        }
    }
}
