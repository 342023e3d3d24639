import Bytes

/// Finds web addresses in plain text.
enum Linkifier {
    /// A stretch of text.
    enum Part: Equatable {
        case text(Substring)
        /// An `http` or `https` address.
        case link(Substring)
    }

    /// Splits `text` into addresses and what is between them, in linear time.
    ///
    /// An address starts at a word's beginning and ends before a blank, `<`, `>`, a quote or a backtick; punctuation
    /// at its end belongs to the sentence, and so does a closing bracket that has no partner in the address
    /// (as in GitHub's extended autolinks).
    static func parts(of text: String) -> [Part] {
        var parts: [Part] = []
        var pending = text.startIndex
        var position = text.startIndex
        let utf8 = text.utf8
        while let colon = utf8[position...].firstIndex(of: UInt8(ascii: ":")) {
            position = utf8.index(after: colon)
            guard let start = schemeStart(before: colon, in: utf8, from: pending) else { continue }
            let end = addressEnd(from: start, in: utf8)
            // Something must follow the two slashes.
            guard let host = utf8.index(colon, offsetBy: 3, limitedBy: end), host < end else { continue }
            if pending < start { parts.append(.text(text[pending..<start])) }
            parts.append(.link(text[start..<end]))
            pending = end
            position = end
        }
        if pending < text.endIndex { parts.append(.text(text[pending...])) }
        return parts
    }

    /// Where `http` or `https` begins that ends at `colon`, with `//` behind it and no word before it.
    private static func schemeStart(
        before colon: String.Index, in text: String.UTF8View, from first: String.Index
    ) -> String.Index? {
        guard text[colon...].starts(with: "://".utf8) else { return nil }
        let before = text[first..<colon]
        for scheme in ["https", "http"] where before.suffix(scheme.utf8.count).elementsEqual(scheme.utf8) {
            let start = text.index(colon, offsetBy: -scheme.utf8.count)
            guard start > first else { return start }
            let previous = text[text.index(before: start)]
            return previous.isASCIIAlphanumeric ? nil : start
        }
        return nil
    }

    private static func addressEnd(from start: String.Index, in text: String.UTF8View) -> String.Index {
        let stops: Set<UInt8> = Set("<>\"`".utf8)
        let word = text[start...].prefix { $0 > 0x20 && $0 != 0x7F && !stops.contains($0) }
        var end = word.endIndex
        var balance = word.reduce(into: [:]) { counts, byte in counts[byte, default: 0] += 1 }
        while end > start {
            let last = text[text.index(before: end)]
            switch last {
            case UInt8(ascii: ")") where balance[last, default: 0] > balance[UInt8(ascii: "("), default: 0],
                UInt8(ascii: "]") where balance[last, default: 0] > balance[UInt8(ascii: "["), default: 0]:
                balance[last, default: 0] -= 1
            case UInt8(ascii: "."), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "!"),
                UInt8(ascii: "?"), UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"):
                break
            default: return end
            }
            end = text.index(before: end)
        }
        return end
    }
}
