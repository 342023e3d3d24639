/// What a token is.
package enum TokenKind: UInt8 {
    case end, newline, indent, dedent, name, number, string, formatStart, formatText, formatEnd, op
    /// A byte that begins nothing.
    case stray
}

/// Operators and delimiters. Those of augmented assignments are `augmented`, with what they do in the token's flags.
package enum Op: UInt8 {
    case absent, leftParen, rightParen, leftBracket, rightBracket, leftBrace, rightBrace
    case comma, colon, dot, semicolon, assign, arrow, at, plus, minus, star, slash, doubleSlash, percent, doubleStar
    case ampersand, pipe, caret, invert, shiftLeft, shiftRight
    case less, greater, lessOrEqual, greaterOrEqual, equal, notEqual, walrus, ellipsis, augmented, exclamation, backtick
}

/// A token: where it is in the bytes.
package struct Token {
    package var kind: TokenKind
    package var op = Op.absent
    /// Of strings, `StringFlags`; of an augmented assignment, its operator's raw value; of a name, whether it has
    /// letters beyond ASCII.
    package var flags: UInt8 = 0
    package var start: Int32
    package var end: Int32
}

/// How a string literal is written.
package struct StringFlags: OptionSet {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }
    package static let bytes = StringFlags(rawValue: 1)
    package static let raw = StringFlags(rawValue: 2)
    package static let format = StringFlags(rawValue: 4)
    static let triple = StringFlags(rawValue: 8)
    static let terminated = StringFlags(rawValue: 16)
    /// The prefix is this times as long, of a token.
    static let prefixOne = StringFlags(rawValue: 32)
    static let prefixTwo = StringFlags(rawValue: 64)
}

extension Token {
    /// What is between the quotes, of a string.
    var content: (start: Int, end: Int) {
        let flags = StringFlags(rawValue: self.flags)
        let quotes = flags.contains(.triple) ? 3 : 1
        let prefix = (flags.contains(.prefixOne) ? 1 : 0) + (flags.contains(.prefixTwo) ? 2 : 0)
        let first = Int(start) + prefix + quotes
        return (first, max(first, Int(end) - (flags.contains(.terminated) ? quotes : 0)))
    }
}

extension UInt8 {
    /// Whether it can be in a name: ASCII letters, digits, `_`, and everything beyond ASCII.
    @inlinable package var isNamePart: Bool {
        let mask: UInt64 = self & 64 == 0 ? 0x03ff_0000_0000_0000 : 0x07ff_fffe_87ff_fffe
        return self >= 0x80 || (mask &>> UInt64(self & 63)) & 1 == 1
    }
    @inlinable package var isDigit: Bool { self &- 0x30 < 10 }
    @inlinable package var isHex: Bool { isDigit || (self | 0x20) &- 0x61 < 6 }
}

