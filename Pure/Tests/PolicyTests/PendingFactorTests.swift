import Accounts
import Acts
import PackagingFormats
import Policy
import Testing
import UTC

@Suite("What an account has that does not count yet") struct PendingFactorTests {
    static let nothing = FactorHoldings()
    static let app = FactorHoldings(strongest: .secondFactor)

    static func token(_ label: String, _ assurance: Assurance, projects: Set<String>? = nil) -> LiveToken {
        LiveToken(id: "id-of-it", label: label, assurance: assurance, projects: projects)
    }

    @Test("Tokens are weak by what a session takes, never by a spare, for the projects that they are for")
    func weakTokens() throws {
        var facts = try MandateTests.facts(.enforced, needsSpare: true, holdings: Self.app)
        facts.demands.append(
            Demand(.phishingResistant, noticedAt: MandateTests.now, bindsAt: MandateTests.now + .days(1)))
        facts.rule = try MandateRule(
            announcedFrom: MandateTests.today - 90, enforcedFrom: MandateTests.today - 30,
            stricter: .init(share: Share(percent: "10"), assurance: .phishingResistant), needsSpare: true)
        facts.isInTopShare = true
        let all = [
            Self.token("old", .password), Self.token("", .secondFactor), Self.token("new", .phishingResistant),
            Self.token("elsewhere", .password, projects: ["other"]),
            Self.token("here", .password, projects: ["demo", "x"]),
        ]
        let weak = WeakTokens(all, for: try MandateTests.demo(), knowing: facts, at: MandateTests.now)
        #expect(weak.refused == ["“old”", "“here”"])
        #expect(weak.later == ["the one with the identifier id-of-it"])
        #expect(weak.from == MandateTests.now + .days(1) && weak.needed == .phishingResistant)
        let none = WeakTokens(all, for: try MandateTests.demo(), knowing: .none, at: MandateTests.now)
        #expect(none.isEmpty && none.explanation == nil)
    }

