import Accounts
import Acts
import UTC

/// That an account has a factor which does not count yet where a project asks for one: it is the account's first, or
/// the account was recovered lately.
public struct PendingFactor: Sendable, Hashable {
    /// From when the project asks for it; it may be long ago.
    public let from: Timestamp
    /// From when the factor counts, which is later.
    public let until: Timestamp

    /// That a factor does not count yet.
    public init(from: Timestamp, until: Timestamp) {
        self.from = from
        self.until = until
    }

    /// For the account's holder, in whole sentences.
    public func explanation(at now: Timestamp) -> String {
        let refused = from <= now ? "Until then" : "From \(from.day.readable) on and until then"
        return
            "Your second factor is new, or your account was recovered lately: it counts from \(until.readableMinute) on. "
            + "\(refused) publishing and changing is refused. For a first factor, a co-owner with one can vouch before."
    }
}

extension Probation {
    /// How long it lasts, in words.
    public static var lengthWords: String { length.inDays }

    /// The day before which a first factor has to be added to count when it is asked for; nil where that day has begun.
    public static func firstFactorDue(bindsAt: Timestamp, at now: Timestamp) -> Day? {
        let day = (bindsAt - length).day
        return now < day.start ? day : nil
    }

    /// What somebody has to know who has no second factor yet, in a whole sentence.
    ///
    /// - Parameter bindsAt: when one is asked for; nil while no day is set.
    public static func ofFirstFactor(bindsAt: Timestamp?, at now: Timestamp) -> String {
        let rule = "The first factor of an account counts \(lengthWords) after it was added"
        if let bindsAt, let day = firstFactorDue(bindsAt: bindsAt, at: now) {
            return "\(rule): add yours before \(day.readable)."
        }
        return "\(rule). A co-owner with one can vouch for you before."
    }
}

extension MandateFacts {
    /// That the actor's factor does not count yet when it is asked for; nil where it does, or where they have none.
    public func pendingFactor(at now: Timestamp) -> PendingFactor? {
        guard let until = probationUntil, until > now, holdings.strongest > .password else { return nil }
        let asked = asked(at: now).filter { $0.demand.what != .spare }.compactMap(\.from)
        // What the owners ask for has no date: it is asked now.
        guard let from = (requiredByOwners > .password ? asked + [now] : asked).min(), from < until else { return nil }
        return PendingFactor(from: from, until: until)
    }
}

extension [Obligation] {
    /// What somebody has to know who has no second factor, and of whom one is asked; nil for everybody else.
    public func firstFactor(at now: Timestamp) -> String? {
        let lacking = filter { $0.judgement != .allowed && $0.holdings.strongest <= .password }
        guard !lacking.isEmpty else { return nil }
        let days = lacking.compactMap { obligation -> Timestamp? in
            guard case .allowedWithNotice(let notice) = obligation.judgement else { return now }
            return notice.bindsAt
        }
        return Probation.ofFirstFactor(bindsAt: days.min(), at: now)
    }
}
