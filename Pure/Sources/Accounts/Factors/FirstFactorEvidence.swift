import UTC

/// What speaks for it that the first factor of an account is its holder's, and not that of somebody who has found out
/// the password. With enough of it a factor counts at once; otherwise the account is on probation.
///
/// Each part keeps out another thief; docs/decisions/0019 says which. A moment that lies in the future, because the
/// clock went back, speaks for nothing, and holds against somebody what it would hold.
public struct FirstFactorEvidence: Sendable, Hashable {
    /// How long the primary address has to be verified to which the link went.
    public static let addressAge = Duration.days(30)
    /// How long the account has to be known in the browser.
    public static let browserAge = Duration.days(7)
    /// How long nothing may have happened that could have given the account to somebody else.
    public static let calm = Duration.days(30)

    /// Whether evidence counts: the operator's setting, `first-factor-evidence`.
    public enum Setting: String, Sendable, CaseIterable {
        /// For everybody.
        case on
        /// For everybody but those who hold a role on a project of the share that is asked for more.
        case offForTopShare = "off-for-top-share"
        /// For nobody.
        case off
    }

    /// What could have given the account to somebody else.
    public enum Upheaval: Sendable, Hashable, CaseIterable {
        /// It was recovered, or a recovery code was used.
        case recovery
        /// Its password was set by a link.
        case passwordReset
        /// An address was added, taken away, or made the primary one.
        case addressChange
        /// Somebody said of a factor that it was not theirs.
        case disowning
    }

    /// Why evidence is not enough.
    public enum Gap: String, Sendable, CaseIterable {
        /// The operator lets none count.
        case switchedOff = "switched-off"
        /// The operator lets none count for the projects that are used most, and the person holds a role on one.
        case topShare = "top-share"
        /// The account is an administrator's, who stands above every project.
        case administrator
        /// The mailed link did not go to a primary address that has been verified for long.
        case address
        /// The account is not known in the browser for long.
        case browser
        /// The account was recovered lately.
        case recovery
        /// Its password was set by a link lately.
        case passwordReset = "password-reset"
        /// Its addresses changed lately.
        case addressChange = "address-change"
        /// A factor of it was lately said to be a stranger's.
        case disowning = "disowned"

        /// Why, in a sentence without a full stop that goes on after "because": `your address is new`.
        public var words: String {
            switch self {
            case .switchedOff: "this index lets every first factor wait"
            case .topShare: "you hold a role on one of the projects that are used most"
            case .administrator: "you are an administrator, who can change everything"
            case .address:
                "your primary address has not been verified for \(FirstFactorEvidence.addressAge.inDays) yet"
            case .browser:
                "you did not sign in with this browser and your present password \(FirstFactorEvidence.browserAge.inDays) ago "
                    + "or earlier"
            case .recovery: "the account was recovered in the last \(FirstFactorEvidence.calm.inDays)"
            case .passwordReset: "its password was reset in the last \(FirstFactorEvidence.calm.inDays)"
            case .addressChange: "its addresses were changed in the last \(FirstFactorEvidence.calm.inDays)"
            case .disowning:
                "somebody said of its last second factor, in the last \(FirstFactorEvidence.calm.inDays), that it was "
                    + "not theirs"
            }
        }
    }

    /// What becomes of a first factor.
    public enum Outcome: Sendable, Hashable {
        /// It counts at once.
        case counts
        /// It counts from a moment on, because evidence is lacking.
        case waits(until: Timestamp, because: [Gap])

        /// Why, as far as it was said.
        public var gaps: [Gap] {
            switch self {
            case .counts: []
            case .waits(_, let gaps): gaps
            }
        }
    }

    /// Whether evidence counts.
    public var setting: Setting
    /// Whether the person holds a role on a project of the share that is asked for more.
    public var isInTopShare: Bool
    /// Whether the account is an administrator's: evidence counts for none. What it cannot keep out, malware on the
    /// holder's own machine, would have everybody's projects with it.
    public var isAdministrator: Bool
    /// Since when the primary address is verified to which the link went; nil where it is not, or none was followed.
    public var addressVerifiedAt: Timestamp?
    /// Since when the account is known in the browser; nil where it is not.
    public var browserKnownSince: Timestamp?
    /// The last time of each that happened to the account.
    public var upheavals: [Upheaval: Timestamp]

    /// What there is; nothing speaks for anybody, if nothing else is said.
    public init(
        setting: Setting = .on, isInTopShare: Bool = false, isAdministrator: Bool = false,
        addressVerifiedAt: Timestamp? = nil, browserKnownSince: Timestamp? = nil, upheavals: [Upheaval: Timestamp] = [:]
    ) {
        self.setting = setting
        self.isInTopShare = isInTopShare
        self.isAdministrator = isAdministrator
        self.addressVerifiedAt = addressVerifiedAt
        self.browserKnownSince = browserKnownSince
        self.upheavals = upheavals
    }

    /// Everything that lacks; nothing where it is enough.
    public func gaps(at now: Timestamp) -> [Gap] {
        func isOld(_ moment: Timestamp?, _ age: Duration) -> Bool { moment.map { $0 + age <= now } ?? false }
        var gaps: [Gap] = []
        switch setting {
        case .on: break
        case .offForTopShare: if isInTopShare { gaps.append(.topShare) }
        case .off: gaps.append(.switchedOff)
        }
        if isAdministrator { gaps.append(.administrator) }
        if !isOld(addressVerifiedAt, Self.addressAge) { gaps.append(.address) }
        if !isOld(browserKnownSince, Self.browserAge) { gaps.append(.browser) }
        for upheaval in Upheaval.allCases {
            if let last = upheavals[upheaval], !isOld(last, Self.calm) { gaps.append(upheaval.gap) }
        }
        return gaps
    }

    /// What becomes of a first factor that is enrolled now.
    public func outcome(at now: Timestamp) -> Outcome {
        let gaps = gaps(at: now)
        return gaps.isEmpty ? .counts : .waits(until: now + Probation.length, because: gaps)
    }
}

extension FirstFactorEvidence.Upheaval {
    fileprivate var gap: FirstFactorEvidence.Gap {
        switch self {
        case .recovery: .recovery
        case .passwordReset: .passwordReset
        case .addressChange: .addressChange
        case .disowning: .disowning
        }
    }
}

extension FirstFactorEvidence.Outcome {
    /// Whether it counts at once or from when, and why, in whole sentences to the account's holder.
    public var explanation: String {
        switch self {
        case .counts:
            "It counts at once: your address, this browser and your account have been yours for long enough."
        case .waits(let until, let gaps):
            "It counts from \(until.readableMinute) on, in case it is not yours"
                + (gaps.isEmpty ? "." : ": \(gaps.listed).")
        }
    }
}

extension [FirstFactorEvidence.Gap] {
    /// `a`, `a, and b`
    public var listed: String {
        guard let last, count > 1 else { return first?.words ?? "" }
        return dropLast().map(\.words).joined(separator: ", ") + ", and " + last.words
    }
}
