import Accounts
import Acts
import PackagingFormats
import UTC

/// What the rule says to an act.
public enum MandateJudgement: Sendable, Hashable {
    /// Nothing is lacking.
    case allowed
    /// Allowed, but not for ever.
    case allowedWithNotice(MandateNotice)
    /// Not allowed; with reason and remedy.
    case refused(MandateRefusal)
}

/// The rule for critical projects: whether somebody, with what they are proven with now, may do an act to a project at
/// a time. The only place that knows it; `AccessPolicy` asks it for every act on a project.
///
/// Publishing, updating and changing are held to it, by anyone who can do them: owners, maintainers, administrators,
/// and the tokens they made. Downloading, yanking and reporting are never refused: anyone who finds a bad release shall
/// not be kept from marking it. What a project's owners ask for on top is judged here as well.
public enum Mandate {
    /// Judges an act.
    ///
    /// - Parameters:
    ///   - actor: who acts, with the assurance of the credential that they use now.
    ///   - facts: about the name and the actor.
    public static func judge(
        _ act: ProjectAct, on project: ProjectName, by actor: Actor, knowing facts: MandateFacts, at now: Timestamp
    ) -> MandateJudgement {
        guard act.has(.mandate) else { return .allowed }
        // The operator answers for what they do on the machine, and it is on record; the index follows its rules.
        guard case .user = actor.identity else { return .allowed }
        return judge(
            Proven(assurance: actor.assurance, credential: actor.session == nil ? .token : .session), on: project,
            knowing: facts, at: now
        ).naming(waysBy: facts, at: now)
    }

    /// Judges whether an account has what a project asks for: whether it can be given a role, and who is ready.
    ///
    /// Probation is no matter here: it keeps the account from acting until it is over, not from being asked.
    ///
    /// - Parameter facts: about the name and that account.
    public static func judge(
        accountOn project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) -> MandateJudgement {
        var lasting = facts
        lasting.probationUntil = nil
        let proven = Proven(assurance: facts.holdings.strongest, credential: .account)
        return judge(proven, on: project, knowing: lasting, at: now).naming(waysBy: facts, at: now)
    }

    /// What would be answered at a moment to the best that an account can show; nil where it would be let in. Unlike
    /// what an account has, that is a matter of probation, too.
    ///
    /// - Parameter facts: about the name and that account.
    public static func refusal(
        ofAccountOn project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) -> MandateRefusal? {
        let proven = Proven(assurance: facts.holdings.strongest, credential: .account)
        let judgement = judge(proven, on: project, knowing: facts, at: now).naming(waysBy: facts, at: now)
        guard case .refused(let refusal) = judgement else { return nil }
        return refusal
    }

    /// The ways that are open to an account's holder where they are refused something now, or will be on the day on which
    /// the first of what they lack is asked for; none where nothing lacks.
    ///
    /// - Parameter facts: about the name and that account, and what was looked up of the person.
    public static func ways(
        ofAccountOn project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) -> [WayThrough] {
        if let refusal = refusal(ofAccountOn: project, knowing: facts, at: now) { return refusal.ways }
        let days = facts.asked(at: now).compactMap(\.from).filter { now < $0 }.sorted()
        return days.lazy.compactMap { refusal(ofAccountOn: project, knowing: facts, at: $0)?.ways }.first ?? []
    }

    /// Whether what was refused would be refused by other facts, too.
    static func refuses(_ refusal: MandateRefusal, knowing facts: MandateFacts, at now: Timestamp) -> Bool {
        let proven = Proven(assurance: refusal.shown, credential: refusal.credential)
        if case .refused = judge(proven, on: refusal.project, knowing: facts, at: now) { return true }
        return false
    }

    /// What is asked for a project now, the strongest assurance; `.password` where nothing is.
    public static func required(knowing facts: MandateFacts, at now: Timestamp) -> Assurance {
        demands(facts, at: now).binding.map(\.demand.what.assurance).reduce(facts.requiredByOwners, max)
    }

    private struct Proven {
        let assurance: Assurance
        let credential: MandateRefusal.Credential
    }

