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
import Web

@Suite("A link that a command prints") struct LinkAddressTests {
    let folder = FileManager.default.temporaryDirectory.appending(path: "links-\(UUID().uuidString)")
    static let (noted, set) = ("https://served.example.org", "https://set.example.org")

    // The columns are the point.
    // swift-format-ignore
    @Test(
        "leads to where the index is served, whatever a setting says; else to where it will most likely be",
        arguments: [
            // held, by who noted it; noted, set: where it leads
            (true,  true,  noted, set, noted),
            (true,  true,  noted, nil, noted),
            // A server starts, and has not said where it will be.
            (true,  false, noted, set, set),
            (true,  false, noted, nil, noted),
            (true,  false, nil,   set, set),
            (true,  false, nil,   nil, "http://127.0.0.1:8080"),
            (false, false, noted, set, set),
            (false, false, noted, nil, noted),
            (false, false, nil,   set, set),
            (false, false, nil,   nil, "http://127.0.0.1:8080"),
        ] as [(Bool, Bool, String?, String?, String)])
    func base(isHeld: Bool, isNotedByHolder: Bool, noted: String?, set: String?, base: String) async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        var settings = try await Settings.read(data: folder.path, flags: [:], environment: [:], file: nil)
        settings.baseURL = set
        let data = try DataFolder(path: folder.path, exclusively: isHeld)
        if let noted {
            try "\(noted)\n".write(to: folder.appending(path: "served-address"), atomically: true, encoding: .utf8)
            if !isNotedByHolder {
                try FileManager.default.setAttributes(
                    [.modificationDate: Date(timeIntervalSince1970: 0)],
                    ofItemAtPath: folder.appending(path: "served-address").path)
            }
        }
        let address = LinkAddress(settings)
        #expect(address.base == base && (address.caveat == nil) == isNotedByHolder)
        withExtendedLifetime(data) {}
    }
}

@Suite("The addresses of an index") struct AddressTests {
    static let json: HTTPFields = [.accept: "application/vnd.pypi.simple.v1+json"]

    /// A wheel with an epoch and a build tag: there is a `!` in its name.
    private static func oddWheel() -> TestUpload {
        var upload = TestUpload.wheel(TestWheel("demo_pkg", "1!2.0"))
        upload.filename = "demo_pkg-1!2.0-1abc-py3-none-any.whl"
        upload["version"] = "1!2.0"
        return upload
    }

    private func document(_ server: TestServer, _ path: String) async throws -> [String: Any] {
        let answer = try await server.send(.get, path, headers: Self.json)
        return try #require(JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    }

    @Test("with an epoch are found in every spelling, and our own links are such")
    func epoch() async throws {
        let server = try await TestServer()
        let stored = try await server.upload(Self.oddWheel())
        #expect(stored.status == 200, "\(stored.text)")
        let project = try await document(server, "/simple/demo-pkg/")
        let url = try #require((project["files"] as? [[String: Any]])?.first?["url"] as? String)
        let quoted = url.replacing("!", with: "%21")
        for path in [quoted, url, "\(quoted).metadata", url.replacing("demo_pkg", with: "demo%5Fpkg")] {
            #expect(try await server.send(.get, path).status == 200, "\(path)")
        }
        // Once it has been asked for, memory answers, in whatever spelling.
        #expect(try await server.send(.get, quoted).isImmediate)
        for path in [
            "/project/demo-pkg/1!2.0/", "/project/demo%2Dpkg/1%212.0/", "/pypi/demo-pkg/1%212.0/json",
            "/simple/demo%2Dpkg/", "/pypi/demo%2dpkg/json", "/rss/project/demo%2dpkg/releases.xml",
        ] {
            #expect(try await server.send(.get, path).status == 200, "\(path)")
        }
        let release = try await document(server, "/pypi/demo-pkg/json")
        let info = try #require(release["info"] as? [String: Any])
        let own = try #require(info["release_url"] as? String)
        #expect(try await server.send(.get, own.replacing(server.baseURL, with: "")).status == 200)
        let feed = try await server.send(.get, "/rss/updates.xml").text
        let link = try #require(feed.firstMatch(of: /<link>([^<]*demo-pkg[^<]*)<\/link>/)).1
        #expect(try await server.send(.get, String(link).replacing(server.baseURL, with: "")).status == 200)
        let moved = try await server.send(.get, "/project/Demo.Pkg/1%212.0.0/")
        #expect(moved.status == 301 && moved.location == "/project/demo-pkg/1!2.0/")
        #expect(try await server.send(.get, moved.location).status == 200)
    }

    @Test(
        "with an encoded slash, a control character or dots for steps are refused in words",
        arguments: [
            "/simple/demo%2Fpkg/", "/simple/demo%00/", "/simple/%0d%0aX: y/", "/simple/%2e%2e/simple/",
            "/packages/../../etc/passwd", "/project/demo%ZZ/",
        ])
    func refused(path: String) async throws {
        let server = try await TestServer()
        let answer = try await server.send(.get, path)
        #expect(answer.status == 400 && answer.text.hasPrefix("The address in the request line has"))
    }

    @Test("that recipes of distributions write lead to the file")
    func conventional() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        try await server.upload(.sourceDistribution())
        for (path, ending) in [
            ("/packages/source/d/demo-pkg/demo_pkg-1.0.tar.gz", "/demo_pkg-1.0.tar.gz"),
            ("/packages/py3/d/Demo.Pkg/demo_pkg-1.0-py3-none-any.whl", "/demo_pkg-1.0-py3-none-any.whl"),
            (
                "/packages/py3/d/demo-pkg/demo_pkg-1.0-py3-none-any.whl.metadata",
                "/demo_pkg-1.0-py3-none-any.whl.metadata"
            ),
        ] {
            let moved = try await server.send(.get, path)
            #expect(moved.status == 301 && moved.location.hasSuffix(ending), "\(path)")
            #expect(try await server.send(.get, moved.location).status == 200)
        }
    }

