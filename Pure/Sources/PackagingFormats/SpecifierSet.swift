/// Conditions on versions, all of which must be met: `>=3.9,!=3.9.1,<4`. An empty set is met by every version.
///
/// Source: packaging.python.org, "Version specifiers" (PEP 440).
public struct SpecifierSet: Sendable {
    /// The specifiers as written, in their order.
    public let specifiers: [Specifier]

    /// Reads specifiers with commas between them; an empty text and superfluous commas are taken.
    public init(parsing text: String) throws(InvalidSpecifier) {
        let bytes = Array(text.utf8)
        self.specifiers = try Self.specifiers(in: bytes, 0..<bytes.count)
    }

    init(_ specifiers: [Specifier]) { self.specifiers = specifiers }

    static func specifiers(in bytes: [UInt8], _ range: Range<Int>) throws(InvalidSpecifier) -> [Specifier] {
        var specifiers: [Specifier] = []
        var start = range.lowerBound
        while start <= range.upperBound {
            var end = start
            while end < range.upperBound, bytes[end] != UInt8(ascii: ",") { end += 1 }
            let part = Whitespace.trim(bytes, in: start..<end)
            if !part.isEmpty {
                var reader = ByteReader(bytes, in: part)
                guard let specifier = try Specifier(from: &reader), reader.isAtEnd else {
                    throw .syntax(reader.text(part))
                }
                specifiers.append(specifier)
            }
            start = end + 1
        }
        return specifiers
    }

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
