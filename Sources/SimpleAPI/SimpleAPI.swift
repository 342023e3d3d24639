import Acts
import HTTPTypes
import Hummingbird
import IndexDocuments
import PackagingFormats
import Ports
import Primitives
import Projects
import Web

/// What installers and mirrors read: the Simple API, the JSON API and the feeds.
public struct SimpleAPI: Sendable {
    private let projects: any ProjectStore
    private let journal: any JournalStore
    private let advisories: any AdvisoryStore
    private let pages: PageServer
    private let baseURL: String
    private let name: String?
    private var basePath: BasePath { BasePath(baseURL: baseURL) }

    /// - Parameters:
    ///   - baseURL: where the index is, without a slash at its end; for documents that leave it.
    ///   - name: what the index is called; nil where nobody named it.
    public init(
        projects: any ProjectStore, journal: any JournalStore, advisories: any AdvisoryStore, pages: PageServer,
        baseURL: String, name: String? = nil
    ) {
        self.advisories = advisories
        self.projects = projects
        self.journal = journal
        self.pages = pages
        self.baseURL = baseURL
        self.name = name
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/simple", guard: .everybody, takes: .document, use: list)
        router.on(.get, "/simple/{name}", guard: .everybody, takes: .document, use: project)
        // Hatch looks below the address that it publishes to.
        router.on(.get, "/legacy/+simple/{name}", guard: .everybody, takes: .document, use: project)
        router.on(.get, "/pypi/{name}/json", guard: .everybody, takes: .document, use: projectJSON)
        router.on(.get, "/pypi/{name}/{version}/json", guard: .everybody, takes: .document, use: releaseJSON)
        router.on(.post, "/pypi", guard: .everybody, use: xmlRPC)
        router.on(.get, "/rss/packages.xml", guard: .everybody, takes: .document, use: newestProjects)
        router.on(.get, "/rss/updates.xml", guard: .everybody, takes: .document, use: newestReleases)
        router.on(.get, "/rss/project/{name}/releases.xml", guard: .everybody, takes: .document, use: releases)
    }

    /// The pages kept in memory that show a project, or the list that it is in: what a change of it makes stale.
    public static func pathsShowing(_ normalized: String) -> [String] {
        [
            "/simple/", "/simple/\(normalized)/", "/pypi/\(normalized)/json", "/rss/packages.xml", "/rss/updates.xml",
            "/rss/project/\(normalized)/releases.xml",
        ]
    }

    @Sendable func list(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard request.uri.path.hasSuffix("/") else { return .moved(to: "/simple/", from: request) }
        return try await pages.kept("/simple/", for: request) {
            let listing = try await projects.listing()
            let list = SimpleProjectList(listing.projects, serial: listing.serial)
            return CachedPage(
                .simple(json: EncodedBody(list.json()), html: EncodedBody(list.html())), serial: listing.serial,
                headers: Self.headers)
        }
    }

    @Sendable func project(_ request: Request, _ context: IndexContext) async throws -> Response {
        let name = try projectName(context)
        let path = "/simple/\(name.normalized)/"
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        return try await pages.kept(path, for: request) {
            let snapshot = try await snapshot(name)
            let document = SimpleProject(snapshot, below: basePath)
            return CachedPage(
                .simple(json: EncodedBody(document.json()), html: EncodedBody(document.html())),
                serial: snapshot.project.serial, headers: Self.headers)
        }
    }