    @Test("that Hatch makes of the upload address say what is missing, and lead to what is there")
    func hatch() async throws {
        let server = try await TestServer()
        for path in ["/legacy/+simple/demo-pkg/", "/legacy/demo-pkg/1.0/"] {
            var answer = try await server.send(.get, path)
            if answer.status == 301 { answer = try await server.send(.get, answer.location) }
            #expect(answer.status == 404 && answer.text.contains("'demo-pkg'"), "\(path)")
        }
        try await server.upload(.wheel())
        for path in ["/legacy/+simple/demo-pkg/", "/legacy/demo-pkg/1.0/"] {
            let moved = try await server.send(.get, path)
            #expect(moved.status == 301, "\(path)")
            #expect(try await server.send(.get, moved.location).status == 200)
        }
    }

    @Test("of PyPI's XML-RPC answer with a fault that says where to look")
    func xmlRPC() async throws {
        let server = try await TestServer()
        let call = "<?xml version='1.0'?><methodCall><methodName>search</methodName></methodCall>"
        for path in ["/pypi", "/pypi/"] {
            let answer = try await server.send(
                .post, path, headers: [.contentType: "text/xml"], body: Array(call.utf8))
            #expect(answer.status == 200 && answer.headers[.contentType]?.hasPrefix("text/xml") == true)
            #expect(answer.text.contains("<fault>") && answer.text.contains("https://packages.example.org/search/"))
        }
    }

    @Test("that an installer asks for below the bare host are refused with the right index URL")
    func bareHost() async throws {
        let server = try await TestServer()
        for accept in ["application/vnd.pypi.simple.v1+json", "text/html", "*/*"] {
            let answer = try await server.send(.get, "/demo-pkg/", headers: [.accept: accept])
            #expect(answer.status == 404)
            #expect(
                answer.reason.contains("https://packages.example.org/simple/") && answer.reason.contains("--index-url"))
        }
        #expect(try await !server.send(.get, "/a/b/c/").reason.contains("--index-url"))
    }

    @Test("of a publisher who forgot the slash are put right on the port that was asked")
    func uploadAddress() async throws {
        func location(_ address: String?) async throws -> String {
            let server = try await TestServer(baseURL: address ?? "http://127.0.0.1:8080") { $0.baseURL = address }
            let base = address.flatMap { $0.hasSuffix("/pypi") ? "/pypi" : nil } ?? ""
            return try await server.send(.post, "\(base)/legacy").location
        }
        // The host that tests ask for is packages.example.org, as a proxy might say it that leaves out the port.
        #expect(try await location("https://packages.example.org:8443") == "https://packages.example.org:8443/legacy/")
        #expect(try await location("https://packages.example.org/pypi") == "https://packages.example.org/pypi/legacy/")
        #expect(try await location("https://other.example.org/pypi") == "http://packages.example.org/pypi/legacy/")
        #expect(try await location(nil) == "http://packages.example.org/legacy/")
    }

    @Test("of pages for installers say that nothing runs there and no site frames them")
    func headers() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        for path in ["/simple/", "/simple/demo-pkg/"] {
            let policy = try await server.send(.get, path, headers: [.accept: "text/html"]).headers[
                .contentSecurityPolicy]
            #expect(
                policy?.contains("default-src 'none'") == true && policy?.contains("frame-ancestors 'none'") == true)
        }
    }

    @Test("tell mirrors a file's metadata in the JSON API, and no reason where there is none")
    func jsonAPI() async throws {
        let server = try await TestServer()
        try await server.upload(.wheel())
        try await server.upload(.sourceDistribution())
        try await server.index.stores.projects.yank(
            Version(parsing: "1.0"), of: ProjectName(parsing: "demo-pkg"), reason: "", by: .operatorAtMachine,
            at: server.now)
        let document = try await document(server, "/pypi/demo-pkg/1.0/json")
        let files = try #require(document["urls"] as? [[String: Any]])
        #expect(files.count == 2)
        for file in files {
            let isWheel = (file["filename"] as? String)?.hasSuffix(".whl") == true
            #expect((file["core-metadata"] is [String: String]) == isWheel)
            #expect(isWheel || file["core-metadata"] as? Bool == false)
            #expect(file["yanked"] as? Bool == true && file["yanked_reason"] is NSNull)
        }
    }
}

