import Foundation
import Ports
import Primitives
import Projects
import Testing

@testable import Blobs

@Suite("A disk that fails") struct FaultTests {
    /// One file of two flushes and a small one beside it, as an upload publishes them.
    private func upload(to store: FolderBlobStore) async throws -> [String] {
        let file = try await store.staged(randomBytes(300_000, seed: 1))
        let metadata = try await store.staged(randomBytes(1_000, seed: 2))
        return try await store.publish([file, metadata]) {
            [try await file.finish().digests.sha256, try await metadata.finish().digests.sha256]
        }
    }

    @Test(
        "at any call, in either way, leaves whole blobs or none, and the same upload succeeds afterwards",
        arguments: Fault.allCases)
    func everyCall(fault: Fault) async throws {
        var failures = 0
        for call in 1... {
            let folder = try TemporaryFolder()
            let faulty = FaultyCalls(failing: call, as: fault)
            do {
                let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: faulty.fileSystem)
                let earlier = try await store.store(Array("earlier".utf8))
                #expect(try await store.verify(earlier) == .intact)
                _ = try await upload(to: store)
            } catch is FileSystemFailure {
                failures += 1
            }
            try await reopen(folder, after: call)
            if faulty.calls < call { break }
        }
        // All that one upload takes: mkdir, open, write, fsync, rename, fsync … of two files.
        #expect(failures > 20)
    }

    /// After a restart every blob is whole, nothing is left in incoming, and the upload can be repeated.
    private func reopen(_ folder: TemporaryFolder, after call: Int) async throws {
        var store = try FolderBlobStore(root: folder.path, ownsFolder: true)
        // Unlike a crash, a failed upload lets go of its files only when the last thread has let go of the upload.
        for _ in 0..<500 where !folder.incoming.isEmpty {
            try await Task.sleep(for: .milliseconds(10))
            store = try FolderBlobStore(root: folder.path, ownsFolder: true)
        }
        #expect(folder.incoming.isEmpty, "after call \(call)")
        for digest in try await store.digests() {
            #expect(try await store.verify(digest) == .intact, "after call \(call)")
        }
        for digest in try await upload(to: store) { #expect(try await store.verify(digest) == .intact) }
    }

    // swift-format-ignore
    static let rooms: [(room: DiskRoom?, isTaken: Bool)] = [
        (DiskRoom(free: 64 << 20,       total: 100 << 30), true),
        (DiskRoom(free: (64 << 20) - 1, total: 100 << 30), false),
        (DiskRoom(free: 5_000,          total: 100_000),   true),
        (DiskRoom(free: 4_999,          total: 100_000),   false),
        (nil,                                              true),
    ]

    @Test("that is nearly full keeps its last room for the database", arguments: rooms)
    func reserve(room: DiskRoom?, isTaken: Bool) async throws {
        let folder = try TemporaryFolder()
        var calls = FileSystemCalls()
        calls.room = { _ in room }
        let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: calls)
        if isTaken {
            _ = try await upload(to: store)
        } else {
            await #expect(throws: StorageFull.self) { try await upload(to: store) }
            #expect(try await store.digests() == [] && folder.incoming == [])
        }
    }

    @Test("leaves nothing in incoming even without a restart, unless removing it fails too", arguments: Fault.allCases)
    func withoutRestart(fault: Fault) async throws {
        for call in 4...20 {
            let folder = try TemporaryFolder()
            let faulty = FaultyCalls(failing: call, as: fault)
            guard let store = try? FolderBlobStore(root: folder.path, ownsFolder: true, calls: faulty.fileSystem)
            else { continue }
            _ = try? await upload(to: store)
            for _ in 0..<500 where !folder.incoming.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
            #expect(folder.incoming.isEmpty, "after call \(call)")
        }
    }

    @Test("because it is full says so, whichever call finds out", arguments: [ENOSPC, EDQUOT])
    func full(number: Int32) async throws {
        var refusals = 0
        for call in 1... {
            let folder = try TemporaryFolder()
            let faulty = FaultyCalls(failing: call, as: .notDone, with: number)
            do {
                let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: faulty.fileSystem)
                _ = try await upload(to: store)
            } catch let refusal as StorageFull {
                refusals += 1
                #expect(refusal.kind == .storageFull)
                #expect(refusal.code == "storage.full")
                #expect(!refusal.explanation.contains(folder.path))
            }
            if faulty.calls < call { break }
        }
        #expect(refusals > 15)
    }

    @Test("because it is full goes on serving what is there")
    func fullButReading() async throws {
        let folder = try TemporaryFolder()
        let digest = try await FolderBlobStore(root: folder.path, ownsFolder: true).store([1, 2, 3])
        var calls = FileSystemCalls()
        calls.write = { _, _ in -Int(ENOSPC) }
        let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: calls)
        await #expect(throws: StorageFull.self) { try await store.store([4, 5, 6]) }
        #expect(try await store.read(digest, limit: 3) == [1, 2, 3])
    }

    @Test("in that it takes few bytes at a time, or is interrupted, loses none")
    func shortWrites() async throws {
        let folder = try TemporaryFolder()
        let real = FileSystemCalls()
        var calls = real
        let interruptions = Counter()
        calls.write = { file, bytes in
            if interruptions.next() % 3 == 0 { return -Int(EINTR) }
            return real.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(7)))
        }
        let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: calls)
        let bytes = randomBytes(1_000, seed: 3)
        #expect(try await store.read(store.store(bytes), limit: 1_000) == bytes)
    }
}
