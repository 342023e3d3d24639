import BlobConformance
import Foundation
import Ports
import Primitives
import Synchronization
import Testing

@testable import Blobs

@Suite("The conformance suite of blob stores") struct ConformanceTests {
    @Test("finds nothing in a folder, whose power may be cut")
    func folder() async throws {
        let folders = Folders()
        let broken = await brokenClauses {
            let folder = try TemporaryFolder()
            folders.keep(folder)
            let disk = ForgetfulDisk(calls: .max)
            let store = try FolderBlobStore(root: folder.path, ownsFolder: true, calls: disk.fileSystem)
            return BlobStoreUnderTest(
                store,
                damage: { digest in
                    let path = try #require(store.path(of: digest))
                    try Data([9, 9, 9, 9]).write(to: URL(filePath: path))
                },
                cutPower: {
                    disk.cut()
                    return try FolderBlobStore(root: folder.path, ownsFolder: false)
                })
        }
        #expect(broken.map(\.description) == [])
    }

    private static func memory(_ store: MemoryBlobStore) -> BlobStoreUnderTest {
        BlobStoreUnderTest(
            store, damage: { store.damage($0) }, cutPower: { store.cutPower() },
            fetch: { url in try await store.read(String(url.suffix(64)), limit: .max) ?? [] })
    }

    @Test("finds nothing in memory, whether clients get a stream or an address")
    func memory() async throws {
        #expect(await brokenClauses { Self.memory(MemoryBlobStore()) }.map(\.description) == [])
        let elsewhere = await brokenClauses {
            Self.memory(MemoryBlobStore(serving: .redirect(to: "https://elsewhere.example/")))
        }
        #expect(elsewhere.map(\.description) == [])
    }

    @Test("names the clause that a store breaks, for every clause that there is", arguments: BlobClause.allCases)
    func liars(clause: BlobClause) async throws {
        let broken = await brokenClauses { Self.memory(MemoryBlobStore(breaking: clause)) }
        #expect(broken.contains { $0.clause == clause }, "found: \(broken.map(\.description))")
    }
}

/// Folders that live as long as the test.
private final class Folders: Sendable {
    private let folders = Mutex<[TemporaryFolder]>([])

    func keep(_ folder: TemporaryFolder) { folders.withLock { $0.append(folder) } }
}
