/// A plain file in a tar archive as `ustar` writes it (POSIX.1-2017, pax, "ustar Interchange Format"): all that a
/// backup is made of.
public struct PlainTarMember: Hashable, Sendable {
    /// ASCII, at most 100 bytes.
    public let name: String
    /// Bytes of its content.
    public let size: Int64

    /// Bytes of a header, and what contents are padded to a multiple of.
    public static let blockLength = TarHeader.length
    /// What follows the last member.
    public static let endLength = 2 * blockLength

    /// A member with a name of at most 100 bytes of ASCII.
    public init(name: String, size: Int64) {
        precondition(name.utf8.count <= 100 && name.utf8.allSatisfy { (0x21...0x7E).contains($0) } && size >= 0)
        self.name = name
        self.size = size
    }

    /// Reads a header of `blockLength` bytes; nil for one that is damaged, or is not one of a plain file with such a
    /// name.
    public init?(header block: UnsafeRawBufferPointer) {
        guard block.count == Self.blockLength, let header = try? TarHeader(block),
            header.type == UInt8(ascii: "0") || header.type == 0, header.linkTarget.isEmpty, !header.hasForeignPrefix,
            (1...100).contains(header.name.count), header.name.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        name = String(decoding: header.name, as: UTF8.self)
        size = header.size
    }

    /// Zeros that follow the content, in bytes.
    public var padding: Int { Int(-size & Int64(Self.blockLength - 1)) }

    /// Bytes of header, content and padding.
    public var length: Int64 { Int64(Self.blockLength) + size + Int64(padding) }

    /// The header, for nobody but its owner to read once it is unpacked.
    public var header: [UInt8] {
        var block = [UInt8](repeating: 0, count: Self.blockLength)
        func put(_ bytes: some Collection<UInt8>, at offset: Int) {
            block.replaceSubrange(offset..<offset + bytes.count, with: bytes)
        }
        put(name.utf8, at: 0)
        put("0000600".utf8, at: 100)
        put("0000000".utf8, at: 108)
        put("0000000".utf8, at: 116)
        put(Self.number(size), at: 124)
        put("00000000000".utf8, at: 136)
        put("        ".utf8, at: 148)
        put("0".utf8, at: 156)
        put("ustar\u{0}00".utf8, at: 257)
        put("0000000".utf8, at: 329)
        put("0000000".utf8, at: 337)
        let sum = block.reduce(0) { $0 + Int($1) }
        put("\(Self.octal(Int64(sum), digits: 6))\u{0} ".utf8, at: 148)
        return block
    }

    /// Octal as far as eleven digits go, and then as GNU tar, bsdtar and Python write it: 0x80 and a big-endian number.
    private static func number(_ size: Int64) -> [UInt8] {
        if size < 1 << 33 { return Array(octal(size, digits: 11).utf8) }
        return [0x80, 0, 0, 0] + withUnsafeBytes(of: size.bigEndian, Array.init)
    }

    private static func octal(_ number: Int64, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: digits - text.count) + text
    }
}
