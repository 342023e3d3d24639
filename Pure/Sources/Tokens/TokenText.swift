/// The text of a token, as people paste it: `rind-` and the macaroon in base64url (RFC 4648, section 5).
///
/// The prefix tells people and secret scanners what they found.
extension Macaroon {
    /// What every token begins with.
    public static let prefix = "rind-"

    /// `rind-AgEL…`, without padding. This is the credential itself: never log it.
    public var text: String { Self.prefix + Base64URL.encode(serialized) }

    /// Reads the text of a token, with the padding of base64 or without.
    public init(parsing text: String) throws(MalformedToken) {
        // Four characters carry three bytes; two more may be padding.
        guard text.utf8.count <= Self.prefix.utf8.count + (Self.maximumBytes + 2) / 3 * 4 else { throw .tooLong }
        guard text.hasPrefix(Self.prefix) else { throw .prefix }
        guard let bytes = Base64URL.decode(text.utf8.dropFirst(Self.prefix.utf8.count)) else { throw .encoding }
        try self.init(serialized: bytes)
    }
}

enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    static func encode(_ bytes: [UInt8]) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(bytes.count * 4 / 3 + 3)
        var buffer: UInt32 = 0
        var bits = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 6 {
                bits -= 6
                characters.append(alphabet[Int(buffer >> UInt32(bits) & 0x3f)])
            }
        }
        if bits > 0 { characters.append(alphabet[Int(buffer << UInt32(6 - bits) & 0x3f)]) }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The bytes, or nil for another character, wrong padding, or spare bits that are not zero: two texts that differ
    /// in more than padding are never the same token.
    static func decode(_ text: Substring.UTF8View) -> [UInt8]? {
        var characters = text
        var padding = 0
        while characters.last == UInt8(ascii: "="), padding < 2 {
            characters.removeLast()
            padding += 1
        }
        guard padding == 0 || (characters.count + padding) % 4 == 0 else { return nil }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 3 / 4)
        var buffer: UInt32 = 0
        var bits = 0
        for character in characters {
            let value = values[Int(character)]
            guard value != 0xff else { return nil }
            buffer = buffer << 6 | UInt32(value)
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> UInt32(bits)))
            }
        }
        guard bits < 6, buffer & (1 << UInt32(bits) - 1) == 0 else { return nil }
        return bytes
    }
}
