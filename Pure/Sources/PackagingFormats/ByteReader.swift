import Bytes

// What all the parsers here share.

extension UInt8 {
    /// `.`, `-` and `_`, which are one separator in names and versions.
    var isSeparator: Bool { self == UInt8(ascii: ".") || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") }

    /// What a regular expression's `\w` matches. A byte of a longer scalar counts: in every grammar here it is an
    /// error wherever it stands outside a quoted string, so it only has to end no word.
    var isWordByte: Bool { isASCIIAlphanumeric || self == UInt8(ascii: "_") || self >= 0x80 }
}

/// Bytes read from front to back. Each step either consumes something or says that it did not.
struct ByteReader {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    init(_ text: String) {
        bytes = Array(text.utf8)
        position = 0
        end = bytes.count
    }

    init(_ bytes: [UInt8], in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    var isAtEnd: Bool { position >= end }

    /// The next byte, or nil at the end.
    var next: UInt8? { position < end ? bytes[position] : nil }

    func peek(_ ahead: Int) -> UInt8? { position + ahead < end ? bytes[position + ahead] : nil }

    mutating func consume(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Consumes `word` (in lower case) whatever the case of the letters read.
    mutating func consumeIgnoringCase(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= end else { return false }
        let matches = word.withUTF8Buffer { letters in
            for offset in 0..<count where bytes[position + offset].asciiLowercased != letters[offset] { return false }
            return true
        }
        if matches { position += count }
        return matches
    }

    /// Consumes `word` where it stands exactly so.
    mutating func consume(_ word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard position + count <= end else { return false }
        let matches = word.withUTF8Buffer { letters in
            for offset in 0..<count where bytes[position + offset] != letters[offset] { return false }
            return true
        }
        if matches { position += count }
        return matches
    }

    mutating func skip(while matches: (UInt8) -> Bool) {
        while position < end, matches(bytes[position]) { position += 1 }
    }

    /// The blanks between the parts of a requirement: space and tab, never a line end.
    mutating func skipBlanks() { skip { $0 == 0x20 || $0 == 0x09 } }

    /// White space as Python's `\s` and `str.strip` understand it.
    mutating func skipWhitespace() {
        while let width = Whitespace.width(at: position, in: bytes, end: end) { position += width }
    }

    func text(from start: Int) -> String { String(decoding: bytes[start..<position], as: UTF8.self) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

/// White space as Python's `str.isspace` defines it: the reference parsers strip it, so files out there contain it.
enum Whitespace {
    /// How many bytes the white-space character at `position` takes, or nil when there is none.
    static func width(at position: Int, in bytes: [UInt8], end: Int) -> Int? {
        guard position < end else { return nil }
        let first = bytes[position]
        if first == 0x20 || (0x09...0x0D).contains(first) || (0x1C...0x1F).contains(first) { return 1 }
        guard first >= 0xC2, position + 1 < end else { return nil }
        let second = bytes[position + 1]
        if first == 0xC2 { return second == 0x85 || second == 0xA0 ? 2 : nil }
        guard first <= 0xE3, position + 2 < end else { return nil }
        let scalar = UInt32(first & 0x0F) << 12 | UInt32(second & 0x3F) << 6 | UInt32(bytes[position + 2] & 0x3F)
        switch scalar {
        case 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: return first >= 0xE1 ? 3 : nil
        default: return nil
        }
    }

    /// The part of `range` between leading and trailing white space.
    static func trim(_ bytes: [UInt8], in range: Range<Int>) -> Range<Int> {
        var start = range.lowerBound
        var end = range.upperBound
        while let width = width(at: start, in: bytes, end: end) { start += width }
        while end > start, let width = widthOfLast(in: bytes, start: start, end: end) { end -= width }
        return start..<end
    }

    private static func widthOfLast(in bytes: [UInt8], start: Int, end: Int) -> Int? {
        if bytes[end - 1] < 0x80 { return width(at: end - 1, in: bytes, end: end) }
        if end - 2 >= start, width(at: end - 2, in: bytes, end: end) == 2 { return 2 }
        if end - 3 >= start, width(at: end - 3, in: bytes, end: end) == 3 { return 3 }
        return nil
    }

    /// `text` without leading and trailing white space.
    static func trim(_ text: some StringProtocol) -> String {
        let bytes = Array(text.utf8)
        return String(decoding: bytes[trim(bytes, in: 0..<bytes.count)], as: UTF8.self)
    }
}

/// `text` in quotation marks for a sentence that a person reads: one line, no control characters, not endless.
func quoted(_ text: some StringProtocol) -> String {
    var shown = ""
    for scalar in text.cut(to: .quotation).unicodeScalars {
        let category = scalar.properties.generalCategory
        let isHarmless =
            switch category {
            case .control, .format, .surrogate, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
            default: true
            }
        shown.unicodeScalars.append(isHarmless ? scalar : "\u{FFFD}")
    }
    return "'\(shown)'"
}
