import Accounts
import Acts
import Documents
import PackagingFormats
import Policy
import Testing
import UTC

@Suite("Who is ready for what critical projects ask") struct CriticalStandingTests {
    static let day = Duration.days(1)

    @Test("What an account has is no matter of probation; whether it is let in now is")
    func probation() throws {
        var facts = try MandateTests.facts(
            .enforced, holdings: FactorHoldings(strongest: .phishingResistant, securityKeys: 1))
        let name = try MandateTests.demo()
        #expect(Mandate.refusal(ofAccountOn: name, knowing: facts, at: MandateTests.now) == nil)
        facts.probationUntil = MandateTests.now + Self.day
        #expect(Mandate.judge(accountOn: name, knowing: facts, at: MandateTests.now) == .allowed)
        let refusal = Mandate.refusal(ofAccountOn: name, knowing: facts, at: MandateTests.now)
        #expect(refusal?.missing == .probation(until: MandateTests.now + Self.day))
        facts.rule = .usual
        #expect(Mandate.refusal(ofAccountOn: name, knowing: facts, at: MandateTests.now) == nil)
    }

    // swift-format-ignore
    static let phases: [(MandateRule.Phase, strongest: Assurance, refused: Bool, missing: String?)] = [
        (.off,       .password,          false, nil),
        (.announced, .password,          false, "a second factor"),
        (.enforced,  .password,          true,  "a second factor"),
        (.enforced,  .secondFactor,      false, nil),
        (.enforced,  .phishingResistant, false, nil),
    ]

    @Test("Who lacks what is known before it binds; refused is nobody before", arguments: phases)
    func lacks(phase: MandateRule.Phase, strongest: Assurance, refused: Bool, missing: String?) throws {
        let facts = try MandateTests.facts(phase, holdings: FactorHoldings(strongest: strongest))
        let name = try MandateTests.demo()
        #expect((Mandate.refusal(ofAccountOn: name, knowing: facts, at: MandateTests.now) != nil) == refused)
        #expect(Mandate.judge(accountOn: name, knowing: facts, at: MandateTests.now).missing == missing)
    }

    @Test("What is asked comes in the order of the days from which it binds, without what is asked no more")
    func dated() throws {
        let now = MandateTests.now
        let rule = try MandateRule(
            announcedFrom: MandateTests.today - 9, enforcedFrom: MandateTests.today,
            stricter: .init(share: Share(percent: "10"), assurance: .phishingResistant))
        let demands = [
            Demand(.phishingResistant, noticedAt: now, bindsAt: now + Self.day),
            Demand(.secondFactor, noticedAt: now, bindsAt: now - .days(1)),
            Demand(.spare, noticedAt: now, bindsAt: now),
        ]
        let dated = rule.dated(demands, isInTopShare: true)
        #expect(dated.map(\.demand.what) == [.secondFactor, .phishingResistant])
        #expect(dated.map(\.from) == [MandateTests.today.start, now + Self.day])
        #expect(rule.dated(demands, isInTopShare: false).map(\.demand.what) == [.secondFactor])
        let announced = try MandateRule(announcedFrom: MandateTests.today, enforcedFrom: nil)
        #expect(announced.dated(demands, isInTopShare: true).map(\.from) == [nil])
    }

    @Test("Somebody is ready who lacks nothing, has nothing to wait for, and is let in now")
    func ready() throws {
        let now = MandateTests.now
        func readiness(_ facts: MandateFacts) throws -> Readiness {
            Readiness(
                of: try Username(parsing: "ada"), as: .owner, on: try MandateTests.demo(), knowing: facts, at: now)
        }
        let app = FactorHoldings(strongest: .secondFactor)
        #expect(try readiness(MandateTests.facts(.enforced, holdings: app)).isReady)
        // Will lack something.
        #expect(try !readiness(MandateTests.facts(.enforced, bindsAt: now + .days(20))).isReady)
        // Has what will be asked, but it counts later than it is asked for.
        var waiting = try MandateTests.facts(.enforced, bindsAt: now + .hours(1), holdings: app)
        (waiting.probationUntil, waiting.probationReason) = (now + .hours(3), .firstFactor)
        let waits = try readiness(waiting)
        #expect(waits.judgement == .allowed && waits.refusal == nil && !waits.isReady)
        // Put it off, and recovered the account since: whatever was put off, nobody publishes for a while.
        var recovered = try MandateTests.facts(.enforced, holdings: app)
        recovered.delay = MandateDelay(until: now + .days(10), lacking: [.secondFactor])
        (recovered.probationUntil, recovered.probationReason) = (now + .hours(3), .recovery)
        let kept = try readiness(recovered)
        #expect(kept.judgement == .allowed && kept.pendingFactor == nil && !kept.isReady)
    }

    @Test("A person is listed once with all projects at which something lacks, and not where nothing does")
    func lacking() throws {
        func standing(_ text: String, _ people: [(String, Assurance)]) throws -> CriticalProjectStanding {
            let name = try ProjectName(parsing: text)
            return CriticalProjectStanding(
                project: CriticalProject(designation: try MandateTests.designation()), isThere: true, demands: [],
                people: try people.map { user, strongest in
                    let holdings = FactorHoldings(strongest: strongest)
                    let facts = try MandateTests.facts(.enforced, holdings: holdings)
                    return CriticalProjectStanding.Person(
                        readiness: Readiness(
                            of: try Username(parsing: user), as: .owner, on: name, knowing: facts,
                            at: MandateTests.now), delayedUntil: nil, weakTokens: 0)
                })
        }
        let lacking = CriticalLack.all(in: [
            try standing("two", [("Zoe", .password), ("bob", .secondFactor)]),
            try standing("one", [("zoe", .password), ("ada", .password)]),
        ])
        #expect(lacking.map(\.user.normalized) == ["ada", "zoe"])
        #expect(lacking[1].projects.map(\.name.normalized) == ["two", "one"])
    }

    @Test("What few people have is kept from everybody, and from no administrator")
    func publicFigures() throws {
        for (people, withFactor, resistant, isPublic) in Self.groups {
            let figures = CriticalFigures(
                critical: 1, people: people, withFactor: withFactor, phishingResistant: resistant)
            let line = CriticalTotalsLine(figures, isForEverybody: true)
            #expect((line.withFactor != nil) == isPublic && (line.phishingResistant != nil) == isPublic)
            #expect(CriticalTotalsLine(figures, isForEverybody: false).withFactor == withFactor)
            let day = CriticalDay(
                day: MandateTests.today, projects: 9, threshold: 1, critical: 1, people: people,
                withFactor: withFactor, phishingResistant: resistant)
            #expect((CriticalDayLine(day, isForEverybody: true).withFactor != nil) == isPublic)
            #expect(CriticalDayLine(day, isForEverybody: false).phishingResistant == resistant)
        }
    }

    // swift-format-ignore
    static let groups: [(people: Int, withFactor: Int, resistant: Int, isPublic: Bool)] = [
        ( 0, 0, 0, false), ( 1, 1, 1, false), ( 2, 1, 1, false),
        ( 3, 2, 1, true ),
        ( 4, 2, 0, false), ( 4, 4, 2, false), ( 4, 0, 0, false), ( 4, 4, 4, false), ( 4, 3, 3, true ),
        ( 9, 9, 5, false), ( 9, 8, 1, true ),
        (10, 10, 0, true ),
    ]
}
