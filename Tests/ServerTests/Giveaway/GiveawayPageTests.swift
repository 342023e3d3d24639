import Accounts
import Giveaway
import Giveaways
import HTTPTypes
import Identity
import Policy
import Server
import Stores
import Support
import Testing
import UTC

/// An index that gives keys away, and somebody it is for.
struct GivingServer {
    let server: TestServer
    let giveaways: Giveaways
    let titan: GiveawayName

    init(codes: Int = 2) async throws {
        server = try await TestServer()
        giveaways = Giveaways(
            store: server.index.stores.giveaways, keys: server.index.keys, limiter: MemoryRateLimiter())
        titan = try GiveawayName(parsing: "titan-2022")
        try await giveaways.create(
            titan, TestGiveaway.terms(around: server.now), by: .operatorAtMachine, at: server.now)
        guard codes > 0 else { return }
        _ = try await giveaways.importCodes(
            TestGiveaway.codes(codes), into: titan, by: .operatorAtMachine, at: server.now)
    }

    @discardableResult
    func maintainer(_ name: String) async throws -> User {
        let user = try await server.addUser(name)
        try await TestGiveaway.designate("core", maintainers: [user.id], in: server.index.database, at: server.now)
        return user
    }

    /// Somebody's browser, signed in, with the page open.
    func browser(_ name: String) async throws -> TestBrowser {
        let browser = TestBrowser(server)
        _ = try await browser.signIn(name)
        // Who gets no code is shown no form; the token is on this page, too.
        _ = try await browser.get("/manage/account/")
        return browser
    }

    static let path = "/security-key-giveaway/"
}

extension TestServer.Answer {
    /// The code on the page of giveaways.
    fileprivate var giveawayCode: String? {
        text.firstMatch(of: /id="giveaway-code">([^<]+)</).map { String($0.1) }
    }
}

@Suite("/security-key-giveaway/") struct GiveawayPageTests {
    static let path = GivingServer.path

    @Test("says to everybody what it is, and leads anyone who is not signed in to where they can be, and back")
    func anonymous() async throws {
        let giving = try await GivingServer()
        try await giving.maintainer("grace")
        let browser = TestBrowser(giving.server)
        let page = try await browser.get(Self.path)
        #expect(page.status == 200 && page.headers[.cacheControl] == "no-store")
        for words in ["Google", "Titan Security Key", "two keys", "Switzerland", "2 of 2 codes", "Sign in"] {
            #expect(page.text.contains(words), "\(words)")
        }
        #expect(!page.text.contains("<select"))
        #expect(page.text.contains("/account/login/?next=%2Fsecurity-key-giveaway%2F"))
        let asked = try await browser.post(Self.path, ["giveaway": "titan-2022", "country": "AT"])
        #expect(asked.status == 303 && asked.location == "/account/login/?next=%2Fsecurity-key-giveaway%2F")
        _ = try await browser.get(asked.location)
        let signedIn = try await browser.post(
            "/account/login/", ["username": "grace", "password": TestServer.password, "next": Self.path])
        #expect(signedIn.location == Self.path)
    }

    @Test("gives a code by a form without scripts, and shows the same one ever after, to its holder alone")
    func code() async throws {
        let giving = try await GivingServer()
        for name in ["grace", "hedy"] { try await giving.maintainer(name) }
        let grace = try await giving.browser("grace")
        let form = try await grace.get(Self.path)
        #expect(form.text.contains("<option value=\"AT\">Austria</option>") && form.giveawayCode == nil)
        #expect(form.text.contains("<option value=\"BR\">Brazil</option>"))
        let asked = try await grace.post(Self.path, ["giveaway": "titan-2022", "country": "AT"])
        #expect(asked.status == 303 && asked.location == "/security-key-giveaway/?flash=code-issued")
        let shown = try await grace.get(asked.location)
        let code = try #require(shown.giveawayCode)
        #expect(code.hasPrefix("TITAN-") && shown.text.contains("https://store.example.com/titan"))
        #expect(shown.text.contains("Here is your code.") && shown.text.contains("you said Austria"))
        // Once more, with another country, by whatever browser.
        #expect(try await grace.post(Self.path, ["giveaway": "titan-2022", "country": "JP"]).status == 303)
        #expect(try await giving.browser("grace").get(Self.path).giveawayCode == code)

        let hedy = try await giving.browser("hedy")
        #expect(try await hedy.get(Self.path).giveawayCode == nil)
        #expect(try await hedy.post(Self.path, ["country": "US"]).status == 303)
        let other = try #require(try await hedy.get(Self.path).giveawayCode)
        #expect(other != code)

        try await giving.giveaways.close(giving.titan, by: .operatorAtMachine, at: giving.server.now)
        #expect(try await grace.get(Self.path).giveawayCode == code)
        _ = try await grace.post("/account/logout/")
        #expect(try await grace.get(Self.path).giveawayCode == nil)
    }

