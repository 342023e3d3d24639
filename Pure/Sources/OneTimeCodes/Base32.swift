/// Bytes as letters and digits that people can read out and type (RFC 4648, section 6).
public struct Base32: Sendable {
    /// RFC 4648's alphabet, `A`–`Z` and `2`–`7`: what authenticator apps take secrets in.
    public static let rfc4648 = Base32(alphabet: "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", readAlso: [])
    /// Crockford's alphabet in lower case: no `i`, `l`, `o` and `u`, so that nothing looks like `1`, `0` or a word.
    /// `i` and `l` are read as `1`, `o` as `0`.
    ///
    /// Source: Douglas Crockford, "Base 32" (https://www.crockford.com/base32.html).
    public static let crockford = Base32(
        alphabet: "0123456789abcdefghjkmnpqrstvwxyz", readAlso: [("i", "1"), ("l", "1"), ("o", "0")])

    private let alphabet: [UInt8]
    /// The value of each byte as a character; 0xff for one that has none.
    private let values: [UInt8]

    private init(alphabet text: String, readAlso: [(String, String)]) {
        alphabet = Array(text.utf8)
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in text.enumerated() {
            for byte in [character.lowercased(), character.uppercased()].flatMap(\.utf8) {
                values[Int(byte)] = UInt8(value)
            }
        }
        for (alias, character) in readAlso {
            for (alias, character) in zip(alias.utf8, character.utf8) {
                values[Int(alias)] = values[Int(character)]
                values[Int(alias - 0x20)] = values[Int(character)]
            }
        }
        self.values = values
    }

    /// The text of `bytes`, without padding.
    public func encode(_ bytes: [UInt8]) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity((bytes.count * 8 + 4) / 5)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for byte in bytes {
            buffer = buffer << 8 | UInt32(byte)
            bits += 8
            while bits >= 5 {
                bits -= 5
                characters.append(alphabet[Int(buffer >> bits & 0x1f)])
            }
        }
        if bits > 0 { characters.append(alphabet[Int(buffer << (5 - bits) & 0x1f)]) }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The bytes of a text as people type it: in either case, with white space and hyphens anywhere, with the padding
    /// or without.
    ///
    /// Nil for another character, for a length that no bytes have, and for spare bits that are not zero: a text that
    /// was cut or mistyped at its end does not become other bytes.
    public func decode(_ text: String) -> [UInt8]? {
        let characters = text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "-" }
        let padding = characters.reversed().prefix { $0 == "=" }.count
        guard padding == 0 || characters.count % 8 == 0 && padding < 8 else { return nil }

        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count * 5 / 8)
        var buffer: UInt32 = 0
        var bits: UInt32 = 0
        for character in characters.dropLast(padding) {
            guard character.isASCII, values[Int(character.value)] != 0xff else { return nil }
            buffer = buffer << 5 | UInt32(values[Int(character.value)])
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: buffer >> bits))
            }
        }
        guard bits < 5, buffer & (1 << bits - 1) == 0 else { return nil }
        return bytes
    }
}

/// `text` in groups of `size` characters, which the eye can follow.
func grouped(_ text: String, by size: Int, separator: String) -> String {
    let characters = Array(text)
    return stride(from: 0, to: characters.count, by: size)
        .map { String(characters[$0..<min($0 + size, characters.count)]) }
        .joined(separator: separator)
}
