/// Base64 by one of its two alphabets, read strictly: what is read is written in one way only.
///
/// Source: RFC 4648.
public enum Base64: Sendable {
    /// With `+` and `/`: section 4.
    case standard
    /// With `-` and `_`: section 5, base64url.
    case url

    /// Whether `=` fills up the last group of four characters.
    public enum Padding: Sendable {
        case none, optional, required
    }

    /// The text of some bytes, without padding.
    public func unpadded(_ bytes: some Sequence<UInt8>) -> String {
        let alphabet = Array(digits.utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.underestimatedCount * 4 / 3 + 3)
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
        return String(decoding: text, as: UTF8.self)
    }

    /// The text of some bytes, with padding.
    public func padded(_ bytes: some Sequence<UInt8>) -> String {
        let text = unpadded(bytes)
        return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
    }

    /// The bytes of a text. Nil for any other character, white space too, for padding that is wrong, for a length that
    /// nothing has, and for spare bits that are not zero: two texts that differ in more than padding are never the
    /// same.
    public func bytes(_ text: some Collection<UInt8>, padding: Padding) -> [UInt8]? {
        text.withContiguousStorageIfAvailable { decoded($0, padding) } ?? decoded(Array(text), padding)
    }

    private var digits: String {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + (self == .url ? "-_" : "+/")
    }

    private func decoded(_ text: UnsafeBufferPointer<UInt8>, _ padding: Padding) -> [UInt8]? {
        let paddings = padding == .none ? 0 : text.suffix(2).reversed().prefix { $0 == UInt8(ascii: "=") }.count
        let isPadded = padding == .required || paddings > 0
        guard isPadded ? text.count % 4 == 0 : text.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 3 / 4)
        let values = values
        var (bits, count) = (0 as UInt32, 0 as UInt32)
        for character in text.dropLast(paddings) {
            let value = values[Int(character)]
            guard value < 64 else { return nil }
            bits = (bits << 6 | UInt32(value)) & 0xffff
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> count))
        }
        guard bits & (1 << count - 1) == 0 else { return nil }
        return bytes
    }

    private func decoded(_ text: [UInt8], _ padding: Padding) -> [UInt8]? {
        text.withUnsafeBufferPointer { decoded($0, padding) }
    }

    /// What each character is worth; 64 where it is not in the alphabet.
    private var values: [UInt8] {
        switch self {
        case .standard: Self.standardValues
        case .url: Self.urlValues
        }
    }

    private static let standardValues = standard.table
    private static let urlValues = url.table

    private var table: [UInt8] {
        var values = [UInt8](repeating: 64, count: 256)
        for (value, character) in digits.utf8.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }
}

extension Sequence<UInt8> {
    /// The bytes in base64url without padding, as WebAuthn, JOSE and wheels have it.
    public var base64URL: String { Base64.url.unpadded(self) }
}

extension Array<UInt8> {
    /// The bytes of a text in base64url without padding; nil for anything else.
    public init?(base64URL text: some StringProtocol) {
        guard let bytes = Base64.url.bytes(text.utf8, padding: .none) else { return nil }
        self = bytes
    }
}
