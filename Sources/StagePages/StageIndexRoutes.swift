import HTTPTypes
import Hummingbird
import IndexDocuments
import NIOPosix
import PackagingFormats
import Ports
import Primitives
import Projects
import SimpleAPI
import Staging
import UTC
import Web

/// `/stage/{secret}/simple/…`: what waits, for installers, beside what is published of the same projects.
///
/// Anyone who knows the secret reads it; nobody counts it, and nobody keeps it: it ends with what waits.
public struct StageIndexRoutes: Sendable {
    private let stages: any StageStore
    private let blobs: any BlobStore
    private let pages: PageServer
    private let baseURL: String
    private let secretHash: @Sendable (String) -> [UInt8]?
    private let now: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - baseURL: where the index is, without a slash at its end.
    ///   - secretHash: of a secret as it stands in an address; nil for what cannot be one.
    public init(
        stages: any StageStore, blobs: any BlobStore, pages: PageServer, baseURL: String,
        secretHash: @escaping @Sendable (String) -> [UInt8]?, now: @escaping @Sendable () -> Timestamp
    ) {
        self.stages = stages
        self.blobs = blobs
        self.pages = pages
        self.baseURL = baseURL
        self.secretHash = secretHash
        self.now = now
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        router.on(.get, "/stage/{secret}/simple", guard: .everybody, takes: .document, use: list)
        router.on(.get, "/stage/{secret}/simple/{name}", guard: .everybody, takes: .document, use: project)
        router.on(.get, "/stage/{secret}/files/{digest}/{filename}", guard: .everybody, takes: .document, use: file)
    }

    private func waiting(at context: IndexContext) async throws -> (secret: String, stages: [Stage]) {
        let secret = try context.parameters.require("secret")
        guard let hash = secretHash(secret) else { throw StageRefusal.addressGone }
        let found = try await stages.stages(atAddress: hash, at: now())
        guard !found.isEmpty else { throw StageRefusal.addressGone }
        return (secret, found)
    }

    /// What is for whom it was told, and for now.
    private static var headers: HTTPFields {
        var headers = SimpleAPI.headers
        headers[.cacheControl] = Self.keptByNobody
        return headers
    }

    private static let keptByNobody = "private, no-store"

    private func name(_ context: IndexContext) throws -> ProjectName {
        let text = try context.parameters.require("name")
        guard let name = try? ProjectName(parsing: text) else {
            throw NotFound(what: "project '\(text.cut(to: .quotation))'")
        }
        return name
    }

    @Sendable func list(_ request: Request, _ context: IndexContext) async throws -> Response {
        let (secret, found) = try await waiting(at: context)
        let path = "/stage/\(secret)/simple/"
        guard request.uri.path == path else { return sentOn(to: path) }
        let names = Dictionary(found.map { ($0.project.normalized, $0.project) }) { first, _ in first }
        let list = SimpleProjectList(
            names.values.sorted { $0.normalized < $1.normalized }.map { ProjectListing(name: $0, serial: 0) }, serial: 0
        )
        return pages.answer(
            simple: { $0 == .json ? list.json() : list.html() }, serial: 0, headers: Self.headers, to: request)
    }

    @Sendable func project(_ request: Request, _ context: IndexContext) async throws -> Response {
        let (secret, found) = try await waiting(at: context)
        let name = try name(context)
        // What does not wait is where it always is.
        guard found.contains(where: { $0.project == name }) else { return sentOn(to: "/simple/\(name.normalized)/") }
        let path = "/stage/\(secret)/simple/\(name.normalized)/"
        guard request.uri.path == path else { return sentOn(to: path) }
        guard let snapshot = try await stages.snapshot(of: name, with: found) else { throw StageRefusal.addressGone }
        let base = BasePath(baseURL: baseURL)
        let waiting = Set(found.flatMap(\.files).map(\.filename))
        var document = SimpleProject(snapshot, below: base)
        for place in document.files.indices where waiting.contains(document.files[place].filename) {
            let file = document.files[place]
            document.files[place].url = base.outer("/stage/\(secret)/files/\(file.sha256)/\(file.filename)")
        }
        return pages.answer(
            simple: { $0 == .json ? document.json() : document.html() }, serial: snapshot.project.serial,
            headers: Self.headers, to: request)
    }

    @Sendable func file(_ request: Request, _ context: IndexContext) async throws -> Response {
        let (secret, found) = try await waiting(at: context)
        let digest = try context.parameters.require("digest")
        let asked = try context.parameters.require("filename")
        let suffix = ".metadata"
        for stage in found {
            guard let snapshot = try await stages.snapshot(of: stage.project, with: [stage]) else { continue }
            let files = snapshot.release(stage.version)?.files ?? []
            if let file = files.first(where: { $0.filename == asked && $0.digests.sha256 == digest }) {
                return try await distribution(
                    file, at: "/stage/\(secret)/files/\(digest)/\(asked)", request, from: context.remoteAddress)
            }
            if asked.hasSuffix(suffix),
                let file = files.first(where: {
                    $0.filename == asked.dropLast(suffix.count) && $0.digests.sha256 == digest
                }), let metadata = file.metadataSHA256,
                let bytes = try await blobs.read(metadata, limit: Self.largestMetadata)
            {
                return pages.answer(
                    bytes, contentType: "text/plain; charset=utf-8", headers: [.cacheControl: Self.keptByNobody],
                    to: request)
            }
        }
        throw StageRefusal.addressGone
    }

    /// Bytes; as for published files.
    private static let largestMetadata = 64 << 20

    private func distribution(
        _ file: DistributionFile, at path: String, _ request: Request, from remoteAddress: String?
    ) async throws -> Response {
        let served = ServedFile(
            id: file.id.number, size: Int(file.size), sha256: file.digests.sha256,
            contentType: "application/octet-stream", isDownload: false)
        var edge = EdgeRequest(request.head)
        edge.target = path
        edge.remoteAddress = remoteAddress
        var response: Response?
        // It serves this request alone, and counts nothing: the next one is asked anew, for all may have ended meanwhile.
        let files = FileResponder { _, _ in }
        switch try await blobs.serve(file.digests.sha256, contentType: served.contentType) {
        case .file(let blob):
            let isThere = try await NIOThreadPool.singleton.runIfActive {
                files.admit(served, at: blob, path: path, asOf: 0)
            }
            if isThere { response = files.respond(to: edge)?.response(isHead: request.method == .head) }
        case .stream(let stream):
            if stream.size == file.size { response = files.response(streaming: stream, of: served, to: edge) }
        case .redirect(let url): response = files.response(redirecting: url, of: served, to: edge)
        case nil: break
        }
        guard var response else { throw MissingStagedBlob(filename: file.filename) }
        response.headers[.cacheControl] = Self.keptByNobody
        return response
    }

    /// Elsewhere, for now.
    private func sentOn(to path: String) -> Response {
        Response(
            status: .found, headers: [.location: path, .contentLength: "0", .cacheControl: Self.keptByNobody])
    }
}

/// A row names bytes that are not there.
struct MissingStagedBlob: Error {
    let filename: String
}
