import Foundation
import HTTPTypes
import Hummingbird
import Model
import PackagingFormats
import Synchronization
import UTC
import Web

/// The addresses of the pages.
public struct SiteRoutes: Sendable {
    private let renderer: SiteRenderer
    private let projects: any ProjectStore
    private let accounts: any AccountStore
    private let downloads: any DownloadStore
    private let critical: any CriticalStore
    private let pages: PageServer
    private let now: @Sendable () -> Timestamp
    private let keptPaths = KeptPaths()

    /// The pages of an index.
    public init(
        renderer: SiteRenderer, projects: any ProjectStore, accounts: any AccountStore,
        downloads: any DownloadStore, critical: any CriticalStore, pages: PageServer,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.renderer = renderer
        self.projects = projects
        self.accounts = accounts
        self.downloads = downloads
        self.critical = critical
        self.pages = pages
        self.now = now
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/", performs: .readIndex, use: home)
        router.on(.get, "/search", performs: .readIndex, use: search)
        router.on(.get, "/project/{name}", performs: .readIndex, use: project)
        router.on(.get, "/project/{name}/{version}", performs: .readIndex, use: project)
        router.on(.get, "/user/{name}", performs: .readIndex, use: user)
        router.on(.get, "/static/{digest}/{name}", performs: .readIndex, use: asset)
    }

    @Sendable func asset(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard let asset = renderer.assets.first(where: { $0.path == request.uri.path }) else { throw NothingHere() }
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
        let text = String(request.uri.queryParameters["q"] ?? "").unicodeScalars.prefix(200)
        let number = request.uri.queryParameters["page"].flatMap { Int($0) } ?? 1
        let query = SearchQuery(text: String(text), page: min(max(1, number), 500))
        return page(renderer.search(query, results: try await projects.search(query)), request)
    }

    @Sendable func project(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text), let snapshot = try await projects.snapshot(of: name) else {
            throw NothingHere(what: "project named '\(text.cut(to: .quotation))'")
        }
        let (release, path) = try release(of: snapshot, asked: context.parameters.get("version"))
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        guard path == Self.projectPath(name) else {
            return page(try await projectPage(snapshot, release), request)
        }
        keptPaths.note(path)
        return try await pages.kept(path, for: request) {
            // Once more, for this is as new as the serial that the page is kept under.
            guard let snapshot = try await projects.snapshot(of: name) else {
                throw NothingHere(what: "project named '\(text.cut(to: .quotation))'")
            }
            let html = try await projectPage(snapshot, snapshot.latest)
            return CachedPage(
                .single(contentType: "text/html; charset=utf-8", EncodedBody(html)),
                serial: snapshot.project.serial, headers: Self.headers)
        }
    }

    private func projectPage(_ snapshot: ProjectSnapshot, _ release: Model.Release?) async throws -> [UInt8] {
        var metadata = ReleaseMetadata()
        if let release, let found = try await projects.metadata(of: release.id) { metadata = found }
        let today = now().day
        return renderer.project(
            snapshot, release: release, metadata: metadata,
            downloads: try await downloads.perDay(of: snapshot.project.name, since: today - 190), today: today,
            hosted: try await projects.hosted(among: SiteRenderer.dependencyNames(of: metadata)),
            critical: try await badge(of: snapshot.project.name))
    }

    private func badge(of name: ProjectName) async throws -> CriticalBadge? {
        guard let (project, demands) = try await critical.critical(name) else { return nil }
        return CriticalBadge(project, demands: demands, rule: try await critical.settings().mandate, at: now())
    }

    /// The page of a project that is kept in memory: what a change of it makes stale.
    public static func pathsShowing(_ normalized: String) -> [String] { ["/project/\(normalized)/"] }

    /// The paths that were kept since this was last asked. Downloads go on without being a change, so whoever asks makes
    /// these stale from time to time.
    public func takeKeptPaths() -> Set<String> { keptPaths.take() }

    private static func projectPath(_ name: ProjectName) -> String { "/project/\(name.normalized)/" }

    /// The release to show, and the path that its page has.
    private func release(
        of snapshot: ProjectSnapshot, asked text: String?
    ) throws -> (release: Model.Release?, path: String) {
        let base = "/project/\(snapshot.project.name.normalized)/"
        guard let text else { return (snapshot.latest, base) }
        guard let version = try? Version(parsing: text), let release = snapshot.release(version) else {
            throw NothingHere(what: "release '\(text.cut(to: .quotation))' of '\(snapshot.project.name.display)'")
        }
        return (release, "\(base)\(release.version)/")
    }

    @Sendable func user(_ request: Request, _ context: IndexContext) async throws -> Response {
        let text = try context.parameters.require("name")
        guard let name = try? Username(parsing: text), let user = try await accounts.user(named: name) else {
            throw NothingHere(what: "user named '\(text.cut(to: .quotation))'")
        }
        let path = "/user/\(user.name.display)/"
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        return page(renderer.user(user, projects: try await projects.projects(of: user.id)), request)
    }

    // MARK: Answers

    private func page(_ html: [UInt8], _ request: Request) -> Response {
        pages.answer(html, contentType: "text/html; charset=utf-8", headers: Self.headers, to: request)
    }

    /// What every page says to the browser.
    static let headers: HTTPFields = [
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
                status: error.status, explanation: error.explanation, requestID: error.requestID)
            return (html, headers)
        }
        let query = SearchQuery(text: SiteRenderer.guess(from: error.path), pageSize: 5)
        // A page that helps is no place to fail: without suggestions it still says what is wrong.
        let found = try? await projects.search(query)
        return (
            renderer.notFound(
                path: error.path, explanation: error.explanation, suggestions: found?.results ?? []),
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
