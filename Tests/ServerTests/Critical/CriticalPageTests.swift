import Accounts
import Acts
import Documents
import Foundation
import HTTPTypes
import PackagingFormats
import Policy
import Ports
import Server
import Stores
import Support
import Testing
import UTC

@Suite("Pages about critical projects") struct CriticalPageTests {
    let server: TestServer
    let admin: TestBrowser
    let demo: ProjectName
    var critical: any CriticalStore { server.index.stores.critical }

    /// A project of ada's, who has a password alone, with grace as an owner, too; root is an administrator.
    init() async throws {
        server = try await TestServer()
        demo = try ProjectName(parsing: "demo-pkg")
        try await server.addUser("grace")
        try await server.addUser("root", isAdministrator: true)
        try await server.upload(.wheel())
        try await server.index.stores.projects.addRole(
            .owner, on: demo, to: Username(parsing: "grace"), by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
        admin = TestBrowser(server)
        _ = try await admin.signIn("root")
        try await server.raiseSessions(of: "root")
    }

    func document(_ answer: TestServer.Answer) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    func enforce(_ required: Assurance = .secondFactor, notice: Int = 0) async throws {
        let today = server.now.day
        try await critical.set(
            CriticalSettings(
                critical: .usual,
                mandate: try MandateRule(
                    announcedFrom: today, enforcedFrom: today, noticeDays: notice, required: required)),
            by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
    }

    func designate() async throws {
        try await critical.designate(demo, by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
    }

    // MARK: The public

    @Test("are for everybody without a name of a person or what one has, from memory the second time")
    func everybody() async throws {
        try await designate()
        try await enforce()
        #expect(try await server.send(.get, "/security").location == "/security/")
        let first = try await server.send(.get, "/security/")
        let second = try await server.send(.get, "/security/")
        #expect(first.status == 200 && !first.isImmediate && second.isImmediate && first.body == second.body)
        #expect(first.text.contains("demo-pkg") && first.text.contains("Enforced"))
        #expect(first.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        let json = try await server.send(.get, "/security/critical.json")
        #expect(json.headers[.contentType] == "application/json")
        for text in [first.text, json.text] {
            for person in ["ada", "grace"] { #expect(text.firstMatch(of: try Regex("\\b\(person)\\b")) == nil) }
        }
        // Two people: what they have together would be what one of them has.
        let totals = try #require(try document(json)["totals"] as? [String: Any])
        #expect(totals["people"] as? Int == 2 && totals["withFactor"] is NSNull)
        #expect(try document(json).keys.sorted() == ["days", "projects", "settings", "totals"])
    }

    @Test("change for everybody as soon as a designation or the rule does")
    func freshness() async throws {
        #expect(try await server.send(.get, "/security/").text.contains("None yet."))
        #expect(try await server.send(.get, "/security/").isImmediate)
        try await designate()
        let listed = try await server.send(.get, "/security/")
        #expect(!listed.isImmediate && listed.text.contains("demo-pkg"))
        #expect(try await server.send(.get, "/security/").text.contains("Nothing is asked yet"))
        try await enforce()
        #expect(try await server.send(.get, "/security/").text.contains("Enforced"))
    }

    @Test("tell programs the same as the command does, key for key")
    func sameAsCommand() async throws {
        try await designate()
        _ = try await critical.compute(asOf: server.now.day, by: .operatorAtMachine, at: server.now)
        let lines = try await critical.list(includingLifted: false).map(CriticalLine.init)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let expected = String(decoding: try encoder.encode(lines), as: UTF8.self)
        let answer = try await server.send(.get, "/security/critical.json")
        #expect(answer.text.contains("\"projects\":\(expected)"))
        let shown = try document(answer)
        let days = try #require(shown["days"] as? [[String: Any]])
        #expect(days.count == 1 && days[0]["critical"] as? Int == 1 && days[0]["people"] as? Int == 2)
        #expect(days[0]["day"] as? String == server.now.day.description)
        let all = try await admin.get("/admin/critical.json")
        #expect(all.text.contains("\"project\":\(expected.dropFirst().dropLast())"))
    }

    // MARK: A project's page

    @Test("A critical project's page says so at once, why, and what it takes; another's does not")
    func badge() async throws {
        let before = try await server.send(.get, "/project/demo-pkg/")
        #expect(!before.text.contains("critical-badge"))
        #expect(try await server.send(.get, "/project/demo-pkg/").isImmediate)
        try await enforce()
        try await designate()
        let page = try await server.send(.get, "/project/demo-pkg/")
        #expect(!page.isImmediate && page.text.contains("href=\"/security/\""))
        #expect(page.text.contains("critical-badge") && page.text.contains("named it"))
        #expect(page.text.contains("Anyone who publishes to it or changes it needs a second factor."))
        #expect(try await server.send(.get, "/project/demo-pkg/").isImmediate)
        try await critical.lift(demo, reason: "a mistake", by: .operatorAtMachine, at: server.now)
        try await server.server.follower.catchUp()
        #expect(try await !server.send(.get, "/project/demo-pkg/").text.contains("critical-badge"))
    }

    // MARK: Administrators

    @Test(
        "are for administrators alone, all that are below /admin/",
        arguments: [
            "/admin/critical/", "/admin/critical/settings/", "/admin/critical/preview/?extent=share&share=1",
            "/admin/critical.json",
        ])
    func administratorsOnly(path: String) async throws {
        #expect(try await server.send(.get, path).location.hasPrefix("/account/login/?next=%2Fadmin%2Fcritical"))
        let other = TestBrowser(server)
        _ = try await other.signIn("grace")
        #expect(try await other.get(path).status == 403)
        _ = try await other.get("/manage/account/")
        for act in ["designate", "lift"] {
            #expect(try await other.post("/admin/critical/\(act)/", ["name": "demo-pkg", "reason": "x"]).status == 403)
        }
        #expect(try await critical.critical(demo) == nil)
    }

    @Test("show an administrator who lacks what, and who would be refused today")
    func readiness() async throws {
        try await designate()
        try await enforce()
        let page = try await admin.get("/admin/critical/")
        #expect(page.status == 200 && page.text.contains("2 people would be refused today, at 1 project."))
        #expect(page.text.contains("Lacks a second factor") && page.text.contains("Refused today"))
        let json = try document(try await admin.get("/admin/critical.json"))
        let standing = try #require((json["standings"] as? [[String: Any]])?.first)
        let people = try #require(standing["people"] as? [[String: Any]])
        #expect(people.map { $0["user"] as? String } == ["ada", "grace"])
        #expect(people.allSatisfy { $0["refusedToday"] as? Bool == true })
        #expect(people.allSatisfy { $0["lacks"] as? String == "a second factor" })
        #expect(people[0]["weakTokens"] as? Int == 1 && people[1]["weakTokens"] as? Int == 0)
        #expect((json["lacking"] as? [[String: Any]])?.count == 2)
        #expect((json["totals"] as? [String: Any])?["withFactor"] as? Int == 0)
        #expect(try await server.upload(.sourceDistribution()).status == 403)
    }

    @Test("take two factors of administrators, who could free their own projects with a stolen password otherwise")
    func weakAdministrator() async throws {
        let weak = TestBrowser(server)
        _ = try await weak.signIn("root")
        _ = try await weak.get("/admin/critical/")
        for act in ["designate", "lift"] {
            let answer = try await weak.post(
                "/admin/critical/\(act)/",
                ["name": "demo-pkg", "reason": "mine"])
            #expect(answer.status == 403 && answer.text.contains("This takes a second factor"), "\(act)")
        }
    }

    @Test("let nobody change the rule who does not fulfil what it asks for of the most used")
    func weakerThanTheTop() async throws {
        let today = server.now.day
        let fields: KeyValuePairs = [
            "extent": "share", "share": "1", "window": "183", "depth": "0", "notice": "30", "required": "second-factor",
        ]
        func set(_ stricter: MandateRule.Stricter?) async throws -> CriticalSettings {
            let settings = CriticalSettings(
                critical: .usual,
                mandate: try MandateRule(
                    announcedFrom: today, enforcedFrom: today, noticeDays: 0, required: .secondFactor,
                    stricter: stricter))
            try await critical.set(settings, by: .operatorAtMachine, at: server.now)
            return settings
        }
        let settings = try await set(.init(share: Share(percent: "100"), assurance: .attestedHardware))
        _ = try await admin.get("/admin/critical/")
        #expect(try await admin.post("/admin/critical/set/", fields).status == 403)
        #expect(try await critical.settings() == settings)
        _ = try await set(nil)
        #expect(
            try await admin.post("/admin/critical/set/", fields).location == "/admin/critical/?flash=critical-rule-set")
    }

    @Test("designate and lift by form, after a fresh proof, with the reason on record")
    func acts() async throws {
        _ = try await admin.get("/admin/critical/")
        let unknown = try await admin.post("/admin/critical/designate/", ["name": "nothing"])
        #expect(unknown.status == 404 && unknown.problem.contains("neither a project nor a reserved name"))
        #expect(unknown.text.contains("value=\"nothing\""))
        #expect(try await admin.post("/admin/critical/designate/", ["name": "-x-"]).status == 400)
        let done = try await admin.post("/admin/critical/designate/", ["name": " Demo.PKG "])
        #expect(done.location == "/admin/critical/?flash=designated")
        #expect(try await critical.critical(demo) != nil)
        #expect(try await admin.post("/admin/critical/designate/", ["name": "demo-pkg"]).status == 409)
        let link = try await admin.get("/admin/critical/?lift=demo-pkg")
        #expect(link.text.contains("id=\"lift-name\" name=\"name\" type=\"text\" value=\"demo-pkg\""))

        server.now = server.now + .seconds(301)
        let asked = try await admin.post("/admin/critical/lift/", ["name": "demo-pkg", "reason": "a mistake"])
        #expect(asked.text.contains("lift a designation") && asked.text.contains("value=\"a mistake\""))
        #expect(try await critical.critical(demo) != nil)
        let action = try #require(asked.text.firstMatch(of: /action="(\/account\/confirm\/[^"]*)"/))
            .1.description.replacing("&amp;", with: "&")
        let proven = try await admin.post(
            action, ["name": "demo-pkg", "reason": "a mistake", "proof_password": TestServer.password])
        #expect(proven.status == 307 && proven.location.hasPrefix("/admin/critical/lift/?pass="))
        try await server.raiseSessions(of: "root")
        _ = try await admin.get("/admin/critical/")
        #expect(try await admin.post("/admin/critical/lift/", ["name": "demo-pkg", "reason": "  "]).status == 400)
        let lifted = try await admin.post("/admin/critical/lift/", ["name": "demo-pkg", "reason": "a mistake"])
        #expect(lifted.location == "/admin/critical/?flash=designation-lifted")
        let project = try #require(try await critical.list(includingLifted: true).first)
        #expect(project.lifting?.reason == "a mistake" && project.lifting?.by == "user root")
    }

    @Test("show what settings would do before they are set, and set nothing before")
    func preview() async throws {
        try await designate()
        let settings = try await critical.settings()
        let today = server.now.day
        let query =
            "extent=number&number=1&window=183&depth=0&announced=\(today)&enforced=\(today + 30)&notice=14"
            + "&required=phishing-resistant"
        let shown = try await admin.get("/admin/critical/preview/?\(query)")
        #expect(shown.status == 200 && shown.text.contains("a security key or passkey"))
        #expect(shown.text.contains("the first 1") && shown.text.contains("Would lack"))
        #expect(try await critical.settings() == settings)

        let bad = try await admin.get("/admin/critical/preview/?\(query)&top_share=200")
        #expect(bad.status == 400 && bad.text.contains("value=\"200\""))
        let fields: KeyValuePairs = [
            "extent": "number", "number": "1", "window": "183", "depth": "0", "announced": "\(today)",
            "enforced": "\(today + 30)", "notice": "14", "required": "phishing-resistant",
        ]
        let done = try await admin.post("/admin/critical/set/", fields)
        #expect(done.location == "/admin/critical/?flash=critical-rule-set")
        let after = try await critical.settings()
        #expect(after.critical.extent == .number(1) && after.mandate.noticeDays == 14)
        #expect(after.mandate.enforcedFrom == today + 30 && after.mandate.required == .phishingResistant)
        let wrong = try await admin.post("/admin/critical/set/", ["extent": "share", "share": "0"])
        #expect(wrong.status == 400 && !wrong.problem.isEmpty)
        #expect(try await critical.settings() == after)
    }

    // MARK: Role holders

    @Test("tell those with a role who is ready, and let them put it off once")
    func owners() async throws {
        try await designate()
        try await enforce()
        let grace = TestBrowser(server)
        _ = try await grace.signIn("grace")
        let path = "/manage/project/demo-pkg/security/"
        #expect(try await grace.get("/manage/project/Demo_Pkg/security/").status == 200)
        #expect(try await grace.get("/manage/project/nothing/security/").status == 404)
        #expect(try await admin.get(path).status == 403)
        #expect(try await server.send(.get, path).location.hasPrefix("/account/login/?next="))
        let page = try await grace.get(path)
        #expect(page.text.contains("0 of 2 are ready") && page.text.contains("ada"))
        #expect(page.text.contains("You lack a second factor") && page.text.contains("id=\"put-off\""))

        let until = (server.now + .days(14)).day.readable
        #expect(page.text.contains("until \(until)"))
        let done = try await grace.post(path + "delay/")
        #expect(done.location == path + "?flash=mandate-delayed")
        let after = try await grace.get(path)
        #expect(after.text.contains("You put it off until \(until)") && !after.text.contains("id=\"put-off\""))
        let again = try await grace.post(path + "delay/")
        #expect(again.status == 409 && again.problem.contains("one delay"))
        let standing = try #require(try await critical.standings(at: server.now).first)
        #expect(standing.people.map { $0.delayedUntil != nil } == [false, true])
        #expect(standing.people.map { $0.readiness.refusal == nil } == [false, true])
    }

    @Test("show an owner everybody's state, and a maintainer no other's; the page says so")
    func whoSees() async throws {
        try await server.addUser("hedy")
        try await server.index.stores.projects.addRole(
            .maintainer, on: demo, to: Username(parsing: "hedy"), by: .operatorAtMachine, at: server.now)
        try await designate()
        try await enforce()
        func page(_ name: String) async throws -> String {
            let browser = TestBrowser(server)
            _ = try await browser.signIn(name)
            return try await browser.get("/manage/project/demo-pkg/security/").text
        }
        let owners = try await page("grace")
        #expect(owners.contains("0 of 3 are ready. Owners see this of everybody with a role"))
        #expect(owners.contains("thing-name\">ada") && owners.contains("thing-name\">hedy"))
        let maintainers = try await page("hedy")
        #expect(maintainers.contains("You see your own state") && maintainers.contains("thing-name\">hedy"))
        #expect(!maintainers.contains(">ada") && !maintainers.contains(">grace") && !maintainers.contains(" of 3 are"))
    }

    @Test("are among the pages of a project, once there is something to say")
    func tab() async throws {
        let grace = TestBrowser(server)
        _ = try await grace.signIn("grace")
        let link = "<a href=\"/manage/project/demo-pkg/security/\">Security</a>"
        let tabs = ["releases", "collaboration", "settings", "history"].map { "/manage/project/demo-pkg/\($0)/" }
        for path in tabs { #expect(try await !grace.get(path).text.contains(link), "\(path)") }
        try await designate()
        for path in tabs { #expect(try await grace.get(path).text.contains(link), "\(path)") }
        let page = try await grace.get("/manage/project/demo-pkg/security/")
        #expect(page.text.contains("<a href=\"/manage/project/demo-pkg/security/\" aria-current=\"page\">Security</a>"))
        try await critical.lift(demo, reason: "x", by: .operatorAtMachine, at: server.now)
        #expect(try await !grace.get(tabs[0]).text.contains(link))
        try await server.index.stores.projects.requireAssurance(
            .secondFactor, on: demo, by: .operatorAtMachine, at: server.now)
        #expect(try await grace.get(tabs[0]).text.contains(link))
    }

    @Test("ask for a fresh proof before something is put off")
    func delayTakesProof() async throws {
        try await designate()
        try await enforce()
        let grace = TestBrowser(server)
        _ = try await grace.signIn("grace")
        _ = try await grace.get("/manage/account/")
        server.now = server.now + .seconds(301)
        let asked = try await grace.post("/manage/project/Demo_Pkg/security/delay/")
        #expect(asked.text.contains("put off what the project demo-pkg asks of you"))
        #expect(try await critical.standings(at: server.now)[0].people.allSatisfy { $0.delayedUntil == nil })
    }

    @Test("say where nothing is asked, and that owners ask for more")
    func nothingAsked() async throws {
        let grace = TestBrowser(server)
        _ = try await grace.signIn("grace")
        let path = "/manage/project/demo-pkg/security/"
        #expect(try await grace.get(path).text.contains("This project is not critical"))
        try await server.index.stores.projects.requireAssurance(
            .phishingResistant, on: demo, by: .operatorAtMachine, at: server.now)
        let page = try await grace.get(path)
        #expect(page.text.contains("The owners of the project ask for a security key or passkey, now."))
        #expect(!page.text.contains("id=\"put-off\""))
        #expect(try await grace.post(path + "delay/").status == 409)
    }

    // MARK: Gauges

    @Test("have gauges, which are looked up at most once a minute")
    func gauges() async throws {
        func lines() async throws -> [String] {
            try await server.send(.get, "/metrics").text.split(separator: "\n").map(String.init)
                .filter { $0.hasPrefix("rind_critical") || $0.hasPrefix("rind_mandate") }
        }
        let none = [
            "rind_critical_projects 0", "rind_critical_people 0", "rind_mandate_phase 0",
            "rind_critical_people_with_factor 0", "rind_critical_people_phishing_resistant 0",
            "rind_critical_people_refused 0",
        ]
        #expect(try await lines() == none)
        try await designate()
        try await enforce()
        #expect(try await lines() == none)
        server.now = server.now + .seconds(60)
        // What two people have would be what one of them has, and anybody can ask.
        #expect(
            try await lines() == ["rind_critical_projects 1", "rind_critical_people 2", "rind_mandate_phase 2"])
        for number in 1...3 {
            let user = try await server.addUser("user\(number)")
            if number > 1 {
                try await TestGiveaway.addKey(to: user.id, model: nil, in: server.index.database, at: server.now)
            }
            try await TestGiveaway.designate(
                "demo-pkg", maintainers: [user.id], in: server.index.database, at: server.now)
        }
        server.now = server.now + .seconds(60)
        #expect(
            try await lines() == [
                "rind_critical_projects 1", "rind_critical_people 5", "rind_mandate_phase 2",
                "rind_critical_people_with_factor 2", "rind_critical_people_phishing_resistant 2",
                "rind_critical_people_refused 3",
            ])
        let text = try await server.send(.get, "/metrics").text
        #expect(text.contains("\nrind_giveaway_codes_issued 0\n") && text.contains("\nrind_giveaway_codes_left 0\n"))
    }
}
