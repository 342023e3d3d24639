import Bytes
import Crypto
import Glibc
import NIOPosix
import Ports
import Primitives
import Projects
import UTC

extension FolderBlobStore {
    /// See `BlobStore`. Throws `FileSystemFailure`.
    public func verify(_ sha256: String) async throws -> BlobVerdict {
        guard let digest = SHA256Digest(sha256) else { return .missing }
        return try await threads.runIfActive { try self.verifyNow(digest) }
    }

    /// See `BlobStore`. Throws `FileSystemFailure`.
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

    /// See `BlobStore`: what is in one directory at once.
    public func census(after sha256: String?) async throws -> [StoredBlob] {
        let first = sha256.flatMap { [UInt8](hexadecimal: $0.prefix(2)) }.map { Int($0[0]) } ?? 0
        for number in first..<256 {
            let blobs = try await threads.runIfActive {
                try self.blobs(below: [UInt8(number)].hexadecimal, after: sha256 ?? "")
            }
            if !blobs.isEmpty { return blobs }
        }
        return []
    }

    /// One 256th of all blobs: some thousands in an index with a million of files.
    private func blobs(below directory: String, after last: String) throws -> [StoredBlob] {
        try directoryEntries("\(layout.root)/\(directory)").compactMap { name in
            guard name > last, let digest = SHA256Digest(name),
                let facts = fileInformation(layout.place(of: digest).path)
            else { return nil }
            return StoredBlob(sha256: name, size: facts.size, modified: facts.modified)
        }
    }

    /// See `BlobStore`, and `InFlight` for how publishing and collecting go together.
    public func collectOrphans(
        olderThan age: Duration, now: Timestamp, isReferenced: (_ sha256: String) async throws -> Bool
    ) async throws -> [StoredBlob] {
        var removed: [StoredBlob] = []
        for try await blob in census() where now.since(blob.modified) > age {
            guard let digest = SHA256Digest(blob.sha256), inFlight.mark(digest) else { continue }
            let isNeeded: Bool
            do { isNeeded = try await isReferenced(blob.sha256) } catch {
                inFlight.unmark(digest)
                throw error
            }
            if isNeeded {
                inFlight.unmark(digest)
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
            // The lock comes first: anyone who waits for it must not keep uploads from holding their digests.
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
