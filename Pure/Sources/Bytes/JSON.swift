/// A value of JSON (RFC 8259), read strictly: for what is signed, or what a right depends on.
///
/// Two readers must not understand two things. So names that occur twice and halves of surrogate pairs are refused, as
/// RFC 7493 (I-JSON) has it, and numbers are not rounded to what a floating-point number can hold.
public enum JSON: Hashable, Sendable {
    /// The members of an object, by name.
    case object([String: JSON])
    /// The items of an array.
    case array([JSON])
    case string(String)
    /// A number: its value where it is written as an integer that fits `Int`.
    case number(Int?)
    /// `true` or `false`.
    case boolean(Bool)
    /// `null`
    case null

    /// The members of an object; nil for any other value.
    public var object: [String: JSON]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The items of an array; nil for any other value.
    public var array: [JSON]? {
        if case .array(let items) = self { items } else { nil }
    }

    /// The text of a string; nil for any other value.
    public var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// The integer that a number is; nil for any other value.
    public var integer: Int? {
        if case .number(let value) = self { value } else { nil }
    }
}

/// Why bytes are not one JSON text.
public enum MalformedJSON: Error, Hashable, Sendable {
    /// The bytes are not UTF-8.
    case invalidUTF8
    /// A character that the grammar does not allow, or the end of the input, at this byte.
    case syntax(at: Int)
    /// An escape stands for half a surrogate pair.
    case loneSurrogate
    /// An object has a name twice: readers differ in which of the two they believe.
    case duplicateName
    /// Values are nested more than 16 deep.
    case tooDeep
    /// A text that is not ASCII is longer than anything that is said here.
    case longText
}

extension JSON {
    /// Reads exactly one JSON text in UTF-8, without a byte order mark.
    ///
    /// - Parameter takesLongTexts: whether values may be long texts that are not ASCII; names never are.
    public init(parsing bytes: [UInt8], takesLongTexts: Bool = false) throws(MalformedJSON) {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .invalidUTF8 }
        var reader = JSONReader(bytes: bytes, takesLongTexts: takesLongTexts)
        self = try reader.value(depth: 0)
        guard reader.position == bytes.count else { throw .syntax(at: reader.position) }
    }

    /// `text` as a JSON string in its one canonical form: with the escapes that have to be and no others (RFC 8785,
    /// section 3.2.2.2), quotation marks included.
    public static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{08}": quoted += "\\b"
            case "\t": quoted += "\\t"
            case "\n": quoted += "\\n"
            case "\u{0C}": quoted += "\\f"
            case "\r": quoted += "\\r"
            case ..<" ": quoted += "\\u00" + CollectionOfOne(UInt8(scalar.value)).hexadecimal
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// A recursive-descent reader of RFC 8259's grammar. Each function leaves `position` behind what it read and the white
/// space after it.
private struct JSONReader {
    let bytes: [UInt8]
    let takesLongTexts: Bool
    var position = 0

    init(bytes: [UInt8], takesLongTexts: Bool) {
        self.bytes = bytes
        self.takesLongTexts = takesLongTexts
    }

    private static let maximumDepth = 16

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0a, 0x0d].contains(byte) { position += 1 }
    }

    /// True, and past it, where the next character is `character`.
    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        skipSpace()
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(MalformedJSON) {
        guard skip(character) else { throw .syntax(at: position) }
    }

    mutating func value(depth: Int) throws(MalformedJSON) -> JSON {
        guard depth <= Self.maximumDepth else { throw .tooDeep }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string(isLong: takesLongTexts))
        case UInt8(ascii: "t"): return try literal("true", .boolean(true))
        case UInt8(ascii: "f"): return try literal("false", .boolean(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        default: return try number()
        }
    }

    private mutating func literal(_ word: String, _ value: JSON) throws(MalformedJSON) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw .syntax(at: position) }
        position += word.utf8.count
        skipSpace()
        return value
    }

    private mutating func object(depth: Int) throws(MalformedJSON) -> JSON {
        try expect("{")
        var members: [String: JSON] = [:]
        guard !skip("}") else { return .object(members) }
        repeat {
            let name = try string()
            try expect(":")
            guard members[name] == nil else { throw .duplicateName }
            members[name] = try value(depth: depth + 1)
        } while skip(",")
        try expect("}")
        return .object(members)
    }

    private mutating func array(depth: Int) throws(MalformedJSON) -> JSON {
        try expect("[")
        var items: [JSON] = []
        guard !skip("]") else { return .array(items) }
        repeat { items.append(try value(depth: depth + 1)) } while skip(",")
        try expect("]")
        return .array(items)
    }

    private mutating func number() throws(MalformedJSON) -> JSON {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let leadingZero = next == UInt8(ascii: "0")
        let digits = try digits()
        guard !leadingZero || digits == 1 else { throw .syntax(at: position) }
        if next == UInt8(ascii: ".") {
            position += 1
            _ = try self.digits()
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            _ = try self.digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        skipSpace()
        return .number(Int(text))
    }

    /// How many digits were passed: one or more.
    private mutating func digits() throws(MalformedJSON) -> Int {
        let start = position
        while let byte = next, byte.isASCIIDigit { position += 1 }
        guard position > start else { throw .syntax(at: position) }
        return position - start
    }

    private mutating func string(isLong: Bool = false) throws(MalformedJSON) -> String {
        guard next == UInt8(ascii: "\"") else { throw .syntax(at: position) }
        position += 1
        var text: [UInt8] = []
        while let byte = next, byte != UInt8(ascii: "\"") {
            guard byte >= 0x20 else { throw .syntax(at: position) }
            position += 1
            if byte == UInt8(ascii: "\\") {
                text += String(try escape()).utf8
            } else {
                text.append(byte)
            }
        }
        guard next != nil else { throw .syntax(at: position) }
        guard isLong || text.isComparableText else { throw .longText }
        position += 1
        skipSpace()
        return String(decoding: text, as: UTF8.self)  // valid: the whole input is
    }

    /// What follows a backslash.
    private mutating func escape() throws(MalformedJSON) -> Unicode.Scalar {
        guard let byte = next else { throw .syntax(at: position) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw .syntax(at: position - 1)
        }
    }

    private mutating func escapedScalar() throws(MalformedJSON) -> Unicode.Scalar {
        let unit = try codeUnit()
        if let scalar = Unicode.Scalar(unit) { return scalar }
        guard unit < 0xdc00, bytes[position...].starts(with: "\\u".utf8) else { throw .loneSurrogate }
        position += 2
        let low = try codeUnit()
        guard (0xdc00...0xdfff).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (UInt32(unit) - 0xd800) << 10 + UInt32(low) - 0xdc00)
        else { throw .loneSurrogate }
        return scalar
    }

    private mutating func codeUnit() throws(MalformedJSON) -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = byte.hexadecimalValue else {
                throw .syntax(at: position)
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }
}
