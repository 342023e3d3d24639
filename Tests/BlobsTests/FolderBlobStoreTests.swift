import Archives
import Dispatch
import Foundation
import Ports
import Projects
import Testing

@testable import Blobs

@Suite("A folder of blobs") struct FolderBlobStoreTests {
    let folder: TemporaryFolder
    let store: FolderBlobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try FolderBlobStore(root: folder.path, ownsFolder: true)
    }

    @Test("gives back what was stored, under the SHA-256 of its bytes")
    func storing() async throws {
        let digest = try await store.store(Array("abc".utf8))
        // FIPS 180-4's example.
        #expect(digest == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(try await store.read(digest, limit: 3) == Array("abc".utf8))
        #expect(try await store.size(of: digest) == 3)
        #expect(store.path(of: digest) == "\(folder.path)/ba/\(digest)")
        #expect(folder.incoming.isEmpty)
    }

    @Test("computes all three digests while the bytes come")
    func digests() async throws {
        let content = try await store.staged(Array("abc".utf8), chunk: 1).finish()
        #expect(content.digests.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        // RFC 1321, appendix A.5.
        #expect(content.digests.md5 == "900150983cd24fb0d6963f7d28e17f72")
        // Python's hashlib.blake2b(b"abc", digest_size=32).
        #expect(content.digests.blake2b256 == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
        #expect(content.size == 3)
    }

    @Test(
        "takes a file of no bytes, and files around the size of a flush",
        arguments: [0, 1, 262_143, 262_144, 262_145, 1_000_000])
    func sizes(size: Int) async throws {
        let bytes = randomBytes(size, seed: UInt64(size))
        let blob = try await store.staged(bytes)
        let content = try await store.publish([blob]) { try await blob.finish() }
        #expect(content.size == Int64(size))
        #expect(try await store.read(content.digests.sha256, limit: size) == bytes)
        #expect(try await store.verify(content.digests.sha256) == .intact)
    }

    @Test(
        "does not know what was never stored, nor what is no digest",
        arguments: [
            "", "abc", "../../../../etc/passwd", String(repeating: "A", count: 64), String(repeating: "0", count: 64),
        ])
    func unknown(digest: String) async throws {
        #expect(try await store.size(of: digest) == nil)
        #expect(try await store.read(digest, limit: 10) == nil)
        #expect(try await store.verify(digest) == .missing)
    }

    @Test("does not read more into memory than the caller allows")
    func readLimit() async throws {
        let digest = try await store.store([1, 2, 3])
        await #expect(throws: BlobTooLarge(sha256: digest, limit: 2)) { try await store.read(digest, limit: 2) }
    }

    @Test("keeps one copy of the same bytes, however often and by however many they come")
    func sameBytes() async throws {
        let store = store
        let digests = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 { group.addTask { try await store.store(Array("same".utf8)) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(try await store.digests() == digests.sorted())
        #expect(digests.count == 1)
        #expect(folder.incoming.isEmpty)
    }

    @Test("lists its blobs in the order of their digests")
    func listing() async throws {
        var stored: [String] = []
        for number in 0..<100 as Range<UInt64> { stored.append(try await store.store(randomBytes(10, seed: number))) }
        #expect(try await store.digests() == stored.sorted())
    }

    @Test("finds damage")
    func damage() async throws {
        let digest = try await store.store(Array("abc".utf8))
        let path = try #require(store.path(of: digest))
        try Data("abd".utf8).write(to: URL(filePath: path))
        #expect(
            try await store.verify(digest)
                == .damaged(sha256: "a52d159f262b2c6ddb724a61840befc36eb30c88877a4030b65cbe86298449c9"))
    }

    @Test("lets a staged file be read at random before anybody else can see it")
    func inspecting() async throws {
        let bytes = randomBytes(300_000, seed: 1)
        let blob = try await store.staged(bytes)
        _ = try await blob.finish()
        let (size, part) = try await blob.inspect(.long) { source in
            var part = [UInt8](repeating: 0, count: 1_000)
            let count = try part.withUnsafeMutableBytes { try source.read(at: 299_500, into: $0) }
            return (source.size, Array(part.prefix(count)))
        }
        #expect(size == 300_000)
        #expect(part == Array(bytes[299_500...]))
        #expect(try await store.digests().isEmpty)
    }

    @Test("forgets what was discarded, explicitly or because nobody holds it any more", .timeLimit(.minutes(15)))
    func discarding() async throws {
        let discarded = try await store.staged(randomBytes(400_000, seed: 1))
        #expect(folder.incoming.count == 1)
        await discarded.discard()
        #expect(folder.incoming.isEmpty)

        do {
            let dropped = try await store.staged(randomBytes(400_000, seed: 2))
            #expect(folder.incoming.count == 1)
            _ = dropped.size
        }
        // The thread that wrote it may hold it for a moment.
        while !folder.incoming.isEmpty { try await Task.sleep(for: .milliseconds(2)) }
    }

    @Test("keeps a published blob when its stage is discarded afterwards")
    func discardingPublished() async throws {
        let blob = try await store.staged([1, 2, 3])
        let digest = try await store.publish([blob]) { try await blob.finish().digests.sha256 }
        await blob.discard()
        #expect(try await store.size(of: digest) == 3)
    }

    @Test(
        "takes the place of a blob that the disk has damaged, with the same size or another", arguments: ["abd", "ab"])
    func repair(damaged: String) async throws {
        let digest = try await store.store(Array("abc".utf8))
        let path = try #require(store.path(of: digest))
        try Data(damaged.utf8).write(to: URL(filePath: path))
        #expect(try await store.store(Array("abc".utf8)) == digest)
        #expect(try await store.verify(digest) == .intact)
        #expect(folder.incoming.isEmpty)
    }

    @Test("stores and reads while more archives are looked into than there are threads", .timeLimit(.minutes(15)))
    func slowInspections() async throws {
        let store = try FolderBlobStore(root: folder.path, ownsFolder: true, threads: 2)
        let (begun, ended) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<8 as Range<UInt64> {
                let blob = try await store.staged(randomBytes(10, seed: number))
                _ = try await blob.finish()
                group.addTask {
                    try await blob.inspect(.long) { _ in
                        begun.signal()
                        ended.wait()
                    }
                }
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    begun.wait()
                    continuation.resume()
                }
            }
            let digest = try await store.store([1, 2, 3])
            #expect(try await store.read(digest, limit: 3) == [1, 2, 3])
            for _ in 0..<8 { ended.signal() }
            try await group.waitForAll()
        }
    }

    @Test("leaves alone at its start what another process is still writing")
    func writtenElsewhere() async throws {
        let importing = try FolderBlobStore(root: folder.path, ownsFolder: false)
        let bytes = randomBytes(400_000, seed: 1)
        let blob = try await importing.staged(bytes)
        #expect(folder.incoming.count == 1)
        let server = try FolderBlobStore(root: folder.path, ownsFolder: true)
        #expect(folder.incoming.count == 1)
        let digest = try await importing.publish([blob]) { try await blob.finish().digests.sha256 }
        #expect(try await server.read(digest, limit: 400_000) == bytes)
    }

    @Test("removes what a crash left in incoming, but only when the folder is its own")
    func leftovers() throws {
        try Data("half a file".utf8).write(to: URL(filePath: "\(folder.path)/incoming/leftover"))
        _ = try FolderBlobStore(root: folder.path, ownsFolder: false)
        #expect(folder.incoming == ["leftover"])
        _ = try FolderBlobStore(root: folder.path, ownsFolder: true)
        #expect(folder.incoming.isEmpty)
    }
}
