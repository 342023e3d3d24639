import Accounts
import Foundation
import HTTPTypes
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("Signing in on the web") struct SignInPageTests {
    @Test("is moved within this index, whatever its address begins with")
    func moved() async throws {
        let server = try await TestServer()
        for path in ["//account/login", "///account/login"] {
            let answer = try await server.send(.get, path)
            #expect(answer.status == 404 || answer.headers[.location] == "/account/login/", "\(path)")
        }
        #expect(try await server.send(.get, "/account/login?next=/a").headers[.location] == "/account/login/?next=/a")
    }

    @Test("leads to the account, under a new secret that only this browser has")
    func signIn() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        let page = try await browser.get("/account/login/")
        #expect(page.status == 200 && page.headers[.cacheControl] == "no-store")
        #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        let planted = try #require(browser.secret)
        let answer = try await browser.post(
            "/account/login/", ["username": "grace", "password": TestServer.password])
        #expect(answer.status == 303 && answer.location == "/manage/account/")
        #expect(answer.headers[.cacheControl] == "no-store")
        #expect(browser.secret != planted)
        #expect(try await browser.get("/manage/account/").text.contains("grace@example.org"))

        let thief = TestBrowser(server)
        thief.secret = planted
        #expect(try await thief.get("/manage/account/").location.hasPrefix("/account/login/"))
    }

    @Test(
        "sets a cookie that only this host gets, and no script", arguments: ["https://i.example", "http://localhost"])
    func cookie(baseURL: String) async throws {
        let server = try await TestServer(baseURL: baseURL)
        let cookie = try #require(try await TestBrowser(server).get("/account/login/").headers[.setCookie])
        let attributes = Set(cookie.components(separatedBy: "; ").dropFirst())
        let isSecure = baseURL.hasPrefix("https://")
        #expect(cookie.hasPrefix(isSecure ? "__Host-rind=" : "rind="))
        #expect(attributes == Set(["Path=/", "HttpOnly", "SameSite=Lax"] + (isSecure ? ["Secure"] : [])))
    }

    @Test("does not take two cookies of one name that differ: one of them was planted")
    func twoCookies() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        let own = try #require(browser.secret)
        browser.secret = "\(own); __Host-rind=\(String(repeating: "0", count: 64))"
        #expect(try await browser.get("/manage/account/").status == 303)
    }

    @Test("says the same of a wrong password and of an unknown account, keeps the name and never the password")
    func wrong() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        let wrong = try await browser.signIn("grace", "swordfish <&> 12")
        let unknown = try await browser.signIn("nobody", "swordfish <&> 12")
        #expect(wrong.status == 400 && unknown.status == 400)
        #expect(!wrong.problem.isEmpty && wrong.problem == unknown.problem)
        #expect(wrong.text.contains("value=\"grace\"") && !wrong.text.contains("swordfish"))
        #expect(try await browser.get("/manage/account/").status == 303)
    }

    @Test("asks to wait after ten wrong passwords, and says how long")
    func tooMany() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        for _ in 0..<10 { #expect(try await browser.signIn("grace", "wrong").status == 400) }
        let refused = try await browser.signIn("grace")
        #expect(refused.status == 429 && refused.headers[.retryAfter] == "300")
        #expect(refused.problem.contains("Try again in"))
        server.now = server.now + .seconds(301)
        #expect(try await browser.signIn("grace").status == 303)
    }

    @Test(
        "leads back to where one wanted to go, and never to another site",
        arguments: [
            ("/manage/account/token/", "/manage/account/token/"), ("/manage/projects/?a=b", "/manage/projects/?a=b"),
            ("//evil.example/", nil), ("https://evil.example/", nil), ("/\\evil.example/", nil), ("\\/evil", nil),
            ("/\t/evil.example", nil), ("javascript:alert(1)", nil), ("/a\r\nSet-Cookie: x=y", nil), ("", nil),
            ("/é", nil),
        ])
    func next(wanted: String, leads: String?) async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.get("/account/login/")
        let answer = try await browser.post(
            "/account/login/", ["username": "grace", "password": TestServer.password, "next": wanted])
        #expect(answer.location == leads ?? "/manage/account/")
        let cookies = answer.headers[values: .setCookie].map { String($0.prefix { $0 != "=" }) }
        #expect(cookies == ["__Host-rind-known", "__Host-rind-name", "__Host-rind"])
    }

    @Test("is passed by for anyone who is signed in, and ends a session that the browser had")
    func again() async throws {
        let server = try await TestServer()
        let grace = try await server.addUser("grace")
        try await server.addUser("linus")
        let browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/")
        #expect(try await browser.get("/account/login/?next=/manage/projects/").location == "/manage/projects/")
        _ = try await browser.get("/manage/account/")
        #expect(
            try await browser.post("/account/login/", ["username": "linus", "password": TestServer.password]).status
                == 303)
        #expect(try await server.index.stores.sessions.sessions(of: grace.id, at: server.now).isEmpty)
    }

    @Test("signs out: the session ends and the cookie is taken back")
    func signOut() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/")
        let kept = browser.secret
        let answer = try await browser.post("/account/logout/")
        #expect(answer.location == "/account/login/?flash=signed-out")
        #expect(answer.headers[.setCookie]?.contains("Max-Age=0") == true && browser.secret == nil)
        // Not "cookies": that would take the known device's, and those of every other site on the domain.
        let cleared = HTTPField.Name("Clear-Site-Data").flatMap { answer.headers[$0] }
        #expect(cleared == "\"cache\", \"storage\"" && browser.mark != nil)
        browser.secret = kept
        #expect(try await browser.get("/manage/account/").status == 303)
        #expect(try await browser.get("/account/login/?flash=signed-out").text.contains("You are signed out."))
        #expect(try await !browser.get("/account/login/?flash=%3Cscript%3E").text.contains("<script>"))
    }

    @Test("is one click away on every page, and one more where pages are the same for everybody")
    func signOutEverywhere() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        #expect(try await browser.get("/account/logout/").location == "/account/login/")
        _ = try await browser.signIn("grace")
        for page in ["/", "/search/", "/security/", "/user/grace/", "/manage/account/", "/account/logout/"] {
            #expect(try await browser.get(page).text.contains("/account/logout/"), "\(page)")
        }
        #expect(try await browser.get("/account/logout/").text.contains("You are signed in as grace in this browser."))
        #expect(try await browser.post("/account/logout/").location == "/account/login/?flash=signed-out")
    }
}

