import Bytes
import Differences
import HTTPTypes
import Hummingbird
import PackagingFormats
import Ports
import Projects
import Site
import TransparencyLog
import Web

/// What is in the files of releases, and what is different between two of them, for everybody.
///
/// Nothing of it is kept as a page: there are more such pages than anybody reads, and they would push out of memory what
/// installers ask for. What they are made of is remembered by `SourceReader`. Their handlers are registered as brief, and go
/// to lanes of their own: one that waits for an archive would keep a place from all other pages.
public struct SourceRoutes: Sendable {
    private let renderer: SiteRenderer
    private let projects: any ProjectStore
    private let log: any PublicLog
    private let reader: SourceReader
    private let pages: PageServer
    private let rendering: Lane

    /// - Parameters:
    ///   - log: knows the digests of files that no page lists any more.
    public init(
        renderer: SiteRenderer, projects: any ProjectStore, log: any PublicLog, reader: SourceReader, pages: PageServer,
        rendering: Lane = Lane(places: 64)
    ) {
        self.renderer = renderer
        self.projects = projects
        self.log = log
        self.reader = reader
        self.pages = pages
        self.rendering = rendering
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/project/{name}/{version}/files", guard: .everybody, use: listFiles)
        router.on(.get, "/project/{name}/{version}/files/{filename}", guard: .everybody, use: showMember)
        router.on(.get, "/project/{name}/{version}/files/{filename}/**", guard: .everybody, use: showMember)
        router.on(.get, "/project/{name}/compare", guard: .everybody, use: choose)
        router.on(.get, "/project/{name}/compare/{old}", guard: .everybody, use: compare)
        router.on(.get, "/project/{name}/compare/{old}/{new}", guard: .everybody, use: compare)
    }

    // MARK: Files

    @Sendable func listFiles(_ request: Request, _ context: IndexContext) async throws -> Response {
        let (name, version) = try await release(context)
        let path = SourceAddress.files(of: name, version)
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        let snapshot = try await shown(name)
        guard let release = snapshot.release(version) else { throw Self.noRelease(version.description, name) }
        return try await answer(request) { renderer.files(FilesPage(release, of: snapshot.project.name)) }
    }

    /// A directory of an archive, where the address ends with a slash; else a file.
    @Sendable func showMember(_ request: Request, _ context: IndexContext) async throws -> Response {
        let (name, version) = try await release(context)
        let filename = try context.parameters.require("filename")
        let file = try await file(named: filename, of: name, version)
        let (path, isDirectory) = try Self.memberPath(request.uri.path)
        let inventory = try await reader.inventory(of: ReadFile(file))
        if let entry = inventory.entry(at: path) {
            let address = SourceAddress.member(path, in: filename, of: name, version)
            guard request.uri.path == address else { return .moved(to: address, from: request) }
            return try await show(entry, of: inventory, file, name, version, request)
        }
        guard let listing = inventory.listing(of: path) else {
            throw NotFound(
                what: "'\(ShownLine(Array(path.utf8)[...], limit: 200).plain)' in \(filename)",
                hint: "Its files are listed at \(SourceAddress.directory("", in: filename, of: name, version))")
        }
        let address = SourceAddress.directory(path, in: filename, of: name, version)
        guard isDirectory, request.uri.path == address else { return .moved(to: address, from: request) }
        // All of an sdist is below one directory: nobody has to open it first.
        if path.isEmpty, listing.files.isEmpty, listing.directories.count == 1, let top = listing.directories.first {
            return .moved(
                to: SourceAddress.directory(top.name, in: filename, of: name, version), from: request)
        }
        return try await answer(request) {
            renderer.files(FilesPage(listing, at: path, in: inventory, of: file, name, version))
        }
    }

