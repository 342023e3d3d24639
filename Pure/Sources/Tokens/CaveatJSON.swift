/// As much of JSON (RFC 8259) as caveats are made of: integers, strings and arrays of them.
///
/// Objects, fractions, `true` and the like are no part of a known caveat and read as nil.
struct CaveatJSON {
    enum Value: Equatable {
        case integer(Int64)
        case string(String)
        case array([Value])
    }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { rest = bytes[...] }

    /// True when only white space is left.
    var isAtEnd: Bool { rest.allSatisfy(Self.isSpace) }

    /// The next value. `depth` bounds the recursion: a known caveat is an array in an array.
    mutating func value(depth: Int = 0) -> Value? {
        skipSpaces()
        switch rest.first {
        case UInt8(ascii: "["): return depth < 2 ? array(depth: depth) : nil
        case UInt8(ascii: "\""): return string().map(Value.string)
        default: return integer().map(Value.integer)
        }
    }

    private mutating func array(depth: Int) -> Value? {
        rest.removeFirst()
        skipSpaces()
        if skip("]") { return .array([]) }
        var elements: [Value] = []
        while let element = value(depth: depth + 1) {
            elements.append(element)
            skipSpaces()
            if skip("]") { return .array(elements) }
            guard skip(",") else { return nil }
        }
        return nil
    }

    private mutating func integer() -> Int64? {
        let token = rest.prefix { $0 == UInt8(ascii: "-") || (0x30...0x39).contains($0) }
        let digits = token.first == UInt8(ascii: "-") ? token.dropFirst() : token
        guard digits.count == 1 || digits.first != UInt8(ascii: "0") else { return nil }
        rest = rest.dropFirst(token.count)
        return Int64(String(decoding: token, as: UTF8.self))
    }

    private mutating func string() -> String? {
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escape() else { return nil }
                bytes.append(contentsOf: String(scalar).utf8)
            case ..<0x20: return nil
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        switch rest.popFirst() {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard let first = fourHexDigits() else { return nil }
            guard (0xd800...0xdbff).contains(first) else { return Unicode.Scalar(first) }
            guard skip("\\"), skip("u"), let second = fourHexDigits(), (0xdc00...0xdfff).contains(second) else {
                return nil
            }
            return Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        default: return nil
        }
    }

    private mutating func fourHexDigits() -> UInt32? {
        let digits = rest.prefix(4)
        guard digits.count == 4 else { return nil }
        rest = rest.dropFirst(4)
        var value: UInt32 = 0
        for digit in digits {
            guard let nibble = Character(Unicode.Scalar(digit)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(nibble)
        }
        return value
    }

    private mutating func skipSpaces() { rest = rest.drop(while: Self.isSpace) }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0a).contains(byte) || byte == 0x0d }

    /// `text` as a JSON string.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{00}"..."\u{1f}":
                let hex = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
