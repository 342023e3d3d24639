import Dispatch
import Foundation
import NIOCore
import Policy
import Ports
import Projects
import Stores
import Support
import Synchronization
import Testing
import UTC
import UploadAPI

@testable import Blobs

@Suite("An upload that the index does not need") struct JudgedUploadTests {
    let index: TestIndex

    init() async throws { index = try await TestIndex() }

    /// The demo wheel with other bytes inside.
    private static var otherWheel: TestWheel {
        var wheel = TestWheel()
        wheel.files[0].content = Array("answer = 43\n".utf8)
        return wheel
    }

    @Test("because other bytes have its name leaves none of its own on the disk")
    func otherBytes() async throws {
        try await index.receive(.wheel())
        let before = try await index.blobDigests()
        await #expect(throws: UploadRefusal.self) { try await index.receive(.wheel(Self.otherWheel)) }
        #expect(try await index.blobDigests() == before)
        #expect(index.incoming.isEmpty)
    }

    @Test("because its project is full leaves none of its bytes on the disk")
    func full() async throws {
        await #expect(throws: UploadRefusal.self) {
            try await index.receive(.wheel(), limits: UploadLimits(projectSize: 10))
        }
        #expect(try await index.blobDigests().isEmpty)
        #expect(index.incoming.isEmpty)
    }

    @Test("because it is there already makes nothing durable, and leaves nothing")
    func again() async throws {
        try await index.receive(.wheel())
        let syncs = Counted()
        let uploads = Uploads(
            projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: try countingBlobs(syncs),
            limits: UploadLimits())
        let upload = TestUpload.wheel()
        let receipt = try await uploads.receive(
            upload.chunks(), contentType: upload.contentType, by: index.ada, at: { [index] in index.now })
        #expect(receipt.outcome == .alreadyThere)
        #expect(syncs.count == 0)
        #expect(index.incoming.isEmpty)
    }

    @Test("but whose bytes the disk has damaged, or lost, mends them", arguments: [false, true], [false, true])
    func mending(metadata: Bool, lost: Bool) async throws {
        try await index.receive(.wheel())
        let file = try #require(try await index.files().first)
        let digest = try #require(metadata ? file.metadataSHA256 : file.digests.sha256)
        let path = try #require(index.blobs.path(of: digest))
        if lost {
            try FileManager.default.removeItem(atPath: path)
        } else {
            var bytes = try Data(contentsOf: URL(filePath: path))
            bytes[10] ^= 1
            try bytes.write(to: URL(filePath: path))
        }
        #expect(try await index.receive(.wheel()).outcome == .alreadyThere)
        #expect(try await index.blobs.verify(digest) == .intact)
        #expect(try await index.files().count == 1)
    }

    @Test("because it is there in another spelling is refused with other bytes, and changes nothing with the same")
    func otherSpelling() async throws {
        try await index.receive(.wheel())
        var upload = TestUpload.wheel(Self.otherWheel)
        upload.filename = "Demo.Pkg-1.0.0-py3-none-any.whl"
        let refusal = await #expect(throws: UploadRefusal.self) { try await index.receive(upload) }
        #expect(refusal?.explanation.hasPrefix("File already exists") == true)
        #expect(refusal?.explanation.contains("demo_pkg-1.0-py3-none-any.whl") == true)
        upload.replaceContent(TestWheel().bytes)
        #expect(try await index.receive(upload).outcome == .alreadyThere)
        #expect(try await index.files().count == 1)
    }

    @Test("or whose project will ask for more is taken, and answered with what it will take")
    func notice() async throws {
        let first = try await index.receive(.wheel())
        #expect(first.notice == nil)
        let demo = first.project
        try await index.stores.critical.designate(demo, by: .operatorAtMachine, at: index.now)
        let rule = try MandateRule(announcedFrom: index.now.day, enforcedFrom: index.now.day)
        try await index.stores.critical.set(
            CriticalSettings(critical: .usual, mandate: rule), by: .operatorAtMachine, at: index.now)
        for upload in [TestUpload.sourceDistribution(), .sourceDistribution(), .wheel()] {
            let notice = try #require(try await index.receive(upload).notice)
            #expect(notice.what == .secondFactor && notice.bindsAt == (index.now.day + 31).start)
            let words = notice.guidance.text(\.words)
            #expect(words.hasPrefix("Notice: From \((index.now.day + 31).readable) on, publishing to 'demo-pkg' takes"))
            #expect(!words.contains("\n"), "it is one line")
        }
    }

    @Test("because it is too long is refused before it is read, where its length is known")
    func knownLength() async throws {
        struct Read: Error {}
        let limits = UploadLimits(fileSize: 1_000)
        let body = AsyncThrowingStream<ByteBuffer, any Error> { $0.finish(throwing: Read()) }
        // 4 MiB of fields and 1 MiB around them may come beside a file of the largest size.
        let most: Int64 = 1_000 + (5 << 20)
        for length in [most + 1, .max] {
            await #expect(throws: UploadRefusal.fileTooLarge(limit: 1_000)) {
                try await index.uploads(limits).receive(
                    body, length: length, contentType: TestUpload.wheel().contentType, by: index.ada,
                    at: { [index] in index.now })
            }
        }
        await #expect(throws: Read.self) {
            try await index.uploads(limits).receive(
                body, length: most, contentType: TestUpload.wheel().contentType, by: index.ada,
                at: { [index] in index.now })
        }
    }

    private final class Counted: Sendable {
        private let passed = Mutex(0)
        var count: Int { passed.withLock { $0 } }
        func pass() { passed.withLock { $0 += 1 } }
    }

    /// A store over the same folder that counts what the disk is asked to make durable.
    private func countingBlobs(_ syncs: Counted) throws -> FolderBlobStore {
        let real = FileSystemCalls()
        var calls = real
        calls.sync = { file in
            syncs.pass()
            return real.sync(file)
        }
        return try FolderBlobStore(
            root: index.folder.appending(path: "blobs").path, ownsFolder: true, threads: 2, calls: calls)
    }
}

@Suite("Looking into an archive") struct InspectionTests {
    @Test("may take its whole time, however long it waited for those before it", .timeLimit(.minutes(15)))
    func waiting() async throws {
        let index = try await TestIndex()
        let blobs = try FolderBlobStore(
            root: index.folder.appending(path: "blobs").path, ownsFolder: true, threads: 4, inspectors: 1)
        let slow = blobs.stage()
        _ = try await slow.finish()
        let isOver = DispatchSemaphore(value: 0)
        async let slowly: Void = slow.inspect(.short) { _ in isOver.wait() }
        let uploads = Uploads(
            projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: blobs,
            limits: UploadLimits(), inspectionTime: .seconds(1))
        let upload = TestUpload.wheel()
        async let receipt = uploads.receive(
            upload.chunks(), contentType: upload.contentType, by: index.ada, at: { [index] in index.now })
        try await Task.sleep(for: .seconds(1.5))
        isOver.signal()
        try await slowly
        #expect(try await receipt.filename == "demo_pkg-1.0-py3-none-any.whl")
    }

    @Test("ends when its time is over")
    func ending() async throws {
        let index = try await TestIndex()
        let uploads = Uploads(
            projects: index.stores.projects, classifiers: index.stores.classifiers, blobs: index.blobs,
            limits: UploadLimits(), inspectionTime: .zero)
        let upload = TestUpload.wheel()
        await #expect(throws: UploadFormRefusal.archiveTooSlow(seconds: 0)) {
            try await uploads.receive(
                upload.chunks(), contentType: upload.contentType, by: index.ada, at: { [index] in index.now })
        }
    }
}
