import Accounts
import Acts
import Descriptions
import Foundation
import HTTPTypes
import Hummingbird
import PackagingFormats
import Policy
import Ports
import Projects
import Search
import Synchronization
import UTC
import Web

/// The addresses of the pages.
public struct SiteRoutes: Sendable {
    private let renderer: SiteRenderer
    private let descriptions: DescriptionRenderer
    private let projects: any ProjectStore
    private let accounts: any AccountStore
    private let downloads: any DownloadStore
    private let critical: any CriticalStore
    private let advisories: any AdvisoryStore
    private let pages: PageServer
    private let now: @Sendable () -> Timestamp
    private let keptPaths = KeptPaths()

    /// The pages of an index.
    public init(
        renderer: SiteRenderer, descriptions: DescriptionRenderer, projects: any ProjectStore,
        accounts: any AccountStore, downloads: any DownloadStore, critical: any CriticalStore,
        advisories: any AdvisoryStore, pages: PageServer, now: @escaping @Sendable () -> Timestamp
    ) {
        self.renderer = renderer
        self.descriptions = descriptions
        self.projects = projects
        self.accounts = accounts
        self.downloads = downloads
        self.critical = critical
        self.advisories = advisories
        self.pages = pages
        self.now = now
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/", guard: .everybody, takes: .page, use: home)
        router.on(.get, "/search", guard: .everybody, takes: .page, use: search)
        router.on(.get, "/project/{name}", guard: .everybody, takes: .page, use: project)
        router.on(.get, "/project/{name}/{version}", guard: .everybody, takes: .page, use: project)
        router.on(.get, "/user/{name}", guard: .everybody, takes: .page, use: user)
        // What people and tools write who know PyPI's addresses of old, and what Hatch prints after publishing.
        for path in ["/pypi/{name}", "/pypi/{name}/{version}", "/legacy/{name}/{version}"] {
            router.on(.get, path, guard: .everybody, use: projectElsewhere)
        }
        router.on(.get, "/static/{digest}/{name}", guard: .everybody, use: asset)
    }

    @Sendable func asset(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard let asset = renderer.assets.first(where: { $0.path == request.uri.path }) else { throw NotFound() }
        return try await pages.kept(asset.path, for: request) {
            CachedPage(
                .single(contentType: asset.contentType, EncodedBody(asset.bytes)), serial: nil,
                cacheControl: StaticAsset.cacheControl)
        }
    }

    @Sendable func home(_ request: Request, _ context: IndexContext) async throws -> Response {
        let html = renderer.home(
            totals: try await projects.totals(), newestProjects: try await projects.newestProjects(limit: 10),
            newestReleases: try await projects.newestReleases(limit: 10))
        return page(html, request)
    }

    @Sendable func search(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard request.uri.path.hasSuffix("/") else { return .moved(to: "/search/", from: request) }
        let fields = FormFields(request.uri.query ?? "")
        let query = SearchQuery { fields[$0.rawValue] }
        return page(renderer.search(query, results: try await projects.search(query)), request)
    }

