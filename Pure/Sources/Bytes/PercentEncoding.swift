extension Collection<UInt8> {
    /// The bytes as part of an address, all but those that `isKept` as `%XX` (RFC 3986, section 2.1): a space is `%20`,
    /// never `+`.
    public func percentEncoded(keeping isKept: (UInt8) -> Bool = { $0.isUnreserved }) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(count)
        for byte in self { text.append(percentEncoding: byte, keeping: isKept) }
        return String(decoding: text, as: UTF8.self)
    }

    /// What percent-encoded text stands for. A percent sign without two hexadecimal digits behind it stands for itself,
    /// and makes the text one that is not well formed: whether it is refused is up to the reader.
    public func percentDecoded() -> (bytes: [UInt8], isWellFormed: Bool) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        var isWellFormed = true
        var rest = self[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            if let high = rest.first?.hexadecimalValue, let low = rest.dropFirst().first?.hexadecimalValue {
                bytes.append(high << 4 | low)
                rest.removeFirst(2)
            } else {
                bytes.append(byte)
                isWellFormed = false
            }
        }
        return (bytes, isWellFormed)
    }
}

extension Array<UInt8> {
    /// Appends a byte as `percentEncoded` has it.
    @inlinable public mutating func append(percentEncoding byte: UInt8, keeping isKept: (UInt8) -> Bool) {
        guard !isKept(byte) else { return append(byte) }
        append(UInt8(ascii: "%"))
        append((byte >> 4).upperCaseDigit)
        append((byte & 15).upperCaseDigit)
    }
}

extension UInt8 {
    @inlinable var upperCaseDigit: UInt8 { self < 10 ? 0x30 + self : 0x41 + self - 10 }
}
