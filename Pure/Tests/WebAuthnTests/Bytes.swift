/// Hexadecimal digits as bytes.
func hex(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var digits = text[...]
    while digits.count >= 2 {
        bytes.append(UInt8(digits.prefix(2), radix: 16) ?? 0)
        digits = digits.dropFirst(2)
    }
    return bytes
}

/// Base64url without padding as bytes.
func fromBase64URL(_ text: String) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var bytes: [UInt8] = []
    var (bits, count) = (0 as UInt32, 0)
    for character in text.utf8 {
        bits = (bits << 6 | UInt32(alphabet.firstIndex(of: character) ?? 0)) & 0xffff
        count += 6
        if count >= 8 {
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
    }
    return bytes
}