    private func show(
        _ entry: Inventory.Entry, of inventory: Inventory, _ file: DistributionFile, _ name: ProjectName,
        _ version: Version, _ request: Request
    ) async throws -> Response {
        var content: [UInt8]?
        if entry.kind == .empty {
            content = []
        } else if entry.kind == .text, entry.size <= SourceReader.textLimit {
            content = try await reader.content(of: entry, in: ReadFile(file), inventory)
        }
        let read = content
        let query = FormFields(request.uri.query ?? "")
        let place: SourcePage.Place =
            query["page"].flatMap { Int($0) }.map { .page($0) } ?? .line(query["line"].flatMap { Int($0) } ?? 1)
        return try await answer(request) {
            renderer.source(SourcePage(entry, content: read, at: place, of: file, name, version))
        }
    }

    // MARK: Differences

    /// Leads to what two fields of a form name, or to what changed with the newest release.
    @Sendable func choose(_ request: Request, _ context: IndexContext) async throws -> Response {
        let name = try Self.name(context)
        let query = FormFields(request.uri.query ?? "")
        if let from = query["from"], let to = query["to"] {
            let (old, new) = (try await version(from, of: name), try await version(to, of: name))
            return Self.found(SourceAddress.comparison(of: name, old, new))
        }
        guard let latest = try await shown(name).latest else {
            throw NotFound(what: "release of '\(name.display)' to compare")
        }
        return try await changes(with: latest.version, of: name)
    }

    /// Leads to what changed with a release since the one before it; of the first, all is new.
    private func changes(with version: Version, of name: ProjectName) async throws -> Response {
        let snapshot = try await shown(name)
        guard let release = snapshot.release(version) else { throw Self.noRelease(version.description, name) }
        return Self.found(
            snapshot.release(before: release).map { SourceAddress.comparison(of: name, $0.version, version) }
                ?? SourceAddress.files(of: name, version))
    }

    @Sendable func compare(_ request: Request, _ context: IndexContext) async throws -> Response {
        let name = try Self.name(context)
        guard let asked = try Self.pair(context) else {
            let text = try context.parameters.require("old")
            return try await changes(with: try await version(text, of: name), of: name)
        }
        let (old, new) = (try await version(asked.old, of: name), try await version(asked.new, of: name))
        let path = SourceAddress.comparison(of: name, old, new)
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        guard old != new else {
            throw NotFound(
                what: "difference between a release and itself", hint: "Choose two releases of '\(name.display)'.")
        }
        let snapshot = try await shown(name)
        guard let before = snapshot.release(old) else { throw Self.noRelease(asked.old, name) }
        guard let after = snapshot.release(new) else { throw Self.noRelease(asked.new, name) }
        let query = FormFields(request.uri.query ?? "")
        let choices = ComparedFiles.choices(from: before.files.map(\.filename), to: after.files.map(\.filename))
        let compared = query["files"].flatMap { key in choices.first { $0.key == key } } ?? choices.first
        let place = query["file"]
        var difference: ReleaseDifference?
        if let compared, let one = before.files.first(where: { $0.filename == compared.old }),
            let other = after.files.first(where: { $0.filename == compared.new })
        {
            difference = try await reader.difference(from: ReadFile(one), to: ReadFile(other), only: place)
            if let place, difference?.tree.changes.contains(where: { $0.place.utf8.elementsEqual(place.utf8) }) != true
            {
                throw NotFound(
                    what: "changed file '\(ShownLine(Array(place.utf8)[...], limit: 200).plain)' between the two",
                    hint: "All that changed is at \(path)")
            }
        }
        let found = difference
        return try await answer(request) {
            renderer.comparison(
                ComparisonPage(
                    snapshot, from: old, to: new, compared: compared, choices: choices, difference: found, only: place))
        }
    }

    /// The versions on both sides of three dots, or of two as git has them, or in two segments; nil for a single one.
    private static func pair(_ context: IndexContext) throws -> (old: String, new: String)? {
        if let old = context.parameters.get("old"), let new = context.parameters.get("new") { return (old, new) }
        let text = try context.parameters.require("old")
        for dots in ["...", ".."] {
            if let range = text.firstRange(of: dots) {
                return (String(text[..<range.lowerBound]), String(text[range.upperBound...]))
            }
        }
        return nil
    }

