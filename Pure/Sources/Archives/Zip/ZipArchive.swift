/// The members of a ZIP file whose every byte is accounted for.
///
/// Read by its records: end record, central directory, local headers; data is never searched for signatures. The
/// members in the order of their offsets, each with local header, data and data descriptor, then the central
/// directory, then the end record fill the file from its first byte to its last. So a reader that streams and a
/// reader that starts at the central directory see the same members. This is what PyPI has asked of wheels since
/// 2025, with these differences: a data descriptor is allowed where it is unambiguous (PyPI allows none), and extra
/// fields that contradict the headers, links and names that differ only in normalization are refused (PyPI lets them
/// pass).
struct ZipArchive {
    /// In the order of their offsets.
    let members: [ZipMember]
    let names: MemberNames

    private let source: any ByteSource
    private let inflater: Inflater
    private let isCancelled: () -> Bool

    /// Reads and checks all records. The members' data is checked by `read`.
    init(
        _ source: any ByteSource, limits: ArchiveLimits, isCancelled: @escaping () -> Bool
    ) throws(InspectionFailure) {
        self.source = source
        self.isCancelled = isCancelled
        inflater = Inflater(.raw)

        // The largest record has three parts of 65,535 bytes.
        let window = SourceWindow(source, capacity: 256 << 10, readAhead: 128 << 10)
        let end = try ZipEndRecord(of: source, window)
        guard end.memberCount <= UInt64(limits.members) else { throw .limit(.members(limit: limits.members)) }
        guard end.directorySize <= limits.directoryBytes else {
            throw .limit(.directoryBytes(limit: limits.directoryBytes))
        }
        let directory = try ZipDirectory(end, window, limits: limits, isCancelled)
        try limits.check(unpacked: directory.unpackedSize, packed: source.size)
        members = try Self.locate(directory.entries, in: source, upTo: end.directoryOffset, isCancelled)
        names = directory.names
    }

    /// Finds the data of every member, and that nothing lies between them.
    private static func locate(
        _ entries: [ZipEntry], in source: any ByteSource, upTo end: Int64, _ isCancelled: () -> Bool
    ) throws(InspectionFailure) -> [ZipMember] {
        let window = SourceWindow(source, capacity: 256 << 10, readAhead: 512)
        var members: [ZipMember] = []
        members.reserveCapacity(entries.count)
        var position: Int64 = 0
        for (index, entry) in entries.enumerated() {
            if index % 256 == 0, isCancelled() { throw .cancelled }
            guard entry.headerOffset >= position else { throw .zip(.overlap(member: entry.path)) }
            guard entry.headerOffset == position else { throw .zip(.gap(before: entry.path)) }
            let next = index + 1 < entries.count ? entries[index + 1].headerOffset : end
            members.append(try ZipMember(entry, next: next, isLast: index + 1 == entries.count, window))
            position = next
        }
        guard position == end else { throw .zip(.gapBeforeDirectory) }
        return members
    }

    /// Gives the member's bytes to `consume`, part by part, each valid during the call; at the end size and CRC-32
    /// are right. Memory does not depend on the size.
    func read(
        _ member: ZipMember, _ consume: (UnsafeRawBufferPointer) throws(InspectionFailure) -> Void
    ) throws(InspectionFailure) {
        let entry = member.entry
        var crc: UInt32 = 0
        var size: Int64 = 0
        func pass(_ bytes: UnsafeRawBufferPointer) throws(InspectionFailure) {
            size += Int64(bytes.count)
            guard size <= entry.size else { throw .zip(.unpackedSize(member: entry.path)) }
            crc = crc32(crc, bytes)
            try consume(bytes)
        }
        switch entry.method {
        case .stored: try readStored(member, pass)
        case .deflated: try readDeflated(member, pass)
        }
        guard size == entry.size else { throw .zip(.unpackedSize(member: entry.path)) }
        guard crc == entry.crc else { throw .zip(.checksum(member: entry.path)) }
    }

