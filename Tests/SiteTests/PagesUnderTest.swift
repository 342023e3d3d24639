import Accounts
import Acts
import PackagingFormats
import Primitives
import Projects
import Search
import UTC

@testable import Guide
@testable import Site

/// Every page in every state that looks different, by the name of its golden file.
enum PagesUnderTest {
    static let names =
        [
            "home", "home-empty", "search", "search-all", "search-filtered", "search-meant", "search-none", "project",
            "project-prerelease",
            "project-yanked",
            "project-quarantined", "project-deprecated", "project-bare", "user", "user-without-projects", "not-found",
            "not-found-bare", "error", "error-refusal", "help", "terms",
        ] + LogPagesUnderTest.names + SourcePagesUnderTest.names + AccountPagesUnderTest.names
        + GiveawayPagesUnderTest.names + CriticalPagesUnderTest.names

    static func page(_ name: String) throws -> String {
        String(decoding: try bytes(name), as: UTF8.self)
    }

    private static func bytes(_ name: String) throws -> [UInt8] {
        let site = try Fixture.site()
        switch name {
        case "home", "home-empty", "search", "search-all", "search-filtered", "search-meant", "search-none":
            return try lists(name, site)
        case "user", "user-without-projects": return try accounts(name, site)
        case "not-found":
            return site.notFound(path: "/project/Chees%65-board/", suggestions: try Fixture.summaries())
        case "not-found-bare": return site.notFound(path: "/")
        case "help": return site.help()
        case "terms":
            return site.terms("# Be kind\n\n1. Publish what is *yours*.\n2. <script>alert(1)</script> No harm.\n")
        case "error": return site.error(status: 500, requestID: "0123abcd")
        case "error-refusal": return site.error(status: 403, explanation: "Only an owner may do that. Ask one.")
        case _ where SourcePagesUnderTest.names.contains(name): return try SourcePagesUnderTest.bytes(name, site)
        case _ where LogPagesUnderTest.names.contains(name): return try LogPagesUnderTest.bytes(name, site)
        case _ where AccountPagesUnderTest.names.contains(name): return try AccountPagesUnderTest.bytes(name, site)
        case _ where GiveawayPagesUnderTest.names.contains(name): return try GiveawayPagesUnderTest.bytes(name, site)
        case _ where CriticalPagesUnderTest.names.contains(name): return try CriticalPagesUnderTest.bytes(name, site)
        default: return try projects(name, site)
        }
    }

    private static func lists(_ name: String, _ site: SiteRenderer) throws -> [UInt8] {
        let projects = try Fixture.summaries().map { FoundProject($0) }
        let found = SearchResults(results: projects, total: 390)
        return switch name {
        case "home":
            site.home(
                totals: IndexTotals(projects: 1_204, releases: 8_111, files: 22_018, users: 3),
                newestProjects: try Fixture.summaries(), newestReleases: try Fixture.summaries())
        case "home-empty":
            site.home(
                totals: IndexTotals(projects: 0, releases: 0, files: 0, users: 0), newestProjects: [],
                newestReleases: [])
        case "search": site.search(SearchQuery(text: "cheese & \"co\"", page: 7), results: found)
        case "search-all": site.search(SearchQuery(text: " "), results: found)
        case "search-filtered":
            site.search(
                SearchQuery(
                    text: "cheese",
                    filters: SearchFilters(
                        classifier: "Topic :: Database", python: PythonSeries("3.14"), license: "CC0-1.0",
                        isCritical: true), order: .updated),
                results: SearchResults(
                    results: projects.prefix(2).map { FoundProject($0.summary, status: .archived, isCritical: true) },
                    total: 500, isCutShort: true))
        case "search-meant":
            site.search(
                SearchQuery(text: "chese"), results: SearchResults(results: [], total: 0, suggestions: [projects[0]]))
        default: site.search(SearchQuery(text: "qwertz"), results: SearchResults(results: [], total: 0))
        }
    }

    private static func accounts(_ name: String, _ site: SiteRenderer) throws -> [UInt8] {
        let ada = try Fixture.user("Ada")
        let user = User(
            id: UserID(1), name: ada, email: try EmailAddress(parsing: "ada@example.org"), isAdministrator: false,
            createdAt: Fixture.moment(daysAgo: 500))
        return switch name {
        case "user":
            site.user(
                user,
                projects: [
                    (try Fixture.project(), .owner, "Cheese, counted."),
                    (try Fixture.project("old-bread", status: .archived), .maintainer, nil),
                ])
        default: site.user(user, projects: [])
        }
    }

    private static func projects(_ name: String, _ site: SiteRenderer) throws -> [UInt8] {
        let snapshot =
            switch name {
            case "project-quarantined":
                try Fixture.snapshot(of: Fixture.project(status: .quarantined, reason: "It steals cheese."))
            case "project-deprecated": try Fixture.snapshot(of: Fixture.project(status: .deprecated))
            case "project-bare":
                ProjectSnapshot(project: try Fixture.project("bread"), releases: [], roles: [])
            default: try Fixture.snapshot()
            }
        let version = ["project-prerelease": "2.1rc1", "project-yanked": "1.1"][name]
        let release = try version.map(Fixture.version).flatMap(snapshot.release) ?? snapshot.latest
        let isBare = name == "project-bare"
        return site.project(
            snapshot, release: release, metadata: isBare ? ReleaseMetadata() : Fixture.metadata,
            descriptionHTML: isBare ? nil : Fixture.descriptionHTML(Fixture.metadata),
            downloads: isBare ? [] : Fixture.downloads, today: Fixture.today, hosted: ["requests", "mypy"])
    }
}
