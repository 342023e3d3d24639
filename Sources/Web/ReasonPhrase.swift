import HTTPTypes

/// The words after the status code, which twine, Hatch and Flit show to the person.
///
/// The HTTP types put known codes' usual words in their place, so ours travel as a header field as far as
/// `ServerCodec`, which stands next to the encoder.
public enum ReasonPhrase {
    /// One line of printable ISO 8859-1; what does not fit becomes `?`. At most 500 characters.
    ///
    /// Source: RFC 9112, section 4 (`reason-phrase`).
    public static func line(_ text: String) -> String {
        let latin = text.unicodeScalars.prefix(500).map { scalar -> Character in
            switch scalar.value {
            case 0x09, 0x0A, 0x0D: " "
            // The field travels as UTF-8, so beyond ASCII only what both agree on is left as it is.
            case 0x20...0x7E: Character(scalar)
            case 0x2018, 0x2019: "'"
            case 0x201C, 0x201D: "\""
            default: "?"
            }
        }
        return String(latin)
    }
}

extension HTTPField.Name {
    /// Carries the reason phrase inside the server; it never leaves it.
    static let reasonPhrase = unchecked("x-rind-reason-phrase")

    /// Carries what the log says of a failure, as far as `RefusalMiddleware`.
    static let failureCause = unchecked("x-rind-failure-cause")

    /// Carries the code of a refusal that a page says in its own words, as far as `RefusalMiddleware`, which counts it.
    package static let refusalCode = unchecked("x-rind-refusal-code")

    private static func unchecked(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else { preconditionFailure("\(name) is no field name") }
        return name
    }
}
