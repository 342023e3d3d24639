/// One member, as the central directory has it.
struct ZipEntry {
    /// The path, without a slash at the end.
    let path: String
    let isDirectory: Bool
    let flags: Flags
    let method: Method
    let crc: UInt32
    let compressedSize: Int64
    let size: Int64
    let headerOffset: Int64

    enum Method: UInt16 { case stored = 0, deflated = 8 }

    /// General purpose bits (4.4.4) that matter. Bits 1 and 2 tell how hard the compressor tried.
    struct Flags: OptionSet {
        let rawValue: UInt16
        static let encrypted = Flags(rawValue: 1 << 0)
        static let dataDescriptor = Flags(rawValue: 1 << 3)
        static let patch = Flags(rawValue: 1 << 5)
        static let strongEncryption = Flags(rawValue: 1 << 6)
        static let utf8 = Flags(rawValue: 1 << 11)
        static let maskedHeader = Flags(rawValue: 1 << 13)
    }

    /// The name as both headers write it.
    var writtenName: String { isDirectory ? path + "/" : path }
}

extension ZipEntry {
    static let fixedLength = 46

    /// Reads the record of the central directory (4.3.12) that `bytes` hold.
    init(_ bytes: UnsafeRawBufferPointer, limits: ArchiveLimits) throws(InspectionFailure) {
        let record = LittleEndian(bytes: bytes)
        let (nameLength, extraLength) = (Int(record.uint16(28)), Int(record.uint16(30)))
        let nameBytes = UnsafeRawBufferPointer(rebasing: bytes[Self.fixedLength...].prefix(nameLength))
        let extraBytes = UnsafeRawBufferPointer(rebasing: bytes[(Self.fixedLength + nameLength)...].prefix(extraLength))

        flags = Flags(rawValue: record.uint16(8))
        let name = try MemberName(parsing: nameBytes, emptyParts: .refused, limits: limits)
        path = name.path
        isDirectory = name.hasTrailingSlash
        guard flags.contains(.utf8) || nameBytes.allSatisfy({ $0 < 0x80 }) else { throw .name(path, .encoding) }

        guard flags.isDisjoint(with: [.encrypted, .strongEncryption]) else { throw .zip(.encrypted(member: path)) }
        guard flags.isDisjoint(with: [.patch, .maskedHeader]) else { throw .zip(.feature(member: path)) }
        guard let method = Method(rawValue: record.uint16(10)) else {
            throw .zip(.method(member: path, record.uint16(10)))
        }
        self.method = method
        crc = record.uint32(16)
        guard record.uint16(32) == 0 else { throw .zip(.memberComment(member: path)) }
        guard record.uint16(34) == 0 else { throw .zip(.severalDisks) }

        guard
            let extra = ZipExtra(extraBytes), extra.agrees(withName: nameBytes),
            let (size, compressedSize, headerOffset) = extra.widen(
                size: record.uint32(24), compressedSize: record.uint32(20), offset: record.uint32(42))
        else { throw .zip(.extraField(member: path)) }
        (self.size, self.compressedSize, self.headerOffset) = (size, compressedSize, headerOffset)
        guard method == .deflated || size == compressedSize else { throw .zip(.unpackedSize(member: path)) }

        try checkKind(unixMode: UInt16(record.uint32(38) >> 16))
    }

    /// The upper half of the external attributes is a Unix mode; installers read it whatever system is said to have
    /// made the archive, and so do we.
    private func checkKind(unixMode: UInt16) throws(InspectionFailure) {
        switch unixMode & 0o170000 {
        case 0: break
        case 0o100000: guard !isDirectory else { throw .zip(.directoryMember(member: path)) }
        case 0o040000: guard isDirectory else { throw .zip(.directoryMember(member: path)) }
        default: throw .zip(.special(member: path))
        }
        guard !isDirectory || size == 0 else { throw .zip(.directoryMember(member: path)) }
    }
}
