import Bytes
import Crypto
import Foundation
import Synchronization

/// A folder of answers of the helper, by a digest of what they answer.
///
/// Nothing in it is needed: whatever is missing or damaged is asked for again. So it is in no backup, and writing it
/// waits for no disk. When it has grown too large, what was used least lately goes.
final class KeptAnswers: Sendable {
    private let folder: String
    private let limit: Int
    /// The bytes in the folder; nil until they were counted.
    private let size = Mutex<Int?>(nil)

    /// - Parameters:
    ///   - folder: made when there is something to keep.
    ///   - limit: bytes that the folder may have.
    init(in folder: String, limit: Int = 256 << 20) {
        self.folder = folder
        self.limit = limit
    }

    /// What names an answer: everything that it depends on.
    struct Key: Hashable, Sendable {
        fileprivate let name: String

        /// - Parameter versions: what the helper works with; another version may answer otherwise.
        init(_ request: Frame, versions: String) {
            var hash = SHA256()
            hash.update(data: PackageResources.render_py)
            hash.update(data: Array(versions.utf8) + [0])
            hash.update(data: request.bytes)
            name = hash.finalize().hexadecimal
        }
    }

    /// The answer under a key; nil when there is none, or a damaged one.
    func answer(for key: Key) -> Frame? {
        let path = path(of: key)
        guard let data = FileManager.default.contents(atPath: path), data.count > SHA256.byteCount else { return nil }
        let bytes = Array(data)
        let content = bytes[SHA256.byteCount...]
        guard bytes.prefix(SHA256.byteCount).elementsEqual(SHA256.hash(data: content)), let kind = content.first else {
            return nil
        }
        // Used now: it goes after all that were not.
        utimensat(AT_FDCWD, path, nil, 0)
        return Frame(kind: kind, payload: Array(content.dropFirst()))
    }

    /// Keeps an answer. Where that cannot be done, nothing is lost but the time to ask again.
    func keep(_ answer: Frame, for key: Key) {
        let content = [answer.kind] + answer.payload
        guard hasRoom else { return }
        let path = path(of: key)
        let data = Data(Array(SHA256.hash(data: content)) + content)
        do {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/\(key.name.prefix(2))", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
            // Complete under another name first. What a crash leaves half-written has not its digest.
            try data.write(to: URL(filePath: path), options: .atomic)
        } catch {
            return
        }
        let isFull = size.withLock { size in
            let counted = size.map { $0 + data.count } ?? files().reduce(0) { $0 + $1.size }
            size = counted
            return counted > limit
        }
        if isFull { removeOldest() }
    }

    /// Files leave a little of the disk to the database; this folder leaves twice as much.
    private var hasRoom: Bool {
        var facts = statvfs()
        let parent = URL(filePath: folder).deletingLastPathComponent().path
        return statvfs(parent, &facts) == 0 && Int(clamping: facts.f_bavail) * Int(clamping: facts.f_frsize) > 128 << 20
    }

    private func path(of key: Key) -> String { "\(folder)/\(key.name.prefix(2))/\(key.name)" }

    private func removeOldest() {
        size.withLock { size in
            let files = files().sorted { $0.used < $1.used }
            var left = files.reduce(0) { $0 + $1.size }
            for file in files {
                guard left > limit / 4 * 3 else { break }
                try? FileManager.default.removeItem(atPath: file.path)
                left -= file.size
            }
            size = left
        }
    }

    private func files() -> [(path: String, size: Int, used: Date)] {
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .fileSizeKey, .contentModificationDateKey]
        let found = FileManager.default.enumerator(at: URL(filePath: folder), includingPropertiesForKeys: Array(keys))
        return (found?.allObjects ?? []).compactMap { item in
            guard let url = item as? URL, let values = try? url.resourceValues(forKeys: keys),
                values.isRegularFile == true
            else { return nil }
            return (url.path, values.fileSize ?? 0, values.contentModificationDate ?? .distantPast)
        }
    }
}
