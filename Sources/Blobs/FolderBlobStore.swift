import Archives
import Glibc
import NIOCore
import NIOPosix
import Ports
import Projects
import Synchronization

/// Blobs in a folder of the file system.
///
/// The order in which a blob becomes durable, and what a crash leaves behind:
///
/// 1. Bytes go to `incoming/<random>`. A crash leaves that file, unlocked; the next start removes it.
/// 2. `fsync` of the file. The same.
/// 3. `rename` to `<aa>/<sha256>`. A crash leaves the whole blob there or nothing: its bytes were synced before
///    it got its name. No row names it, so the orphan collection finds it.
/// 4. `fsync` of `<aa>`, and of the directory above when this process has not synced it since it got the entry.
///    Now the blob is there for good, and only now is its digest given out.
/// 5. The caller commits the row. A crash before leaves an orphan; never a row without its bytes.
///
/// Blocking calls run on a `NIOThreadPool` of the store's own. A bounded pool, because dispatch answers blocked threads
/// with more threads; a pool of its own, because a disk that hangs should stop uploads and nothing else; and more
/// threads than cores, because `fsync` waits for the disk, which serves many waiting callers with one commit.
public final class FolderBlobStore: BlobStore {
    let layout: BlobLayout
    let calls: FileSystemCalls
    let threads: NIOThreadPool
    /// Look into archives, which takes a core, and long where somebody wants it to; writing and reading go on beside
    /// them.
    let inspectors: Inspectors
    let inFlight = InFlight()
    /// Directories whose own entry in the directory above is known to be durable.
    private let durableDirectories = Mutex<Set<String>>([])

    /// Opens the store, and makes the folder where it is missing.
    ///
    /// - Parameters:
    ///   - ownsFolder: whether to clear away what a crash left in `incoming`. What another process, an import for
    ///     example, is still writing there is left alone.
    ///   - inspectors: how many archives are looked into at once, and half as many that take long.
    public convenience init(
        root: String, ownsFolder: Bool, threads: Int = 16, inspectors: Int = System.coreCount
    ) throws {
        try self.init(
            root: root, ownsFolder: ownsFolder, threads: threads, inspectors: inspectors, calls: FileSystemCalls())
    }