    @Test("refuses in words of its own, on a page, with a status that programs understand")
    func refusals() async throws {
        let giving = try await GivingServer(codes: 1)
        let server = giving.server
        let ada = try await giving.maintainer("grace")
        try await giving.maintainer("hedy")
        try await server.addUser("eve")
        func ask(_ name: String, country: String = "AT") async throws -> TestServer.Answer {
            try await giving.browser(name).post(Self.path, ["giveaway": "titan-2022", "country": country])
        }
        let cases: [(String, String, Int, String)] = [
            ("eve", "AT", 403, "owners and maintainers of critical projects, and you are neither"),
            ("grace", "BR", 400, "Google does not send keys to Brazil. It sends them to Austria"),
            ("grace", "XX", 400, "There is no country “XX”"),
            ("grace", "", 400, "Say in which country you are."),
        ]
        for (name, country, status, words) in cases {
            let refused = try await ask(name, country: country)
            #expect(refused.status == status && refused.problem.contains(words), "\(name) \(country)")
        }
        #expect(try await ask("grace", country: "BR").text.contains("<option value=\"BR\" selected>"))
        // On the page itself anyone who is not meant sees why, and no form.
        let page = try await giving.browser("eve").get(Self.path)
        #expect(page.status == 200 && page.text.contains("you are neither of any") && !page.text.contains("<select"))

        #expect(try await ask("hedy").status == 303)
        let late = try await ask("grace")
        #expect(late.status == 409 && late.problem.contains("none is left"))
        #expect(late.text.contains("0 of 1 code"))
        try await TestGiveaway.addKey(to: ada.id, model: nil, in: server.index.database, at: server.now)
        // Signing in takes the key now, so it is asked of the store what the page would say.
        let view = try #require(try await giving.giveaways.views(for: ada.id, at: server.now).first)
        #expect(view.refusal(at: server.now) == .hasKey)
    }

    @Test("says when it opens, when it closed, and when there is nothing")
    func times() async throws {
        let giving = try await GivingServer()
        let server = giving.server
        try await giving.maintainer("grace")
        let start = server.now
        let browser = try await giving.browser("grace")
        func change(_ opens: Duration, _ closes: Duration) async throws {
            try await giving.giveaways.change(
                giving.titan, GiveawayChange(opensAt: start + opens, closesAt: start + closes), by: .operatorAtMachine,
                at: start)
        }
        try await change(.seconds(60), .seconds(120))
        #expect(try await browser.get(Self.path).text.contains("Codes are given out from 14 Nov 2023, 22:14 UTC on"))
        let early = try await browser.post(Self.path, ["country": "AT"])
        #expect(early.status == 403 && early.problem.contains("Come back then."))
        try await change(.seconds(-120), .seconds(-60))
        let late = try await browser.post(Self.path, ["giveaway": "titan-2022", "country": "AT"])
        #expect(late.status == 403 && late.problem.contains("The giveaway closed at 14 Nov 2023, 22:12 UTC"))

        // Nobody has a code yet: nobody need sign in to see their. Once somebody has, they are told how to find it
        // again.
        for (opens, closes) in [(60, 120), (-120, -60)] as [(Int64, Int64)] {
            try await change(.seconds(opens), .seconds(closes))
            #expect(try await !TestBrowser(server).get(Self.path).text.contains("Sign in, if you have a code"))
        }
        try await change(.seconds(-60), .seconds(60))
        #expect(try await browser.post(Self.path, ["country": "AT"]).status == 303)
        for (opens, closes) in [(60, 120), (-120, -60)] as [(Int64, Int64)] {
            try await change(.seconds(opens), .seconds(closes))
            #expect(try await TestBrowser(server).get(Self.path).text.contains("Sign in, if you have a code"))
        }

        let empty = try await TestServer()
        let nothing = try await TestBrowser(empty).get(Self.path)
        #expect(nothing.status == 200 && nothing.text.contains("No security keys are given away at the moment."))
        try await empty.addUser("grace")
        let asking = TestBrowser(empty)
        _ = try await asking.signIn("grace")
        _ = try await asking.get("/manage/account/")
        #expect(try await asking.post(Self.path, ["country": "AT"]).status == 404)
        let unknown = try await asking.post(Self.path, ["giveaway": "none", "country": "AT"])
        #expect(unknown.status == 404 && unknown.problem == "There is no giveaway named “none”.")
    }

