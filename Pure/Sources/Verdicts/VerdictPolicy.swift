import Findings
import LookAlikes
import ReleaseDifferences
import UTC

/// What is known of an upload when it is judged.
public struct VerdictFacts: Sendable, Hashable {
    public var tier: ProjectTier
    /// Since its first file; nil for a project that begins with this upload.
    public var projectAge: Duration?
    /// What came of looking into the file.
    public var look: Look
    /// What the same rules found in the file before.
    public var findingsBefore: [Finding]
    public var differences: [ReleaseDifference]
    /// Nil for a name that is not new.
    public var name: LookAlike?
    /// The advisory that knows these bytes.
    public var knownDigest: String?
    /// The advisory that knows all of the project.
    public var knownName: String?
    /// In what the archive says two things at once, in a sentence.
    public var lyingArchive: String?
    /// Of what names and digests were compared with.
    public var dataVersion: String

    public init(
        tier: ProjectTier, projectAge: Duration?, look: Look, findingsBefore: [Finding] = [],
        differences: [ReleaseDifference] = [], name: LookAlike? = nil, knownDigest: String? = nil,
        knownName: String? = nil, lyingArchive: String? = nil, dataVersion: String = ""
    ) {
        self.tier = tier
        self.projectAge = projectAge
        self.look = look
        self.findingsBefore = findingsBefore
        self.differences = differences
        self.name = name
        self.knownDigest = knownDigest
        self.knownName = knownName
        self.lyingArchive = lyingArchive
        self.dataVersion = dataVersion
    }
}

/// Decides what becomes of an upload: the one policy of verdicts.
///
/// Facts about a release hold it; how its code is written never does by itself. Refused is only what is known: bytes and
/// names that an advisory names, archives that lie.
public enum VerdictPolicy {
    /// Changes with the policy: a verdict says by which it came about.
    public static let version = 1

    /// From so many points on a person looks.
    public static let queuedFrom = 3
    /// From so many points on a release is held. Of a young project nobody knows who makes it.
    public static func heldFrom(_ tier: ProjectTier, isYoung: Bool) -> Int {
        switch tier {
        case .critical, .popular: 6
        case .other: isYoung ? 6 : 8
        }
    }
    /// What the style of code can add at most: as much as makes a person look.
    static let mostForStyle = 3
    /// What the way in which it came can add at most, where its content is as always.
    static let mostForCircumstances = 4
    /// A younger project has no owner whose word is known.
    public static let youngProject = Duration.days(30)

    /// How long an owner has for a touch: as long as for a release that waits for one.
    public static let ownerTime = Duration.days(14)
    /// How long an administrator has, before what is not grave is published.
    public static let administratorTime = Duration.days(7)
    /// How long an administrator has, before what is grave is rejected.
    public static let graveTime = Duration.days(30)

    /// Decides about an upload.
    public static func decide(_ facts: VerdictFacts, under settings: DefenceSettings) -> Verdict {
        let mode = settings.mode(of: facts.tier)
        let causes = causes(of: facts)
        let points = points(of: causes, tier: facts.tier)
        let outcome = mode == .off ? .publish : outcome(facts, causes, points, settings)
        let effect: VerdictOutcome =
            switch (outcome, mode) {
            case (.hold, .report), (.refuse, .report): .queue
            case (.publish, _), (.queue, _), (.hold, .off), (.hold, .enforce), (.refuse, .off), (.refuse, .enforce):
                outcome
            }
        return Verdict(
            outcome: outcome, effect: effect, causes: mode == .off ? [] : causes, points: mode == .off ? 0 : points,
            tier: facts.tier, mode: mode, rules: facts.look.version, data: facts.dataVersion, policy: version)
    }

    private static func outcome(
        _ facts: VerdictFacts, _ causes: [Cause], _ points: Int, _ settings: DefenceSettings
    ) -> VerdictOutcome {
        if facts.knownDigest != nil || facts.knownName != nil || facts.lyingArchive != nil { return .refuse }
        let isYoung = facts.projectAge.map { $0 < youngProject } ?? true
        let isEnough = points >= heldFrom(facts.tier, isYoung: isYoung)
        if isEnough, causes.contains(where: { !$0.isStyle && $0.points > 0 }) {
            return .hold(hold(causes, isYoung: isYoung))
        }
        // Their own secret, which everybody would have for ever: they decide, before it is out.
        if causes.contains(where: \.isOwnersSecret) {
            return .hold(Hold(decider: .owner, lasts: ownerTime, end: .rejected))
        }
        if causes.contains(where: \.isNotLookedAt) {
            switch settings.whenNotLookedAt {
            case .publish: return .queue
            case .hold: return .hold(Hold(decider: .administrator, lasts: administratorTime, end: .published))
            }
        }
        return points >= queuedFrom ? .queue : .publish
    }

