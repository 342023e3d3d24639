import Archives
import Projects
import UTC

/// Bytes by their SHA-256, wherever they are kept. What is published never changes, and is there for good before its
/// digest is given out.
///
/// Digests are written in 64 lower-case hexadecimal digits; under any other text there is nothing. Errors are
/// `Refusal`s where people are told (`storageFull`, too many inspections), or the store's own. Every store passes
/// `BlobConformance`, whose clauses say what each of these promises means.
public protocol BlobStore: Sendable {
    /// Bytes that are coming. Nobody can ask for them before they are published.
    func stage() -> any StagedBlob

    /// Makes staged blobs durable under their digests, and keeps them from being collected while `body` runs, which is
    /// to commit the rows that name them. Publishing what is there already is harmless, and heals it where it is
    /// damaged.
    ///
    /// - Throws: what storing or `body` throws. Then some of the blobs may be there, as orphans.
    func publish<Result>(_ blobs: [any StagedBlob], during body: () async throws -> Result) async throws -> Result

    /// How many bytes a blob has; nil when it is not there.
    func size(of sha256: String) async throws -> Int64?

    /// A whole blob; nil when it is not there.
    ///
    /// - Parameter limit: the most bytes that the caller is ready to take into memory.
    /// - Throws: `BlobTooLarge`.
    func read(_ sha256: String, limit: Int) async throws -> [UInt8]?

    /// Reads a blob again and compares it with its digest.
    func verify(_ sha256: String) async throws -> BlobVerdict

    /// Reads a blob again and computes all its digests; nil when it is not there.
    func digests(of sha256: String) async throws -> Digests?

    /// Runs `body` with random access to a blob's bytes, as `StagedBlob.inspect` does; nil when it is not there.
    func inspect<Result: Sendable>(
        _ sha256: String, _ body: @escaping @Sendable (any ByteSource) throws -> Result
    ) async throws -> Result?

    /// How a client gets a blob; nil when it is not there.
    ///
    /// - Parameter contentType: what a store that answers clients itself says about the bytes.
    func serve(_ sha256: String, contentType: String) async throws -> BlobDelivery?

    /// The next blobs in the order of their digests, as many as the store reads at once; none after the last.
    ///
    /// - Parameter sha256: the digest that all of them come after, whether a blob has it or not; nil to begin.
    func census(after sha256: String?) async throws -> [StoredBlob]

    /// Removes the blobs that no row names, and answers what it removed. A crash in the middle leaves the rest for the
    /// next time.
    ///
    /// Spared is what came (or came again) less than `age` before `now`, and what somebody publishes meanwhile.
    ///
    /// - Parameter isReferenced: whether a committed row names the digest. If it throws, collecting ends.
    func collectOrphans(
        olderThan age: Duration, now: Timestamp, isReferenced: (_ sha256: String) async throws -> Bool
    ) async throws -> [StoredBlob]
}

extension BlobStore {
    /// Stores some bytes, durably, and answers their SHA-256.
    ///
    /// Until a row names them they look like an orphan; the age limit of the collection is what keeps them.
    public func store(_ bytes: [UInt8]) async throws -> String {
        let blob = stage()
        bytes.withUnsafeBytes(blob.append)
        return try await publish([blob]) { try await blob.finish().digests.sha256 }
    }
}

extension BlobStore {
    /// All blobs in the order of their digests. What comes or goes meanwhile may or may not be among them.
    public func census() -> BlobCensus { BlobCensus(store: self) }
}

/// Every blob of a store.
public struct BlobCensus: AsyncSequence, Sendable {
    let store: any BlobStore

    /// From the first on.
    public func makeAsyncIterator() -> Iterator { Iterator(store: store) }

    /// A position among the blobs.
    public struct Iterator: AsyncIteratorProtocol {
        let store: any BlobStore
        private var last: String?
        private var ready: ArraySlice<StoredBlob> = []

        init(store: any BlobStore) { self.store = store }

