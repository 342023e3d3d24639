import Accounts
import Acts
import PackagingFormats
import UTC

/// That an account has a factor which does not count yet where a project asks for one: it is the account's first, or
/// the account was recovered lately.
public struct PendingFactor: Sendable, Hashable {
    /// From when the project asks for it; it may be long ago.
    public let from: Timestamp
    /// From when the factor counts, which is later.
    public let until: Timestamp
    /// The ways that are open until then, the quickest first.
    public let ways: [WayThrough]

    /// That a factor does not count yet.
    public init(from: Timestamp, until: Timestamp, ways: [WayThrough] = []) {
        self.from = from
        self.until = until
        self.ways = ways
    }

    /// For the account's holder, in whole sentences; with the quickest way that is open.
    ///
    /// - Parameters:
    ///   - projects: where it does not count; nil where that is plain.
    ///   - areSeveral: whether these are more than one.
    public func explanation(of projects: String? = nil, areSeveral: Bool = false, at now: Timestamp) -> Guidance {
        let refused = from <= now ? "Until then" : "From \(from.day.readable) on and until then"
        let acts =
            projects.map { "publishing to \($0) and changing \(areSeveral ? "them" : "it")" }
            ?? "publishing and changing"
        let said: Guidance =
            "Your second factor counts from \(until.readableMinute) on: it is new, or your account was recovered lately. \(refused) \(acts) is refused."
        return ways.withoutWaiting.first.map { said + " " + $0.guidance } ?? said
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
    /// - Parameters:
    ///   - bindsAt: when one is asked for; nil while no day is set.
    ///   - ways: those that are open to them.
    public static func ofFirstFactor(bindsAt: Timestamp?, ways: [WayThrough], at now: Timestamp) -> String {
        for way in ways {
            if case .addFactor(_, .atOnceInKnownBrowser, _) = way {
                return
                    "Add it in a browser in which you have signed in for \(FirstFactorEvidence.browserAge.inDays) or "
                    + "longer: there it counts at once, elsewhere \(lengthWords) later."
            }
        }
        let rule = "Your second factor counts \(lengthWords) after it was added"
        if let bindsAt, let day = firstFactorDue(bindsAt: bindsAt, at: now) {
            return "\(rule): add yours before \(day.readable)."
        }
        for way in ways {
            if case .vouching(let vouchers, _) = way {
                return "\(rule). Before that, \(vouchers.orWords) can vouch for you."
            }
        }
        return "\(rule)."
    }
}

extension MandateFacts {
    /// That the actor's factor does not count yet when a project asks for it; nil where it does, or where they have none.
    public func pendingFactor(on project: ProjectName, at now: Timestamp) -> PendingFactor? {
        guard let until = probationUntil, until > now, holdings.strongest > .password else { return nil }
        let asked = asked(at: now).filter { $0.demand.what != .spare }.compactMap(\.from)
        // What the owners ask for has no date: it is asked now.
        guard let from = (requiredByOwners > .password ? asked + [now] : asked).min(), from < until else { return nil }
        return PendingFactor(
            from: from, until: until, ways: Mandate.ways(ofAccountOn: project, knowing: self, at: now))
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
        return Probation.ofFirstFactor(bindsAt: days.min(), ways: lacking.first?.ways ?? [], at: now)
    }
}

extension FirstFactorEvidence.Setting {
    /// From when the first factor of an account counts, in a whole sentence.
    public var explanation: String {
        let rule = "The first factor of an account counts \(Probation.lengthWords) after it was added"
        let evidence =
            "It counts at once where three things come together: it was added through the link that is mailed to the account's "
            + "primary address, which has been verified for \(FirstFactorEvidence.addressAge.inDays); in a browser in which the "
            + "account has been signed in to for \(FirstFactorEvidence.browserAge.inDays); and in the last "
            + "\(FirstFactorEvidence.calm.inDays) the account was not recovered, its password not reset and its address not "
            + "changed."
        return switch self {
        case .on: "\(rule). \(evidence) That of an administrator always waits."
        case .offForTopShare:
            "\(rule). \(evidence) That of an administrator, or of somebody with a role on one of the projects that are used "
                + "most, always waits."
        case .off: "\(rule), whatever speaks for it."
        }
    }
}
