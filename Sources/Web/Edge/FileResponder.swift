import HTTPTypes
import NIOCore
import Synchronization

/// What there is to know about a stored file to serve it.
public struct ServedFile: Sendable {
    /// Who it is, for counting.
    public var id: Int64
    /// Whose it is, for counting; 0 when nobody asks.
    public var project: Int64
    /// Where its bytes are: an absolute path. They never change.
    public var blob: String
    /// The size in bytes.
    public var size: Int
    /// The SHA-256 of the bytes in hexadecimal: the ETag.
    public var sha256: String
    /// What `Content-Type` says.
    public var contentType: String
    /// Whether fetching it is a download: true for distribution files, false for `.metadata`.
    public var isDownload: Bool

    /// All facts together.
    public init(
        id: Int64, project: Int64 = 0, blob: String, size: Int, sha256: String, contentType: String, isDownload: Bool
    ) {
        self.id = id
        self.project = project
        self.blob = blob
        self.size = size
        self.sha256 = sha256
        self.contentType = contentType
        self.isDownload = isDownload
    }
}

/// Answers for stored files: `GET` and `HEAD` below `/packages/`, whole or in ranges, with `sendfile`.
///
/// The router looks a path up in the database once, and admits the file here; from then on its path is answered without.
public final class FileResponder: ImmediateResponder {
    /// How much the responder may keep.
    public struct Bounds: Sendable {
        /// The most files whose facts are kept; about 600 bytes each.
        public var files = 16_384
        /// Files up to this size, in bytes, are kept in memory.
        public var smallFile = 64 * 1024
        /// The most that small files may take together, in bytes.
        public var smallFiles = 16 * 1024 * 1024
        /// The most descriptors kept open between two answers.
        public var descriptors = 256

        /// The usual bounds.
        public init() {}
    }

    private struct Entry {
        var file: ServedFile
        var etag: String
        var head: PreparedHead
    }

    private let bounds: Bounds
    private let onDownload: @Sendable (_ file: ServedFile, _ request: EdgeRequest) -> Void
    private let entries: Mutex<VersionedCache<Entry>>
    private let small: Mutex<ClockCache<String, ByteBuffer>>
    private let open: Mutex<ClockCache<String, OpenFile>>

    /// - Parameters:
    ///   - bounds: how much may be kept.
    ///   - onDownload: called on the event loop for each 200 to a `GET` of a distribution file, when its sending begins.
    ///     At the beginning, because a download that is cut off is resumed with a range, whose 206 does not count: counted
    ///     at the end, it would never count at all. This is also what a web server's log says.
    public init(
        bounds: Bounds = Bounds(), onDownload: @escaping @Sendable (_ file: ServedFile, _ request: EdgeRequest) -> Void
    ) {
        self.bounds = bounds
        self.onDownload = onDownload
        entries = Mutex(VersionedCache(limit: bounds.files))
        small = Mutex(ClockCache(limit: bounds.smallFiles))
        open = Mutex(ClockCache(limit: bounds.descriptors))
    }

    /// Remembers the file under `path`, and reads it when it is small. Blocks the thread for as long as that takes: not
    /// for the event loop.
    ///
    /// - Parameters:
    ///   - file: the facts.
    ///   - path: the path in the request, as sent.
    ///   - serial: the index's serial when the facts were read, or before.
    /// - Returns: false when there is no file of that size under `file.blob`; then nothing is remembered.
    public func admit(_ file: ServedFile, path: String, asOf serial: Int64) -> Bool {
        guard let opened = OpenFile(path: file.blob), opened.size == file.size else { return false }
        let etag = "\"\(file.sha256)\""
        let head = PreparedHead(
            contentLength: file.size, description: [.contentType: file.contentType],
            common: [
                .eTag: etag, .cacheControl: CachedPage.immutable, .acceptRanges: "bytes",
                .accessControlAllowOrigin: "*",
            ])
        if file.size <= bounds.smallFile {
            let bytes = opened.read(at: 0, count: file.size)
            guard bytes.readableBytes == file.size else { return false }
            small.withLock { $0.put(bytes, for: file.blob, cost: max(1, file.size)) }
        } else {
            open.withLock { $0.put(opened, for: file.blob, cost: 1) }
        }
        entries.withLock { _ = $0.put(Entry(file: file, etag: etag, head: head), for: path, asOf: serial, cost: 1) }
        return true
    }

    /// Forgets a path, after the commit of the change that removed or blocked the file.
    public func forget(_ path: String, serial: Int64) {
        entries.withLock { $0.invalidate(path, serial: serial) }
    }

    /// Forgets everything.
    public func forgetAll(serial: Int64) {
        entries.withLock { $0.invalidateAll(serial: serial) }
    }

    /// The answer for a path that has been admitted, or nil.
    public func respond(to request: EdgeRequest) -> ImmediateResponse? {
        guard let entry = entries.withLock({ $0.value(for: request.target) }) else { return nil }
        if Conditions.isFresh(ifNoneMatch: request.ifNoneMatch, etag: entry.etag) {
            return ImmediateResponse(outcome: .notModified, head: entry.head, body: nil)
        }
        var outcome = ImmediateResponse.Outcome.whole
        var sent = 0..<entry.file.size
        // Ranges are defined for GET alone (RFC 9110, section 14.2).
        if request.method == .get, Conditions.allowsRange(ifRange: request.ifRange, etag: entry.etag) {
            switch ByteRange(request.range, size: entry.file.size) {
            case .whole: break
            case .part(let range):
                outcome = .part(range)
                sent = range
            case .unsatisfiable: return ImmediateResponse(outcome: .unsatisfiable, head: entry.head, body: nil)
            }
        }
        guard request.method == .get else { return ImmediateResponse(outcome: outcome, head: entry.head, body: nil) }
        guard let body = body(of: entry.file, sent) else {
            // The blob is gone: the router says what has happened.
            entries.withLock { $0.remove(request.target) }
            return nil
        }
        if outcome == .whole, entry.file.isDownload { onDownload(entry.file, request) }
        return ImmediateResponse(outcome: outcome, head: entry.head, body: body)
    }

    private func body(of file: ServedFile, _ range: Range<Int>) -> ImmediateResponse.Body? {
        if range.isEmpty { return .bytes(ByteBuffer()) }
        if file.size <= bounds.smallFile, let bytes = small.withLock({ $0.value(for: file.blob) }) {
            return bytes.getSlice(at: range.lowerBound, length: range.count).map { .bytes($0) }
        }
        if let opened = open.withLock({ $0.value(for: file.blob) }) { return .file(opened, range) }
        guard let opened = OpenFile(path: file.blob), opened.size == file.size else { return nil }
        open.withLock { $0.put(opened, for: file.blob, cost: 1) }
        return .file(opened, range)
    }
}
