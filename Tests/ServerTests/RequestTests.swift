import Accounts
import Database
import Downloads
import Foundation
import HTTPTypes
import Journal
import PackagingFormats
import Policy
import Ports
import Projects
import Removals
import Server
import Stores
import Support
import Testing
import Tokens
import UTC
import VectorSupport
import Web

@testable import Database

@Suite("An index, asked as its clients ask") struct RequestTests {
    let server: TestServer

    init() async throws { server = try await TestServer() }

    static let json: HTTPFields = [.accept: "application/vnd.pypi.simple.v1+json"]

    func page(_ target: String, _ headers: HTTPFields = json) async throws -> TestServer.Answer {
        try await server.send(.get, target, headers: headers)
    }

    func document(_ target: String) async throws -> [String: Any] {
        let answer = try await page(target)
        return try #require(JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    @Test("shows an upload at once: on its page, in the list, as a file and as its metadata")
    func publishAndRead() async throws {
        let empty = try await document("/simple/")
        #expect((empty["projects"] as? [Any])?.isEmpty == true)
        let stored = try await server.upload(.wheel())
        #expect(stored.status == 200)

        let project = try await document("/simple/demo-pkg/")
        let file = try #require((project["files"] as? [[String: Any]])?.first)
        #expect(file["requires-python"] as? String == ">=3.8")
        #expect(file["upload-time"] as? String == "2023-11-14T22:13:20.000000Z")
        let url = try #require(file["url"] as? String)
        let bytes = try await page(url)
        #expect(bytes.body == TestWheel().bytes)
        #expect(bytes.headers[.cacheControl]?.contains("immutable") == true)
        let metadata = try await page(url + ".metadata")
        #expect(metadata.text == testMetadata("demo-pkg", "1.0"))
        #expect((file["core-metadata"] as? [String: String])?["sha256"] == TestUpload.sha256(metadata.body))

        let list = try await document("/simple/")
        #expect((list["projects"] as? [[String: Any]])?.map { $0["name"] as? String } == ["demo-pkg"])
    }

    @Test("answers from memory the second time, and forgets at once what has changed")
    func cache() async throws {
        try await server.upload(.wheel())
        let first = try await page("/simple/demo-pkg/")
        let second = try await page("/simple/demo-pkg/")
        #expect(!first.isImmediate && second.isImmediate && first.body == second.body)
        #expect(first.headers == second.headers)
        try await server.upload(.sourceDistribution())
        let third = try await page("/simple/demo-pkg/")
        #expect(!third.isImmediate)
        #expect(third.text.contains("demo_pkg-1.0.tar.gz"))
        #expect(third.headers[.eTag] != first.headers[.eTag])
    }

    @Test("keeps its word about an upload that memory could not be told of")
    func deafMemory() async throws {
        // It is written as before, and what is read of it is no act.
        try await server.index.database.byHand(
            """
            ALTER TABLE journal RENAME TO written;
            CREATE VIEW journal AS SELECT serial, at, actor, 7 AS action, subject, details FROM written;
            CREATE TRIGGER written_journal INSTEAD OF INSERT ON journal BEGIN
                INSERT INTO written VALUES (NEW.serial, NEW.at, NEW.actor, NEW.action, NEW.subject, NEW.details);
            END;
            UPDATE journal_serial SET serial = serial + 1;
            INSERT INTO written SELECT serial, 1, 'x', 'x', 'x', '{}' FROM journal_serial;
            """)
        await #expect(throws: (any Error).self) { try await server.server.follower.catchUp() }
        let stored = try await server.upload(.wheel())
        #expect(stored.status == 200)
        #expect(try await page("/simple/demo-pkg/").text.contains("demo_pkg-1.0-py3-none-any.whl"))
    }

    @Test("takes an act that it has no word for as a change of anything, and goes on")
    func unheardOf() async throws {
        try await server.upload(.wheel())
        _ = try await page("/simple/demo-pkg/")
        #expect(try await page("/simple/demo-pkg/").isImmediate)
        // What a later version of a command may write beside this server.
        try await server.index.database.byHand(
            """
            UPDATE journal_serial SET serial = serial + 1;
            INSERT INTO journal SELECT serial, 1, 'operator', 'project.unheard-of', 'project demo-pkg', '{}'
            FROM journal_serial;
            """)
        try await server.server.follower.catchUp()
        #expect(try await !page("/simple/demo-pkg/").isImmediate)
        let entries = try await server.index.stores.journal.entries(JournalQuery(limit: 1_000))
        #expect(entries.last?.actionName == "project.unheard-of" && entries.last?.action == nil)
        #expect(try await server.server.follower.toldSerial == server.index.stores.journal.latestSerial())
    }

    @Test("answers an upload that the database has no room for with 507, keeps nothing of it, and goes on reading")
    func fullDatabase() async throws {
        try await server.upload(.sourceDistribution())
        let database = server.index.database
        let pages = try await database.read { try $0.row("PRAGMA page_count")?.integer("page_count") } ?? 0
        try await database.write { try $0.executeScript("PRAGMA max_page_count = \(pages)") }
        let words = (0..<20_000).map { "word\($0)" }.joined(separator: " ")
        var upload = TestUpload.wheel(
            TestWheel("demo_pkg", "2.0", metadata: testMetadata("demo-pkg", "2.0", and: "\n\(words)")))
        upload["version"] = "2.0"
        upload.filename = "demo_pkg-2.0-py3-none-any.whl"
        let refused = try await server.upload(upload)
        #expect(refused.status == 507)
        #expect(refused.text.contains("disk of this index is full"))
        let project = try await page("/simple/demo-pkg/")
        #expect(project.status == 200 && !project.text.contains("demo_pkg-2.0"))
        try await database.write { try $0.executeScript("PRAGMA max_page_count = 1000000") }
        #expect(try await server.upload(upload).status == 200)
        #expect(try await page("/simple/demo-pkg/").text.contains("demo_pkg-2.0"))
    }

    @Test("hears of a command's change beside it")
    func otherProcess() async throws {
        try await server.upload(.wheel())
        _ = try await page("/simple/demo-pkg/")
        try await server.index.stores.projects.yank(
            Version(parsing: "1.0"), of: ProjectName(parsing: "demo-pkg"), reason: "broken <b>", by: .operatorAtMachine,
            at: server.now)
        try await server.server.follower.catchUp()
        let yanked = try await document("/simple/demo-pkg/")
        #expect((yanked["files"] as? [[String: Any]])?.first?["yanked"] as? String == "broken <b>")
        let html = try await page("/simple/demo-pkg/", [.accept: "text/html"])
        #expect(html.text.contains("data-yanked=\"broken &lt;b&gt;\""))
    }

    @Test("says 304 to anyone who has the page, and nothing of the body to HEAD")
    func conditional() async throws {
        try await server.upload(.wheel())
        let whole = try await page("/simple/demo-pkg/")
        let etag = try #require(whole.headers[.eTag])
        let again = try await page(
            "/simple/demo-pkg/", [.accept: "application/vnd.pypi.simple.v1+json", .ifNoneMatch: etag])
        #expect(again.status == 304 && again.body.isEmpty && again.headers[.eTag] == etag)
        let head = try await server.send(.head, "/simple/demo-pkg/", headers: Self.json)
        #expect(head.status == 200 && head.body.isEmpty && head.headers[.contentLength] == "\(whole.body.count)")
    }

    // The columns are the point.
    // swift-format-ignore
    static let redirects: [(from: String, to: String)] = [
        ("/simple",                     "/simple/"),
        ("/simple/demo-pkg",            "/simple/demo-pkg/"),
        ("/simple/Demo_Pkg/",           "/simple/demo-pkg/"),
        ("/simple/demo.pkg/?a=b",       "/simple/demo-pkg/?a=b"),
        ("/pypi/Demo.Pkg/json",         "/pypi/demo-pkg/json"),
        ("/pypi/demo-pkg/1.0.0/json",   "/pypi/demo-pkg/1.0/json"),
        ("/project/DEMO-pkg/",          "/project/demo-pkg/"),
        ("/project/demo-pkg/1.0.0/",    "/project/demo-pkg/1.0/"),
        ("/user/ADA/",                  "/user/ada/"),
        ("/pypi/Demo.Pkg/",             "/project/demo-pkg/"),
        ("/pypi/demo-pkg/1.0.0",        "/project/demo-pkg/1.0/"),
        ("/legacy/demo-pkg/1.0/",       "/project/demo-pkg/1.0/"),
        ("/legacy/+simple/Demo_Pkg/",   "/simple/demo-pkg/"),
        ("/legacy/%2Bsimple/demo-pkg/", "/simple/demo-pkg/"),
    ]

    @Test("sends other spellings to the one address", arguments: redirects)
    func redirect(from: String, to: String) async throws {
        try await server.upload(.wheel())
        let answer = try await page(from)
        #expect(answer.status == 301)
        #expect(answer.headers[.location] == to)
    }

    @Test(
        "says what is missing, and never anything else",
        arguments: [
            "/simple/nothing/", "/simple/-/", "/pypi/nothing/json", "/pypi/demo-pkg/9/json",
            "/pypi/demo-pkg/x%20y/json",
            "/project/nothing/", "/user/nobody/", "/packages/aa/bb/cc/demo.whl", "/nothing",
            "/packages/source/d/demo-pkg/other-1.0.tar.gz", "/packages/source/n/nothing/nothing-1.0.tar.gz",
            "/legacy/nothing/1.0/", "/pypi/nothing/", "/pypi/demo-pkg/9/", "/a%20b/", "/project/demo-pkg/?releases=2",
        ])
    func missing(target: String) async throws {
        try await server.upload(.wheel())
        let answer = try await page(target, [.accept: "text/html"])
        #expect(answer.status == 404)
        #expect(answer.text.contains("<title>Not found"))
        let plain = try await page(target, [:])
        #expect(plain.status == 404 && plain.headers[.contentType] == "text/plain; charset=utf-8")
    }

    // The columns are the point.
    // swift-format-ignore
    static let credentials: [(String?, status: Int, says: String)] = [
        (nil,                                                         401, "__token__"),
        ("Bearer x",                                                  401, "Basic"),
        ("Basic !!",                                                  401, "Basic"),
        ("Basic " + Data("__token__:".utf8).base64EncodedString(),    401, "__token__"),
        ("Basic " + Data("ada:secret".utf8).base64EncodedString(),    403, "API tokens only"),
        ("Basic " + Data("__token__:x".utf8).base64EncodedString(),   403, "Invalid or non-existent"),
    ]

    @Test("tells uploaders without a valid token what to use", arguments: credentials)
    func signIn(credentials: String?, status: Int, says: String) async throws {
        var headers: HTTPFields = [.contentType: TestUpload.wheel().contentType]
        headers[.authorization] = credentials
        let answer = try await server.send(.post, "/legacy/", headers: headers, body: TestUpload.wheel().body)
        #expect(answer.status == status)
        #expect(answer.text.contains(says) && answer.reason.contains(says))
        #expect((answer.headers[.wwwAuthenticate] != nil) == (status == 401))
    }

    static let around = [
        "\n", "\r\n", "\t", " ", "\u{A0}", "\u{85}", "\u{2009}", "\u{3000}", "\u{200B}", "\u{FEFF}", "\u{2028}",
        "\n \t\u{A0}",
    ]

    @Test("takes a token with what comes along when it is copied, or kept in a file", arguments: around)
    func aroundTokens(space: String) async throws {
        let upload = TestUpload.wheel()
        for (user, password) in [
            ("__token__", server.token + space), ("__token__", space + server.token + space),
            ("__token__" + space, server.token),
        ] {
            let text = "\(user):\(password)"
            // Clients write either.
            for bytes in [Data(text.utf8), text.data(using: .isoLatin1)].compactMap(\.self) {
                let answer = try await server.send(
                    .post, "/legacy/",
                    headers: [
                        .contentType: upload.contentType, .authorization: "Basic \(bytes.base64EncodedString())",
                    ], body: upload.body)
                #expect(answer.status == 200)
            }
        }
        let inside = String(server.token.prefix(20)) + space + server.token.dropFirst(20)
        let answer = try await server.upload(upload, token: inside)
        #expect(answer.status == 403)
    }

    @Test(
        "says 410 to what tools did before they uploaded, and why",
        arguments: ["submit", "submit_pkg_info", "doc_upload"])
    func retiredActions(action: String) async throws {
        var upload = TestUpload.wheel()
        upload[":action"] = action
        let answer = try await server.upload(upload)
        #expect(answer.status == 410 && answer.reason.contains("no longer") && answer.text.contains("no longer"))
    }

    @Test("refuses an upload that is said to be too long, whatever comes of it")
    func tooLong() async throws {
        let credentials = Data("__token__:\(server.token)".utf8).base64EncodedString()
        let headers: HTTPFields = [
            .contentType: TestUpload.wheel().contentType, .authorization: "Basic \(credentials)",
            .contentLength: String(server.index.settings.limits.fileSize * 2),
        ]
        let answer = try await server.send(.post, "/legacy/", headers: headers, body: TestUpload.wheel().body)
        #expect(answer.status == 413 && answer.text.hasPrefix("File too large."))
    }

    @Test("refuses a token that was revoked, has expired, or is for something else")
    func deadTokens() async throws {
        let ada = try Username(parsing: "ada")
        let other = try await server.issue(projects: ["other"])
        let short = try await server.issue(expires: .seconds(60))
        #expect(try await server.upload(.wheel(), token: other).status == 403)
        server.now = server.now + .seconds(61)
        #expect(try await server.upload(.wheel(), token: short).status == 403)
        #expect(try await server.upload(.wheel()).status == 200)
        for token in try await server.index.stores.tokens.tokens(of: ada) {
            try await server.index.stores.tokens.revoke(
                token.id, by: .operatorAtMachine, from: RequestOrigin(), at: server.now)
        }
        #expect(try await server.upload(.wheel()).text.contains("revoked"))
    }

    @Test("tells the reason of a refusal in the status line and in the body")
    func reason() async throws {
        try await server.upload(.wheel())
        var other = TestWheel()
        other.files[0].content = Array("answer = 43\n".utf8)
        let answer = try await server.upload(.wheel(other))
        #expect(answer.status == 400)
        #expect(answer.reason.hasPrefix("File already exists"))
        #expect(answer.text.hasPrefix("File already exists"))
        #expect(!answer.reason.contains("\n"))
    }

    @Test("names the right address to anyone who uploads to an address for installers")
    func wrongAddress() async throws {
        let answer = try await server.send(.post, "/simple/", headers: [.accept: "text/plain"])
        #expect(answer.status == 405)
        #expect(answer.text.contains("https://packages.example.org/legacy/"))
        #expect(answer.headers[.allow] == "GET, HEAD")
    }

    @Test("counts what installers download, and only that")
    func counting() async throws {
        try await server.upload(.wheel())
        let project = try await document("/simple/demo-pkg/")
        let url = try #require((project["files"] as? [[String: Any]])?.first?["url"] as? String)
        let pip: HTTPFields = [.userAgent: "pip/26.3 {\"installer\":{\"name\":\"pip\",\"version\":\"26.3\"}}"]
        for _ in 0..<3 { _ = try await page(url, pip) }
        _ = try await page(url + ".metadata", pip)
        _ = try await server.send(.head, url, headers: pip)
        _ = try await page(url, [.userAgent: "Mozilla/5.0"])
        var ranged = pip
        ranged[.range] = "bytes=0-9"
        #expect(try await page(url, ranged).status == 206)
        _ = try await page(url, [.userAgent: "bandersnatch/6.5"])
        try await server.stopCounting()
        let snapshot = try #require(
            try await server.index.stores.projects.snapshot(of: ProjectName(parsing: "demo-pkg")))
        let days = try await server.index.stores.downloads.perDay(of: snapshot.project.name, since: server.now.day)
        #expect(days.map(\.count) == [3])
        let downloads = server.index.stores.downloads
        let mirrors = try await downloads.perDay(of: snapshot.project.name, .mirrors, since: server.now.day)
        #expect(mirrors.map(\.count) == [1])
        let clients = try await downloads.clients(of: snapshot.project.name, since: server.now.day)
        let counted = ClientCount(
            day: server.now.day, installer: Installer(name: "pip", version: "26.3"), isMirror: false, count: 3)
        #expect(clients.first == counted && clients.count == 2 && clients[1].isMirror)
        #expect(try await downloads.clients(of: snapshot.project.name, since: server.now.day + 1).isEmpty)
    }

