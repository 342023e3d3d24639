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
            return facts.pendingFactor(at: now)
        }
        #expect(try pendingFactor(-1, 60) == PendingFactor(from: now - .seconds(1), until: now + .seconds(60)))
        #expect(try pendingFactor(59, 60)?.from == now + .seconds(59))
        #expect(
            try pendingFactor(60, 60) == nil && pendingFactor(-1, 0) == nil
                && pendingFactor(-1, 60, Self.nothing) == nil)
        var owners = MandateFacts(requiredByOwners: .secondFactor, holdings: Self.app)
        owners.probationUntil = now + .seconds(60)
        #expect(owners.pendingFactor(at: now) != nil)
    }
}