    @Test("A new factor is waited for only where it counts later than it is asked for")
    func waits() throws {
        let now = MandateTests.now
        func pendingFactor(_ bindsIn: Int64, _ probation: Int64, _ holdings: FactorHoldings = Self.app) throws
            -> PendingFactor?
        {
            var facts = try MandateTests.facts(.enforced, bindsAt: now + .seconds(bindsIn), holdings: holdings)
            facts.probationUntil = now + .seconds(probation)
            return facts.pendingFactor(on: try MandateTests.demo(), at: now)
        }
        let waits = try #require(try pendingFactor(-1, 60))
        #expect(waits.from == now - .seconds(1) && waits.until == now + .seconds(60))
        #expect(waits.ways.contains(.wait(until: now + .seconds(60))))
        #expect(try pendingFactor(59, 60)?.from == now + .seconds(59))
        #expect(
            try pendingFactor(60, 60) == nil && pendingFactor(-1, 0) == nil
                && pendingFactor(-1, 60, Self.nothing) == nil)
        var owners = MandateFacts(requiredByOwners: .secondFactor, holdings: Self.app)
        owners.probationUntil = now + .seconds(60)
        owners.probationReason = .firstFactor
        owners.person = WayFacts(user: try Username(parsing: "ada"), vouchers: [try Username(parsing: "grace")])
        // Nothing is put off of what the owners ask; who can vouch is named there as well.
        let asked = try #require(owners.pendingFactor(on: try MandateTests.demo(), at: now))
        #expect(asked.explanation(at: now).text(\.words).contains("Ask grace to vouch for it"))
    }

    @Test("It is waited for from the first day on that asks for a factor, whatever asks for it; a spare is not one")
    func firstDay() throws {
        let now = MandateTests.now
        var facts = try MandateTests.facts(.enforced, needsSpare: true, holdings: Self.app)
        facts.probationUntil = now + .seconds(60)
        facts.demands = [
            Demand(.secondFactor, noticedAt: now - .days(30), bindsAt: now + .seconds(59)),
            Demand(.spare, noticedAt: now - .days(30), bindsAt: now - .days(1)),
        ]
        let demo = try MandateTests.demo()
        #expect(facts.pendingFactor(on: demo, at: now)?.from == now + .seconds(59))
        facts.requiredByOwners = .secondFactor
        #expect(facts.pendingFactor(on: demo, at: now)?.from == now)
    }

    @Test("What is refused until it counts is said with the day from which it is, where that is to come")
    func words() {
        let now = MandateTests.now
        func words(_ from: Timestamp) -> String {
            PendingFactor(from: from, until: now + .days(3)).explanation(of: "demo", at: now).text(\.words)
        }
        let rest = " publishing to demo and changing it is refused."
        for from in [now - .days(9), now] { #expect(words(from).hasSuffix(" Until then" + rest)) }
        let coming = now + .microseconds(1)
        #expect(words(coming).hasSuffix(" From \(coming.day.readable) on and until then" + rest))
    }

    @Test("A first factor has to be added three days before it is asked for; once that day has begun, none is named")
    func due() {
        let day = MandateTests.today + 7
        for bindsAt in [(day + 3).start, (day + 4).start - .microseconds(1)] {
            #expect(Probation.firstFactorDue(bindsAt: bindsAt, at: day.start - .microseconds(1)) == day)
            #expect(Probation.firstFactorDue(bindsAt: bindsAt, at: day.start) == nil)
        }
    }

    @Test(
        "Somebody without a factor is told of the day, then of those who can vouch, and first of a browser that is known"
    )
    func firstFactor() throws {
        let day = MandateTests.today + 7
        func words(_ bindsAt: Timestamp?, _ ways: [WayThrough], at now: Timestamp) -> String {
            Probation.ofFirstFactor(bindsAt: bindsAt, ways: ways, at: now)
        }
        let rule = "Your second factor counts three days after it was added"
        let vouching = WayThrough.vouching(by: [try Username(parsing: "grace")], for: try Username(parsing: "ada"))
        let known = WayThrough.addFactor(.secondFactor, .atOnceInKnownBrowser, withNewToken: false)
        let waits = WayThrough.addFactor(.secondFactor, .afterProbation, withNewToken: false)
        let (before, bindsAt) = (MandateTests.now, (day + 3).start)
        #expect(words(nil, [waits], at: before) == "\(rule).")
        #expect(words(bindsAt, [waits, vouching], at: before) == "\(rule): add yours before \(day.readable).")
        #expect(words(bindsAt, [waits, vouching], at: day.start) == "\(rule). Before that, grace can vouch for you.")
        #expect(words(bindsAt, [waits], at: day.start) == "\(rule).")
        #expect(words(bindsAt, [known, vouching], at: before).hasPrefix("Add it in a browser in which"))
    }

    /// What a rule says to somebody on a project.
    private static func obligation(
        _ holdings: FactorHoldings, bindsAt: Timestamp, ways: [WayThrough] = []
    ) throws -> Obligation {
        let facts = try MandateTests.facts(.enforced, bindsAt: bindsAt, holdings: holdings)
        let demo = try MandateTests.demo()
        return Obligation(
            project: demo, role: .owner, designation: facts.designation, demands: facts.demands, holdings: holdings,
            judgement: Mandate.judge(accountOn: demo, knowing: facts, at: MandateTests.now), delayedUntil: nil,
            canDelayUntil: nil, ways: ways)
    }

    @Test("It is said where one is asked of somebody who has none, for the first day of all their projects")
    func obligations() throws {
        let now = MandateTests.now
        let (early, late) = (now + .days(20), now + .days(40))
        #expect([Obligation]().firstFactor(at: now) == nil)
        #expect(try [Self.obligation(Self.app, bindsAt: early)].firstFactor(at: now) == nil)
        let free = Obligation(
            project: try MandateTests.demo(), role: .owner, designation: nil, demands: [], judgement: .allowed,
            delayedUntil: nil, canDelayUntil: nil)
        #expect([free].firstFactor(at: now) == nil)
        let coming = try [late, early].map { try Self.obligation(Self.nothing, bindsAt: $0) }
        let due = try #require(Probation.firstFactorDue(bindsAt: early, at: now))
        #expect((coming + [free]).firstFactor(at: now)?.hasSuffix("add yours before \(due.readable).") == true)
        // Who is refused already has no day to keep.
        let refused = try Self.obligation(Self.nothing, bindsAt: now - .days(1))
        #expect((coming + [refused]).firstFactor(at: now) == "Your second factor counts three days after it was added.")
        // Somebody who has a factor that is too weak adds a better one, which is no first one.
        let weak = Obligation(
            project: try MandateTests.demo(), role: .owner, designation: nil, demands: [], holdings: Self.app,
            judgement: refused.judgement, delayedUntil: nil, canDelayUntil: nil)
        #expect([weak].firstFactor(at: now) == nil)
    }
}
