/// The markup of a project's description.
///
/// Source: "Core metadata specifications", Description-Content-Type (PEP 566); the form of a media type by RFC 2045.
public enum DescriptionContentType: Hashable, Sendable {
    /// `text/plain`.
    case plainText
    /// `text/x-rst`, also the default where nothing is said.
    case reStructuredText
    /// `text/markdown` in one of its variants.
    case markdown(MarkdownVariant)

    /// A kind of Markdown.
    public enum MarkdownVariant: String, Sendable, CaseIterable {
        /// GitHub's, the default.
        case gitHub = "GFM"
        /// CommonMark.
        case commonMark = "CommonMark"
    }

    /// Reads a content type as the specification has it: one of three media types, UTF-8, a known variant.
    public init(parsing text: String) throws(InvalidContentType) {
        guard let type = MediaType(text) else { throw .syntax(text) }
        guard let mediaType = Self.plain(type.name) else { throw .mediaType(text) }
        if let charset = type.parameters["charset"], charset.lowercased() != "utf-8" { throw .charset(charset) }
        self = mediaType
        if case .markdown = mediaType, let name = type.parameters["variant"] {
            guard let variant = MarkdownVariant(rawValue: name) else { throw .variant(name) }
            self = .markdown(variant)
        }
    }

    /// What the text most likely means, whatever stands behind the media type: for files that are already out there.
    init?(lenient text: String) {
        guard let type = Self.plain(Whitespace.trim(text.prefix { $0 != ";" }).lowercased()) else { return nil }
        self = type
    }

    private static func plain(_ name: String) -> DescriptionContentType? {
        switch name {
        case "text/plain": .plainText
        case "text/x-rst": .reStructuredText
        case "text/markdown": .markdown(.gitHub)
        default: nil
        }
    }
}

/// Why a text is not the content type of a description.
public enum InvalidContentType: Error, Equatable, Sendable {
    /// The text is not `type/subtype; name=value`.
    case syntax(String)
    /// The media type is not one that descriptions may have.
    case mediaType(String)
    /// The text is in another encoding than UTF-8.
    case charset(String)
    /// No such variant of Markdown. Case counts.
    case variant(String)

    /// What is wrong and what to do, in a sentence that is safe to show to anyone.
    public var explanation: String {
        switch self {
        case .syntax(let text):
            "\(quoted(text)) is not a content type. Write for example 'text/markdown; charset=UTF-8'."
        case .mediaType(let text): "\(quoted(text)) is not one of text/plain, text/x-rst and text/markdown."
        case .charset(let name): "the charset can only be UTF-8, not \(quoted(name))."
        case .variant(let name): "the Markdown variant can only be GFM or CommonMark, not \(quoted(name))."
        }
    }
}

/// A media type with parameters, in lower case but for the parameters' values.
private struct MediaType {
    var name: String
    var parameters: [String: String] = [:]

    init?(_ text: String) {
        var reader = ByteReader(text)
        reader.skipBlanks()
        guard let type = Self.token(from: &reader), reader.consume(UInt8(ascii: "/")),
            let subtype = Self.token(from: &reader)
        else { return nil }
        name = "\(type)/\(subtype)".lowercased()
        reader.skipBlanks()
        while reader.consume(UInt8(ascii: ";")) {
            reader.skipBlanks()
            // Nothing behind the last semicolon.
            if reader.isAtEnd { break }
            guard let name = Self.token(from: &reader) else { return nil }
            reader.skipBlanks()
            guard reader.consume(UInt8(ascii: "=")) else { return nil }
            reader.skipBlanks()
            guard let value = Self.quotedText(from: &reader) ?? Self.token(from: &reader) else { return nil }
            // The first one counts.
            if parameters[name.lowercased()] == nil { parameters[name.lowercased()] = value }
            reader.skipBlanks()
        }
        guard reader.isAtEnd else { return nil }
    }

    /// RFC 2045's token, without the `*`, `'` and `%` that RFC 2231 gives a meaning.
    private static func token(from reader: inout ByteReader) -> String? {
        let start = reader.position
        reader.skip { byte in
            byte > 0x20 && byte < 0x7F && !#"()<>@,;:\"/[]?=*'%"#.utf8.contains(byte)
        }
        return reader.position > start ? reader.text(from: start) : nil
    }

    private static func quotedText(from reader: inout ByteReader) -> String? {
        guard reader.next == UInt8(ascii: "\"") else { return nil }
        var inner = reader
        inner.position += 1
        var text: [UInt8] = []
        while let byte = inner.next, byte != UInt8(ascii: "\""), byte >= 0x20 || byte == 0x09 {
            if byte == UInt8(ascii: "\\") { inner.position += 1 }
            guard let shown = inner.next else { return nil }
            text.append(shown)
            inner.position += 1
        }
        guard inner.consume(UInt8(ascii: "\"")) else { return nil }
        reader.position = inner.position
        return String(decoding: text, as: UTF8.self)
    }
}