@Suite("A form of an account's page") struct FormTests {
    private func signedIn() async throws -> TestBrowser {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.signIn("grace")
        _ = try await browser.get("/manage/account/")
        return browser
    }

    private let address: KeyValuePairs = ["email": "evil@example.org"]

    @Test("without its token, with another one or with another browser's is refused, and changes nothing")
    func token() async throws {
        let browser = try await signedIn()
        let other = TestBrowser(browser.server)
        _ = try await other.get("/account/login/")
        let right = try #require(browser.token)
        for wrong in [nil, "", "0", String(repeating: "0", count: 64), other.token, right + "0"] as [String?] {
            let refused = try await browser.post("/manage/account/addresses/add/", address, token: .some(wrong))
            #expect(refused.status == 403)
            #expect(refused.text.contains("Nothing was changed") && refused.headers[.cacheControl] == "no-store")
        }
        #expect(try await !browser.get("/manage/account/").text.contains("evil@example.org"))
        #expect(try await browser.post("/manage/account/addresses/add/", address).status == 303)
        #expect(try await browser.get("/manage/account/").text.contains("evil@example.org"))
    }

    @Test(
        "from another site is refused, even with the right token",
        arguments: [
            ("Origin", "https://evil.example"), ("Origin", "null"), ("Sec-Fetch-Site", "cross-site"),
            ("Sec-Fetch-Site", "same-site"),
        ])
    func origin(field: String, value: String) async throws {
        let browser = try await signedIn()
        let name = try #require(HTTPField.Name(field))
        browser.headers[name] = value
        #expect(try await browser.post("/manage/account/addresses/add/", address).status == 403)
        browser.headers[name] = field == "Origin" ? "https://packages.example.org" : "same-origin"
        #expect(try await browser.post("/manage/account/addresses/add/", address).status == 303)
    }

