import Accounts
import Acts
import PackagingFormats
import Primitives
import Projects
import Testing
import UTC

@testable import Site

/// Whatever is accepted has a page that is not too long. Each list is made much longer than any project's.
@Suite("Long lists") struct LongListTests {
    /// The most bytes of a page.
    static let largest = 2 << 20

    static func snapshot(releases: Int, files: Int = 0) throws -> ProjectSnapshot {
        let files = try (0..<files).map {
            try Fixture.file(Int64($0), "cheese_board-\(releases).0-cp3\($0)-abi3-manylinux_2_\($0)_x86_64.whl")
        }
        return ProjectSnapshot(
            project: try Fixture.project(),
            releases: try (1...releases).reversed().map {
                try Fixture.release(Int64($0), "\($0).0", daysAgo: 1, files: $0 == releases ? files : [])
            }, roles: [])
    }

    static func page(
        _ snapshot: ProjectSnapshot, metadata: ReleaseMetadata = ReleaseMetadata(), historyPage: Int = 1
    ) throws -> String {
        let html = try Fixture.site().project(
            snapshot, release: snapshot.latest, metadata: metadata, downloads: [], today: Fixture.today, hosted: [],
            historyPage: historyPage)
        #expect(html.count < largest)
        return String(decoding: html, as: UTF8.self)
    }

    @Test("Releases come 200 to a page, with links to the others; each is on one of them")
    func releases() throws {
        let snapshot = try Self.snapshot(releases: 10_000)
        var seen: Set<String> = []
        for number in [1, 2, 25, 50] {
            let page = try Self.page(snapshot, historyPage: number)
            let links = page.matches(of: /href="\/project\/cheese-board\/(\d+\.0)\/"/).map { String($0.1) }
            #expect(Set(links).count == 200, "page \(number)")
            #expect(seen.isDisjoint(with: links))
            seen.formUnion(links)
            #expect(page.contains("Page \(number) of 50"))
            #expect(page.contains("Releases <span class=\"count\">10,000</span>"))
        }
        let first = try Self.page(snapshot)
        #expect(first.contains("href=\"/project/cheese-board/?releases=2#history\""))
        #expect(try !Self.page(Self.snapshot(releases: 200)).contains("?releases="))
    }

    // swift-format-ignore
    static let asked: [(asked: String?, page: Int)] = [
        (nil, 1), ("", 1), ("x", 1), ("0", 1), ("-3", 1), ("2", 2), ("1000", 1_000), ("1001", 1_000),
        ("99999999999999999999", 1),
    ]

    @Test("Other numbers of pages do not make other pages", arguments: asked)
    func numbers(asked: String?, page: Int) { #expect(ReleaseHistory.page(asked: asked) == page) }

    @Test("Of many files 200 are shown, and where the others are")
    func files() throws {
        let page = try Self.page(try Self.snapshot(releases: 1, files: 1_000))
        #expect(page.matches(of: /class="file-name"/).count == 200)
        #expect(page.contains("800 more files on <a href=\"/simple/cheese-board/\">"))
        #expect(try !Self.page(Self.snapshot(releases: 1, files: 200)).contains("more file"))
    }

    @Test("Somebody's projects come 100 to a page")
    func user() throws {
        let ada = User(
            id: UserID(1), name: try Fixture.user("Ada"), email: try EmailAddress(parsing: "ada@example.org"),
            isAdministrator: false, createdAt: Fixture.moment(daysAgo: 400))
        let projects = try (0..<5_000).map {
            (project: try Fixture.project("name-\($0)"), role: Role.owner, summary: "s" as String?)
        }
        let html = String(decoding: try Fixture.site().user(ada, projects: projects, page: 50), as: UTF8.self)
        #expect(html.matches(of: /class="result-name"/).count == 100)
        #expect(html.contains("name-4999") && html.contains("5,000 projects") && html.contains("Page 50 of 50"))
        let beyond = try Fixture.site().user(ada, projects: projects, page: 51)
        #expect(html == String(decoding: beyond, as: UTF8.self))
    }
}
