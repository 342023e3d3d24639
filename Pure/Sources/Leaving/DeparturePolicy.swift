import Accounts
import PackagingFormats
import Policy
import UTC

/// What is known of something that is to go.
public struct DepartureFacts: Sendable, Hashable {
    /// How old something is, and how much it is used.
    public struct Use: Sendable, Hashable {
        /// Since its upload; of several files, since the first one.
        public var age: Duration
        /// As far back as downloads are kept.
        public var downloads: Int64

        public init(age: Duration, downloads: Int64) {
            self.age = age
            self.downloads = downloads
        }
    }

    /// The status of its project.
    public var status: ProjectStatus
    /// Of what is to go.
    public var use: Use
    /// Of the whole project: its first file, and all of its downloads.
    public var projectUse: Use
    /// Whether the project has nothing that is listed afterwards: then it is the project that goes, in slices.
    public var leavesNothing: Bool
    public var isCritical: Bool
    /// The other projects here whose newest releases need this one.
    public var dependents: [ProjectName]
    /// Whether there is another owner who could act as one.
    public var hasAnotherOwner: Bool
    /// The day of a request for the same thing, or for all of the project; nil where there is none.
    public var askedUntil: Day?

    public init(
        status: ProjectStatus = .active, use: Use, projectUse: Use, leavesNothing: Bool = false,
        isCritical: Bool = false, dependents: [ProjectName] = [], hasAnotherOwner: Bool = false, askedUntil: Day? = nil
    ) {
        self.status = status
        self.use = use
        self.projectUse = projectUse
        self.leavesNothing = leavesNothing
        self.isCritical = isCritical
        self.dependents = dependents
        self.hasAnotherOwner = hasAnotherOwner
        self.askedUntil = askedUntil
    }
}

/// What becomes of it that somebody wants to take something away.
public enum DepartureDecision: Sendable, Hashable {
    /// It takes effect now, for nobody is known to build on it.
    case atOnce
    /// It takes effect now, whatever builds on it: by who runs commands on the machine, or on the day of a request.
    case asDecided
    /// It is asked for, and takes effect later if somebody else agrees.
    case request(DepartureTerms)
}

/// What a request waits for, and why it is one.
public struct DepartureTerms: Sendable, Hashable {
    /// Who has to agree.
    public enum Confirmer: String, Sendable, CaseIterable {
        /// Another owner, or an administrator.
        case owner
        /// An administrator: there is no other owner.
        case administrator

        /// `Another owner or an administrator`
        public var words: String {
            switch self {
            case .owner: "Another owner or an administrator"
            case .administrator: "An administrator"
            }
        }
    }

    /// Why something does not go at once.
    public enum Reason: Sendable, Hashable {
        /// It came longer ago than the rule calls recent.
        case old(Duration)
        /// It was downloaded more often than the rule calls little.
        case used(downloads: Int64)
        case critical
        /// The newest releases of these other projects need it.
        case needed(by: [ProjectName])
        /// Nobody would be left to ask.
        case lastOwner

        /// As part of a sentence.
        public var words: String {
            switch self {
            case .old(let age): "it came \(age.words) ago"
            case .used(let downloads): "it was downloaded \(downloads) times"
            case .critical: "the project is critical"
            case .needed(let projects):
                projects.count == 1
                    ? "the newest release of \(projects[0].display) needs it"
                    : "the newest releases of \(projects.count) other projects here need it"
            case .lastOwner: "nobody would be left who answers for it"
            }
        }
    }

    /// From the request to the day on which it is carried out.
    public let wait: Duration
    public let confirmer: Confirmer
    /// Never empty.
    public let reasons: [Reason]

    /// Whether those who run the index are asked, or should know: others build on it.
    public var concernsAdministrators: Bool {
        confirmer == .administrator
            || reasons.contains { reason in
                switch reason {
                case .critical, .needed: true
                case .old, .used, .lastOwner: false
                }
            }
    }
}

/// Decides what becomes of it that somebody wants to take something away: the one policy of removal.
///
/// What came lately and is hardly used goes at once, so that a mistake can be taken back. What others may build on goes
/// when a second person has agreed, and those who build on it had time: no one person's act breaks a build.
public enum DeparturePolicy {
    /// Decides about something that anybody wants to take away who may ask for it.
    ///
    /// Throws `RemovalRefusal` for what nobody takes away, or what is asked for already.
    public static func decide(
        _ departure: Departure, of project: ProjectName, by actor: Actor, knowing facts: DepartureFacts,
        under rule: RemovalRule
    ) throws(RemovalRefusal) -> DepartureDecision {
        try RemovalPolicy.decide(project, status: facts.status)
        // Nothing can be kept from who runs commands on the machine; the index does what was agreed.
        guard departure != .hiding else { throw .noPrivateProjects }
        guard case .user = actor.identity else { return .asDecided }
        if let day = facts.askedUntil { throw .alreadyAsked(project, until: day) }
        let reasons = reasons(departure, facts, rule)
        guard !reasons.isEmpty else { return .atOnce }
        return .request(
            DepartureTerms(
                wait: rule.wait(isCritical: facts.isCritical),
                confirmer: facts.hasAnotherOwner && departure != .lastRole ? .owner : .administrator,
                reasons: reasons))
    }

    private static func reasons(
        _ departure: Departure, _ facts: DepartureFacts, _ rule: RemovalRule
    ) -> [DepartureTerms.Reason] {
        var reasons: [DepartureTerms.Reason] = []
        switch departure {
        case .file, .release, .project:
            let isAll = departure == .project || facts.leavesNothing
            let use = isAll ? facts.projectUse : facts.use
            if use.age > rule.recent { reasons.append(.old(use.age)) }
            if use.downloads > rule.fewDownloads { reasons.append(.used(downloads: use.downloads)) }
        case .lastRole: reasons.append(.lastOwner)
        // It takes nothing away from who does not build on it.
        case .archiving, .hiding: break
        }
        if facts.isCritical { reasons.append(.critical) }
        if !facts.dependents.isEmpty { reasons.append(.needed(by: facts.dependents)) }
        return reasons
    }
}

extension DepartureDecision {
    /// What will happen, and when, for who is about to ask.
    public var sentence: String {
        switch self {
        case .atOnce: "It takes effect at once: nothing here builds on it."
        case .asDecided: "It takes effect at once, whatever builds on it."
        case .request(let terms): terms.sentence
        }
    }
}

extension DepartureTerms {
    /// What will happen, and when.
    public var sentence: String {
        let reasons = reasons.map(\.words)
        let list =
            reasons.count < 2
            ? reasons.joined() : reasons.dropLast().joined(separator: ", ") + " and \(reasons[reasons.count - 1])"
        return
            "It is a request, because \(list). \(confirmer.words) has to confirm it, and it takes effect \(wait.inDays) "
            + "after it was asked for; where nobody has confirmed it by then, nothing comes of it. Until then everybody with a "
            + "role can object, and everybody but who asked can take the project over."
    }
}