        /// The next one.
        public mutating func next() async throws -> StoredBlob? {
            if ready.isEmpty {
                ready = try await store.census(after: last)[...]
                if let blob = ready.last { last = blob.sha256 }
            }
            return ready.popFirst()
        }
    }
}

/// Bytes on their way into a store: their digests are computed as they come.
///
/// Belongs to one task. `append` only gathers, so that it can be called from a parser on any thread; `flush` and
/// `finish` write, and the caller waits, which is what slows a fast sender down. Whatever is not published is gone when
/// the value goes.
public protocol StagedBlob: Sendable {
    /// Gathers bytes.
    func append(_ bytes: UnsafeRawBufferPointer)
    /// Bytes so far, written or gathered.
    var size: Int64 { get }
    /// Whether enough has been gathered to be written.
    var wantsFlush: Bool { get }
    /// Writes what has been gathered. If it throws, the blob is of no use.
    func flush() async throws
    /// Writes the rest, and tells what came, as often as it is asked. Nothing can be appended afterwards.
    func finish() async throws -> StagedContent
    /// Runs `body` with random access to the bytes, on threads that are there for that alone; it may have to wait for
    /// one. Only after `finish`.
    ///
    /// - Throws: a `Refusal` when too many wait already, or what `body` throws.
    func inspect<Result: Sendable>(
        _ length: InspectionLength, _ body: @escaping @Sendable (any ByteSource) throws -> Result
    ) async throws -> Result
    /// Removes it. After it was published, that changes nothing.
    func discard() async
}

/// How long looking into an archive may take.
public enum InspectionLength: Sendable, Hashable {
    /// It is broken off soon, so that those behind it do not wait long.
    case short
    /// It may take minutes; those that are short do not wait for it.
    case long
}

/// What a staged blob turned out to be.
public struct StagedContent: Sendable, Hashable {
    /// Of its bytes.
    public let digests: Digests
    /// Bytes.
    public let size: Int64

    /// The digests and the size of the same bytes.
    public init(digests: Digests, size: Int64) {
        self.digests = digests
        self.size = size
    }
}

/// How a client gets the bytes of a blob.
public enum BlobDelivery: Sendable {
    /// They are in a file of this machine, at an absolute path, and never change: it is sent from there.
    case file(path: String)
    /// They come through this process.
    case stream(BlobStream)
    /// The client gets them elsewhere, at a URL that may be good for a short time only. What is there answers ranges,
    /// and lets pages of other sites read it (CORS).
    case redirect(url: String)
}

/// A blob as it comes through this process.
public struct BlobStream: Sendable {
    /// Bytes of the whole.
    public let size: Int64
    /// The bytes of a range within the size, in pieces of moderate length, as fast as they are asked for.
    public let bytes: @Sendable (Range<Int64>) -> AsyncThrowingStream<[UInt8], any Error>

    /// A blob of a size, with how to get its bytes.
    public init(size: Int64, bytes: @escaping @Sendable (Range<Int64>) -> AsyncThrowingStream<[UInt8], any Error>) {
        self.size = size
        self.bytes = bytes
    }
}

/// A blob as the store has it.
public struct StoredBlob: Sendable, Hashable {
    /// Its name, which should be the SHA-256 of its bytes.
    public let sha256: String
    /// Bytes.
    public let size: Int64
    /// When it came, or came again.
    public let modified: Timestamp

    /// A blob under its name.
    public init(sha256: String, size: Int64, modified: Timestamp) {
        self.sha256 = sha256
        self.size = size
        self.modified = modified
    }
}

/// What reading a blob again has shown.
public enum BlobVerdict: Sendable, Hashable {
    /// Its bytes are those that its digest names.
    case intact
    /// It is not there.
    case missing
    /// Its bytes have another digest.
    case damaged(sha256: String)
}

/// A blob is larger than the caller is ready to read into memory: a mistake in the program.
public struct BlobTooLarge: Error, Hashable {
    public let sha256: String
    /// What the caller is ready to read, in bytes.
    public let limit: Int

    /// A blob and the limit that it exceeds.
    public init(sha256: String, limit: Int) {
        self.sha256 = sha256
        self.limit = limit
    }
}
