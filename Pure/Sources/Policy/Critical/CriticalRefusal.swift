import Acts
import PackagingFormats
import Primitives
import UTC

/// Why something about critical projects is not done.
public enum CriticalRefusal: GuidingRefusal, Hashable {
    /// A share that is no number of per cent.
    case unreadableShare(String)
    /// A share of nothing, or of more than all.
    case shareOutOfRange(String)
    /// A fixed number below one.
    case numberOutOfRange(Int)
    /// A window of no days, or of more than are kept.
    case windowOutOfRange(Int)
    /// A depth below nothing, or beyond what is followed.
    case depthOutOfRange(Int)
    /// A day that is not over, or of which nothing is kept any more.
    case dayOutOfRange(Day, today: Day)
    /// A notice of fewer than no days, or of more than a year.
    case noticeOutOfRange(Int)
    /// Enforcement before the announcement.
    case enforcedBeforeAnnounced(announced: Day, enforced: Day)
    /// A demand that asks for nothing beyond a password.
    case demandsNothing(Assurance)
    /// More for the top share, which is not more.
    case stricterIsNotMore(Assurance, than: Assurance)
    /// The name is not critical.
    case notCritical(ProjectName)
    /// It was designated already.
    case alreadyCritical(ProjectName)
    /// Neither a project nor a reserved name.
    case unknownName(ProjectName)
    /// A reason is needed.
    case reasonMissing
    /// There is nothing that a delay would move.
    case nothingToDelay(ProjectName)
    /// The one delay was taken.
    case delayTaken(ProjectName, until: Timestamp)
    /// It binds for longer than a delay would last.
    case tooLateToDelay(ProjectName, since: Timestamp)
    /// Somebody said of a factor of the account that it was not theirs: until then nothing is put off.
    case disowned(ProjectName, until: Timestamp)

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .unreadableShare, .shareOutOfRange, .numberOutOfRange, .windowOutOfRange, .depthOutOfRange,
            .dayOutOfRange, .noticeOutOfRange, .enforcedBeforeAnnounced, .demandsNothing, .stricterIsNotMore,
            .reasonMissing:
            .invalid
        case .notCritical, .unknownName: .notFound
        case .alreadyCritical, .nothingToDelay, .delayTaken, .tooLateToDelay, .disowned: .conflict
        }
    }

    /// `critical.…`
    public var code: String {
        switch self {
        case .unreadableShare: "critical.unreadable-share"
        case .shareOutOfRange: "critical.share-out-of-range"
        case .numberOutOfRange: "critical.number-out-of-range"
        case .windowOutOfRange: "critical.window-out-of-range"
        case .depthOutOfRange: "critical.depth-out-of-range"
        case .dayOutOfRange: "critical.day-out-of-range"
        case .noticeOutOfRange: "critical.notice-out-of-range"
        case .enforcedBeforeAnnounced: "critical.enforced-before-announced"
        case .demandsNothing: "critical.demands-nothing"
        case .stricterIsNotMore: "critical.stricter-is-not-more"
        case .notCritical: "critical.not-critical"
        case .alreadyCritical: "critical.already-critical"
        case .unknownName: "critical.unknown-name"
        case .reasonMissing: "critical.reason-missing"
        case .nothingToDelay: "critical.nothing-to-delay"
        case .delayTaken: "critical.delay-taken"
        case .tooLateToDelay: "critical.too-late-to-delay"
        case .disowned: "critical.disowned"
        }
    }

    public var remedy: Remedy? { if case .tooLateToDelay = self { .addFactor } else { nil } }

    /// What was refused, and what to do.
    public var guidance: Guidance {
        switch self {
        case .unreadableShare(let text):
            "'\(text)' is no share. Write per cent with at most four decimals, for example 1 or 0.5."
        case .shareOutOfRange(let text):
            "A share of '\(text)' cannot be: it has to be above 0 % and at most 100 %."
        case .numberOutOfRange(let number):
            "\(number) projects cannot be critical: the number has to be at least 1."
        case .windowOutOfRange(let days):
            "Downloads cannot be counted over \(days) days: 1 to \(CriticalRule.longestWindow) days are kept."
        case .depthOutOfRange(let depth):
            "Dependencies cannot be followed to a depth of \(depth): it has to be 0 to "
                + "\(CriticalRule.deepestDependency)."
        case .dayOutOfRange(let day, let today):
            "Nothing can be computed as of \(day): today is \(today), and only whole days that are "
                + "still kept are counted."
        case .noticeOutOfRange(let days):
            "A notice of \(days) days cannot be: it has to be 0 to \(MandateRule.longestNotice)."
        case .enforcedBeforeAnnounced(let announced, let enforced):
            "The rule cannot be enforced from \(enforced) and announced from \(announced): "
                + "it has to be announced first, or on the same day."
        case .demandsNothing(let assurance):
            "'\(assurance.rawValue)' asks for nothing beyond a password. Choose second-factor, phishing-resistant or "
                + "attested-hardware, or switch the rule off."
        case .stricterIsNotMore(let stricter, let required):
            "The top share would be asked for \(stricter.rawValue), which is not more than the "
                + "\(required.rawValue) that all are asked for."
        case .notCritical(let name):
            "'\(name.display)' is not critical here. `rind critical explain \(name.display)` says why."
        case .alreadyCritical(let name):
            "'\(name.display)' is critical already. `rind critical explain \(name.display)` says why."
        case .unknownName(let name):
            "There is neither a project nor a reserved name '\(name.display)'. Reserve the name first if it is to be "
                + "critical before anybody publishes under it."
        case .reasonMissing:
            "Say why: the reason goes on record."
        case .nothingToDelay(let name):
            "Nothing is asked of you for '\(name.display)' that could wait."
        case .delayTaken(let name, let until):
            "You had your one delay for '\(name.display)': it lasts until \(until.day)."
        case .disowned(let name, let until):
            "Somebody said lately that a second factor of your account was not theirs. Until \(until.day) nothing can be put off "
                + "for '\(name.display)': add a factor at \(Place.factors)."
        case .tooLateToDelay(let name, let since):
            "What is asked for '\(name.display)' could be put off until \(since.day), and that is over. Add what is asked for "
                + "at \(Place.factors)."
        }
    }
}
