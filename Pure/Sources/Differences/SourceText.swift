/// A text file as lines that can be shown and compared.
///
/// Lines end with LF alone, as Python and most tools count them; a CR before it is the line's last character, and one
/// elsewhere is a character that is marked where it is shown.
public struct SourceText: Sendable, Hashable {
    /// How the bytes were read.
    public enum Encoding: String, Sendable, Hashable {
        case utf8 = "UTF-8"
        case utf16 = "UTF-16"
        /// A byte is a character. It is what is left where nothing else fits.
        case latin1 = "Latin-1"
    }

    /// The text in UTF-8, whatever it was written in.
    public let bytes: [UInt8]
    /// Where each line is in `bytes`, without its LF.
    public let ranges: [Range<Int>]
    public let encoding: Encoding
    /// Whether the last line has a line end.
    public let endsWithLineEnd: Bool
    /// Whether lines end with CR LF; nil where some do and others do not.
    public let hasCarriageReturns: Bool?

    /// Reads bytes of a file of which `ContentKind` says that it is text. Anything can be read.
    public init(_ file: [UInt8]) {
        (bytes, encoding) = Self.decoded(file)
        var ranges: [Range<Int>] = []
        var start = 0
        var returns = 0
        bytes.withUnsafeBufferPointer { bytes in
            for (position, byte) in bytes.enumerated() where byte == 0x0A {
                if position > start, bytes[position - 1] == 0x0D { returns += 1 }
                ranges.append(start..<position)
                start = position + 1
            }
        }
        hasCarriageReturns = returns == 0 ? false : returns == ranges.count ? true : nil
        endsWithLineEnd = start == bytes.count
        if start < bytes.count { ranges.append(start..<bytes.count) }
        self.ranges = ranges
    }

    /// The lines, each without its LF.
    public var lines: [ArraySlice<UInt8>] { ranges.map { bytes[$0] } }

    private static func decoded(_ file: [UInt8]) -> ([UInt8], Encoding) {
        // The mark stays: it is shown as one of the characters that nobody sees.
        if file.starts(with: [0xFF, 0xFE]) { return (utf16(file.dropFirst(2), isBigEndian: false), .utf16) }
        if file.starts(with: [0xFE, 0xFF]) { return (utf16(file.dropFirst(2), isBigEndian: true), .utf16) }
        let isUTF8 = file.withUnsafeBufferPointer { UTF8.isValid($0) }
        if isUTF8 { return (file, .utf8) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(file.count + file.count / 8)
        for byte in file {
            if byte < 0x80 { bytes.append(byte) } else { bytes += [0xC0 | byte >> 6, 0x80 | byte & 0x3F] }
        }
        return (bytes, .latin1)
    }

    private static func utf16(_ file: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8] {
        let units = stride(from: file.startIndex, to: file.endIndex - 1, by: 2).map { index in
            let (first, second) = (UInt16(file[index]), UInt16(file[index + 1]))
            return isBigEndian ? first << 8 | second : second << 8 | first
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}

extension UTF8 {
    /// Whether bytes are UTF-8 from the first to the last.
    static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }
}
