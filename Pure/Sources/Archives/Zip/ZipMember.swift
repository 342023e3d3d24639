/// A member whose local header and data descriptor agree with the central directory.
struct ZipMember {
    let entry: ZipEntry
    let dataOffset: Int64

    private static let headerLength = 30

    /// Checks the local header (4.3.7) and the data descriptor (4.3.9); `next` is where the next record begins, and
    /// the member must end there.
    init(_ entry: ZipEntry, next: Int64, isLast: Bool, _ window: SourceWindow) throws(InspectionFailure) {
        let member = entry.path
        guard let fixed = try window.bytes(at: entry.headerOffset, Self.headerLength) else {
            throw .zip(.localHeader(member: member))
        }
        var record = LittleEndian(bytes: fixed)
        guard record.uint32(0) == 0x0403_4B50 else { throw .zip(.localHeader(member: member)) }
        let (nameLength, extraLength) = (Int(record.uint16(26)), Int(record.uint16(28)))
        let length = Self.headerLength + nameLength + extraLength
        guard let header = try window.bytes(at: entry.headerOffset, length) else {
            throw .zip(.localHeader(member: member))
        }
        record = LittleEndian(bytes: header)
        let name = UnsafeRawBufferPointer(rebasing: header[Self.headerLength...].prefix(nameLength))
        let extra = ZipExtra(UnsafeRawBufferPointer(rebasing: header[(Self.headerLength + nameLength)...]))
        try Self.check(record, name, extra, against: entry)

        dataOffset = entry.headerOffset + Int64(length)
        self.entry = entry
        let (dataEnd, overflow) = dataOffset.addingReportingOverflow(entry.compressedSize)
        guard !overflow, dataEnd <= next else { throw .zip(.overlap(member: member)) }
        if entry.flags.contains(.dataDescriptor) {
            try checkDescriptor(at: dataEnd, upTo: next, window)
        } else {
            guard dataEnd == next else { throw isLast ? .zip(.gapBeforeDirectory) : .zip(.gap(before: member)) }
        }
    }

    private static func check(
        _ record: LittleEndian, _ name: UnsafeRawBufferPointer, _ extra: ZipExtra?, against entry: ZipEntry
    ) throws(InspectionFailure) {
        let member = entry.path
        func differs(_ field: ZipFlaw.LocalField) -> InspectionFailure { .zip(.disagreement(member: member, field)) }
        let relevant: ZipEntry.Flags = [.encrypted, .dataDescriptor, .patch, .strongEncryption, .utf8, .maskedHeader]
        let flags = ZipEntry.Flags(rawValue: record.uint16(6))
        guard name.elementsEqual(entry.writtenName.utf8) else { throw differs(.name) }
        guard flags.intersection(relevant) == entry.flags.intersection(relevant) else { throw differs(.flags) }
        guard record.uint16(8) == entry.method.rawValue else { throw differs(.method) }

        let (crc, narrowCompressed, narrowSize) = (record.uint32(14), record.uint32(18), record.uint32(22))
        guard
            let extra, extra.agrees(withName: name),
            let (size, compressedSize, _) = extra.widen(
                size: narrowSize, compressedSize: narrowCompressed, offset: nil)
        else { throw .zip(.extraField(member: member)) }
        // With a data descriptor these may be zero here, because the writer did not know them yet.
        let mayBeZero = entry.flags.contains(.dataDescriptor)
        guard crc == entry.crc || mayBeZero && crc == 0 else { throw differs(.checksum) }
        guard compressedSize == entry.compressedSize || mayBeZero && compressedSize == 0 else {
            throw differs(.compressedSize)
        }
        guard size == entry.size || mayBeZero && size == 0 else { throw differs(.size) }
        // Then a reader that streams cannot tell where stored data ends.
        guard entry.method == .deflated || compressedSize == entry.compressedSize else {
            throw .zip(.dataDescriptor(member: member))
        }
    }

    /// A data descriptor with or without signature, with sizes of four or eight bytes: its length is what is left.
    private func checkDescriptor(
        at start: Int64, upTo next: Int64, _ window: SourceWindow
    ) throws(InspectionFailure) {
        let length = next - start
        guard [12, 16, 20, 24].contains(length), let bytes = try window.bytes(at: start, Int(length)) else {
            throw .zip(.dataDescriptor(member: entry.path))
        }
        let record = LittleEndian(bytes: bytes)
        let hasSignature = length == 16 || length == 24
        let first = hasSignature ? 4 : 0
        let isWide = length >= 20
        let compressedSize = isWide ? record.uint64(first + 4) : UInt64(record.uint32(first + 4))
        let size = isWide ? record.uint64(first + 12) : UInt64(record.uint32(first + 8))
        guard
            !hasSignature || record.uint32(0) == 0x0807_4B50, record.uint32(first) == entry.crc,
            compressedSize == UInt64(entry.compressedSize), size == UInt64(entry.size)
        else { throw .zip(.dataDescriptor(member: entry.path)) }
    }
}
