import Accounts
import Acts
import PackagingFormats
import Policy
import Testing
import Web

@testable import Site

@Suite("The form of a token") struct TokenFormTests {
    @Test("offers for the whole account what no project would refuse, and names those that would")
    func scope() throws {
        let (board, bread) = (try Fixture.name("Cheese_Board"), try Fixture.name("bread"))
        func scope(_ projects: [ProjectName], _ holdings: FactorHoldings) throws -> String {
            TokensPage(
                [], projects: projects, typed: FormFields(""), madeWith: .password, strongest: holdings.strongest,
                asking: [try MandateBannerTests().obligation(holdings)], at: CriticalPagesUnderTest.now
            ).accountScope
        }
        let nothing = FactorHoldings()
        #expect(try scope([board, bread], MandateBannerTests.key) == "All your projects, those to come included")
        #expect(
            try scope([board, bread], nothing) == "All your projects, those to come included, but not Cheese_Board")
        #expect(try scope([board], nothing) == "Projects to come; those that you have would refuse it")
    }
}
