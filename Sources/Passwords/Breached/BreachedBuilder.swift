import Foundation

extension BreachedPasswords {
    /// What was made.
    public struct Summary: Sendable, Hashable, Encodable {
        /// Passwords in the list.
        public var passwords: UInt64 = 0
        /// Passwords that had been seen too rarely.
        public var leftOut: UInt64 = 0
        /// Of the ranges that the hashes fall into, each of which should have some hundred, those without a password.
        /// The whole published list has none.
        public var emptyRanges = 0
        /// Bytes of the file.
        public var bytes: Int64 = 0
    }

    /// Makes a compact list from published ones, in one pass and some 60 MB of memory, whatever they hold.
    ///
    /// The file appears, or replaces another, only when it is complete, on disk, and has been read again. A crash
    /// leaves `….partial` behind, which the next time overwrites.
    ///
    /// - Parameters:
    ///   - sources: files or folders of ranges, see `HashList`, or `-` for standard input; together in the order of the
    ///     hashes.
    ///   - path: the file to make.
    ///   - minimumCount: leave out passwords that were seen less often.
    ///   - progress: how many bytes of the sources are behind it, of how many; 0 when that is not known.
    /// - Throws: `BreachedPasswordsFailure`.
    @discardableResult
    public static func build(
        from sources: [String], to path: String, minimumCount: UInt64 = 1,
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws -> Summary {
        let list = try HashList(sources)
        let partial = "\(path).partial"
        let writer = try BreachedWriter(path: partial, format: BreachedFormat(forListOf: list.bytes))
        defer { unlink(partial) }
        var summary = Summary()
        var last: UInt64 = 0
        try list.read { hash, count throws(BreachedPasswordsFailure) in
            guard hash >= last else {
                throw BreachedPasswordsFailure(
                    description: "The hashes are not in their order. Take the list that is ordered by hash, or sort it "
                        + "with: LC_ALL=C sort")
            }
            last = hash
            // Ranges are filled up with hashes of count 0 where that was asked for.
            guard count >= max(1, minimumCount) else { return summary.leftOut += 1 }
            try writer.append(Fingerprint(hash))
        } progress: { done in
            progress(done, list.bytes)
        }
        summary.bytes = try writer.finish(minimumCount: minimumCount)
        (summary.passwords, summary.emptyRanges) = (writer.count, writer.emptyBuckets)
        guard writer.count > 0 else {
            throw BreachedPasswordsFailure(
                description: "There is no password to take in \(sources.joined(separator: ", ")). "
                    + "Check the files and --minimum-count.")
        }
        try BreachedPasswords(file: partial).verify()
        guard rename(partial, path) == 0 else { throw BreachedPasswordsFailure("cannot be put in place", path) }
        try syncFolder(of: path)
        return summary
    }

    private static func syncFolder(of path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent().path
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw BreachedPasswordsFailure("cannot be put in place", path) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw BreachedPasswordsFailure("cannot be put in place", path) }
    }
}

/// Writes the file of a list, bucket after bucket. Belongs to one task.
private final class BreachedWriter {
    private let path: String
    private let format: BreachedFormat
    private let descriptor: Int32
    private var entries: [BreachedFormat.Entry] = []
    private var remainders: [UInt64] = []
    private var pending: [UInt8] = []
    private var dataBytes: UInt64 = 0
    private(set) var count: UInt64 = 0
    private(set) var emptyBuckets = 0

    init(path: String, format: BreachedFormat) throws(BreachedPasswordsFailure) {
        self.path = path
        self.format = format
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw BreachedPasswordsFailure("cannot be written", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw BreachedPasswordsFailure(
                description: "Another import is writing \(path). Wait for it, and start again.")
        }
        // The header and the index come last: until then the file is not a list.
        guard ftruncate(descriptor, 0) == 0, lseek(descriptor, off_t(format.dataOffset), SEEK_SET) >= 0 else {
            close(descriptor)
            throw BreachedPasswordsFailure("cannot be written", path)
        }
        entries.reserveCapacity(format.bucketCount + 1)
    }

    deinit { close(descriptor) }

    func append(_ fingerprint: Fingerprint) throws(BreachedPasswordsFailure) {
        while entries.count < format.bucket(of: fingerprint) { try endBucket() }
        let remainder = format.remainder(of: fingerprint)
        guard remainders.last != remainder else { return }
        remainders.append(remainder)
    }

    private func endBucket() throws(BreachedPasswordsFailure) {
        let bytes = BreachedFormat.Bucket.bytes(of: remainders, remainderBits: format.remainderBits)
        guard bytes.count <= BreachedFormat.maximumBucketBytes else {
            throw BreachedPasswordsFailure(description: "This is no list of SHA-1 hashes: they are not spread evenly.")
        }
        entries.append(BreachedFormat.Entry(offset: dataBytes, checksum: bytes.crc32()))
        count += UInt64(remainders.count)
        if remainders.isEmpty { emptyBuckets += 1 }
        remainders.removeAll(keepingCapacity: true)
        dataBytes += UInt64(bytes.count)
        pending += bytes
        if pending.count >= 1 << 20 { try flush() }
    }

    private func flush() throws(BreachedPasswordsFailure) {
        try write(pending)
        pending.removeAll(keepingCapacity: true)
    }

    private func write(_ bytes: [UInt8]) throws(BreachedPasswordsFailure) {
        var done = 0
        while done < bytes.count {
            let step = bytes.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress.map { $0 + done }, bytes.count - done)
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else { throw BreachedPasswordsFailure("cannot be written", path) }
            done += step
        }
    }

    /// Completes the file, and returns its length once it is on disk.
    func finish(minimumCount: UInt64) throws(BreachedPasswordsFailure) -> Int64 {
        while entries.count < format.bucketCount { try endBucket() }
        try flush()
        entries.append(BreachedFormat.Entry(offset: dataBytes, checksum: 0))
        var index: [UInt8] = []
        index.reserveCapacity(entries.count * BreachedFormat.entryBytes)
        for entry in entries { index += entry.bytes }
        let fileBytes = Int64(format.dataOffset) + Int64(dataBytes)
        let header = BreachedFormat.Header(
            count: count, minimumCount: minimumCount, fileBytes: fileBytes, indexChecksum: index.crc32(),
            format: format)
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw BreachedPasswordsFailure("cannot be written", path) }
        try write(header.bytes + index)
        guard fsync(descriptor) == 0 else { throw BreachedPasswordsFailure("cannot be written", path) }
        return fileBytes
    }
}
