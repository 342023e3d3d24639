import PackagingFormats
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
        /// The day before.
        case oneDay = "1"
        /// When it does.
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
    }

    /// Decides what is due.
    ///
    /// A server that was down over several moments tells of the last only. A moment that was told of for an earlier day
    /// does not count when the day has moved, because of a delay or of the operator's settings.
    ///
    /// - Parameters:
    ///   - bindsAt: when the demand binds this person; nil while the operator has set no day.
    ///   - told: the moments that are over, and when they were.
    ///   - isLacking: whether the person lacks what is asked; who does not is told the first time only.
    public static func due(
        bindsAt: Timestamp?, told: [Moment: Timestamp], isLacking: Bool, at now: Timestamp
    ) -> Due {
        let isFirst = told[.designated] == nil
        var over: [Moment] = isFirst ? [.designated] : []
        if let bindsAt {
            for moment in Moment.allCases {
                guard let days = moment.daysBefore else { continue }
                let from = bindsAt + .seconds(-86_400 * days)
                // Whoever is told for the first time less than a day before is not told the same again.
                let early: Int64 = days > 0 ? 86_400 : 0
                guard from <= now + .seconds(isFirst ? early : 0) else { continue }
                if told[moment].map({ $0 + .seconds(early) < from }) ?? true { over.append(moment) }
            }
        }
        guard let last = over.last else { return Due(tell: nil, over: []) }
        if over.first == .designated { return Due(tell: .designated, over: over) }
        return Due(tell: isLacking ? last : nil, over: over)
    }
}

/// What one person is told about one project.
public struct MandateNews: Sendable, Hashable {
    /// Why it is critical.
    public let designation: Designation
    /// The person's role.
    public let role: Role
    /// What is asked.
    public let what: Demand.What
    /// From when; nil while the operator has set no day.
    public let bindsAt: Timestamp?
    /// Which moment it is.
    public let moment: NoticePlan.Moment
    /// Whether the person's account lacks what is asked.
    public let isLacking: Bool
    /// The person's API tokens for the project that were made with less, by label.
    public let weakTokens: [String]
    /// Whether the person can still put it off.
    public let canDelay: Bool

    /// What one person is told about one project.
    public init(
        designation: Designation, role: Role, what: Demand.What, bindsAt: Timestamp?, moment: NoticePlan.Moment,
        isLacking: Bool, weakTokens: [String], canDelay: Bool
    ) {
        self.designation = designation
        self.role = role
        self.what = what
        self.bindsAt = bindsAt
        self.moment = moment
        self.isLacking = isLacking
        self.weakTokens = weakTokens
        self.canDelay = canDelay
    }
}

extension Letter {
    /// One letter for all that a person is to be told about critical projects.
    ///
    /// - Parameters:
    ///   - news: about at least one project.
    ///   - hasFreeKeys: whether security keys are given away now.
    public init(
        mandate news: [MandateNews], to user: Username, hasFreeKeys: Bool, at now: Timestamp
    ) {
        let names = news.map(\.designation.name.display).uniqued
        let projects = names.count == 1 ? names[0] : "\(names.count) of your projects"
        let isLacking = news.contains(where: \.isLacking)
        let tokens = news.flatMap(\.weakTokens).uniqued
        let first = news.compactMap(\.bindsAt).min()
        let isBinding = first.map { $0 <= now } ?? false

        let subject: String =
            if !isLacking {
                "\(projects) \(names.count == 1 ? "is" : "are") critical: you have what is asked for"
            } else if isBinding {
                "Publishing to \(projects) now takes \(news.strongest.words)"
            } else if let first {
                "\(projects): please add \(news.strongest.toAdd) by \(first.day.readable)"
            } else {
                "\(projects): please add \(news.strongest.toAdd)"
            }

        var paragraphs = [
            "Many others build on \(names.count == 1 ? "your project \(names[0])" : "projects of yours"), so this index "
                + "counts \(names.count == 1 ? "it" : "them") among its critical projects. Whoever can publish to a "
                + "critical project or change it, owner or maintainer, has to show more than a password, so that nobody "
                + "takes it over with a stolen one."
        ]
        if isLacking {
            paragraphs.append(
                isBinding
                    ? "From now on uploads and changes are refused until your account has what is asked for. Downloads go "
                        + "on as before, and you can always yank a release."
                    : "Adding it takes about a minute, and until then nothing changes for you. After that day uploads and "
                        + "changes are refused until you have it; downloads go on as before, and you can always yank a "
                        + "release.")
        } else {
            paragraphs.append("Your account has what is asked for: sign in with it as you do.")
        }
        if !tokens.isEmpty {
            paragraphs.append(
                "These API tokens of yours were made in a session with less, and will be refused: "
                    + "\(tokens.joined(separator: ", ")). Make new ones in a session with \(news.strongest.words), and put "
                    + "them where the old ones are.")
        }
        if isLacking, hasFreeKeys {
            paragraphs.append(
                "Security keys are given away at the moment: look at /security-key-giveaway/ on this index whether you "
                    + "can have some.")
        }
        var after: [String] = []
        if isLacking, let one = news.first(where: \.canDelay) {
            after.append(
                "If you cannot make it in time, you can put it off by \(MandateRule.delayDays) days, once for each project, "
                    + "at /manage/project/\(one.designation.name.normalized)/security/ on this index.")
        }
        self.init(
            subject: subject, name: user.display, paragraphs: paragraphs,
            facts: news.map { entry in
                let day = entry.bindsAt.map { "from \($0.day.readable)" } ?? "no day is set yet"
                return Fact(
                    entry.designation.name.display,
                    "\(entry.designation.why). You are \(entry.role == .owner ? "an owner" : "a maintainer"). Asked: "
                        + "\(entry.what.words), \(day).")
            },
            link: isLacking
                ? Link("Add \(news.strongest.toAdd)", path: "/manage/account/two-factor/")
                : Link("See what is asked", path: "/security/"),
            afterLink: after, reason: "You hold a role on \(names.joined(separator: ", ")).")
    }
}

extension [MandateNews] {
    /// The most that is asked for in any of it.
    fileprivate var strongest: Demand.What {
        let lacking = contains(where: \.isLacking) ? filter(\.isLacking) : self
        return lacking.map(\.what).max { $0.assurance < $1.assurance } ?? .secondFactor
    }
}

extension Demand.What {
    /// After "add".
    fileprivate var toAdd: String {
        switch self {
        case .secondFactor: "a second factor"
        case .phishingResistant: "a security key or passkey"
        case .attestedHardware: "an attested security key"
        case .spare: "a second key or printed recovery codes"
        }
    }
}

extension [String] {
    /// Each once, where it stands first.
    fileprivate var uniqued: [String] {
        var seen = Set<String>()
        return filter { seen.insert($0).inserted }
    }
}
