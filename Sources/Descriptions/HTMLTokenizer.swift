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
/// writes anew. Comments, declarations and elements that are no part of a description (`script`, `select`, `svg`) are
/// dropped here with all that is in them. Where a browser would let one of these go on to the end of the page, because
/// nothing closes it, its beginning is text: `The <select> statement` is a sentence and not a form.
///
/// Source: the HTML standard, section 13.2.5 (tokenization), without its script states.
struct HTMLTokenizer {
    private let source: [UInt8]
    private var position = 0
    /// Where the last tag that was read begins.
    private var tagStart = 0
    /// Behind the last `>`: no tag and no declaration begins there or later.
    private let lastEnd: Int
    /// Whether a comment was found that nothing ends; then nothing ends a later one.
    private var hasEndlessComment = false
    /// The same of `<?`.
    private var hasEndlessInstruction = false
    /// The raw text elements that have no end tag any more.
    private var endless: Set<String> = []
    /// How many tags did not end, because a quote in them did not.
    private var unfinishedTags = 0
    /// Where the hidden elements that are closed end, by where they begin; nil until there is one.
    private var hiddenEnds: [Int: Int]?
    /// Whether hidden elements are left out, and not told of as others are.
    private var leavesOutHidden = true

    /// Elements whose content is not markup.
    private static let rawText: Set<String> = [
        "iframe", "noembed", "noframes", "noscript", "script", "style", "textarea", "title", "xmp",
    ]
    /// Elements whose content is markup, and that are left out with it. `plaintext` has no end tag in HTML: what it
    /// would swallow is shown.
    private static let hidden: Set<String> = [
        "applet", "audio", "button", "canvas", "datalist", "dialog", "math", "object", "plaintext", "select", "svg",
        "template", "video",
    ]
    /// After so many unfinished tags, each of which is looked for to the end, no more are looked for.
    private static let maximumUnfinished = 16

    init(_ source: [UInt8]) {
        self.source = source
        lastEnd = source.lastIndex(of: UInt8(ascii: ">")).map { $0 + 1 } ?? 0
    }

    /// The next token; nil at the end.
    mutating func next() -> HTMLToken? {
        while position < source.count {
            switch kind(at: position) {
            case .text: return text()
            case .comment: if !skipComment() { return text() }
            case .instruction: if !skipInstruction() { return text() }
            case .declaration: if !skipDeclaration() { return text() }
            case .tag:
                switch tag() {
                case .left: break
                case .unfinished: return text()
                case .token(let token): return token
                }
            }
        }
        return nil
    }

    private enum Kind {
        case text, comment, instruction, declaration, tag
    }

