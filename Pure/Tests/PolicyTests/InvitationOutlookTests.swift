import Accounts
import Acts
import PackagingFormats
import Policy
import Testing
import UTC

@Suite("What comes of it if somebody accepts an invitation") struct InvitationOutlookTests {
    static let now = MandateTests.now
    static let until = now + .hours(30)
    static let app = FactorHoldings(strongest: .secondFactor)

    static func outlook(_ facts: MandateFacts, vouchers: [String] = []) throws -> InvitationOutlook {
        InvitationOutlook(
            on: try MandateTests.demo(), knowing: facts, vouchers: try vouchers.map { try Username(parsing: $0) },
            at: now)
    }

    /// What waits for a second factor, which the project has asked for since yesterday.
    static func waiting(_ reason: Probation.Reason, _ until: Timestamp = until) throws -> MandateFacts {
        var facts = try MandateTests.facts(.enforced, holdings: app)
        (facts.probationUntil, facts.probationReason) = (until, reason)
        return facts
    }

    @Test("Where nothing is asked, nothing is said")
    func nothing() throws {
        for facts in [MandateFacts.none, try MandateTests.facts(.enforced, holdings: Self.app)] {
            let outlook = try Self.outlook(facts, vouchers: ["grace"])
            #expect(outlook.missing == nil && outlook.notice == nil && !outlook.asksToAdd)
            #expect(outlook.explanation(hasAccepted: false) == nil)
        }
    }

    @Test("What will be asked is said with its day, or that none is set")
    func coming() throws {
        let bindsAt = Self.now + .days(20)
        let dated = try Self.outlook(MandateTests.facts(.enforced, bindsAt: bindsAt))
        let rest = "publishing to it takes \(Assurance.secondFactor.words), which your account lacks."
        #expect(dated.explanation(hasAccepted: false) == "From \(bindsAt.day.readable) on, \(rest)")
        #expect(dated.notice?.bindsAt == bindsAt && dated.missing == nil && !dated.asksToAdd)
        let undated = try Self.outlook(MandateTests.facts(.announced))
        #expect(undated.explanation(hasAccepted: true) == "Once a day is set, \(rest)")
    }

    @Test("Who lacks a factor is asked to add one, and told from when it counts and who can vouch for it")
    func lacking() throws {
        let facts = try MandateTests.facts(.enforced)
        let lacks = "Publishing to it takes \(Assurance.secondFactor.words), and your account has none. "
        let alone = try Self.outlook(facts)
        #expect(alone.asksToAdd)
        for (hasAccepted, then) in [(false, "You can accept now:"), (true, "You have accepted:")] {
            let words = try #require(alone.explanation(hasAccepted: hasAccepted))
            #expect(words.hasPrefix(lacks) && words.contains(" An administrator can vouch for it before. "))
            #expect(words.hasSuffix(" \(then) the role is yours then, without another visit."))
        }
        let vouched = try Self.outlook(facts, vouchers: ["grace"])
        #expect(
            vouched.explanation(hasAccepted: false)?
                .contains(" grace, or an administrator, can vouch for it before. You can accept now: ") == true)
    }

    @Test("Who has one that is too weak, and on probation, adds a better one, which waits as long")
    func tooWeak() throws {
        var facts = try MandateTests.facts(.enforced, required: .phishingResistant, holdings: Self.app)
        (facts.probationUntil, facts.probationReason) = (Self.until, .recovery)
        let words = try Self.outlook(facts).explanation(hasAccepted: false)
        #expect(words?.contains("What you add counts from \(Self.until.readableMinute) on.") == true)
        #expect(words?.contains("vouch") == false)
    }

    @Test("Where a factor waits it is said until when, and that somebody can vouch only where they can")
    func probation() throws {
        for (reason, canVouch) in [(Probation.Reason.firstFactor, true), (.recovery, false)] {
            let outlook = try Self.outlook(try Self.waiting(reason), vouchers: canVouch ? ["grace"] : [])
            #expect(outlook.probationUntil == Self.until && !outlook.asksToAdd)
            let words = try #require(outlook.explanation(hasAccepted: false))
            #expect(words.contains("it counts from \(Self.until.readableMinute) on."))
            #expect(words.contains("vouch for it before") == canVouch)
        }
        #expect(try Self.outlook(Self.waiting(.firstFactor, Self.now)).probationUntil == nil)
        var none = try Self.waiting(.firstFactor)
        none.holdings = FactorHoldings()
        #expect(try Self.outlook(none).probationUntil == nil)
    }

    @Test("What lacks now is said, and not what will be asked later beside it")
    func both() throws {
        var facts = try Self.waiting(.firstFactor)
        facts.rule = try MandateRule(
            announcedFrom: MandateTests.today - 90, enforcedFrom: MandateTests.today - 30, needsSpare: true)
        facts.demands.append(
            Demand(.spare, noticedAt: Self.now - .days(1), bindsAt: Self.now + .days(29)))
        let outlook = try Self.outlook(facts)
        #expect(outlook.missing?.missing == .probation(until: Self.until) && outlook.notice == nil)
    }

    @Test("A spare that lacks is said with what there is of one")
    func spare() throws {
        for (keys, words) in [(0, "and your account has no key yet."), (1, "one key and no recovery codes.")] {
            let holdings = FactorHoldings(strongest: .phishingResistant, securityKeys: keys)
            let outlook = try Self.outlook(MandateTests.facts(.enforced, needsSpare: true, holdings: holdings))
            #expect(outlook.explanation(hasAccepted: false)?.contains(words) == true)
            #expect(outlook.asksToAdd)
        }
    }
}