    // MARK: What there is

    private static func name(_ context: IndexContext) throws -> ProjectName {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text) else {
            throw NotFound(what: "project named '\(text.cut(to: .quotation))'")
        }
        return name
    }

    private func release(_ context: IndexContext) async throws -> (ProjectName, Version) {
        let name = try Self.name(context)
        return (name, try await version(try context.parameters.require("version"), of: name))
    }

    /// A release as its project spells it.
    private func version(_ text: String, of name: ProjectName) async throws -> Version {
        guard let asked = try? Version(parsing: text), let version = try await projects.spelling(of: asked, in: name)
        else { throw Self.noRelease(text.cut(to: .quotation), name) }
        return version
    }

    private static func noRelease(_ version: String, _ name: ProjectName) -> NotFound {
        NotFound(what: "release '\(version)' of '\(name.display)'")
    }

    /// A project whose files everybody may see.
    private func shown(_ name: ProjectName) async throws -> ProjectSnapshot {
        guard let snapshot = try await projects.snapshot(of: name) else {
            throw NotFound(what: "project named '\(name.display)'")
        }
        try Self.require(snapshot.project)
        return snapshot
    }

    private static func require(_ project: Project) throws {
        switch project.status {
        case .active, .archived, .deprecated: break
        case .quarantined:
            throw SourceRefusal.projectQuarantined(project.name.display, reason: project.statusReason)
        }
    }

    /// A file of a release that everybody may see. By keys alone, as it is asked for with every file that somebody reads.
    private func file(named filename: String, of name: ProjectName, _ version: Version) async throws -> DistributionFile
    {
        let missing = NotFound(what: "file '\(filename.cut(to: .quotation))' of '\(name.display)' \(version)")
        guard (try? DistributionFilename(lenient: filename))?.version == version else { throw missing }
        let listed = try await projects.file(named: filename, in: name)
        let logged = listed == nil ? try await log.entry(ofFile: filename)?.statement.published?.sha256 : nil
        guard let digest = listed?.digests.sha256 ?? logged,
            let found = try await projects.file(named: filename, sha256: digest), found.project.name == name
        else { throw missing }
        try Self.require(found.project)
        switch found.state {
        case .published: return found.file
        case .removed: throw SourceRefusal.removed(filename)
        case .quarantined: throw SourceRefusal.fileQuarantined(filename, reason: found.withheldReason)
        case .erased: throw SourceRefusal.erased(filename, reason: found.withheldReason)
        case .staged, .held: throw missing
        }
    }

    /// What stands behind the file's name in an address, and whether it ends with a slash.
    private static func memberPath(_ path: String) throws -> (path: String, isDirectory: Bool) {
        // Of /project/name/version/files/filename/…
        let segments = path.utf8.split(separator: UInt8(ascii: "/")).dropFirst(5)
        let parts = try segments.map { segment in
            guard let text = String(validating: segment.percentDecoded().bytes, as: UTF8.self) else {
                throw NotFound(what: "file with such a name")
            }
            return text
        }
        return (parts.joined(separator: "/"), path.hasSuffix("/"))
    }

    // MARK: Answers

    private func answer(_ request: Request, _ page: @Sendable () -> [UInt8]) async throws -> Response {
        try await rendering.run {
            var headers = SiteRoutes.headers
            // There are as many of these pages as pairs of releases, and they say nothing that is not in the files.
            headers[Self.robots] = "noindex, nofollow"
            return pages.answer(page(), contentType: "text/html; charset=utf-8", headers: headers, to: request)
        }
    }

    private static let robots = HTTPField.Name("X-Robots-Tag") ?? .vary

    private static func found(_ path: String) -> Response {
        Response(
            status: .found, headers: [.location: path, .cacheControl: "no-cache", .contentLength: "0"])
    }
}
