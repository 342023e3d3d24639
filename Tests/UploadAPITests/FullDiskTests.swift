import Foundation
import Ports
import Primitives
import Projects
import Stores
import Support
import Synchronization
import Testing
import UploadAPI

@testable import Blobs

/// Makes one call fail, the first being number 0.
private final class FailingCall: Sendable {
    private let passed = Mutex(0)
    private let number: Int
    private let error: Int32

    init(number: Int, error: Int32) {
        self.number = number
        self.error = error
    }

    var hasFailed: Bool { passed.withLock { $0 > number } }

    private func pass(_ call: () -> Int) -> Int {
        let isFailing = passed.withLock { passed in
            passed += 1
            return passed == number + 1
        }
        return isFailing ? -Int(error) : call()
    }

    var fileSystem: FileSystemCalls {
        let real = FileSystemCalls()
        var calls = real
        calls.open = { path, flags in self.pass { real.open(path, flags) } }
        calls.write = { file, bytes in self.pass { real.write(file, bytes) } }
        calls.sync = { file in self.pass { real.sync(file) } }
        calls.rename = { from, to in self.pass { real.rename(from, to) } }
        calls.makeDirectory = { path in self.pass { real.makeDirectory(path) } }
        return calls
    }
}

@Suite("An upload to a failing disk") struct FullDiskTests {
    @Test(
        "is refused as what it is and leaves no row; reading goes on, and the same upload succeeds later",
        arguments: [
            ENOSPC, EIO,
        ])
    func everyCall(error: Int32) async throws {
        let index = try await TestIndex()
        try await index.receive(.sourceDistribution())
        var failures = 0
        for number in 0... {
            let failing = FailingCall(number: number, error: error)
            let blobs = try FolderBlobStore(
                root: index.folder.appending(path: "blobs").path, ownsFolder: true, threads: 2,
                calls: failing.fileSystem)
            let uploads = Uploads(
                projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: blobs,
                limits: UploadLimits())
            let upload = TestUpload.wheel()
            do {
                _ = try await uploads.receive(
                    upload.chunks(), contentType: upload.contentType, by: index.ada, at: { [index] in index.now })
            } catch let refusal as StorageFull {
                #expect(error == ENOSPC)
                #expect(refusal.kind == .storageFull)
                failures += 1
            } catch is FileSystemFailure {
                #expect(error == EIO)
                failures += 1
            }
            guard failing.hasFailed else { break }
            #expect(try await index.files().map(\.packageType) == [.sourceDistribution])
            for file in try await index.files() {
                #expect(try await index.blobs.verify(file.digests.sha256) == .intact)
            }
        }
        #expect(failures > 10)
        #expect(try await index.files().count == 2)
    }
}
