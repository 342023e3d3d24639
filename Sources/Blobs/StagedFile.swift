import Archives
import Glibc
import NIOPosix
import Ports
import Projects
import Synchronization

/// A file that is coming: its bytes go to disk, on the store's threads. At most `flushSize` and one chunk are in
/// memory.
public final class StagedFile: StagedBlob {
    /// `wantsFlush` from so many gathered bytes on.
    public static let flushSize = 256 * 1024

    private struct State {
        var file: Int32?
        var gathered: [UInt8] = []
        var digester = BlobDigester()
        var written: Int64 = 0
        var content: StagedContent?
        /// True once the file may be there, even if opening it failed.
        var mayExist = false
        /// True once the file at `path` is not ours any more, or removed.
        var isGone = false
    }

    let path: String
    private let calls: FileSystemCalls
    private let threads: NIOThreadPool
    private let inspectors: Inspectors
    private let state = Mutex(State())

    init(path: String, calls: FileSystemCalls, threads: NIOThreadPool, inspectors: Inspectors) {
        self.path = path
        self.calls = calls
        self.threads = threads
        self.inspectors = inspectors
    }

    deinit { remove() }

    /// See `StagedBlob`.
    public func append(_ bytes: UnsafeRawBufferPointer) {
        state.withLock { $0.gathered.append(contentsOf: bytes) }
    }

    /// See `StagedBlob`.
    public var size: Int64 { state.withLock { $0.written + Int64($0.gathered.count) } }

    /// Whether `flushSize` has been gathered.
    public var wantsFlush: Bool { state.withLock { $0.gathered.count >= Self.flushSize } }

    /// Writes what has been gathered. Throws `StorageFull` or `FileSystemFailure`; then the file is of no use.
    public func flush() async throws {
        try await threads.runIfActive { try self.writeGathered() }
    }

    /// See `StagedBlob`. Throws as `flush` does.
    public func finish() async throws -> StagedContent {
        if let content = state.withLock({ $0.content }) { return content }
        return try await threads.runIfActive { try self.finishNow() }
    }

    /// See `StagedBlob`. Throws `TooManyInspections` when too many wait already, or what `body` throws.
    public func inspect<Result: Sendable>(
        _ length: InspectionLength, _ body: @escaping @Sendable (any ByteSource) throws -> Result
    ) async throws -> Result {
        try await inspectors.run(length) {
            let (file, size) = self.state.withLock { ($0.file, $0.content?.size) }
            guard let file, let size else { throw StagedBlobMisused() }
            return try body(BlobSource(file: file, size: size, path: self.path))
        }
    }

    /// See `StagedBlob`.
    public func discard() async {
        // Even where the task was cancelled; and where the threads are gone, `deinit` does it.
        try? await Task { try await threads.runIfActive { self.remove() } }.value
    }

    // MARK: - On the store's threads

    func finishNow() throws -> StagedContent {
        if let content = state.withLock({ $0.content }) { return content }
        try writeGathered(evenNothing: true)
        return state.withLock { state in
            let content = StagedContent(digests: state.digester.finish(), size: state.written)
            state.content = content
            return content
        }
    }

    func writeGathered(evenNothing: Bool = false) throws {
        try state.withLock { state in
            guard !state.isGone, state.content == nil else { throw StagedBlobMisused() }
            guard evenNothing || !state.gathered.isEmpty else { return }
            try calls.requireRoom(at: path.parentFolder)
            state.mayExist = true
            let file = try state.file ?? openClaimed()
            state.file = file
            try state.gathered.withUnsafeBytes { bytes in
                try calls.writeAll(bytes, to: file, path: path)
                state.digester.update(bytes)
            }
            state.written += Int64(state.gathered.count)
            // Of a file that fits into one flush nothing more comes; of others the same array serves again.
            state.gathered.removeAll(keepingCapacity: state.written > Self.flushSize)
        }
    }

    private func openClaimed() throws -> Int32 {
        let file = try calls.opened(path, O_RDWR | O_CREAT | O_EXCL)
        claim(file)
        return file
    }

    /// Makes the bytes durable. When that fails, the kernel may have dropped them and will not say so again: the file
    /// must be discarded, not synced once more.
    func sync() throws {
        guard let file = state.withLock({ $0.content == nil ? nil : $0.file }) else { throw StagedBlobMisused() }
        try calls.makeDurable(file, path: path)
    }

    /// Moves the file to its place.
    func move(to place: String) throws {
        try state.withLock { state in
            try calls.move(path, to: place)
            state.isGone = true
        }
    }

    /// The file, if it is still ours, and the descriptor.
    func remove() {
        state.withLock { state in
            if let file = state.file { close(file) }
            // What cannot be removed is left over, and goes at the next start of a server.
            if !state.isGone, state.mayExist { try? calls.remove(ifPresent: path) }
            state.file = nil
            state.isGone = true
        }
    }
}

/// The calls of a `StagedFile` came in an order that makes no sense, or it is of another store: a mistake in the
/// program.
struct StagedBlobMisused: Error {}

/// Random access to the bytes of a blob, staged or stored, for the inspection of archives.
struct BlobSource: ByteSource {
    let file: Int32
    /// Bytes.
    let size: Int64
    let path: String

    /// Reads with `pread`, so that no position is shared. Throws `FileSystemFailure`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(file, buffer.baseAddress, buffer.count, Int(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw FileSystemFailure(call: "pread", path: path, number: errno) }
        }
    }
}

extension String {
    /// The path without its last step.
    fileprivate var parentFolder: String { lastIndex(of: "/").map { String(self[..<$0]) } ?? "." }
}
