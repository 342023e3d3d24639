import Acts
import HTTPTypes
import Hummingbird
import NIOPosix
import PackagingFormats
import Ports
import Primitives
import Projects
import Web

/// `/packages/…`: the first request of a file looks it up and lets the edge serve it from then on.
public struct FileDownloads: Sendable {
    private let projects: any ProjectStore
    private let journal: any JournalStore
    private let blobs: any BlobStore
    private let files: FileResponder
    private let pages: PageServer

    /// - Parameters:
    ///   - files: serves what has been looked up once.
    ///   - pages: keeps metadata files.
    public init(
        projects: any ProjectStore, journal: any JournalStore, blobs: any BlobStore, files: FileResponder,
        pages: PageServer
    ) {
        self.projects = projects
        self.journal = journal
        self.blobs = blobs
        self.files = files
        self.pages = pages
    }

    /// Registers the route.
    public func add(to router: IndexRouter) {
        router.on(
            .get, "/packages/{first}/{second}/{rest}/{filename}", guard: .everybody, takes: .document, use: file)
    }

    @Sendable func file(_ request: Request, _ context: IndexContext) async throws -> Response {
        let parameters = context.parameters
        let digest = try parameters.require("first") + parameters.require("second") + parameters.require("rest")
        let filename = try parameters.require("filename")
        let serial = try await journal.latestSerial()
        if let (file, project) = try await projects.file(named: filename, sha256: digest) {
            guard request.uri.path == file.path else { return .moved(to: file.path, from: request) }
            try Self.requireOffered(project)
            return try await distribution(file, of: project.id, asOf: serial, request, from: context.remoteAddress)
        }
        let suffix = ".metadata"
        if filename.hasSuffix(suffix),
            let (file, project) = try await projects.file(
                named: String(filename.dropLast(suffix.count)), sha256: digest),
            let metadata = file.metadataSHA256
        {
            let path = file.path + suffix
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            try Self.requireOffered(project)
            return try await companion(metadata, of: file, request)
        }
        if let path = try await conventionalPath(parameters.require("rest"), filename) {
            return .moved(to: path, from: request)
        }
        throw NotFound(what: "file '\(filename)' at this address")
    }

    /// The one address of the file at an address such as `/packages/source/d/demo/demo-1.0.tar.gz`, which recipes of
    /// distributions write without knowing a digest; `/packages/py3/d/demo/…` is the same for wheels.
    private func conventionalPath(_ project: String, _ filename: String) async throws -> String? {
        guard let name = try? ProjectName(parsing: project) else { return nil }
        if let file = try await projects.file(named: filename, in: name) { return file.path }
        let suffix = ".metadata"
        guard filename.hasSuffix(suffix),
            let file = try await projects.file(named: String(filename.dropLast(suffix.count)), in: name),
            file.metadataSHA256 != nil
        else { return nil }
        return file.path + suffix
    }

    /// Installers show the words of a refused file, where a page without it would only say that there is none.
    private static func requireOffered(_ project: Project) throws(QuarantineRefusal) {
        guard project.status == .quarantined else { return }
        throw QuarantineRefusal(project: project.name.display, reason: project.statusReason)
    }

    /// The file itself. Where it is on this machine's disk, the edge serves it from now on.
    private func distribution(
        _ file: DistributionFile, of project: ProjectID, asOf serial: Serial, _ request: Request,
        from remoteAddress: String?
    ) async throws -> Response {
        let served = ServedFile(
            id: file.id.number, project: project.number, size: Int(file.size), sha256: file.digests.sha256,
            contentType: contentType(of: file), isDownload: true)
        // By its one address: what a query or another spelling adds must not become an entry of its own.
        var edgeRequest = EdgeRequest(request.head)
        edgeRequest.target = file.path
        edgeRequest.remoteAddress = remoteAddress
        switch try await blobs.serve(file.digests.sha256, contentType: served.contentType) {
        case .file(let path):
            // Opening and reading a small file blocks for as long as the disk takes.
            let isThere = try await NIOThreadPool.singleton.runIfActive {
                files.admit(served, at: path, path: file.path, asOf: serial)
            }
            guard isThere, let answer = files.respond(to: edgeRequest) else { break }
            return answer.response(isHead: request.method == .head)
        case .stream(let stream):
            guard stream.size == file.size else { break }
            return files.response(streaming: stream, of: served, to: edgeRequest)
        case .redirect(let url): return files.response(redirecting: url, of: served, to: edgeRequest)
        case nil: break
        }
        throw MissingBlob(filename: file.filename)
    }

    /// The METADATA of a wheel, byte by byte (PEP 658). It is text and never changes: kept compressed like a page.
    private func companion(
        _ sha256: String, of file: DistributionFile, _ request: Request
    ) async throws -> Response {
        try await pages.kept("\(file.path).metadata", for: request) {
            guard let bytes = try await blobs.read(sha256, limit: Self.largestMetadata) else {
                throw MissingBlob(filename: "\(file.filename).metadata")
            }
            return CachedPage(
                .single(contentType: "text/plain; charset=utf-8", EncodedBody(bytes)), serial: nil,
                cacheControl: CachedPage.immutable)
        }
    }

    /// Bytes. What an upload's inspection takes out of an archive is bounded too, and by less.
    private static let largestMetadata = 64 << 20

    /// As PyPI's file hosts say it. Never a `Content-Encoding`: the archive is what was asked for.
    private func contentType(of file: DistributionFile) -> String {
        switch file.packageType {
        case .wheel: "application/octet-stream"
        case .sourceDistribution: file.filename.hasSuffix(".zip") ? "application/zip" : "application/x-tar"
        }
    }
}

/// A row names bytes that are not there. `rind doctor` lists all of them.
struct MissingBlob: Error {
    let filename: String
}

/// A file of a quarantined project was asked for (PEP 792).
struct QuarantineRefusal: Refusal {
    let project: String
    let reason: String?

    var kind: RefusalKind { .forbidden }
    var code: String { "file.quarantined" }
    var explanation: String {
        "The project '\(project)' is quarantined, and its files are not served\(reason.map { ": \($0)" } ?? "."). "
            + "Ask the operator of this index."
    }
}