    private static func judge(
        _ proven: Proven, on project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) -> MandateJudgement {
        let (binding, coming) = demands(facts, at: now)
        let cause: MandateRefusal.Cause? = facts.designation.map { .critical($0) }
        func refused(_ missing: MandateRefusal.Missing, _ cause: MandateRefusal.Cause?) -> MandateJudgement {
            .refused(
                MandateRefusal(
                    project, missing, cause: cause ?? .owners, credential: proven.credential, shown: proven.assurance))
        }

        // The owners' requirement has no notice and no delay: they set it themselves.
        let demanded = binding.map(\.demand.what.assurance).max() ?? .password
        let needed = max(demanded, facts.requiredByOwners)
        if needed > .password {
            let why = demanded >= facts.requiredByOwners ? cause : .owners
            if proven.assurance < needed {
                return refused(.assurance(needed, accountHasIt: facts.holdings.strongest >= needed), why)
            }
            if let until = facts.probationUntil, now < until { return refused(.probation(until: until), why) }
        }
        // After a recovery nobody publishes for a while, whatever was put off: what was put off was more than one had.
        if let until = facts.probationUntil, now < until, facts.probationReason.map({ !$0.canBeEnded }) ?? false {
            var prompt = facts
            prompt.delay = nil
            if demands(prompt, at: now).binding.contains(where: { $0.demand.what != .spare }) {
                return refused(.probation(until: until), cause)
            }
        }
        if binding.contains(where: { $0.demand.what == .spare }), !facts.holdings.hasSpare {
            return refused(.spare(hasKey: facts.holdings.securityKeys > 0), cause)
        }
        // The first that will lack: who is told of that needs not be told of the rest yet.
        let lacking = coming.filter { demand in
            let what = demand.demand.what
            return what == .spare ? !facts.holdings.hasSpare : proven.assurance < what.assurance
        }.min { left, right in
            (left.from ?? .distantFuture, right.demand.what.assurance)
                < (right.from ?? .distantFuture, left.demand.what.assurance)
        }
        guard let lacking, let designation = facts.designation else { return .allowed }
        return .allowedWithNotice(
            MandateNotice(
                project: project, designation: designation, what: lacking.demand.what, bindsAt: lacking.from,
                credential: proven.credential, accountHasIt: !lacks(lacking.demand.what, facts.holdings)))
    }

    /// When a demand binds an actor, with the delay that they took; nil while no day is set.
    public static func binding(of demand: Demand, knowing facts: MandateFacts) -> Timestamp? {
        guard let from = facts.rule.binding(of: demand) else { return nil }
        guard let delay = facts.delay, delay.lacking.contains(demand.what) else { return from }
        return max(from, delay.until)
    }

    /// Whether an account lacks what a demand asks for.
    public static func lacks(_ what: Demand.Requirement, _ holdings: FactorHoldings) -> Bool {
        what == .spare ? !holdings.hasSpare : holdings.strongest < what.assurance
    }

    /// What binds now, and what will, or would if the operator set a day.
    private static func demands(
        _ facts: MandateFacts, at now: Timestamp
    ) -> (binding: [DatedDemand], coming: [DatedDemand]) {
        let asked = facts.asked(at: now)
        return (asked.filter { $0.binds(at: now) }, asked.filter { !$0.binds(at: now) })
    }

    /// The delay that a person can take for a project: 14 days from the day that the first of what they lack binds,
    /// whenever they ask for it; once, and only where something is lacking or will be. While their first factor is
    /// on probation, it is as if they had none, for it proves nothing there yet.
    ///
    /// Not from the day that they ask: anyone who steals the password of an account that nobody uses any more would
    /// open it for themselves by asking.
    ///
    /// - Throws: when there is nothing to put off, it was put off before, or the time for it is over.
    public static func delay(
        of project: ProjectName, knowing facts: MandateFacts, at now: Timestamp
    ) throws(CriticalRefusal) -> MandateDelay {
        if let delay = facts.delay { throw .delayTaken(project, until: delay.until) }
        // Otherwise anyone who reads the mailbox would freeze a factor that counted, reset the password, and ask for time.
        if let disowned = facts.disownedAt, now < disowned + FirstFactorEvidence.calm {
            throw .disowned(project, until: disowned + FirstFactorEvidence.calm)
        }
        let dates = facts.asked(at: now).compactMap { demand -> Timestamp? in
            guard let from = demand.from, facts.lacks(demand.demand.what, at: max(from, now)) else { return nil }
            return from
        }
        guard let from = dates.min() else { throw .nothingToDelay(project) }
        let until = from + .days(MandateRule.delayDays)
        guard now < until else { throw .tooLateToDelay(project, since: until) }
        return MandateDelay(
            until: until, lacking: Set(Demand.Requirement.allCases.filter { facts.lacks($0, at: now) }))
    }
}

extension MandateJudgement {
    /// The same; of a refusal, with the ways that are open.
    fileprivate func naming(waysBy facts: MandateFacts, at now: Timestamp) -> MandateJudgement {
        guard case .refused(var refusal) = self else { return self }
        refusal.ways = WayThrough.ways(from: refusal, knowing: facts, at: now)
        return .refused(refusal)
    }
}

extension Timestamp {
    fileprivate static let distantFuture = Timestamp(microseconds: .max)
}
