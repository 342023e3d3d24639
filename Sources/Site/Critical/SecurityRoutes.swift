import Acts
import HTTPTypes
import Hummingbird
import PackagingFormats
import Policy
import Ports
import UTC
import Web

/// What everybody can see of critical projects. Both answers are kept in memory, and made anew when a designation or
/// the rule changes, and at most a minute later for everything else.
public struct SecurityRoutes: Sendable {
    private let renderer: SiteRenderer
    private let critical: any CriticalStore
    private let projects: any ProjectStore
    private let pages: PageServer
    private let now: @Sendable () -> Timestamp

    static let page = "/security/"
    static let document = "/security/critical.json"

    /// What is kept in memory.
    public static let paths = [page, document]

    /// What everybody can see of an index's critical projects.
    public init(
        renderer: SiteRenderer, critical: any CriticalStore, projects: any ProjectStore, pages: PageServer,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.renderer = renderer
        self.critical = critical
        self.projects = projects
        self.pages = pages
        self.now = now
    }

    /// Whether an act changes what these pages show at once.
    public static func shows(_ action: Act) -> Bool {
        [.project(.designate), .project(.liftDesignation), .index(.setCriticalRule), .project(.demand)].contains(action)
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/security", guard: .everybody, takes: .page, use: show)
        router.on(.get, "/security/critical.json", guard: .everybody, takes: .page, use: figures)
    }

    @Sendable func show(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard request.uri.path == Self.page else { return .moved(to: Self.page, from: request) }
        return try await pages.kept(Self.page, for: request) {
            let now = now()
            let report = try await CriticalReport(of: critical, at: now)
            let hosted = try await projects.hosted(among: Set(report.shown.map(\.designation.name.normalized)))
            let html = renderer.security(report, hosted: hosted, at: now)
            return CachedPage(
                .single(contentType: "text/html; charset=utf-8", EncodedBody(html)), serial: nil,
                headers: SiteRoutes.headers)
        }
    }

    @Sendable func figures(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await pages.kept(Self.document, for: request) {
            let now = now()
            let report = try await CriticalReport(of: critical, at: now)
            return CachedPage(
                .single(
                    contentType: "application/json",
                    EncodedBody(try jsonDocument(PublicCriticalDocument(report, at: now)))),
                serial: nil, headers: [.xContentTypeOptions: "nosniff"])
        }
    }
}
