import Archives
import Blobs
import Foundation
import Ports
import Projects
import Synchronization
import UTC

/// Blobs in memory, for tests: what is published is copied to a medium that a power cut leaves.
///
/// It can be made to break one clause, which the suite has to find.
package final class MemoryBlobStore: BlobStore {
    /// How clients get blobs.
    package enum Serving: Sendable {
        case stream
        /// With the digest behind it.
        case redirect(to: String)
    }

    private struct Blob {
        var bytes: [UInt8]
        var came: Timestamp
    }

    private struct State {
        var blobs: [String: Blob] = [:]
        /// What a power cut leaves.
        var medium: [String: Blob] = [:]
        var holders: [String: Int] = [:]
        var marked: Set<String> = []
    }

    private let state: Mutex<State>
    private let serving: Serving
    private let lie: BlobClause?

    package convenience init(serving: Serving = .stream, breaking lie: BlobClause? = nil) {
        self.init(State(), serving, lie)
    }

    private init(_ state: State, _ serving: Serving, _ lie: BlobClause?) {
        self.state = Mutex(state)
        self.serving = serving
        self.lie = lie
    }

    /// What is left after a power cut, in a store that tells the truth.
    package func cutPower() -> MemoryBlobStore {
        let medium = state.withLock { $0.medium }
        return MemoryBlobStore(State(blobs: medium, medium: medium), serving, nil)
    }

    /// Changes a published blob behind the store's back.
    package func damage(_ sha256: String) { state.withLock { $0.blobs[sha256]?.bytes.append(0) } }

    private static var now: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }

    private func bytes(_ sha256: String) -> [UInt8]? {
        let name =
            switch lie {
            case .onlyDigests: sha256.lowercased()
            default: sha256
            }
        if let bytes = state.withLock({ $0.blobs[name]?.bytes }) { return bytes }
        return lie == .missing && sha256.count == 64 ? [] : nil
    }

    /// All but the first byte, and another one.
    private static func spoilt(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8(truncatingIfNeeded: bytes.count)] + bytes.dropFirst()
    }

    // MARK: - Writing

    package func stage() -> any StagedBlob {
        Staged(lie: lie, appear: { [self] in appear($0) }, vanish: { [self] in vanish($0) })
    }

    /// For stores that show what nobody has published.
    private func appear(_ bytes: [UInt8]) {
        state.withLock { $0.blobs[Self.digests(bytes).sha256] = Blob(bytes: bytes, came: Self.now) }
    }

    /// For stores that take a discarded blob for a published one.
    private func vanish(_ bytes: [UInt8]) { state.withLock { $0.blobs[Self.digests(bytes).sha256] = nil } }

    fileprivate static func digests(_ bytes: [UInt8]) -> Digests {
        var digester = BlobDigester()
        bytes.withUnsafeBytes { digester.update($0) }
        return digester.finish()
    }

    package func publish<Result>(
        _ blobs: [any StagedBlob], during body: () async throws -> Result
    ) async throws -> Result {
        var published: [(digest: String, blob: Blob)] = []
        for case let blob as Staged in blobs {
            published.append((try await blob.finish().digests.sha256, Blob(bytes: blob.bytes, came: Self.now)))
        }
        state.withLock { state in
            for (digest, blob) in published {
                state.holders[digest, default: 0] += 1
                if lie != .sparesRepublished { state.marked.remove(digest) }
                let isThere = state.blobs[digest] != nil
                var blob = blob
                if let first = state.blobs[digest], lie == .sparesYoungAgain { blob.came = first.came }
                if !isThere || lie != .heals { state.blobs[digest] = blob }
                if isThere, lie == .once { state.blobs[digest + " again"] = blob }
                if lie != .survives, lie != .durableFirst { state.medium[digest] = blob }
            }
        }
        defer {
            state.withLock { state in
                for (digest, blob) in published {
                    state.holders[digest] = state.holders[digest].flatMap { $0 > 1 ? $0 - 1 : nil }
                    if lie == .durableFirst { state.medium[digest] = blob }
                }
            }
        }
        do { return try await body() } catch { throw lie == .bodyThrows ? CancellationError() : error }
    }

    private final class Staged: StagedBlob {
        private let gathered = Mutex<[UInt8]>([])
        private let lie: BlobClause?
        private let appear: @Sendable ([UInt8]) -> Void
        private let vanish: @Sendable ([UInt8]) -> Void

        init(
            lie: BlobClause?, appear: @escaping @Sendable ([UInt8]) -> Void,
            vanish: @escaping @Sendable ([UInt8]) -> Void
        ) {
            self.lie = lie
            self.appear = appear
            self.vanish = vanish
        }

        var bytes: [UInt8] { gathered.withLock { $0 } }
        var size: Int64 { Int64(bytes.count) }
        var wantsFlush: Bool { size >= 256 * 1024 }

        func append(_ bytes: UnsafeRawBufferPointer) { gathered.withLock { $0.append(contentsOf: bytes) } }
        func flush() async throws {}

        func finish() async throws -> StagedContent {
            if lie == .hiddenWhileStaged { appear(bytes) }
            let digests = MemoryBlobStore.digests(lie == .digests ? bytes + [0] : bytes)
            return StagedContent(digests: digests, size: size)
        }

        func inspect<Result: Sendable>(
            _ length: InspectionLength, _ body: @escaping @Sendable (any ByteSource) throws -> Result
        ) async throws -> Result { try body(MemorySource(bytes)) }

        func discard() async {
            if lie == .discarded { appear(bytes) }
            if lie == .discardedLate { vanish(bytes) }
        }
    }

    // MARK: - Reading

    package func size(of sha256: String) async throws -> Int64? {
        bytes(sha256).map { Int64($0.count) + (lie == .size ? 1 : 0) }
    }

    package func read(_ sha256: String, limit: Int) async throws -> [UInt8]? {
        guard let bytes = bytes(sha256) else { return nil }
        guard bytes.count <= limit || lie == .limit else { throw BlobTooLarge(sha256: sha256, limit: limit) }
        return lie == .comesBack ? Self.spoilt(bytes) : bytes
    }

    package func verify(_ sha256: String) async throws -> BlobVerdict {
        guard let bytes = bytes(sha256) else { return .missing }
        let digest = Self.digests(bytes).sha256
        return digest == sha256 || lie == .verdict ? .intact : .damaged(sha256: digest)
    }

    package func digests(of sha256: String) async throws -> Digests? {
        bytes(sha256).map { bytes in Self.digests(lie == .readsAgain ? Array(bytes.prefix(3)) : bytes) }
    }

    package func inspect<Result: Sendable>(
        _ sha256: String, _ body: @escaping @Sendable (any ByteSource) throws -> Result
    ) async throws -> Result? {
        try bytes(sha256).map { try body(MemorySource(lie == .inspects ? $0.reversed() : $0)) }
    }

    package func serve(_ sha256: String, contentType: String) async throws -> BlobDelivery? {
        guard var bytes = bytes(sha256) else { return nil }
        if lie == .serves { bytes = Self.spoilt(bytes) }
        switch serving {
        case .redirect(let place): return .redirect(url: place + sha256)
        case .stream:
            let (whole, isLying) = (bytes, lie == .servesRanges)
            return .stream(
                BlobStream(size: Int64(whole.count)) { range in
                    let part = isLying && range.count < whole.count ? 0..<Int64(range.count) : range
                    return AsyncThrowingStream { continuation in
                        for start in stride(from: Int(part.lowerBound), to: Int(part.upperBound), by: 65_536) {
                            continuation.yield(Array(whole[start..<min(start + 65_536, Int(part.upperBound))]))
                        }
                        continuation.finish()
                    }
                })
        }
    }

    // MARK: - PeriodicRun

    package func census(after sha256: String?) async throws -> [StoredBlob] {
        let blobs = state.withLock { $0.blobs }.map { digest, blob in
            StoredBlob(
                sha256: digest, size: Int64(blob.bytes.count) + (lie == .census ? 1 : 0), modified: blob.came)
        }
        if lie == .censusOrder { return sha256 == nil ? blobs.sorted { $0.sha256 > $1.sha256 } : [] }
        // As one does that reads a directory at once, and forgets that it was asked for the rest of it.
        if lie == .censusGoesOn, let sha256 {
            return blobs.sorted { $0.sha256 < $1.sha256 }.filter { $0.sha256.prefix(2) > sha256.prefix(2) }
        }
        return Array(blobs.sorted { $0.sha256 < $1.sha256 }.filter { $0.sha256 > sha256 ?? "" }.prefix(7))
    }

    package func collectOrphans(
        olderThan age: Duration, now: Timestamp, isReferenced: (_ sha256: String) async throws -> Bool
    ) async throws -> [StoredBlob] {
        var removed: [StoredBlob] = []
        for try await blob in census() where lie == .sparesYoung || now.since(blob.modified) > age {
            let digest = blob.sha256
            let isFree = state.withLock { state in
                state.marked.insert(digest)
                return state.holders[digest] == nil || lie == .sparesHeld
            }
            let isNamed: Bool
            do { isNamed = try await isReferenced(digest) && lie != .sparesNamed } catch  where lie == .endsUnanswered {
                isNamed = false
            }
            let isGone = state.withLock { state in
                guard state.marked.remove(digest) != nil, isFree, !isNamed, lie != .collects else { return false }
                state.blobs[digest] = nil
                return true
            }
            if isGone { removed.append(blob) }
        }
        return removed
    }
}
