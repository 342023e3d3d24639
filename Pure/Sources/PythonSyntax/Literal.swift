/// The content of string literals, and of numbers.
package enum Literal {
    /// Appends what a literal says: its bytes, or UTF-8. True if there were escapes of what could have been written as
    /// it is.
    @discardableResult
    package static func resolve(
        _ source: UnsafeBufferPointer<UInt8>, _ flags: StringFlags, _ charset: Notes.Charset, into text: inout [UInt8]
    ) -> Bool {
        let isBytes = flags.contains(.bytes)
        let isRaw = flags.contains(.raw)
        let isFormat = flags.contains(.format)
        var isEscaped = false
        var place = 0
        while place < source.count {
            let byte = source[place]
            place += 1
            if byte == 0x5c && !isRaw && place < source.count {
                if escape(source, &place, isBytes, &text) { isEscaped = true }
            } else if isFormat && (byte == 0x7b || byte == 0x7d) && place < source.count && source[place] == byte {
                text.append(byte)
                place += 1
            } else if byte == 13 {
                if place < source.count && source[place] == 10 { place += 1 }
                text.append(10)
            } else if byte >= 0x80 && charset == .latin1 && !isBytes {
                append(UInt32(byte), to: &text)
            } else {
                text.append(byte)
            }
        }
        return isEscaped
    }

    /// What stands behind a backslash.
    private static func escape(
        _ source: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ isBytes: Bool, _ text: inout [UInt8]
    ) -> Bool {
        let byte = source[place]
        place += 1
        switch byte {
        case 10: break
        case 13: if place < source.count && source[place] == 10 { place += 1 }
        case 0x5c, 0x27, 0x22: text.append(byte)
        case 0x61: text.append(7)
        case 0x62: text.append(8)
        case 0x66: text.append(12)
        case 0x6e: text.append(10)
        case 0x72: text.append(13)
        case 0x74: text.append(9)
        case 0x76: text.append(11)
        case 0x30...0x37:
            var value = UInt32(byte - 0x30)
            var digits = 1
            while digits < 3, place < source.count, source[place] &- 0x30 < 8 {
                value = value * 8 + UInt32(source[place] - 0x30)
                place += 1
                digits += 1
            }
            return put(value, isBytes, &text)
        case 0x78: return hexadecimal(source, &place, 2, byte, isBytes, &text)
        case 0x75 where !isBytes: return hexadecimal(source, &place, 4, byte, isBytes, &text)
        case 0x55 where !isBytes: return hexadecimal(source, &place, 8, byte, isBytes, &text)
        case 0x4e where !isBytes && place < source.count && source[place] == 0x7b:
            let name = source[(place + 1)...].prefix(80).prefix { $0 != 0x7d }
            place = min(source.count, name.endIndex + 1)
            append(named(String(decoding: name, as: UTF8.self).uppercased()), to: &text)
            return true
        default:
            text.append(0x5c)
            text.append(byte)
        }
        return false
    }

    private static func hexadecimal(
        _ source: UnsafeBufferPointer<UInt8>, _ place: inout Int, _ most: Int, _ letter: UInt8, _ isBytes: Bool,
        _ text: inout [UInt8]
    ) -> Bool {
        var value: UInt32 = 0
        var digits = 0
        while digits < most, place < source.count, let digit = hexadecimalValue(source[place]) {
            value = value << 4 | UInt32(digit)
            place += 1
            digits += 1
        }
        guard digits == most else {
            text.append(0x5c)
            text.append(letter)
            return false
        }
        return put(value, isBytes, &text)
    }

    private static func put(_ value: UInt32, _ isBytes: Bool, _ text: inout [UInt8]) -> Bool {
        if isBytes {
            text.append(UInt8(truncatingIfNeeded: value))
        } else {
            append(value, to: &text)
        }
        return (0x20..<0x7f).contains(value)
    }

    /// A character by its name, if it is an ASCII letter or digit; others are replaced.
    private static func named(_ name: String) -> UInt32 {
        let words = name.split(separator: " ")
        if words.count == 4, words[0] == "LATIN", words[2] == "LETTER", words[3].utf8.count == 1,
            let letter = words[3].unicodeScalars.first
        {
            return words[1] == "SMALL" ? letter.value | 0x20 : letter.value
        }
        let digits = ["ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"]
        if words.count == 2, words[0] == "DIGIT", let digit = digits.firstIndex(of: String(words[1])) {
            return 0x30 + UInt32(digit)
        }
        switch name {
        case "LOW LINE": return 0x5f
        case "FULL STOP": return 0x2e
        case "SPACE": return 0x20
        case "SOLIDUS": return 0x2f
        default: return 0xfffd
        }
    }

    /// UTF-8 of a scalar. A surrogate is written like any other, as three bytes; it is nothing that Python could print.
    package static func append(_ scalar: UInt32, to text: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: text.append(UInt8(scalar))
        case 0x80..<0x800:
            text.append(UInt8(0xc0 | scalar >> 6))
            text.append(UInt8(0x80 | scalar & 0x3f))
        case 0x800..<0x1_0000:
            text.append(UInt8(0xe0 | scalar >> 12))
            text.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            text.append(UInt8(0x80 | scalar & 0x3f))
        case 0x1_0000...0x10_ffff:
            text.append(UInt8(0xf0 | scalar >> 18))
            text.append(UInt8(0x80 | scalar >> 12 & 0x3f))
            text.append(UInt8(0x80 | scalar >> 6 & 0x3f))
            text.append(UInt8(0x80 | scalar & 0x3f))
        default: text += [0xef, 0xbf, 0xbd]
        }
    }

    /// An integer as it is written; nil for one that 64 bits do not hold, and for any other number.
    package static func integer(_ source: UnsafeBufferPointer<UInt8>) -> Int? {
        guard source.count <= 80, let first = source.first else { return nil }
        var radix = 10
        var digits = source[...]
        if first == 0x30, source.count > 1 {
            let letter = source[1] | 0x20
            switch letter {
            case 0x78: (radix, digits) = (16, source[2...])
            case 0x6f: (radix, digits) = (8, source[2...])
            case 0x62: (radix, digits) = (2, source[2...])
            // Python 2 wrote octal numbers so.
            case 0x30...0x37: (radix, digits) = (8, source[1...])
            default: break
            }
        }
        var value = 0
        for byte in digits where byte != 0x5f {
            guard let digit = hexadecimalValue(byte), Int(digit) < radix else {
                return byte | 0x20 == 0x6c ? value : nil
            }
            let (product, overflow) = value.multipliedReportingOverflow(by: radix)
            let (sum, again) = product.addingReportingOverflow(Int(digit))
            if overflow || again { return nil }
            value = sum
        }
        return value
    }
}

/// What a hexadecimal digit is worth.
@inlinable package func hexadecimalValue(_ byte: UInt8) -> UInt8? {
    if byte.isDigit { return byte &- 0x30 }
    let letter = (byte | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
}
