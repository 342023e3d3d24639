import Accounts
import Acts
import PackagingFormats
import Policy
import Primitives
import Testing
import UTC

@Suite("The rule for critical projects") struct MandateTests {
    static let today = Day(number: 20_000)
    static let now = today.start + .hours(1)
    static let day = Duration.days(1)

    static func demo() throws -> ProjectName { try ProjectName(parsing: "demo") }

    static func designation() throws -> Designation {
        Designation(
            name: try demo(), reason: .downloads(rank: 3, count: 1_234_567), asOf: today, windowDays: 183,
            designatedAt: now)
    }

    static func actor(_ assurance: Assurance, isToken: Bool) throws -> Actor {
        Actor(
            .user(UserID(1), try Username(parsing: "ada"), isAdministrator: false), assurance: assurance,
            session: isToken ? nil : SessionStanding(strongest: assurance))
    }

    /// A critical project of which people were told long ago, under a rule that is in a phase.
    static func facts(
        _ phase: MandateRule.Phase, required: Assurance = .secondFactor, needsSpare: Bool = false,
        bindsAt: Timestamp = now - day, holdings: FactorHoldings = FactorHoldings()
    ) throws -> MandateFacts {
        let rule = try MandateRule(
            announcedFrom: phase == .off ? nil : today - 90, enforcedFrom: phase == .enforced ? today - 30 : nil,
            required: required, needsSpare: needsSpare)
        return MandateFacts(
            designation: try designation(), rule: rule,
            demands: rule.asks(isInTopShare: false).map {
                Demand($0, noticedAt: bindsAt - .days(30), bindsAt: bindsAt)
            }, holdings: holdings)
    }

    private func judge(
        _ action: ProjectAct, by actor: Actor, knowing facts: MandateFacts, at now: Timestamp
    ) throws -> MandateJudgement {
        Mandate.judge(action, on: try Self.demo(), by: actor, knowing: facts, at: now)
    }

    /// Every act that the rule refuses; all others go on whatever is asked.
    static let publishing: [ProjectAct] = [
        .createProject, .createRelease, .uploadFile, .unyankRelease, .unyankFile, .addRole, .removeRole,
        .changeProjectStatus,
        .requireAssurance, .changeRole, .inviteCollaborator, .deleteProject, .deleteRelease, .deleteFile,
        .recreateProject, .restore, .decideReturn, .undoRemoval, .askRemoval, .confirmRemoval, .takeOver, .freeName,
        .unreserveName,
        .liftDesignation, .setStaging, .stageFile, .approveStage,
    ]

    @Test("All combinations of act, phase, binding, what is required, what was shown, and how")
    func table() throws {
        var judged = 0
        for action in ProjectAct.allCases {
            for phase in MandateRule.Phase.allCases {
                for isDue in [false, true] {
                    for required in Assurance.allCases where required > .password {
                        for owners in Assurance.allCases where owners > .anonymous {
                            for shown in Assurance.allCases where shown > .anonymous {
                                for isToken in [false, true] {
                                    var facts = try Self.facts(
                                        phase, required: required,
                                        bindsAt: isDue ? Self.now : Self.now + .microseconds(1))
                                    facts.requiredByOwners = owners
                                    let judgement = try judge(
                                        action, by: Self.actor(shown, isToken: isToken),
                                        knowing: facts, at: Self.now)

                                    // The same rule in other words: what binds, and what does not yet.
                                    let isHeld = Self.publishing.contains(action)
                                    let binds = phase == .enforced && isDue
                                    let needed = binds ? max(required, owners) : owners
                                    let refuses = isHeld && shown < needed
                                    let warns = isHeld && !refuses && phase != .off && !binds && shown < required
                                    switch judgement {
                                    case .allowed: #expect(!refuses && !warns)
                                    case .allowedWithNotice(let notice):
                                        #expect(warns)
                                        #expect(notice.what.assurance == required)
                                        #expect((notice.bindsAt == nil) == (phase == .announced))
                                    case .refused(let refusal):
                                        #expect(refuses)
                                        #expect(refusal.missing == .assurance(needed, accountHasIt: false))
                                        #expect(refusal.credential == (isToken ? .token : .session))
                                    }
                                    judged += 1
                                }
                            }
                        }
                    }
                }
            }
        }
        #expect(judged == ProjectAct.allCases.count * 3 * 2 * 3 * 4 * 4 * 2)
    }

