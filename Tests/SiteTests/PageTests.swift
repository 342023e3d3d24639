import Foundation
import PackagingFormats
import Projects
import Search
import Testing
import UTC
import VectorSupport

@testable import Descriptions
@testable import Site

@Suite("Every page") struct PageTests {
    @Test("is, byte for byte, the one that was looked at last", arguments: PagesUnderTest.names)
    func golden(name: String) throws {
        // A change of the style sheet alone changes no page.
        let page = try PagesUnderTest.page(name).replacing(/\/static\/[0-9a-f]{16}\//, with: "/static/…/")
        try Golden.expect(page, "\(name).html")
    }

    @Test("has a language, a title, one h1 and the landmarks", arguments: PagesUnderTest.names)
    func skeleton(name: String) throws {
        let elements = try StrictHTML(try PagesUnderTest.page(name)).elements
        func all(_ name: String) -> [StrictHTML.Element] { elements.filter { $0.name == name } }
        #expect(all("html").first?.attributes["lang"] == "en")
        #expect(elements.first { $0.name == "title" }?.text.hasSuffix("Rind") == true || name.hasPrefix("home"))
        #expect(elements.first { $0.name == "title" }?.text.isEmpty == false)
        for landmark in ["h1", "main", "header", "footer"] { #expect(all(landmark).count == 1, "\(landmark)") }
        #expect(all("a").first?.attributes["href"] == "#main")
        #expect(all("main").first?.attributes["id"] == "main")
    }

    @Test("goes down one heading level at a time", arguments: PagesUnderTest.names)
    func headings(name: String) throws {
        let elements = try StrictHTML(try PagesUnderTest.page(name)).elements
        let levels = elements.compactMap { Element(rawValue: $0.name)?.headingLevel }
        #expect(levels.first == 1)
        for (previous, next) in zip(levels, levels.dropFirst()) { #expect(next <= previous + 1) }
    }

    @Test(
        "names each id once, labels each field, and refers to nothing that is not there",
        arguments: PagesUnderTest.names)
    func references(name: String) throws {
        let elements = try StrictHTML(try PagesUnderTest.page(name)).elements
        let identifiers = elements.compactMap { $0.attributes["id"] }
        #expect(Set(identifiers).count == identifiers.count)
        for attribute in ["aria-labelledby", "aria-describedby", "for", "data-copies", "data-reveals"] {
            for reference in elements.compactMap({ $0.attributes[attribute] }).flatMap({ $0.split(separator: " ") }) {
                #expect(identifiers.contains(String(reference)), "\(attribute)=\(reference)")
            }
        }
        let labelled = Set(elements.filter { $0.name == "label" }.compactMap { $0.attributes["for"] })
        for field in elements where field.name == "input" && field.attributes["type"] != "hidden" {
            #expect(labelled.contains(field.attributes["id"] ?? ""))
        }
        for link in elements where link.name == "a" && link.attributes["href"]?.hasPrefix("#") == true {
            #expect(identifiers.contains(String((link.attributes["href"] ?? "").dropFirst())))
        }
    }

    @Test("obeys its Content-Security-Policy: nothing inline, nothing from elsewhere", arguments: PagesUnderTest.names)
    func policy(name: String) throws {
        let site = try Fixture.site()
        for element in try StrictHTML(try PagesUnderTest.page(name)).elements {
            #expect(element.name != "style")
            for attribute in element.attributes.keys {
                #expect(attribute != "style" && !attribute.hasPrefix("on"), "\(element)")
            }
            let loaded =
                switch element.name {
                case "script", "img": element.attributes["src"]
                case "link" where ["stylesheet", "icon"].contains(element.attributes["rel"]): element.attributes["href"]
                default: String?.none
                }
            if element.name == "script" { #expect(element.text.isEmpty && loaded != nil) }
            if let loaded { #expect(site.assets.contains { $0.path == loaded }, "\(loaded)") }
            if element.name == "form" { #expect(element.attributes["action"]?.hasPrefix("/") == true) }
        }
    }

    @Test("of an index below a path leads nowhere else on its host", arguments: PagesUnderTest.names)
    func basePath(name: String) throws {
        let page = try Fixture.$baseURL.withValue("https://host.example/pypi") { try PagesUnderTest.page(name) }
        var paths = 0
        for element in try StrictHTML(page).elements {
            for (attribute, value) in element.attributes where value.hasPrefix("/") && !value.hasPrefix("//") {
                // Where the person wants to go on is said to the index, which knows where it stands.
                guard !["value", "data-next"].contains(attribute) else { continue }
                paths += 1
                #expect(value.hasPrefix("/pypi/") && !value.hasPrefix("/pypi/pypi/simple"), "\(element) \(value)")
            }
        }
        #expect(paths > 3)
    }

    @Test("keeps the ids that browser tests and password managers rely on")
    func knownIdentifiers() throws {
        let expected = [
            "home": ["search"], "project": ["search"], "not-found": ["search", "error"], "error": ["error"],
            "login-refused": ["username", "password", "sign-in", "use-security-key", "error"],
            "two-factor": ["totp-code", "use-security-key", "error"], "recovery-code": ["recovery-code"],
            "confirm-key": ["use-security-key", "error"], "confirm-code": ["totp-code"],
            "confirm-password": ["username", "password"], "add-key": ["key-label", "add-security-key", "error"],
            "add-first": ["key-label", "add-security-key", "totp-code"], "token-for": ["token-name", "make-token"],
            "add-app": ["totp-code"], "password-refused": ["username", "password", "error"],
        ]
        for (name, identifiers) in expected {
            let elements = try StrictHTML(try PagesUnderTest.page(name)).elements
            for identifier in identifiers {
                #expect(elements.contains { $0.attributes["id"] == identifier }, "\(name) \(identifier)")
            }
        }
    }

    @Test("shows what a stranger wrote, and runs none of it")
    func hostile() throws {
        // The accent makes one Character with the quote before it; a browser sees the quote.
        let evil = "\"\u{301}><script>alert(1)</script><img src=x onerror=alert(1)>'\u{301} autofocus {{name}} </title>"
        var metadata = Fixture.metadata
        metadata.summary = evil
        metadata.description = evil
        metadata.keywords = evil
        metadata.author = evil
        metadata.authorEmail = "\(evil) <\(evil)>, x@example.org"
        metadata.licenseExpression = evil
        metadata.requiresPython = evil
        metadata.requiresDist = [evil, "a; extra == '\(evil)'"]
        metadata.providesExtra = [evil]
        metadata.classifiers = ["\(evil) :: \(evil)"]
        metadata.projectURLs = [
            .init(label: evil, url: "https://example.org/\(evil)"), .init(label: "x", url: "java\tscript:alert(1)"),
            .init(label: "y", url: "data:text/html,x"), .init(label: "z", url: "//example.org/"),
        ]
        metadata.homePage = " JaVaScRiPt:alert(1)"
        let site = try Fixture.site()
        for contentType in ["text/markdown", "text/plain", nil, evil] {
            metadata.descriptionContentType = contentType
            let snapshot = try Fixture.snapshot(
                of: Fixture.project(status: .deprecated, reason: evil), yank: Yank(reason: evil))
            let release = try #require(snapshot.release(Fixture.version("1.1")))
            let page = site.project(
                snapshot, release: release, metadata: metadata, descriptionHTML: Fixture.descriptionHTML(metadata),
                downloads: [], today: Fixture.today, hosted: [])
            try expectHarmless(page)
        }
        let summary = ReleaseSummary(
            project: try Fixture.name("x"), version: nil, summary: evil, createdAt: Fixture.moment(daysAgo: 1))
        try expectHarmless(
            site.search(
                SearchQuery(text: evil),
                results: SearchResults(
                    results: [FoundProject(summary)], total: 999, suggestions: [FoundProject(summary)])))
        try expectHarmless(site.notFound(path: "/\(evil)", explanation: evil, suggestions: [summary]))
        try expectHarmless(site.error(status: 400, explanation: evil, requestID: evil))
    }

    @Test("of an account shows what its holder wrote, and runs none of it", arguments: AccountPagesUnderTest.names)
    func hostileAccount(name: String) throws {
        let evil = "\"\u{301}><script>alert(1)</script><img src=x onerror=alert(1)>'\u{301} autofocus {{name}} </title>"
        let page = try AccountPagesUnderTest.bytes(name, try Fixture.site(), evil: evil)
        let asksKeys = ["login", "two-factor", "confirm", "add-key", "add-first", "add-recovered"].contains(
            where: name.hasPrefix)
        try expectHarmless(page, scripts: asksKeys ? 2 : 1)
    }

    @Test("of a giveaway shows what a sponsor is called, and runs none of it", arguments: GiveawayPagesUnderTest.names)
    func hostileGiveaway(name: String) throws {
        let evil = "\"\u{301}><script>alert(1)</script><img src=x onerror=alert(1)>'\u{301} autofocus {{name}}"
        try expectHarmless(try GiveawayPagesUnderTest.bytes(name, try Fixture.site(), evil: evil))
    }

    @Test(
        "about critical projects shows what was typed there, and runs none of it",
        arguments: CriticalPagesUnderTest.names)
    func hostileCritical(name: String) throws {
        let evil = "\"\u{301}><script>alert(1)</script><img src=x onerror=alert(1)>'\u{301} autofocus {{name}}"
        try expectHarmless(try CriticalPagesUnderTest.bytes(name, try Fixture.site(), evil: evil))
    }

    private func expectHarmless(_ page: [UInt8], scripts: Int = 1) throws {
        let html = String(decoding: page, as: UTF8.self)
        let elements = try StrictHTML(html).elements
        #expect(elements.filter { $0.name == "script" }.count == scripts)
        #expect(elements.filter { $0.name == "img" }.count == 1)
        #expect(html.contains("{{name}}") || !html.contains("autofocus"))
        for element in elements {
            #expect(!element.attributes.keys.contains { $0.hasPrefix("on") || $0 == "autofocus" })
            let address = element.attributes["href"] ?? ""
            let isKnown = ["/", "#", "http://", "https://", "mailto:", "otpauth:", "data:text/plain"].contains(
                where: address.hasPrefix)
            #expect((address.isEmpty || isKnown) && !address.hasPrefix("//"), "\(address)")
        }
    }
}

@Suite("Templates and static files") struct ResourceTests {
    @Test("in the program are those in the folder", arguments: ["Templates", "Static"])
    func areCurrent(folder: String) throws {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/Site/\(folder)")
        let files = try FileManager.default.contentsOfDirectory(atPath: sources.path).filter { !$0.hasPrefix(".") }
        #expect(!files.isEmpty)
        for file in files {
            let bytes = Array(try Data(contentsOf: sources.appending(path: file)))
            let embedded =
                folder == "Static"
                ? StaticAsset.all.first { $0.path.hasSuffix("/\(file)") }?.bytes
                : embeddedTemplates[String(file.prefix { $0 != "." })]
            #expect(embedded == bytes, "\(file): build again; if that does not help, see EmbeddedResources.swift")
        }
    }

    @Test("are served under a digest of their bytes")
    func digests() throws {
        let one = StaticAsset(name: "a.css", contentType: "text/css", bytes: [1])
        #expect(one.path == "/static/4bf5122f344554c5/a.css")
        #expect(StaticAsset(name: "a.css", contentType: "text/css", bytes: [2]).path != one.path)
    }

    @Test("load, and every partial that a template asks for is there")
    func partials() throws {
        _ = try Fixture.site()
        for (name, bytes) in embeddedTemplates {
            for match in String(decoding: bytes, as: UTF8.self).matches(of: /\{\{[><]\s*([a-z_]+)\s*\}\}/) {
                #expect(embeddedTemplates[String(match.1)] != nil, "\(name) asks for \(match.1)")
            }
        }
        for template in Template.allCases { #expect(embeddedTemplates[template.rawValue] != nil) }
    }

    @Test(
        "leave text unescaped in five places only: description and terms, which the sanitizer wrote, our own QR code, and lines of source in two templates, which SourceMarkup escapes"
    )
    func unescaped() {
        let triples = embeddedTemplates.values.map {
            String(decoding: $0, as: UTF8.self).matches(of: /\{\{[{&]/).count
        }
        #expect(triples.reduce(0, +) == 5)
    }
}
