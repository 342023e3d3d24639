/// A path of this index that somebody from outside asks to be sent on to, with its query.
///
/// It cannot lead to another site: browsers read `//host`, `/\host` and `/<tab>/host` as addresses elsewhere (WHATWG
/// URL, section 4.4), and none of them is one of these.
public struct LocalPath: Sendable, Hashable, CustomStringConvertible {
    /// As it stands in a `Location` field.
    public let text: String

    /// Nil for whatever is no path of this index.
    public init?(parsing text: String?) {
        guard let text, text.utf8.count <= 2_000, text.utf8.first == UInt8(ascii: "/"),
            text.utf8.dropFirst().first != UInt8(ascii: "/"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        // Nor is any that a browser makes one of: it takes dots out before it looks.
        let path = text.prefix { $0 != "?" && $0 != "#" }
        guard !path.split(separator: "/").contains(where: { Self.dots.contains($0.lowercased()) }) else { return nil }
        self.text = text
    }

    /// Segments that stand for a folder (WHATWG URL, section 4.2).
    private static let dots: Set = [".", "%2e", "..", ".%2e", "%2e.", "%2e%2e"]

    /// The path and its query.
    public var description: String { text }

    /// The path without its query.
    public var path: Substring { text.prefix { $0 != "?" && $0 != "#" } }
}
