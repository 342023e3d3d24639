import Accounts
import PackagingFormats
import Policy
import Ports
import Primitives
import Server
import Stores
import Support
import Testing
import UTC

@Suite("A first factor that waits, on the pages and in the mail of anyone who added it") struct FirstFactorPageTests {
    private let pages: MandatePageTests
    private var server: TestServer { pages.server }
    private var grace: TestBrowser { pages.grace }

    /// Grace owns a critical project of ada's that asks for a second factor since today.
    init() async throws {
        pages = try await MandatePageTests()
        try await pages.set()
    }

    @Test("is said why, and what is refused meanwhile can be put off by one button")
    func delay() async throws {
        _ = try await pages.addApp()
        let page = try await grace.get("/manage/account/two-factor/")
        #expect(page.text.contains("it has to wait because your primary address has not been verified for thirty days"))
        #expect(page.text.contains("action=\"/manage/project/demo-pkg/security/delay/\""))
        #expect(page.text.contains("Put off demo-pkg"))
        let done = try await grace.post(
            "/manage/project/demo-pkg/security/delay/", ["next": "/manage/account/two-factor/"])
        #expect(done.location == "/manage/account/two-factor/?flash=mandate-delayed")
        let after = try await grace.get(done.location)
        #expect(after.text.contains("It is put off by 14 days.") && !after.text.contains("Put off demo-pkg"))
    }

    @Test(
        "is put off on a short page, where the refusal sends, before it is there; who has put it off sees what is asked"
    )
    func delayPage() async throws {
        let path = "/manage/project/demo-pkg/security/delay/"
        let page = try await grace.get(path)
        #expect(page.status == 200 && page.text.contains("Your account has none."))
        #expect(page.text.contains("id=\"put-off\"") && page.text.contains(">Add what is missing<"))
        let done = try await grace.post(path, ["next": "/manage/account/two-factor/"])
        #expect(done.location == "/manage/account/two-factor/?flash=mandate-delayed")
        // The next step is there.
        #expect(try await grace.get(done.location).text.contains("Mail me the link"))
        #expect(try await grace.get(path).location == "/manage/project/demo-pkg/security/")
        _ = try await pages.addApp()
        let answer = try await grace.get("/manage/account/two-factor/?flash=app-added")
        #expect(answer.text.contains("except on those that you put off: <bdi>demo-pkg (until "))
        #expect(!answer.text.contains("What is known of it"))
        let stranger = TestBrowser(server)
        try await server.addUser("mallory")
        _ = try await stranger.signIn("mallory")
        #expect(try await stranger.get(path).status == 403)
    }

    @Test("names in the answer to an upload who can vouch, and nobody where nobody can")
    func refusal() async throws {
        _ = try await pages.addApp()
        // Ada, the other owner, has no second factor yet: she cannot vouch.
        let refused = try await grace.get(pages.settings).status == 200
        #expect(refused)
        let before = try await pages.critical.obligations(of: try await id("grace"), at: server.now)
        #expect(before.first?.ways.contains { if case .vouching = $0 { true } else { false } } == false)
        try await TestGiveaway.addKey(to: try await id("ada"), model: nil, in: server.index.database, at: server.now)
        let after = try await pages.critical.obligations(of: try await id("grace"), at: server.now)
        let ada = try Username(parsing: "ada")
        let name = try Username(parsing: "grace")
        #expect(after.first?.ways.contains(.vouching(by: [ada], for: name)) == true)
    }

    @Test("is frozen by the button of the mail, in any browser; and everybody is signed out")
    func disowning() async throws {
        _ = try await pages.addApp()
        let link = try #require(try await server.mailedPath("/account/not-me/", to: "grace@example.org"))
        let elsewhere = TestBrowser(server)
        // A mail program that looks at the link freezes nothing.
        let page = try await elsewhere.get(link)
        #expect(page.status == 200 && page.text.contains("Freeze it"))
        #expect(try await grace.get("/manage/account/").status == 200)
        let done = try await elsewhere.post(link)
        #expect(done.location == "/account/request-password-reset/?flash=disowned")
        #expect(try await elsewhere.get(done.location).text.contains("It is frozen"))
        #expect(try await grace.get("/manage/account/").status != 200)
        #expect(try await elsewhere.get(link).status == 404)
        let factors = try await server.index.stores.factors.factors(of: try await id("grace"))
        #expect(!factors.hasSecondFactor && factors.disowned.count == 1)
        // Who signs in sees it.
        let again = TestBrowser(server)
        _ = try await again.signIn("grace")
        #expect(try await again.get("/manage/account/two-factor/").text.contains("Not yours"))
    }

    @Test("is frozen once, whichever of two browsers presses the button that both show, and the other says so")
    func twoBrowsers() async throws {
        _ = try await pages.addApp()
        let link = try #require(try await server.mailedPath("/account/not-me/", to: "grace@example.org"))
        let (phone, desk) = (TestBrowser(server), TestBrowser(server))
        for browser in [phone, desk] { #expect(try await browser.get(link).text.contains("Freeze it")) }
        #expect(try await phone.post(link).location == "/account/request-password-reset/?flash=disowned")
        let serial = try await server.index.stores.journal.latestSerial()
        let late = try await desk.post(link)
        #expect(late.status == 404 && late.text.contains("This link was used already"))
        #expect(try await server.index.stores.journal.latestSerial() == serial)
        #expect(try await desk.get(link).status == 404)
    }

    @Test("waits by the setting of a server that runs, which is read anew at every enrolment")
    func setting() async throws {
        let other = try await TestServer(settings: { $0.accounts.rule.firstFactorEvidence = .off })
        #expect(try await other.index.stores.accountRules.rule().firstFactorEvidence == .off)
        var rule = try await server.index.stores.accountRules.rule()
        rule.firstFactorEvidence = .off
        try await server.index.stores.accountRules.set(rule, by: .operatorAtMachine, at: server.now)
        _ = try await pages.addApp()
        let page = try await grace.get("/manage/account/two-factor/")
        #expect(page.text.contains("this index lets every first factor wait"))
    }

    private func id(_ name: String) async throws -> UserID {
        try #require(try await server.index.stores.accounts.user(named: Username(parsing: name))).id
    }
}
