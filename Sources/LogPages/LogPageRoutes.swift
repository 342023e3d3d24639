import HTTPTypes
import Hummingbird
import PackagingFormats
import Ports
import Projects
import Site
import TransparencyLog
import UTC
import Web

/// The log for people, and a page for each file that says how it is checked.
///
/// They are made for each request: what they say changes with the log, a second after the index itself.
public struct LogPageRoutes: Sendable {
    private let renderer: SiteRenderer
    private let log: any PublicLog
    private let projects: any ProjectStore
    private let pages: PageServer

    /// How many of the newest entries are shown.
    private static let shown = 30

    /// The pages of a log.
    public init(renderer: SiteRenderer, log: any PublicLog, projects: any ProjectStore, pages: PageServer) {
        self.renderer = renderer
        self.log = log
        self.projects = projects
        self.pages = pages
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/log", guard: .everybody, takes: .page, use: showLog)
        router.on(.get, "/project/{name}/file/{filename}", guard: .everybody, takes: .page, use: showFile)
    }

    @Sendable func showLog(_ request: Request, _ context: IndexContext) async throws -> Response {
        guard request.uri.path == "/log/" else { return .moved(to: "/log/", from: request) }
        let checkpoint = try await log.checkpoint()
        return page(
            renderer.log(
                checkpoint: checkpoint, cosigned: try await log.cosignedCheckpoint(), keys: try await log.keys(),
                latest: try await log.latest(Self.shown), waiting: try await log.waitsSince()), request)
    }

    @Sendable func showFile(_ request: Request, _ context: IndexContext) async throws -> Response {
        let (text, filename) = (try context.parameters.require("name"), try context.parameters.require("filename"))
        guard let name = try? ProjectName(parsing: text), let found = try await file(named: filename, of: name) else {
            throw NotFound(what: "file '\(filename.cut(to: .quotation))' of '\(text.cut(to: .quotation))'")
        }
        let path = Paths.file(found.file.filename, of: name)
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        guard let version = try? DistributionFilename(lenient: found.file.filename).version else {
            throw NotFound(what: "release of '\(filename.cut(to: .quotation))'")
        }
        let entry = try await log.entry(ofFile: filename)
        // A file may be taken away and come back: all of that is told.
        var later: [LoggedEntry] = []
        if let published = entry?.statement.published { later = try await log.entries(about: published) }
        return page(
            renderer.file(
                found, version: version, entry: entry, later: later, checkpoint: try await log.checkpoint(),
                key: try await log.keys().last), request)
    }

    /// A file by its name, also one that no page lists any more: then the log knows its digest.
    private func file(named filename: String, of name: ProjectName) async throws -> AddressedFile? {
        let listed = try await projects.file(named: filename, in: name)?.digests.sha256
        let logged = try await log.entry(ofFile: filename)?.statement.published?.sha256
        guard let digest = listed ?? logged,
            let found = try await projects.file(named: filename, sha256: digest), found.project.name == name
        else { return nil }
        switch found.state {
        case .published, .removed, .quarantined, .erased: return found
        case .staged, .held: return nil
        }
    }

    private func page(_ html: [UInt8], _ request: Request) -> Response {
        pages.answer(html, contentType: "text/html; charset=utf-8", headers: SiteRoutes.headers, to: request)
    }
}

extension SiteRenderer {
    /// `GET /log/`
    func log(
        checkpoint: String?, cosigned: String?, keys: [VerifierKey], latest: [LoggedEntry], waiting: Timestamp?
    ) -> [UInt8] {
        page(
            LogPage(
                checkpoint: checkpoint, cosigned: cosigned, keys: keys, latest: latest, waiting: waiting,
                address: address), as: .log, titled: "The log",
            description: "What was done here, in a log that anybody can check.")
    }

    /// `GET /project/{name}/file/{filename}/`
    func file(
        _ found: AddressedFile, version: Version, entry: LoggedEntry?, later: [LoggedEntry] = [], checkpoint: String?,
        key: VerifierKey?
    ) -> [UInt8] {
        page(
            FilePage(
                found, version: version, entry: entry, later: later, head: checkpoint.flatMap(LogPage.head(of:)),
                key: key, address: address), as: .file, titled: found.file.filename,
            description: "What the log of this index says of \(found.file.filename), and how to check it.")
    }
}