    /// Nothing is loaded or run by a page of links, wherever it is shown, and no other site frames it.
    package static let headers: HTTPFields = [
        .contentSecurityPolicy: "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ]

    @Sendable func projectJSON(_ request: Request, _ context: IndexContext) async throws -> Response {
        let name = try projectName(context)
        let path = "/pypi/\(name.normalized)/json"
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        return try await pages.kept(path, for: request) {
            let snapshot = try await snapshot(name)
            guard let release = snapshot.latest else { throw NotFound(what: "release of '\(name.display)'") }
            return try await json(snapshot, release, wholeProject: true)
        }
    }

    @Sendable func releaseJSON(_ request: Request, _ context: IndexContext) async throws -> Response {
        let name = try projectName(context)
        let text = try context.parameters.require("version")
        let missing = NotFound(what: "release '\(text)' of '\(name.display)'")
        guard let asked = try? Version(parsing: text), let version = try await projects.spelling(of: asked, in: name)
        else { throw missing }
        let path = "/pypi/\(name.normalized)/\(version)/json"
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        return try await pages.kept(path, in: "/pypi/\(name.normalized)/json", for: request) {
            let snapshot = try await self.snapshot(name)
            guard let release = snapshot.release(version) else { throw missing }
            return try await json(snapshot, release, wholeProject: false)
        }
    }

    private func json(
        _ snapshot: ProjectSnapshot, _ release: Projects.Release, wholeProject: Bool
    ) async throws -> CachedPage {
        let metadata = try await projects.metadata(of: release.id) ?? ReleaseMetadata()
        let document = JSONDocument(
            snapshot, release: release, metadata: metadata, wholeProject: wholeProject, baseURL: baseURL,
            advisories: try await advisories.advisories(about: snapshot.project.name))
        return CachedPage(
            .single(contentType: "application/json", EncodedBody(document.json())), serial: snapshot.project.serial)
    }

    /// `pip search` and old scripts call PyPI's XML-RPC here, and show the fault that they get.
    ///
    /// Source: xmlrpc.com/spec.md (faults); -32601 is "method not found" of the usual fault codes.
    @Sendable func xmlRPC(_ request: Request, _ context: IndexContext) async throws -> Response {
        let sentence =
            "This index has no XML-RPC. People search at \(baseURL)/search/; programs read \(baseURL)/simple/ and "
            + "\(baseURL)/pypi/NAME/json."
        let text = sentence.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        let fault = """
            <?xml version="1.0" encoding="UTF-8"?>
            <methodResponse><fault><value><struct>
            <member><name>faultCode</name><value><int>-32601</int></value></member>
            <member><name>faultString</name><value><string>\(text)</string></value></member>
            </struct></value></fault></methodResponse>

            """
        return Response(
            status: .ok, headers: [.contentType: "text/xml; charset=utf-8", .cacheControl: "no-store"],
            body: .init(byteBuffer: ByteBuffer(string: fault)))
    }

    // MARK: Feeds

    @Sendable func newestProjects(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await pages.kept("/rss/packages.xml", for: request) {
            let newest = try await projects.newestProjects(limit: Feed.maximumItems)
            return feed(.newestProjects, newest.map(Feed.Item.init), serial: try await journal.latestSerial())
        }
    }

    @Sendable func newestReleases(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await pages.kept("/rss/updates.xml", for: request) {
            let newest = try await projects.newestReleases(limit: Feed.maximumItems)
            return feed(.latestUpdates, newest.map(Feed.Item.init), serial: try await journal.latestSerial())
        }
    }

    @Sendable func releases(_ request: Request, _ context: IndexContext) async throws -> Response {
        let name = try projectName(context)
        let path = "/rss/project/\(name.normalized)/releases.xml"
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        return try await pages.kept(path, for: request) {
            let snapshot = try await snapshot(name)
            let project = snapshot.project.name
            let items = snapshot.releases.sorted { $0.createdAt > $1.createdAt }.map { release in
                Feed.Item(
                    name: project.display, normalizedName: project.normalized,
                    version: release.version.description, summary: release.summary, moment: release.createdAt)
            }
            return feed(
                .releases(name: project.display, normalizedName: project.normalized), items,
                serial: snapshot.project.serial)
        }
    }

    private func feed(_ subject: Feed.Subject, _ items: [Feed.Item], serial: Serial) -> CachedPage {
        let feed = Feed(subject: subject, items: items, siteName: name ?? "Rind", baseURL: baseURL)
        return CachedPage(
            .single(contentType: "application/rss+xml; charset=utf-8", EncodedBody(feed.xml())), serial: serial)
    }

    // MARK: Projects

    private func projectName(_ context: IndexContext) throws -> ProjectName {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text) else { throw NotFound(what: "project '\(text)'") }
        return name
    }

    private func snapshot(_ name: ProjectName) async throws -> ProjectSnapshot {
        guard let snapshot = try await projects.snapshot(of: name) else {
            throw NotFound(what: "project '\(name.display)'")
        }
        return snapshot
    }
}