    @Test("lists every route with its guard, the act that it performs, and what that takes")
    func routes() throws {
        let lines = [Route.columns] + server.server.routes.map(\.description).sorted()
        try Golden.expect(lines.joined(separator: "\n") + "\n", "routes.txt")
    }

    @Test("answers those who watch it")
    func operations() async throws {
        #expect(try await page("/healthz").text == "ok\n")
        let metrics = try await page("/metrics").text
        #expect(metrics.contains("\nrind_projects 0\n"))
    }

    @Test("refuses a token that was narrowed to the beginning of time, in words")
    func hostileCaveat() async throws {
        var token = try Macaroon(parsing: server.token)
        try token.add(.window(expiry: Timestamp(microseconds: .min), notBefore: Timestamp(microseconds: .min)))
        let answer = try await server.upload(.wheel(), token: token.text)
        #expect(answer.status == 403 && answer.text.contains("expired"))
    }

    @Test("serves a file at its one address, whatever else leads to it")
    func oneAddress() async throws {
        try await server.upload(.wheel())
        let project = try await document("/simple/demo-pkg/")
        let url = try #require((project["files"] as? [[String: Any]])?.first?["url"] as? String)
        let queried = try await page(url + "?x=1")
        #expect(queried.status == 200 && !queried.isImmediate)
        #expect(try await page(url).isImmediate)
        #expect(try await !page(url + "?x=2").isImmediate)
        let digest = url.split(separator: "/").dropFirst().prefix(3).joined()
        let split = try await page(
            "/packages/\(digest.prefix(10))/\(digest.dropFirst(10).prefix(4))/\(digest.dropFirst(14))/demo_pkg-1.0-py3-none-any.whl"
        )
        #expect(split.status == 301 && split.headers[.location] == url)
    }

