import Bytes

/// A number of bytes as people write and read it: `500MB`, `2GiB`, `1048576`.
public struct ByteSize: Sendable, Hashable {
    /// How many bytes.
    public let bytes: Int64

    /// So many bytes.
    public init(_ bytes: some BinaryInteger) { self.bytes = Int64(bytes) }

    private static let units: [(name: String, bytes: Int64)] = [
        ("TiB", 1 << 40), ("TB", 1_000_000_000_000), ("GiB", 1 << 30), ("GB", 1_000_000_000), ("MiB", 1 << 20),
        ("MB", 1_000_000), ("KiB", 1 << 10), ("kB", 1_000),
    ]

    /// Reads a size; nil for anything else, zero and less included. Without a unit it is bytes; blanks before the unit
    /// and its case do not matter.
    public init?(parsing text: String) {
        let digits = text.utf8.prefix(while: \.isASCIIDigit)
        let unit = text.utf8.dropFirst(digits.count).drop { $0 == 0x20 }
        let name = String(decoding: unit, as: UTF8.self).lowercased()
        let factor = ["", "b"].contains(name) ? 1 : Self.units.first { $0.name.lowercased() == name }?.bytes
        guard let number = Int64(String(decoding: digits, as: UTF8.self)), let factor else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow, product > 0 else { return nil }
        bytes = product
    }
}

extension ByteSize: CustomStringConvertible {
    /// Exactly what it is, in the unit that makes the smallest whole number of it: `1 MB`, `1536 MiB`, `1234567 bytes`.
    public var description: String {
        let unit = Self.units.filter { bytes != 0 && bytes % $0.bytes == 0 }.max { $0.bytes < $1.bytes }
        if let unit { return "\(bytes / unit.bytes) \(unit.name)" }
        return bytes == 1 ? "1 byte" : "\(bytes) bytes"
    }
}
