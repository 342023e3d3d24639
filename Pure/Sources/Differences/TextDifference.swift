/// The lines in which two texts differ, with some around them, as they are shown.
public struct TextDifference: Sendable, Hashable {
    /// A line of a hunk.
    public struct Line: Sendable, Hashable {
        /// Whose it is.
        public enum Side: String, Sendable, Hashable { case both, old, new }

        public let side: Side
        /// Its number in the old text, from 1; nil for a new line.
        public let old: Int?
        /// Its number in the new text, from 1; nil for one that is gone.
        public let new: Int?
        public let shown: ShownLine
    }

    /// Lines that stand together.
    public struct Hunk: Sendable, Hashable {
        public let lines: [Line]
    }

    public let hunks: [Hunk]
    public let added: Int
    public let removed: Int
    /// False where it is told as replaced as a whole, because too much of it is different.
    public let isExact: Bool
    /// How many changed lines are left out, because there are too many.
    public let leftOut: Int
    /// What is so of the whole text and no line shows: that line ends changed, or the encoding.
    public let notes: [String]
    /// Whether a line that was added has a character in it that nobody sees.
    public let hasDeception: Bool
    /// The longest line that was added, in bytes.
    public let longestAdded: Int

    /// How many lines around a change are shown.
    static let context = 3
    /// How many bytes of one line are shown.
    static let lineBytes = 600

    /// - Parameters:
    ///   - old: nil for a file that is new.
    ///   - new: nil for one that is gone.
    ///   - limit: how many lines are shown at most; what is shown is subtracted.
    ///   - steps: see `LineDifference`.
    public init(from old: SourceText?, to new: SourceText?, limit: inout Int, steps: inout Int) {
        let (oldLines, newLines) = (old?.lines ?? [], new?.lines ?? [])
        let difference = LineDifference(oldLines, newLines, steps: &steps)
        var builder = HunkBuilder(old: oldLines, new: newLines, limit: limit)
        for block in difference.blocks { builder.add(block) }
        builder.finish()
        limit -= builder.shown
        hunks = builder.hunks
        leftOut = builder.leftOut
        (added, removed) = (difference.added, difference.removed)
        isExact = difference.isExact
        notes = Self.notes(old, new)
        var hasDeception = false
        var longest = 0
        for block in difference.blocks {
            for line in newLines[block.new] {
                longest = max(longest, line.count)
                // Also of lines that are not shown, or not as far as that.
                if !hasDeception, ShownLine.mayDeceive(line) {
                    hasDeception = ShownLine(line.prefix(1 << 16)).hasDeception
                }
            }
        }
        self.hasDeception = hasDeception
        longestAdded = longest
    }

    private static func notes(_ old: SourceText?, _ new: SourceText?) -> [String] {
        guard let old, let new else {
            return (new ?? old).map {
                $0.encoding == .utf8 ? [] : ["It is not UTF-8; it is shown as \($0.encoding.rawValue)."]
            }
                ?? []
        }
        var notes: [String] = []
        if old.encoding != new.encoding {
            notes.append("Its encoding changed from \(old.encoding.rawValue) to \(new.encoding.rawValue).")
        }
        if old.hasCarriageReturns != new.hasCarriageReturns { notes.append("Its line ends changed.") }
        if old.endsWithLineEnd != new.endsWithLineEnd {
            notes.append(
                new.endsWithLineEnd ? "The last line has a line end now." : "The last line has no line end now.")
        }
        return notes
    }
}

extension ShownLine {
    /// Whether there may be something in a line that nobody sees: a cheap look by its bytes.
    static func mayDeceive(_ line: ArraySlice<UInt8>) -> Bool {
        var spaces = 0
        for byte in line {
            if byte >= 0x7F || (byte < 0x20 && byte != 0x09) { return true }
            spaces = byte == 0x20 || byte == 0x09 ? spaces + 1 : 0
            if spaces >= longRun { return true }
        }
        return false
    }
}

/// Puts blocks together to hunks.
private struct HunkBuilder {
    typealias Line = TextDifference.Line

    let old: [ArraySlice<UInt8>]
    let new: [ArraySlice<UInt8>]
    let limit: Int
    private(set) var hunks: [TextDifference.Hunk] = []
    private(set) var shown = 0
    private(set) var leftOut = 0
    private var lines: [Line] = []
    /// Where the next unchanged line stands.
    private var position = (old: 0, new: 0)

    init(old: [ArraySlice<UInt8>], new: [ArraySlice<UInt8>], limit: Int) {
        (self.old, self.new, self.limit) = (old, new, limit)
    }

    mutating func add(_ block: LineDifference.Block) {
        let size = block.old.count + block.new.count
        guard shown < limit else {
            leftOut += size
            return
        }
        let gap = block.old.lowerBound - position.old
        if !lines.isEmpty, gap > 2 * TextDifference.context {
            keep(position.old..<position.old + TextDifference.context)
            close()
        }
        let start = lines.isEmpty ? max(block.old.lowerBound - TextDifference.context, position.old) : position.old
        position = (start, block.new.lowerBound - (block.old.lowerBound - start))
        keep(start..<block.old.lowerBound)
        let room = max(limit - shown, 0)
        let oldShown = block.old.prefix(block.new.isEmpty ? room : max(room / 2, room - block.new.count))
        for (offset, index) in oldShown.enumerated() {
            let other = block.new.count > offset ? new[block.new.lowerBound + offset] : nil
            append(Line(side: .old, old: index + 1, new: nil, shown: Self.shown(old[index], beside: other)))
        }
        let newShown = block.new.prefix(max(limit - shown, 0))
        for (offset, index) in newShown.enumerated() {
            let other = block.old.count > offset ? old[block.old.lowerBound + offset] : nil
            append(Line(side: .new, old: nil, new: index + 1, shown: Self.shown(new[index], beside: other)))
        }
        leftOut += size - oldShown.count - newShown.count
        position = (block.old.upperBound, block.new.upperBound)
    }

    mutating func finish() {
        if !lines.isEmpty, leftOut == 0 {
            keep(position.old..<min(position.old + TextDifference.context, old.count))
        }
        close()
    }

    /// Lines that are the same, by their places in the old text.
    private mutating func keep(_ range: Range<Int>) {
        for index in range {
            append(
                Line(
                    side: .both, old: index + 1, new: position.new + 1,
                    shown: ShownLine(old[index], limit: TextDifference.lineBytes)))
            position = (index + 1, position.new + 1)
        }
    }

    private mutating func append(_ line: Line) {
        lines.append(line)
        shown += 1
    }

    private mutating func close() {
        if !lines.isEmpty { hunks.append(.init(lines: lines)) }
        lines = []
    }

    /// A line, of a long one the part in which it begins to differ from the one that it replaces.
    private static func shown(_ line: ArraySlice<UInt8>, beside other: ArraySlice<UInt8>?) -> ShownLine {
        var start = 0
        if line.count > TextDifference.lineBytes, let other {
            let same = zip(line, other).prefix { $0 == $1 }.count
            start = max(0, min(same - 80, line.count - TextDifference.lineBytes))
        }
        // A CR at the end is marked where the other line has none: otherwise both would look the same.
        let marksReturn = (line.last == 0x0D) != (other?.last == 0x0D) && other != nil
        return ShownLine(line, limit: TextDifference.lineBytes, from: start, marksReturn: marksReturn)
    }
}
