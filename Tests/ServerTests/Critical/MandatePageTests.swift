import Accounts
import Acts
import Foundation
import Giveaway
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("What a critical project asks, on the pages of anyone who can change it") struct MandatePageTests {
    let server: TestServer
    let grace: TestBrowser
    let demo: ProjectName
    let settings = "/manage/project/demo-pkg/settings/"
    var critical: any CriticalStore { server.index.stores.critical }

    /// A critical project of ada's and grace's, who is signed in with a password.
    init() async throws {
        server = try await TestServer()
        demo = try ProjectName(parsing: "demo-pkg")
        try await server.addUser("grace")
        try await server.addUser("root", isAdministrator: true)
        try await server.upload(.wheel())
        try await server.index.stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "grace"), by: .operatorAtMachine, at: server.now)
        try await server.index.stores.critical.designate(demo, by: .operatorAtMachine, at: server.now)
        grace = TestBrowser(server)
        _ = try await grace.signIn("grace")
    }

    func set(isEnforced: Bool = true, notice: Int = 0, spare: Bool = false) async throws {
        let today = server.now.day
        try await critical.set(
            CriticalSettings(
                critical: .usual,
                mandate: try MandateRule(
                    announcedFrom: today, enforcedFrom: isEnforced ? today : nil, noticeDays: notice,
                    needsSpare: spare)),
            by: .operatorAtMachine, at: server.now)
    }

    /// Adds an app to grace's account, and returns its secret.
    func addApp() async throws -> String {
        _ = try await grace.get("/manage/account/enrolment-link/")
        _ = try await grace.post("/manage/account/enrolment-link/")
        let link = try #require(try await server.mailedPath("/account/enrol/", to: "grace@example.org"))
        _ = try await grace.get(link)
        _ = try await grace.post(link)
        let page = try await grace.get("/manage/account/totp-provision/")
        let secret = String(try #require(page.text.firstMatch(of: /id="totp-secret">([A-Z2-7 ]+)</)).1)
        let offer = String(try #require(page.text.firstMatch(of: /name="offer" value="([0-9a-f]+)"/)).1)
        let added = try await grace.post(
            "/manage/account/totp-provision/",
            ["totp_value": try SecondFactorPageTests.code(secret, at: server.now), "offer": offer])
        #expect(added.location == "/manage/account/two-factor/?flash=app-added")
        server.now = server.now + .seconds(60)
        return secret
    }

    func banner(_ page: TestServer.Answer) -> String? {
        page.text.firstMatch(of: /(?s)<section class="notice [^"]*" id="mandate".*?<\/section>/).map { String($0.0) }
    }

    @Test("leads from a refusal to the factor, to showing it in this session, and back to where it began")
    func wholeWay() async throws {
        try await set()
        _ = try await grace.get(settings)
        let refused = try await grace.post("\(settings)archive/")
        #expect(refused.location == "/manage/account/two-factor/" && grace.returnPath != nil)
        let lacking = try #require(banner(try await grace.get("/manage/account/two-factor/")))
        #expect(lacking.contains("is critical (") && lacking.contains("Your account has none."))
        #expect(lacking.contains("counts three days after it was added"))

        _ = try await addApp()
        // The factor waits: that is said, too, and the way back is there.
        let waiting = try #require(banner(try await grace.get("/manage/account/")))
        #expect(waiting.contains("counts from ") && waiting.contains("id=\"way-back\""))
        #expect(waiting.contains("Put it off until ") && !waiting.contains("Your second factors"))
        try await server.index.stores.factors.endProbation(
            of: Username(parsing: "grace"), by: .operatorAtMachine, from: RequestOrigin(), at: server.now)

        // Where it leads to there is nothing left to say.
        #expect(banner(try await grace.get("/manage/account/"))?.contains("id=\"way-back\"") == true)
        #expect(banner(try await grace.get(settings)) == nil)
        #expect(grace.returnPath == nil)

        // The session counts for the app that was added in it, and its code is not asked for again.
        // What is critical is archived by no one person's act: it is asked for now.
        let asked = try await grace.post("\(settings)archive/", ["reason": "done"])
        #expect(asked.location == "/manage/project/demo-pkg/leaving/?flash=removal-asked")
        #expect(try await grace.get("/account/two-factor/?next=/manage/projects/").location == "/manage/projects/")
    }

    @Test("leads a session that shows less than the account has to where the rest is shown")
    func weakSession() async throws {
        _ = try await addApp()
        let user = try #require(
            try await server.index.stores.accounts.user(named: Username(parsing: "grace")))
        try await server.index.stores.factors.endProbation(
            of: user.name, by: .operatorAtMachine, from: RequestOrigin(), at: server.now)
        try await TestGiveaway.addKey(to: user.id, model: nil, in: server.index.database, at: server.now)
        try await server.index.stores.projects.requireAssurance(
            .phishingResistant, on: demo, by: .operatorAtMachine, at: server.now)
        _ = try await grace.get(settings)
        let weaker = try await grace.post("\(settings)archive/")
        #expect(weaker.location == "/account/two-factor/?next=%2Fmanage%2Fproject%2Fdemo-pkg%2Fsettings%2F")
        let show = try await grace.get(weaker.location)
        #expect(show.status == 200 && show.text.contains("You are signed in as grace with less"))
        #expect(!show.text.contains("I have lost everything") && show.text.contains("id=\"use-security-key\""))
        // A token form asks for the same when it is sent, and brings what was typed along.
        let form = try await grace.get("/manage/account/token/")
        #expect(form.text.contains("You are asked for a security key or passkey when you make it"))
        let asked = try await grace.post(
            "/manage/account/token/",
            ["description": "laptop", "token_scope": "projects", "project": "demo-pkg", "expires": "30"])
        #expect(asked.status == 200 && asked.text.contains("Confirm that it is you"))
        #expect(asked.text.contains("name=\"description\" value=\"laptop\""))
    }

    @Test("offers no token for a project that would refuse it, whatever is shown, and says what lacks")
    func tokenForm() async throws {
        try await set()
        let form = try await grace.get("/manage/account/token/")
        #expect(form.text.contains("value=\"demo-pkg\" disabled"))
        #expect(form.text.contains("lacks a second factor"))
        #expect(form.text.contains("Projects to come; those that you have would refuse it"))
        _ = try await addApp()
        let waiting = try await grace.get("/manage/account/token/")
        #expect(waiting.text.contains("value=\"demo-pkg\" disabled") && waiting.text.contains("lacks time"))
        try await server.index.stores.factors.endProbation(
            of: Username(parsing: "grace"), by: .operatorAtMachine, from: RequestOrigin(), at: server.now)
        #expect(try await !grace.get("/manage/account/token/").text.contains("disabled"))
    }

    @Test("is said to programs as it is: who waits is not ready, and no key is left out")
    func document() async throws {
        try await set()
        _ = try await addApp()
        let root = TestBrowser(server)
        _ = try await root.signIn("root")
        let answer = try await root.get("/admin/critical.json")
        let json = try #require(JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
        let standing = try #require((json["standings"] as? [[String: Any]])?.first)
        let person = try #require((standing["people"] as? [[String: Any]])?.last)
        #expect(person["user"] as? String == "grace" && person["has"] as? String == "second-factor")
        #expect(person["ready"] as? Bool == false && person["refusedToday"] as? Bool == true)
        #expect((person["lacks"] as? String)?.contains("counts from") == true)
        #expect(person["delayedUntil"] is NSNull && standing["latestRank"] is NSNull)
        #expect((json["settings"] as? [String: Any])?["topShare"] is NSNull)
        try await set(isEnforced: false)
        let announced = try await root.get("/admin/critical.json")
        #expect(announced.text.contains("\"binds\":null"))
    }

    @Test("is announced with the reason, the day, what the account has, the free key and who answers questions")
    func announced() async throws {
        try await set(notice: 30, spare: true)
        let name = try GiveawayName(parsing: "titan")
        // The project has just become critical: the giveaway is open for longer than she has to wait.
        _ = try await server.index.stores.giveaways.create(
            name, TestGiveaway.terms(around: server.now, closes: .days(8)), by: .operatorAtMachine,
            at: server.now)
        #expect(banner(try await grace.get("/manage/account/"))?.contains("giveaway") == false)
        _ = try await server.index.stores.giveaways.importCodes(
            [SealedGiveawayCode(line: 1, fingerprint: [1], formerFingerprint: [2], sealed: [1])], into: name,
            by: .operatorAtMachine,
            at: server.now)
        let lacking = try #require(banner(try await grace.get("/manage/account/")))
        for words in ["It is critical (", "on, publishing to it", "/security-key-giveaway/", "add yours before "] {
            #expect(lacking.contains(words), "\(words) in \(lacking)")
        }
        // Somebody with one key lacks a spare, and no free key is for them.
        let user = try #require(try await server.index.stores.accounts.user(named: Username(parsing: "grace")))
        try await TestGiveaway.addKey(to: user.id, model: nil, in: server.index.database, at: server.now)
        let spare = try #require(banner(try await grace.get("/manage/account/")))
        #expect(spare.contains("Your account has one key and no recovery codes."))
        #expect(!spare.contains("giveaway") && !spare.contains("three days"))
    }

    @Test("says on the page of settings what it takes by now, though the owners ask for less")
    func settingsPage() async throws {
        #expect(try await grace.get(settings).text.contains("at least <strong>a password</strong>"))
        try await set()
        let page = try await grace.get(settings)
        #expect(page.text.contains("at least <strong>a second factor</strong>"))
        #expect(page.text.contains("href=\"/manage/project/demo-pkg/security/\">why, and since when"))
    }

    @Test("says on the project's page that a first factor waits, and that who waits is not ready")
    func securityPage() async throws {
        try await set(notice: 1)
        let page = "/manage/project/demo-pkg/security/"
        #expect(try await grace.get(page).text.contains("counts three days after it was added"))
        _ = try await addApp()
        let waiting = try await grace.get(page)
        #expect(waiting.text.contains("0 of 2 are ready") && waiting.text.contains("Waits until"))
        #expect(!waiting.text.contains("Refused today"))
    }
}
