import Downloads
import Testing
import VectorSupport

@Suite("A User-Agent") struct DownloaderTests {
    // The columns are the point.
    // swift-format-ignore
    static let installers: [(userAgent: String, name: String, version: String)] = [
        (#"pip/26.3 {"ci":null,"installer":{"name":"pip","version":"26.3"},"python":"3.11.7"}"#, "pip", "26.3"),
        ("pip/1.5.6 CPython/2.7.9 Linux/3.16.0",                   "pip",        "1.5.6"),
        ("pip/21.0.dev0",                                          "pip",        "21.0.dev0"),
        (#"uv/0.13.9 {"installer":{"name":"uv","version":"0.13.9","subcommand":["pip","install"]}}"#, "uv", "0.13.9"),
        ("poetry/2.5.1 CPython/3.11.7 Linux/6.18.44",              "poetry",     "2.5.1"),
        ("pdm/2.29.3 CPython/3.11.7 Linux/6.1",                    "pdm",        "2.29.3"),
        ("unearth/0.17.0",                                         "pdm",        "0.17.0"),
        ("pipx/1.18.4",                                            "pipx",       "1.18.4"),
        (#"Hatch/1.18.2 {"ci":null,"distro":{"name":"Debian GNU/Linux"}} HTTPX/2.16.2"#, "hatch", "1.18.2"),
        ("setuptools/40.8.0 Python-urllib/3.7",                    "setuptools", "40.8.0"),
        ("Python-urllib/2.7 setuptools/7.0",                       "setuptools", "7.0"),
        ("Python-urllib/2.7 distribute/0.6.24",                    "distribute", "0.6.24"),
        ("pex/2.1.100",                                            "pex",        "2.1.100"),
        ("conda/24.1.0 requests/2.31.0 CPython/3.11.7 Linux/6.1",  "conda",      "24.1.0"),
        ("mamba/1.5.8 libmamba/1.5.8",                             "mamba",      "1.5.8"),
        ("micromamba/1.5.8 libmamba/1.5.8",                        "mamba",      "1.5.8"),
        ("Bazel/release 7.1.0",                                    "Bazel",      "7.1.0"),
        ("Bazel/7.1.0",                                            "Bazel",      "7.1.0"),
        ("Homebrew/4.3.1 (Macintosh; Intel macOS 14.5) curl/8.6.0", "Homebrew",  "4.3.1"),
        ("maturin/1.7.0",                                          "maturin",    "1.7.0"),
        ("fetch libfetch/2.0",                                     "OS",         ""),
        ("OpenBSD ftp",                                            "OS",         ""),
        ("MacPorts/2.9.3 libcurl/8.6.0",                           "OS",         ""),
        ("pip",                                                    "pip",        ""),
        ("pip/",                                                   "pip",        ""),
    ]

    @Test("of an installer gives its name and version", arguments: installers)
    func installer(userAgent: String, name: String, version: String) {
        #expect(
            DownloaderRules().downloader(userAgent: userAgent) == .installer(Installer(name: name, version: version)))
        #expect(Installer(name: name, version: version).version == version)
    }

    // The columns are the point.
    // swift-format-ignore
    static let mirrors: [(userAgent: String, name: String, version: String)] = [
        ("bandersnatch/6.8.0 (cpython 3.11.7-final0, Linux x86_64) (aiohttp 3.13.0)", "bandersnatch", "6.8.0"),
        ("bandersnatch 6.8.0 aiohttp-xmlrpc/1.5",                  "bandersnatch",   "6.8.0"),
        ("z3c.pypimirror/1.0.16",                                  "z3c.pypimirror", "1.0.16"),
        ("pep381client/1.5",                                       "pep381client",   "1.5"),
        ("pep381client-proxy/1.5",                                 "pep381client",   "1.5"),
        ("devpi-server/6.20.3 (py3.11.7; linux)",                  "devpi",          "6.20.3"),
        ("Artifactory/7.98.8",                                     "Artifactory",    "7.98.8"),
        ("Nexus/3.68.1-02 (PRO; Linux; 5.10; amd64; 17.0.11)",     "Nexus",          "3.68.1-02"),
        ("proxpi/1.3.1",                                           "proxpi",         "1.3.1"),
        ("pulpcore/3.21.0 (cpython 3.8.12-final0, Linux x86_64) (aiohttp 3.8.1)", "Pulp", "3.21.0"),
    ]

    @Test("of a mirror or a cache is told apart", arguments: mirrors)
    func mirror(userAgent: String, name: String, version: String) {
        #expect(DownloaderRules().downloader(userAgent: userAgent) == .mirror(Installer(name: name, version: version)))
    }

    @Test(
        "of a browser, a crawler, a library or nobody is not counted",
        arguments: [
            nil, "", " ", "/", "/1.0", "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
            "curl/8.5.0", "Wget/1.24.5", "python-requests/2.34.2", "python-httpx/0.28", "Python-urllib/3.11",
            "Python-urllib/3.11 pip/26.3", "Python-urllib/2.7 setuptools/7.0 more", "twine/7.0.0 CPython/3.11.7",
            "Go-http-client/2.0", "Slackbot-LinkExpanding 1.0", "pipit/1.0", "xpip/1.0", "not pip/26.3", "(null)",
        ])
    func other(userAgent: String?) {
        #expect(DownloaderRules().downloader(userAgent: userAgent) == .other)
    }

    @Test(
        "with a version of another form is counted without it",
        arguments: [
            "<script>", "1.0<b>", "1.0'--", "latest", "1.0\u{0}", "1.0\n", "1.0é", String(repeating: "1", count: 33),
        ])
    func hostileVersion(version: String) {
        #expect(
            DownloaderRules().downloader(userAgent: "pip/\(version)") == .installer(Installer(name: "pip", version: ""))
        )
    }

    @Test("keeps a version of 32 characters")
    func longestVersion() {
        let version = String(repeating: "1", count: 32)
        #expect(
            DownloaderRules().downloader(userAgent: "pip/\(version)")
                == .installer(Installer(name: "pip", version: version)))
    }

