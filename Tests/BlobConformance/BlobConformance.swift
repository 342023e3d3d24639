import Archives
import Blobs
import Foundation
import Ports
import Projects
import UTC

/// A store with nothing in it, and what is done to it from outside. A test of a new store makes one of these.
package struct BlobStoreUnderTest: Sendable {
    package let store: any BlobStore
    /// Changes the bytes of a published blob behind the store's back.
    package let damage: @Sendable (_ sha256: String) async throws -> Void
    /// Cuts the power, and opens what is left.
    package let cutPower: @Sendable () async throws -> any BlobStore
    /// What a client gets at a URL that it was redirected to.
    package let fetch: @Sendable (_ url: String) async throws -> [UInt8]

    package init(
        _ store: any BlobStore, damage: @escaping @Sendable (_ sha256: String) async throws -> Void,
        cutPower: @escaping @Sendable () async throws -> any BlobStore,
        fetch: @escaping @Sendable (_ url: String) async throws -> [UInt8] = { _ in [] }
    ) {
        self.store = store
        self.damage = damage
        self.cutPower = cutPower
        self.fetch = fetch
    }
}

/// A clause that a store does not keep.
package struct BrokenClause: Sendable, CustomStringConvertible {
    package let clause: BlobClause
    package let how: String

    package var description: String { "\(clause.rawValue): \(how)" }
}

/// The clauses that a kind of store breaks; none when it is as good as any other.
///
/// - Parameter make: makes a new store, each clause has one of its own.
package func brokenClauses(
    of make: () async throws -> BlobStoreUnderTest
) async -> [BrokenClause] {
    var broken: [BrokenClause] = []
    for clause in BlobClause.allCases {
        do { try await Trial(make()).keeps(clause) } catch {
            broken.append(BrokenClause(clause: clause, how: "\(error)"))
        }
    }
    return broken
}

private struct Broken: Error, CustomStringConvertible {
    let description: String
}

private struct Deliberate: Error {}

private struct Trial {
    let test: BlobStoreUnderTest
    var store: any BlobStore { test.store }

    init(_ test: BlobStoreUnderTest) { self.test = test }

    static let nothing = String(repeating: "0", count: 64)
    static let hour = Duration.seconds(3600)
    static let samples: [[UInt8]] = [[], [7], pattern(300_001)]

    /// Bytes whose places can be told from each other.
    static func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    /// When whatever has come by now is old.
    private var later: Timestamp { Timestamp(seconds: Int64(Date().timeIntervalSince1970) + 7200) }

    private func expect(_ isSo: Bool, _ how: @autoclosure () -> String) throws {
        guard isSo else { throw Broken(description: how()) }
    }

    private func expectEqual<Value: Equatable>(_ is: Value, _ should: Value, _ what: String) throws {
        try expect(`is` == should, "\(what) is \(`is`), not \(should)")
    }

    private func staged(_ bytes: [UInt8]) async throws -> any StagedBlob {
        let blob = store.stage()
        for start in stride(from: 0, to: bytes.count, by: 10_000) {
            bytes[start..<min(start + 10_000, bytes.count)].withUnsafeBytes(blob.append)
            if blob.wantsFlush { try await blob.flush() }
        }
        return blob
    }

    private func digest(_ bytes: [UInt8]) -> Digests {
        var digester = BlobDigester()
        bytes.withUnsafeBytes { digester.update($0) }
        return digester.finish()
    }

    private func published(_ bytes: [UInt8]) async throws -> String {
        let blob = try await staged(bytes)
        try await store.publish([blob]) {}
        return digest(bytes).sha256
    }

    private func everything(in store: any BlobStore) async throws -> [StoredBlob] {
        var all: [StoredBlob] = []
        for try await blob in store.census() { all.append(blob) }
        return all
    }

    private func expectNothing(under name: String) async throws {
        try await expectEqual(store.size(of: name), nil, "its size")
        try await expectEqual(store.read(name, limit: 1 << 20), nil, "what is read")
        try await expectEqual(store.verify(name), .missing, "the verdict")
        try await expectEqual(store.digests(of: name), nil, "its digests")
        try await expectEqual(store.inspect(name) { $0.size }, nil, "what is looked into")
        try await expect(store.serve(name, contentType: "text/plain") == nil, "it is served")
    }

    private func collect(_ isReferenced: (String) async throws -> Bool) async throws -> [StoredBlob] {
        try await store.collectOrphans(olderThan: Self.hour, now: later, isReferenced: isReferenced)
    }