    private static func hold(_ causes: [Cause], isYoung: Bool) -> Hold {
        let isProjectInDoubt =
            isYoung
            || causes.contains { cause in
                switch cause {
                case .name, .reports: true
                case .difference(let difference):
                    if case .newPerson = difference { true } else { false }
                case .finding, .knownDigest, .knownName, .lyingArchive, .notLookedAt: false
                }
            }
        guard isProjectInDoubt else { return Hold(decider: .owner, lasts: ownerTime, end: .rejected) }
        let isGrave = causes.contains { $0.points >= Weight.decisive.points }
        return isGrave
            ? Hold(decider: .administrator, lasts: graveTime, end: .rejected)
            : Hold(decider: .administrator, lasts: administratorTime, end: .published)
    }

    /// Everything that speaks against it, the gravest first.
    static func causes(of facts: VerdictFacts) -> [Cause] {
        var causes: [Cause] = []
        if let advisory = facts.knownDigest { causes.append(.knownDigest(advisory: advisory)) }
        if let advisory = facts.knownName { causes.append(.knownName(advisory: advisory)) }
        if let sentence = facts.lyingArchive { causes.append(.lyingArchive(sentence)) }
        if let name = facts.name, name.verdict != .clear { causes.append(.name(name)) }
        causes += facts.differences.map { .difference($0) }
        // Line numbers move; what was there before was there before.
        let before = Set(facts.findingsBefore.map { FindingKey($0) })
        causes += facts.look.findings.filter { !before.contains(FindingKey($0)) }.map { .finding($0) }
        switch facts.look.end {
        case .complete: break
        case .bounded(let why), .failed(let why): causes.append(.notLookedAt(why))
        }
        return causes.enumerated()
            .sorted { ($1.element.points, $0.offset) < ($0.element.points, $1.offset) }.map(\.element)
    }

    /// What all causes come to. Facts add up; what the code looks like, and how it came, count up to a bound. What tests
    /// and examples do makes a person look, and adds nothing to what the rest does.
    static func points(of causes: [Cause], tier: ProjectTier) -> Int {
        var (facts, style, circumstances, weak, aside) = (0, 0, 0, 0, 0)
        for cause in causes {
            switch cause {
            case .finding: style += cause.points
            case .difference(let difference) where difference.isCircumstance:
                // Of what everything depends on, a fact that is rare is enough.
                let isEnough = tier == .critical && difference.weight >= .strong
                if isEnough { facts += Weight.decisive.points } else { circumstances += cause.points }
            case .difference(let difference) where difference.isAside: aside += cause.points
            case .difference(let difference) where difference.weight == .weak: weak += 1
            case .difference, .name, .knownDigest, .knownName, .lyingArchive, .notLookedAt, .reports:
                facts += cause.points
            }
        }
        let sum = facts + min(style, mostForStyle) + min(circumstances, mostForCircumstances) + min(weak, 2)
        return max(sum, min(aside, queuedFrom))
    }
}

/// What a finding is recognized by in another release.
private struct FindingKey: Hashable {
    let rule: String
    let file: Substring
    let evidence: String

    init(_ finding: Finding) {
        rule = finding.rule
        // Without the directory at the top, which has the version in its name.
        file = finding.path.split(separator: "/", maxSplits: 1).last ?? ""
        evidence = finding.evidence
    }
}

extension ReleaseDifference {
    /// Whether it is about a test, an example or a page.
    fileprivate var isAside: Bool { place.map { ArchiveMember.isAside($0.path) } ?? false }
}

extension Cause {
    var isOwnersSecret: Bool {
        switch self {
        case .finding(let finding): finding.isConfidential && finding.severity >= .medium
        case .difference, .name, .knownDigest, .knownName, .lyingArchive, .notLookedAt, .reports: false
        }
    }

    var isNotLookedAt: Bool {
        switch self {
        case .notLookedAt: true
        case .finding, .difference, .name, .knownDigest, .knownName, .lyingArchive, .reports: false
        }
    }
}
