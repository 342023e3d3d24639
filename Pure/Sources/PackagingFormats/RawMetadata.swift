/// Core metadata as it was read, before any rule is applied: known fields with their values, and all the rest.
///
/// Reading never fails. What cannot be read into the shape of its field (a repeated name, text that is not UTF-8, a
/// label that occurs twice) is kept in `unparsed` under the name of its header.
public struct RawMetadata: Equatable, Sendable {
    /// The values of a field.
    public enum Value: Equatable, Sendable {
        /// Of a field of one text.
        case text(String)
        /// Of a field of many texts, or of the words of `Keywords`.
        case list([String])
        /// Of `Project-URL`.
        case urls([ProjectURL])
    }

    /// The fields that could be read.
    public var fields: [MetadataField: Value] = [:]
    /// Everything else, by name of the header in lower case.
    public var unparsed: [String: [String]] = [:]

    /// Metadata that says nothing.
    public init() {}

    /// The text of a field of one text.
    public func text(_ field: MetadataField) -> String? {
        if case .text(let text) = fields[field] { text } else { nil }
    }

    /// The texts of a field of many.
    public func list(_ field: MetadataField) -> [String]? {
        if case .list(let list) = fields[field] { list } else { nil }
    }

    public var projectURLs: [ProjectURL]? {
        if case .urls(let urls) = fields[.projectURL] { urls } else { nil }
    }

    /// Gives `field` its values, or puts them aside when they do not fit its shape.
    fileprivate mutating func take(_ values: [String], for field: MetadataField) {
        switch (field.shape, values.count) {
        case (.text, 1): fields[field] = .text(values[0])
        case (.words, 1):
            // By bytes, as everything here: nothing is known yet of what the text holds (see `CombiningMarks`).
            fields[field] = .list(
                values[0].utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map {
                    Whitespace.trim(Substring($0))
                })
        // "This project installs no modules", as opposed to not saying.
        case (.list, 1) where field == .importName && values[0].isEmpty: fields[field] = .list([])
        case (.list, _): fields[field] = .list(values)
        case (.urls, _):
            let urls = values.map(ProjectURL.init(line:))
            if Set(urls.map { Array($0.label.utf8) }).count == urls.count {
                fields[field] = .urls(urls)
            } else {
                fallthrough
            }
        case (.text, _), (.words, _): unparsed[field.rawValue] = values
        }
    }
}

/// A URL with a label: `Source, https://example.org/src`.
public struct ProjectURL: Hashable, Sendable {
    /// What it is the URL of. May be empty in unchecked metadata.
    public let label: String
    /// The URL. May be empty or anything else in unchecked metadata.
    public let url: String

    /// A URL with a label.
    public init(label: String, url: String) {
        self.label = label
        self.url = url
    }

    /// The first comma divides; without one there is no URL.
    init(line: String) {
        let comma = line.utf8.firstIndex(of: UInt8(ascii: ",")) ?? line.endIndex
        label = Whitespace.trim(line[..<comma])
        url = Whitespace.trim(Substring(line.utf8[comma...].dropFirst()))
    }
}

extension RawMetadata {
    /// Without empty values and the `UNKNOWN` that distutils wrote for what it was not told. Forms leave these out.
    var withoutUnsaid: RawMetadata {
        var said = self
        for (field, value) in fields {
            switch value {
            case .text(let text): if text.isEmpty || text == "UNKNOWN" { said.fields[field] = nil }
            case .list(let texts):
                let kept = texts.filter { !$0.isEmpty && $0 != "UNKNOWN" }
                // No text at all is an import name that means "none".
                if !texts.isEmpty { said.fields[field] = kept.isEmpty ? nil : .list(kept) }
            case .urls: break
            }
        }
        return said
    }
}

// MARK: - From a file

extension RawMetadata {
    /// Reads a `METADATA` or `PKG-INFO` file. Never fails; see the type.
    public init(file bytes: [UInt8]) {
        let message = HeaderMessage(bytes)
        var values: [String: [ArraySlice<UInt8>]] = [:]
        for (name, value) in message.headers { values[name, default: []].append(value) }
        for (name, values) in values {
            let texts = values.map { String(validating: $0, as: UTF8.self) }
            if let field = MetadataField(rawValue: name), !texts.contains(nil) {
                let texts = texts.compactMap(\.self)
                take(field == .description ? texts.map(Self.unfolded) : texts, for: field)
            } else {
                unparsed[name] = zip(texts, values).map { $0 ?? Self.latin1($1) }
            }
        }
        takeBody(message.body)
    }

    /// The body is the description, unless a header is one already: then nobody knows which.
    private mutating func takeBody(_ body: ArraySlice<UInt8>) {
        guard !body.isEmpty else { return }
        let text = String(validating: body, as: UTF8.self)
        let header = self.text(.description)
        if header == nil, unparsed["description"] == nil, let text, !isOfManyParts {
            fields[.description] = .text(text)
        } else {
            fields[.description] = nil
            unparsed["description", default: []] += (header.map { [$0] } ?? []) + [text ?? Self.latin1(body)]
        }
    }

    /// A description as it was before it became a header: each further line begins with seven blanks and `|`, or, as
    /// distutils wrote it, with eight blanks.
    ///
    /// Source: "Core metadata specifications", Description; `rfc822_escape` of distutils.
    private static func unfolded(_ text: String) -> String {
        let lines = lines(of: text)
        guard lines.count > 1 else { return text }
        let rest = lines.dropFirst().map { line in
            let isFolded = line.starts(with: "       |".utf8) || line.starts(with: "        ".utf8)
            return Substring(isFolded ? line.dropFirst(8) : line)
        }
        return ([Substring(lines[0])] + rest).joined(separator: "\n")
    }

    /// The lines of a text, which end with CR, LF or both. By bytes: see `take`.
    private static func lines(of text: String) -> [Substring.UTF8View] {
        var lines: [Substring.UTF8View] = []
        var rest = text[...].utf8
        while let end = rest.firstIndex(where: { $0 == 0x0A || $0 == 0x0D }) {
            lines.append(rest[..<end])
            let isPair = rest[end...].starts(with: "\r\n".utf8)
            rest = rest[end...].dropFirst(isPair ? 2 : 1)
        }
        lines.append(rest)
        return lines
    }

    /// The body of a MIME message of many parts is no text.
    private var isOfManyParts: Bool {
        guard let type = unparsed["content-type"]?.first.map({ Array($0.lowercased().utf8) }) else { return false }
        if type.starts(with: "message/".utf8) { return true }
        let hasBoundary = type.indices.contains { type[$0...].starts(with: "boundary".utf8) }
        return type.starts(with: "multipart/".utf8) && hasBoundary
    }

    /// Bytes that are not UTF-8 as some text at least, to show and to refuse.
    private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
    }
}

// MARK: - From an upload form

extension RawMetadata {
    /// Reads the fields of an upload form, in any order; fields that are no metadata are passed over.
    ///
    /// As PyPI does, an empty text stands for an absent field (PDM sends such), and so does `UNKNOWN`, which old
    /// versions of distutils wrote for what they were not told.
    public init(form: some Sequence<(name: String, value: String)>) {
        var values: [MetadataField: [String]] = [:]
        for (name, value) in form {
            guard !value.isEmpty, let field = MetadataField(formName: name) else { continue }
            if value.utf8.count < 16, Whitespace.trim(value) == "UNKNOWN" { continue }
            values[field, default: []].append(value)
        }
        for (field, values) in values { take(values, for: field) }
    }
}