    @Test("is pointed to by the page of second factors, while there is something for anyone who looks at it")
    func pointer() async throws {
        let giving = try await GivingServer(codes: 1)
        try await giving.maintainer("grace")
        try await giving.server.addUser("eve")
        let grace = try await giving.browser("grace")
        let factors = "/manage/account/two-factor/"
        let link = "href=\"/security-key-giveaway/\" id=\"free-keys\""
        let offered = try await grace.get(factors)
        #expect(offered.text.contains(link) && offered.text.contains("Google gives two keys each to owners"))
        #expect(try await !giving.browser("eve").get(factors).text.contains(link))
        #expect(try await grace.post(Self.path, ["country": "AT"]).status == 303)
        #expect(try await grace.get(factors).text.contains("You have a code that is good for two keys from Google."))
        try await giving.maintainer("hedy")
        #expect(try await !giving.browser("hedy").get(factors).text.contains(link))
    }

    @Test("orders where the sponsor says, if no page for that is named")
    func withoutOrder() async throws {
        let giving = try await GivingServer(codes: 1)
        try await giving.maintainer("grace")
        try await giving.giveaways.change(
            giving.titan, GiveawayChange(orderAddress: ""), by: .operatorAtMachine, at: giving.server.now)
        let grace = try await giving.browser("grace")
        _ = try await grace.post(Self.path, ["country": "AT"])
        let page = try await grace.get(Self.path)
        #expect(
            page.text.contains("in the way that Google has announced") && !page.text.contains("id=\"giveaway-order"))
    }

    @Test("gives nothing to a form from elsewhere, nor without its token")
    func forgery() async throws {
        let giving = try await GivingServer()
        try await giving.maintainer("grace")
        let browser = try await giving.browser("grace")
        let form: KeyValuePairs = ["giveaway": "titan-2022", "country": "AT"]
        #expect(try await browser.post(Self.path, form, token: .some(nil)).status == 403)
        #expect(try await browser.post(Self.path, form, token: String(repeating: "0", count: 64)).status == 403)
        browser.headers[.init("Sec-Fetch-Site")!] = "cross-site"
        #expect(try await browser.post(Self.path, form).status == 403)
        #expect(try await giving.giveaways.report(on: giving.titan).issued == 0)
    }
}

@Suite("/admin/giveaways/") struct GiveawayAdminPageTests {
    static let form: KeyValuePairs = [
        "name": "Keys-2026", "sponsor": "Yubico",
        "models": "YubiKey 5\r\n\r\nYubiKey Bio=42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3",
        "keys": "10", "keys_per_code": "2", "countries": "at, Germany", "opens": "2023-11-01", "closes": "2023-11-30",
        "order": "https://yubico.example.com/", "eligible": "critical",
    ]

    private func giving() async throws -> (GivingServer, TestBrowser) {
        let giving = try await GivingServer(codes: 0)
        try await giving.server.addUser("root", isAdministrator: true)
        let browser = TestBrowser(giving.server)
        _ = try await browser.signIn("root")
        try await giving.server.raiseSessions(of: "root")
        return (giving, browser)
    }

