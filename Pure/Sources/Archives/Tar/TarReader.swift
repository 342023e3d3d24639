/// The members of a tar archive one after the other, in one pass.
///
/// Understands ustar, GNU's long names and pax headers. A member's content is skipped or, on request, read as a
/// whole up to a limit; nothing else is ever held in memory.
final class TarReader {
    private let stream: GzipStream
    private let limits: ArchiveLimits
    private var part: UnsafeRawBufferPointer.SubSequence
    private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: TarHeader.length, alignment: 16)
    private var headers = 0
    /// Bytes of the last member and its padding that have not been read.
    private var unread: Int64 = 0
    private var last: TarMember?
    private var ownPassedOver: PassedOver

    init(
        _ source: any ByteSource, limits: ArchiveLimits, leniency: Leniency, isCancelled: @escaping () -> Bool
    ) throws(InspectionFailure) {
        stream = try GzipStream(source, limits: limits, leniency: leniency, isCancelled: isCancelled)
        self.limits = limits
        ownPassedOver = PassedOver(leniency)
        part = UnsafeRawBufferPointer(start: nil, count: 0)[...]
    }

    deinit { block.deallocate() }

    /// Bytes unpacked so far.
    var unpackedSize: Int64 { stream.unpacked }

    /// What was passed over so far.
    var flaws: [InvalidArchive] { stream.passedOver.flaws + ownPassedOver.flaws }

    /// The next member; nil at the end, when everything up to the last byte of the file was sound.
    func next() throws(InspectionFailure) -> TarMember? {
        var long = LongFields()
        while let header = try nextHeader() {
            unread = (header.size + 511) / 512 * 512
            switch header.type {
            case UInt8(ascii: "x"), UInt8(ascii: "X"):
                guard long.isEmpty, let pax = PaxRecords(try readHeaderContent(header)) else {
                    throw .tar(long.isEmpty ? .paxRecord : .strayHeader)
                }
                if let key = pax.doubtfulKey { try ownPassedOver.pass(.tar(.paxKey(key))) }
                long = LongFields(pax: pax)
            case UInt8(ascii: "g"):
                guard let pax = PaxRecords(try readHeaderContent(header)) else { throw .tar(.paxRecord) }
                if let key = pax.doubtfulKey { try ownPassedOver.pass(.tar(.paxKey(key))) }
                guard long.isEmpty else { throw .tar(.strayHeader) }
                guard pax.path == nil, pax.linkTarget == nil, pax.size == nil, !pax.isSparse else {
                    throw .tar(.globalPath)
                }
            case UInt8(ascii: "L"):
                guard long.path == nil, long.pax == nil else { throw .tar(.strayHeader) }
                long.path = TarHeader.text(try readHeaderContent(header))
            case UInt8(ascii: "K"):
                guard long.linkTarget == nil, long.pax == nil else { throw .tar(.strayHeader) }
                long.linkTarget = TarHeader.text(try readHeaderContent(header))
            default:
                let member = try member(header, long)
                last = member
                return member
            }
        }
        guard long.isEmpty else { throw .tar(.strayHeader) }
        return nil
    }

    /// The content of the member that `next` gave last.
    func content(of member: TarMember, limit: Int) throws(InspectionFailure) -> [UInt8] {
        guard member.size <= limit else { throw .limit(.extractedBytes(member: member.path, limit: limit)) }
        return try read(Int(member.size))
    }

    /// The content of the member that `next` gave last, part by part.
    func pieces(
        of member: TarMember, _ consume: (UnsafeRawBufferPointer) throws(InspectionFailure) -> Void
    ) throws(InspectionFailure) {
        var rest = member.size
        while rest > 0 {
            guard try fillPart() else { throw .tar(.cut) }
            let taken = part.prefix(Int(min(rest, Int64(part.count))))
            try consume(.init(rebasing: taken))
            part = part.dropFirst(taken.count)
            unread -= Int64(taken.count)
            rest -= Int64(taken.count)
        }
    }

    /// The first bytes of the content of the member that `next` gave last; at most as many as it has.
    func start(of member: TarMember, count: Int) throws(InspectionFailure) -> [UInt8] {
        try read(min(count, Int(member.size)))
    }

    /// What precedes a header and belongs to it.
    private struct LongFields {
        var path: [UInt8]?
        var linkTarget: [UInt8]?
        var pax: PaxRecords?

        init() {}
        init(pax: PaxRecords) { (path, linkTarget, self.pax) = (pax.path, pax.linkTarget, pax) }
        var isEmpty: Bool { path == nil && linkTarget == nil && pax == nil }
    }

    private func member(_ header: TarHeader, _ long: LongFields) throws(InspectionFailure) -> TarMember {
        let name = try MemberName(parsing: long.path ?? header.name, emptyParts: .dropped, limits: limits)
        let path = name.path
        guard !header.hasForeignPrefix else { throw .tar(.headerPrefix(member: path)) }
        guard long.pax?.isSparse != true, header.type != UInt8(ascii: "S") else { throw .tar(.sparse(member: path)) }
        // They differ only for sizes that do not fit the header's field, and those are beyond all limits.
        guard long.pax?.size.map({ $0 == header.size }) ?? true else { throw .tar(.paxSize(member: path)) }

        let kind: TarMember.Kind
        switch header.type {
        case 0 where name.hasTrailingSlash: kind = .directory
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): kind = .file
        case UInt8(ascii: "1"): kind = .hardLink(target: try target(header, long, path))
        case UInt8(ascii: "2"): kind = .symbolicLink(target: try target(header, long, path))
        case UInt8(ascii: "5"): kind = .directory
        default: throw .tar(.special(member: path))
        }
        // Readers differ in whether they skip content where none belongs.
        guard kind == .file ? !name.hasTrailingSlash && !path.isEmpty : header.size == 0 else {
            throw .tar(.directoryMember(member: path))
        }
        return TarMember(path: path, kind: kind, size: header.size)
    }

    private func target(_ header: TarHeader, _ long: LongFields, _ path: String) throws(InspectionFailure) -> String {
        let bytes = long.linkTarget ?? header.linkTarget
        guard bytes.count <= limits.nameBytes, let target = String(validating: bytes, as: UTF8.self) else {
            throw .tar(.linkTarget(member: path, target: String(decoding: bytes.prefix(64), as: UTF8.self)))
        }
        return target
    }

    private func readHeaderContent(_ header: TarHeader) throws(InspectionFailure) -> [UInt8] {
        guard header.size <= limits.headerBytes else { throw .limit(.headerBytes(limit: limits.headerBytes)) }
        return try read(Int(header.size))
    }

    /// Skips to the next header; nil at the end marker, one zero block with nothing but zeros behind it.
    private func nextHeader() throws(InspectionFailure) -> TarHeader? {
        try skip()
        guard try fillPart() else {
            try ownPassedOver.pass(.tar(.noEndMarker))
            return nil
        }
        try readBlock()
        guard block.contains(where: { $0 != 0 }) else {
            while try fillPart() {
                if !part.allSatisfy({ $0 == 0 }) { try ownPassedOver.pass(.tar(.afterEndMarker)) }
                part = part.suffix(0)
            }
            return nil
        }
        headers += 1
        guard headers <= limits.members else { throw .limit(.members(limit: limits.members)) }
        do {
            return try TarHeader(.init(block))
        } catch {
            switch error {
            case .checksum: throw .tar(.headerChecksum(after: last?.path))
            case .number: throw .tar(.headerNumber(after: last?.path))
            }
        }
    }

    /// False at the end of the file.
    private func fillPart() throws(InspectionFailure) -> Bool {
        if part.isEmpty, let next = try stream.next() { part = next[...] }
        return !part.isEmpty
    }

    private func readBlock() throws(InspectionFailure) {
        var filled = 0
        while filled < block.count {
            guard try fillPart() else { throw .tar(.cut) }
            let taken = part.prefix(block.count - filled)
            UnsafeMutableRawBufferPointer(rebasing: block[filled...]).copyBytes(from: taken)
            part = part.dropFirst(taken.count)
            filled += taken.count
        }
    }

    /// Part of the content of the member or header that was read last.
    private func read(_ count: Int) throws(InspectionFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            guard try fillPart() else { throw .tar(.cut) }
            let taken = part.prefix(count - bytes.count)
            bytes.append(contentsOf: taken)
            part = part.dropFirst(taken.count)
        }
        unread -= Int64(count)
        return bytes
    }

    private func skip() throws(InspectionFailure) {
        while unread > 0 {
            guard try fillPart() else { throw .tar(.cut) }
            let count = min(unread, Int64(part.count))
            part = part.dropFirst(Int(count))
            unread -= count
        }
    }
}