    /// What begins at a place.
    private func kind(at position: Int) -> Kind {
        guard source[position] == UInt8(ascii: "<"), position + 1 < lastEnd else { return .text }
        let next = source[position + 1]
        if next.isASCIILetter { return .tag }
        if source.hasPrefix("<!--", at: position) { return .comment }
        switch next {
        case UInt8(ascii: "?"): return .instruction
        case UInt8(ascii: "!"): return .declaration
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

    /// Moves behind the comment at `position`; false, and it stays, when nothing ends it.
    private mutating func skipComment() -> Bool {
        guard !hasEndlessComment else { return false }
        var end = position + 4
        // `<!-->` and `<!--->` are whole comments.
        if source.hasPrefix(">", at: end) || source.hasPrefix("->", at: end) {
            skip(behind: UInt8(ascii: ">"))
            return true
        }
        while end < lastEnd {
            if source.hasPrefix("-->", at: end) || source.hasPrefix("--!>", at: end) {
                position = end
                skip(behind: UInt8(ascii: ">"))
                return true
            }
            end += 1
        }
        hasEndlessComment = true
        return false
    }

    /// Moves behind the `?>` of the instruction at `position`; false, and it stays, when there is none.
    private mutating func skipInstruction() -> Bool {
        guard !hasEndlessInstruction else { return false }
        var end = position + 2
        while end < lastEnd {
            if source.hasPrefix("?>", at: end) {
                position = end + 2
                return true
            }
            end += 1
        }
        hasEndlessInstruction = true
        return false
    }

    /// Moves behind the `>` of the declaration at `position`; false, and it stays, when a `<` or the line's end comes
    /// first: a sentence that speaks of `<!DOCTYPE` is none.
    private mutating func skipDeclaration() -> Bool {
        let ends = [UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
        guard let end = source[(position + 1)...].firstIndex(where: ends.contains), source[end] == ends[0] else {
            return false
        }
        position = end + 1
        return true
    }

    /// Moves behind the `>` of the tag at `position`, which quotes may hide; false, and it stays, when there is none.
    private mutating func skipTag() -> Bool {
        guard unfinishedTags < Self.maximumUnfinished else { return false }
        let start = position
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
        position = start
        unfinishedTags += 1
        return false
    }

    private enum Tag {
        case token(HTMLToken)
        /// An element that was left out with all in it, or a tag that nobody knows.
        case left
        /// The source ends in the tag, which was not read.
        case unfinished
    }

    /// Reads the tag at `position`.
    private mutating func tag() -> Tag {
        let isEnd = source[position + 1] == UInt8(ascii: "/")
        tagStart = position
        guard skipTag() else { return .unfinished }
        var reader = TagReader(bytes: source[(tagStart + (isEnd ? 2 : 1))..<(position - 1)])
        guard let name = reader.name() else { return .left }
        if isEnd { return .token(.end(name: name)) }
        if Self.rawText.contains(name) { return skipRawText(of: name) ? .left : .token(asWritten) }
        if leavesOutHidden, Self.hidden.contains(name) { return skipHidden() ? .left : .token(asWritten) }
        return .token(.start(name: name, attributes: reader.attributes()))
    }

    /// The tag that was just read, as its author wrote it.
    private var asWritten: HTMLToken { .text(CharacterReferences.decode(source[tagStart..<position])) }

    /// Moves behind the end tag of a raw text element whose start tag was just read; false when it has none, or when
    /// another start tag comes first, which it belongs to.
    private mutating func skipRawText(of name: String) -> Bool {
        guard !endless.contains(name) else { return false }
        let bytes = Array(name.utf8)
        var end = position
        while end < lastEnd {
            defer { end += 1 }
            guard source[end] == UInt8(ascii: "<") else { continue }
            let isEndTag = end + 1 < source.count && source[end + 1] == UInt8(ascii: "/")
            let nameStart = end + (isEndTag ? 2 : 1)
            let nameEnd = nameStart + bytes.count
            guard nameEnd < source.count, !source[nameEnd].isASCIIAlphanumeric,
                source[nameStart..<nameEnd].lazy.map(\.asciiLowercased).elementsEqual(bytes)
            else { continue }
            guard isEndTag else { return false }
            let start = position
            position = end
            if skipTag() { return true }
            position = start
            break
        }
        endless.insert(name)
        return false
    }

    /// Moves behind the end of a hidden element whose start tag was just read; false when nothing closes it.
    private mutating func skipHidden() -> Bool {
        let ends = hiddenEnds ?? findHiddenEnds()
        hiddenEnds = ends
        guard let end = ends[tagStart] else { return false }
        position = end
        return true
    }

    /// Where the hidden elements end that begin at the tag that was just read or later: an end tag belongs to the last
    /// start tag of its name that has none yet.
    private func findHiddenEnds() -> [Int: Int] {
        var tokens = self
        tokens.leavesOutHidden = false
        tokens.position = tagStart
        var ends: [Int: Int] = [:]
        var open: [String: [Int]] = [:]
        while let token = tokens.next() {
            switch token {
            case .start(let name, _) where Self.hidden.contains(name): open[name, default: []].append(tokens.tagStart)
            case .end(let name) where Self.hidden.contains(name):
                if let start = open[name]?.popLast() { ends[start] = tokens.position }
            case .start, .end, .text: break
            }
        }
        return ends
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
