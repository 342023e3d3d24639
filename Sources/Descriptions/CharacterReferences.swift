import Bytes

/// The character references of HTML: `&amp;`, `&#38;`, `&#x26;`.
///
/// Only those with a semicolon and, of the names, only the usual ones are known. An unknown one stays as it is
/// written, which is safe because everything is escaped again when it is written out.
enum CharacterReferences {
    /// `source` with its references replaced; bytes that are no UTF-8 become U+FFFD.
    static func decode(_ source: ArraySlice<UInt8>) -> String {
        guard source.contains(UInt8(ascii: "&")) else { return String(decoding: source, as: UTF8.self) }
        var decoded: [UInt8] = []
        decoded.reserveCapacity(source.count)
        var rest = source
        while let byte = rest.first {
            if byte == UInt8(ascii: "&"), let (text, length) = reference(at: rest) {
                decoded += text.utf8
                rest = rest.dropFirst(length)
            } else {
                decoded.append(byte)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }

    /// What the reference at the start of `source` stands for, and how many bytes it has; nil for anything else.
    private static func reference(at source: ArraySlice<UInt8>) -> (String, length: Int)? {
        let longest = source.prefix(12)
        guard let semicolon = longest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: longest[longest.startIndex..<semicolon].dropFirst(), as: UTF8.self)
        let length = semicolon - longest.startIndex + 1
        if let text = named[name] { return (text, length) }
        guard name.hasPrefix("#") else { return nil }
        let isHexadecimal = name.hasPrefix("#x") || name.hasPrefix("#X")
        let digits = name.dropFirst(isHexadecimal ? 2 : 1)
        guard digits.utf8.first.map({ $0.isASCIIAlphanumeric }) == true,
            let number = UInt32(digits, radix: isHexadecimal ? 16 : 10)
        else { return nil }
        let scalar = number == 0 ? nil : Unicode.Scalar(number)
        return (String(Character(scalar ?? "\u{FFFD}")), length)
    }

    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "shy": "\u{AD}",
        "ensp": "\u{2002}", "emsp": "\u{2003}", "thinsp": "\u{2009}", "zwj": "\u{200D}", "zwnj": "\u{200C}",
        "copy": "©", "reg": "®", "trade": "™", "hellip": "…", "mdash": "—", "ndash": "–", "middot": "·",
        "bull": "•", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "laquo": "«", "raquo": "»",
        "lsaquo": "‹", "rsaquo": "›", "sect": "§", "para": "¶", "deg": "°", "plusmn": "±", "times": "×",
        "divide": "÷", "frac12": "½", "frac14": "¼", "frac34": "¾", "sup2": "²", "sup3": "³", "micro": "µ",
        "le": "≤", "ge": "≥", "ne": "≠", "asymp": "≈", "infin": "∞", "larr": "←", "rarr": "→", "uarr": "↑",
        "darr": "↓", "harr": "↔", "check": "✓", "cross": "✗", "star": "☆", "starf": "★", "hearts": "♥",
        "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß",
        "eacute": "é", "egrave": "è", "agrave": "à", "aacute": "á", "ccedil": "ç", "ntilde": "ñ", "aring": "å",
        "oslash": "ø", "pi": "π", "mu": "μ", "alpha": "α", "beta": "β", "lambda": "λ", "Omega": "Ω",
        "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "lpar": "(", "rpar": ")", "vert": "|",
        "colon": ":", "Tab": "\t", "NewLine": "\n", "num": "#", "excl": "!", "quest": "?", "sol": "/",
        "bsol": "\\", "grave": "`", "ast": "*", "lowbar": "_", "percnt": "%", "commat": "@", "dollar": "$",
        "equals": "=", "plus": "+", "comma": ",", "period": ".", "semi": ";", "euro": "€", "pound": "£",
    ]
}
