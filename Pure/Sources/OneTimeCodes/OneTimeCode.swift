import Crypto

/// The hash that codes are made with. Apps are given SHA-1, which all of them know; its weakness is collisions, and
/// HMAC does not rest on those.
enum CodeAlgorithm: Sendable {
    case sha1, sha256, sha512
}

/// How codes are made of a secret and a counter: HOTP (RFC 4226, section 5.3).
struct OneTimeCode: Sendable {
    /// Six to eight decimal digits.
    var digits = 6
    var algorithm = CodeAlgorithm.sha1

    /// The code as a number below 10^digits; what is shown has zeros before it.
    func number(secret: [UInt8], counter: UInt64) -> UInt32 {
        let key = SymmetricKey(data: secret)
        let message = (0..<8).map { UInt8(truncatingIfNeeded: counter >> (56 - 8 * UInt64($0))) }
        let mac: [UInt8] =
            switch algorithm {
            case .sha1: Array(HMAC<Insecure.SHA1>.authenticationCode(for: message, using: key))
            case .sha256: Array(HMAC<SHA256>.authenticationCode(for: message, using: key))
            case .sha512: Array(HMAC<SHA512>.authenticationCode(for: message, using: key))
            }
        // Dynamic truncation: the last four bits say where the 31 bits are that become the code.
        let offset = Int(mac[mac.count - 1] & 0x0f)
        let bits = mac[offset..<(offset + 4)].reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7fff_ffff
        return bits % (0..<digits).reduce(1) { product, _ in product * 10 }
    }

    /// The code as it is shown.
    func text(secret: [UInt8], counter: UInt64) -> String {
        let text = String(number(secret: secret, counter: counter))
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// The number that somebody typed, with white space and hyphens anywhere; nil when it is no code.
    func number(typed text: String) -> UInt32? {
        // Nobody types so much around six digits.
        guard text.utf8.count <= 64 else { return nil }
        let characters = text.unicodeScalars.filter { !$0.properties.isWhitespace && $0 != "-" }
        guard characters.count == digits, characters.allSatisfy({ ("0"..."9").contains($0) }) else { return nil }
        return UInt32(String(String.UnicodeScalarView(characters)))
    }
}