    init(
        root: String, ownsFolder: Bool, threads count: Int = 4, inspectors inspectorCount: Int = 2,
        calls: FileSystemCalls
    ) throws {
        layout = Self.layout(root)
        self.calls = calls
        threads = NIOThreadPool(numberOfThreads: count)
        threads.start()
        inspectors = Inspectors(threads: inspectorCount)
        try Self.makeDirectories(layout.incoming, calls)
        if ownsFolder { try removeLeftovers() }
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    // MARK: - Writing

    /// A new file to be filled. Nothing is on disk before its first flush.
    public func stage() -> any StagedBlob {
        StagedFile(path: layout.newIncomingPath(), calls: calls, threads: threads, inspectors: inspectors)
    }

    /// See `BlobStore`. Throws `StorageFull`, `FileSystemFailure` or what `body` throws.
    public func publish<Result>(
        _ blobs: [any StagedBlob], during body: () async throws -> Result
    ) async throws -> Result {
        let files = try blobs.map { blob in
            guard let file = blob as? StagedFile else { throw StagedBlobMisused() }
            return file
        }
        let held = try await threads.runIfActive { try self.publishHolding(files) }
        defer { inFlight.release(held) }
        return try await body()
    }

    /// Finishes the blobs, and publishes them. Unless it throws, their digests are held.
    private func publishHolding(_ blobs: [StagedFile]) throws -> [SHA256Digest] {
        let digests = try blobs.map { blob in
            guard let digest = SHA256Digest(try blob.finishNow().digests.sha256) else { throw StagedBlobMisused() }
            return digest
        }
        // Held before anybody looks whether they are there already.
        inFlight.hold(digests)
        do { try publishNow(Array(zip(blobs, digests))) } catch {
            inFlight.release(digests)
            throw error
        }
        return digests
    }

    /// Step by step for all of them, because a file system that has just written its journal for one has less to do
    /// for the next.
    private func publishNow(_ blobs: [(StagedFile, SHA256Digest)]) throws {
        let arrivals = try blobs.map { blob, digest in
            let place = layout.place(of: digest)
            return (blob: blob, place: place, isThere: try isThere(digest, at: place))
        }
        for arrival in arrivals where !arrival.isThere { try arrival.blob.sync() }
        for (blob, place, isThere) in arrivals where !isThere {
            try calls.makeDirectory(ifMissing: place.directory)
            try blob.move(to: place.path)
        }
        // Also of those that were there already: anyone who moved them there may not have come to this line yet.
        for arrival in arrivals { try makeDurable(arrival.place) }
        for arrival in arrivals { arrival.blob.remove() }
    }

    /// Whether the bytes are there, whole. A blob that the disk has damaged is not: the new one takes its place.
    private func isThere(_ digest: SHA256Digest, at place: BlobPlace) throws -> Bool {
        // The lock is for what is there, and may be about to go.
        guard fileInformation(place.path) != nil else { return false }
        // It may have been an orphan for long. For every process's collection it is new again from here on.
        let isKnown = try lock(.shared) {
            guard fileInformation(place.path) != nil else { return false }
            try calls.renew(place.path)
            return true
        }
        return try isKnown && verifyNow(digest) == .intact
    }

    private func makeDurable(_ place: BlobPlace) throws {
        try calls.syncDirectory(place.directory)
        guard !durableDirectories.withLock({ $0.contains(place.directory) }) else { return }
        try calls.syncDirectory(place.root)
        durableDirectories.withLock { _ = $0.insert(place.directory) }
    }

    // MARK: - Reading

    /// Where a blob is, whether or not it is there; nil for what is no SHA-256 in lower-case hexadecimal.
    public func path(of sha256: String) -> String? { SHA256Digest(sha256).map { layout.place(of: $0).path } }

    /// See `BlobStore`.
    public func size(of sha256: String) async throws -> Int64? {
        guard let path = path(of: sha256) else { return nil }
        return try await threads.runIfActive { fileInformation(path)?.size }
    }

    /// See `BlobStore`. Throws `BlobTooLarge` or `FileSystemFailure`.
    public func read(_ sha256: String, limit: Int) async throws -> [UInt8]? {
        guard let path = path(of: sha256) else { return nil }
        return try await threads.runIfActive {
            guard let file = try openedForReading(path) else { return nil }
            defer { close(file) }
            var bytes: [UInt8] = []
            try readAll(file, path) { chunk in
                guard bytes.count + chunk.count <= limit else { throw BlobTooLarge(sha256: sha256, limit: limit) }
                bytes.append(contentsOf: chunk)
            }
            return bytes
        }
    }

    /// See `BlobStore`. Throws `FileSystemFailure` or what `body` throws.
    public func inspect<Result: Sendable>(
        _ sha256: String, _ body: @escaping @Sendable (any ByteSource) throws -> Result
    ) async throws -> Result? {
        guard let path = path(of: sha256) else { return nil }
        return try await inspectors.runStored {
            guard let size = fileInformation(path)?.size, let file = try openedForReading(path) else { return nil }
            defer { close(file) }
            return try body(BlobSource(file: file, size: size, path: path))
        }
    }

    /// The file that holds it.
    public func serve(_ sha256: String, contentType: String) async throws -> BlobDelivery? {
        guard let path = path(of: sha256), try await size(of: sha256) != nil else { return nil }
        return .file(path: path)
    }

    // MARK: - Start

    /// Makes the folder where it is missing, and does nothing else.
    public static func makeFolder(_ root: String) throws {
        try makeDirectories(layout(root).incoming, FileSystemCalls())
    }

    /// Whether a folder holds the bytes of any file. What is on its way does not count.
    public static func holdsBlobs(_ root: String) throws -> Bool {
        let root = layout(root).root
        for directory in try directoryEntries(root) where directory.utf8.count == 2 && directory != ".." {
            let names = try directoryEntries("\(root)/\(directory)")
            if names.contains(where: { SHA256Digest($0) != nil }) { return true }
        }
        return false
    }

    private static func layout(_ root: String) -> BlobLayout {
        BlobLayout(root: root.count > 1 && root.hasSuffix("/") ? String(root.dropLast()) : root)
    }

    private static func makeDirectories(_ path: String, _ calls: FileSystemCalls) throws {
        var partial = path.hasPrefix("/") ? "/" : ""
        for name in path.split(separator: "/") {
            let above = partial.isEmpty ? "." : partial
            partial += partial.isEmpty || partial.hasSuffix("/") ? "\(name)" : "/\(name)"
            guard fileInformation(partial) == nil else { continue }
            try calls.makeDirectory(ifMissing: partial)
            try calls.syncDirectory(above)
        }
    }

    private func removeLeftovers() throws {
        for name in try directoryEntries(layout.incoming) {
            let path = "\(layout.incoming)/\(name)"
            guard let file = try openedForReading(path) else { continue }
            defer { close(file) }
            if isAbandoned(file) { try calls.remove(ifPresent: path) }
        }
    }
}

extension BlobStore {
    /// A staged copy of a file of this machine.
    ///
    /// - Throws: what storing throws, or `FileSystemFailure` with `path` when the file cannot be read.
    public func stage(copyOf path: String) async throws -> any StagedBlob {
        let blob = stage()
        let file = try await NIOThreadPool.singleton.runIfActive { try OpenedFile(path) }
        while let chunk = try await NIOThreadPool.singleton.runIfActive({ try file.next() }) {
            chunk.withUnsafeBytes(blob.append)
            if blob.wantsFlush { try await blob.flush() }
        }
        return blob
    }
}

/// A file that is read from its beginning to its end.
private final class OpenedFile: Sendable {
    private let path: String
    private let file: Int32

    init(_ path: String) throws {
        guard let file = try openedForReading(path) else {
            throw FileSystemFailure(call: "open", path: path, number: ENOENT)
        }
        (self.path, self.file) = (path, file)
    }

    deinit { close(file) }

    /// The next bytes; nil at the end.
    func next() throws -> [UInt8]? {
        let bytes = try [UInt8](unsafeUninitializedCapacity: 256 * 1024) { buffer, count in
            count = try readSome(file, path, into: UnsafeMutableRawBufferPointer(buffer))
        }
        return bytes.isEmpty ? nil : bytes
    }
}
