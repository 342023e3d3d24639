import Accounts
import Acts
import PackagingFormats
import UTC

/// What comes of it if somebody accepts an invitation: whether the role is theirs at once, and if not, what it waits
/// for. They are told before they accept.
public struct InvitationOutlook: Sendable, Hashable {
    /// What keeps them from the role now; nil where nothing does.
    public let missing: MandateRefusal?
    /// What will be asked of them later; nil where that is nothing, or where something lacks now.
    public let notice: MandateNotice?
    /// Until when their second factor counts for nothing; nil where it counts, or where they have none.
    public let probationUntil: Timestamp?
    /// Those who could vouch for them, by name.
    public let vouchers: [Username]

    /// What comes of it on a project.
    ///
    /// - Parameters:
    ///   - facts: about the project and the person.
    ///   - vouchers: those who could vouch for a first factor of theirs; nobody where there is nothing to vouch for.
    public init(on project: ProjectName, knowing facts: MandateFacts, vouchers: [Username], at now: Timestamp) {
        missing = Mandate.refusal(ofAccountOn: project, knowing: facts, at: now)
        let judgement = Mandate.judge(accountOn: project, knowing: facts, at: now)
        notice = if missing == nil, case .allowedWithNotice(let notice) = judgement { notice } else { nil }
        probationUntil = facts.probationUntil.flatMap { now < $0 && facts.holdings.strongest > .password ? $0 : nil }
        self.vouchers = vouchers
    }

    /// What lacks, from when it counts, and that nobody has to come back for the role; nil where nothing is asked.
    ///
    /// - Parameter hasAccepted: whether they have accepted already, and wait.
    public func explanation(hasAccepted: Bool) -> String? {
        if let notice {
            let when = notice.bindsAt.map { "From \($0.day.readable) on" } ?? "Once a day is set"
            return "\(when), publishing to it takes \(notice.what.words), which your account lacks."
        }
        guard let missing else { return nil }
        let then =
            hasAccepted
            ? "You have accepted: the role is yours then, without another visit."
            : "You can accept now: the role is yours then, without another visit."
        return [lack(missing), vouching, then].compactMap { $0 }.joined(separator: " ")
    }

    /// Whether they can add what lacks themselves.
    public var asksToAdd: Bool { missing?.remedy == .addFactor }

    private func lack(_ refusal: MandateRefusal) -> String {
        switch refusal.missing {
        case .probation(let until):
            "Publishing to it takes two factors, and yours is new or was recovered lately: it counts from "
                + "\(until.readableMinute) on."
        case .assurance(let needed, _):
            "Publishing to it takes \(needed.words), and your account has none. \(counting)"
        case .spare(let hasKey):
            "Publishing to it takes \(Demand.Requirement.spare.words), and your account has "
                + (hasKey ? "one key and no recovery codes." : "no key yet.")
        }
    }

    private var counting: String {
        if let probationUntil { return "What you add counts from \(probationUntil.readableMinute) on." }
        return
            "In a browser in which you have signed in for \(FirstFactorEvidence.browserAge.inDays) it usually counts at once, "
            + "elsewhere \(Probation.lengthWords) later."
    }

    /// Those who run the index can vouch wherever anybody can.
    private var vouching: String? {
        guard missing?.ways.contains(.administrators(canVouch: true)) ?? false else { return nil }
        return (vouchers.isEmpty ? "An administrator" : "\(vouchers.orWords), or an administrator,")
            + " can vouch for it before."
    }
}