    @Test("makes a giveaway, takes its codes, changes its dates, closes it, and shows what came of it")
    func walk() async throws {
        let (giving, browser) = try await giving()
        #expect(try await browser.get("/admin/").text.contains("href=\"/admin/giveaways/\""))
        let list = try await browser.get("/admin/giveaways/")
        #expect(list.text.contains("titan-2022") && list.text.contains("0 of 0 codes issued"))
        let made = try await browser.post("/admin/giveaways/", Self.form)
        #expect(made.location == "/admin/giveaways/keys-2026/?flash=giveaway-made")
        let page = try await browser.get(made.location)
        #expect(page.text.contains("There are keys for 5 more codes.") && page.text.contains("YubiKey 5, YubiKey Bio"))
        #expect(page.text.contains("1 Nov 2023, 00:00 UTC") && page.text.contains("The end of 30 Nov 2023, UTC"))

        let wrong = try await browser.post(
            "/admin/giveaways/keys-2026/codes/", ["codes": "AAAA-1\r\n\r\nAAAA-1\r\nBBBB-1\r\n"])
        #expect(wrong.status == 400 && wrong.problem == "No code was imported: 2 lines are wrong.")
        // Each line is named once, and what was pasted is there to be mended.
        #expect(wrong.text.ranges(of: "Line 2: there is no code.").count == 1)
        #expect(wrong.text.contains("<li>Line 3: the same code stands in line 1.</li>"))
        #expect(wrong.text.contains("AAAA-1\r\n\r\nAAAA-1\r\nBBBB-1\r\n</textarea>"))
        let taken = try await browser.post("/admin/giveaways/keys-2026/codes/", ["codes": "AAAA-1\r\nBBBB-1\r\n"])
        #expect(taken.location == "/admin/giveaways/keys-2026/?flash=codes-imported")
        let filled = try await browser.get(taken.location)
        #expect(filled.text.contains("id=\"left\">2<") && !filled.text.contains("AAAA-1"))
        let beyond = try await browser.post(
            "/admin/giveaways/keys-2026/codes/", ["codes": "C-01\nC-02\nC-03\nC-04\n"])
        #expect(beyond.status == 409 && beyond.problem.contains("keys for 3 more"))

        let backwards = try await browser.post(
            "/admin/giveaways/keys-2026/change/", ["opens": "2023-12-02", "closes": "2023-12-01"])
        #expect(backwards.status == 400 && backwards.problem.contains("before it opens"))
        let changed = try await browser.post(
            "/admin/giveaways/keys-2026/change/", ["opens": "2023-11-01T00:00", "closes": "2023-12-31"])
        #expect(changed.location.hasSuffix("?flash=giveaway-changed"))
        let closed = try await browser.post("/admin/giveaways/keys-2026/close/")
        #expect(closed.location.hasSuffix("?flash=giveaway-closed"))
        #expect(try await browser.get("/admin/giveaways/keys-2026/").text.contains("id=\"state\">Closed<"))
        #expect(try await browser.post("/admin/giveaways/keys-2026/close/").status == 409)
        #expect(try await giving.giveaways.reports().map(\.codes) == [2, 0])
    }

    // swift-format-ignore: a column for each
    static let mistakes: [(field: String, value: String, status: Int, words: String)] = [
        ("name", "a b", 400, "small letters"), ("name", "titan-2022", 409, "There is a giveaway named titan-2022"),
        ("sponsor", " ", 400, "who gives the keys"), ("models", " \r\n", 400, "at least one model"),
        ("models", "X=1", 400, "no AAGUID"), ("keys", "1", 400, "do not go together"),
        ("keys", "ten", 400, "“ten” is no number"),
        ("keys_per_code", "two", 400, "“two” is no number"), ("keys", "", 400, "is no number"),
        ("countries", "AT, XX", 400, "There is no country “XX”"), ("countries", "", 400, "at least one country"),
        ("closes", "2023-10-31", 400, "before it opens"), ("closes", "soon", 400, "“soon” is no date"),
        ("order", "http://x.example.com/", 400, "https://"), ("eligible", "friends", 400, "critical-without-key"),
    ]

    @Test("refuses what contradicts itself, says why, and keeps what was typed", arguments: mistakes)
    func mistake(field: String, value: String, status: Int, words: String) async throws {
        let (giving, browser) = try await giving()
        _ = try await browser.get("/admin/giveaways/")
        let fields = Dictionary(uniqueKeysWithValues: Self.form.map { ($0.key, $0.key == field ? value : $0.value) })
        func of(_ name: String) -> String { fields[name] ?? "" }
        let refused = try await browser.post(
            "/admin/giveaways/",
            [
                "name": of("name"), "sponsor": of("sponsor"), "models": of("models"), "keys": of("keys"),
                "keys_per_code": of("keys_per_code"), "countries": of("countries"), "opens": of("opens"),
                "closes": of("closes"), "order": of("order"), "eligible": of("eligible"),
            ])
        #expect(refused.status == status && refused.problem.contains(words), "\(refused.problem)")
        #expect(field == "order" || refused.text.contains("https://yubico.example.com/"))
        #expect(try await giving.giveaways.reports().count == 1)
    }

