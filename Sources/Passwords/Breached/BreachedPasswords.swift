import Crypto
import Glibc

/// A list of breached passwords in a compact file: whether a password is in it, with one false alarm in a million.
///
/// Nothing of it is kept in memory. A question reads one to three kilobytes, which have a checksum of their own, so
/// that damage anywhere is found when it would matter, and opening a list of gigabytes takes milliseconds.
/// `BreachedFormat` has the format.
///
/// It reads by `pread` rather than by a memory map: a file that is cut short while it is mapped ends the process.
public final class BreachedPasswords: Sendable {
    /// The file that was opened.
    public let path: String
    /// How many passwords are in it.
    public var count: UInt64 { header.count }
    /// How often a password had to be seen to be in it.
    public var minimumCount: UInt64 { header.minimumCount }
    private let header: BreachedFormat.Header
    private let descriptor: Int32

    /// Opens a list. Throws `BreachedPasswordsFailure` when there is none, or it is damaged.
    public init(file path: String) throws(BreachedPasswordsFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BreachedPasswordsFailure("cannot be opened", path) }
        self.path = path
        self.descriptor = descriptor
        let size = lseek(descriptor, 0, SEEK_END)
        let bytes = try Self.read(descriptor, path, at: 0, count: BreachedFormat.headerBytes)
        guard let header = BreachedFormat.Header(bytes), header.fileBytes == size,
            size >= header.format.dataOffset
        else { throw BreachedPasswordsFailure(damaged: path) }
        self.header = header
        guard try indexChecksum() == header.indexChecksum else { throw BreachedPasswordsFailure(damaged: path) }
    }

    deinit { close(descriptor) }

    /// Whether a password is in the list. Throws `BreachedPasswordsFailure` when the part of it that says so is
    /// damaged.
    public func contains(_ password: String) throws(BreachedPasswordsFailure) -> Bool {
        let digest = Array(Insecure.SHA1.hash(data: Array(password.utf8)))
        return try contains(Fingerprint(digest[0..<8].reduce(0) { $0 << 8 | UInt64($1) }))
    }

    func contains(_ fingerprint: Fingerprint) throws(BreachedPasswordsFailure) -> Bool {
        try bucket(header.format.bucket(of: fingerprint))?.contains(header.format.remainder(of: fingerprint)) ?? false
    }

    /// Reads all of it. Throws `BreachedPasswordsFailure` when any of it is damaged.
    public func verify(progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }) throws(BreachedPasswordsFailure) {
        var count: UInt64 = 0
        for number in 0..<header.format.bucketCount {
            if let bucket = try bucket(number) {
                guard let remainders = bucket.remainders() else { throw BreachedPasswordsFailure(damaged: path) }
                count += UInt64(remainders.count)
            }
            if number % 4_096 == 4_095 { progress(number + 1, header.format.bucketCount) }
        }
        guard count == header.count else { throw BreachedPasswordsFailure(damaged: path) }
    }

    private func bucket(_ number: Int) throws(BreachedPasswordsFailure) -> BreachedFormat.Bucket? {
        let offset = BreachedFormat.headerBytes + number * BreachedFormat.entryBytes
        let bytes = try Self.read(descriptor, path, at: offset, count: 2 * BreachedFormat.entryBytes)
        let entry = BreachedFormat.Entry(bytes[..<BreachedFormat.entryBytes])
        let next = BreachedFormat.Entry(bytes[BreachedFormat.entryBytes...])
        let data = UInt64(header.fileBytes) - UInt64(header.format.dataOffset)
        guard entry.offset <= next.offset, next.offset <= data,
            next.offset - entry.offset <= BreachedFormat.maximumBucketBytes
        else { throw BreachedPasswordsFailure(damaged: path) }
        let length = Int(next.offset - entry.offset)
        if length == 0 { return nil }
        let content = try Self.read(
            descriptor, path, at: header.format.dataOffset + Int(entry.offset), count: length)
        guard content.crc32() == entry.checksum,
            let bucket = BreachedFormat.Bucket(content, remainderBits: header.format.remainderBits)
        else {
            throw BreachedPasswordsFailure(damaged: path)
        }
        return bucket
    }

    private func indexChecksum() throws(BreachedPasswordsFailure) -> UInt32 {
        var checksum: UInt32 = 0
        var offset = BreachedFormat.headerBytes
        while offset < header.format.dataOffset {
            let count = min(1 << 20, header.format.dataOffset - offset)
            checksum = try Self.read(descriptor, path, at: offset, count: count).crc32(after: checksum)
            offset += count
        }
        return checksum
    }

    private static func read(
        _ descriptor: Int32, _ path: String, at offset: Int, count: Int
    ) throws(BreachedPasswordsFailure) -> [UInt8] {
        var failure: BreachedPasswordsFailure?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
            done = 0
            while done < count {
                let step = pread(descriptor, buffer.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
                if step < 0, errno == EINTR { continue }
                if step < 0 { failure = BreachedPasswordsFailure("cannot be read", path) }
                guard step > 0 else { return }
                done += step
            }
        }
        if let failure { throw failure }
        guard bytes.count == count else { throw BreachedPasswordsFailure(damaged: path) }
        return bytes
    }
}

/// Something is wrong with a list of breached passwords, or with what one is made from; the sentence says what to do.
public struct BreachedPasswordsFailure: Error, Hashable, CustomStringConvertible {
    /// What is wrong, and what to do.
    public let description: String

    init(description: String) { self.description = description }

    /// A system call failed.
    init(_ what: String, _ path: String) {
        self.init(description: "The list of breached passwords \(path) \(what): \(String(cString: strerror(errno))).")
    }

    init(damaged path: String) {
        self.init(
            description: "The list of breached passwords \(path) is damaged. Make it again with: rind passwords import")
    }
}
