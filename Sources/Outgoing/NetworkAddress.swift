/// An address of the Internet Protocol, and whether it is one that the whole Internet has a way to.
public struct NetworkAddress: Sendable, Hashable {
    /// Four or sixteen.
    let bytes: [UInt8]

    /// An address of four (IPv4) or sixteen (IPv6) bytes; nil for any other number.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Whether it is somewhere on the Internet: not this machine, not a network of somebody's own, not one for a purpose.
    ///
    /// Source: the registries of IANA for special-purpose addresses (RFC 6890), `Globally Reachable`, as of 2026.
    public var isPublic: Bool {
        bytes.count == 4 ? Self.isPublic(v4: bytes) : Self.isPublic(v6: bytes)
    }

    private static func isPublic(v4 bytes: [UInt8]) -> Bool {
        switch (bytes[0], bytes[1], bytes[2]) {
        case (0, _, _), (10, _, _), (127, _, _), (100, 64...127, _), (169, 254, _), (172, 16...31, _), (192, 168, _):
            false
        case (192, 0, 0), (192, 0, 2), (192, 88, 99), (198, 18...19, _), (198, 51, 100), (203, 0, 113): false
        case (224..., _, _): false
        default: true
        }
    }

    private static func isPublic(v6 bytes: [UInt8]) -> Bool {
        // Addresses of IPv4 in other clothes: mapped, translated (RFC 6052), 6to4.
        let isMapped = bytes[..<10].allSatisfy { $0 == 0 } && bytes[10...11].allSatisfy { $0 == 0xff }
        let isTranslated = bytes[..<12] == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]
        if isMapped || isTranslated { return isPublic(v4: Array(bytes[12...])) }
        switch (bytes[0], bytes[1], bytes[2], bytes[3]) {
        case (0x20, 0x02, _, _): return isPublic(v4: Array(bytes[2..<6]))
        case (0x20, 0x01, 0...1, _), (0x20, 0x01, 0x0d, 0xb8), (0x3f, 0xff, 0...0x0f, _): return false
        // All that was given to anybody so far.
        case (0x20...0x3f, _, _, _): return true
        default: return false
        }
    }
}
