import Bytes

extension UInt8 {
    /// What HTML calls whitespace: tab, line feed, form feed, carriage return, space.
    var isHTMLSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0C || self == 0x0D }
}

extension Array<UInt8> {
    /// Whether the bytes from `index` on begin with `prefix`, an ASCII text in lower case, whatever their own case.
    func hasPrefix(_ prefix: StaticString, at index: Int) -> Bool {
        guard index + prefix.utf8CodeUnitCount <= count else { return false }
        return prefix.withUTF8Buffer { expected in
            expected.indices.allSatisfy { self[index + $0].asciiLowercased == expected[$0] }
        }
    }
}
