import Dispatch
import Foundation
import Ports
import Projects
import Testing
import UTC

@testable import Blobs

@Suite("Collecting orphans") struct OrphanTests {
    let folder: TemporaryFolder
    let store: FolderBlobStore

    init() throws {
        folder = try TemporaryFolder()
        store = try FolderBlobStore(root: folder.path, ownsFolder: true)
    }

    private static let hour = Duration.hours(1)
    /// Two hours from now: whatever the test stores is old enough then.
    private var later: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 7200) }

    @Test("removes what no row names, and only that")
    func removing() async throws {
        let named = try await store.store([1])
        let orphan = try await store.store([2])
        let removed = try await store.collectOrphans(olderThan: Self.hour, now: later) { $0 == named }
        #expect(removed.map(\.sha256) == [orphan])
        #expect(try await store.digests() == [named])
    }

    @Test("spares what has just come, to the second")
    func young() async throws {
        _ = try await store.store([1])
        var modified: Timestamp?
        for try await blob in store.census() { modified = blob.modified }
        let came = try #require(modified)
        #expect(try await store.collectOrphans(olderThan: Self.hour, now: came + Self.hour) { _ in false }.isEmpty)
        let removed = try await store.collectOrphans(
            olderThan: Self.hour, now: came + Self.hour + .seconds(1)
        ) { _ in false }
        #expect(removed.count == 1)
    }

    @Test("counts what came again as new")
    func cameAgain() async throws {
        let digest = try await store.store([1])
        let path = try #require(store.path(of: digest))
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        _ = try await store.store([1])
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        #expect(try await store.collectOrphans(olderThan: Self.hour, now: now) { _ in false }.isEmpty)
    }

    @Test("spares what an upload has published and not committed, however old it seems")
    func inFlight() async throws {
        let (store, later) = (store, later)
        let blob = try await store.staged([1, 2, 3])
        try await store.publish([blob]) {
            let removed = try await store.collectOrphans(olderThan: Self.hour, now: later) { _ in false }
            #expect(removed.isEmpty)
        }
        let removed = try await store.collectOrphans(olderThan: Self.hour, now: later) { _ in false }
        #expect(removed.count == 1)
    }

    @Test("spares what is published again, and committed, while it asks whether a row names it")
    func publishedWhileAsking() async throws {
        let (store, later) = (store, later)
        let digest = try await store.store([1, 2, 3])
        let removed = try await store.collectOrphans(olderThan: Self.hour, now: later) { _ in
            // The whole upload happens between the question and the answer, which is therefore outdated.
            let blob = try await store.staged([1, 2, 3])
            try await store.publish([blob]) {}
            return false
        }
        #expect(removed.isEmpty)
        #expect(try await store.size(of: digest) == 3)
    }

    @Test("spares what another process publishes again while it asks")
    func publishedElsewhere() async throws {
        let (store, later) = (store, later)
        let digest = try await store.store([1, 2, 3])
        let path = try #require(store.path(of: digest))
        let removed = try await store.collectOrphans(olderThan: Self.hour, now: later) { _ in
            // Another store over the same folder knows nothing of what this one holds or condemns.
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: Double(later.seconds))], ofItemAtPath: path)
            return false
        }
        #expect(removed.isEmpty)
        #expect(try await store.size(of: digest) == 3)
    }

    @Test(
        "makes another process that publishes it again wait, from the last look to the removal",
        .timeLimit(.minutes(15)))
    func publishedElsewhereJustNow() async throws {
        let digest = try await store.store([1, 2, 3])
        let path = try #require(store.path(of: digest))
        let week = Duration.days(7)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSince1970: 1)], ofItemAtPath: path)
        let importing = try FolderBlobStore(root: folder.path, ownsFolder: false)
        // The last look at the age has shown an old blob when the import comes.
        var calls = FileSystemCalls()
        let published = Counter()
        calls.remove = { path in
            let isDone = DispatchSemaphore(value: 0)
            Task {
                _ = try await importing.store([1, 2, 3])
                _ = published.next()
                isDone.signal()
            }
            // It waits for the removal, and then brings its own bytes.
            #expect(isDone.wait(timeout: .now() + 0.2) == .timedOut)
            return FileSystemCalls().remove(path)
        }
        let collector = try FolderBlobStore(root: folder.path, ownsFolder: false, calls: calls)
        let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
        let removed = try await collector.collectOrphans(olderThan: week, now: now) { _ in false }
        #expect(removed.count == 1)
        while published.value == 0 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(try await store.verify(digest) == .intact)
    }

    @Test("ends when nobody can say what is named, and removes nothing on suspicion")
    func cannotAsk() async throws {
        struct DatabaseGone: Error {}
        let digest = try await store.store([1])
        await #expect(throws: DatabaseGone.self) {
            try await store.collectOrphans(olderThan: Self.hour, now: later) { _ in throw DatabaseGone() }
        }
        #expect(try await store.size(of: digest) == 1)
        let removed = try await store.collectOrphans(olderThan: Self.hour, now: later) { _ in false }
        #expect(removed.count == 1)
    }

    @Test("beside many uploads never takes a blob that one of them has committed")
    func race() async throws {
        let (store, later) = (store, later)
        let committed = Committed()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for uploader in 0..<4 as Range<UInt64> {
                group.addTask {
                    for round in 0..<60 as Range<UInt64> {
                        // Few different bytes, so that the same ones come again and again.
                        let blob = try await store.staged(randomBytes(100, seed: (uploader + round) % 5))
                        try await store.publish([blob]) {
                            await Task.yield()
                            committed.insert(try await blob.finish().digests.sha256)
                        }
                        let digest = try await blob.finish().digests.sha256
                        #expect(try await store.size(of: digest) == 100)
                    }
                }
            }
            group.addTask {
                for _ in 0..<30 {
                    _ = try await store.collectOrphans(olderThan: Self.hour, now: later) { committed.contains($0) }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.digests() == committed.all)
    }
}
