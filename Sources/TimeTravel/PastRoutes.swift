import Descriptions
import HTTPTypes
import Hummingbird
import IndexDocuments
import PackagingFormats
import Past
import Ports
import Primitives
import Projects
import SimpleAPI
import Site
import UTC
import Web

/// `/at/…`: the index as it was, for installers and for people.
///
/// Addresses of files are those of now: what a page says of them is of the past, and their bytes never change.
public struct PastRoutes: Sendable {
    /// `Cache-Control` of what everybody gets.
    private static let cacheControl = "public, max-age=\(PointInTime.freshness.components.seconds)"

    /// What stands before a path whose point in time a credential says.
    static let byCredential = "/at/token"

    /// From how many files on a page is made for each who asks, in their format alone: to make and keep all six of its forms
    /// takes longer than anybody wants to wait.
    private static let manyFiles = 400

    private let past: any PastStore
    private let histories: HistoryCache
    private let journal: any JournalStore
    private let downloads: any DownloadStore
    /// What is known now: a warning that came later is about the same bytes.
    private let advisories: any AdvisoryStore
    private let renderer: SiteRenderer
    private let descriptions: DescriptionRenderer
    private let signIn: TokenSignIn
    private let pages: PageServer
    private let baseURL: String
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - histories: reads of `past`, and keeps what it has read.
    ///   - signIn: verifies credentials that say a point in time.
    ///   - baseURL: where the index is, without a slash at its end.
    public init(
        past: any PastStore, histories: HistoryCache, journal: any JournalStore, downloads: any DownloadStore,
        advisories: any AdvisoryStore, renderer: SiteRenderer, descriptions: DescriptionRenderer, signIn: TokenSignIn,
        pages: PageServer, baseURL: String, now: @escaping @Sendable () -> Timestamp
    ) {
        self.past = past
        self.histories = histories
        self.journal = journal
        self.downloads = downloads
        self.advisories = advisories
        self.renderer = renderer
        self.descriptions = descriptions
        self.signIn = signIn
        self.pages = pages
        self.baseURL = baseURL
        self.now = now
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/at", guard: .everybody, takes: .page, use: guide)
        router.on(.get, "/at/{point}", guard: .everybody, takes: .page, use: home)
        router.on(.get, "/at/{point}/simple", guard: .everybody, takes: .document, use: list)
        router.on(.get, "/at/{point}/simple/{name}", guard: .everybody, takes: .document, use: project)
        router.on(.get, "/at/{point}/pypi/{name}/json", guard: .everybody, takes: .document, use: json)
        router.on(.get, "/at/{point}/pypi/{name}/{version}/json", guard: .everybody, takes: .document, use: json)
        router.on(.get, "/at/{point}/project/{name}", guard: .everybody, takes: .page, use: page)
        router.on(.get, "/at/{point}/project/{name}/{version}", guard: .everybody, takes: .page, use: page)
    }

    // MARK: Which point

    /// The index at a serial, as somebody asked for it.
    struct Visit {
        let serial: Serial
        /// What stands before paths: `/at/4711`, or what else the address says.
        let prefix: String
        /// Whether a credential says the point: then the answer is for it alone.
        let isPersonal: Bool

        var cacheControl: String { isPersonal ? "private, no-cache" : PastRoutes.cacheControl }
    }

    /// Answers as of the point that an address names, or sends on to the serial of a day.
    private func at(
        _ request: Request, _ context: IndexContext, answer: (Visit) async throws -> Response
    ) async throws -> Response {
        let text = try context.parameters.require("point")
        let visit: Visit
        // The segment as it stands in the address: in normal form.
        let prefix: String = "/at/" + request.uri.path.dropFirst("/at/".count).prefix { $0 != "/" }
        if prefix == Self.byCredential {
            let points = try await signIn.pointsInTime(authorization: request.headers[.authorization], at: now())
            var serials: [Serial] = []
            for point in points { serials.append(try await serial(of: point)) }
            // Each narrows the token.
            guard let earliest = serials.min() else { throw PastRefusal.malformed }
            visit = Visit(serial: earliest, prefix: prefix, isPersonal: true)
        } else {
            let point = try PointInTime(parsing: text)
            let serial = try await serial(of: point)
            if point.isOfADay { return sentOn(to: serial, of: point, from: request, after: prefix) }
            visit = Visit(serial: serial, prefix: prefix, isPersonal: false)
        }
        var response = try await answer(visit)
        response.headers[.asOf] = String(visit.serial)
        response.headers[.cacheControl] = visit.cacheControl
        if visit.isPersonal {
            response.headers[.vary] = response.headers[.vary] ?? "Authorization"
        }
        return response
    }

