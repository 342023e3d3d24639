extension UInt8 {
    var isLetter: Bool { (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    /// What HTML calls whitespace: tab, line feed, form feed, carriage return, space.
    var isHTMLSpace: Bool { self == 0x20 || self == 0x09 || self == 0x0A || self == 0x0C || self == 0x0D }
    var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self + 0x20 : self }
}

extension Array<UInt8> {
    /// Whether the bytes from `index` on begin with `prefix`, an ASCII text in lower case, whatever their own case.
    func hasPrefix(_ prefix: StaticString, at index: Int) -> Bool {
        guard index + prefix.utf8CodeUnitCount <= count else { return false }
        return prefix.withUTF8Buffer { expected in
            expected.indices.allSatisfy { self[index + $0].lowercased == expected[$0] }
        }
    }
}
