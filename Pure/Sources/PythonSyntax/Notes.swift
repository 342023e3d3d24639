/// What is odd about a file's text, as it is found, and the characters beyond ASCII that want to be told apart.
package struct Notes {
    /// How many strings, and how many comments, are kept of one file: 20 bytes each.
    static let mostTokens = 2_000_000

    package private(set) var problems: [CodeProblem] = []
    private let most: Int
    private var isFull = false
    private var seen: Set<CodeProblem.Kind> = []
    /// Characters that nobody sees, in order, each with where it is; which part of the text they are in is not known
    /// before it was read.
    private var hidden: [Hidden] = []
    private var nextHidden = 0
    /// Whether there are letters that Python reads as others.
    package private(set) var hasCompatibilityForms = false
    /// How the bytes of strings are to be read.
    package private(set) var charset = Charset.utf8

    package enum Charset: Sendable { case utf8, latin1 }

    private struct Hidden {
        var offset: Int
        var scalar: UInt32
        var isBidirectional: Bool
        var position: CodePosition
    }

    package init(most: Int) { self.most = most }

    mutating func add(_ kind: CodeProblem.Kind, _ position: CodePosition) {
        // What Python would refuse is one problem, however often it comes.
        if case .notPython = kind {
            addOnce(kind, position)
            return
        }
        append(kind, position)
    }

    mutating func addOnce(_ kind: CodeProblem.Kind, _ position: CodePosition) {
        if seen.insert(kind).inserted { append(kind, position) }
    }

    private mutating func append(_ kind: CodeProblem.Kind, _ position: CodePosition) {
        if problems.count < most {
            problems.append(CodeProblem(kind: kind, position: position))
        } else if !isFull {
            isFull = true
            problems.append(CodeProblem(kind: .bound("problems"), position: position))
        }
    }

    // MARK: Characters that nobody sees

    /// All that was found between `start` and `end` is in that part of the text; what was before, in code.
    @inline(__always) mutating func pass(to end: Int, _ part: CodeProblem.Part, from start: Int) {
        if nextHidden < hidden.count && hidden[nextHidden].offset < end { passHidden(end, part, start) }
    }

    private mutating func passHidden(_ end: Int, _ part: CodeProblem.Part, _ start: Int) {
        while nextHidden < hidden.count, hidden[nextHidden].offset < end {
            let found = hidden[nextHidden]
            let place = found.offset < start ? CodeProblem.Part.code : part
            append(
                found.isBidirectional ? .bidirectional(found.scalar, place) : .invisible(found.scalar, place),
                found.position)
            nextHidden += 1
        }
    }

    package mutating func finish() { pass(to: .max, .code, from: .max) }

    /// Looks at the whole text, before its tokens are read: is it UTF-8, is it what it declares to be, what is hidden.
    package mutating func look(at bytes: UnsafeBufferPointer<UInt8>) {
        if let (codec, position) = Codec.declared(in: bytes) {
            switch Codec.kind(of: codec) {
            case .utf8: break
            case .latin1: charset = .latin1
            case .other:
                // Which bytes are which letters is not known; they are let pass.
                return
            case .deceptive: append(.codec(codec), position)
            }
        }
        if charset == .latin1 { return }
        var place = 0
        var line = 1
        var lineStart = 0
        var counted = 0
        var isReported = false
        let count = bytes.count
        while place < count {
            // Eight at a time, where all are ASCII.
            while place + 8 <= count {
                let word = UnsafeRawPointer(bytes.baseAddress.unsafelyUnwrapped + place)
                    .loadUnaligned(as: UInt64.self)
                if word & 0x8080_8080_8080_8080 != 0 { break }
                place += 8
            }
            while place < count, bytes[place] < 0x80 { place += 1 }
            guard place < count else { return }
            let (scalar, length) = decodeScalar(bytes, place)
            let doubt = scalar.map(Suspicion.init(of:)) ?? .none
            if scalar == nil ? !isReported : doubt.isHidden && hidden.count < most && place > 0 {
                while counted < place {
                    if bytes[counted] == 10
                        || (bytes[counted] == 13 && (counted + 1 >= count || bytes[counted + 1] != 10))
                    {
                        line += 1
                        lineStart = counted + 1
                    }
                    counted += 1
                }
                let position = CodePosition(line: line, column: place - lineStart + 1)
                if let scalar {
                    hidden.append(
                        Hidden(
                            offset: place, scalar: scalar, isBidirectional: doubt == .bidirectional,
                            position: position))
                } else {
                    isReported = true
                    append(.notUTF8, position)
                }
            }
            if doubt == .compatibility { hasCompatibilityForms = true }
            place += length
        }
    }

    // MARK: Names beyond ASCII

    mutating func look(atName name: UnsafeBufferPointer<UInt8>, _ position: CodePosition) {
        guard name.count <= 1_024 else { return }
        if let plain = CompatibilityForm.ascii(name) {
            append(.compatibilityForm(of: String(decoding: plain, as: UTF8.self)), position)
            return
        }
        var hasLatin = false
        var hasLookAlike = false
        var place = 0
        while place < name.count {
            let (scalar, length) = decodeScalar(name, place)
            if let scalar {
                if (scalar | 0x20) &- 0x61 < 26 { hasLatin = true }
                // Cyrillic, Cherokee, Lisu; and the Greek that looks like Latin. Others of Greek are mathematics.
                switch scalar {
                case 0x400...0x52f, 0x13a0...0x13fd, 0xab70...0xabbf, 0xa4d0...0xa4ff, 0x391, 0x392, 0x395...0x397,
                    0x399, 0x39a, 0x39c, 0x39d, 0x39f, 0x3a1, 0x3a4, 0x3a5, 0x3a7, 0x3bf:
                    hasLookAlike = true
                default: break
                }
            }
            place += length
        }
        if hasLatin && hasLookAlike { append(.mixedScripts(String(decoding: name, as: UTF8.self)), position) }
    }
}

