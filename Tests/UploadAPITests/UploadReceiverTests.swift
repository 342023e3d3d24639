import Blobs
import Foundation
import NIOCore
import PackagingFormats
import Ports
import Support
import Testing
import UploadAPI

@Suite("Receiving an upload") struct UploadReceiverTests {
    let index: TestIndex

    init() async throws { index = try await TestIndex() }

    /// A form with a large file, chunk by chunk; before each it looks at what of the file is on disk.
    private struct WatchedBody: AsyncSequence {
        typealias Element = ByteBuffer
        let index: TestIndex
        let size: Int
        let chunk: Int

        func makeAsyncIterator() -> Iterator { Iterator(body: self) }

        struct Iterator: AsyncIteratorProtocol {
            let body: WatchedBody
            var sent = 0
            var isStarted = false
            var isEnded = false

            mutating func next() async throws -> ByteBuffer? {
                guard isStarted else {
                    isStarted = true
                    let action = "Content-Disposition: form-data; name=\":action\"\r\n\r\nfile_upload\r\n"
                    let head = "Content-Disposition: form-data; name=\"content\"; filename=\"a.whl\"\r\n\r\n"
                    let mark = "--\(TestUpload.boundary)\r\n"
                    return ByteBuffer(string: mark + action + mark + head)
                }
                guard !isEnded else { return nil }
                #expect(sent - onDisk <= StagedFile.flushSize + body.chunk, "so much is in memory")
                guard sent < body.size else {
                    isEnded = true
                    return ByteBuffer(string: "\r\n--\(TestUpload.boundary)--\r\n")
                }
                sent += body.chunk
                return ByteBuffer(repeating: UInt8(truncatingIfNeeded: sent), count: body.chunk)
            }

            private var onDisk: Int {
                guard let name = body.index.incoming.first else { return 0 }
                let path = body.index.folder.appending(path: "blobs/incoming/\(name)").path
                return (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
            }
        }
    }

    @Test("keeps no more of the file in memory than one flush and one chunk")
    func memory() async throws {
        let receiver = UploadReceiver(blobs: index.blobs, fileLimit: 100 << 20)
        let body = WatchedBody(index: index, size: 32 << 20, chunk: 64 << 10)
        let upload = try await receiver.receive(
            body, contentType: "multipart/form-data; boundary=\(TestUpload.boundary)"
        ) { _ in }
        #expect(upload.content.size == 32 << 20)
        #expect(upload.filename == "a.whl")
    }

    @Test("asks about the project once, as soon as its name has come")
    func judging() async throws {
        let receiver = UploadReceiver(blobs: index.blobs, fileLimit: 100 << 20)
        let upload = TestUpload.wheel()
        var asked: [ProjectName] = []
        _ = try await receiver.receive(upload.chunks(of: 10), contentType: upload.contentType) { asked.append($0) }
        #expect(asked.map(\.normalized) == ["demo-pkg"])
    }

    @Test("gives the fields in their order, and leaves out the files that nobody reads")
    func fields() async throws {
        let receiver = UploadReceiver(blobs: index.blobs, fileLimit: 100 << 20)
        var upload = TestUpload.wheel()
        upload.fields = [
            ("b", "2"), (":action", "file_upload"), ("a", ""), ("gpg_signature\"; filename=\"x.asc", "signature"),
            ("c", "ü"),
        ]
        let received = try await receiver.receive(upload.chunks(), contentType: upload.contentType) { _ in }
        #expect(received.form.fields.map(\.name) == ["b", ":action", "a", "c"])
        #expect(received.form["a"] == nil)
        #expect(received.form["c"] == "ü")
    }

    @Test("leaves accents without end out of what is no metadata: it is compared before anybody has judged it")
    func accents() async throws {
        let receiver = UploadReceiver(blobs: index.blobs, fileLimit: 100 << 20)
        var upload = TestUpload.wheel()
        let accents = String(repeating: "\u{301}\u{316}", count: 100)
        upload.fields += [("attestations", accents), ("description", accents)]
        let received = try await receiver.receive(upload.chunks(), contentType: upload.contentType) { _ in }
        #expect(received.form["attestations"]?.unicodeScalars.count == 30)
        // What is metadata is refused by their limits.
        #expect(received.form["description"]?.unicodeScalars.count == 200)
    }

    @Test("of somebody who may not upload stops at once")
    func judgedNo() async throws {
        struct No: Error {}
        let receiver = UploadReceiver(blobs: index.blobs, fileLimit: 100 << 20)
        let upload = TestUpload.wheel()
        await #expect(throws: No.self) {
            try await receiver.receive(upload.chunks(of: 10), contentType: upload.contentType) { _ in throw No() }
        }
        #expect(index.incoming.isEmpty)
    }
}
