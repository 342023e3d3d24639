import Foundation
import VectorSupport

#if canImport(FoundationXML)
    import FoundationXML
#endif

extension String {
    /// Whatever could break a document: quotes, angle brackets, controls, reserved and astral characters, references.
    /// No byte order mark: Foundation's readers swallow it wherever it stands.
    static func hostile(using random: inout SplitMix64) -> String {
        let pieces = [
            "\"", "'", "<", ">", "&", "&amp;", "&#0;", "\\", "\\u0000", "/", "</script>", "<!--", "-->", "]]>", "\u{0}",
            "\u{1}", "\u{8}", "\t", "\n", "\r", "\r\n", "\u{1f}", "\u{7f}", "\u{85}", "\u{2028}",
            "\u{FFFD}",
            "\u{FFFE}", "\u{FFFF}", "\u{F8FF}", "\u{EFFF}", "\u{10FFFF}", "é", "🧀", "a", " ", "%", "#",
        ]
        return (0..<Int.random(in: 0..<12, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined()
    }

    /// Without the characters that XML 1.0 forbids.
    var withoutForbidden: String {
        String(
            String.UnicodeScalarView(
                unicodeScalars.filter { scalar in
                    switch scalar.value {
                    case 0x9, 0xa, 0xd, 0x20...0xd7ff, 0xe000...0xfffd, 0x10000...: true
                    default: false
                    }
                }))
    }
}

/// Equal scalar by scalar: Swift's own equality overlooks differences of composition.
func same(_ left: String?, _ right: String?) -> Bool {
    left.map { Array($0.unicodeScalars) } == right.map { Array($0.unicodeScalars) }
}

func object(_ bytes: [UInt8]) throws -> [String: Any] {
    try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
}

/// Reads XML.
final class MarkupReader: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String], text: String)] = []
    private var open: [Int] = []

    static func elements(_ bytes: [UInt8]) throws -> [(name: String, attributes: [String: String], text: String)] {
        let reader = MarkupReader()
        let parser = XMLParser(data: Data(bytes))
        parser.delegate = reader
        guard parser.parse() else { throw parser.parserError ?? CocoaError(.coderReadCorrupt) }
        return reader.elements
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) {
        open.append(elements.count)
        elements.append((name, attributes, ""))
    }

    func parser(_ parser: XMLParser, foundCharacters text: String) {
        if let index = open.last { elements[index].text += text }
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
        open.removeLast()
    }
}

/// The elements of this name in one of our HTML pages, whose attributes are all quoted and whose text has no elements.
///
/// Not by the XML reader: Foundation's loses references in text that follows references in attributes.
func htmlElements(_ name: String, _ bytes: [UInt8]) -> [(attributes: [String: String], text: String)] {
    String(decoding: bytes, as: UTF8.self).components(separatedBy: "<\(name) ").dropFirst().map { rest in
        // Quotation marks, name and value in turn, up to the one that is followed by the end of the tag.
        var attributes: [String: String] = [:]
        var rest = Substring(rest)
        while let equals = rest.range(of: "=\""), !rest.hasPrefix(">"),
            let end = rest[equals.upperBound...].range(of: "\"")
        {
            let key = rest[..<equals.lowerBound].trimmingCharacters(in: .whitespaces)
            attributes[key] = unescaped(rest[equals.upperBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        let text = rest.dropFirst().prefix { $0 != "<" }
        return (attributes, unescaped(text))
    }
}

private func unescaped(_ text: Substring) -> String {
    var text = String(text)
    for (reference, character) in [
        ("&lt;", "<"), ("&gt;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#13;", "\r"), ("&amp;", "&"),
    ] {
        text = text.replacingOccurrences(of: reference, with: character, options: .literal)
    }
    return text
}
