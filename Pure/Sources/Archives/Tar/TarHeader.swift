/// One header block of a tar file: ustar (POSIX.1-2017, pax, "ustar Interchange Format"), GNU's variant of it, or
/// that of Version 7.
struct TarHeader {
    static let length = 512

    /// The name with the prefix of ustar in front, as written.
    let name: [UInt8]
    let linkTarget: [UInt8]
    let size: Int64
    let type: UInt8
    /// True if there is a prefix where the header's format has no place for one.
    let hasForeignPrefix: Bool

    enum Flaw: Error { case checksum, number }

    init(_ block: UnsafeRawBufferPointer) throws(Flaw) {
        func field(_ offset: Int, _ length: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: block[offset..<offset + length])
        }
        guard let checksum = Self.number(field(148, 8)), Self.checksums(of: block).contains(checksum) else {
            throw .checksum
        }
        // All of them, though only the size is of use: Python's tarfile stops at a header with a field that is no
        // number.
        for (offset, length) in [(100, 8), (108, 8), (116, 8), (136, 12), (329, 8), (337, 8)] {
            guard Self.isNumber(field(offset, length)) else { throw .number }
        }
        // The second condition leaves room for the padding to a whole block.
        guard let size = Self.number(field(124, 12)), size <= .max - Int64(Self.length) else { throw .number }
        self.size = size
        type = block[156]
        linkTarget = Self.text(field(157, 100))

        let prefix = Self.text(field(345, 155))
        let isUstar = field(257, 6).elementsEqual("ustar\0".utf8)
        let base = Self.text(field(0, 100))
        name = isUstar && !prefix.isEmpty ? prefix + [UInt8(ascii: "/")] + base : base
        hasForeignPrefix = !isUstar && !prefix.isEmpty
    }

    /// Up to the first NUL.
    static func text(_ field: some Sequence<UInt8>) -> [UInt8] { Array(field.prefix { $0 != 0 }) }

    /// Octal digits between spaces, up to a NUL or a space; or, after a byte 0x80, a big-endian number. Nothing is
    /// zero.
    private static func number(_ field: UnsafeRawBufferPointer) -> Int64? {
        if field.first == 0x80 {
            return field.dropFirst().reduce(Int64?(0)) { value, byte in
                value.flatMap { $0 > Int64.max >> 8 ? nil : $0 << 8 | Int64(byte) }
            }
        }
        let digits = text(field).drop { $0 == 0x20 }.prefix { $0 != 0x20 }
        let rest = text(field).drop { $0 == 0x20 }.dropFirst(digits.count)
        guard rest.allSatisfy({ $0 == 0x20 }), digits.allSatisfy({ (0x30...0x37).contains($0) }) else { return nil }
        return digits.reduce(0) { $0 << 3 | Int64($1 - 0x30) }
    }

    /// A number for anybody, negative ones (times before 1970) included.
    private static func isNumber(_ field: UnsafeRawBufferPointer) -> Bool {
        field.first == 0xFF || field.first == 0x80 || number(field) != nil
    }

    /// The sum of all bytes with the checksum's own taken for spaces; some old writers added signed bytes.
    private static func checksums(of block: UnsafeRawBufferPointer) -> [Int64] {
        var unsigned: Int64 = 0
        var signed: Int64 = 0
        for (index, byte) in block.enumerated() {
            let byte = (148..<156).contains(index) ? 0x20 : byte
            unsigned += Int64(byte)
            signed += Int64(Int8(bitPattern: byte))
        }
        return [unsigned, signed]
    }
}
