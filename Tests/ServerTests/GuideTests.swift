import Foundation
import Guide
import HTTPTypes
import Letters
import Logging
import Ports
import Support
import Synchronization
import Testing
import UTC

@testable import Server

@Suite("What an index says of itself") struct GuideTests {
    @Test("is its name, on every page, in feeds, and in mails with their sender")
    func name() async throws {
        let server = try await TestServer { $0.profile.name = "Acme & Co" }
        try await server.upload(.wheel())
        for path in ["/", "/project/demo-pkg/", "/help/", "/account/login/", "/nowhere/"] {
            let page = try await server.send(.get, path, headers: [.accept: "text/html"]).text
            #expect(page.contains("Acme &amp; Co</title>"), "\(path)")
            #expect(page.contains("> Acme &amp; Co</a>"), "\(path)")
            #expect(!page.contains("Rind<"), "\(path)")
        }
        #expect(try await server.send(.get, "/rss/updates.xml").text.contains("Recent updates at Acme &amp; Co"))
        let nameless = try await TestServer()
        #expect(try await nameless.send(.get, "/").text.contains("<title>Rind package index</title>"))
    }

    @Test("is help for anyone who is new, with its own addresses, and no host of anybody else")
    func help() async throws {
        let server = try await TestServer()
        #expect(try await server.send(.get, "/help").location == "/help/")
        let page = try await server.send(.get, "/help/")
        #expect(page.status == 200 && page.headers[.contentSecurityPolicy] != nil)
        for words in [
            "https://packages.example.org/simple/", "https://packages.example.org/legacy/", "__token__",
            "explicit = true",
        ] {
            #expect(page.text.contains(words), "\(words)")
        }
        #expect(try await server.send(.get, "/").text.contains("href=\"/help/\""))
    }

    @Test("is the operator's terms, made harmless, where there are some")
    func terms() async throws {
        let without = try await TestServer()
        #expect(try await without.send(.get, "/terms/").status == 404)
        #expect(try await !without.send(.get, "/").text.contains("/terms/"))
        let server = try await TestServer { $0.profile.terms = "**Be kind.**\n\n<script>alert(1)</script>\n" }
        let page = try await server.send(.get, "/terms/")
        #expect(page.status == 200 && page.text.contains("<strong>Be kind.</strong>") && !page.text.contains("alert("))
        #expect(try await server.send(.get, "/").text.contains("href=\"/terms/\""))
        #expect(try await server.send(.get, "/account/register/").text.contains("href=\"/terms/\""))
    }

    // The columns are the point.
    // swift-format-ignore
    static let links: [(written: String, href: String?)] = [
        ("/help/",                    "https://host.example/pypi/help/"),
        ("privacy.html",              "https://host.example/pypi/privacy.html"),
        ("?q=x",                      "https://host.example/pypi/?q=x"),
        ("a:b/../c",                  nil),
        ("./a:b",                     "https://host.example/pypi/./a:b"),
        ("https://example.org/a",     "https://example.org/a"),
        ("//example.org/a",           "https://example.org/a"),
        ("mailto:help@example.org",   "mailto:help@example.org"),
        ("javascript:alert(1)",       nil),
        ("JaVa&#9;script:alert(1)",   nil),
        ("data:text/html,x",          nil),
    ]

    @Test(
        "is the operator's terms with their own links, below the index's address, and none that run", arguments: links)
    func termsLinks(written: String, href: String?) async throws {
        let server = try await TestServer(baseURL: "https://host.example/pypi") {
            $0.profile.terms = "<a href=\"\(written)\">words</a>"
        }
        let page = try await server.send(.get, "/pypi/terms/").text
        let found = page.firstMatch(of: /<a ([^>]*)>words<\/a>/).map { String($0.1) }
        #expect(found?.firstMatch(of: /href="([^"]*)"/).map { String($0.1) } == href, "\(found ?? "no link")")
    }

    @Test("is what crawlers shall leave, below the path at which the index stands")
    func robots() async throws {
        let server = try await TestServer()
        let text = try await server.send(.get, "/robots.txt").text
        #expect(text.hasPrefix("User-agent: *\n") && text.contains("\nDisallow: /manage/\n"))
        #expect(!text.contains("/project/"))
        let below = try await TestServer(baseURL: "https://host.example/pypi")
        #expect(try await below.send(.get, "/pypi/robots.txt").text.contains("Disallow: /pypi/simple/\n"))
    }

    // swift-format-ignore
    static let contacts: [(String, address: String?)] = [
        ("security@example.org",            "mailto:security@example.org"),
        ("a%b@example.org",                 "mailto:a%25b@example.org"),
        ("https://example.org/security",    "https://example.org/security"),
        ("mailto:security@example.org",     "mailto:security@example.org"),
        // RFC 9116, section 2.5.3: web addresses must begin with https.
        ("http://example.org/security",     nil),
        ("example.org/security",            nil),
        ("https://",                        nil),
        ("https://example.org/\nExpires: x", nil),
        ("javascript:alert(1)",             nil),
    ]

