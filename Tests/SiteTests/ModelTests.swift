import PackagingFormats
import Primitives
import Projects
import Testing
import UTC

@testable import Site

@Suite("What the pages say") struct PageModelTests {
    // The columns are the point.
    // swift-format-ignore
    static let sizes: [(Int64, String)] = [
        (0, "0 bytes"), (1, "1 bytes"), (999, "999 bytes"), (1_000, "1.0 kB"), (1_049, "1.0 kB"), (1_050, "1.1 kB"),
        (65_213, "65.2 kB"), (100_000, "100 kB"), (999_949, "999 kB"), (1_000_000, "1.0 MB"), (2_345_678_901, "2.3 GB"),
        (5_000_000_000_000, "5,000 GB"),
    ]

    @Test("Sizes are decimal, with a decimal place where it says something", arguments: sizes)
    func size(bytes: Int64, text: String) { #expect(readableSize(bytes) == text) }

    @Test(
        "Numbers are grouped by thousands",
        arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "−1,234,567")])
    func grouped(number: Int, text: String) { #expect(number.grouped == text) }

    // swift-format-ignore
    static let requirements: [(String, name: String?, shown: String, versions: String?, when: String?, extra: String?)] = [
        ("requests",                                       "requests", "requests", nil, nil, nil),
        ("A_b[y,x] <3, >=2, !=2.5",                        "a-b", "A_b[x, y]", ">=2, <3, !=2.5", nil, nil),
        ("a; python_version < '3.11'",                     "a", "a", nil, "python_version < \"3.11\"", nil),
        ("a; extra == 'Te_st'",                            "a", "a", nil, nil, "te-st"),
        ("a; python_version<'3' and extra=='t'",           "a", "a", nil, "python_version < \"3\"", "t"),
        ("a; (os_name=='x' or os_name=='y') and 't'==extra", "a", "a", nil, "os_name == \"x\" or os_name == \"y\"", "t"),
        ("a; os_name=='x' or extra=='t'",                  "a", "a", nil, "os_name == \"x\" or extra == \"t\"", nil),
        ("a @ https://example.org/a.zip",                  "a", "a", "from https://example.org/a.zip", nil, nil),
        ("no requirement",                                 nil, "no requirement", nil, nil, nil),
    ]

    @Test("A requirement is taken apart into name, versions, condition and extra", arguments: requirements)
    func requirement(line: String, name: String?, shown: String, versions: String?, when: String?, extra: String?) {
        let parsed = DependencyLine(line)
        #expect(parsed.name?.normalized == name)
        #expect(parsed.requirement == shown)
        #expect(parsed.constraint == versions)
        #expect(parsed.condition == when)
        #expect(parsed.extra == extra)
    }

    // swift-format-ignore
    static let guesses: [(path: String, guess: String)] = [
        ("/project/reqests/", "reqests"), ("/project/flask/9.9/", "flask"), ("/simple/Flask_Login", "Flask_Login"),
        ("/pypi/numpy/json", "numpy"), ("/numpy", "numpy"), ("/packages/aa/bb/cc/numpy-1.0-py3-none-any.whl", "numpy"),
        ("/", ""), ("/project/", ""), ("/project/%3Cscript%3E", "script"), ("/%ff%zz", "zz"), ("/a b%20c/", "a b c"),
        ("/project/requests==1.0/", "requests"), ("/project/requests%5Bsocks%5D/", "requests"), ("/pip%20install%20requests", "requests"),
        ("/packages/aa/numpy-1.0-py3-none-any.whl.metadata", "numpy"), ("/simple/numpy-1.0.tar.gz/", "numpy"),
    ]

    @Test("An address that names nothing is searched for the name that was meant", arguments: guesses)
    func guess(path: String, guess: String) { #expect(SiteRenderer.guess(from: path) == guess) }

    // swift-format-ignore
    static let addresses: [(base: String, pip: String)] = [
        ("https://packages.example.org/", "pip install --index-url https://packages.example.org/simple/ x==1"),
        ("http://127.0.0.1:8080",         "pip install --index-url http://127.0.0.1:8080/simple/ x==1"),
        ("http://localhost:8080",         "pip install --index-url http://localhost:8080/simple/ x==1"),
        ("http://[::1]:8080",             "pip install --index-url http://[::1]:8080/simple/ x==1"),
        ("http://packages.example.org:81", "pip install --index-url http://packages.example.org:81/simple/ --trusted-host packages.example.org x==1"),
    ]

    @Test("The command to install works as it is copied", arguments: addresses)
    func installCommand(base: String, pip: String) throws {
        let address = IndexAddress(baseURL: base)
        let commands = address.installCommands(for: try Fixture.name("X"), version: try Fixture.version("1"))
        #expect(commands.first?.command == pip)
    }

    @Test("A version with an epoch is quoted, because ! means something to a shell")
    func epoch() throws {
        let commands = IndexAddress(baseURL: "https://example.org")
            .installCommands(for: try Fixture.name("x"), version: try Fixture.version("1!2.0"))
        #expect(commands.allSatisfy { $0.command.hasSuffix(" 'x==1!2.0'") })
    }

    @Test("Paging names the first, the last and the neighbouring pages")
    func paging() throws {
        #expect(Paging(page: 1, of: 1) { "\($0)" } == nil)
        let paging = try #require(Paging(page: 7, of: 20) { "p\($0)" })
        #expect(paging.links.map { $0.number ?? "…" } == ["1", "…", "6", "7", "8", "…", "20"])
        #expect(paging.previousPath == "p6" && paging.nextPath == "p8")
        let beyond = try #require(Paging(page: 99, of: 3) { "p\($0)" })
        #expect(beyond.previousPath == "p3" && beyond.nextPath == nil)
    }

    // swift-format-ignore
    static let people: [(name: String?, addresses: String?, people: [String])] = [
        (nil, nil, []),
        ("Ada", nil, ["Ada"]),
        ("Ada", "ada@example.org", ["Ada mailto:ada@example.org"]),
        (nil, "Ada <ada@example.org>, bob@example.org", ["Ada mailto:ada@example.org", "bob@example.org mailto:bob@example.org"]),
        (nil, "\"Doe, Jane\" <jane@example.org>", ["Doe, Jane mailto:jane@example.org"]),
        ("Ada, Bob", "Ada <ada@example.org>", ["Ada, Bob", "Ada mailto:ada@example.org"]),
        (nil, "<javascript:alert(1)>", ["javascript:alert(1)"]),
    ]

    @Test("Names and addresses of people are put together", arguments: people)
    func joins(name: String?, addresses: String?, people: [String]) {
        let found = About.people(name, addresses).map {
            [$0.person, $0.personAddress].compactMap(\.self).joined(separator: " ")
        }
        #expect(found == people)
    }

    @Test("A classifier leads to what else has it, unless it is too long to be asked for")
    func classifiers() throws {
        var metadata = ReleaseMetadata()
        let long = "Topic :: \(String(repeating: "x", count: 400))"
        metadata.classifiers = ["Topic :: Internet :: WWW/HTTP", "Typing :: Typed", "nothing", long]
        let about = About(try ProjectName(parsing: "demo"), nil, metadata, roles: [])
        let groups = try #require(about.classifiers).items
        #expect(groups.map(\.topic) == ["Topic", "Typing"])
        #expect(
            groups[0].values.map(\.classifierPath) == [
                "/search/?q=&classifier=Topic%20%3A%3A%20Internet%20%3A%3A%20WWW%2FHTTP", nil,
            ])
        #expect(groups[0].values[0].classifierText == "Internet › WWW/HTTP")
        #expect(groups[0].values[1].classifierText.hasSuffix("x…"))
    }

    @Test("The chart counts 26 weeks up to today, each day once")
    func chart() {
        let today = Fixture.today
        let chart = DownloadChart(
            [(today, 3), (today - 6, 4), (today - 7, 10), (today - 181, 100), (today - 182, 1_000), (today + 1, 5)],
            today: today)
        #expect(chart.total == "117")
        #expect(chart.lastWeek == "7")
        #expect(chart.maximum == "100")
        #expect(chart.bars.map(\.height).filter { $0 > 0 } == [90, 9, 6])
        #expect(chart.weeks.first?.weekISO == "2026-11-16" && chart.weeks.count == 26)
        #expect(!DownloadChart([], today: today).hasDownloads)
        #expect(DownloadChart([(today, .max)], today: today).bars.allSatisfy { $0.height <= 90 })
    }

    @Test(
        "The scale of the chart is the next of 1, 2, 5, 10",
        arguments: [(0, 1), (1, 1), (3, 5), (10, 10), (501, 1_000), (Int64.max, Int64.max)])
    func scale(value: Int64, ceiling: Int64) { #expect(DownloadChart.niceCeiling(value) == ceiling) }

    @Test("Notices come the gravest first, and lead to the latest release")
    func notices() throws {
        let snapshot = try Fixture.snapshot(of: Fixture.project(status: .deprecated, reason: "  "))
        let yanked = try #require(snapshot.release(Fixture.version("1.1")))
        let notices = Notice.all(project: snapshot.project, release: yanked, latest: snapshot.latest)
        #expect(notices.map(\.tone) == ["warning", "warning"])
        #expect(notices.map(\.noticeReason) == [nil, "Counts the holes twice."])
        #expect(notices.last?.noticeLinkText == "See Cheese_Board 2.0")
    }
}
