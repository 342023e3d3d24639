import Accounts
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
            pendingFactor: facts.pendingFactor(on: name, at: now),
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
        #expect(back.items.isEmpty && back.button?.buttonPath == "/manage/projects/" && back.contact == nil)
        #expect(back.returnPath == nil, "it is not said twice")
    }

    @Test("and the page to put off say of a factor that waits from when on publishing is refused, and not that it is")
    func waiting() throws {
        let lacking = try obligation(Self.key)
        func words(askedFrom from: Timestamp) throws -> String {
            let pending = PendingFactor(from: from, until: now + Probation.length)
            let obligation = Obligation(
                project: lacking.project, role: .owner, designation: lacking.designation, demands: lacking.demands,
                holdings: Self.key, judgement: .allowed, pendingFactor: pending, delayedUntil: nil,
                canDelayUntil: now + .days(14))
            return try #require(DelayPage(obligation, at: now)).words
        }
        let tomorrow = now + .days(1)
        let later = "From \(tomorrow.day.readable) on and until then publishing to Cheese_Board"
        #expect(try words(askedFrom: tomorrow).contains(later))
        #expect(try words(askedFrom: now).contains("Until then publishing to Cheese_Board"))
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
        #expect(
            !banner.isRefusing && banner.firstFactor == nil
                && banner.button?.buttonPath == "/manage/account/two-factor/")
        #expect(banner.line == "More is asked from \(day) on: " && banner.lineProject == "Cheese_Board")
        #expect(banner.contact?.contactPath == "mailto:help@example.org")
    }

    @Test("tells of three projects in words, and of the others by name")
    func many() throws {
        let one = try obligation(FactorHoldings(strongest: .secondFactor))
        let many = try #require(banner([Obligation](repeating: one, count: 8)))
        #expect(many.items.count == 3 && many.others?.items.count == 5)
        #expect(many.line.hasSuffix(" on: 8 projects") && many.lineProject == nil)
        #expect(try #require(banner([one, one, one])).others == nil)
    }

    @Test("of a person without a factor speaks to them, and of the three days")
    func refused() throws {
        let banner = try #require(banner([try obligation(FactorHoldings())], contact: "example.org/help"))
        #expect(banner.isRefusing && banner.items.first?.words.hasSuffix("Your account has none.") == true)
        #expect(banner.firstFactor?.contains("three days") == true)
        #expect(banner.line == "Publishing is refused: " && banner.lineProject == "Cheese_Board")
        #expect(banner.contact?.contactPath == nil && banner.contact?.contactText == "example.org/help")
    }

    @Test("says that a factor waits, and which tokens are refused")
    func waitingAndTokens() throws {
        let pendingFactor = try obligation(Self.key, probationUntil: now + .hours(1))
        #expect(banner([pendingFactor])?.items.first?.words.contains("counts from") == true)
        #expect(banner([pendingFactor])?.isRefusing == true)
        #expect(banner([pendingFactor])?.line.hasPrefix("Your second factor counts from ") == true)
        #expect(banner([pendingFactor])?.button?.buttonPath == "/manage/project/cheese-board/security/")
        let old = LiveToken(id: "x", label: "laptop", assurance: .password, projects: nil)
        let app = LiveToken(id: "x", label: "ci", assurance: .secondFactor, projects: nil)
        let weak = try #require(banner([try obligation(Self.key, tokens: [old, app])]))
        #expect(weak.items.isEmpty && weak.isRefusing && weak.button?.buttonPath == "/manage/account/token/")
        #expect(weak.line == "API tokens of yours are refused")
        #expect(weak.tokenWords?.contains("Refused already: “laptop”.") == true)
        #expect(weak.tokenWords?.contains(" on: “ci”.") == true)
        #expect(
            banner([try obligation(Self.key, tokens: [old])], path: "/manage/account/token/")?.button == nil,
            "the person is there")
    }

    @Test(
        "has one button, and leads nowhere where the person is; where something lacks there, the way back is told inside"
    )
    func oneButton() throws {
        let lacking = try obligation(FactorHoldings())
        let there = try #require(
            banner([lacking], returnPath: "/manage/projects/", path: "/manage/account/two-factor/"))
        #expect(there.button == nil && there.returnPath == "/manage/projects/")
        let elsewhere = try #require(banner([lacking], returnPath: "/manage/projects/"))
        #expect(elsewhere.button?.buttonID == "to-factors" && elsewhere.returnPath == "/manage/projects/")
    }

    @Test("A co-owner's word is the end of it for most, and not for administrators, whose acts wait all the same")
    func administrators() throws {
        let probation = Probation(.firstFactor, until: now + .days(2), voucher: try Username(parsing: "bob"))
        func words(_ isAdministrator: Bool) -> ProbationWords? {
            ProbationWords(probation, isAdministrator: isAdministrator, vouchAddress: "", [], at: now)
        }
        #expect(words(false) == nil)
        #expect(words(true)?.reach.hasSuffix(", and what administrators do is refused") == true)
    }
}