/// The tokens of Python code, one after the other.
///
/// Every byte is looked at once, whatever the bytes are; there is no state that could make it look twice. It knows what
/// Python 3 knows (PEP 701: f-strings are tokens themselves, within each other), lets pass what Python 2 wrote, and
/// goes on after what neither would take: a string without end ends with its line, a statement's keyword at the
/// beginning of a line ends brackets that nobody closed.
///
/// Source: The Python Language Reference, "Lexical analysis".
package struct Lexer {
    let base: UnsafePointer<UInt8>
    package let count: Int
    /// Where the next token is looked for.
    package var position: Int
    package var line = 1
    package var lineStart = 0
    private var isAtLineStart = true
    private var indents: [Int32] = [0]
    private var pendingDedents = 0
    /// The closing brackets that are waited for.
    private var brackets: [UInt8] = []
    private var formats: [Format] = []
    private var hasEnded = false
    /// Whether the statement so far is nothing but string literals, and where the first of them is in `strings`.
    private var isOnlyStrings = true
    private var firstString = 0
    private var hasTokens = false

    /// What is found on the way.
    package var strings: [PythonString] = []
    package var comments: [PythonComment] = []
    package var notes: Notes
    let nesting: Int

    /// Where in an f-string the lexer is: in its text, in an expression, or in what comes behind the colon of one.
    private struct Format {
        enum Part { case text, field, specification }
        var part: Part
        var quote: UInt8
        var flags: StringFlags
        /// How many brackets were open where it began.
        var brackets: Int
    }

    package init(_ buffer: UnsafeBufferPointer<UInt8>, notes: consuming Notes, nesting: Int) {
        // An empty buffer has no address; nothing is read from this one.
        base = buffer.baseAddress ?? UnsafePointer(bitPattern: 1).unsafelyUnwrapped
        count = min(buffer.count, Int(Int32.max) - 8)
        self.notes = notes
        self.nesting = nesting
        // A byte order mark says nothing.
        position = count >= 3 && base[0] == 0xef && base[1] == 0xbb && base[2] == 0xbf ? 3 : 0
        lineStart = position
    }

    @inline(__always) private func byte(_ place: Int) -> UInt8 { place < count ? base[place] : 0 }

    private func here(_ place: Int) -> CodePosition { CodePosition(line: line, column: place - lineStart + 1) }

    @inline(__always)
    private func token(_ kind: TokenKind, _ start: Int, _ op: Op = .absent, flags: UInt8 = 0) -> Token {
        Token(
            kind: kind, op: op, flags: flags, start: Int32(truncatingIfNeeded: start),
            end: Int32(truncatingIfNeeded: position))
    }

    /// Behind a line's end.
    @inline(__always) private mutating func beginLine(_ place: Int) {
        line += 1
        lineStart = place
    }

    /// The token that comes next; `end` again and again when there is no more.
    package mutating func next() -> Token {
        if pendingDedents > 0 {
            pendingDedents -= 1
            return token(.dedent, position)
        }
        if let format = formats.last, format.part != .field { return formatPiece(format) }
        let isNewlineMeant = brackets.isEmpty && formats.isEmpty
        if isAtLineStart && isNewlineMeant {
            isAtLineStart = false
            if let change = indentation() { return change }
        }
        var place = position
        var blanks = place
        var isFirst = false
        while true {
            guard place < count else { return end(place) }
            let byte = base[place]
            if byte == 0x20 || byte == 9 || byte == 12 {
                place += 1
            } else if byte == 10 || byte == 13 {
                let start = place
                place += byte == 13 && self.byte(place + 1) == 10 ? 2 : 1
                position = place
                if isNewlineMeant {
                    let token = token(.newline, start)
                    endStatement()
                    beginLine(place)
                    isAtLineStart = true
                    return token
                }
                beginLine(place)
                blanks = place
                isFirst = true
            } else if byte == 0x23 {
                place = comment(place)
            } else if byte == 0x5c {
                let after = self.byte(place + 1)
                if after == 10 || after == 13 {
                    place += after == 13 && self.byte(place + 2) == 10 ? 3 : 2
                    beginLine(place)
                    blanks = place
                } else {
                    notes.add(.notPython, here(place))
                    place += 1
                    position = place
                    hasTokens = true
                    isOnlyStrings = false
                    return token(.stray, place - 1)
                }
            } else if byte == 0 {
                notes.addOnce(.zeroByte, here(place))
                place += 1
            } else {
                break
            }
        }
        if place - blanks >= 64 && place - lineStart >= 200 {
            notes.add(.farRight(blanks: place - blanks), here(place))
        }
        if isFirst, base[place] &- 0x61 < 26, isStatementKeyword(at: place) {
            // Nothing in brackets begins with such a word: they were never closed.
            notes.add(.notPython, here(place))
            brackets.removeAll(keepingCapacity: true)
            formats.removeAll(keepingCapacity: true)
            position = place
            endStatement()
            isAtLineStart = true
            position = lineStart
            return token(.newline, lineStart)
        }
        return significant(place)
    }

    /// A token that begins here: neither blank nor the end of a line.
    private mutating func significant(_ start: Int) -> Token {
        let byte = base[start]
        hasTokens = true
        if byte.isNamePart {
            if byte.isDigit {
                isOnlyStrings = false
                return number(start)
            }
            return name(start)
        }
        if byte == 0x22 || byte == 0x27 { return string(start, quoteAt: start, []) }
        isOnlyStrings = false
        if byte == 0x2e && self.byte(start + 1).isDigit { return number(start) }
        return op(start, byte)
    }

    private mutating func endStatement() {
        if isOnlyStrings && hasTokens {
            for index in firstString..<strings.count where index >= firstString { strings[index].markStatement() }
        }
        isOnlyStrings = true
        hasTokens = false
        firstString = strings.count
    }

    private mutating func end(_ place: Int) -> Token {
        position = place
        if !hasEnded {
            hasEnded = true
            if !brackets.isEmpty || !formats.isEmpty { notes.add(.notPython, here(place)) }
            brackets.removeAll()
            formats.removeAll()
            let hadTokens = hasTokens
            endStatement()
            pendingDedents = indents.count - 1
            indents = [0]
            if hadTokens { return token(.newline, place) }
            if pendingDedents > 0 {
                pendingDedents -= 1
                return token(.dedent, place)
            }
        }
        return token(.end, place)
    }

    /// Goes to the first line that has something on it. The change of depth, if there is one.
    private mutating func indentation() -> Token? {
        var place = position
        while true {
            let start = place
            var column: Int32 = 0
            scan: while place < count {
                switch base[place] {
                case 0x20: column &+= 1
                case 9: column = (column / 8 &+ 1) &* 8
                case 12: column = 0
                default: break scan
                }
                place += 1
            }
            guard place < count else {
                position = place
                return nil
            }
            let byte = base[place]
            if byte == 0x23 {
                place = comment(place)
                guard place < count else {
                    position = place
                    return nil
                }
            }
            if base[place] == 10 || base[place] == 13 {
                place += base[place] == 13 && self.byte(place + 1) == 10 ? 2 : 1
                beginLine(place)
                continue
            }
            position = place
            if place - start >= 200 { notes.add(.farRight(blanks: place - start), here(place)) }
            return change(to: column)
        }
    }

    private mutating func change(to column: Int32) -> Token? {
        let top = indents[indents.count - 1]
        if column > top {
            guard indents.count <= min(nesting, 100) else {
                notes.addOnce(.bound("nesting"), here(position))
                return nil
            }
            indents.append(column)
            return token(.indent, position)
        }
        guard column < top else { return nil }
        var closed = 0
        while indents[indents.count - 1] > column {
            indents.removeLast()
            closed += 1
        }
        pendingDedents = closed - 1
        return token(.dedent, position)
    }

    /// The end of the line.
    private mutating func comment(_ start: Int) -> Int {
        var place = start
        while place < count, base[place] != 10, base[place] != 13 { place += 1 }
        if comments.count < Notes.mostTokens {
            comments.append(PythonComment(start: start, end: place, position: here(start)))
        } else {
            notes.addOnce(.bound("comments"), here(start))
        }
        notes.pass(to: place, .comment, from: start)
        return place
    }

    // MARK: Names and numbers

    private mutating func name(_ start: Int) -> Token {
        var place = start
        var seen: UInt8 = 0
        while place < count {
            let byte = base[place]
            guard byte.isNamePart else { break }
            seen |= byte
            place += 1
        }
        if place - start <= 2, place < count, base[place] == 0x22 || base[place] == 0x27,
            let flags = prefix(start, place)
        {
            return string(start, quoteAt: place, flags)
        }
        isOnlyStrings = false
        position = place
        if seen >= 0x80 {
            notes.look(atName: UnsafeBufferPointer(start: base + start, count: place - start), here(start))
            return token(.name, start, flags: 1)
        }
        return token(.name, start)
    }

    private func prefix(_ start: Int, _ end: Int) -> StringFlags? {
        var flags: StringFlags = end - start == 1 ? [.prefixOne] : [.prefixTwo]
        for place in start..<end {
            let letter = base[place] | 0x20
            switch letter {
            case 0x72: flags.insert(.raw)
            case 0x62: flags.insert(.bytes)
            case 0x66, 0x74: flags.insert(.format)
            case 0x75: break
            default: return nil
            }
        }
        return flags
    }

    /// `0xff`, `1_000`, `.5e-3j`, `0777L`. Letters that follow are a name of their own: `1if x else y`.
    private mutating func number(_ start: Int) -> Token {
        var place = start
        let kind = byte(start + 1) | 0x20
        if base[start] == 0x30 && (kind == 0x78 || kind == 0x6f || kind == 0x62) {
            place += 2
            while byte(place) == 0x5f || (kind == 0x78 ? byte(place).isHex : byte(place).isDigit) { place += 1 }
        } else {
            place = digits(place)
            if byte(place) == 0x2e { place = digits(place + 1) }
            if byte(place) | 0x20 == 0x65 {
                let sign = byte(place + 1) == 0x2b || byte(place + 1) == 0x2d ? 2 : 1
                if byte(place + sign).isDigit { place = digits(place + sign) }
            }
            if byte(place) | 0x20 == 0x6a && !byte(place + 1).isNamePart { place += 1 }
        }
        if byte(place) | 0x20 == 0x6c && !byte(place + 1).isNamePart { place += 1 }
        position = place
        return token(.number, start)
    }

    @inline(__always) private func digits(_ start: Int) -> Int {
        var place = start
        while byte(place).isDigit || (byte(place) == 0x5f && byte(place + 1).isDigit) { place += 1 }
        return place
    }

    /// Whether a line that begins so cannot be inside of brackets.
    private func isStatementKeyword(at start: Int) -> Bool {
        var end = start
        while end < count, end - start < 9, base[end].isNamePart { end += 1 }
        guard byte(end) == 0x20 || byte(end) == 0x3a || byte(end) == 10 || byte(end) == 13 else { return false }
        let word = UnsafeBufferPointer(start: base + start, count: end - start)
        for keyword in Self.statementKeywords where keyword.utf8CodeUnitCount == word.count {
            if word.elementsEqual(UnsafeBufferPointer(start: keyword.utf8Start, count: word.count)) { return true }
        }
        return false
    }

    private static let statementKeywords: [StaticString] = [
        "assert", "break", "class", "continue", "def", "del", "except", "finally", "global", "import", "nonlocal",
        "pass", "raise", "return", "try", "while", "with",
    ]

    // MARK: Strings

    private mutating func string(_ start: Int, quoteAt: Int, _ prefix: StringFlags) -> Token {
        let quote = base[quoteAt]
        var flags = prefix
        var place = quoteAt + 1
        if byte(place) == quote && byte(place + 1) == quote {
            flags.insert(.triple)
            place += 2
        }
        if flags.contains(.format) {
            if formats.count < nesting {
                formats.append(Format(part: .text, quote: quote, flags: flags, brackets: brackets.count))
                position = place
                return token(.formatStart, start, flags: flags.rawValue)
            }
            notes.addOnce(.bound("nesting"), here(start))
        }
        let position = here(start)
        let content = place
        let isTriple = flags.contains(.triple)
        while place < count {
            let byte = base[place]
            if byte == quote {
                if !isTriple {
                    flags.insert(.terminated)
                    place += 1
                    break
                }
                if self.byte(place + 1) == quote && self.byte(place + 2) == quote {
                    flags.insert(.terminated)
                    place += 3
                    break
                }
                place += 1
            } else if byte == 0x5c {
                place += 1
                if place < count {
                    if base[place] == 10 || base[place] == 13 {
                        place += base[place] == 13 && self.byte(place + 1) == 10 ? 2 : 1
                        beginLine(place)
                    } else {
                        place += 1
                    }
                }
            } else if byte == 10 || byte == 13 {
                guard isTriple else { break }
                place += byte == 13 && self.byte(place + 1) == 10 ? 2 : 1
                beginLine(place)
            } else {
                place += 1
            }
        }
        self.position = place
        if !flags.contains(.terminated) { notes.add(.notPython, position) }
        let end = place - (flags.contains(.terminated) ? (isTriple ? 3 : 1) : 0)
        keep(content, end, position, flags)
        notes.pass(to: place, .string, from: start)
        return token(.string, start, flags: flags.rawValue)
    }

    @inline(__always)
    private mutating func keep(_ start: Int, _ end: Int, _ position: CodePosition, _ flags: StringFlags) {
        guard end > start else { return }
        guard strings.count < Notes.mostTokens else {
            notes.addOnce(.bound("strings"), position)
            return
        }
        strings.append(PythonString(start: start, end: end, position: position, flags: flags))
    }

    /// What comes next in the text of an f-string: text, the beginning or the end of an expression, its own end.
    private mutating func formatPiece(_ format: Format) -> Token {
        let start = position
        let position = here(start)
        let isSpecification = format.part == .specification
        let isTriple = format.flags.contains(.triple)
        let isRaw = format.flags.contains(.raw)
        var place = start
        var hasFailed = false
        scan: while place < count {
            let byte = base[place]
            switch byte {
            case format.quote:
                if !isTriple || (self.byte(place + 1) == byte && self.byte(place + 2) == byte) { break scan }
                place += 1
            case 0x5c:
                place += 1
                let after = self.byte(place)
                if after == 10 || after == 13 {
                    place += after == 13 && self.byte(place + 1) == 10 ? 2 : 1
                    beginLine(place)
                } else if after == 0x4e && !isRaw && self.byte(place + 1) == 0x7b {
                    place += 2
                    while place < count, base[place].isNamePart || base[place] == 0x20 || base[place] == 0x2d {
                        place += 1
                    }
                    if self.byte(place) == 0x7d { place += 1 }
                } else if after != 0x7b && after != 0x7d && place < count {
                    place += 1
                }
            case 0x7b:
                if isSpecification || self.byte(place + 1) != 0x7b { break scan }
                place += 2
            case 0x7d:
                if isSpecification { break scan }
                place += self.byte(place + 1) == 0x7d ? 2 : 1
            case 10, 13:
                if !isTriple {
                    hasFailed = true
                    break scan
                }
                place += byte == 13 && self.byte(place + 1) == 10 ? 2 : 1
                beginLine(place)
            default: place += 1
            }
        }
        self.position = place
        if place > start {
            keep(start, place, position, format.flags.union(.terminated))
            notes.pass(to: place, .string, from: start)
            return token(.formatText, start, flags: format.flags.rawValue)
        }
        if place >= count { return end(place) }
        if !hasFailed && base[place] == 0x7b {
            guard formats.count < 2 * nesting else {
                notes.addOnce(.bound("nesting"), position)
                self.position += 1
                return token(.formatText, start, flags: format.flags.rawValue)
            }
            self.position += 1
            formats.append(
                Format(part: .field, quote: format.quote, flags: format.flags, brackets: brackets.count))
            return token(.op, start, .leftBrace)
        }
        if !hasFailed && base[place] == 0x7d {
            self.position += 1
            formats.removeLast()
            return token(.op, start, .rightBrace)
        }
        // Its end; or the end of its line or a quote in a specification, which ends it, too.
        if hasFailed || isSpecification { notes.add(.notPython, position) }
        while let last = formats.popLast() {
            if last.part == .text {
                if brackets.count > last.brackets { brackets.removeSubrange(last.brackets...) }
                break
            }
        }
        if !hasFailed { self.position += isTriple ? 3 : 1 }
        return token(.formatEnd, start)
    }

    // MARK: Operators

    private mutating func op(_ start: Int, _ first: UInt8) -> Token {
        let second = byte(start + 1)
        position = start + 1
        switch first {
        case 0x28: return open(start, .leftParen, 0x29)
        case 0x5b: return open(start, .leftBracket, 0x5d)
        case 0x7b: return open(start, .leftBrace, 0x7d)
        case 0x29: return close(start, .rightParen, first)
        case 0x5d: return close(start, .rightBracket, first)
        case 0x7d: return close(start, .rightBrace, first)
        case 0x2c: return token(.op, start, .comma)
        case 0x3b: return token(.op, start, .semicolon)
        case 0x7e: return token(.op, start, .invert)
        case 0x60: return token(.op, start, .backtick)
        case 0x3a: return colon(start, second)
        case 0x3d: return second == 0x3d ? long(start, 2, .equal) : token(.op, start, .assign)
        case 0x21: return second == 0x3d ? long(start, 2, .notEqual) : exclamation(start)
        case 0x2e:
            return second == 0x2e && byte(start + 2) == 0x2e ? long(start, 3, .ellipsis) : token(.op, start, .dot)
        case 0x2d: return second == 0x3e ? long(start, 2, .arrow) : augmentable(start, 1, .minus)
        case 0x2b: return augmentable(start, 1, .plus)
        case 0x40: return augmentable(start, 1, .at)
        case 0x25: return augmentable(start, 1, .percent)
        case 0x26: return augmentable(start, 1, .ampersand)
        case 0x7c: return augmentable(start, 1, .pipe)
        case 0x5e: return augmentable(start, 1, .caret)
        case 0x2a: return second == first ? augmentable(start, 2, .doubleStar) : augmentable(start, 1, .star)
        case 0x2f: return second == first ? augmentable(start, 2, .doubleSlash) : augmentable(start, 1, .slash)
        case 0x3c:
            if second == first { return augmentable(start, 2, .shiftLeft) }
            if second == 0x3e { return long(start, 2, .notEqual) }
            return second == 0x3d ? long(start, 2, .lessOrEqual) : token(.op, start, .less)
        case 0x3e:
            if second == first { return augmentable(start, 2, .shiftRight) }
            return second == 0x3d ? long(start, 2, .greaterOrEqual) : token(.op, start, .greater)
        default:
            notes.add(.notPython, here(start))
            return token(.stray, start)
        }
    }

    @inline(__always) private mutating func long(_ start: Int, _ length: Int, _ op: Op) -> Token {
        position = start + length
        return token(.op, start, op)
    }

    private mutating func augmentable(_ start: Int, _ length: Int, _ op: Op) -> Token {
        position = start + length
        guard byte(position) == 0x3d else { return token(.op, start, op) }
        position += 1
        return token(.op, start, .augmented, flags: op.rawValue)
    }

    private mutating func colon(_ start: Int, _ second: UInt8) -> Token {
        if let field = formats.last, field.brackets == brackets.count {
            formats[formats.count - 1].part = .specification
            return token(.op, start, .colon)
        }
        return second == 0x3d ? long(start, 2, .walrus) : token(.op, start, .colon)
    }

    private mutating func exclamation(_ start: Int) -> Token {
        if formats.isEmpty { notes.add(.notPython, here(start)) }
        return token(.op, start, .exclamation)
    }

    private mutating func open(_ start: Int, _ op: Op, _ closing: UInt8) -> Token {
        brackets.append(closing)
        return token(.op, start, op)
    }

    private mutating func close(_ start: Int, _ op: Op, _ closing: UInt8) -> Token {
        if let field = formats.last, field.brackets >= brackets.count {
            if closing == 0x7d {
                formats.removeLast()
            } else {
                notes.add(.notPython, here(start))
                return token(.stray, start)
            }
        } else if let expected = brackets.popLast() {
            if expected != closing { notes.add(.notPython, here(start)) }
        } else {
            notes.add(.notPython, here(start))
            return token(.stray, start)
        }
        return token(.op, start, op)
    }
}