    @Test("of noise never names an installer that is not on a list", arguments: 0..<500 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let pieces = [
            "pip", "uv", "/", " ", "1.0", "{", "\"", "Python-urllib/3.1", "setuptools/1", "\u{0}", "é", "release",
            "Bazel",
        ]
        let userAgent = (0..<Int.random(in: 0..<12, using: &random))
            .map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
        let rules = DownloaderRules()
        switch rules.downloader(userAgent: userAgent) {
        case .installer(let installer), .mirror(let installer):
            #expect(rules.installers.values.contains(installer.name))
            #expect(installer.version.utf8.count <= Installer.maximumVersionLength)
        case .other: break
        }
    }

    @Test("that the operator lists is recognised as they say")
    func operatorsLists() {
        var rules = DownloaderRules()
        rules.mirrors["acme-cache"] = "Acme"
        rules.mirrors["pip"] = "pip"
        rules.installers["uv"] = nil
        #expect(rules.downloader(userAgent: "Acme-Cache/2") == .mirror(Installer(name: "Acme", version: "2")))
        #expect(rules.downloader(userAgent: "pip/26.3") == .mirror(Installer(name: "pip", version: "26.3")))
        #expect(rules.downloader(userAgent: "uv/1") == .other)
    }
}

@Suite("The captured clients", .enabled(if: Vectors.arePresent, "no ../shared/vectors beside the project"))
struct CapturedClientTests {
    struct Sequences: Decodable {
        struct Request: Decodable { let headers: [[String]] }
        let scenarios: [String: [Request]]
    }

    @Test("that install are all counted, by name")
    func captured() throws {
        let sequences = try Vectors.decode(Sequences.self, from: "wire/install-sequences.json")
        var names: Set<String> = []
        for request in sequences.scenarios.values.joined() {
            let userAgent = request.headers.first { $0[0].lowercased() == "user-agent" }?[1]
            guard case .installer(let installer) = DownloaderRules().downloader(userAgent: userAgent) else {
                Issue.record("\(userAgent ?? "nil") is no installer")
                continue
            }
            #expect(!installer.version.isEmpty)
            names.insert(installer.name)
        }
        #expect(names.isSuperset(of: ["pip", "uv", "poetry"]))
    }
}