    private func readStored(
        _ member: ZipMember, _ pass: (UnsafeRawBufferPointer) throws(InspectionFailure) -> Void
    ) throws(InspectionFailure) {
        var done: Int64 = 0
        while done < member.entry.compressedSize {
            if isCancelled() { throw .cancelled }
            let count = min(member.entry.compressedSize - done, Int64(inflater.output.count))
            let part = UnsafeMutableRawBufferPointer(rebasing: inflater.output[..<Int(count)])
            try source.fill(part, from: member.dataOffset + done)
            try pass(.init(part))
            done += count
        }
    }

    private func readDeflated(
        _ member: ZipMember, _ pass: (UnsafeRawBufferPointer) throws(InspectionFailure) -> Void
    ) throws(InspectionFailure) {
        inflater.reset()
        var fed: Int64 = 0
        while true {
            if isCancelled() { throw .cancelled }
            let rest = member.entry.compressedSize - fed
            if inflater.unused == 0, rest > 0 {
                let count = Int(min(rest, Int64(inflater.input.count)))
                try source.fill(.init(rebasing: inflater.input[..<count]), from: member.dataOffset + fed)
                inflater.feed(count)
                fed += Int64(count)
            }
            let step: Inflater.Step
            do { step = try inflater.step() } catch { throw .zip(.data(member: member.entry.path)) }
            try pass(step.bytes)
            if step.isEnd { break }
            guard !step.bytes.isEmpty || fed < member.entry.compressedSize else {
                throw .zip(.data(member: member.entry.path))
            }
        }
        guard fed == member.entry.compressedSize, inflater.unused == 0 else {
            throw .zip(.data(member: member.entry.path))
        }
    }
}

/// The records of the central directory (4.3.12).
private struct ZipDirectory {
    /// In the order of their offsets.
    let entries: [ZipEntry]
    let names: MemberNames
    let unpackedSize: Int64

    init(
        _ end: ZipEndRecord, _ window: SourceWindow, limits: ArchiveLimits, _ isCancelled: () -> Bool
    ) throws(InspectionFailure) {
        var entries: [ZipEntry] = []
        var names = MemberNames(limits: limits)
        var unpackedSize: Int64 = 0
        var position = end.directoryOffset
        let directoryEnd = end.directoryOffset + end.directorySize
        while position < directoryEnd {
            if entries.count % 256 == 0, isCancelled() { throw .cancelled }
            guard UInt64(entries.count) < end.memberCount else { throw .zip(.memberCount(declared: end.memberCount)) }
            guard
                let bytes = try Self.record(at: position, directoryEnd, window)
            else { throw .zip(.directoryRecord(index: entries.count)) }
            let entry = try ZipEntry(bytes, limits: limits)
            if entry.isDirectory {
                try names.insertDirectory(entry.path, repeatable: false)
            } else {
                try names.insertFile(entry.path)
            }
            let (sum, overflow) = unpackedSize.addingReportingOverflow(entry.size)
            unpackedSize = overflow ? .max : sum
            entries.append(entry)
            position += Int64(bytes.count)
        }
        guard UInt64(entries.count) == end.memberCount else { throw .zip(.memberCount(declared: end.memberCount)) }
        self.entries = entries.sorted { $0.headerOffset < $1.headerOffset }
        self.names = names
        self.unpackedSize = unpackedSize
    }

    private static func record(
        at position: Int64, _ end: Int64, _ window: SourceWindow
    ) throws(InspectionFailure) -> UnsafeRawBufferPointer? {
        guard
            position + Int64(ZipEntry.fixedLength) <= end,
            let fixed = try window.bytes(at: position, ZipEntry.fixedLength)
        else { return nil }
        let record = LittleEndian(bytes: fixed)
        guard record.uint32(0) == 0x0201_4B50 else { return nil }
        let length = ZipEntry.fixedLength + [28, 30, 32].reduce(0) { $0 + Int(record.uint16($1)) }
        guard position + Int64(length) <= end else { return nil }
        return try window.bytes(at: position, length)
    }
}
