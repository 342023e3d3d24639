import HTTPTypes
import Hummingbird
import Model

/// Serves pages from memory, and renders those that are not there.
public struct PageServer: Sendable {
    private let pages: PageCache
    private let journal: any JournalStore

    /// - Parameters:
    ///   - pages: where rendered pages are kept.
    ///   - journal: tells how new a page is.
    public init(pages: PageCache, journal: any JournalStore) {
        self.pages = pages
        self.journal = journal
    }

    /// Answers with the page under a path, which is rendered and kept when it is not there.
    ///
    /// - Parameter path: in normal form; whoever tells the cache about changes must know it.
    public func kept(
        _ path: String, for request: Request, render: () async throws -> CachedPage
    ) async throws -> Response {
        if let page = pages.page(path) { return answer(page, request) }
        // Read before the first fact: a change in between makes the cache refuse the page.
        let serial = try await journal.latestSerial()
        let page = try await render()
        pages.put(page, path: path, asOf: serial)
        return answer(page, request)
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
        return Response(
            status: .movedPermanently, headers: [.location: path + query, .cacheControl: "no-cache", .contentLength: "0"])
    }
}
