import Advisories
import Archives
import Foundation
import PackagingFormats
import Policy
import UTC

/// Documents of advisories on disk: a file, a folder with files below it, or a ZIP archive of them, as public exports are.
public struct AdvisoryFeed: Sendable {
    private let path: String
    /// How many documents are taken in one transaction: uploads go on between them.
    private static let atOnce = 500

    /// - Parameter path: of a file, a folder or an archive.
    public init(path: String) { self.path = path }

    /// It cannot be read at all.
    public struct Unreadable: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    /// Some of it is wrong, and nothing of it was taken.
    public struct Faulty: Error, Sendable {
        public let faults: [AdvisoryBatch.Fault]
    }

    /// What an import did.
    public struct Outcome: Sendable, Hashable {
        public var tally = SQLAdvisories.Tally()
        /// How many documents are about no Python package.
        public var others = 0
        /// What was left out.
        public var faults: [AdvisoryBatch.Fault] = []
    }

    /// Looks at all documents, and then takes them.
    ///
    /// It is read twice, so that nothing is taken where something is wrong, and memory does not depend on its size. Doing it
    /// again changes nothing; so does what is left when it was interrupted.
    ///
    /// Throws `Unreadable`, `Faulty` and what the store throws.
    ///
    /// - Parameter leavesOutFaulty: whether what is wrong is left out, and the rest taken.
    public func take(
        into store: SQLAdvisories, leavesOutFaulty: Bool = false, by actor: Actor, at now: Timestamp
    ) async throws -> Outcome {
        var batch = AdvisoryBatch()
        try await forEach { file, content in
            switch content {
            case .success(let bytes): _ = batch.look(at: bytes, from: file)
            case .failure(let reason): batch.note(file, reason.description)
            }
        }
        guard leavesOutFaulty || batch.faults.isEmpty else { throw Faulty(faults: batch.faults) }
        var outcome = Outcome(others: batch.others, faults: batch.faults)
        var again = AdvisoryBatch()
        var lot: [AdvisoryDocument] = []
        try await forEach { file, content in
            guard case .success(let bytes) = content, let document = again.look(at: bytes, from: file) else { return }
            lot.append(document)
            if lot.count == Self.atOnce {
                outcome.tally += try await store.take(lot, by: actor, at: now)
                lot = []
            }
        }
        if !lot.isEmpty { outcome.tally += try await store.take(lot, by: actor, at: now) }
        return outcome
    }

    private typealias Content = Result<[UInt8], Unreadable>

    /// Gives every document to `body`, with the name of its file.
    private func forEach(_ body: (String, Content) async throws -> Void) async throws {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw Unreadable(description: "There is no file or folder \(path).")
        }
        guard isFolder.boolValue else { return try await forEach(in: path, as: path, body) }
        let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        for name in below.sorted() where name.hasSuffix(".json") || name.hasSuffix(".zip") {
            try await forEach(in: "\(path)/\(name)", as: name, body)
        }
    }

    private func forEach(
        in file: String, as name: String, _ body: (String, Content) async throws -> Void
    ) async throws {
        guard let source = FileSource(file) else {
            return try await body(name, .failure(Unreadable(description: "it cannot be read")))
        }
        guard source.isArchive else {
            return try await body(name, source.content(limit: AdvisoryDocument.maximumBytes))
        }
        let archive: ZipFiles
        do { archive = try ZipFiles(source) } catch {
            return try await body(
                name, .failure(Unreadable(description: "it is no ZIP archive that can be read: \(error)")))
        }
        for member in archive.files where member.path.hasSuffix(".json") {
            let content: Content
            do { content = .success(try archive.read(member, limit: AdvisoryDocument.maximumBytes)) } catch {
                content = .failure(Unreadable(description: "it cannot be unpacked: \(error)"))
            }
            try await body("\(name)/\(member.path)", content)
        }
    }
}

/// A file, read where it is asked for.
private final class FileSource: ByteSource {
    private let handle: FileHandle
    let size: Int64

    init?(_ path: String) {
        guard let handle = FileHandle(forReadingAtPath: path), let end = try? handle.seekToEnd() else { return nil }
        self.handle = handle
        size = Int64(end)
    }

    deinit { try? handle.close() }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = pread(handle.fileDescriptor, buffer.baseAddress, buffer.count, off_t(offset))
        guard count >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return count
    }

    /// Whether it begins as a ZIP archive does.
    var isArchive: Bool {
        var start = [UInt8](repeating: 0, count: 4)
        let count = start.withUnsafeMutableBytes { (try? read(at: 0, into: $0)) ?? 0 }
        return count == 4 && start == [0x50, 0x4B, 0x03, 0x04]
    }

    /// All of it; of what is larger, one byte more than the limit.
    func content(limit: Int) -> Result<[UInt8], AdvisoryFeed.Unreadable> {
        var bytes = [UInt8](repeating: 0, count: min(Int(size), limit + 1))
        var filled = 0
        while filled < bytes.count {
            let count = bytes.withUnsafeMutableBytes { buffer in
                (try? read(at: Int64(filled), into: .init(rebasing: buffer[filled...]))) ?? 0
            }
            guard count > 0 else { return .failure(.init(description: "it cannot be read to its end")) }
            filled += count
        }
        return .success(bytes)
    }
}
