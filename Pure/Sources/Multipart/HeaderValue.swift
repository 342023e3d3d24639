import Bytes

/// A header's value of the form `first; name=value; name="value"`.
///
/// Source: RFC 2045, section 5.1; RFC 2183, section 2.
struct HeaderValue {
    /// What comes before the first semicolon, in lower case.
    let first: String
    /// By name in lower case. Every name occurs once: of two, one reader would take the first and another the last.
    let parameters: [String: String]

    /// Nil when it is malformed.
    init?(parsing text: String) {
        var rest = Substring(text).utf8
        first = Self.trimmed(rest.prefix { $0 != UInt8(ascii: ";") }).lowercased()
        rest = rest.drop { $0 != UInt8(ascii: ";") }

        var parameters: [String: String] = [:]
        while rest.popFirst() != nil {
            let name = Self.trimmed(rest.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }).lowercased()
            rest = rest.drop { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: ";") }
            // Some senders end the line with a semicolon.
            if name.isEmpty, rest.isEmpty { break }
            guard Self.isToken(name), rest.popFirst() == UInt8(ascii: "="), let value = Self.value(from: &rest),
                parameters.updateValue(value, forKey: name) == nil
            else { return nil }
            rest = rest.drop(while: Self.isSpace)
            guard rest.isEmpty || rest.first == UInt8(ascii: ";") else { return nil }
        }
        self.parameters = parameters
    }

    private static func value(from rest: inout Substring.UTF8View) -> String? {
        rest = rest.drop(while: isSpace)
        guard rest.first == UInt8(ascii: "\"") else {
            // More than RFC 2045's token, because boundaries are often left unquoted.
            let word = rest.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: "\"") && !isSpace($0) }
            rest = rest[word.endIndex...]
            return word.isEmpty ? nil : String(Substring(word))
        }
        rest.removeFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(validating: bytes, as: UTF8.self)
            case UInt8(ascii: "\\") where rest.first == UInt8(ascii: "\"") || rest.first == UInt8(ascii: "\\"):
                bytes.append(rest.removeFirst())
            // Any other backslash is itself: browsers have sent whole Windows paths. A percent sign too: browsers
            // write a quotation mark as %22, but do not mark what was %22 before.
            default: bytes.append(byte)
            }
        }
        return nil
    }

    private static func trimmed(_ text: Substring.UTF8View) -> String {
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return String(Substring(text))
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

    /// True for a name of RFC 9110's token characters.
    static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "!#$%&'*+-.^_`|~".utf8.contains($0) }
    }
}
