import PackagingFormats

/// A line of a text as it is shown to people who must see what it does: nothing in it is invisible, and nothing changes
/// the order of what stands beside it.
///
/// Characters that have no shape or another's place (bidirectional controls, zero-width characters, variation selectors,
/// tags, fillers, spaces of other widths, controls of terminals) are told by their number instead. Many in a row are
/// told once. So are long runs of spaces, behind which code is put out of sight, and accents that pile up.
///
/// Source: Boucher and Anderson, "Trojan Source" (2021); Unicode Technical Standard 55.
public struct ShownLine: Sendable, Hashable {
    /// A part of a line.
    public enum Piece: Sendable, Hashable {
        /// Characters that are shown as they are.
        case text(String)
        /// What cannot be seen: a short label, and what it is in words.
        case mark(label: String, words: String)
    }

    /// The parts of what is shown.
    public let pieces: [Piece]
    /// Characters before and behind it that are left out, each 0 where nothing is.
    public let leftOut: (before: Int, behind: Int)
    /// Whether there is a mark for something that can turn what is read into something else.
    public let hasDeception: Bool

    /// Equal when they show the same.
    public static func == (one: ShownLine, other: ShownLine) -> Bool {
        one.pieces == other.pieces && one.leftOut == other.leftOut
    }

    /// By the parts.
    public func hash(into hasher: inout Hasher) { hasher.combine(pieces) }

    /// - Parameters:
    ///   - line: valid UTF-8 without a line end.
    ///   - limit: how many bytes of it are shown at most.
    ///   - start: from which byte on; it is moved to the beginning of a character.
    ///   - marksReturn: whether a CR at the line's end is marked.
    public init(_ line: ArraySlice<UInt8>, limit: Int = .max, from start: Int = 0, marksReturn: Bool = false) {
        var line = line
        if !marksReturn, line.last == 0x0D { line = line.dropLast() }
        let shown = Self.window(line, limit: limit, from: start)
        leftOut = (Self.characters(line[..<shown.lowerBound]), Self.characters(line[shown.upperBound...]))
        let part = line[shown]
        let isPlain = part.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x09 }
        if isPlain, part.count < Self.longRun {
            pieces = part.isEmpty ? [] : [.text(String(decoding: part, as: UTF8.self))]
            hasDeception = false
            return
        }
        var writer = PieceWriter()
        for scalar in String(decoding: part, as: UTF8.self).unicodeScalars { writer.write(scalar) }
        writer.finish()
        (pieces, hasDeception) = (writer.pieces, writer.hasDeception)
    }

    /// So many spaces or tabs in a row, and more, are told by their number.
    static let longRun = 120

    /// All of it as text, a mark by its label in brackets.
    public var plain: String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .mark(let label, _): "[\(label)]"
            }
        }.joined()
    }

    private static func window(_ line: ArraySlice<UInt8>, limit: Int, from start: Int) -> Range<Int> {
        func isInside(_ index: Int) -> Bool { index < line.endIndex && line[index] & 0xC0 == 0x80 }
        var lower = min(line.startIndex + max(start, 0), line.endIndex)
        while lower > line.startIndex, isInside(lower) { lower -= 1 }
        guard line.endIndex - lower > limit else { return lower..<line.endIndex }
        var upper = lower + limit
        while upper > lower, isInside(upper) { upper -= 1 }
        return lower..<upper
    }

    private static func characters(_ bytes: ArraySlice<UInt8>) -> Int {
        bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
    }
}

/// Characters that nobody sees, or that do something to others.
enum UnseenCharacter {
    /// Why a character is marked; nil for one that is shown.
    enum Harm {
        /// It changes the order, or hides something, or carries something unseen.
        case deceives
        /// It is only not to be seen.
        case blank
    }