@Suite("An index below a path of its host") struct BelowAPathTests {
    static let base = "https://packages.example.org/pypi"

    /// Every address in a document that begins with a slash.
    private static func rootedAddresses(in text: String) -> [Substring] {
        text.matches(of: /(?:href|src|action|data-options|data-answer)="(\/[^"]*)"|"(?:url|next)":"(\/[^"]*)"/).map {
            $0.1 ?? $0.2 ?? ""
        }
    }

    @Test("has no page, document or redirect that leads anywhere else")
    func everything() async throws {
        let server = try await TestServer(baseURL: Self.base) { $0.baseURL = Self.base }
        try await server.upload(.wheel(), to: "/pypi/legacy/")
        try await server.addUser("grace", isAdministrator: true)
        let browser = TestBrowser(server)
        _ = try await browser.get("/pypi/account/login/")
        let signedIn = try await browser.post(
            "/pypi/account/login/", ["username": "grace", "password": TestServer.password])
        #expect(signedIn.status == 303 && signedIn.location == "/pypi/manage/account/")
        let cookies = signedIn.headers[values: .setCookie]
        #expect(
            !cookies.isEmpty && cookies.allSatisfy { $0.hasPrefix("__Secure-rind") && $0.contains("; Path=/pypi/;") })
        var pages = 0
        // Every route without a parameter, and those of what is there.
        let fixed = server.server.routes.filter { $0.method == .get && !$0.path.contains("{") }.map(\.path)
        let named = [
            "/simple/demo-pkg/", "/pypi/demo-pkg/json", "/project/demo-pkg/", "/project/demo-pkg/1.0/", "/user/ada/",
            "/project/nothing/", "/rss/project/demo-pkg/releases.xml", "/simple/Demo_Pkg/", "/account/enrol/00/",
            "/manage/project/demo-pkg/releases/", "/packages/py3/d/demo-pkg/demo_pkg-1.0-py3-none-any.whl",
        ]
        for path in fixed + named {
            let slash = path.hasSuffix("/") || path.contains(".") || path.hasSuffix("json") ? "" : "/"
            let answer = try await browser.get("/pypi\(path)\(slash)")
            #expect(answer.status < 500, "\(path)")
            for address in Self.rootedAddresses(in: answer.text) {
                #expect(address.hasPrefix("/pypi/"), "\(path): \(address)")
                pages += 1
            }
            if !answer.location.isEmpty {
                #expect(answer.location.hasPrefix("/pypi/") || answer.location.hasPrefix(Self.base), "\(path)")
            }
            #expect(!answer.text.contains("packages.example.org/simple"), "\(path)")
        }
        #expect(pages > 300)
        let outside = try await server.send(.get, "/simple/demo-pkg/")
        #expect(outside.status == 404 && outside.text.contains("/pypi/"))
    }

    @Test("tells scripts, feeds, letters and mirrors its whole address")
    func documents() async throws {
        let server = try await TestServer(baseURL: Self.base) { $0.baseURL = Self.base }
        try await server.upload(.wheel(), to: "/pypi/legacy/")
        let feed = try await server.send(.get, "/pypi/rss/updates.xml").text
        #expect(feed.contains("<link>\(Self.base)/project/demo-pkg/1.0/</link>"))
        let json = try await server.send(.get, "/pypi/pypi/demo-pkg/json").text
        #expect(
            json.contains("\"url\":\"\(Self.base)/packages/") && json.contains("\"\(Self.base)/project/demo-pkg/1.0/\"")
        )
        let browser = TestBrowser(server)
        let asked = try await browser.get("/pypi/manage/account/")
        #expect(asked.location == "/pypi/account/login/?next=%2Fmanage%2Faccount%2F")
        let page = try await browser.get("/pypi/account/login/?next=%2Fmanage%2Fprojects%2F")
        #expect(page.text.contains("data-options=\"/pypi/account/login/passkey/options/\""))
        try await server.addUser("grace")
        let done = try await browser.post(
            "/pypi/account/login/",
            ["username": "grace", "password": TestServer.password, "next": "/manage/projects/"])
        #expect(done.location == "/pypi/manage/projects/")
        _ = try await browser.get("/pypi/manage/account/")
        let out = try await browser.post("/pypi/account/logout/")
        // Storage would be that of every other site on the host.
        #expect(HTTPField.Name("Clear-Site-Data").flatMap { out.headers[$0] } == "\"cache\"")
    }
}

