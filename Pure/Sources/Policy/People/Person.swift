import Accounts
import Acts
import PackagingFormats
import UTC

/// An account in a list for those who run the index.
public struct PersonLine: Sendable {
    public let user: User
    /// Whether its primary address was verified.
    public let isVerified: Bool
    public let factors: HeldFactors
    /// Until when its factors do not count where two are asked for; nil where they do.
    public let probationUntil: Timestamp?
    /// How many API tokens are good.
    public let tokens: Int
    /// How many projects it has a role on.
    public let projects: Int
    /// When its holder was last seen in a session that has not ended; nil where there is none.
    public let lastSeenAt: Timestamp?

    /// An account in a list.
    public init(
        user: User, isVerified: Bool, factors: HeldFactors, probationUntil: Timestamp?, tokens: Int, projects: Int,
        lastSeenAt: Timestamp?
    ) {
        self.user = user
        self.isVerified = isVerified
        self.factors = factors
        self.probationUntil = probationUntil
        self.tokens = tokens
        self.projects = projects
        self.lastSeenAt = lastSeenAt
    }
}

/// An account, with all that those who run the index can know of it.
public struct Person: Sendable {
    public let user: User
    /// The primary one first.
    public let addresses: [AccountAddress]
    public let factors: AccountFactors
    /// Those that are good, the oldest first.
    public let tokens: [APIToken]
    /// By the name of the project.
    public let roles: [(project: ProjectName, role: Role)]
    /// How many sessions have not ended.
    public let sessions: Int
    /// When its holder was last seen in one of them.
    public let lastSeenAt: Timestamp?
    /// A recovery that is under way; nil where none is.
    public let recovery: AccountRecovery?

    /// An account, with all that those who run the index can know of it.
    public init(
        user: User, addresses: [AccountAddress], factors: AccountFactors, tokens: [APIToken],
        roles: [(project: ProjectName, role: Role)], sessions: Int, lastSeenAt: Timestamp?, recovery: AccountRecovery?
    ) {
        self.user = user
        self.addresses = addresses
        self.factors = factors
        self.tokens = tokens
        self.roles = roles
        self.sessions = sessions
        self.lastSeenAt = lastSeenAt
        self.recovery = recovery
    }
}

/// Whom somebody looks for.
public struct PersonQuery: Sendable, Hashable {
    /// What only some accounts are.
    public enum Filter: String, Sendable, CaseIterable {
        case administrators = "is:admin"
        case disabled = "is:disabled"
        /// Those who lost every factor, and will be let in unless somebody objects, or can come in already.
        case recovering = "is:recovering"
        /// Those who wait until their first factor counts.
        case waiting = "is:waiting"
        /// Those with a security key that was frozen lately.
        case frozen = "is:frozen"
        /// Those with a factor of which was said lately that it is not theirs.
        case disowned = "is:disowned"
    }

    /// Part of a name or of an address; lower case.
    public let text: String
    public let filters: Set<Filter>

    /// Everybody.
    public static let everybody = PersonQuery("")

    /// As somebody types it: `ada is:admin`.
    public init(_ typed: String) {
        var words = typed.split(separator: " ").map { $0.lowercased() }
        filters = Set(words.compactMap(Filter.init))
        words.removeAll { Filter(rawValue: $0) != nil }
        text = String(words.joined(separator: " ").prefix(320))
    }
}

/// What of people waits for somebody's decision, and can be decided.
///
/// It is about accounts that can be used, and, but for recoveries, about those who administrate the index or hold a role
/// on a project: anybody may make an account where that is open, and as many as they like must not hide one that matters.
/// The counts are those of the filters of the same name: ``PersonQuery/Filter``.
public struct WaitingPeople: Sendable {
    /// How long a frozen or disowned factor is looked at: who has not acted on it by then has decided.
    public static let window = Duration.days(30)
    /// How many recoveries are named of those who neither administrate the index nor hold a role on a critical project.
    public static let mostNamed = 20

    /// Those who lost every factor, hold a role and ask to be let in, or can come in already: all who administrate the
    /// index or hold a role on a critical project, and then of the others the first to be due.
    public let recoveries: [(user: Username, recovery: AccountRecovery)]
    /// How many others ask to be let in.
    public let moreRecoveries: Int
    /// How many have a security key that is not taken any more, because there may be a copy of it.
    public let frozenKeys: Int
    /// How many have a factor of which somebody who reads their mail said that it is not theirs.
    public let disownedFactors: Int
    /// How many have a first factor that does not count yet.
    public let newFactors: Int
    /// How many accounts administrate the index and can be used.
    public let administrators: Int

    /// What of people waits for somebody's decision.
    public init(
        recoveries: [(user: Username, recovery: AccountRecovery)], moreRecoveries: Int = 0, frozenKeys: Int = 0,
        disownedFactors: Int = 0, newFactors: Int, administrators: Int
    ) {
        self.recoveries = recoveries
        self.moreRecoveries = moreRecoveries
        self.frozenKeys = frozenKeys
        self.disownedFactors = disownedFactors
        self.newFactors = newFactors
        self.administrators = administrators
    }
}

/// How a factor stands, in words that a list has room for.
public struct FactorLine: Sendable, Hashable {
    /// `Security key, model attested`
    public let kind: String
    /// What its holder calls it; empty where it has no name of its own.
    public let label: String
    /// `counts`, `counts from 3 Dec 2026, 10:15 UTC`, `not taken since …`
    public let state: String
    /// Whether it counts now.
    public let counts: Bool
}

extension AccountFactors {
    /// Each factor by its kind, with whether it counts where two are asked for.
    public func lines(at now: Timestamp) -> [FactorLine] {
        let others = disowned.map { factor in
            FactorLine(
                kind: factor.isApp ? "Authenticator app" : "Security key or passkey",
                label: factor.isApp ? "" : factor.label,
                state: "not taken since \(factor.disownedAt.readableMinute): said not to be the holder’s", counts: false
            )
        }
        return heldLines(at: now).map(\.line) + others
    }

    /// The same of those of which nobody said that they are not the holder's.
    func heldLines(at now: Timestamp) -> [(isApp: Bool, line: FactorLine)] {
        func state(frozenAt: Timestamp?, isLost: Bool, probation: Timestamp?) -> (String, Bool) {
            if let frozenAt { return ("not taken since \(frozenAt.readableMinute): there may be a copy of it", false) }
            let until = [probation, self.probation?.until].compactMap(\.self).max()
            if let until, now < until {
                let voucher = self.probation?.voucher.map { ", and on the projects of \($0) already" } ?? ""
                return ("counts from \(until.readableMinute) on\(voucher)", false)
            }
            return (isLost ? "counts, and was said to be lost" : "counts", true)
        }
        let keys = securityKeys.map { key in
            let (state, counts) = state(frozenAt: key.frozenAt, isLost: key.isLost, probation: key.probationUntil)
            let kind =
                key.isBackupEligible
                ? "Passkey that is copied to other devices"
                : key.canProveHardware ? "Security key, model attested" : "Security key or passkey"
            return (isApp: false, line: FactorLine(kind: kind, label: key.label, state: state, counts: counts))
        }
        let apps = authenticatorApps.map { app in
            let (state, counts) = state(frozenAt: nil, isLost: false, probation: app.probationUntil)
            let line = FactorLine(kind: "Authenticator app", label: "", state: state, counts: counts)
            return (isApp: true, line: line)
        }
        return keys + apps
    }
}