    @Sendable func project(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text) else {
            throw NotFound(what: "project named '\(text.cut(to: .quotation))'")
        }
        let version = try await version(in: name, asked: context.parameters.get("version"))
        let scope = Self.projectPath(name)
        let path = version.map { "\(scope)\($0)/" } ?? scope
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        let historyPage = ReleaseHistory.page(asked: request.uri.queryParameters["releases"].map(String.init))
        let key = historyPage == 1 ? path : "\(path)?releases=\(historyPage)"
        return try await pages.kept(key, in: scope, for: request) {
            keptPaths.note(scope)
            guard let snapshot = try await projects.snapshot(of: name) else {
                let erased = ErasedProject(name: name, tombstones: try await projects.tombstones(of: name))
                if let erased { throw erased }
                throw NotFound(what: "project named '\(text.cut(to: .quotation))'")
            }
            // Before anything is rendered: anyone who counts on would have the same page rendered and kept for each
            // number.
            guard historyPage <= ReleaseHistory.pages(of: snapshot) else {
                throw NotFound(what: "page \(historyPage) of the releases of '\(snapshot.project.name.display)'")
            }
            let release = version.map(snapshot.release) ?? snapshot.latest
            // It was there a moment ago.
            if let version, release == nil { throw Self.noRelease(version.description, of: name) }
            let (html, isLasting) = try await projectPage(snapshot, release, historyPage: historyPage)
            return CachedPage(
                .single(contentType: "text/html; charset=utf-8", EncodedBody(html)), serial: snapshot.project.serial,
                headers: Self.headers, isLasting: isLasting)
        }
    }

    /// Sends to the page of a project or of one of its releases.
    @Sendable func projectElsewhere(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text),
            try await !projects.hosted(among: [name.normalized]).isEmpty
        else { throw NotFound(what: "project named '\(text.cut(to: .quotation))'") }
        let version = try await version(in: name, asked: context.parameters.get("version"))
        return .moved(to: version.map { Paths.release(name, $0) } ?? Paths.project(name), from: request)
    }

    private func projectPage(
        _ snapshot: ProjectSnapshot, _ release: Projects.Release?, historyPage: Int
    ) async throws -> (html: [UInt8], isLasting: Bool) {
        var metadata = ReleaseMetadata()
        if let release, let found = try await projects.metadata(of: release.id) { metadata = found }
        let today = now().day
        let description = await descriptions.rendered(metadata)
        let html = renderer.project(
            snapshot, release: release, metadata: metadata, descriptionHTML: description?.html,
            downloads: try await downloads.perDay(of: snapshot.project.name, since: today - 190), today: today,
            hosted: try await projects.hosted(among: SiteRenderer.dependencyNames(of: metadata)),
            critical: try await badge(of: snapshot.project.name),
            advisories: try await advisories.advisories(about: snapshot.project.name),
            historyPage: min(historyPage, ReleaseHistory.pages(of: snapshot)))
        return (html, description?.isLasting ?? true)
    }

    private func badge(of name: ProjectName) async throws -> CriticalBadge? {
        guard let (project, demands) = try await critical.critical(name) else { return nil }
        return CriticalBadge(project, demands: demands, rule: try await critical.settings().mandate, at: now())
    }

    /// The page of a project that is kept in memory, and the scope of the pages of its releases: what a change of it
    /// makes stale.
    public static func pathsShowing(_ normalized: String) -> [String] { ["/project/\(normalized)/"] }

    /// The paths that were kept since this was last asked. Downloads go on without being a change, so anyone who asks
    /// makes these stale from time to time.
    public func takeKeptPaths() -> Set<String> { keptPaths.take() }

    private static func projectPath(_ name: ProjectName) -> String { "/project/\(name.normalized)/" }

    /// The release that an address names, as its project spells it; nil where it names none.
    private func version(in name: ProjectName, asked text: String?) async throws -> Version? {
        guard let text else { return nil }
        guard let asked = try? Version(parsing: text),
            let version = try await projects.spelling(of: asked, in: name)
        else { throw Self.noRelease(text.cut(to: .quotation), of: name) }
        return version
    }

    private static func noRelease(_ version: String, of name: ProjectName) -> NotFound {
        NotFound(what: "release '\(version)' of '\(name.display)'")
    }

    @Sendable func user(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try context.parameters.require("name")
        guard let name = try? Username(parsing: text), let user = try await accounts.user(named: name) else {
            throw NotFound(what: "user named '\(text.cut(to: .quotation))'")
        }
        let path = "/user/\(user.name.display)/"
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        let number = request.uri.queryParameters["page"].flatMap { Int($0) } ?? 1
        let own = try await projects.projects(of: user.id)
        // What waits as a whole nobody sees but those who hold a role.
        let seen = try await projects.hosted(among: Set(own.map(\.project.name.normalized)))
        return page(
            renderer.user(user, projects: own.filter { seen.contains($0.project.name.normalized) }, page: number),
            request)
    }

    // MARK: Answers

    private func page(_ html: [UInt8], _ request: Request) -> Response {
        pages.answer(html, contentType: "text/html; charset=utf-8", headers: Self.headers, to: request)
    }

    /// What every page says to the browser.
    package static let headers: HTTPFields = [
        .contentSecurityPolicy: SiteRenderer.contentSecurityPolicy,
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "strict-origin-when-cross-origin",
    ]

    /// The page for something that was refused, with what its answer says to the browser.
    public func errorPage(_ error: ErrorPageModel) async -> (html: [UInt8], headers: HTTPFields) {
        var headers = Self.headers
        headers[.contentType] = "text/html; charset=utf-8"
        // Nobody looks for a project in somebody's account.
        let isPersonal = ["/account/", "/manage/", "/admin/"].contains { error.path.hasPrefix($0) }
        guard error.status == 404, !isPersonal else {
            let html = renderer.error(
                status: error.status, explanation: error.explanation, requestID: error.requestID,
                leadsToFactors: error.leadsToFactors)
            return (html, headers)
        }
        // A page that helps is no place to fail: without suggestions it still says what is wrong.
        let meant = try? await projects.suggestions(for: SiteRenderer.guess(from: error.path), limit: 5)
        return (
            renderer.notFound(
                path: error.path, explanation: error.explanation, suggestions: meant?.map(\.summary) ?? []),
            headers
        )
    }
}

/// Remembers which pages were kept.
private final class KeptPaths: Sendable {
    private let paths = Mutex<Set<String>>([])

    func note(_ path: String) { paths.withLock { _ = $0.insert(path) } }
    func take() -> Set<String> {
        paths.withLock { paths in
            defer { paths = [] }
            return paths
        }
    }
}
