import Bytes

/// One slip of the fingers that lies between a name and another one, with its kind: some kinds happen to everybody who
/// types, others make another word.
///
/// The kinds are those of the literature on look-alike domains (omission, repetition, transposition, adjacent keys,
/// homoglyphs, bit flips); which of them is believed of which name is `LookAlikeRule`'s to say.
public struct Slip: Sendable, Hashable {
    /// What happened to the target.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Two neighbours changed places: `reqeusts`.
        case transposition
        /// A letter is there twice that is there once, or the other way round: `requestss`, `colorama` for `collorama`.
        case repetition
        /// A key beside the right one was hit as well: `requersts`.
        case additionalKey = "additional-key"
        /// A key beside the right one was hit instead: `requesrs`.
        case adjacentKey = "adjacent-key"
        /// A character that looks like the right one, or is said like it: `diango`, `1xml`, `numpi`.
        case homoglyph
        /// A character whose code is one bit away, and that nothing else makes likely.
        case bitFlip = "bit-flip"
        /// A character is missing: `reqests`.
        case omission
        /// A character is there that nothing makes likely.
        case insertion
        /// A character is another one that nothing makes likely.
        case substitution
        /// An `s` at the end: `pandass`, `request`.
        case plural
        /// A digit is another one, or came or went at the end: `boto`, `geoip2`.
        case version
    }

    public let kind: Kind
    /// Whether it is in the first character, which hardly anybody gets wrong who types.
    public let isFirst: Bool

    /// The slip that makes `target` into `name`; nil where they are equal or more than one apart.
    ///
    /// Both are folded (`FoldedName`): letters in lower case, and digits.
    public static func between(_ name: [UInt8], _ target: [UInt8]) -> Slip? {
        guard abs(name.count - target.count) <= 1 else { return nil }
        var place = 0
        while place < min(name.count, target.count), name[place] == target[place] { place += 1 }
        if name.count == target.count {
            guard place < name.count else { return nil }
            if name[(place + 1)...] == target[(place + 1)...] {
                return Slip(kind: replaced(target[place], by: name[place]), isFirst: place == 0)
            }
            guard place + 1 < name.count, name[place] == target[place + 1], name[place + 1] == target[place],
                name[(place + 2)...] == target[(place + 2)...]
            else { return nil }
            return Slip(kind: .transposition, isFirst: place == 0)
        }
        let (longer, shorter) = name.count > target.count ? (name, target) : (target, name)
        guard longer[(place + 1)...] == shorter[place...] else { return nil }
        let byte = longer[place]
        let isLast = place == shorter.count
        let neighbours = [place - 1, place + 1].filter(longer.indices.contains).map { longer[$0] }
        let kind: Kind =
            if neighbours.contains(byte) {
                .repetition
            } else if isLast, byte == UInt8(ascii: "s") {
                .plural
            } else if byte.isASCIIDigit, isLast || name.count < target.count {
                .version
            } else if name.count < target.count {
                .omission
            } else {
                neighbours.contains { Keyboard.areNeighbours($0, byte) } ? .additionalKey : .insertion
            }
        return Slip(kind: kind, isFirst: place == 0)
    }

    private static func replaced(_ right: UInt8, by wrong: UInt8) -> Kind {
        if right.isASCIIDigit, wrong.isASCIIDigit { return .version }
        if Lettering.areAlike(right, wrong) { return .homoglyph }
        if Keyboard.areNeighbours(right, wrong) { return .adjacentKey }
        return (right ^ wrong).nonzeroBitCount == 1 ? .bitFlip : .substitution
    }
}

/// Which keys lie side by side.
enum Keyboard {
    /// Whether two keys of a QWERTY keyboard touch each other. On QWERTZ and AZERTY most of them do as well.
    static func areNeighbours(_ a: UInt8, _ b: UInt8) -> Bool {
        guard a != b, let first = places[a], let second = places[b] else { return false }
        return abs(first.row - second.row) <= 1 && abs(first.quarter - second.quarter) <= 4
    }

    /// The row of a key, and its place in it in quarters of a key: each row is shifted.
    private static let places: [UInt8: (row: Int, quarter: Int)] = {
        var places: [UInt8: (Int, Int)] = [:]
        let rows = [("1234567890", -2), ("qwertyuiop", 0), ("asdfghjkl", 1), ("zxcvbnm", 3)]
        for (row, (keys, shift)) in rows.enumerated() {
            for (column, key) in keys.utf8.enumerated() { places[key] = (row, 4 * column + shift) }
        }
        return places
    }()
}

/// Which characters are taken for each other.
enum Lettering {
    /// Whether two characters look alike, or are said alike.
    static func areAlike(_ a: UInt8, _ b: UInt8) -> Bool { pairs.contains(UInt16(min(a, b)) << 8 | UInt16(max(a, b))) }

    private static let pairs: Set<UInt16> = {
        let looks = ["0o", "1l", "1i", "il", "5s", "3e", "8b", "9g", "uv", "mn", "4a", "7t", "2z", "9q", "ij"]
        let sounds = ["ck", "sz", "iy", "ae", "fv", "bp", "dt", "gj", "ao", "ai", "ei", "ou", "kq", "cs"]
        return Set(
            (looks + sounds).map { pair in
                let bytes = pair.utf8.sorted()
                return UInt16(bytes[0]) << 8 | UInt16(bytes[1])
            })
    }()

    /// What a name looks like at a glance: `rn` is an m, `vv` a w, `cl` a d, `0` an o, and `1` and `i` are an l.
    static func skeleton(of folded: [UInt8]) -> [UInt8] {
        var seen: [UInt8] = []
        seen.reserveCapacity(folded.count)
        var place = 0
        while place < folded.count {
            let pair = place + 1 < folded.count ? (folded[place], folded[place + 1]) : (folded[place], 0)
            switch pair {
            case (UInt8(ascii: "r"), UInt8(ascii: "n")): seen.append(UInt8(ascii: "m"))
            case (UInt8(ascii: "v"), UInt8(ascii: "v")): seen.append(UInt8(ascii: "w"))
            case (UInt8(ascii: "c"), UInt8(ascii: "l")): seen.append(UInt8(ascii: "d"))
            case (UInt8(ascii: "0"), _):
                seen.append(UInt8(ascii: "o"))
                place -= 1
            case (UInt8(ascii: "1"), _), (UInt8(ascii: "i"), _):
                seen.append(UInt8(ascii: "l"))
                place -= 1
            case (UInt8(ascii: "5"), _):
                seen.append(UInt8(ascii: "s"))
                place -= 1
            default:
                seen.append(folded[place])
                place -= 1
            }
            place += 2
        }
        return seen
    }
}