    /// What a client gets; of a range where the store answers ranges itself.
    private func served(_ sha256: String, _ range: Range<Int>? = nil) async throws -> [UInt8] {
        switch try await store.serve(sha256, contentType: "application/octet-stream") {
        case .file(let path):
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
            return range.map { Array(bytes[$0]) } ?? bytes
        case .stream(let stream):
            var bytes: [UInt8] = []
            let range = range.map { Int64($0.lowerBound)..<Int64($0.upperBound) } ?? 0..<stream.size
            for try await piece in stream.bytes(range) { bytes += piece }
            return bytes
        case .redirect(let url):
            let bytes = try await test.fetch(url)
            return range.map { Array(bytes[$0]) } ?? bytes
        case nil: throw Broken(description: "it is not served")
        }
    }

    /// Throws where the store does not keep the clause.
    func keeps(_ clause: BlobClause) async throws {
        switch clause {
        case .comesBack:
            for bytes in Self.samples {
                let found = try await store.read(published(bytes), limit: 1 << 20)
                try expect(found == bytes, "of \(bytes.count) bytes came back others, or none")
            }
        case .digests:
            for bytes in Self.samples {
                let content = StagedContent(digests: digest(bytes), size: Int64(bytes.count))
                let blob = try await staged(bytes)
                try await expectEqual(blob.finish(), content, "what was staged")
                try await store.publish([blob]) {}
                try await expectEqual(blob.finish(), content, "what was published")
            }
        case .hiddenWhileStaged:
            let blob = try await staged(Self.pattern(300_001))
            try await expectNothing(under: blob.finish().digests.sha256)
            try await expectEqual(everything(in: store), [], "the census")
        case .discarded:
            let blob = try await staged([1, 2, 3])
            let digest = try await blob.finish().digests.sha256
            await blob.discard()
            try await expectNothing(under: digest)
            try await expectEqual(everything(in: store), [], "the census")
        case .discardedLate:
            let blob = try await staged([1, 2, 3])
            try await store.publish([blob]) {}
            await blob.discard()
            try await expectEqual(store.verify(digest([1, 2, 3]).sha256), .intact, "the verdict")
            let same = try await staged([1, 2, 3])
            _ = try await same.finish()
            await same.discard()
            try await expectEqual(
                store.verify(digest([1, 2, 3]).sha256), .intact, "the verdict after the same bytes were discarded")
        case .survives:
            var digests: [String] = []
            for bytes in Self.samples { digests.append(try await published(bytes)) }
            let left = try await test.cutPower()
            for digest in digests { try await expectEqual(left.verify(digest), .intact, "the verdict afterwards") }
        case .durableFirst:
            let blob = try await staged([1, 2, 3])
            let verdict = try await store.publish([blob]) {
                try await test.cutPower().verify(digest([1, 2, 3]).sha256)
            }
            try expectEqual(verdict, .intact, "the verdict after a power cut before the commit")
        case .once:
            for _ in 0..<2 { _ = try await published([1, 2, 3]) }
            try await expectEqual(everything(in: store).count, 1, "the number of blobs")
        case .heals:
            let digest = try await published([1, 2, 3])
            try await test.damage(digest)
            _ = try await published([1, 2, 3])
            try await expectEqual(store.verify(digest), .intact, "the verdict")
        case .bodyThrows:
            do {
                try await store.publish([staged([1])]) { throw Deliberate() }
                throw Broken(description: "it was swallowed")
            } catch is Deliberate {}
        case .onlyDigests:
            let digest = try await published([1, 2, 3])
            for text in [
                "", digest.uppercased(), String(digest.dropLast()), "../\(digest)", "\(digest.prefix(2))/\(digest)",
            ] {
                try await expectNothing(under: text)
            }
        case .missing: try await expectNothing(under: Self.nothing)
        case .size:
            for bytes in Self.samples {
                try await expectEqual(store.size(of: published(bytes)), Int64(bytes.count), "its size")
            }
        case .limit:
            let digest = try await published([1, 2, 3])
            try await expectEqual(store.read(digest, limit: 3), [1, 2, 3], "what is read")
            do {
                _ = try await store.read(digest, limit: 2)
                throw Broken(description: "3 bytes were read where 2 are the limit")
            } catch is BlobTooLarge {}
        case .verdict:
            let digest = try await published([1, 2, 3])
            try await expectEqual(store.verify(digest), .intact, "the verdict")
            try await test.damage(digest)
            guard case .damaged(let other) = try await store.verify(digest), other != digest else {
                throw Broken(description: "it is not found damaged")
            }
        case .readsAgain:
            let digest = try await published([1, 2, 3])
            try await expectEqual(store.digests(of: digest), self.digest([1, 2, 3]), "its digests")
            try await test.damage(digest)
            try await expect(store.digests(of: digest)?.sha256 != digest, "the digests are those of before")
        case .inspects:
            let bytes = Self.pattern(300_001)
            let blob = try await staged(bytes)
            _ = try await blob.finish()
            let look: @Sendable (any ByteSource) throws -> [UInt8] = { source in
                try [UInt8](unsafeUninitializedCapacity: 1_000) { buffer, count in
                    while count < 1_000 {
                        let rest = UnsafeMutableRawBufferPointer(
                            rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
                        let read = try source.read(at: source.size - 1_001 + Int64(count), into: rest)
                        if read == 0 { return }
                        count += read
                    }
                }
            }
            let part = Array(bytes.suffix(1_001).dropLast())
            try await expect(blob.inspect(.long, look) == part, "what is staged has other bytes there")
            try await store.publish([blob]) {}
            try await expect(
                store.inspect(digest(bytes).sha256, look) == part, "what is published has other bytes there")
        case .serves:
            for bytes in Self.samples {
                try await expect(served(published(bytes)) == bytes, "of \(bytes.count) bytes others are served")
            }
        case .servesRanges:
            let bytes = Self.pattern(300_001)
            let digest = try await published(bytes)
            for range in [0..<1, 299_990..<300_001, 65_530..<200_000] {
                try await expect(served(digest, range) == Array(bytes[range]), "in \(range) other bytes are served")
            }
        case .census:
            let blobs = (0..<40).map { [UInt8](repeating: $0, count: Int($0)) }
            for bytes in blobs { _ = try await published(bytes) }
            let found = try await everything(in: store)
            try expectEqual(found.count, blobs.count, "the number of blobs")
            try expectEqual(
                Dictionary(found.map { ($0.sha256, $0.size) }) { first, _ in first },
                Dictionary(uniqueKeysWithValues: blobs.map { (digest($0).sha256, Int64($0.count)) }), "the census")
        case .censusOrder:
            for byte in 0..<40 as Range<UInt8> { _ = try await published([byte]) }
            let digests = try await everything(in: store).map(\.sha256)
            try expect(digests == digests.sorted(), "it is in another order")
        case .censusGoesOn:
            for byte in 0..<200 as Range<UInt8> { _ = try await published([byte]) }
            let digests = try await everything(in: store).map(\.sha256)
            for (index, last) in digests.dropLast().enumerated() {
                try await expectEqual(
                    store.census(after: last).first?.sha256, digests[index + 1], "the first after \(last)")
            }
        case .collects:
            let digest = try await published([1])
            try await expectEqual(collect { _ in false }.map(\.sha256), [digest], "what is said to be collected")
            try await expectNothing(under: digest)
        case .sparesNamed:
            let (named, _) = try await (published([1]), published([2]))
            _ = try await collect { $0 == named }
            try await expectEqual(store.verify(named), .intact, "the verdict")
        case .sparesYoung:
            let digest = try await published([1])
            let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            let removed = try await store.collectOrphans(olderThan: Self.hour, now: now) { _ in false }
            try expectEqual(removed, [], "what is said to be collected")
            try await expectEqual(store.verify(digest), .intact, "the verdict")
        case .sparesYoungAgain:
            let digest = try await published([1])
            // What came first is older than a second then, whether a store counts parts of seconds or not.
            try await Task.sleep(for: .milliseconds(2_100))
            let now = Timestamp(seconds: Int64(Date().timeIntervalSince1970))
            _ = try await published([1])
            let removed = try await store.collectOrphans(olderThan: .seconds(1), now: now) { _ in false }
            try expectEqual(removed, [], "what is said to be collected")
            try await expectEqual(store.verify(digest), .intact, "the verdict")
        case .sparesHeld:
            let blob = try await staged([1])
            let verdict = try await store.publish([blob]) {
                _ = try await collect { _ in false }
                return try await store.verify(digest([1]).sha256)
            }
            try expectEqual(verdict, .intact, "the verdict")
        case .sparesRepublished:
            let digest = try await published([1])
            _ = try await collect { _ in
                _ = try await published([1])
                return false
            }
            try await expectEqual(store.verify(digest), .intact, "the verdict")
        case .endsUnanswered:
            let digest = try await published([1])
            do {
                _ = try await collect { _ in throw Deliberate() }
                throw Broken(description: "it went on")
            } catch is Deliberate {}
            try await expectEqual(store.verify(digest), .intact, "the verdict")
        }
    }
}