    private func serial(of point: PointInTime) async throws -> Serial {
        let now = self.now()
        let latest = try await journal.latestSerial()
        let began = try await past.moment(of: 1)
        guard let moment = point.moment(at: now) else {
            guard case .serial(let serial) = point, serial > 0 else { throw PastRefusal.beforeTheIndex(began: began) }
            guard serial <= latest else { throw PastRefusal.future }
            return serial
        }
        guard moment <= now else { throw PastRefusal.future }
        guard let serial = try await past.serial(at: moment) else { throw PastRefusal.beforeTheIndex(began: began) }
        return serial
    }

    private func sentOn(
        to serial: Serial, of point: PointInTime, from request: Request, after prefix: String
    ) -> Response {
        let rest = request.uri.path.dropFirst(prefix.utf8.count)
        let query = request.uri.query.map { "?\($0)" } ?? ""
        return Response(
            status: .found,
            headers: [
                .location: "/at/\(serial)\(rest)\(query)", .contentLength: "0", .asOf: String(serial),
                .cacheControl: "public, max-age=\(point.secondsToKeep(at: now()))", .accessControlAllowOrigin: "*",
            ])
    }

    // MARK: For installers

    @Sendable func list(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await at(request, context) { visit in
            guard request.uri.path.hasSuffix("/") else { return .moved(to: "\(visit.prefix)/simple/", from: request) }
            let listing = try await past.listing(at: visit.serial)
            let list = SimpleProjectList(listing.projects, serial: listing.serial)
            return try await answer(
                list.projects.count, key: "/at/\(listing.serial)/simple/", serial: listing.serial, upTo: listing.serial,
                json: { list.json() }, html: { list.html() }, to: request)
        }
    }

    @Sendable func project(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await at(request, context) { visit in
            let name = try projectName(context)
            let path = "\(visit.prefix)/simple/\(name.normalized)/"
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            let known = try await histories.history(of: name, upTo: visit.serial)
            guard let (history, upTo) = known, let serial = history.serial(at: visit.serial) else {
                throw Self.noProject(name, at: visit)
            }
            let base = BasePath(baseURL: baseURL)
            let document = { @Sendable in
                history.snapshot(at: visit.serial).map { SimpleProject($0.snapshot, below: base, leftOut: $0.leftOut) }
            }
            return try await answer(
                history.fileCount, key: "/at/\(serial)/simple/\(name.normalized)/", serial: serial, upTo: upTo,
                json: { document()?.json() ?? [] }, html: { document()?.html() ?? [] }, to: request)
        }
    }

    /// Answers with a page of the Simple API, which is kept: one that is not too long in all its forms.
    ///
    /// - Parameter upTo: the serial up to which all is known that it is made of.
    private func answer(
        _ count: Int, key: String, serial: Serial, upTo: Serial, json: @escaping @Sendable () -> [UInt8],
        html: @escaping @Sendable () -> [UInt8], to request: Request
    ) async throws -> Response {
        guard count < Self.manyFiles else {
            return pages.answer(
                simple: { format in
                    switch format {
                    case .json: histories.document("json \(key)", upTo: upTo, make: json)
                    case .html, .legacyHTML: histories.document("html \(key)", upTo: upTo, make: html)
                    }
                }, serial: serial, headers: SimpleAPI.headers, to: request)
        }
        return try await pages.kept(key, for: request) {
            var headers = SimpleAPI.headers
            headers[.asOf] = String(serial)
            return CachedPage(
                .simple(json: EncodedBody(json()), html: EncodedBody(html())), serial: serial, headers: headers,
                cacheControl: Self.cacheControl)
        }
    }

    @Sendable func json(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await at(request, context) { visit in
            let name = try projectName(context)
            let asked = context.parameters.get("version")
            let found = try await snapshot(of: name, at: visit)
            let release = try release(asked, of: found.snapshot)
            let path = "\(visit.prefix)/pypi/\(name.normalized)/\(asked == nil ? "" : "\(release.version)/")json"
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            let metadata = try await past.metadata(of: release.id, at: visit.serial) ?? ReleaseMetadata()
            let document = JSONDocument(
                found.snapshot, release: release, metadata: metadata, wholeProject: asked == nil, baseURL: baseURL,
                leftOut: found.leftOut, advisories: try await advisories.advisories(about: name))
            var headers: HTTPFields = [.asOf: String(visit.serial)]
            headers[.lastSerial] = String(found.snapshot.project.serial)
            return pages.answer(document.json(), contentType: "application/json", headers: headers, to: request)
        }
    }

    // MARK: For people

