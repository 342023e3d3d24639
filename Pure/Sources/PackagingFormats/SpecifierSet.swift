/// Conditions on versions, all of which must be met: `>=3.9,!=3.9.1,<4`. An empty set is met by every version.
///
/// Source: packaging.python.org, "Version specifiers" (PEP 440).
public struct SpecifierSet: Sendable {
    /// The specifiers as written, in their order.
    public let specifiers: [Specifier]

    /// Reads specifiers with commas between them; an empty text and superfluous commas are taken.
    public init(parsing text: String) throws(InvalidSpecifier) {
        let bytes = Array(text.utf8)
        var specifiers: [Specifier] = []
        for part in bytes.split(separator: UInt8(ascii: ",")) {
            let range = Whitespace.trim(bytes, in: part.startIndex..<part.endIndex)
            if range.isEmpty { continue }
            var reader = ByteReader(bytes, in: range)
            guard let specifier = try Specifier(from: &reader), reader.isAtEnd else {
                throw .syntax(reader.text(range))
            }
            specifiers.append(specifier)
        }
        self.specifiers = specifiers
    }

    init(_ specifiers: [Specifier]) { self.specifiers = specifiers }

    /// True without any condition.
    public var isEmpty: Bool { specifiers.isEmpty }

    /// True when `version` meets every condition.
    ///
    /// - Parameter prereleases: whether a pre-release may meet them at all.
    public func contains(_ version: Version, prereleases: Bool = true) -> Bool {
        if !prereleases, version.isPrerelease { return false }
        return specifiers.allSatisfy { $0.contains(version) }
    }

    /// The conditions sorted as text, each equal one once, with commas and without blanks: `!=3.9.1,<4,>=3.9`.
    public var text: String {
        if specifiers.count < 2 { return specifiers.first?.text ?? "" }
        var seen: Set<Specifier> = []
        return specifiers.sorted { $0.text < $1.text }.filter { seen.insert($0).inserted }.map(\.text)
            .joined(separator: ",")
    }
}

extension SpecifierSet: Hashable, CustomStringConvertible {
    /// True when both hold the same conditions, in whatever order and spelling.
    public static func == (a: SpecifierSet, b: SpecifierSet) -> Bool { Set(a.specifiers) == Set(b.specifiers) }

    /// Feeds the set of conditions.
    public func hash(into hasher: inout Hasher) { hasher.combine(Set(specifiers)) }

    /// The conditions sorted as text.
    public var description: String { text }
}