    @Test("offers nothing of a quarantined project, on no address, and everything again afterwards")
    func quarantine() async throws {
        try await server.upload(.wheel())
        let demo = try ProjectName(parsing: "demo-pkg")
        let project = try await document("/simple/demo-pkg/")
        let url = try #require((project["files"] as? [[String: Any]])?.first?["url"] as? String)
        for target in [url, url + ".metadata", "/rss/updates.xml", "/pypi/demo-pkg/json"] { _ = try await page(target) }
        func set(_ status: ProjectStatus) async throws {
            try await server.index.stores.removals.setStatus(
                status, reason: "malware", of: demo, by: .operatorAtMachine, at: server.now)
            try await server.server.follower.catchUp()
        }
        try await set(.quarantined)
        for target in [url, url + ".metadata"] {
            let refused = try await page(target)
            #expect(refused.status == 403 && refused.reason.contains("quarantined") && refused.text.contains("malware"))
        }
        #expect((try await document("/simple/demo-pkg/")["files"] as? [Any])?.isEmpty == true)
        #expect((try await document("/pypi/demo-pkg/json")["urls"] as? [Any])?.isEmpty == true)
        #expect(try await !page("/rss/updates.xml").text.contains("demo-pkg"))
        #expect(try await server.upload(.sourceDistribution()).status == 403)
        try await set(.active)
        #expect(try await page(url).body == TestWheel().bytes)
    }

