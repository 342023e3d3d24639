import Synchronization

/// The rendered pages that are asked for, bounded in bytes.
///
/// A key is the path of a page in its normal form, such as `/simple/flask-login/`. On a miss the router renders the
/// page, puts it here and answers with it; a change invalidates it after its commit.
public final class PageCache: ImmediateResponder {
    /// The most that all pages may take by default, in bytes.
    public static let defaultLimit = 48 * 1024 * 1024

    /// Reads the headers by which a page is chosen.
    public let negotiator = Negotiator()
    private let pages: Mutex<VersionedCache<CachedPage>>

    /// - Parameter limit: the most that all pages may take, in bytes.
    public init(limit: Int = PageCache.defaultLimit) {
        pages = Mutex(VersionedCache(limit: limit))
    }

    /// The page under `path`, if it is here.
    public func page(_ path: String) -> CachedPage? { pages.withLock { $0.value(for: path) } }

    /// Keeps a page, unless something on it has changed since.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - path: its path in normal form.
    ///   - scope: another path whose changes make this page stale as well; nil where there is none.
    ///   - serial: the index's serial when the rendering began: read before the first fact on the page, or in the same
    ///     transaction.
    /// - Returns: whether it was new enough to be kept. It may be served to anyone who asked for it in either case.
    @discardableResult
    public func put(_ page: CachedPage, path: String, in scope: String? = nil, asOf serial: Int64) -> Bool {
        pages.withLock { $0.put(page, for: path, in: scope, asOf: serial, cost: page.cost + path.utf8.count) }
    }

    /// Forgets a page that the change with this serial touched, with all pages in its scope, and refuses them in an
    /// older state. Call it after the commit.
    public func invalidate(_ path: String, serial: Int64) {
        pages.withLock { $0.invalidate(path, serial: serial) }
    }

    /// Forgets all pages, and refuses all that were rendered before the change with this serial.
    public func invalidateAll(serial: Int64) {
        pages.withLock { $0.invalidateAll(serial: serial) }
    }

    /// The answer with a page that is here. A target with a query is left to the router, and so is what comes with a
    /// credential, which may ask for another page under the same address.
    public func respond(to request: EdgeRequest) -> ImmediateResponse? {
        guard !request.isCredentialed, let page = page(request.target) else { return nil }
        return page.answer(request, negotiator: negotiator)
    }

    /// How many pages there are, and what they take in bytes.
    public var size: (pages: Int, bytes: Int) { pages.withLock { ($0.count, $0.cost) } }
}