/// The scalar that begins there, nil if none does, and how many bytes to go on by.
package func decodeScalar(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> (scalar: UInt32?, length: Int) {
    let first = UInt32(bytes[place])
    if first < 0x80 { return (first, 1) }
    let length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
    guard first >= 0xc2, first <= 0xf4, place + length <= bytes.count else { return (nil, 1) }
    var scalar = first & (0x7f >> UInt32(length))
    for index in 1..<length {
        let byte = UInt32(bytes[place + index])
        guard byte & 0xc0 == 0x80 else { return (nil, 1) }
        scalar = scalar << 6 | byte & 0x3f
    }
    let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x1_0000
    guard scalar >= least, scalar <= 0x10_ffff, !(0xd800...0xdfff).contains(scalar) else { return (nil, 1) }
    return (scalar, length)
}

/// Why a character is looked at twice.
enum Suspicion {
    case none, bidirectional, invisible, compatibility

    var isHidden: Bool { self == .bidirectional || self == .invisible }

    init(of scalar: UInt32) {
        switch scalar {
        // Embeddings, overrides, isolates and their ends; the marks and the Arabic one.
        case 0x202a...0x202e, 0x2066...0x2069, 0x200e, 0x200f, 0x61c: self = .bidirectional
        // Soft hyphen, zero widths, fillers, invisible operators, variation selectors of the supplement, tags.
        case 0xad, 0x34f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b...0x180e, 0x200b...0x200d, 0x2060...0x2064,
            0x206a...0x206f, 0x3164, 0xfeff, 0xffa0, 0x1d173...0x1d17a, 0xe0000...0xe0fff:
            self = .invisible
        case 0xaa, 0xba, 0x2b0...0x2b8, 0x2e0...0x2e4, 0x1d2c...0x1d6a, 0x2070...0x209c, 0x2100...0x214f,
            0x2160...0x217f, 0x2c7c, 0x2c7d, 0xfb00...0xfb06, 0xfe33, 0xfe34, 0xfe4d...0xfe4f, 0xff10...0xff5a,
            0x1d400...0x1d7ff:
            self = .compatibility
        default: self = .none
        }
    }
}

/// Letters that Python takes for ASCII ones: it reads names in NFKC.
///
/// Source: PEP 3131; the compatibility mappings of the Unicode Character Database.
enum CompatibilityForm {
    /// The name in ASCII; nil where a letter is no form of an ASCII one, and where all of it is ASCII.
    static func ascii(_ name: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        var plain: [UInt8] = []
        var place = 0
        var isOther = false
        while place < name.count {
            let (scalar, length) = decodeScalar(name, place)
            guard let scalar else { return nil }
            if scalar < 0x80 {
                plain.append(UInt8(scalar))
            } else if let letters = letters(scalar) {
                plain += letters
                isOther = true
            } else {
                return nil
            }
            place += length
        }
        return isOther ? plain : nil
    }

    private static func letters(_ scalar: UInt32) -> [UInt8]? {
        switch scalar {
        case 0xff21...0xff3a: return [UInt8(scalar - 0xff21 + 0x41)]
        case 0xff41...0xff5a: return [UInt8(scalar - 0xff41 + 0x61)]
        case 0xff10...0xff19: return [UInt8(scalar - 0xff10 + 0x30)]
        case 0xff3f, 0xfe33, 0xfe34, 0xfe4d...0xfe4f: return [0x5f]
        // Thirteen alphabets of mathematics, capitals and small ones, of 52 each; the holes are in `single`.
        case 0x1d400...0x1d6a3:
            let index = (scalar - 0x1d400) % 52
            return [UInt8(index < 26 ? 0x41 + index : 0x61 + index - 26)]
        case 0x1d7ce...0x1d7ff: return [UInt8(0x30 + (scalar - 0x1d7ce) % 10)]
        default: return single[scalar].map { Array($0.utf8) }
        }
    }

    private static let single: [UInt32: String] = {
        var table: [UInt32: String] = [
            0xaa: "a", 0xba: "o", 0x2071: "i", 0x207f: "n", 0x2c7c: "j", 0x2c7d: "V",
            0x210a: "g", 0x210b: "H", 0x210c: "H", 0x210d: "H", 0x210e: "h", 0x2110: "I", 0x2111: "I", 0x2112: "L",
            0x2113: "l", 0x2115: "N", 0x2119: "P", 0x211a: "Q", 0x211b: "R", 0x211c: "R", 0x211d: "R", 0x2124: "Z",
            0x2128: "Z", 0x212a: "K", 0x212c: "B", 0x212d: "C", 0x212f: "e", 0x2130: "E", 0x2131: "F", 0x2133: "M",
            0x2134: "o", 0x2139: "i", 0x2145: "D", 0x2146: "d", 0x2147: "e", 0x2148: "i", 0x2149: "j", 0x2102: "C",
            0xfb00: "ff", 0xfb01: "fi", 0xfb02: "fl", 0xfb03: "ffi", 0xfb04: "ffl", 0xfb05: "st", 0xfb06: "st",
            0x17f: "s", 0x2b0: "h", 0x2b2: "j", 0x2b3: "r", 0x2b7: "w", 0x2b8: "y", 0x2e1: "l", 0x2e2: "s", 0x2e3: "x",
            0x2090: "a", 0x2091: "e", 0x2092: "o", 0x2093: "x", 0x2095: "h", 0x2096: "k", 0x2097: "l", 0x2098: "m",
            0x2099: "n", 0x209a: "p", 0x209b: "s", 0x209c: "t", 0x1d62: "i", 0x1d63: "r", 0x1d64: "u", 0x1d65: "v",
        ]
        for (offset, letter) in "ABDEGHIJKLMNOPRTUWabdegkmoptuv".enumerated() {
            table[modifiers[offset]] = String(letter)
        }
        for (offset, numeral) in ["i", "v", "x", "l", "c", "d", "m"].enumerated() {
            let place: [UInt32] = [0x2170, 0x2174, 0x2179, 0x217c, 0x217d, 0x217e, 0x217f]
            table[place[offset]] = numeral
            table[place[offset] - 0x10] = numeral.uppercased()
        }
        return table
    }()

    /// The modifier letters of the phonetic extensions, in the order of `ABDE…`.
    private static let modifiers: [UInt32] = [
        0x1d2c, 0x1d2e, 0x1d30, 0x1d31, 0x1d33, 0x1d34, 0x1d35, 0x1d36, 0x1d37, 0x1d38, 0x1d39, 0x1d3a, 0x1d3c, 0x1d3e,
        0x1d3f, 0x1d40, 0x1d41, 0x1d42, 0x1d43, 0x1d47, 0x1d48, 0x1d49, 0x1d4d, 0x1d4f, 0x1d50, 0x1d52, 0x1d56, 0x1d57,
        0x1d58, 0x1d5b,
    ]
}

/// Coding cookies: `# -*- coding: latin-1 -*-`, on one of the first two lines.
///
/// Source: PEP 263.
enum Codec {
    enum Kind { case utf8, latin1, other, deceptive }

    static func declared(in bytes: UnsafeBufferPointer<UInt8>) -> (codec: String, position: CodePosition)? {
        var place = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
        for line in 1...2 {
            let start = place
            while place < bytes.count, place - start < 512, bytes[place] != 10, bytes[place] != 13 { place += 1 }
            let text = UnsafeBufferPointer(rebasing: bytes[start..<place])
            let blanks = text.prefix { $0 == 0x20 || $0 == 9 || $0 == 12 }.count
            guard blanks < text.count else {
                place += place + 1 < bytes.count && bytes[place] == 13 && bytes[place + 1] == 10 ? 2 : 1
                if place >= bytes.count { return nil }
                continue
            }
            guard text[blanks] == 0x23 else { return nil }
            if let codec = cookie(text) { return (codec, CodePosition(line: line, column: 1)) }
            guard place < bytes.count else { return nil }
            place += place + 1 < bytes.count && bytes[place] == 13 && bytes[place + 1] == 10 ? 2 : 1
            if place >= bytes.count { return nil }
        }
        return nil
    }

    private static func cookie(_ line: UnsafeBufferPointer<UInt8>) -> String? {
        let word = Array("coding".utf8)
        guard line.count > 7 else { return nil }
        for start in 0..<(line.count - 6) where line[start] == word[0] {
            guard line[start..<start + 6].elementsEqual(word) else { continue }
            var place = start + 6
            guard place < line.count, line[place] == 0x3a || line[place] == 0x3d else { continue }
            place += 1
            while place < line.count, line[place] == 0x20 || line[place] == 9 { place += 1 }
            let name = line[place...].prefix {
                ($0.isNamePart && $0 < 0x80) || $0 == 0x2d || $0 == 0x2e
            }
            if !name.isEmpty { return String(decoding: name.prefix(40), as: UTF8.self) }
        }
        return nil
    }

    static func kind(of codec: String) -> Kind {
        let name = codec.lowercased().map { $0 == "-" || $0 == "." ? "_" : String($0) }.joined()
        if ["utf_8", "utf8", "utf", "u8", "utf_8_sig", "cp65001", "ascii", "us_ascii"].contains(name) { return .utf8 }
        if name.hasPrefix("utf_8_") { return .utf8 }
        if ["latin_1", "latin1", "latin", "l1", "iso_8859_1", "iso8859_1", "8859", "cp819", "iso_latin_1"]
            .contains(name)
            || name.hasPrefix("iso_8859_1_") || name.hasPrefix("latin_1_")
        {
            return .latin1
        }
        let plain = [
            "iso", "cp", "windows", "koi8", "mac", "gb", "big5", "euc", "shift", "sjis", "s_jis", "johab", "hz", "tis",
            "latin", "l2", "l5", "l9", "ks", "ptcp", "kz", "hp_roman", "mbcs", "ansi", "936", "chinese", "korean",
            "cyrillic", "greek", "hebrew", "arabic", "utf8",
        ]
        return plain.contains { name.hasPrefix($0) } ? .other : .deceptive
    }
}
