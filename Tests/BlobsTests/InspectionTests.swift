import Archives
import Foundation
import Ports
import Testing

@testable import Blobs

@Suite("Looking into archives") struct InspectionTests {
    private func wait(_ semaphore: DispatchSemaphore) -> Bool { semaphore.wait(timeout: .now() + 600) == .success }

    @Test("What is short does not wait for what is long", .timeLimit(.minutes(15)))
    func shortOnes() async throws {
        let folder = try TemporaryFolder()
        let store = try FolderBlobStore(
            root: folder.path, ownsFolder: true, inspectors: 1, calls: FileSystemCalls())
        let blob = try await store.staged([1, 2, 3])
        _ = try await blob.finish()
        let isOver = DispatchSemaphore(value: 0)
        async let long = blob.inspect(.long) { _ in self.wait(isOver) }
        let size = try await blob.inspect(.short) { $0.size }
        #expect(size == 3)
        isOver.signal()
        #expect(try await long)
    }

    @Test(
        "Uploads that take long wait for nobody who reads what is stored, nor the other way round",
        .timeLimit(.minutes(15)))
    func readers() async throws {
        let folder = try TemporaryFolder()
        let store = try FolderBlobStore(
            root: folder.path, ownsFolder: true, inspectors: 1, calls: FileSystemCalls())
        let stored = try await store.store([1, 2, 3])
        let blob = try await store.staged([1, 2, 3, 4])
        _ = try await blob.finish()
        let isOver = DispatchSemaphore(value: 0)
        async let read = store.inspect(stored) { _ in self.wait(isOver) }
        let size = try await blob.inspect(.long) { $0.size }
        #expect(size == 4)
        isOver.signal()
        #expect(try await read == true)
        async let long = blob.inspect(.long) { _ in self.wait(isOver) }
        #expect(try await store.inspect(stored) { $0.size } == 3)
        isOver.signal()
        #expect(try await long)
    }

    @Test("The line ends somewhere: then there is a sentence, and room again when one is done")
    func places() async throws {
        let inspectors = Inspectors(threads: 1, places: 2)
        let isOver = DispatchSemaphore(value: 0)
        async let first = inspectors.run(.short) { self.wait(isOver) }
        async let second = inspectors.run(.short) { self.wait(isOver) }
        while inspectors.waiting(.short) < 2 { try await Task.sleep(for: .milliseconds(2)) }
        await #expect(throws: TooManyInspections.self) { try await inspectors.run(.short) {} }
        try await inspectors.run(.long) {}
        isOver.signal()
        isOver.signal()
        let areDone = try await [first, second]
        #expect(areDone == [true, true])
        try await inspectors.run(.short) {}
    }
}
