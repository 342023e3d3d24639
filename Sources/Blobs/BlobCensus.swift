import Crypto
import Glibc
import NIOPosix
import Primitives
import Projects
import UTC

/// A blob as the folder has it.
public struct StoredBlob: Sendable, Hashable {
    /// Its name, which should be the SHA-256 of its bytes.
    public let sha256: String
    /// Bytes.
    public let size: Int64
    /// When it came, or came again.
    public let modified: Timestamp
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

extension FolderBlobStore {
    /// Reads a blob again and compares it with its digest. Throws `FileSystemFailure`.
    public func verify(_ sha256: String) async throws -> BlobVerdict {
        guard let digest = SHA256Digest(sha256) else { return .missing }
        return try await threads.runIfActive { try self.verifyNow(digest) }
    }

    /// Reads a blob again and computes all its digests; nil when it is not there. Throws `FileSystemFailure`.
    public func digests(of sha256: String) async throws -> Digests? {
        guard let path = path(of: sha256) else { return nil }
        return try await threads.runIfActive {
            guard let file = try openedForReading(path) else { return nil }
            defer { close(file) }
            var digester = BlobDigester()
            try readAll(file, path) { digester.update($0) }
            return digester.finish()
        }
    }

    func verifyNow(_ digest: SHA256Digest) throws -> BlobVerdict {
        let path = layout.place(of: digest).path
        guard let file = try openedForReading(path) else { return .missing }
        defer { close(file) }
        var hash = SHA256()
        try readAll(file, path) { hash.update(bufferPointer: $0) }
        let actual = hash.finalize().hexadecimal
        return actual == digest.text ? .intact : .damaged(sha256: actual)
    }

    /// All blobs in the order of their digests, read directory by directory. What comes or goes meanwhile may or may
    /// not be among them.
    public func all() -> AllBlobs { AllBlobs(store: self) }

    /// Every blob of the folder.
    public struct AllBlobs: AsyncSequence, Sendable {
        /// A blob.
        public typealias Element = StoredBlob
        let store: FolderBlobStore

        /// From the first on.
        public func makeAsyncIterator() -> Iterator { Iterator(store: store) }

        /// A position among the blobs.
        public struct Iterator: AsyncIteratorProtocol {
            let store: FolderBlobStore
            private var next256th = 0
            private var ready: ArraySlice<StoredBlob> = []

            init(store: FolderBlobStore) { self.store = store }

            /// The next one. Throws `FileSystemFailure`.
            public mutating func next() async throws -> StoredBlob? {
                while ready.isEmpty, next256th < 256 {
                    let directory = [UInt8(next256th)].hexadecimal
                    next256th += 1
                    let store = store
                    ready = try await store.threads.runIfActive { try store.blobs(below: directory) }[...]
                }
                return ready.popFirst()
            }
        }
    }

    /// One 256th of all blobs: some thousands in an index with a million of files.
    private func blobs(below directory: String) throws -> [StoredBlob] {
        try directoryEntries("\(layout.root)/\(directory)").compactMap { name in
            guard let digest = SHA256Digest(name), let facts = fileInformation(layout.place(of: digest).path)
            else { return nil }
            return StoredBlob(sha256: name, size: facts.size, modified: facts.modified)
        }
    }

    /// Removes the blobs that no row names, and answers what it removed.
    ///
    /// Spared is what came (or came again) less than `age` before `now`, and what an upload holds (see `publish`).
    /// A crash in the middle leaves the rest for the next time.
    ///
    /// - Parameter isReferenced: whether a committed row names the digest. If it throws, collecting ends.
    public func collectOrphans(
        olderThan age: Duration, now: Timestamp, isReferenced: (_ sha256: String) async throws -> Bool
    ) async throws -> [StoredBlob] {
        var removed: [StoredBlob] = []
        for try await blob in all() where now.since(blob.modified) > age {
            guard let digest = SHA256Digest(blob.sha256), inFlight.condemn(digest) else { continue }
            let isNeeded: Bool
            do { isNeeded = try await isReferenced(blob.sha256) } catch {
                inFlight.pardon(digest)
                throw error
            }
            if isNeeded {
                inFlight.pardon(digest)
            } else if try await removeCondemned(digest, olderThan: age, now: now) {
                removed.append(blob)
            }
        }
        return removed
    }

    /// Looks at the age once more, for the sake of other processes: an import beside the server cannot hold digests
    /// here, but what it publishes again is new again, and the lock keeps it from becoming so between look and removal.
    private func removeCondemned(_ digest: SHA256Digest, olderThan age: Duration, now: Timestamp) async throws -> Bool {
        let path = layout.place(of: digest).path
        return try await threads.runIfActive {
            // The lock comes first: whoever waits for it must not keep uploads from holding their digests.
            try self.lock(.exclusive) {
                try self.inFlight.execute(digest) {
                    guard let facts = fileInformation(path), now.since(facts.modified) > age else { return false }
                    try self.calls.remove(ifPresent: path)
                    return true
                }
            }
        }
    }
}
