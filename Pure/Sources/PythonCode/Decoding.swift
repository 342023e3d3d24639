import PythonSyntax

/// The decodings that code hides itself in, as lenient as Python's. Nil for what Python would refuse.
enum Decoding {
    /// Base64 of either alphabet; other characters are passed over, as `base64.b64decode` does.
    static func base64(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        var characters = 0
        for byte in text {
            let value: UInt32
            switch byte {
            case 0x41...0x5a: value = UInt32(byte) - 0x41
            case 0x61...0x7a: value = UInt32(byte) - 0x61 + 26
            case 0x30...0x39: value = UInt32(byte) - 0x30 + 52
            case 0x2b, 0x2d: value = 62
            case 0x2f, 0x5f: value = 63
            default: continue
            }
            characters += 1
            bits = (bits << 6 | value) & 0xffff
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return characters % 4 == 1 ? nil : bytes
    }

    static func base32(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count: UInt32 = 0
        for byte in text where byte != 0x3d {
            let value: UInt32
            switch byte {
            case 0x41...0x5a: value = UInt32(byte) - 0x41
            case 0x61...0x7a: value = UInt32(byte) - 0x61
            case 0x32...0x37: value = UInt32(byte) - 0x32 + 26
            default: return nil
            }
            bits = (bits << 5 | value) & 0xffff
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        return bytes
    }

    static func hexadecimal(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var high: UInt8?
        for byte in text {
            if high == nil, byte == 0x20 || (9...13).contains(byte) { continue }
            guard let digit = hexadecimalValue(byte) else { return nil }
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
        return high == nil ? bytes : nil
    }

    /// The alphabet of `base64.b85decode`.
    static func base85(_ text: some Sequence<UInt8>) -> [UInt8]? {
        decode85(text.map { base85Values[Int($0)] })
    }

    private static let base85Values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        let digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"
        for (index, byte) in digits.utf8.enumerated() { values[Int(byte)] = UInt8(index) }
        return values
    }()

    /// `base64.a85decode`, with or without Adobe's frame.
    static func ascii85(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var values: [UInt8] = []
        for byte in text {
            switch byte {
            case 0x7a: values += [0, 0, 0, 0, 0]
            case 0x20, 9...13, 0x7e: continue
            case 0x21...0x75: values.append(byte - 0x21)
            default: return nil
            }
        }
        return decode85(values)
    }

    private static func decode85(_ values: [UInt8]) -> [UInt8]? {
        guard !values.contains(255) else { return nil }
        var bytes: [UInt8] = []
        var place = 0
        while place < values.count {
            let group = values[place..<min(place + 5, values.count)]
            var value: UInt64 = 0
            for index in 0..<5 {
                value = value * 85 + UInt64(index < group.count ? group[place + index] : 84)
            }
            guard value <= 0xffff_ffff else { return nil }
            for index in 0..<(group.count - 1) {
                bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(24 - 8 * index)))
            }
            place += 5
        }
        return bytes
    }

    static func rot13(_ text: some Sequence<UInt8>) -> [UInt8] {
        text.map { byte in
            let letter = byte | 0x20
            return switch letter {
            case 0x61...0x6d: byte + 13
            case 0x6e...0x7a: byte - 13
            default: byte
            }
        }
    }

    /// UTF-8 of Latin-1.
    static func latin1(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        for byte in bytes { Literal.append(UInt32(byte), to: &text) }
        return text
    }

    /// UTF-8 of UTF-16, little-endian unless a mark says otherwise.
    static func utf16(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
        var units: [UInt16] = []
        var isBig = bigEndian
        var place = 0
        if bytes.starts(with: [0xff, 0xfe]) {
            (isBig, place) = (false, 2)
        } else if bytes.starts(with: [0xfe, 0xff]) {
            (isBig, place) = (true, 2)
        }
        while place + 1 < bytes.count {
            let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
            units.append(isBig ? first << 8 | second : second << 8 | first)
            place += 2
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }

    /// The scalars of UTF-8; what is none counts as its bytes.
    static func scalars(_ text: [UInt8]) -> [UInt32] {
        text.withUnsafeBufferPointer { text in
            var scalars: [UInt32] = []
            scalars.reserveCapacity(text.count)
            var place = 0
            while place < text.count {
                let (scalar, length) = decodeScalar(text, place)
                scalars.append(scalar ?? UInt32(text[place]))
                place += length
            }
            return scalars
        }
    }

    static func text(_ scalars: some Sequence<UInt32>) -> [UInt8] {
        var text: [UInt8] = []
        for scalar in scalars { Literal.append(scalar, to: &text) }
        return text
    }
}