    @Sendable func page(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await at(request, context) { visit in
            let name = try projectName(context)
            let asked = context.parameters.get("version")
            let found = try await snapshot(of: name, at: visit)
            let release = try asked == nil ? found.snapshot.latest : release(asked, of: found.snapshot)
            let path =
                "\(visit.prefix)/project/\(name.normalized)/"
                + (asked == nil ? "" : release.map { "\($0.version)/" } ?? "")
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            return pages.answer(
                try await html(of: found, release, request, at: visit), contentType: "text/html; charset=utf-8",
                headers: SiteRoutes.headers, to: request)
        }
    }

    private func html(
        of found: PastSnapshot, _ release: Projects.Release?, _ request: Request, at visit: Visit
    ) async throws -> [UInt8] {
        let moment = try await past.moment(of: visit.serial)
        var metadata = ReleaseMetadata()
        if let release, let said = try await past.metadata(of: release.id, at: visit.serial) { metadata = said }
        let day = (moment ?? now()).day
        let historyPage = ReleaseHistory.page(asked: request.uri.queryParameters["releases"].map(String.init))
        let then = PastPage(
            serial: visit.serial, moment: moment, leftOut: found.leftOut, below: renderer.address)
        let html = renderer.project(
            found.snapshot, release: release, metadata: metadata,
            descriptionHTML: await descriptions.rendered(metadata)?.html,
            downloads: try await downloads.perDay(of: found.snapshot.project.name, since: day - 190)
                .filter { $0.day <= day },
            today: day,
            hosted: try await past.hosted(
                among: SiteRenderer.dependencyNames(of: metadata), at: visit.serial),
            historyPage: min(historyPage, ReleaseHistory.pages(of: found.snapshot)),
            past: (then.notices(of: found.snapshot.project.name), then.address))
        return then.leadingToThePast(html, below: renderer.basePath)
    }

    /// What it is, and a form that asks for a day.
    @Sendable func guide(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard request.uri.path == "/at/" else { return .moved(to: "/at/", from: request) }
        let fields = FormFields(request.uri.query ?? "")
        let name = fields["project"].flatMap { try? ProjectName(parsing: $0) }
        if let text = fields["on"]?.trimmedOfWhitespace, !text.isEmpty {
            let point = try PointInTime(parsing: text)
            _ = try await serial(of: point)
            let project = name.map { "project/\($0.normalized)/" } ?? ""
            return Response(
                status: .seeOther,
                headers: [.location: "/at/\(point)/\(project)", .contentLength: "0", .cacheControl: "no-store"])
        }
        return html(
            TimeTravelPage(renderer.address, of: nil, on: (now().day - 30).description, moment: nil, project: name),
            request)
    }

    @Sendable func home(_ request: Request, _ context: IndexContext) async throws -> Response {
        try await at(request, context) { visit in
            let path = "\(visit.prefix)/"
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            let moment = try await past.moment(of: visit.serial)
            return html(
                TimeTravelPage(
                    renderer.address, of: visit.serial, on: String(visit.serial), moment: moment, project: nil),
                request)
        }
    }

    private func html(_ model: TimeTravelPage, _ request: Request) -> Response {
        pages.answer(
            renderer.page(
                model, as: .timeTravel, titled: "The index as it was",
                description: "Every page and every install of this index as it was on any day."),
            contentType: "text/html; charset=utf-8", headers: SiteRoutes.headers, to: request)
    }

    // MARK: What was there

    private func projectName(_ context: IndexContext) throws -> ProjectName {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text) else {
            throw NotFound(what: "project '\(text.cut(to: .quotation))'")
        }
        return name
    }

    private func snapshot(of name: ProjectName, at visit: Visit) async throws -> PastSnapshot {
        let known = try await histories.history(of: name, upTo: visit.serial)
        guard let found = known?.history.snapshot(at: visit.serial) else { throw Self.noProject(name, at: visit) }
        return found
    }

    private static func noProject(_ name: ProjectName, at visit: Visit) -> NotFound {
        NotFound(what: "project '\(name.display)' as of change \(visit.serial)")
    }

    private func release(_ asked: String?, of snapshot: ProjectSnapshot) throws -> Projects.Release {
        let name = snapshot.project.name.display
        guard let asked else {
            guard let latest = snapshot.latest else { throw NotFound(what: "release of '\(name)' then") }
            return latest
        }
        guard let version = try? Version(parsing: asked), let release = snapshot.release(version) else {
            throw NotFound(what: "release '\(asked.cut(to: .quotation))' of '\(name)' then")
        }
        return release
    }
}

extension HTTPField.Name {
    /// The serial as of which an answer shows the index.
    static var asOf: HTTPField.Name {
        guard let name = HTTPField.Name("X-Rind-As-Of") else { preconditionFailure("A valid field name.") }
        return name
    }
}