    @Test("that a browser without a cookie sends is refused")
    func noCookie() async throws {
        let browser = try await signedIn()
        let token = browser.token
        browser.secret = nil
        let refused = try await browser.post(
            "/account/login/", ["username": "grace", "password": TestServer.password], token: .some(token))
        #expect(refused.status == 403 && refused.text.contains("Cookies"))
    }

    @Test("that is too large is refused, and so is what a script sends")
    func tooLarge() async throws {
        let browser = try await signedIn()
        let long = String(repeating: "a", count: 70_000)
        #expect(try await browser.post("/manage/account/addresses/add/", ["email": long]).status == 413)
        #expect(try await browser.ask("/account/login/passkey/", String(repeating: "a", count: 270_000)).status == 413)
    }

    @Test("for a script wants its token in a field of its own, and answers with a problem")
    func ceremony() async throws {
        let browser = try await signedIn()
        let refused = try await browser.ask("/account/login/passkey/options/", token: .some(nil))
        #expect(refused.status == 403 && refused.headers[.contentType] == "application/problem+json")
        let options = try await browser.ask("/account/login/passkey/options/")
        #expect(options.status == 200 && options.text.contains("\"rpId\":\"packages.example.org\""))
        #expect(options.headers[.cacheControl] == "no-store")
        for body in [
            "", "{}", "[1]", "{\"id\":\"a\",\"rawId\":\"a\",\"type\":\"public-key\",\"response\":{}}", "\u{0}",
        ] {
            _ = try await browser.ask("/account/login/passkey/options/")
            let answer = try await browser.ask("/account/login/passkey/", body)
            #expect(answer.status == 400 && answer.text.contains("factor.key-not-accepted"))
        }
        let replayed = try await browser.ask("/account/login/passkey/", "{}")
        #expect(replayed.status == 400 && replayed.text.contains("factor.challenge-gone"))
    }

    @Test("for a script does not answer 401, for which browsers open a window of their own")
    func sessionGone() async throws {
        let server = try await TestServer()
        let browser = TestBrowser(server)
        for path in ["/account/two-factor/options/", "/account/two-factor/verify/"] {
            let answer = try await browser.ask(path)
            #expect(answer.status == 403 && answer.text.contains("form.session-gone"))
        }
    }

    @Test("that is everybody's says at once who has signed in")
    func name() async throws {
        let server = try await TestServer()
        try await server.addUser("grace")
        let browser = TestBrowser(server)
        _ = try await browser.get("/account/login/")
        let answer = try await browser.post(
            "/account/login/",
            ["username": "grace", "password": TestServer.password, "next": "/project/demo/"])
        #expect(answer.headers[values: .setCookie].contains { $0.contains("rind-name=grace") })
    }

    @Test("tells nothing that is not there of proxies: without one that is trusted, the connection's address counts")
    func addresses() async throws {
        let browser = try await signedIn()
        let name = try #require(HTTPField.Name("X-Forwarded-For"))
        browser.headers[name] = "198.51.100.7"
        _ = try await browser.signIn("grace")
        #expect(try await !browser.get("/manage/account/sessions/").text.contains("198.51.100.7"))
    }

    @Test(
        "or page of an account is in no cache",
        arguments: [
            "/account/login/", "/account/register/", "/account/request-password-reset/", "/manage/account/",
            "/manage/account/two-factor/", "/manage/account/token/", "/manage/account/sessions/",
            "/manage/account/events/", "/manage/projects/", "/manage/account/change-password/", "/account/recover/",
            "/manage/account/recovery-codes/generate/", "/manage/account/enrolment-link/",
        ])
    func noStore(path: String) async throws {
        let browser = try await signedIn()
        let page = try await browser.get(path)
        #expect(page.headers[.cacheControl] == "no-store" && page.headers[.accessControlAllowOrigin] == nil)
        #expect(page.status == 200 || page.status == 303)
        let stranger = try await TestBrowser(browser.server).get(path)
        #expect(stranger.headers[.cacheControl] == "no-store")
        if path.hasPrefix("/manage/") { #expect(stranger.location.hasPrefix("/account/login/?next=")) }
        let bare = try await browser.get(String(path.dropLast()))
        #expect(bare.status == 301 && bare.location == path)
    }
}