@Suite("The figures at /metrics") struct MetricsAccessTests {
    static let key = HTTPField.Name("X-Real-IP") ?? .via
    static let forwarded = HTTPField.Name("X-Forwarded-For") ?? .via

    // The columns are the point.
    // swift-format-ignore
    static let table: [(remote: String?, headers: HTTPFields, loopback: Bool, withToken: Bool)] = [
        ("127.0.0.1",   [:],                                            true,  true),
        ("127.8.9.1",   [:],                                            true,  true),
        ("::1",         [:],                                            true,  true),
        ("10.0.0.1",    [:],                                            false, false),
        ("::2",         [:],                                            false, false),
        (nil,           [:],                                            false, false),
        ("127.0.0.1",   [forwarded: "127.0.0.1"],                       false, false),
        ("127.0.0.1",   [key: "127.0.0.1"],                             false, false),
        ("127.0.0.1",   [.via: "1.1 proxy"],                            false, false),
        ("10.0.0.1",    [forwarded: "127.0.0.1"],                       false, false),
        ("10.0.0.1",    [.authorization: "Bearer 0123456789abcdef"],    false, true),
        ("10.0.0.1",    [.authorization: "bearer  0123456789abcdef"],   false, true),
        ("10.0.0.1",    [.authorization: "Bearer 0123456789abcdeg"],    false, false),
        ("10.0.0.1",    [.authorization: "Bearer "],                    false, false),
        ("10.0.0.1",    [.authorization: "Basic 0123456789abcdef"],     false, false),
    ]

    @Test("are for this machine and for anyone who has the token", arguments: table)
    func admits(remote: String?, headers: HTTPFields, loopback: Bool, withToken: Bool) async throws {
        #expect(MetricsAccess().admits(remote: remote, headers: headers) == loopback)
        let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString)")
        try Data("0123456789abcdef\n".utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let settings = try await Settings.read(
            data: "/nowhere", flags: [.metricsTokenFile: file.path], environment: [:], file: nil)
        #expect(settings.metrics.admits(remote: remote, headers: headers) == withToken)
        let open = try await Settings.read(data: "/nowhere", flags: [.metrics: "open"], environment: [:], file: nil)
        #expect(open.metrics.admits(remote: remote, headers: headers))
    }

    @Test("are refused to others in words")
    func refused() async throws {
        let server = try await TestServer { $0.metrics = MetricsAccess() }
        let answer = try await server.send(.get, "/metrics")
        #expect(answer.status == 403 && answer.text.contains("--metrics-token-file") && !answer.text.contains("rind_"))
    }

    @Test(
        "A base URL may have a path that is written in one way",
        arguments: [
            ("https://host.example/pypi", "https://host.example/pypi"),
            ("https://host.example/a/b/", "https://host.example/a/b"),
            ("https://host.example/a%20b", nil), ("https://host.example/a/../b", nil),
            ("https://host.example/a//b", nil),
            ("https://me:secret@host.example/", nil), ("https://host.example/pypi?x", nil),
        ])
    func baseURL(given: String, read: String?) async throws {
        let settings = try? await Settings.read(data: "/nowhere", flags: [.baseURL: given], environment: [:], file: nil)
        #expect(settings?.baseURL == read)
    }
}
