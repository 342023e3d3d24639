import Bytes
import HTTPTypes
import NIOCore
import Synchronization
import UTC

/// What there is to know about a stored file to serve it.
public struct ServedFile: Sendable {
    /// Who it is, for counting.
    public var id: Int64
    /// Whose it is, for counting; 0 when nobody asks.
    public var project: Int64
    /// The size in bytes.
    public var size: Int
    /// The SHA-256 of the bytes in hexadecimal: the ETag.
    public var sha256: String
    /// What `Content-Type` says.
    public var contentType: String
    /// Whether fetching it is a download: true for distribution files, false for `.metadata`.
    public var isDownload: Bool
    /// That it was removed, for clients that ask for it by its address all the same; nil where it was not.
    public var farewell: Farewell?

    /// What is said with a file that was removed.
    public struct Farewell: Sendable {
        /// Until when its bytes are sure to be there (RFC 8594).
        public var sunset: Timestamp
        /// A sentence, in ASCII and without quotation marks.
        public var warning: String

        public init(sunset: Timestamp, warning: String) {
            self.sunset = sunset
            self.warning = warning
        }
    }

    public init(
        id: Int64, project: Int64 = 0, size: Int, sha256: String, contentType: String, isDownload: Bool,
        farewell: Farewell? = nil
    ) {
        self.farewell = farewell
        self.id = id
        self.project = project
        self.size = size
        self.sha256 = sha256
        self.contentType = contentType
        self.isDownload = isDownload
    }
}

/// What the requests for one file get, wherever its bytes come from (RFC 9110, sections 13 and 14).
struct FileAnswers: Sendable {
    let head: PreparedHead
    private let etag: String

    init(_ file: ServedFile) {
        etag = "\"\(file.sha256)\""
        var common: HTTPFields = [
            .eTag: etag, .cacheControl: CachedPage.immutable, .acceptRanges: "bytes", .accessControlAllowOrigin: "*",
        ]
        if let farewell = file.farewell {
            // Not immutable: who asks again hears again that it goes, or that it is back.
            common[.cacheControl] = "public, max-age=3600"
            common[.sunset] = farewell.sunset.httpDate
            common[.warning] = "299 - \"\(farewell.warning)\""
        }
        head = PreparedHead(
            contentLength: file.size, description: [.contentType: file.contentType], common: common)
    }

    /// What one request gets.
    struct Answer {
        let outcome: ImmediateResponse.Outcome
        /// The bytes that follow the header; nil for none.
        let range: Range<Int>?
    }

    func answer(to request: EdgeRequest) -> Answer {
        if Conditions.isFresh(ifNoneMatch: request.ifNoneMatch, etag: etag) {
            return Answer(outcome: .notModified, range: nil)
        }
        // Ranges are defined for GET alone.
        guard request.method == .get else { return Answer(outcome: .whole, range: nil) }
        guard Conditions.allowsRange(ifRange: request.ifRange, etag: etag) else {
            return Answer(outcome: .whole, range: 0..<head.contentLength)
        }
        return switch ByteRange(request.range, size: head.contentLength) {
        case .whole: Answer(outcome: .whole, range: 0..<head.contentLength)
        case .part(let range): Answer(outcome: .part(range), range: range)
        case .unsatisfiable: Answer(outcome: .unsatisfiable, range: nil)
        }
    }
}

/// Answers for stored files: `GET` and `HEAD` below `/packages/`, whole or in ranges, with `sendfile`.
///
/// The router looks a path up in the database once, and admits the file here; from then on its path is answered
/// without.
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

        public init() {}
    }

    /// What is known of a file once somebody has asked for it.
    private struct Entry {
        let file: ServedFile
        /// Where its bytes are.
        let blob: String
        let answers: FileAnswers
    }

    private let bounds: Bounds
    private let onDownload: @Sendable (_ file: ServedFile, _ request: EdgeRequest) -> Void
    private let entries: Mutex<VersionedCache<Entry>>
    private let small: Mutex<ClockCache<String, ByteBuffer>>
    private let open: Mutex<ClockCache<String, OpenFile>>

    /// - Parameters:
    ///   - bounds: how much may be kept.
    ///   - onDownload: called on the event loop for each 200 to a `GET` of a distribution file, when its sending
    ///     begins.
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
    ///   - blob: where its bytes are, which never change: an absolute path.
    ///   - path: the path in the request, as sent.
    ///   - serial: the index's serial when the facts were read, or before.
    /// - Returns: false when there is no file of that size at `blob`; then nothing is remembered.
    public func admit(_ file: ServedFile, at blob: String, path: String, asOf serial: Int64) -> Bool {
        guard let opened = OpenFile(path: blob), opened.size == file.size else { return false }
        if file.size <= bounds.smallFile {
            let bytes = opened.read(at: 0, count: file.size)
            guard bytes.readableBytes == file.size else { return false }
            small.withLock { $0.put(bytes, for: blob, cost: max(1, file.size)) }
        } else {
            open.withLock { $0.put(opened, for: blob, cost: 1) }
        }
        let entry = Entry(file: file, blob: blob, answers: FileAnswers(file))
        entries.withLock { _ = $0.put(entry, for: path, asOf: serial, cost: 1) }
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
        let answer = entry.answers.answer(to: request)
        guard let range = answer.range else {
            return ImmediateResponse(outcome: answer.outcome, head: entry.answers.head, body: nil)
        }
        guard let body = body(of: entry, range) else {
            // The blob is gone: the router says what has happened.
            entries.withLock { $0.remove(request.target) }
            return nil
        }
        count(answer, of: entry.file, request)
        return ImmediateResponse(outcome: answer.outcome, head: entry.answers.head, body: body)
    }

    /// Counts what is a download; see `init`.
    func count(_ answer: FileAnswers.Answer, of file: ServedFile, _ request: EdgeRequest) {
        if answer.outcome == .whole, answer.range != nil, file.isDownload { onDownload(file, request) }
    }

    private func body(of entry: Entry, _ range: Range<Int>) -> ImmediateResponse.Body? {
        if range.isEmpty { return .bytes(ByteBuffer()) }
        if entry.file.size <= bounds.smallFile, let bytes = small.withLock({ $0.value(for: entry.blob) }) {
            return bytes.getSlice(at: range.lowerBound, length: range.count).map { .bytes($0) }
        }
        if let opened = open.withLock({ $0.value(for: entry.blob) }) { return .file(opened, range) }
        guard let opened = OpenFile(path: entry.blob), opened.size == entry.file.size else { return nil }
        open.withLock { $0.put(opened, for: entry.blob, cost: 1) }
        return .file(opened, range)
    }
}

extension HTTPField.Name {
    static let sunset = name("Sunset")
    static let warning = name("Warning")

    private static func name(_ text: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(text) else { preconditionFailure("A valid field name.") }
        return name
    }
}
