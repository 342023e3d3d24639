import Blobs
import HTTPTypes
import Hummingbird
import Model
import NIOPosix
import Web

/// `/packages/…`: the first request of a file looks it up and lets the edge serve it from then on.
public struct FileDownloads: Sendable {
    private let projects: any ProjectStore
    private let journal: any JournalStore
    private let blobs: FolderBlobStore
    private let files: FileResponder

    /// - Parameter files: serves what has been looked up once.
    public init(
        projects: any ProjectStore, journal: any JournalStore, blobs: FolderBlobStore, files: FileResponder
    ) {
        self.projects = projects
        self.journal = journal
        self.blobs = blobs
        self.files = files
    }

    /// Registers the route.
    public func add(to router: IndexRouter) {
        router.on(.get, "/packages/{first}/{second}/{rest}/{filename}", performs: .readIndex, use: file)
    }

    @Sendable func file(_ request: Request, _ context: IndexContext) async throws -> Response {
        let parameters = context.parameters
        let digest = try parameters.require("first") + parameters.require("second") + parameters.require("rest")
        let filename = try parameters.require("filename")
        let serial = try await journal.latestSerial()
        guard let served = try await served(filename, digest) else {
            throw NothingHere(what: "file '\(filename)' at this address")
        }
        let edgeRequest = EdgeRequest(request.head)
        // Opening and reading a small file blocks for as long as the disk takes.
        let isThere = try await NIOThreadPool.singleton.runIfActive {
            files.admit(served, path: edgeRequest.target, asOf: serial)
        }
        guard isThere, let answer = files.respond(to: edgeRequest) else {
            throw MissingBlob(filename: filename, blob: served.blob)
        }
        return answer.response(isHead: request.method == .head)
    }

    /// A distribution file by its name, or the METADATA of the wheel whose name it has before `.metadata` (PEP 658).
    private func served(_ filename: String, _ digest: String) async throws -> ServedFile? {
        if let file = try await projects.file(named: filename, sha256: digest) {
            guard let blob = blobs.path(of: file.digests.sha256) else { return nil }
            return ServedFile(
                id: file.id.number, blob: blob, size: Int(file.size), sha256: file.digests.sha256,
                contentType: contentType(of: file), isDownload: true)
        }
        let suffix = ".metadata"
        guard filename.hasSuffix(suffix),
            let file = try await projects.file(named: String(filename.dropLast(suffix.count)), sha256: digest),
            let metadata = file.metadataSHA256, let blob = blobs.path(of: metadata),
            let size = try await blobs.size(of: metadata)
        else { return nil }
        return ServedFile(
            id: file.id.number, blob: blob, size: Int(size), sha256: metadata,
            contentType: "text/plain; charset=utf-8", isDownload: false)
    }

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
    let blob: String
}
