import Archives
import Bytes
import Crypto
import Foundation
import Glibc
import Primitives

/// Reads a backup, damaged or not. Belongs to one task.
final class BackupReader {
    let path: String
    /// Bytes.
    let size: Int64
    private let descriptor: Int32
    private var buffer = [UInt8](repeating: 0, count: 1 << 20)

    /// Opens a backup. Throws `BackupFailure`.
    init(path: String) throws {
        self.path = path
        // Not a pipe, which would be waited for.
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw BackupFailure(cannot: "be read from \(path)", errno) }
        // A folder has an end and no bytes, a pipe has no end.
        size = Int64(lseek(descriptor, 0, SEEK_END))
        guard size >= 0, pread(descriptor, &buffer, 1, 0) >= 0 else {
            close(descriptor)
            throw BackupFailure("\(path) is not a file. Name the file that `rind backup` wrote, unpacked.")
        }
    }

    deinit { close(descriptor) }

    /// A stretch of the archive.
    struct Stretch {
        let offset: Int64
        let size: Int64
        /// What its bytes should have; nil where nobody knows.
        var sha256: String?
    }

    /// Where things are in the archive.
    struct Contents {
        var database: Stretch
        var keys: [Stretch]
        /// The offset of the header of the first blob.
        var blobs: Int64
        /// What was found to be wrong, and where nothing was lost by it.
        var flaws: [String] = []
    }

    /// Finds what there is one of. Throws `BackupFailure` for what is not a backup.
    func contents() throws -> Contents {
        let block = Int64(PlainTarMember.blockLength)
        let second = BackupManifest.secondOffset(in: size)
        let manifests = [0, second].map { offset in
            (try? bytes(at: offset + block, BackupManifest.length)).flatMap { BackupManifest(text: $0) }
        }
        guard let manifest = manifests[0] ?? manifests[1] else { return try contentsByHeaders() }
        let keys = BackupManifest.member.length + block
        let database = BackupManifest.member.length + manifest.keysMember.length + block
        let secondKeys = second - manifest.keysMember.length + block
        var contents = Contents(
            database: Stretch(offset: database, size: manifest.database.size, sha256: manifest.database.sha256),
            keys: [keys, secondKeys].map {
                Stretch(offset: $0, size: manifest.keys.size, sha256: manifest.keys.sha256)
            },
            blobs: manifest.blobsOffset)
        // What is at a known place is found without its header. That one is damaged is said all the same.
        let single: [(PlainTarMember, Int64)] = [
            (BackupManifest.member, 0), (manifest.keysMember, keys - block),
            (manifest.databaseMember, database - block),
        ]
        for (member, offset) in single where try header(at: offset) != member {
            contents.flaws.append("the header of \(member.name) is damaged")
        }
        if manifests[0] == nil || manifests[1] == nil {
            contents.flaws.append("one of the two copies of \(BackupManifest.name) is damaged or missing")
        } else if manifests[0] != manifests[1] {
            contents.flaws.append("the two copies of \(BackupManifest.name) differ")
        }
        for (member, offset) in single where try !isPadded(member, at: offset) {
            contents.flaws.append("what follows \(member.name) is damaged")
        }
        return contents
    }

    /// What Rind 0.1.0 wrote has no manifest, and the keys behind the database; and a backup may have lost both
    /// manifests.
    private func contentsByHeaders() throws -> Contents {
        for offset in [0, BackupManifest.member.length] {
            var (next, members) = (offset, [String: Stretch]())
            while members.count < 2, let member = try header(at: next),
                [BackupManifest.databaseName, BackupManifest.keysName].contains(member.name)
            {
                members[member.name] = Stretch(offset: next + Int64(PlainTarMember.blockLength), size: member.size)
                next += member.length
            }
            guard let database = members[BackupManifest.databaseName] else { continue }
            let flaw = "both copies of \(BackupManifest.name) are damaged or missing"
            return Contents(
                database: database, keys: [members[BackupManifest.keysName]].compactMap(\.self), blobs: next,
                flaws: offset > 0 ? [flaw] : [])
        }
        throw BackupFailure("\(path) is not a backup of an index, or both its beginning and its end are damaged.")
    }

    // MARK: - Reading

    /// The member whose header is at `offset`; nil where there is none, or a damaged one.
    func header(at offset: Int64) throws -> PlainTarMember? {
        guard offset >= 0, let block = try? bytes(at: offset, PlainTarMember.blockLength) else { return nil }
        return block.withUnsafeBytes { PlainTarMember(header: $0) }
    }

    /// Whether zeros follow the content of the member whose header is at `offset`, as they should.
    func isPadded(_ member: PlainTarMember, at offset: Int64) throws -> Bool {
        let padding = try? bytes(at: offset + member.length - Int64(member.padding), member.padding)
        return padding?.allSatisfy { $0 == 0 } ?? false
    }

    /// Whether all from `offset` to the end of the archive is as an archive ends.
    func ends(at offset: Int64) -> Bool {
        // libarchive fills its last record of ten kibibytes.
        guard size - offset >= Int64(PlainTarMember.endLength), size - offset <= 10_240 else { return false }
        return (try? bytes(at: offset, Int(size - offset)))?.allSatisfy { $0 == 0 } ?? false
    }

    /// The bytes of something small. Throws `BackupFailure`, also when the archive ends before.
    func bytes(at offset: Int64, _ count: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        try forEachPiece(Stretch(offset: offset, size: Int64(count))) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Hands out the bytes of a stretch, piece by piece, and tells whether they have its digest, where there is one.
    /// Throws `BackupFailure`, also when the archive ends before.
    @discardableResult
    func forEachPiece(_ stretch: Stretch, _ take: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
        guard stretch.offset >= 0, stretch.size <= size - stretch.offset else {
            throw BackupFailure("\(path) ends too early.")
        }
        var hash = SHA256()
        var done: Int64 = 0
        while done < stretch.size {
            let count = pread(
                descriptor, &buffer, Int(min(stretch.size - done, Int64(buffer.count))), off_t(stretch.offset + done))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BackupFailure(cannot: "be read from \(path)", count < 0 ? errno : EIO) }
            try buffer.withUnsafeBytes { bytes in
                let piece = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                if stretch.sha256 != nil { hash.update(bufferPointer: piece) }
                try take(piece)
            }
            done += Int64(count)
        }
        return stretch.sha256.map { $0 == hash.finalize().hexadecimal } ?? true
    }
}
