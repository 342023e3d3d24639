import Foundation
import Ports
import Synchronization
import VectorSupport

@testable import Blobs

/// A folder of its own for one test, removed afterwards.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "blobs-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var incoming: [String] { (try? FileManager.default.contentsOfDirectory(atPath: "\(path)/incoming")) ?? [] }
}

/// How a call fails.
enum Fault: CaseIterable, Sendable {
    /// Nothing happened.
    case notDone
    /// It happened, but an error is reported.
    case doneButReportedFailed
}

/// Counts the calls that change the disk, and makes one of them fail.
final class FaultyCalls: Sendable {
    private let count = Mutex(0)
    private let failing: Int?
    private let fault: Fault
    private let number: Int32

    init(failing: Int? = nil, as fault: Fault = .notDone, with number: Int32 = EIO) {
        self.failing = failing
        self.fault = fault
        self.number = number
    }

    var calls: Int { count.withLock { $0 } }

    private func pass(_ call: () -> Int) -> Int {
        let isFailing = count.withLock { count in
            count += 1
            return count == failing
        }
        guard isFailing else { return call() }
        if fault == .doneButReportedFailed { _ = call() }
        return -Int(number)
    }

    var fileSystem: FileSystemCalls {
        let real = FileSystemCalls()
        var faulty = real
        faulty.open = { path, flags in
            // Opening a directory changes nothing; opening for creation does.
            guard flags & O_CREAT != 0 else { return real.open(path, flags) }
            return self.pass { real.open(path, flags) }
        }
        faulty.write = { file, bytes in self.pass { real.write(file, bytes) } }
        faulty.sync = { file in self.pass { real.sync(file) } }
        faulty.rename = { from, to in self.pass { real.rename(from, to) } }
        faulty.makeDirectory = { path in self.pass { real.makeDirectory(path) } }
        faulty.remove = { path in self.pass { real.remove(path) } }
        faulty.touch = { path in self.pass { real.touch(path) } }
        return faulty
    }
}

func randomBytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var random = SplitMix64(seed: seed)
    return (0..<count).map { _ in .random(in: .min ... .max, using: &random) }
}

extension FolderBlobStore {
    /// A staged blob with these bytes, in chunks as they come from a network.
    func staged(_ bytes: [UInt8], chunk: Int = 10_000) async throws -> any StagedBlob {
        let blob = stage()
        for start in stride(from: 0, to: bytes.count, by: chunk) {
            bytes[start..<min(start + chunk, bytes.count)].withUnsafeBytes(blob.append)
            if blob.wantsFlush { try await blob.flush() }
        }
        return blob
    }

    func digests() async throws -> [String] {
        var digests: [String] = []
        for try await blob in census() { digests.append(blob.sha256) }
        return digests
    }
}

final class Counter: Sendable {
    private let count = Mutex(0)

    var value: Int { count.withLock { $0 } }

    func next() -> Int {
        count.withLock { count in
            count += 1
            return count
        }
    }
}

/// Stands for the rows of a database.
final class Committed: Sendable {
    private let digests = Mutex<Set<String>>([])

    func insert(_ digest: String) { digests.withLock { _ = $0.insert(digest) } }
    func contains(_ digest: String) -> Bool { digests.withLock { $0.contains(digest) } }
    var all: [String] { digests.withLock { $0.sorted() } }
}