    @Test("Downloading, yanking and reporting are never refused, whatever is asked")
    func neverRefused() throws {
        let facts = try Self.facts(.enforced, required: .attestedHardware, needsSpare: true)
        for action in ProjectAct.allCases where !Self.publishing.contains(action) {
            let judgement = try judge(
                action, by: Self.actor(.password, isToken: true), knowing: facts,
                at: Self.now)
            // What these ask for, and of whom, other rules say.
            #expect(judgement == .allowed, "\(action)")
        }
    }

    @Test("The operator at the machine and the index itself are not held to it; an administrator is")
    func whoIsHeld() throws {
        let facts = try Self.facts(.enforced)
        for actor in [Actor.operatorAtMachine, .index] {
            #expect(
                try judge(.uploadFile, by: actor, knowing: facts, at: Self.now) == .allowed
            )
        }
        let root = Actor(
            .user(UserID(2), try Username(parsing: "root"), isAdministrator: true), assurance: .password,
            session: SessionStanding(strongest: .password))
        let judgement = try judge(.addRole, by: root, knowing: facts, at: Self.now)
        guard case .refused = judgement else { return #expect(Bool(false), "\(judgement)") }
    }

    @Test("A name without a designation asks for nothing, whatever the rule says")
    func notCritical() throws {
        var facts = try Self.facts(.enforced)
        facts.designation = nil
        #expect(
            try judge(
                .uploadFile, by: Self.actor(.password, isToken: true), knowing: facts,
                at: Self.now) == .allowed)
    }

    @Test("A demand that people were not told of does not bind, and one that the operator took back no longer")
    func demands() throws {
        var facts = try Self.facts(.enforced)
        facts.demands = []
        let ada = try Self.actor(.password, isToken: false)
        #expect(
            try judge(.uploadFile, by: ada, knowing: facts, at: Self.now) == .allowed)

        // Told of more long ago; the rule asks for a second factor only, now.
        facts = try Self.facts(.enforced)
        facts.demands.append(Demand(.attestedHardware, noticedAt: Self.now - Self.day, bindsAt: Self.now - Self.day))
        let bob = try Self.actor(.secondFactor, isToken: false)
        #expect(
            try judge(.uploadFile, by: bob, knowing: facts, at: Self.now) == .allowed)
    }

    @Test("More is asked of the top share, with a notice of its own")
    func stricter() throws {
        let share = try Share(percent: "10")
        let rule = try MandateRule(
            announcedFrom: nil, enforcedFrom: Self.today - 30, required: .secondFactor,
            stricter: .init(share: share, assurance: .phishingResistant))
        for (isInTopShare, age, isRefused) in [(false, 40, false), (true, 40, true), (true, -3, false)] {
            let facts = MandateFacts(
                designation: try Self.designation(), rule: rule, isInTopShare: isInTopShare,
                demands: [
                    Demand(.secondFactor, noticedAt: Self.now - Self.day, bindsAt: Self.now - Self.day),
                    Demand(
                        .phishingResistant, noticedAt: Self.now - Self.day,
                        bindsAt: Self.now - .days(age)),
                ])
            let judgement = try judge(
                .uploadFile, by: Self.actor(.secondFactor, isToken: false), knowing: facts,
                at: Self.now)
            let refused = if case .refused = judgement { true } else { false }
            #expect(refused == isRefused, "\(isInTopShare) \(age)")
            if age < 0 {
                guard case .allowedWithNotice = judgement else { return #expect(Bool(false)) }
            }
        }
    }

    @Test(
        "A spare: two keys, or one key and printed codes",
        arguments: [
            (0, false, false), (0, true, false), (1, false, false), (1, true, true), (2, false, true), (2, true, true),
        ])
    func spare(keys: Int, codes: Bool, isEnough: Bool) throws {
        let facts = try Self.facts(
            .enforced, needsSpare: true,
            holdings: FactorHoldings(strongest: .phishingResistant, securityKeys: keys, hasRecoveryCodes: codes))
        let judgement = try judge(
            .uploadFile, by: Self.actor(.phishingResistant, isToken: true), knowing: facts,
            at: Self.now)
        #expect((judgement == .allowed) == isEnough)
        if case .refused(let refusal) = judgement { #expect(refusal.code == "access.spare-required") }
    }

    @Test("A delay moves what the index asks for, not what the owners ask for, and is had once")
    func delay() throws {
        let demo = try Self.demo()
        let ada = try Self.actor(.password, isToken: true)
        let fortnight = Duration.days(14)
        var facts = try Self.facts(.enforced)
        let delay = try Mandate.delay(of: demo, knowing: facts, at: Self.now)
        // From the day it binds, whenever it is asked for: an old account does not open anew when its password leaks.
        #expect(delay.until == Self.now - Self.day + fortnight)
        facts.delay = delay
        for (moment, isAllowed) in [(Self.now, true), (delay.until - .microseconds(1), true), (delay.until, false)] {
            #expect(isRefused(try judge(.uploadFile, by: ada, knowing: facts, at: moment)) != isAllowed)
        }
        #expect(throws: CriticalRefusal.delayTaken(demo, until: delay.until)) {
            try Mandate.delay(of: demo, knowing: facts, at: Self.now + .days(100))
        }
        facts.requiredByOwners = .secondFactor
        #expect(isRefused(try judge(.uploadFile, by: ada, knowing: facts, at: Self.now)))
        // Before it binds, the time is added to the day it would.
        let early = try Self.facts(.enforced, bindsAt: Self.now + .days(10))
        #expect(try Mandate.delay(of: demo, knowing: early, at: Self.now).until == Self.now + .days(24))
        let late = try Self.facts(.enforced, bindsAt: Self.now - fortnight)
        #expect(throws: CriticalRefusal.tooLateToDelay(demo, since: Self.now)) {
            try Mandate.delay(of: demo, knowing: late, at: Self.now)
        }
        // Anyone who has what is asked for has nothing to put off.
        let ready = try Self.facts(.enforced, holdings: FactorHoldings(strongest: .secondFactor))
        #expect(throws: CriticalRefusal.nothingToDelay(demo)) {
            try Mandate.delay(of: demo, knowing: ready, at: Self.now)
        }
        for phase in [MandateRule.Phase.off, .announced] {
            let facts = try Self.facts(phase)
            #expect(throws: CriticalRefusal.nothingToDelay(demo)) {
                try Mandate.delay(of: demo, knowing: facts, at: Self.now)
            }
        }
    }

    @Test("A factor on probation is put off where it waits on the day itself, or now where that is over")
    func delayOfWhatWaits() throws {
        let demo = try Self.demo()
        func delay(bindsIn days: Int64, probation: Duration) throws -> MandateDelay {
            var facts = try Self.facts(
                .enforced, bindsAt: Self.now + .days(days), holdings: FactorHoldings(strongest: .secondFactor))
            (facts.probationUntil, facts.probationReason) = (Self.now + probation, .firstFactor)
            return try Mandate.delay(of: demo, knowing: facts, at: Self.now)
        }
        let nothing = CriticalRefusal.nothingToDelay(demo)
        #expect(throws: nothing) { try delay(bindsIn: 10, probation: .days(3)) }
        #expect(throws: nothing) { try delay(bindsIn: -1, probation: .zero) }
        #expect(try delay(bindsIn: -1, probation: .days(3)).until == Self.now + .days(13))
        #expect(try delay(bindsIn: 2, probation: .days(3)).until == Self.now + .days(16))
        // A spare is there whatever waits.
        var spare = try Self.facts(.enforced, holdings: FactorHoldings(strongest: .phishingResistant, securityKeys: 2))
        (spare.probationUntil, spare.probationReason) = (Self.now + .days(3), .firstFactor)
        let lacking = try Mandate.delay(of: demo, knowing: spare, at: Self.now).lacking
        #expect(lacking == [.secondFactor, .phishingResistant, .attestedHardware])
    }

    @Test("A delay of more sets nobody free of what they had, whatever becomes of their factors")
    func delayOfMore() throws {
        let rule = try MandateRule(
            announcedFrom: nil, enforcedFrom: Self.today - 60,
            stricter: .init(share: Share(percent: "10"), assurance: .phishingResistant))
        var facts = MandateFacts(
            designation: try Self.designation(), rule: rule, isInTopShare: true,
            demands: [
                Demand(.secondFactor, noticedAt: Self.now - Self.day, bindsAt: Self.now - .days(40)),
                Demand(.phishingResistant, noticedAt: Self.now, bindsAt: Self.now + .days(30)),
            ], holdings: FactorHoldings(strongest: .secondFactor))
        let delay = try Mandate.delay(of: Self.demo(), knowing: facts, at: Self.now)
        #expect(delay.until == Self.now + .days(44))
        facts.delay = delay
        facts.holdings = FactorHoldings()
        let token = try Self.actor(.password, isToken: true)
        #expect(isRefused(try judge(.uploadFile, by: token, knowing: facts, at: Self.now)))
        let session = try Self.actor(.secondFactor, isToken: false)
        #expect(!isRefused(try judge(.uploadFile, by: session, knowing: facts, at: delay.until - .microseconds(1))))
        #expect(isRefused(try judge(.uploadFile, by: session, knowing: facts, at: delay.until)))
    }

    /// Rules of all strengths, with and without more for the top share and a spare.
    private static func rules() throws -> [MandateRule] {
        var rules: [MandateRule] = []
        for required in Assurance.allCases where required > .password {
            for stricter in [nil] + Assurance.allCases where stricter.map({ $0 > required }) ?? true {
                for needsSpare in [false, true] {
                    rules.append(
                        try MandateRule(
                            announcedFrom: nil, enforcedFrom: today - 90, noticeDays: 30, required: required,
                            stricter: try stricter.map { .init(share: try Share(percent: "10"), assurance: $0) },
                            needsSpare: needsSpare))
                }
            }
        }
        return rules
    }

    @Test("A change of the rule sets nobody free: who lacks what the old and the new one ask for goes on being refused")
    func changesOfTheRule() throws {
        let holdings = [
            FactorHoldings(), FactorHoldings(strongest: .secondFactor),
            FactorHoldings(strongest: .phishingResistant, securityKeys: 1),
            FactorHoldings(strongest: .attestedHardware, securityKeys: 2),
        ]
        var changes = 0
        for (before, after) in try Self.rules().flatMap({ old in try Self.rules().map { (old, $0) } }) {
            for (had, isInTopShare) in holdings.flatMap({ [($0, false), ($0, true)] }) {
                let actor = try Self.actor(had.strongest, isToken: false)
                let long = Self.now - .days(60)
                var facts = MandateFacts(
                    designation: try Self.designation(), rule: before, isInTopShare: isInTopShare,
                    demands: before.demands(told: [], isInTopShare: isInTopShare, at: long), holdings: had)
                func refused(at moment: Timestamp) throws -> Bool {
                    isRefused(try judge(.uploadFile, by: actor, knowing: facts, at: moment))
                }
                let asks = after.asks(isInTopShare: isInTopShare)
                let lacks = asks.contains { Mandate.lacks($0, had) }
                let lacksOfBoth =
                    had.strongest
                    < min(
                        asks.map(\.assurance).max() ?? .password,
                        before.asks(isInTopShare: isInTopShare).map(\.assurance).max() ?? .password)
                let wasRefused = try refused(at: Self.now)

                // At once, and after the index has noted what it demands from now on.
                for isNoted in [false, true] {
                    facts.rule = after
                    if isNoted {
                        facts.demands = after.demands(told: facts.demands, isInTopShare: isInTopShare, at: Self.now)
                    }
                    let isRefused = try refused(at: Self.now)
                    if wasRefused, lacksOfBoth { #expect(isRefused, "\(before) to \(after) with \(had)") }
                    // Nobody is refused at once for what they were not told of.
                    if !wasRefused { #expect(!isRefused, "\(before) to \(after) with \(had)") }
                    if !lacks { #expect(!isRefused, "\(before) to \(after) with \(had)") }
                }
                #expect(try refused(at: Self.now + .days(31)) == lacks)

                // What is not asked any more is forgotten: asked for again, people are told again.
                facts.demands = before.demands(told: facts.demands, isInTopShare: isInTopShare, at: Self.now)
                facts.rule = before
                for demand in facts.demands where !asks.contains(demand.what) && demand.what.assurance > .secondFactor {
                    guard asks.allSatisfy({ $0.assurance < demand.what.assurance }) else { continue }
                    #expect(demand.noticedAt == Self.now)
                }
                changes += 1
            }
        }
        #expect(changes == 12 * 12 * 8)
    }

    @Test(
        "A demand binds when a day begins, and a day that has begun is not counted",
        arguments: [(0, 0, 0, 0), (0, 30, 30, 0), (1, 30, 31, 0), (86_399, 1, 2, 0), (3_600, 0, 0, 3_600)])
    func wholeDays(second: Int64, notice: Int, days: Int, seconds: Int64) throws {
        let rule = try MandateRule(announcedFrom: nil, enforcedFrom: Self.today, noticeDays: notice)
        let demand = rule.demand(.secondFactor, noticedAt: Self.today.start + .seconds(second))
        #expect(demand.bindsAt == (Self.today + days).start + .seconds(seconds))
    }

    private func isRefused(_ judgement: MandateJudgement) -> Bool {
        if case .refused = judgement { true } else { false }
    }

    @Test("A refusal is one line that says why, what is asked and where to go")
    func words() throws {
        for (shown, holdings, isToken, place, remedy) in [
            (Assurance.password, Assurance.password, true, Place.factors, Remedy.addFactor),
            (.password, .phishingResistant, true, .tokens, .newToken),
            (.password, .password, false, .factors, .addFactor),
        ] {
            var facts = try Self.facts(.enforced, holdings: FactorHoldings(strongest: holdings))
            facts.person = WayFacts(user: try Username(parsing: "ada"), gaps: [])
            let judgement = try judge(
                .uploadFile, by: Self.actor(shown, isToken: isToken), knowing: facts,
                at: Self.now)
            guard case .refused(let refusal) = judgement else { return #expect(Bool(false)) }
            let text = refusal.guidance.text { "https://packages.example.org/\($0)/" }
            #expect(
                text.hasPrefix("The project 'demo' is critical (number 3 by downloads, 1,234,567 in 183 days up to "))
            #expect(text.contains("a second factor"))
            #expect(refusal.guidance.places.first == place && text.contains("https://packages.example.org/\(place)/"))
            #expect(refusal.remedy == remedy && refusal.explanation.contains(place.words))
            #expect(!text.contains("\n"))
            // All of it has to fit into the reason phrase of an answer.
            #expect(text.utf8.count <= 500, "\(text.utf8.count)")
        }
    }

    @Test("A rule that cannot be is refused with what can")
    func settings() throws {
        #expect(throws: CriticalRefusal.enforcedBeforeAnnounced(announced: Self.today + 1, enforced: Self.today)) {
            try MandateRule(announcedFrom: Self.today + 1, enforcedFrom: Self.today)
        }
        #expect(throws: CriticalRefusal.noticeOutOfRange(-1)) {
            try MandateRule(announcedFrom: nil, enforcedFrom: nil, noticeDays: -1)
        }
        #expect(throws: CriticalRefusal.demandsNothing(.password)) {
            try MandateRule(announcedFrom: nil, enforcedFrom: nil, required: .password)
        }
        let share = try Share(percent: "1")
        #expect(throws: CriticalRefusal.stricterIsNotMore(.secondFactor, than: .secondFactor)) {
            try MandateRule(
                announcedFrom: nil, enforcedFrom: nil, stricter: .init(share: share, assurance: .secondFactor))
        }
        // Who enforces announces.
        #expect(try MandateRule(announcedFrom: nil, enforcedFrom: Self.today).announcedFrom == Self.today)
    }
}
