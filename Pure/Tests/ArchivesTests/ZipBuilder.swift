import CZlib

/// Writes ZIP files out of records whose every field can be made to lie.
struct ZipBuilder {
    struct Member {
        var name: [UInt8]
        var flags: UInt16 = 0
        var method: UInt16
        var crc: UInt32
        var size: UInt32
        var data: [UInt8]
        var madeBy: UInt16 = 3 << 8 | 20
        var attributes: UInt32 = 0o100644 << 16
        var localExtra: [UInt8] = []
        var centralExtra: [UInt8] = []
        var memberComment: [UInt8] = []
        var disk: UInt16 = 0
        var descriptor: [UInt8] = []
        /// Bytes in front of the local header.
        var gap: [UInt8] = []
        /// What the local header says instead of what the central directory says.
        var local = Local()
        /// The compressed size and the offset that the central directory gives instead of the real ones.
        var centralCompressedSize: UInt32?
        var centralOffset: UInt32?
        /// How much further back the member is than it seems here.
        var offsetShift: UInt32 = 0

        struct Local {
            var signature: UInt32 = 0x0403_4B50
            var name: [UInt8]?
            var flags: UInt16?
            var method: UInt16?
            var crc: UInt32?
            var compressedSize: UInt32?
            var size: UInt32?
        }

        init(_ name: String, _ content: [UInt8], deflated: Bool = true) {
            self.name = Array(name.utf8)
            if self.name.contains(where: { $0 >= 0x80 }) { flags = 1 << 11 }
            if self.name.last == UInt8(ascii: "/") { attributes = 0o040755 << 16 | 0x10 }
            method = deflated ? 8 : 0
            crc = UInt32(CZlib.crc32(0, content, UInt32(content.count)))
            size = UInt32(content.count)
            data = deflated ? deflate(content, windowBits: -15) : content
        }

        init(_ name: String, _ content: String, deflated: Bool = true) {
            self.init(name, Array(content.utf8), deflated: deflated)
        }

        /// Moves the sizes behind the data, as a writer to a pipe does.
        mutating func useDescriptor(signature: Bool, wide: Bool) {
            flags |= 1 << 3
            (local.crc, local.compressedSize, local.size) = (0, 0, 0)
            let sizes = [UInt64(data.count), UInt64(size)]
            descriptor = (signature ? little(UInt32(0x0807_4B50)) : []) + little(crc)
            descriptor += sizes.flatMap { wide ? little($0) : little(UInt32($0)) }
        }
    }

    var members: [Member]
    var prefix: [UInt8] = []
    var gapBeforeDirectory: [UInt8] = []
    var gapAfterDirectory: [UInt8] = []
    var comment: [UInt8] = []
    var trailing: [UInt8] = []
    var usesZip64 = false
    /// How much further back the directory is than it seems here.
    var directoryShift: UInt32 = 0
    /// Writes the directory's records from the last to the first.
    var reversesDirectory = false
    var end = End()

    /// What the end records say instead of the truth.
    struct End {
        var signature: UInt32 = 0x0605_4B50
        var disk: UInt16 = 0
        var countHere: UInt16?
        var count: UInt16?
        var size: UInt32?
        var offset: UInt32?
        var commentLength: UInt16?
        var count64: UInt64?
        var size64: UInt64?
        var offset64: UInt64?
        var length64: UInt64 = 44
        var signature64: UInt32 = 0x0606_4B50
        var locatorOffset: UInt64?
        var locatorDisks: UInt32 = 1
    }

    init(_ members: [Member]) { self.members = members }

    func bytes() -> [UInt8] {
        var bytes = prefix
        var offsets: [UInt32] = []
        for member in members {
            bytes += member.gap
            offsets.append(UInt32(bytes.count))
            bytes += local(member)
        }
        bytes += gapBeforeDirectory
        let directoryOffset = UInt64(bytes.count)
        let records = zip(members, offsets).map { central($0, $1) }
        bytes += (reversesDirectory ? records.reversed() : records).joined()
        let directorySize = UInt64(bytes.count) - directoryOffset
        bytes += gapAfterDirectory
        return bytes + endRecords(at: UInt64(bytes.count), directoryOffset, directorySize) + trailing
    }

    private func local(_ member: Member) -> [UInt8] {
        let name = member.local.name ?? member.name
        var bytes = little(member.local.signature) + little(UInt16(20)) + little(member.local.flags ?? member.flags)
        bytes += little(member.local.method ?? member.method) + little(UInt32(0x5821_0000))
        bytes += little(member.local.crc ?? member.crc)
        bytes += little(member.local.compressedSize ?? UInt32(member.data.count))
        bytes += little(member.local.size ?? member.size)
        bytes += little(UInt16(name.count)) + little(UInt16(member.localExtra.count)) + name + member.localExtra
        return bytes + member.data + member.descriptor
    }

    private func central(_ member: Member, _ offset: UInt32) -> [UInt8] {
        var bytes = little(UInt32(0x0201_4B50)) + little(member.madeBy) + little(UInt16(20)) + little(member.flags)
        bytes += little(member.method) + little(UInt32(0x5821_0000)) + little(member.crc)
        bytes += little(member.centralCompressedSize ?? UInt32(member.data.count)) + little(member.size)
        bytes += little(UInt16(member.name.count)) + little(UInt16(member.centralExtra.count))
        bytes += little(UInt16(member.memberComment.count)) + little(member.disk) + little(UInt16(0))
        bytes += little(member.attributes) + little(member.centralOffset ?? offset + member.offsetShift)
        return bytes + member.name + member.centralExtra + member.memberComment
    }

    private func endRecords(at position: UInt64, _ offset: UInt64, _ size: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        let count = UInt64(members.count)
        if usesZip64 {
            bytes += little(end.signature64) + little(end.length64) + little(UInt32(45 << 16 | 45)) + little(UInt64(0))
            bytes += little(end.count64 ?? count) + little(end.count64 ?? count)
            bytes += little(end.size64 ?? size) + little(end.offset64 ?? offset)
            bytes += little(UInt32(0x0706_4B50)) + little(UInt32(0)) + little(end.locatorOffset ?? position)
            bytes += little(end.locatorDisks)
        }
        let narrowCount: UInt16 = usesZip64 ? .max : UInt16(count)
        bytes += little(end.signature) + little(end.disk) + little(UInt16(0))
        bytes += little(end.countHere ?? end.count ?? narrowCount) + little(end.count ?? narrowCount)
        bytes += little(end.size ?? (usesZip64 ? .max : UInt32(size)))
        bytes += little(end.offset ?? (usesZip64 ? .max : UInt32(offset) + directoryShift))
        return bytes + little(end.commentLength ?? UInt16(comment.count)) + comment
    }
}

/// The bytes of an integer, lowest first.
func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    (0..<Value.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}

/// Compressed by zlib: raw for -15, gzip for 31.
func deflate(_ content: [UInt8], windowBits: Int32) -> [UInt8] {
    var stream = z_stream()
    let version = Int32(MemoryLayout<z_stream>.size)
    let started = deflateInit2_(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, version)
    precondition(started == Z_OK)
    defer { deflateEnd(&stream) }
    var content = content
    var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(content.count))) + 32)
    return content.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { buffer in
            stream.next_in = input.baseAddress
            stream.avail_in = UInt32(input.count)
            stream.next_out = buffer.baseAddress
            stream.avail_out = UInt32(buffer.count)
            precondition(CZlib.deflate(&stream, Z_FINISH) == Z_STREAM_END)
            return Array(buffer.prefix(buffer.count - Int(stream.avail_out)))
        }
    }
}
