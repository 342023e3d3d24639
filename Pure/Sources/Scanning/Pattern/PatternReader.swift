import Bytes

/// Reads the text of a pattern.
struct PatternReader {
    private let text: [UInt8]
    private var index: Int
    private let end: Int
    private let ignoresCase: Bool
    private var depth = 0

    /// Reads `/…/` or `/…/i`.
    static func read(_ text: [UInt8]) throws(InvalidPattern) -> PatternNode {
        let slash = UInt8(ascii: "/")
        let ignoresCase = text.last == UInt8(ascii: "i")
        let body = ignoresCase ? text.dropLast() : text[...]
        guard body.count >= 3, body.first == slash, body.last == slash else {
            throw InvalidPattern(expected: "a pattern between slashes: /words?/ or /words?/i")
        }
        var reader = PatternReader(text: text, index: 1, end: body.count - 1, ignoresCase: ignoresCase)
        let node = try reader.choice()
        guard reader.index == reader.end else { throw InvalidPattern(expected: "( before )") }
        return node
    }

    private init(text: [UInt8], index: Int, end: Int, ignoresCase: Bool) {
        (self.text, self.index, self.end, self.ignoresCase) = (text, index, end, ignoresCase)
    }

    private var next: UInt8? { index < end ? text[index] : nil }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        index += 1
        return true
    }

    private mutating func choice() throws(InvalidPattern) -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        guard depth < 50 else { throw InvalidPattern(expected: "at most 50 groups within each other") }
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(InvalidPattern) -> PatternNode {
        var parts: [PatternNode] = []
        while let byte = next, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let atom = try atom()
            parts.append(try repeated(atom))
        }
        return .sequence(parts)
    }

    private mutating func repeated(_ atom: PatternNode) throws(InvalidPattern) -> PatternNode {
        let bounds: (Int, Int?)
        if skip("*") {
            bounds = (0, nil)
        } else if skip("+") {
            bounds = (1, nil)
        } else if skip("?") {
            bounds = (0, 1)
        } else if skip("{") {
            bounds = try counts()
        } else {
            return atom
        }
        if case .check = atom { throw InvalidPattern(expected: "something that can be repeated before * + ? {") }
        if let next, "*+?{".utf8.contains(next) { throw InvalidPattern(expected: "one of * + ? { only") }
        return .repeated(atom, bounds.0, bounds.1)
    }

    private mutating func counts() throws(InvalidPattern) -> (Int, Int?) {
        func wrong() -> InvalidPattern { InvalidPattern(expected: "{3}, {3,} or {3,5}, with at most 500") }
        guard let least = number() else { throw wrong() }
        var most: Int? = least
        if skip(",") { most = number() }
        guard skip("}"), least <= 500, most ?? 500 <= 500, most ?? 500 >= least else { throw wrong() }
        return (least, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let byte = next, byte.isASCIIDigit, (value ?? 0) < 1_000 {
            value = (value ?? 0) * 10 + Int(byte - 0x30)
            index += 1
        }
        return value
    }

    private mutating func atom() throws(InvalidPattern) -> PatternNode {
        guard let byte = next else { throw InvalidPattern(expected: "a character") }
        index += 1
        switch Unicode.Scalar(byte) {
        case "(":
            let inner = try choice()
            guard skip(")") else { throw InvalidPattern(expected: ") after (") }
            return inner
        case "[": return .bytes(try bracketed())
        case ".": return .bytes(ByteSet.lineEnd.inverted)
        case "^": return .check(.lineStart)
        case "$": return .check(.lineEnd)
        case "*", "+", "?", "{": throw InvalidPattern(expected: "something to repeat before * + ? {")
        case "\\":
            if skip("b") { return .check(.wordEdge) }
            if skip("B") { return .check(.noWordEdge) }
            return .bytes(folded(try escape()))
        default: return .bytes(folded(ByteSet([byte])))
        }
    }

    private func folded(_ set: ByteSet) -> ByteSet { ignoresCase ? set.withBothCases : set }

    /// What stands behind a backslash.
    private mutating func escape() throws(InvalidPattern) -> ByteSet {
        guard let byte = next else { throw InvalidPattern(expected: "a character after \\") }
        index += 1
        switch Unicode.Scalar(byte) {
        case "d": return .digits
        case "D": return ByteSet.digits.inverted
        case "w": return .wordBytes
        case "W": return ByteSet.wordBytes.inverted
        case "s": return .blanks
        case "S":
            var set = ByteSet.blanks
            set.insert(0x0A)
            return set.inverted
        case "n": return .lineEnd
        case "t": return ByteSet([0x09])
        case "x":
            guard
                index + 1 < end, let high = text[index].hexadecimalValue, let low = text[index + 1].hexadecimalValue
            else { throw InvalidPattern(expected: "two hexadecimal digits after \\x") }
            index += 2
            return ByteSet([high << 4 | low])
        default:
            guard !byte.isASCIIAlphanumeric else {
                throw InvalidPattern(expected: "one of \\d \\w \\s \\b \\n \\t \\xHH, or a sign after \\")
            }
            return ByteSet([byte])
        }
    }

    private mutating func bracketed() throws(InvalidPattern) -> ByteSet {
        let isInverted = skip("^")
        var set = ByteSet()
        var isFirst = true
        while let byte = next, isFirst || byte != UInt8(ascii: "]") {
            isFirst = false
            let low = try member()
            guard next == UInt8(ascii: "-"), index + 1 < end, text[index + 1] != UInt8(ascii: "]") else {
                set.formUnion(low)
                continue
            }
            index += 1
            let high = try member()
            guard let first = low.members.first, let last = high.members.first, low.members.count == 1,
                high.members.count == 1, first <= last
            else { throw InvalidPattern(expected: "a range as a-z in [ ]") }
            set.formUnion(ByteSet(first...last))
        }
        guard skip("]") else { throw InvalidPattern(expected: "] after [") }
        set = folded(set)
        guard isInverted else { return set }
        set.insert(0x0A)
        return set.inverted
    }

    private mutating func member() throws(InvalidPattern) -> ByteSet {
        guard let byte = next else { throw InvalidPattern(expected: "] after [") }
        index += 1
        if byte == UInt8(ascii: "\\") { return try escape() }
        guard byte < 0x80 else { throw InvalidPattern(expected: "ASCII only in [ ]; (ä|ö) for others") }
        return ByteSet([byte])
    }
}