    static func harm(of scalar: Unicode.Scalar) -> Harm? {
        let value = scalar.value
        if value < 0x7F { return value >= 0x20 || value == 0x09 ? nil : .deceives }
        switch value {
        case 0xA0: return .blank
        // Fillers and the like, whose categories say that they are letters, marks or symbols.
        case 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B...0x180F, 0x2800, 0x3164, 0xFE00...0xFE0F, 0xFFA0,
            0xFFFC, 0x1D159, 0xE0000...0xE0FFF:
            return .deceives
        default: break
        }
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: return .deceives
        case .spaceSeparator: return .blank
        case .unassigned: return .deceives
        default: return nil
        }
    }

    /// Whether it chooses the coloured shape of an emoji, or joins two to one: a single one is shown as it is.
    static func joinsEmoji(_ scalar: Unicode.Scalar, after last: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xFE0F: last.value > 0xFF && last.properties.isEmoji
        case 0x200D: last.value == 0xFE0F || (last.value > 0xFF && last.properties.isEmoji)
        default: false
        }
    }

    /// `U+202E`
    static func number(of scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Its name in small letters, as far as Unicode gives it one; controls have none.
    static func name(of scalar: Unicode.Scalar) -> String {
        switch scalar.value {
        case 0x0D: return "carriage return"
        case 0x1B: return "escape, which begins commands to terminals"
        case 0x08: return "backspace"
        default:
            return scalar.properties.name?.lowercased() ?? scalar.properties.nameAlias?.lowercased() ?? "no character"
        }
    }
}

/// Sorts the characters of a line.
private struct PieceWriter {
    private(set) var pieces: [ShownLine.Piece] = []
    private(set) var hasDeception = false
    private var text = String.UnicodeScalarView()
    private var unseen: [Unicode.Scalar] = []
    private var unseenCount = 0
    private var spaces: [Unicode.Scalar] = []
    private var marks = 0
    private var last: Unicode.Scalar = " "

    /// How many unseen characters in a row are told each by itself.
    private static let told = 4

    mutating func write(_ scalar: Unicode.Scalar) {
        let isMark = scalar.value >= 0x300 && scalar.properties.generalCategory.isMark
        marks = isMark ? marks + 1 : 0
        let harm = UnseenCharacter.joinsEmoji(scalar, after: last) ? nil : UnseenCharacter.harm(of: scalar)
        last = scalar
        if harm != nil || marks > CombiningMarks.most {
            endSpaces()
            endText()
            if harm != .blank { hasDeception = true }
            unseenCount += 1
            if unseen.count < Self.told { unseen.append(scalar) }
            return
        }
        endUnseen()
        if scalar == " " || scalar == "\t" {
            spaces.append(scalar)
        } else {
            endSpaces()
            text.append(scalar)
        }
    }

    mutating func finish() {
        endUnseen()
        endSpaces()
        endText()
    }

    private mutating func endUnseen() {
        guard unseenCount > 0 else { return }
        let shown = unseen.map(UnseenCharacter.number).joined(separator: " ")
        let names = unseen.map(UnseenCharacter.name).joined(separator: ", ")
        let others = unseenCount - unseen.count
        pieces.append(
            .mark(
                label: others > 0 ? "\(shown) and \(others) more" : shown,
                words: others > 0 ? "\(unseenCount) characters that cannot be seen: \(names) and others" : names))
        unseen = []
        unseenCount = 0
    }

    private mutating func endSpaces() {
        guard !spaces.isEmpty else { return }
        if spaces.count >= ShownLine.longRun {
            endText()
            hasDeception = true
            pieces.append(.mark(label: "\(spaces.count) spaces", words: "as many spaces or tabs in a row"))
        } else {
            text.append(contentsOf: spaces)
        }
        spaces = []
    }

    private mutating func endText() {
        guard !text.isEmpty else { return }
        pieces.append(.text(String(text)))
        text = String.UnicodeScalarView()
    }
}

extension Unicode.GeneralCategory {
    /// Whether it belongs to the character before it.
    fileprivate var isMark: Bool { self == .nonspacingMark || self == .enclosingMark || self == .spacingMark }
}
