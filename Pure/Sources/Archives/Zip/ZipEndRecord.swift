/// Where the central directory is, as the end of the file says.
struct ZipEndRecord {
    let memberCount: UInt64
    let directoryOffset: Int64
    let directorySize: Int64

    private static let length = 22
    private static let zip64Length = 56
    private static let locatorLength = 20

    /// Reads the end of central directory record (4.3.16) and, where there are any, the ZIP64 ones before it.
    init(of source: any ByteSource, _ window: SourceWindow) throws(InspectionFailure) {
        let position = try Self.position(in: source)
        guard let bytes = try window.bytes(at: position, Self.length) else { throw .zip(.noEndRecord) }
        let record = LittleEndian(bytes: bytes)
        let (disk, directoryDisk) = (record.uint16(4), record.uint16(6))
        let (countHere, count) = (record.uint16(8), record.uint16(10))
        let (size, offset) = (record.uint32(12), record.uint32(16))

        let zip64 = try Self.zip64(before: position, window)
        let end: Int64
        if let zip64 {
            // Each field is the same in both records or gives way to the other (4.4.1.4).
            guard
                [0, .max].contains(disk), [0, .max].contains(directoryDisk),
                countHere == .max || UInt64(countHere) == zip64.count,
                count == .max || UInt64(count) == zip64.count,
                size == .max || UInt64(size) == zip64.size,
                offset == .max || UInt64(offset) == zip64.offset
            else { throw .zip(.zip64EndRecord) }
            end = position - Int64(Self.locatorLength + Self.zip64Length)
        } else {
            guard disk == 0, directoryDisk == 0, countHere == count else { throw .zip(.severalDisks) }
            guard count != .max, size != .max, offset != .max else { throw .zip(.zip64EndRecord) }
            end = position
        }

        memberCount = zip64?.count ?? UInt64(count)
        guard
            let size = Int64(exactly: zip64?.size ?? UInt64(size)),
            let offset = Int64(exactly: zip64?.offset ?? UInt64(offset)),
            // Exactly between the members and the end records: nothing before, between or after.
            size <= end, offset == end - size
        else { throw .zip(.directoryExtent) }
        (directoryOffset, directorySize) = (offset, size)
    }

    /// The last place that a record with a comment up to the end of the file can be.
    ///
    /// Readers differ in how they look for this record when there is a comment. They agree if nothing behind it
    /// looks like a record, so that is required. What lies before it is not searched: data may look like anything.
    private static func position(in source: any ByteSource) throws(InspectionFailure) -> Int64 {
        let length = Int(min(source.size, Int64(Self.length + Int(UInt16.max))))
        guard length >= Self.length else { throw .zip(.noEndRecord) }
        let tail = UnsafeMutableRawBufferPointer.allocate(byteCount: length, alignment: 16)
        defer { tail.deallocate() }
        try source.fill(tail, from: source.size - Int64(length))

        let record = LittleEndian(bytes: .init(tail))
        for start in stride(from: length - Self.length, through: 0, by: -1)
        where tail[start] == UInt8(ascii: "P") && record.uint32(start) == 0x0605_4B50 {
            guard Int(record.uint16(start + 20)) == length - start - Self.length else { throw .zip(.noEndRecord) }
            let comment = tail[(start + Self.length)...]
            for (index, byte) in zip(comment.indices, comment).dropLast(2)
            where byte == UInt8(ascii: "P") && comment[index + 1] == UInt8(ascii: "K") && comment[index + 2] < 0x20 {
                throw .zip(.commentLooksLikeRecord)
            }
            return source.size - Int64(length - start)
        }
        throw .zip(.noEndRecord)
    }

    private struct Zip64 { let count, size, offset: UInt64 }

    /// The ZIP64 record (4.3.14), if there is a locator (4.3.15) in front of the end record. It must be right before
    /// the locator, in version 1 and without extensible data.
    private static func zip64(before end: Int64, _ window: SourceWindow) throws(InspectionFailure) -> Zip64? {
        let locatorOffset = end - Int64(locatorLength)
        guard let bytes = try window.bytes(at: locatorOffset, locatorLength) else { return nil }
        let locator = LittleEndian(bytes: bytes)
        guard locator.uint32(0) == 0x0706_4B50 else { return nil }
        let recordOffset = locatorOffset - Int64(zip64Length)
        guard locator.uint32(4) == 0, locator.uint32(16) <= 1 else { throw .zip(.severalDisks) }
        guard
            recordOffset >= 0, locator.uint64(8) == UInt64(recordOffset),
            let bytes = try window.bytes(at: recordOffset, zip64Length)
        else { throw .zip(.zip64EndRecord) }

        let record = LittleEndian(bytes: bytes)
        guard record.uint32(0) == 0x0606_4B50, record.uint64(4) == UInt64(zip64Length - 12) else {
            throw .zip(.zip64EndRecord)
        }
        guard record.uint32(16) == 0, record.uint32(20) == 0, record.uint64(24) == record.uint64(32) else {
            throw .zip(.severalDisks)
        }
        return Zip64(count: record.uint64(32), size: record.uint64(40), offset: record.uint64(48))
    }
}
