import Primitives

/// Writes JSON in the one form that RFC 8785 ("JSON Canonicalization Scheme") gives every value. Numbers are not among
/// the values: what is hashed and signed holds texts only.
enum CanonicalJSON {
    enum Value {
        case string(String)
        case texts([String: String])
    }

    /// An object. Its members stand in the order of their names, by UTF-16 code units (section 3.2.3).
    static func object(_ members: [String: Value]) -> String {
        let written = members.sorted { $0.key.utf16.lexicographicallyPrecedes($1.key.utf16) }.map { name, value in
            let text =
                switch value {
                case .string(let text): string(text)
                case .texts(let texts): object(texts.mapValues(Value.string))
                }
            return "\(string(name)):\(text)"
        }
        return "{\(written.joined(separator: ","))}"
    }

    /// A string, with the escapes that have to be (section 3.2.2.2) and no others.
    private static func string(_ text: String) -> String {
        var written = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": written += "\\\""
            case "\\": written += "\\\\"
            case "\u{08}": written += "\\b"
            case "\t": written += "\\t"
            case "\n": written += "\\n"
            case "\u{0C}": written += "\\f"
            case "\r": written += "\\r"
            case "\u{00}"..."\u{1F}": written += "\\u00" + [UInt8(scalar.value)].hexadecimal
            case _: written.unicodeScalars.append(scalar)
            }
        }
        return written + "\""
    }
}
