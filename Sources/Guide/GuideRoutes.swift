import HTTPTypes
import Hummingbird
import NIOCore
import Site
import UTC
import Web

/// What the index says of itself: help, terms, and what programs look for at addresses that are known everywhere.
public struct GuideRoutes: Sendable {
    private let pages: PageServer
    private let help: [UInt8]
    private let terms: [UInt8]?
    private let robots: String
    private let security: SecurityContact?
    private let baseURL: String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - terms: the operator's terms of use, in Markdown; nil where they have none.
    ///   - security: whom to tell of a weakness; nil where nobody is named.
    public init(
        renderer: SiteRenderer, baseURL: String, terms: String?, security: SecurityContact?, pages: PageServer,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.pages = pages
        self.now = now
        help = renderer.help()
        self.terms = terms.map(renderer.terms)
        robots = robotsText(below: BasePath(baseURL: baseURL))
        self.security = security
        self.baseURL = baseURL
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/help", guard: .everybody, takes: .page, use: showHelp)
        router.on(.get, "/terms", guard: .everybody, takes: .page, use: showTerms)
        router.on(.get, "/robots.txt", guard: .everybody, use: showRobots)
        router.on(.get, "/.well-known/security.txt", guard: .everybody, use: showSecurity)
        router.on(.get, "/.well-known/change-password", guard: .everybody, use: changePassword)
    }

    @Sendable func showHelp(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await page(help, "/help/", request)
    }

    @Sendable func showTerms(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard let terms else { throw NotFound(what: "page of terms") }
        return try await page(terms, "/terms/", request)
    }

    @Sendable func showRobots(_ request: Request, _ context: IndexContext) async throws -> Response { text(robots) }

    @Sendable func showSecurity(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard let security else { throw NotFound(what: "contact for weaknesses") }
        let now = now()
        guard !security.isOver(at: now) else {
            throw NotFound(
                what: "contact for weaknesses that is still good", hint: "Its operator has to name a later day.")
        }
        return text(SecurityText(security, baseURL: baseURL).text(at: now))
    }

    /// Where password managers send people whose password is weak or known to thieves.
    ///
    /// Source: w3.org, "A Well-Known URL for Changing Passwords", section 4.
    @Sendable func changePassword(_ request: Request, _ context: IndexContext) async throws -> Response {
        Response(status: .seeOther, headers: [.location: "/manage/account/change-password/", .contentLength: "0"])
    }

    private func page(_ html: [UInt8], _ path: String, _ request: Request) async throws -> Response {
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        return try await pages.kept(path, for: request) {
            CachedPage(
                .single(contentType: "text/html; charset=utf-8", EncodedBody(html)), serial: nil,
                headers: SiteRoutes.headers)
        }
    }

    private func text(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "max-age=3600"],
            body: .init(byteBuffer: ByteBuffer(string: text)))
    }
}

/// What crawlers are asked to leave: what is somebody's own, what is made for installers, and lists without end.
///
/// Source: RFC 9309.
private func robotsText(below base: BasePath) -> String {
    let left = [
        "/account/", "/manage/", "/admin/", "/search/", "/simple/", "/at/", "/packages/", "/pypi/", "/legacy/",
        "/metrics",
    ]
    return "User-agent: *\n" + left.map { "Disallow: \(base.outer($0))\n" }.joined()
}
