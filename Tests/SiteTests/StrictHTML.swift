/// Reads HTML as our pages write it, and nothing looser: every attribute in double quotes, every element closed in
/// order, every `<` and `&` of text escaped. Where this reader has no complaint, browsers have no choice.
struct StrictHTML {
    struct Element: Equatable {
        var name: String
        var attributes: [String: String]
        var text = ""
        var parent: String?
    }

    struct Complaint: Error, CustomStringConvertible {
        let description: String
    }

    /// All elements in the order of their start tags, each with the text directly in it.
    private(set) var elements: [Element] = []
    private var open: [Int] = []
    private var rest: Substring

    static let void: Set<String> = ["br", "col", "hr", "img", "input", "link", "meta", "wbr"]

    init(_ html: String) throws {
        rest = Substring(html)
        if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
        while let scalar = rest.unicodeScalars.first {
            switch scalar {
            case "<": try tag()
            default: try text()
            }
        }
        guard open.isEmpty else { throw complaint("\(elements[open[0]].name) is not closed") }
    }

    private func complaint(_ text: String) -> Complaint { Complaint(description: text + " before: \(rest.prefix(80))") }

    private mutating func text() throws {
        let end = rest.unicodeScalars.firstIndex(of: "<") ?? rest.endIndex
        let decoded = try decode(rest[..<end])
        if let innermost = open.last { elements[innermost].text += decoded }
        rest = rest[end...]
    }

    private func decode(_ text: Substring) throws -> String {
        var decoded = ""
        var rest = text
        while let ampersand = rest.unicodeScalars.firstIndex(of: "&") {
            decoded += rest[..<ampersand]
            let references = ["&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": "\"", "&#39;": "'"]
            guard
                let (reference, character) = references.first(where: {
                    rest[ampersand...].utf8.starts(with: $0.key.utf8)
                })
            else { throw complaint("a bare &") }
            decoded += character
            rest = rest[rest.utf8.index(ampersand, offsetBy: reference.utf8.count)...]
        }
        return decoded + rest
    }

    private mutating func tag() throws {
        // A `>` in a value is always escaped.
        guard let end = rest.unicodeScalars.firstIndex(of: ">") else { throw complaint("a tag without end") }
        let inner = rest.unicodeScalars[..<end].dropFirst()
        let tag = Substring(inner)
        guard !tag.unicodeScalars.contains("<") else { throw complaint("a < in a tag") }
        let behind = rest.unicodeScalars[rest.unicodeScalars.index(after: end)...]
        if tag.hasPrefix("/") {
            guard let last = open.popLast(), elements[last].name == tag.dropFirst() else {
                throw complaint("</\(tag.dropFirst())> closes nothing")
            }
        } else {
            try start(tag)
        }
        rest = Substring(behind)
    }

    private mutating func start(_ tag: Substring) throws {
        let isSelfClosing = tag.hasSuffix("/")
        var rest = isSelfClosing ? tag.dropLast() : tag
        let name = rest.prefix { $0.isLetter || $0.isNumber }
        rest = rest[name.endIndex...]
        guard let first = name.utf8.first, (0x61...0x7A).contains(first) else { throw complaint("no name") }
        var attributes: [String: String] = [:]
        while !rest.isEmpty {
            guard rest.utf8.first == 0x20 else { throw complaint("no blank before an attribute") }
            rest = rest.dropFirst()
            let attribute = rest.prefix { ($0.isASCII && $0.isLetter) || $0 == "-" || $0.isNumber }
            rest = rest[attribute.endIndex...]
            guard !attribute.isEmpty, attributes[String(attribute)] == nil else { throw complaint("a bad attribute") }
            guard rest.utf8.starts(with: "=\"".utf8) else {
                attributes[String(attribute)] = ""
                continue
            }
            let opened = rest.utf8.index(rest.startIndex, offsetBy: 2)
            guard let closing = rest[opened...].unicodeScalars.firstIndex(of: "\"") else {
                throw complaint("a value without end")
            }
            attributes[String(attribute)] = try decode(rest[opened..<closing])
            rest = rest[rest.unicodeScalars.index(after: closing)...]
        }
        elements.append(
            Element(name: String(name), attributes: attributes, parent: open.last.map { elements[$0].name }))
        if !isSelfClosing, !Self.void.contains(String(name)) { open.append(elements.count - 1) }
    }
}
