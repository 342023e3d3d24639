extension Sequence<UInt8> {
    /// The bytes in lower-case hexadecimal digits, two to each (RFC 4648, section 8).
    public var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(2 * underestimatedCount)
        for byte in self {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}

extension Array<UInt8> {
    /// The bytes that hexadecimal digits of either case spell; nil for any other character and for an odd number of
    /// them.
    public init?(hexadecimal text: some StringProtocol) {
        var digits = text.utf8.makeIterator()
        self = []
        reserveCapacity(text.utf8.count / 2)
        while let first = digits.next() {
            guard let high = first.hexadecimalValue, let low = digits.next()?.hexadecimalValue else { return nil }
            append(high << 4 | low)
        }
    }
}