    @Test("asks for a fresh proof: of a form before it is sent once more, of codes before they are pasted")
    func stepUp() async throws {
        let (giving, browser) = try await giving()
        giving.server.now = giving.server.now + .seconds(301)
        _ = try await browser.get("/admin/giveaways/")
        let asked = try await browser.post("/admin/giveaways/", Self.form)
        #expect(asked.status == 200 && asked.text.contains("make a giveaway of security keys"))
        let page = try await browser.get("/admin/giveaways/titan-2022/")
        #expect(page.text.contains("id=\"confirm-import\"") && !page.text.contains("<textarea"))
        let pasted = try await browser.post("/admin/giveaways/titan-2022/codes/", ["codes": "AAAA-1\n"])
        #expect(pasted.status == 303 && pasted.location.hasPrefix("/account/confirm/?action=giveaway.import-codes"))
        _ = try await browser.get(pasted.location)
        let proven = try await browser.post(pasted.location, ["proof_password": TestServer.password])
        #expect(proven.location == "/admin/giveaways/titan-2022/")
        #expect(try await browser.get(proven.location).text.contains("<textarea"))
        #expect(try await browser.post("/admin/giveaways/titan-2022/codes/", ["codes": "AAAA-1\n"]).status == 303)
        #expect(try await giving.giveaways.report(on: giving.titan).codes == 1)
    }

    @Test("is for administrators")
    func others() async throws {
        let (giving, _) = try await giving()
        try await giving.server.addUser("eve")
        let browser = TestBrowser(giving.server)
        #expect(try await browser.get("/admin/giveaways/").location.hasPrefix("/account/login/"))
        _ = try await browser.signIn("eve")
        _ = try await browser.get("/manage/account/")
        for path in ["/admin/giveaways/", "/admin/giveaways/titan-2022/"] {
            #expect(try await browser.get(path).status == 403, "\(path)")
        }
        for path in ["", "titan-2022/codes/", "titan-2022/change/", "titan-2022/close/"] {
            #expect(try await browser.post("/admin/giveaways/\(path)", ["codes": "AAAA-1"]).status == 403, "\(path)")
        }
        #expect(try await giving.giveaways.report(on: giving.titan).giveaway.closedAt == nil)
        let (_, root) = try await self.giving()
        #expect(try await root.get("/admin/giveaways/nothing/").status == 404)
    }

    @Test("takes a file of codes as it takes what is pasted: the same checks, all or none")
    func file() async throws {
        let (giving, browser) = try await giving()
        let path = "/admin/giveaways/titan-2022/"
        let page = try await browser.get(path)
        #expect(page.text.contains("enctype=\"multipart/form-data\"") && page.text.contains("type=\"file\""))
        func count() async throws -> Int { try await giving.giveaways.report(on: giving.titan).codes }
        let wrong = try await browser.post(path + "codes/", file: "code\r\nAAAA-1\r\nAAAA-1\r\n", as: "file")
        #expect(wrong.status == 400 && wrong.text.contains("<li>Line 3: the same code stands in line 2.</li>"))
        #expect(try await browser.post(path + "codes/", file: "promo_code\nAAAA-1\n", as: "file").status == 400)
        #expect(try await browser.post(path + "codes/", file: "", as: "file").problem.contains("there is none"))
        let both = try await browser.post(path + "codes/", file: "AAAA-1\n", as: "file", ["codes": "BBBB-1"])
        #expect(both.status == 400 && both.problem.contains("and not both") && both.text.contains("BBBB-1</textarea>"))
        #expect(try await count() == 0)
        let taken = try await browser.post(
            path + "codes/", file: "\u{FEFF}code,batch\nAAAA-1,1\nBBBB-1,1\n", as: "file", ["codes": "\r\n"])
        #expect(taken.status == 303)
        #expect(try await count() == 2)
        // Somebody else's, and what is no form at all.
        try await giving.server.addUser("eve")
        let eve = TestBrowser(giving.server)
        _ = try await eve.signIn("eve")
        _ = try await eve.get("/manage/account/")
        #expect(try await eve.post(path + "codes/", file: "CCCC-1\n", as: "file").status == 403)
        let broken = try await giving.server.send(
            .post, path + "codes/", headers: [.contentType: "multipart/form-data; boundary=x"], body: Array("--x".utf8))
        #expect(broken.status == 400)
        #expect(try await count() == 2)
    }