    @Test("keeps a project's page in memory until the project changes")
    func projectPage() async throws {
        try await server.upload(.wheel())
        let browser: HTTPFields = [.accept: "text/html"]
        let first = try await page("/project/demo-pkg/", browser)
        #expect(first.status == 200 && !first.isImmediate)
        let second = try await page("/project/demo-pkg/", browser)
        #expect(second.isImmediate && second.headers == first.headers)
        #expect(second.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
        try await server.upload(.sourceDistribution())
        #expect(try await page("/project/demo-pkg/", browser).text.contains("demo_pkg-1.0.tar.gz"))
    }

    @Test(
        "keeps the pages and documents of releases in memory until their project changes",
        arguments: ["/project/demo-pkg/1.0/", "/pypi/demo-pkg/1.0/json"])
    func releasePage(path: String) async throws {
        try await server.upload(.wheel())
        let browser: HTTPFields = [.accept: "text/html"]
        let first = try await page(path, browser)
        #expect(first.status == 200 && !first.isImmediate)
        let second = try await page(path, browser)
        #expect(second.isImmediate && second.headers == first.headers && second.body == first.body)
        try await server.upload(.sourceDistribution())
        let third = try await page(path, browser)
        #expect(!third.isImmediate && third.text.contains("demo_pkg-1.0.tar.gz"))
        // One that is not there is not kept, and is there when it comes.
        let later = path.replacingOccurrences(of: "1.0", with: "2.0")
        #expect(try await page(later, browser).status == 404)
        var upload = TestUpload.wheel(TestWheel("demo_pkg", "2.0", metadata: testMetadata("demo-pkg", "2.0")))
        upload["version"] = "2.0"
        upload.filename = "demo_pkg-2.0-py3-none-any.whl"
        #expect(try await server.upload(upload).status == 200)
        #expect(try await page(later, browser).status == 200)
        #expect(try await !page(path, browser).isImmediate)
    }

