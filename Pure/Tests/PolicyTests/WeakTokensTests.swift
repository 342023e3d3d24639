import Acts
import PackagingFormats
import Policy
import Testing
import UTC

@Suite("API tokens that were made with less than a project asks for") struct WeakTokensTests {
    static let now = MandateTests.now
    static let (first, second) = (now + .days(1), now + .days(2))

    static let password = PendingFactorTests.token("password", .password)
    static let app = PendingFactorTests.token("app", .secondFactor)
    static let key = PendingFactorTests.token("key", .phishingResistant)

    /// A project that asks for a second factor from one day on, and for a key from another.
    static func facts(first: Timestamp = first, second: Timestamp = second) throws -> MandateFacts {
        var facts = try MandateTests.facts(.enforced, required: .phishingResistant)
        facts.demands = [
            Demand(.secondFactor, noticedAt: now - .days(30), bindsAt: first),
            Demand(.phishingResistant, noticedAt: now - .days(30), bindsAt: second),
        ]
        return facts
    }

    static func weak(_ tokens: LiveToken..., knowing facts: MandateFacts) throws -> WeakTokens {
        WeakTokens(tokens, for: try MandateTests.demo(), knowing: facts, at: now)
    }

    @Test("are refused from the first day on which one of them is, and needed is what lasts")
    func coming() throws {
        let facts = try Self.facts()
        let all = try Self.weak(Self.password, Self.app, Self.key, knowing: facts)
        #expect(all.refused == [] && all.later == ["“password”", "“app”"])
        #expect(all.from == Self.first && all.needed == .phishingResistant && !all.isEmpty)
        #expect(try Self.weak(Self.app, Self.key, knowing: facts).from == Self.second)
        let strong = try Self.weak(Self.key, knowing: facts)
        #expect(strong.isEmpty && strong.from == nil)
    }

    @Test("are told apart by whether they are refused already, at the moment from which something is asked")
    func refused() throws {
        let weak = try Self.weak(Self.password, Self.app, Self.key, knowing: Self.facts(first: Self.now))
        #expect(weak.refused == ["“password”"] && weak.later == ["“app”"] && weak.from == Self.second)
        let only = try Self.weak(Self.password, Self.key, knowing: Self.facts(first: Self.now))
        #expect(!only.isEmpty && only.later == [] && only.explanation?.contains("“password”") == true)
    }

    @Test("need what the owners ask for, where that is more than what the index will ask")
    func owners() throws {
        var facts = try Self.facts()
        facts.requiredByOwners = .attestedHardware
        let weak = try Self.weak(Self.password, Self.key, knowing: facts)
        #expect(weak.refused == ["“password”", "“key”"] && weak.later == [] && weak.from == nil)
        #expect(weak.needed == .attestedHardware)
    }

    @Test("of several projects are refused where one refuses them, from the first day of all, and need the most")
    func several() throws {
        let (now, later) = (try Self.facts(first: Self.now), try Self.facts())
        var hardware = MandateFacts(requiredByOwners: .attestedHardware)
        let refused = try Self.weak(Self.password, knowing: now)
        let coming = try Self.weak(Self.password, Self.app, knowing: later)
        let both = WeakTokens([coming, refused, try Self.weak(Self.app, knowing: now)])
        #expect(both.refused == ["“password”"] && both.later == ["“app”"])
        #expect(both.from == Self.first && both.needed == .phishingResistant)
        // A project that refuses none of them asks nothing of them.
        let none = WeakTokens([], for: try MandateTests.demo(), knowing: hardware, at: Self.now)
        #expect(none.isEmpty && WeakTokens([none]).needed == .password)
        #expect(WeakTokens([none, refused]).needed == .phishingResistant)
        hardware.requiredByOwners = .secondFactor
        let weaker = try Self.weak(Self.password, knowing: hardware)
        #expect(weaker.needed == .secondFactor && WeakTokens([weaker, refused]).needed == .phishingResistant)
    }
}
