/// Whether two byte strings are equal, in a time that tells nothing about where they differ; their lengths are no
/// secret.
func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
}

/// Whether a text is short enough to be compared with others and to be a key.
///
/// Swift compares strings by canonical equivalence and for that puts the accents of one letter in order, in quadratic
/// time: a letter with thirty thousand accents takes seconds. ASCII has no accents and may be as long as it likes.
func isComparable(_ text: ArraySlice<UInt8>) -> Bool { text.count <= 4_096 || text.allSatisfy { $0 < 0x80 } }

/// Base64url without padding (RFC 4648, section 5), as text of ASCII bytes.
func base64URL(_ bytes: [UInt8]) -> [UInt8] {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    var text: [UInt8] = []
    var (bits, count) = (0 as UInt32, 0 as UInt32)
    for byte in bytes {
        bits = (bits << 8 | UInt32(byte)) & 0xffff
        count += 8
        while count >= 6 {
            count -= 6
            text.append(alphabet[Int(bits >> count & 63)])
        }
    }
    if count > 0 { text.append(alphabet[Int(bits << (6 - count) & 63)]) }
    return text
}

/// Decodes base64: url-safe and without padding (RFC 4648, section 5), or the standard alphabet with its padding (section
/// 4). Nil for any other character, a length that nothing has, and bits left over that are not zero.
func fromBase64(_ text: some Collection<UInt8>, urlSafe: Bool) -> [UInt8]? {
    let padding = urlSafe ? 0 : text.suffix(2).count { $0 == UInt8(ascii: "=") }
    guard urlSafe ? text.count % 4 != 1 : text.count % 4 == 0 else { return nil }
    let (plus, slash) = urlSafe ? (UInt8(ascii: "-"), UInt8(ascii: "_")) : (UInt8(ascii: "+"), UInt8(ascii: "/"))
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var (bits, count) = (0 as UInt32, 0 as UInt32)
    for digit in text.dropLast(padding) {
        let value: UInt8
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = digit - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): value = digit - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0") + 52
        case plus: value = 62
        case slash: value = 63
        default: return nil
        }
        bits = (bits << 6 | UInt32(value)) & 0xffff
        count += 6
        guard count >= 8 else { continue }
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> count))
    }
    guard bits & (1 << count - 1) == 0 else { return nil }
    return bytes
}
