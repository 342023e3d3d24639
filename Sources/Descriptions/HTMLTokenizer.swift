import Bytes

/// A piece of HTML source.
enum HTMLToken: Equatable {
    /// Text between tags, character references replaced.
    case text(String)
    /// A start tag with those of its attributes that `Attribute` knows, values decoded; the first of a name counts.
    case start(name: String, attributes: [Attribute: String])
    case end(name: String)
}

/// Splits HTML into tags and text as browsers do, in one pass over the bytes: every input has a result, and none takes
/// more than linear time or memory.
///
/// It need not agree with browsers on broken input, because what is shown is not this source but what the sanitizer
/// writes anew. Comments, declarations and the contents of `script`, `style` and their like are dropped here.
///
/// Source: the HTML standard, section 13.2.5 (tokenization), without its script states.
struct HTMLTokenizer {
    private let source: [UInt8]
    private var position = 0

    /// Elements whose content is not markup.
    private static let rawText: Set<String> = [
        "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp",
    ]

    init(_ source: [UInt8]) { self.source = source }

    /// The next token; nil at the end.
    mutating func next() -> HTMLToken? {
        while position < source.count {
            switch kind(at: position) {
            case .text: return text()
            case .comment: skipComment()
            case .declaration: skip(behind: UInt8(ascii: ">"))
            case .tag: if let tag = tag() { return tag }
            }
        }
        return nil
    }

    private enum Kind {
        case text, comment, declaration, tag
    }

    /// What begins at a place.
    private func kind(at position: Int) -> Kind {
        guard source[position] == UInt8(ascii: "<"), position + 1 < source.count else { return .text }
        let next = source[position + 1]
        if next.isASCIILetter { return .tag }
        if source.hasPrefix("<!--", at: position) { return .comment }
        switch next {
        case UInt8(ascii: "!"), UInt8(ascii: "?"): return .declaration
        case UInt8(ascii: "/"):
            return position + 2 < source.count && source[position + 2].isASCIILetter ? .tag : .declaration
        default: return .text
        }
    }

    /// The text from `position`, whose first byte is text whatever it is, to the next thing that may be markup.
    private mutating func text() -> HTMLToken {
        let start = position
        position += 1
        while position < source.count, source[position] != UInt8(ascii: "<") { position += 1 }
        return .text(CharacterReferences.decode(source[start..<position]))
    }

    private mutating func skip(behind byte: UInt8) {
        while position < source.count, source[position] != byte { position += 1 }
        position = min(position + 1, source.count)
    }

    private mutating func skipComment() {
        position += 4
        // `<!-->` and `<!--->` are whole comments.
        if source.hasPrefix(">", at: position) || source.hasPrefix("->", at: position) {
            return skip(behind: UInt8(ascii: ">"))
        }
        while position < source.count {
            if source.hasPrefix("-->", at: position) || source.hasPrefix("--!>", at: position) {
                return skip(behind: UInt8(ascii: ">"))
            }
            position += 1
        }
    }

    /// Moves behind the `>` of the tag at `position`, which quotes may hide. False when there is none.
    private mutating func skipTag() -> Bool {
        var isAtValue = false
        while position < source.count {
            let byte = source[position]
            position += 1
            if byte == UInt8(ascii: ">") { return true }
            if isAtValue, byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { skip(behind: byte) }
            if byte == UInt8(ascii: "=") {
                isAtValue = true
            } else if !byte.isHTMLSpace {
                isAtValue = false
            }
        }
        return false
    }

    /// The tag at `position`; nil when the source ends in it, and for an element that is skipped with its content.
    private mutating func tag() -> HTMLToken? {
        let isEnd = source[position + 1] == UInt8(ascii: "/")
        let start = position + (isEnd ? 2 : 1)
        guard skipTag() else { return nil }
        var reader = TagReader(bytes: source[start..<(position - 1)])
        guard let name = reader.name() else { return nil }
        if isEnd { return .end(name: name) }
        if Self.rawText.contains(name) {
            skipRawText(of: name)
            return nil
        }
        return .start(name: name, attributes: reader.attributes())
    }

    /// Moves behind the end tag of a raw text element, or to the end when there is none.
    private mutating func skipRawText(of name: String) {
        let name = Array(name.utf8)
        while position < source.count {
            let afterName = position + 2 + name.count
            if source.hasPrefix("</", at: position), afterName < source.count,
                source[(position + 2)..<afterName].lazy.map(\.asciiLowercased).elementsEqual(name),
                !source[afterName].isASCIIAlphanumeric
            {
                _ = skipTag()
                return
            }
            position += 1
        }
    }
}

/// Reads what is between `<` and `>`.
private struct TagReader {
    var bytes: ArraySlice<UInt8>

    /// Bytes of the longest name that is looked up. All that are known are shorter; and a name that strangers made long
    /// is not to be compared as text (see `CombiningMarks`).
    private static let longestName = 32

    /// The tag's name in lower case; nil when there is none that could be known.
    mutating func name() -> String? {
        guard let first = bytes.first, first.isASCIILetter else { return nil }
        let name = word { $0.isHTMLSpace || $0 == UInt8(ascii: "/") }
        return name.utf8.count <= Self.longestName ? name : nil
    }

    /// The known attributes; the first of each name counts.
    mutating func attributes() -> [Attribute: String] {
        var attributes: [Attribute: String] = [:]
        while true {
            skip { $0.isHTMLSpace || $0 == UInt8(ascii: "/") }
            guard !bytes.isEmpty else { return attributes }
            let name = word { $0.isHTMLSpace || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "=") }
            let value = value()
            if name.utf8.count <= Self.longestName, let attribute = Attribute(rawValue: name),
                attributes[attribute] == nil
            {
                attributes[attribute] = CharacterReferences.decode(value)
            }
        }
    }

    private mutating func value() -> ArraySlice<UInt8> {
        skip(where: \.isHTMLSpace)
        guard bytes.first == UInt8(ascii: "=") else { return [] }
        bytes = bytes.dropFirst()
        skip(where: \.isHTMLSpace)
        guard let quote = bytes.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") else {
            let value = bytes.prefix { !$0.isHTMLSpace }
            bytes = bytes[value.endIndex...]
            return value
        }
        let value = bytes.dropFirst().prefix { $0 != quote }
        bytes = bytes[value.endIndex...].dropFirst()
        return value
    }

    private mutating func skip(where isSkipped: (UInt8) -> Bool) {
        bytes = bytes[(bytes.firstIndex { !isSkipped($0) } ?? bytes.endIndex)...]
    }

    /// At least one byte, so that reading always goes on, in lower case.
    private mutating func word(until isEnd: (UInt8) -> Bool) -> String {
        let end = bytes.dropFirst().firstIndex(where: isEnd) ?? bytes.endIndex
        defer { bytes = bytes[end...] }
        return String(decoding: bytes[..<end].map(\.asciiLowercased), as: UTF8.self)
    }
}
