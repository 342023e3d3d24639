import Acts
import HTTPTypes
import Hummingbird
import NIOPosix
import PackagingFormats
import Ports
import Primitives
import Projects
import TransparencyLog
import UTC
import Web

/// `/packages/…`: the first request of a file looks it up and lets the edge serve it from then on.
public struct FileDownloads: Sendable {
    private let projects: any ProjectStore
    private let journal: any JournalStore
    private let blobs: any BlobStore
    private let files: FileResponder
    private let pages: PageServer
    private let log: any PublicLog

    /// - Parameters:
    ///   - log: has the proofs of files.
    ///   - files: serves what has been looked up once.
    ///   - pages: keeps metadata files.
    public init(
        projects: any ProjectStore, journal: any JournalStore, blobs: any BlobStore, files: FileResponder,
        pages: PageServer, log: any PublicLog
    ) {
        self.projects = projects
        self.journal = journal
        self.blobs = blobs
        self.files = files
        self.pages = pages
        self.log = log
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
        if let found = try await projects.file(named: filename, sha256: digest) {
            let path = found.file.path
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            try Self.requireOffered(found)
            return try await distribution(found, asOf: serial, request, from: context.remoteAddress)
        }
        let suffix = ".metadata"
        if filename.hasSuffix(suffix),
            let found = try await projects.file(named: String(filename.dropLast(suffix.count)), sha256: digest),
            let metadata = found.file.metadataSHA256
        {
            let path = found.file.path + suffix
            guard request.uri.path == path else { return .moved(to: path, from: request) }
            try Self.requireOffered(found)
            return try await companion(metadata, of: found.file, request)
        }
        if let proof = try await proof(ofFileNamed: filename, digest, request) { return proof }
        if let path = try await conventionalPath(parameters.require("rest"), filename) {
            return .moved(to: path, from: request)
        }
        throw NotFound(what: "file '\(filename)' at this address")
    }

    /// The proof that a file is in the log, at its address with `.tlog-proof` behind it; nil for any other address.
    ///
    /// A proof stays good for ever. It is made of the newest checkpoint, so it is not kept.
    private func proof(ofFileNamed filename: String, _ digest: String, _ request: Request) async throws -> Response? {
        let suffix = ".tlog-proof"
        guard filename.hasSuffix(suffix),
            let found = try await projects.file(named: String(filename.dropLast(suffix.count)), sha256: digest)
        else { return nil }
        let file = found.file
        let path = file.path + suffix
        guard request.uri.path == path else { return .moved(to: path, from: request) }
        try Self.requireOffered(found)
        guard let proof = try await log.proof(ofFile: file.filename, sha256: digest) else {
            throw NotFound(
                what: "proof of '\(file.filename)'", hint: "A file is in the log within seconds of its upload.")
        }
        return pages.answer(Array(proof.written.utf8), contentType: "text/plain; charset=utf-8", to: request)
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
    private static func requireOffered(_ found: AddressedFile) throws {
        let (project, filename) = (found.project, found.file.filename)
        if project.status == .quarantined {
            throw QuarantineRefusal(what: "project '\(project.name.display)'", reason: project.statusReason)
        }
        switch found.state {
        case .published, .removed: return
        case .quarantined: throw QuarantineRefusal(what: "file '\(filename)'", reason: found.withheldReason)
        case .erased: throw ErasureRefusal(filename: filename, reason: found.withheldReason)
        case .staged, .held: throw NotFound(what: "file '\(filename)' at this address")
        }
    }

    /// The file itself. Where it is on this machine's disk, the edge serves it from now on.
    private func distribution(
        _ found: AddressedFile, asOf serial: Serial, _ request: Request, from remoteAddress: String?
    ) async throws -> Response {
        let file = found.file
        let farewell = found.removal.flatMap { removal in
            found.sunset.map { sunset in
                ServedFile.Farewell(
                    sunset: sunset,
                    warning:
                        "This file was removed from the index on \(removal.at.day). It can be had at this address until "
                        + "\(sunset.day) at least.")
            }
        }
        let served = ServedFile(
            id: file.id.number, project: found.project.id.number, size: Int(file.size), sha256: file.digests.sha256,
            contentType: contentType(of: file), isDownload: true, farewell: farewell)
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

/// The bytes of a file are gone for good.
struct ErasureRefusal: Refusal {
    let filename: String
    let reason: String?

    var kind: RefusalKind { .gone }
    var code: String { "file.erased" }
    var explanation: String {
        "The file '\(filename)' was erased, and its bytes are not there any more\(reason.map { ": \($0)" } ?? ".")"
    }
}

/// A file was asked for that is quarantined, or its project is (PEP 792).
struct QuarantineRefusal: Refusal {
    /// `project 'demo'`
    let what: String
    let reason: String?

    var kind: RefusalKind { .forbidden }
    var code: String { "file.quarantined" }
    var explanation: String {
        "The \(what) is quarantined, and not served\(reason.map { ": \($0)" } ?? "."). "
            + "Ask the operator of this index."
    }
}
