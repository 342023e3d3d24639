import Bytes

/// Python's string literals, for a marker's texts are such: `'a\x20b'` is the text `a b`.
///
/// Source: the Python Language Reference, "String and Bytes literals". `\N{…}` is not read: it needs the names of all
/// of Unicode and nobody writes it in a marker.
enum PythonString {
    /// The text of a literal's inside, or nil when Python would refuse it.
    static func text(of inside: ArraySlice<UInt8>) -> String? {
        guard inside.contains(UInt8(ascii: "\\")) else {
            // A literal stands on one line.
            guard !inside.contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else { return nil }
            return String(decoding: inside, as: UTF8.self)
        }
        var reader = ByteReader(Array(inside), in: 0..<inside.count)
        var output: [UInt8] = []
        while let byte = reader.next {
            reader.position += 1
            if byte == UInt8(ascii: "\\") {
                guard let escaped = escape(from: &reader) else { return nil }
                output.append(contentsOf: escaped)
            } else if byte == 0x0A || byte == 0x0D || byte == 0 {
                return nil
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The bytes that the escape behind a backslash stands for.
    private static func escape(from reader: inout ByteReader) -> [UInt8]? {
        guard let letter = reader.next else { return nil }
        reader.position += 1
        switch letter {
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return [letter]
        case UInt8(ascii: "a"): return [7]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "v"): return [11]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "r"): return [13]
        case 0x0A: return []
        case UInt8(ascii: "x"): return scalar(from: &reader, digits: 2)
        case UInt8(ascii: "u"): return scalar(from: &reader, digits: 4)
        case UInt8(ascii: "U"): return scalar(from: &reader, digits: 8)
        case UInt8(ascii: "0")...UInt8(ascii: "7"): return octal(from: &reader, first: letter)
        case 0, 0x0D, UInt8(ascii: "N"): return nil
        // An unknown escape stands for itself.
        default: return [UInt8(ascii: "\\"), letter]
        }
    }

    private static func scalar(from reader: inout ByteReader, digits: Int) -> [UInt8]? {
        var value: UInt32 = 0
        for _ in 0..<digits {
            guard let byte = reader.next, let digit = byte.hexadecimalValue else { return nil }
            guard value < 0x1000_0000 else { return nil }
            value = value << 4 | UInt32(digit)
            reader.position += 1
        }
        return UnicodeScalar(value).map { Array(String(Character($0)).utf8) }
    }

    private static func octal(from reader: inout ByteReader, first: UInt8) -> [UInt8]? {
        var value = UInt32(first - 0x30)
        for _ in 0..<2 {
            guard let byte = reader.next, byte & 0xF8 == 0x30 else { break }
            value = value << 3 | UInt32(byte - 0x30)
            reader.position += 1
        }
        return UnicodeScalar(value).map { Array(String(Character($0)).utf8) }
    }

    /// A literal that stands for `text`, in double quotes where it can be.
    static func literal(of text: String) -> String {
        let hasDouble = text.utf8.contains(UInt8(ascii: "\""))
        let quote = hasDouble && !text.utf8.contains(UInt8(ascii: "'")) ? "'" : "\""
        let isPlain = text.utf8.allSatisfy { ($0 >= 0x20 || $0 == 0x09) && $0 != UInt8(ascii: "\\") && $0 != 0x7F }
        if isPlain, !hasDouble || quote == "'" { return quote + text + quote }
        var inside: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): inside.append(contentsOf: #"\\"#.utf8)
            // A marker's literal ends at the first such mark, whatever stands before it.
            case UInt8(ascii: "\"") where quote == "\"": inside.append(contentsOf: #"\x22"#.utf8)
            case 0..<0x20, 0x7F:
                inside.append(contentsOf: (byte < 0x10 ? #"\x0"# : #"\x"#).utf8)
                inside.append(contentsOf: String(byte, radix: 16).utf8)
            default: inside.append(byte)
            }
        }
        return quote + String(decoding: inside, as: UTF8.self) + quote
    }
}
