import Accounts
import UTC

/// Something that waits for those who run the index: what it is, and the one page where it is decided.
public enum AwaitedDecision: Sendable, Hashable {
    /// Somebody lost every factor, and is let in at a moment unless somebody objects.
    case recovery(of: Username, due: Timestamp)
    /// Somebody lost every factor, and can come in since a moment; it can be cancelled until they do.
    case ripeRecovery(of: Username, since: Timestamp)
    /// So many lost every factor, too; none of them is named where it stands alone.
    case moreRecoveries(Int, isAlone: Bool)
    /// So many have a security key that is not taken any more.
    case frozenKeys(Int)
    /// Somebody who reads the mail of so many accounts said that a factor is not its holder's.
    case disownedFactors(Int)
    /// So many have a first factor that does not count yet.
    case newFactors(Int)
    /// So many mails were given up, and so many wait for another attempt.
    case undeliveredMail(givenUp: Int, waiting: Int)
    /// What is known of security keys is too old, or is about to be, in the words of who watches that.
    case oldMetadata(String)
    /// Somebody is refused at critical projects from a moment on, unless they add something.
    case refusals(RefusalForecast.Start)
    /// Nobody else could help if one account is lost.
    case onlyAdministrator

    /// What waits now, the most urgent first.
    ///
    /// - Parameters:
    ///   - mail: how many mails were given up, and how many wait that were tried already or are new.
    ///   - metadata: that what is known of security keys is too old; nil where it is not.
    public static func list(
        _ people: WaitingPeople, mail: (givenUp: Int, waiting: Int), metadata: String?, forecast: RefusalForecast,
        at now: Timestamp
    ) -> [AwaitedDecision] {
        var decisions = people.recoveries.map { user, recovery in
            recovery.dueAt > now
                ? AwaitedDecision.recovery(of: user, due: recovery.dueAt)
                : .ripeRecovery(of: user, since: recovery.dueAt)
        }
        if people.moreRecoveries > 0 {
            decisions.append(.moreRecoveries(people.moreRecoveries, isAlone: people.recoveries.isEmpty))
        }
        if people.frozenKeys > 0 { decisions.append(.frozenKeys(people.frozenKeys)) }
        if people.disownedFactors > 0 { decisions.append(.disownedFactors(people.disownedFactors)) }
        if mail.givenUp > 0 { decisions.append(.undeliveredMail(givenUp: mail.givenUp, waiting: mail.waiting)) }
        if let metadata { decisions.append(.oldMetadata(metadata)) }
        // What has begun is no news; who is refused asks by themselves.
        decisions += forecast.starts.filter { $0.from > now }.map { .refusals($0) }
        if people.newFactors > 0 { decisions.append(.newFactors(people.newFactors)) }
        if people.administrators == 1 { decisions.append(.onlyAdministrator) }
        return decisions
    }

    /// What waits, in a sentence.
    public var sentence: String {
        switch self {
        case .recovery(let user, let due):
            "\(user) lost every second factor, and is let in on \(due.readableMinute) unless somebody objects."
        case .ripeRecovery(let user, let since):
            "\(user) lost every second factor, and can come in since \(since.readableMinute) unless somebody cancels it."
        case .moreRecoveries(let count, let isAlone):
            (count == 1 ? "One " : "\(count) ") + (isAlone ? "" : "other ")
                + (count == 1 ? "account is" : "accounts are") + " recovered, unless somebody objects."
        case .frozenKeys(let count):
            (count == 1
                ? "A security key of somebody with a role was" : "Security keys of \(count) people with a role were")
                + " frozen in the last \(Self.window): there may be a copy."
        case .disownedFactors(let count):
            (count == 1
                ? "A second factor of somebody with a role was" : "Second factors of \(count) people with a role were")
                + " said not to be theirs in the last \(Self.window): somebody else may be in the account."
        case .newFactors(let count):
            count == 1
                ? "Somebody with a role waits until their first factor counts."
                : "\(count) people with a role wait until their first second factors count."
        case .undeliveredMail(let givenUp, let waiting):
            (givenUp == 1 ? "A mail was given up" : "\(givenUp) mails were given up")
                + (waiting == 0 ? "." : ", and \(waiting) more wait.")
        case .oldMetadata(let words): words
        case .refusals(let start):
            "From \(start.from.day.readable) on, anyone who lacks \(start.what.words) is refused at "
                + (start.projects == 1 ? "a critical project." : "\(start.projects) critical projects.")
        case .onlyAdministrator:
            "There is one administrator. If they lose their factors, nobody can approve their recovery on the web."
        }
    }

    private static let window = WaitingPeople.window.inDays

    /// What the link to it says.
    public var action: String {
        switch self {
        case .recovery: "Approve or cancel it"
        case .ripeRecovery: "Cancel it"
        case .moreRecoveries, .frozenKeys, .disownedFactors, .newFactors: "See whose"
        case .undeliveredMail: "See the mails"
        case .oldMetadata: "How to renew it"
        case .refusals: "See who lacks it"
        case .onlyAdministrator: "Make another one"
        }
    }
}
