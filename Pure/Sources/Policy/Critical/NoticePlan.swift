import UTC

/// When people are told what a critical project asks of them.
public enum NoticePlan {
    /// The moments at which somebody is told of a demand.
    public enum Moment: String, Sendable, CaseIterable {
        /// At once.
        case designated
        /// Thirty days before it binds.
        case thirtyDays = "30"
        /// Seven days before.
        case sevenDays = "7"
        case oneDay = "1"
        case binds

        /// How many days before the demand binds; nil for the first, which comes at once.
        var daysBefore: Int64? {
            switch self {
            case .designated: nil
            case .thirtyDays: 30
            case .sevenDays: 7
            case .oneDay: 1
            case .binds: 0
            }
        }
    }

    /// What is to be said of one demand to one person, and what need not be said any more.
    public struct Due: Sendable, Hashable {
        /// The moment to tell of; nil when there is nothing to say.
        public let tell: Moment?
        /// The moments that are over with it.
        public let over: [Moment]
        /// Whether the person was told before, of a later day.
        public let isBroughtForward: Bool
    }

    /// Decides what is due.
    ///
    /// A server that was down over several moments tells of the last only. A moment that was told of for an earlier day
    /// does not count when the day has moved, because of a delay or of the operator's settings. Where the day was
    /// brought forward, the notice begins anew.
    ///
    /// - Parameters:
    ///   - noticedAt: when the notice began, with which the demand binds when it does.
    ///   - bindsAt: when the demand binds this person; nil while the operator has set no day.
    ///   - told: the moments that are over, and when they were.
    ///   - isLacking: whether the person lacks what is asked; who does not is told the first time only. It is not
    ///     looked at
    ///     where nothing is due.
    public static func due(
        noticedAt: Timestamp, bindsAt: Timestamp?, told: [Moment: Timestamp],
        isLacking: @autoclosure () throws -> Bool, at now: Timestamp
    ) rethrows -> Due {
        let isFirst = told[.designated].map { $0 < noticedAt } ?? true
        var over: [Moment] = isFirst ? [.designated] : []
        if let bindsAt {
            for moment in Moment.allCases {
                guard let days = moment.daysBefore else { continue }
                let from = bindsAt - .days(days)
                // Anyone who is told for the first time less than a day before is not told the same again.
                let early = Duration.days(days > 0 ? 1 : 0)
                guard from <= now + (isFirst ? early : .zero) else { continue }
                if told[moment].map({ $0 + early < from }) ?? true { over.append(moment) }
            }
        }
        guard let last = over.last else { return Due(tell: nil, over: [], isBroughtForward: false) }
        guard isFirst else { return Due(tell: try isLacking() ? last : nil, over: over, isBroughtForward: false) }
        // Who has what is asked for was told so, and an earlier day changes nothing for them.
        guard told[.designated] != nil else { return Due(tell: .designated, over: over, isBroughtForward: false) }
        return Due(tell: try isLacking() ? .designated : nil, over: over, isBroughtForward: true)
    }
}
