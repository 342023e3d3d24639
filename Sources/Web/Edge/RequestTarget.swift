import Bytes

/// The path and query of a request as the index knows them: in normal form, and without the index's base path.
///
/// Two paths that mean the same are one: segments are percent-decoded once, one by one, and what may stand in a path as
/// it is does so. So `/simple/case%2Depoch/` is `/simple/case-epoch/`, and `1%212.0` is `1!2.0`, wherever a path is
/// matched or looked up. An encoded slash would be another path for the one who decodes it later; it is refused, and so
/// are control characters and the segments `.` and `..`, which clients take out before they send.
///
/// Source: RFC 3986, sections 3.3 and 6.2.2.2.
package struct RequestTarget: Sendable, Hashable {
    /// Begins with a slash and holds only visible ASCII.
    package let text: String

    /// - Parameters:
    ///   - target: path and query as sent: visible ASCII that begins with a slash.
    ///   - base: where the index stands.
    package init(normalizing target: String, below base: BasePath) throws(EdgeRefusal) {
        let normal = try Self.normalized(target)
        guard let inner = base.inner(of: normal) else { throw .outside(base: base.text) }
        text = inner
    }

    private static func normalized(_ target: String) throws(EdgeRefusal) -> String {
        // Nearly always there is nothing to do.
        var last: UInt8 = 0
        let isPlain = target.utf8.allSatisfy { byte in
            defer { last = byte }
            return byte != UInt8(ascii: "%") && !(byte == UInt8(ascii: ".") && last == UInt8(ascii: "/"))
        }
        if isPlain { return target }
        let path = target.prefix { $0 != "?" }
        var normal = ""
        normal.reserveCapacity(target.utf8.count)
        for (index, segment) in path.split(separator: "/", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { normal.append("/") }
            normal += try decoded(segment).percentEncoded(keeping: \.isPathByte)
        }
        return normal + target[path.endIndex...]
    }

    private static func decoded(_ segment: Substring) throws(EdgeRefusal) -> [UInt8] {
        let (bytes, isWellFormed) = segment.utf8.percentDecoded()
        guard isWellFormed else { throw .malformedEncoding }
        let dot = UInt8(ascii: ".")
        guard bytes != [dot], bytes != [dot, dot] else { throw .dotSegment }
        guard !bytes.contains(UInt8(ascii: "/")) else { throw .encodedSlash }
        // The controls of ASCII, and those of ISO 8859-1 as UTF-8 writes them.
        let hasControl = zip([0] + bytes, bytes).contains { before, byte in
            byte < 0x20 || byte == 0x7F || (before == 0xC2 && (0x80...0x9F).contains(byte))
        }
        guard !hasControl else { throw .encodedControl }
        return bytes
    }

    /// What one segment of a normal path says; nil when it is not UTF-8.
    static func said(by segment: some StringProtocol) -> String? {
        guard segment.utf8.contains(UInt8(ascii: "%")), let bytes = try? decoded(Substring(segment)) else {
            return String(segment)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension UInt8 {
    /// What a segment of a path may hold as it is: `pchar` of RFC 3986, section 3.3, without percent-encoding.
    fileprivate var isPathByte: Bool { isUnreserved || "!$&'()*+,;=:@".utf8.contains(self) }
}
