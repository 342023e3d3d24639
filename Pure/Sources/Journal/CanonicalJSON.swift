import Bytes

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
                case .string(let text): JSON.quoted(text)
                case .texts(let texts): object(texts.mapValues(Value.string))
                }
            return "\(JSON.quoted(name)):\(text)"
        }
        return "{\(written.joined(separator: ","))}"
    }
}
