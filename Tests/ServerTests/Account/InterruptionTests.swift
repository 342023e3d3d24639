import Accounts
import HTTPTypes
import Identity
import PackagingFormats
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("Somebody whose session ends in the middle") struct InterruptionTests {
    let server: TestServer
    let browser: TestBrowser
    let form: KeyValuePairs<String, String> = [
        "description": "laptop & <desk>", "token_scope": "account", "expires": "30",
    ]

    init() async throws {
        server = try await TestServer()
        try await server.addUser("grace")
        browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/token/")
        server.now = server.now + SessionLifetime.idle + .seconds(1)
    }

    private func signIn(_ name: String, next: String = "/account/resume/") async throws -> TestServer.Answer {
        _ = try await browser.get("/account/login/")
        return try await browser.post(
            "/account/login/", ["username": name, "password": TestServer.password, "next": next])
    }

    private func tokens() async throws -> Int {
        try await server.index.stores.tokens.tokens(of: Username(parsing: "grace")).count
    }

    @Test("signs in and goes on with the form as it was typed, by a button of their own")
    func resumed() async throws {
        let asked = try await browser.post("/manage/account/token/", form)
        #expect(asked.location == "/account/login/?next=%2Faccount%2Fresume%2F")
        #expect(try await signIn("grace").location == "/account/resume/")
        let page = try await browser.get("/account/resume/")
        #expect(page.status == 200 && page.text.contains("name=\"description\" value=\"laptop &amp; &lt;desk&gt;\""))
        #expect(page.text.contains("action=\"/manage/account/token/\"") && page.text.contains("Send it now"))
        // Nothing was done by signing in.
        #expect(try await tokens() == 0)
        let made = try await browser.post("/manage/account/token/", form)
        #expect(made.status == 200 && made.text.contains("id=\"token\""))
        #expect(try await tokens() == 1)
    }

    @Test("or confirms something in another window, loses no form of a page from before, and nothing is done unasked")
    func otherWindow() async throws {
        _ = try await signIn("grace", next: "/manage/account/")
        let page = try await browser.get("/manage/account/token/")
        let former = String(try #require(page.text.firstMatch(of: /name="csrf" value="([0-9a-f.]+)"/)).1)
        server.now = server.now + .minutes(6)
        let asked = try await browser.post("/manage/account/addresses/add/", ["email": "second@example.org"])
        let action = try #require(asked.text.firstMatch(of: /action="(\/account\/confirm\/[^"]*)"/))
            .1.description.replacing("&amp;", with: "&")
        let before = browser.secret
        _ = try await browser.post(action, ["email": "second@example.org", "proof_password": TestServer.password])
        #expect(browser.secret != before)
        let late = try await browser.post("/manage/account/token/", form, token: former)
        #expect(late.location == "/account/resume/")
        #expect(try await tokens() == 0)
        let kept = try await browser.get("/account/resume/")
        #expect(kept.text.contains("make an API token, with description “laptop &amp; &lt;desk&gt;”"))
        // Somebody else's page, or another browser's, is none of this one.
        let other = TestBrowser(server)
        _ = try await other.signIn("grace")
        _ = try await other.get("/manage/account/token/")
        #expect(try await other.post("/manage/account/token/", form, token: former).status == 403)
    }

    @Test("leaves nothing to another person who signs in there, nor in another browser")
    func foreign() async throws {
        try await server.addUser("mallory")
        _ = try await browser.post("/manage/account/token/", form)
        let other = TestBrowser(server)
        _ = try await other.signIn("grace")
        #expect(try await other.get("/account/resume/").location == "/manage/account/")
        _ = try await signIn("mallory")
        #expect(try await browser.get("/account/resume/").location == "/manage/account/")
    }

    @Test("has a quarter of an hour, and is never sent what holds a password")
    func bounds() async throws {
        _ = try await browser.post("/manage/account/token/", form)
        let password = try await browser.post(
            "/manage/account/change-password/", ["new_password": "other words that rhyme not"])
        #expect(password.location == "/account/login/?next=%2Fmanage%2Faccount%2Fchange-password%2F")
        _ = try await signIn("grace")
        server.now = server.now + InterruptedForms.lifetime
        #expect(try await browser.get("/account/resume/").location == "/manage/account/")
    }

    @Test("keeps nothing for a form that another site made up")
    func madeUp() async throws {
        let refused = try await browser.post(
            "/manage/account/token/", form, token: String(repeating: "0", count: 64) + ".1")
        #expect(refused.status == 403)
        _ = try await signIn("grace")
        #expect(try await browser.get("/account/resume/").location == "/manage/account/")
    }
}