    /// Sends the form of a page as it stands, but for what is typed.
    private func change(
        _ browser: TestBrowser, _ page: TestServer.Answer, _ typed: [String: String]
    ) async throws -> TestServer.Answer {
        func shown(_ name: String) throws -> String {
            let pattern = try Regex("name=\"shown_\(name)\" value=\"([^\"]*)\"", as: (Substring, Substring).self)
            return String(try #require(page.text.firstMatch(of: pattern)).1)
        }
        func of(_ name: String) throws -> String { try typed[name] ?? shown(name) }
        return try await browser.post(
            "/admin/giveaways/titan-2022/change/",
            [
                "shown_opens": try shown("opens"), "shown_closes": try shown("closes"), "shown_keys": try shown("keys"),
                "shown_countries": try shown("countries"), "shown_eligible": try shown("eligible"),
                "shown_order": try shown("order"), "opens": try of("opens"), "closes": try of("closes"),
                "keys": try of("keys"), "countries": try of("countries"), "eligible": try of("eligible"),
                "order": try of("order"),
            ])
    }

    @Test("changes what the command changes, and nothing else")
    func change() async throws {
        let (giving, browser) = try await giving()
        func terms() async throws -> GiveawayTerms {
            try await giving.giveaways.report(on: giving.titan).giveaway.terms
        }
        let before = try await terms()
        let page = try await browser.get("/admin/giveaways/titan-2022/")
        #expect(try await change(browser, page, [:]).problem == "Say what is to be changed.")
        let wrong = try await change(browser, page, ["keys": "many", "countries": "AT"])
        #expect(wrong.problem.contains("“many” is no number") && wrong.text.contains("value=\"many\""))
        #expect(wrong.text.contains("name=\"shown_keys\" value=\"4000\""))
        #expect(try await terms() == before)
        let done = try await change(
            browser, page, ["keys": "5000", "countries": "at, Germany", "eligible": "everybody", "order": ""])
        #expect(done.location.hasSuffix("?flash=giveaway-changed"))
        let after = try await terms()
        #expect(after.keys == 5_000 && after.countries.map(\.code) == ["AT", "DE"] && after.eligibility == .everybody)
        #expect(after.orderAddress == nil && after.closesAt == before.closesAt && after.opensAt == before.opensAt)
    }

    @Test("opens what was closed again when that is asked for, and not by a change of something else")
    func reopening() async throws {
        let (giving, browser) = try await giving()
        let path = "/admin/giveaways/titan-2022/"
        let open = try await browser.get(path)
        #expect(!open.text.contains("id=\"reopen-giveaway\""))
        #expect(try await browser.post(path + "close/").status == 303)
        // Once from a page that was opened before, once from one that was opened after.
        #expect(try await change(browser, open, ["opens": "2023-11-01"]).status == 303)
        #expect(try await change(browser, try await browser.get(path), ["keys": "3000"]).status == 303)
        let closed = try await browser.get(path)
        #expect(closed.text.contains("id=\"state\">Closed<") && closed.text.contains("id=\"reopen-giveaway\""))
        let until = try #require(closed.text.firstMatch(of: /type="hidden" name="closes" value="([^"]*)"/)).1
        #expect(try await browser.post(path + "change/", ["closes": String(until)]).status == 303)
        #expect(try await browser.get(path).text.contains("id=\"state\">Open<"))
        #expect(try await giving.giveaways.report(on: giving.titan).giveaway.closedAt == nil)
    }

    @Test("says so when a giveaway that is made is over already")
    func past() async throws {
        let (_, browser) = try await giving()
        _ = try await browser.get("/admin/giveaways/")
        let made = try await browser.post(
            "/admin/giveaways/",
            [
                "name": "past", "sponsor": "Yubico", "models": "YubiKey 5", "keys": "10", "keys_per_code": "2",
                "countries": "AT", "opens": "2022-07-08", "closes": "2022-10-01", "order": "", "eligible": "critical",
            ])
        #expect(made.location == "/admin/giveaways/past/?flash=giveaway-made-over")
        let page = try await browser.get(made.location)
        #expect(page.text.contains("it is over already") && page.text.contains("Yubico says how"))
    }

    @Test("takes a long list of codes")
    func many() async throws {
        let (giving, browser) = try await giving()
        _ = try await browser.get("/admin/giveaways/titan-2022/")
        let file = String(
            decoding: TestGiveaway.codes(2_000, prefix: String(repeating: "LONG", count: 12)), as: UTF8.self)
        let taken = try await browser.post("/admin/giveaways/titan-2022/codes/", ["codes": file])
        #expect(file.utf8.count > 64 * 1_024 && taken.status == 303)
        #expect(try await giving.giveaways.report(on: giving.titan).codes == 2_000)
    }
}