    @Test("renders a page once for all who ask for it at once")
    func oneRendering() async throws {
        try await server.upload(.wheel())
        let server = server
        let bodies = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<50 {
                group.addTask { try await server.send(.get, "/simple/demo-pkg/", headers: Self.json).body }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(bodies.count == 1)
    }

    @Test("tells uv the whole address when it forgets the slash")
    func missingSlash() async throws {
        let answer = try await server.send(.post, "/legacy")
        #expect(answer.status == 308)
        #expect(answer.headers[.location] == "http://packages.example.org/legacy/")
    }

    @Test("refuses a form that is too large, and says so")
    func largeForm() async throws {
        let path = try await server.passwordLink(for: "ada")
        let answer = try await server.send(
            .post, path, headers: [.accept: "text/html"], body: [UInt8](repeating: 0x61, count: 70_000))
        #expect(answer.status == 413)
    }

    @Test("gives a page to browsers, and a problem to programs that ask for JSON")
    func errorForms() async throws {
        // As uv asks: it shows what comes to a person in a terminal.
        let installer = try await page("/simple/nothing/", [.accept: "application/json, text/html;q=0.01"])
        #expect(installer.headers[.contentType] == "application/problem+json" && !installer.text.contains("<"))
        let text = try await page("/simple/nothing/", [.accept: "text/plain, text/html;q=0.1"])
        #expect(text.text == "There is no project 'nothing' on this index.\n")
        let problem = try await page("/simple/nothing/", [.accept: "application/json"])
        #expect(problem.headers[.contentType] == "application/problem+json")
        #expect(problem.text.contains("\"code\":\"request.nothing-here\""))
        let html = try await page("/project/nothing/", [.accept: "text/html"])
        #expect(html.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
    }
}
