import Accounts
import Acts
import PackagingFormats
import Policy
import UTC

/// The rule for critical projects in plain words.
package struct RuleWords {
    /// Something that is asked, and from when.
    package struct Demanded {
        let demandWords: String
        let demandWhen: String

        package init(demandWords: String, demandWhen: String) {
            self.demandWords = demandWords
            self.demandWhen = demandWhen
        }
    }

    let whatIsCritical: [String]
    let whatIsAsked: [String]
    /// From when a first factor counts, and the setting that says so.
    let firstFactor: String
    let firstFactorSetting: String
    let phaseName: String
    let phaseText: String
    let isOff: Bool

    /// - Parameters:
    ///   - evidence: whether it counts for a first factor.
    ///   - latest: the figures of the last computation; nil before the first.
    package init(
        _ settings: CriticalSettings, _ evidence: FirstFactorEvidence.Setting, latest: CriticalDay?, at now: Timestamp
    ) {
        whatIsCritical = Self.critical(settings.critical, latest)
        firstFactor = evidence.explanation
        firstFactorSetting = evidence.rawValue
        whatIsAsked = Self.asked(settings.mandate) + [firstFactor]
        let phase = settings.mandate.phase(at: now)
        isOff = phase == .off
        phaseName = phase.words
        phaseText = Self.phase(settings.mandate, at: now)
    }

    private static func critical(_ rule: CriticalRule, _ latest: CriticalDay?) -> [String] {
        var sentences = [
            "Once a day this index counts what was downloaded of each project in the last "
                + "\(rule.windowDays.counted("whole day")) (UTC). By that, \(rule.extent.words) of all projects are "
                + "critical, with those that have just as many downloads as the last of them."
        ]
        if let latest {
            sentences.append(
                "On \(latest.day.readable) there were \(latest.projects.counted("project")), reserved names among them; "
                    + "\(latest.threshold.counted("download")) made a project critical.")
        }
        if rule.dependencyDepth > 0 {
            sentences.append(
                "So is what the newest release of a critical project depends on, "
                    + (rule.dependencyDepth == 1
                        ? "directly." : "directly or by up to \(rule.dependencyDepth) steps."))
        }
        sentences.append("The operator can name others.")
        sentences.append(
            "It belongs to the name and it stays, when there are fewer downloads later, too. Deleting the project, making "
                + "it again, spelling it another way or handing it on changes nothing. Only an administrator can lift it, "
                + "with a reason that goes on record.")
        return sentences
    }

    private static func asked(_ rule: MandateRule) -> [String] {
        var sentences = [
            "Publishing to a critical project, updating and changing it takes \(rule.required.words). That binds everybody "
                + "with a role on it, owners and maintainers alike, and the API tokens they made."
        ]
        if let stricter = rule.stricter {
            sentences.append(
                "For the \(stricter.share.words) of the critical projects that are used most, it takes "
                    + "\(stricter.assurance.words).")
        }
        if rule.needsSpare {
            sentences.append("So that a lost key locks nobody out, it also takes \(Demand.Requirement.spare.words).")
        }
        sentences.append(
            (rule.noticeDays == 0
                ? "It binds everybody as soon as they are told; anyone who was given a day before keeps it. They"
                : "Everybody is told \(rule.noticeDays.counted("day")) before it binds them, and")
                + " can put off each of their projects once, for \(MandateRule.delayDays) days.")
        sentences.append("Downloading, yanking a bad release and reporting one are never refused.")
        return sentences
    }

    static func phase(_ rule: MandateRule, at now: Timestamp) -> String {
        switch rule.phase(at: now) {
        case .off:
            rule.announcedFrom.map { "Nothing is asked yet. It will be announced on \($0.readable)." }
                ?? "Nothing is asked yet, and no day is set."
        case .announced:
            "People are told since \(rule.announcedFrom?.readable ?? "now"). Nobody is refused yet; "
                + (rule.enforcedFrom.map { "that begins on \($0.readable)." } ?? "no day is set for that.")
        case .enforced:
            "Since \(rule.enforcedFrom?.readable ?? "now") anyone who lacks what is asked is refused, once the time is over "
                + "that they were given."
        }
    }
}

extension MandateRule.Phase {
    /// `Announced`
    var words: String {
        switch self {
        case .off: "Off"
        case .announced: "Announced"
        case .enforced: "Enforced"
        }
    }
}

/// What a critical project's public page says about that.
package struct CriticalBadge {
    let badgeWhy: String
    let badgeAsked: String?

    /// - Parameters:
    ///   - demands: what people were told.
    ///   - rule: what the operator asks for now.
    init(_ project: CriticalProject, demands: [Demand], rule: MandateRule, at now: Timestamp) {
        badgeWhy = project.designation.whyInSentence
        guard rule.phase(at: now) != .off else {
            badgeAsked = nil
            return
        }
        let dated = rule.dated(demands, isInTopShare: project.isInTopShare).filter { $0.demand.what != .spare }
        let binding = dated.filter { $0.from.map { $0 <= now } ?? false }.max {
            $0.demand.what.assurance < $1.demand.what.assurance
        }
        if let binding {
            badgeAsked = "Anyone who publishes to it or changes it needs \(binding.demand.what.words)."
        } else if let coming = dated.first {
            let day = coming.from.map { "From \($0.day.readable) on" } ?? "Once the rule is enforced"
            badgeAsked = "\(day), anyone who publishes to it or changes it needs \(coming.demand.what.words)."
        } else {
            badgeAsked = nil
        }
    }
}

extension Designation {
    /// Why, as a sentence of its own: `Number 3 by downloads: 1,234,567 in 183 days up to 21 Nov 2026.`
    var whyInSentence: String {
        switch reason {
        case .downloads(let rank, let count):
            "Number \(rank.grouped) by downloads: \(count.grouped) in \(windowDays.counted("day")) up to "
                + "\((asOf - 1).readable)."
        case .dependency(let project): "The critical project \(project.display) needs it."
        case .named: "The people who run this index named it."
        }
    }
}
