import Bytes
import Compression
import Crypto
import HTTPTypes
import Hummingbird
import NIOCore
import Ports
import Primitives
import Synchronization

/// Serves pages from memory, and renders those that are not there.
public final class PageServer: Sendable {
    private let pages: PageCache
    private let journal: any JournalStore
    /// Renderings that are under way, by path and by the serial that they began at.
    private let underWay = Mutex<[Rendering: Task<CachedPage, any Error>]>([:])

    private struct Rendering: Hashable {
        let path: String
        let serial: Serial
    }

    /// - Parameters:
    ///   - pages: where rendered pages are kept.
    ///   - journal: tells how new a page is.
    public init(pages: PageCache, journal: any JournalStore) {
        self.pages = pages
        self.journal = journal
    }

    /// Answers with the page under a path, which is rendered and kept when it is not there.
    ///
    /// Many who ask for it at once wait for one rendering, if it began after the last change that any of them can know
    /// of.
    ///
    /// - Parameters:
    ///   - path: in normal form; anyone who tells the cache about changes must know it, or the scope.
    ///   - scope: another path whose changes make this page stale as well.
    public func kept(
        _ path: String, in scope: String? = nil, for request: Request,
        render: @escaping @Sendable () async throws -> CachedPage
    ) async throws -> Response {
        if let page = pages.page(path) { return answer(page, request) }
        // Read before the first fact: a change in between makes the cache refuse the page.
        let rendering = Rendering(path: path, serial: try await journal.latestSerial())
        let task = underWay.withLock { underWay in
            if let task = underWay[rendering] { return task }
            // Not of this task: its client may go while others wait for the same page. But on the same threads.
            let task = Task(executorPreference: Lane.current) {
                defer { _ = self.underWay.withLock { $0.removeValue(forKey: rendering) } }
                let page = try await render()
                if page.isLasting { self.pages.put(page, path: path, in: scope, asOf: rendering.serial) }
                return page
            }
            underWay[rendering] = task
            return task
        }
        return answer(try await task.value, request)
    }

    /// Answers with bytes that were made for this request: compressed only as this client takes them.
    ///
    /// - Parameter headers: what else the answer says, a content security policy for example.
    public func answer(
        _ bytes: [UInt8], contentType: String, headers: HTTPFields = [:], to request: Request
    ) -> Response {
        let coding = pages.negotiator.coding(acceptEncoding: request.headers[.acceptEncoding]).order[0]
        let body =
            switch coding {
            case .identity: bytes
            case .gzip: Gzip.quick(bytes)
            case .zstd: Zstandard.compress(bytes, level: 1)
            }
        let digest = SHA256.hash(data: bytes).prefix(16).hexadecimal
        let etag = "\"\(digest)\(coding.token.map { "-\($0)" } ?? "")\""
        var fields = headers
        fields[.eTag] = etag
        fields[.cacheControl] = fields[.cacheControl] ?? CachedPage.alwaysAsk
        fields[.vary] = CachedPage.varies
        fields[.accessControlAllowOrigin] = "*"
        if Conditions.isFresh(ifNoneMatch: request.headers[.ifNoneMatch], etag: etag) {
            return Response(status: .notModified, headers: fields)
        }
        fields[.contentType] = contentType
        fields[.contentEncoding] = coding.token
        return Response(status: .ok, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    /// Answers with a page of the Simple API that was made for this request: only in the format that this client takes.
    public func answer(
        simple document: (SimpleFormat) -> [UInt8], serial: Serial, headers: HTTPFields, to request: Request
    ) -> Response {
        let format = pages.negotiator.format(for: EdgeRequest(request.head))
        var headers = headers
        headers[.lastSerial] = String(serial)
        return answer(document(format), contentType: format.contentType, headers: headers, to: request)
    }

    /// Answers with a page that is not kept: in the right coding, with its validators.
    public func answer(_ page: CachedPage, _ request: Request) -> Response {
        page.answer(EdgeRequest(request.head), negotiator: pages.negotiator).response(isHead: request.method == .head)
    }
}

extension Response {
    /// Sends the client to another path of this index. The query goes along.
    public static func moved(to path: String, from request: Request) -> Response {
        let query = request.uri.query.map { "?\($0)" } ?? ""
        // Two slashes at the beginning would be the address of another host.
        let path = "/" + path.drop { $0 == "/" }
        return Response(
            status: .movedPermanently,
            headers: [.location: path + query, .cacheControl: "no-cache", .contentLength: "0"])
    }
}
