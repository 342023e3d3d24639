import Primitives

/// A country or area with a code of its own.
///
/// Source: ISO 3166-1, alpha-2.
public struct Country: Sendable, Hashable, CustomStringConvertible {
    /// Two capital letters: `AT`.
    public let code: String
    /// What people call it in English: `Austria`.
    public let name: String

    /// All of them, in the order of their names.
    public static let all = table.map { Country(code: $0.code, name: $0.name) }

    private static let byText = Dictionary(
        uniqueKeysWithValues: all.flatMap { [($0.code.lowercased(), $0), ($0.name.lowercased(), $0)] })

    private init(code: String, name: String) {
        self.code = code
        self.name = name
    }

    /// Reads a code or a name, in capitals or not.
    public init(parsing text: String) throws(UnknownCountry) {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard let known = Self.byText[words.lowercased()] else { throw UnknownCountry(text: words) }
        self = known
    }

    /// Reads several, with commas between. Each counts once; the result is in the order of the names.
    public static func list(parsing text: String) throws(UnknownCountry) -> [Country] {
        var countries: [Country] = []
        for part in text.split(separator: ",") where !part.allSatisfy(\.isWhitespace) {
            countries.append(try Country(parsing: String(part)))
        }
        return inOrder(countries)
    }

    /// Those with these codes, in the order of the names.
    static func of(_ codes: Set<String>) -> [Country] { all.filter { codes.contains($0.code) } }

    /// Each once, in the order of the names.
    public static func inOrder(_ countries: some Sequence<Country>) -> [Country] {
        let chosen = Set(countries)
        return all.filter(chosen.contains)
    }

    public var description: String { name }
}

/// A text that names no country.
public struct UnknownCountry: Refusal, Hashable {
    /// What was written.
    public let text: String

    /// Always `invalid`.
    public var kind: RefusalKind { .invalid }
    /// `country.unknown`
    public var code: String { "country.unknown" }
    /// What to write instead.
    public var explanation: String {
        guard !text.isEmpty else { return "Say in which country you are." }
        let hint = text.lowercased() == "uk" ? "GB for the United Kingdom" : "AT for Austria"
        return
            "There is no country “\(text.prefix(60))”. Countries are written as ISO 3166 does, with two letters: \(hint)."
    }
}
