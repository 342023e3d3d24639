import Acts
import PackagingFormats
import Policy
import Testing
import UTC

@testable import Site

@Suite("The banner about critical projects") struct MandateBannerTests {
    let now = CriticalPagesUnderTest.now

    func obligation(
        _ holdings: FactorHoldings, probationUntil: Timestamp? = nil, tokens: [LiveToken] = []
    ) throws -> Obligation {
        let project = try CriticalPagesUnderTest.project("Cheese_Board")
        let name = project.designation.name
        let facts = MandateFacts(
            designation: project.designation, rule: try CriticalPagesUnderTest.rule(), isInTopShare: true,
            demands: CriticalPagesUnderTest.demands(), holdings: holdings, probationUntil: probationUntil)
        return Obligation(
            project: name, role: .owner, designation: facts.designation, demands: facts.demands, holdings: holdings,
            judgement: Mandate.judge(accountOn: name, knowing: facts, at: now),
            pendingFactor: facts.pendingFactor(at: now),
            tokens: WeakTokens(tokens, for: name, knowing: facts, at: now), delayedUntil: nil, canDelayUntil: nil)
    }

    func banner(
        _ obligations: [Obligation], returnPath: String? = nil, path: String = "/manage/account/",
        contact: String? = nil
    ) -> MandateBanner? {
        MandateBanner(
            obligations, returnPath: returnPath, path: path, offersFreeKey: false, contact: contact, at: now)
    }

    static let key = FactorHoldings(strongest: .phishingResistant, securityKeys: 1)

    @Test("is not there where there is nothing to say")
    func nothing() throws {
        #expect(banner([]) == nil)
        #expect(banner([try obligation(Self.key)]) == nil)
        let back = try #require(banner([try obligation(Self.key)], returnPath: "/manage/projects/"))
        #expect(back.items.isEmpty && !back.leadsToFactors && !back.leadsToTokens && back.contact == nil)
    }

    @Test("says why, what, from when and what the account has, and who answers questions")
    func announced() throws {
        let banner = try #require(
            banner([try obligation(FactorHoldings(strongest: .secondFactor))], contact: "help@example.org"))
        let words = try #require(banner.items.first?.words)
        let day = (now + .days(30)).day.readable
        #expect(
            words.contains("number 3 by downloads") && words.contains("From \(day) on, publishing to it")
                && words.hasSuffix("Your account has none yet."))
        #expect(!banner.isRefusing && banner.firstFactor == nil && banner.leadsToFactors)
        #expect(banner.contact?.contactPath == "mailto:help@example.org")
    }

    @Test("tells of three projects in words, and of the others by name")
    func many() throws {
        let one = try obligation(FactorHoldings(strongest: .secondFactor))
        let many = try #require(banner([Obligation](repeating: one, count: 8)))
        #expect(many.items.count == 3 && many.others?.items.count == 5)
        #expect(try #require(banner([one, one, one])).others == nil)
    }

    @Test("of a person without a factor speaks to them, and of the three days")
    func refused() throws {
        let banner = try #require(banner([try obligation(FactorHoldings())], contact: "example.org/help"))
        #expect(banner.isRefusing && banner.items.first?.words.hasSuffix("Your account has none.") == true)
        #expect(banner.firstFactor?.contains("three days") == true)
        #expect(banner.contact?.contactPath == nil && banner.contact?.contactText == "example.org/help")
    }

    @Test("says that a factor waits, and which tokens are refused")
    func waitingAndTokens() throws {
        let pendingFactor = try obligation(Self.key, probationUntil: now + .hours(1))
        #expect(banner([pendingFactor])?.items.first?.words.contains("it counts from") == true)
        #expect(banner([pendingFactor])?.isRefusing == true && banner([pendingFactor])?.leadsToFactors == false)
        let old = LiveToken(id: "x", label: "laptop", assurance: .password, projects: nil)
        let app = LiveToken(id: "x", label: "ci", assurance: .secondFactor, projects: nil)
        let weak = try #require(banner([try obligation(Self.key, tokens: [old, app])]))
        #expect(weak.items.isEmpty && weak.isRefusing && weak.leadsToTokens)
        #expect(weak.tokenWords?.contains("too little: “laptop”.") == true)
        #expect(weak.tokenWords?.contains("on, these are refused: “ci”.") == true)
        #expect(
            banner([try obligation(Self.key, tokens: [old])], path: "/manage/account/token/")?.leadsToTokens == false)
    }
}
