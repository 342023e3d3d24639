import Acts
import PackagingFormats
import Policy
import UTC

/// Whether the releases of a project wait for a person, and for whom.
public struct StagingSetting: Sendable, Hashable {
    /// Who lets a release out. The raw values are stored.
    public enum Approvers: String, Sendable, CaseIterable {
        case owners
        case ownersAndMaintainers = "owners-and-maintainers"

        /// The least role that lets a release out.
        public var least: Role {
            switch self {
            case .owners: .owner
            case .ownersAndMaintainers: .maintainer
            }
        }

        /// In a sentence: `an owner`.
        public var words: String {
            switch self {
            case .owners: "an owner"
            case .ownersAndMaintainers: "an owner or maintainer"
            }
        }
    }

    /// Whether they wait at all.
    public let isOn: Bool
    /// How many people have to approve: 1 or 2.
    public let approvals: Int
    public let approvers: Approvers

    /// Releases are published as they come.
    public static let off = StagingSetting(checked: false, 1, .ownersAndMaintainers)

    private init(checked isOn: Bool, _ approvals: Int, _ approvers: Approvers) {
        self.isOn = isOn
        self.approvals = approvals
        self.approvers = approvers
    }

    /// A setting. One that is off asks for nothing else.
    ///
    /// - Parameter approvals: how many people have to approve. Throws `approvalsOutOfRange` for anything but 1 or 2.
    public init(isOn: Bool, approvals: Int = 1, approvers: Approvers = .owners) throws(StageRefusal) {
        guard (1...2).contains(approvals) else { throw .approvalsOutOfRange(approvals) }
        self = isOn ? StagingSetting(checked: true, approvals, approvers) : .off
    }

    /// What both ask for together.
    public func strictest(with other: StagingSetting) -> StagingSetting {
        guard other.isOn else { return self }
        guard isOn else { return other }
        return StagingSetting(
            checked: true, max(approvals, other.approvals),
            approvers == .owners || other.approvers == .owners ? .owners : .ownersAndMaintainers)
    }

    /// Whether something would be let out under it that another setting would keep.
    public func isWeaker(than other: StagingSetting) -> Bool { strictest(with: other) != self }

    /// After "releases": `wait for an owner`.
    public var words: String {
        guard isOn else { return "do not wait" }
        return approvals == 1
            ? "wait for \(approvers.words)" : "wait for two people, each of them \(approvers.words)"
    }
}

/// A project's setting, and what was asked for before, which binds for a while longer.
///
/// Anyone who steals an owner's account would switch it off first. So a setting that asks for less binds later, and
/// everybody who holds a role hears of it at once; one that asks for more binds at once.
public struct StagingStanding: Sendable, Hashable {
    /// How long what was asked for before goes on binding.
    public static let notice = Duration.hours(72)

    /// What is set.
    public let setting: StagingSetting
    /// What was asked for before; nil where that binds no longer, or never was more.
    public let former: StagingSetting?
    /// Until when that binds.
    public let formerUntil: Timestamp?

    public static let off = StagingStanding(.off)

    public init(_ setting: StagingSetting, former: StagingSetting? = nil, until: Timestamp? = nil) {
        self.setting = setting
        self.former = until == nil ? nil : former
        formerUntil = former == nil ? nil : until
    }

    /// What binds at a time.
    public func binding(at now: Timestamp) -> StagingSetting {
        guard let former, let formerUntil, now < formerUntil else { return setting }
        return setting.strictest(with: former)
    }

    /// The standing after somebody sets it anew.
    ///
    /// - Parameter bindsAtOnce: whether it does even where it asks for less, because those who run the index say so.
    public func after(_ setting: StagingSetting, bindsAtOnce: Bool, at now: Timestamp) -> StagingStanding {
        let before = binding(at: now)
        guard setting.isWeaker(than: before), !bindsAtOnce else { return StagingStanding(setting) }
        // Setting the same once more does not begin the time anew.
        let until = former == before && setting == self.setting ? formerUntil : nil
        return StagingStanding(setting, former: before, until: until ?? now + Self.notice)
    }
}

/// Decides how the setting of a project can be changed, by those who may change it at all.
public enum StagingSettingPolicy {
    /// Decides about a new setting.
    ///
    /// - Parameter owners: how many people there are who could approve under it.
    public static func decide(
        _ setting: StagingSetting, on project: ProjectName, by actor: Actor, ownersThere owners: Int
    ) throws(StageRefusal) {
        guard case .user(_, _, isAdministrator: false) = actor.identity, setting.isOn else { return }
        // A password that somebody could have stolen lets nothing out, and anyone who has no more would wait for ever.
        guard actor.assurance >= ProjectAct.approveStage.assurance else {
            throw .wouldLockOut(project, ProjectAct.approveStage.assurance)
        }
        guard setting.approvals <= owners else {
            throw .tooFewPeople(project, needed: setting.approvals, there: owners)
        }
    }
}

/// What the operator asks of critical projects: that their releases wait for a person.
///
/// From when it binds a project is counted as all that is asked of critical projects: people are told, and have the days
/// that the rule for critical projects gives (`MandateRule`), whose phases are these phases.
public struct StagingRule: Sendable, Hashable {
    /// When the operator began to ask; nil while they do not.
    public var askedAt: Timestamp?

    public static let usual = StagingRule()

    public init(askedAt: Timestamp? = nil) { self.askedAt = askedAt }

    /// From when the releases of a critical project wait; nil where nothing is asked, or no day is set yet.
    public func bindsFrom(designatedAt: Timestamp, under mandate: MandateRule) -> Timestamp? {
        guard let askedAt else { return nil }
        return mandate.binding(ofDemandFrom: mandate.bindsAt(noticedAt: max(askedAt, designatedAt)))
    }

    /// What it asks for a name at a time.
    public func asks(_ facts: MandateFacts, at now: Timestamp) -> StagingSetting {
        guard let designation = facts.designation,
            let from = bindsFrom(designatedAt: designation.designatedAt, under: facts.rule), from <= now
        else { return .off }
        return Self.leastAsked
    }

    private static let leastAsked: StagingSetting = {
        // One owner or maintainer: more is for the project to say.
        (try? StagingSetting(isOn: true, approvals: 1, approvers: .ownersAndMaintainers)) ?? .off
    }()
}