    @Test("has a contact for weaknesses that is an address", arguments: contacts)
    func contact(text: String, address: String?) { #expect(SecurityContact(parsing: text)?.address == address) }

    @Test("is whom to tell of a weakness, and until when, as RFC 9116 has it; nothing where nobody is named")
    func security() async throws {
        let without = try await TestServer()
        let nobody = try await without.send(.get, "/.well-known/security.txt")
        #expect(nobody.status == 404 && nobody.reason == "There is no contact for weaknesses on this index.")
        #expect(try await without.send(.get, "/terms/").reason == "There is no page of terms on this index.")
        for expires in [nil, Day(iso8601: "2024-01-31")] {
            let server = try await TestServer {
                $0.profile.security = SecurityContact(parsing: "security@example.org", expires: expires)
            }
            let answer = try await server.send(.get, "/.well-known/security.txt")
            #expect(answer.headers[.contentType] == "text/plain; charset=utf-8")
            let lines = answer.text.split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count { $0 == "Contact: mailto:security@example.org" } == 1)
            let dates = lines.compactMap {
                $0.wholeMatch(of: /Expires: (\d{4}-\d\d-\d\d)T00:00:00Z/).flatMap { Day(iso8601: String($0.1)) }
            }
            #expect(dates.count == 1)
            let days = try Int(#require(dates.first).number) - Int(server.now.day.number)
            #expect(expires == nil ? (1..<366).contains(days) : dates.first == expires)
            #expect(lines.contains("Canonical: https://packages.example.org/.well-known/security.txt"))
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let ends: [(days: Int?, isServed: Bool, words: String?)] = [
        (nil, true,  nil),
        (15,  true,  nil),
        (14,  true,  "is good until"),
        (1,   true,  "is good until"),
        (0,   false, "was good until"),
        (-9,  false, "was good until"),
    ]

    @Test("is no contact for weaknesses that is over, of which its operator hears before", arguments: ends)
    func expiry(days: Int?, isServed: Bool, words: String?) async throws {
        let contact = try #require(
            SecurityContact(parsing: "security@example.org", expires: days.map { currentTimestamp().day + $0 }))
        let server = try await TestServer { $0.profile.security = contact }
        server.now = currentTimestamp()
        #expect(
            try await server.send(.get, "/.well-known/security.txt").status == (isServed ? 200 : 404))
        let said = contact.expiryWords(at: server.now)
        if let words { #expect(said?.contains(words) == true) } else { #expect(said == nil) }
        let warnings = try await Doctor(server.index).examine().warnings.filter { $0.kind == .expiringContact }
        #expect(warnings.map(\.what) == [said].compactMap(\.self))
    }

    @Test("is no contact that ends while the server runs without a word in the log, every day anew")
    func contactWatch() async throws {
        let log = CollectedLog()
        let today = Mutex(0)
        let start = currentTimestamp()
        let contact = SecurityContact(parsing: "security@example.org", expires: start.day + 16)
        let watch = ContactWatch(
            contact: contact, now: { start + .days(today.withLock { $0 }) }, logger: Logger(label: "test") { _ in log })
        var schedule = watch.schedule
        #expect(schedule.interval == .days(1))
        schedule.sleep = { _ in
            let day = today.withLock { day in
                day += 1
                return day
            }
            if day == 4 { throw CancellationError() }
        }
        await schedule.runOnce { watch.tell() }
        // Sixteen days before, and fifteen, there is nothing to say.
        #expect(log.lines.count == 2 && log.lines.allSatisfy { $0.contains("--security-expires") })
    }

    @Test("is where a password is changed, for those who keep passwords")
    func changePassword() async throws {
        let server = try await TestServer()
        let answer = try await server.send(.get, "/.well-known/change-password")
        #expect(answer.status == 303 && answer.location == "/manage/account/change-password/")
        // What the same specification asks for, so that a redirect means something.
        let nothing = "/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200"
        #expect(try await server.send(.get, nothing).status == 404)
    }

    @Test("is a sentence for search engines on every page that they may show")
    func descriptions() async throws {
        let server = try await TestServer { $0.profile.terms = "**Be kind.**" }
        try await server.upload(.wheel())
        var said: Set<Substring> = []
        let paths = ["/", "/user/ada/", "/security/", "/help/", "/project/demo-pkg/", "/terms/"]
        for path in paths {
            let page = try await server.send(.get, path).text
            let description = try #require(
                page.firstMatch(of: /<meta name="description" content="([^"]+)">/), "\(path)"
            ).1
            #expect((10...200).contains(description.count), "\(path): \(description)")
            said.insert(description)
        }
        #expect(said.count == paths.count, "each says what is on it")
    }

    @Test("comes from its settings, whose mistakes are named")
    func settings() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "guide-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let terms = folder.appending(path: "terms.md")
        try Data("Be kind.".utf8).write(to: terms)
        func read(_ flags: [SettingName: String]) async throws -> IndexProfile {
            try await Settings.read(data: folder.path, flags: flags, environment: [:], file: nil).profile
        }
        let profile = try await read([.terms: terms.path, .contact: "help@example.org", .securityExpires: "2027-06-30"])
        #expect(profile.terms == "Be kind.")
        #expect(profile.security == SecurityContact(parsing: "help@example.org", expires: Day(iso8601: "2027-06-30")))
        let other = try await read([.contact: "http://example.org/help", .securityContact: "https://example.org/tell"])
        #expect(other.security?.address == "https://example.org/tell")
        #expect(try await read([.contact: "http://example.org/help"]).security == nil)
        for wrong in [
            [SettingName.terms: "/nowhere"], [.securityContact: "http://example.org"], [.securityExpires: "soon"],
        ] {
            await #expect(throws: SettingsMistakes.self) { try await read(wrong) }
        }
    }
}
