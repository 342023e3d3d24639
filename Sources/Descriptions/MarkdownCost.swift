import Bytes

/// Whether a Markdown text can be rendered in little time and memory, found out in one pass without parsing it.
///
/// The parser takes quadratic time for some crafted texts, and copies a link's address to each of its uses; and
/// a C library in our own process cannot be stopped half-way. So the worst that each paragraph could cost
/// is added up first. The limits are ten times and more what real descriptions come to.
struct MarkdownCost {
    /// Every byte that may open something makes the parser look through the rest of its paragraph at worst. A thousand
    /// million such looks take about a second.
    private static let maximumInline = 250_000_000
    /// The same for each byte of the text, so that the time grows with the text and not with its square. A table of two
    /// thousand rows with a link in each, the worst that is honest, comes to half of it.
    private static let maximumInlinePerByte = 4_000
    /// Table cells: a short row is filled up to the width of its table.
    private static let maximumCells = 100_000
    /// Bytes of link addresses, each copied to every use of its label.
    private static let maximumReferences = 4 << 20
    /// Lists and quotations within each other.
    private static let maximumDepth = 100
    /// Bytes that may begin or end emphasis or code. Each becomes a node of its own at first: half a mebibyte of them
    /// takes an eighth of a second. A large text about code has a tenth of this.
    private static let maximumDelimiters = 110_000

    private var inline = 0
    private var delimiters = 0
    private var cells = 0
    private var labelUses = 0
    private var longestDefinition = 0
    private var depth = 0
    private var paragraph = Paragraph()

    /// What lies between two blank lines. Neither inline markup, nor a link definition, nor a table goes beyond it.
    private struct Paragraph {
        var length = 0
        var lines = 0
        var openers = 0
        var columns = 0
        var longestLine = 0
        var mayHaveTitle = false
        var startsLabel = false
        var endsLabel = false
    }

    /// Whether a text is within all limits.
    static func isBearable(_ source: [UInt8]) -> Bool {
        var cost = MarkdownCost()
        for line in source.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) { cost.add(line) }
        cost.endParagraph()
        return cost.inline <= min(maximumInline, maximumInlinePerByte * max(source.count, 4_000))
            && cost.cells <= maximumCells && cost.depth <= maximumDepth && cost.delimiters <= maximumDelimiters
            && cost.longestDefinition * cost.labelUses <= maximumReferences
    }

    private mutating func add(_ line: ArraySlice<UInt8>) {
        guard line.contains(where: { !$0.isHTMLSpace }) else { return endParagraph() }
        paragraph.lines += 1
        paragraph.length += line.count + 1
        paragraph.longestLine = max(paragraph.longestLine, line.count)
        let content = line.dropFirst(measureContainers(of: line))
        if content.first == UInt8(ascii: "[") { paragraph.startsLabel = true }
        var bars = 0
        var isDelimiterRow = true
        var isBehindBlank = true
        for (index, byte) in zip(line.indices, line) {
            switch byte {
            case UInt8(ascii: "]"):
                let next = index + 1 < line.endIndex ? line[index + 1] : 0
                if next == UInt8(ascii: ":") { paragraph.endsLabel = true }
                if next != UInt8(ascii: ":"), next != UInt8(ascii: "(") { labelUses += 1 }
                isDelimiterRow = false
            case UInt8(ascii: "["), UInt8(ascii: "<"), UInt8(ascii: "!"):
                paragraph.openers += 1
                isDelimiterRow = false
            case UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "`"):
                delimiters += 1
                isDelimiterRow = false
            case UInt8(ascii: "|"): bars += 1
            case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: ">"), 0x09, 0x0B, 0x0C, 0x0D, 0x20: break
            case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "("):
                if isBehindBlank { paragraph.mayHaveTitle = true }
                isDelimiterRow = false
            default: isDelimiterRow = false
            }
            isBehindBlank = byte.isHTMLSpace || byte == 0x0B || byte == UInt8(ascii: ">")
        }
        if isDelimiterRow { paragraph.columns = max(paragraph.columns, bars + 1) }
    }

    /// How many bytes of containers a line begins with: the marks of quotations and list items, and the blanks that
    /// continue an item. Notes how deep they are.
    private mutating func measureContainers(of line: ArraySlice<UInt8>) -> Int {
        var blanks = 0
        var marks = 0
        var rest = line
        while let byte = rest.first {
            let next = rest.dropFirst().first ?? 0x20
            if byte.isHTMLSpace {
                blanks += byte == 0x09 ? 4 : 1
            } else if byte == UInt8(ascii: ">") {
                marks += 1
            } else if byte == UInt8(ascii: "-") || byte == UInt8(ascii: "*") || byte == UInt8(ascii: "+") {
                guard next.isHTMLSpace else { break }
                marks += 1
            } else {
                let digits = rest.prefix(10).prefix(while: \.isASCIIDigit)
                guard !digits.isEmpty, let mark = rest.dropFirst(digits.count).first,
                    mark == UInt8(ascii: ".") || mark == UInt8(ascii: ")")
                else { break }
                marks += 1
                rest = rest.dropFirst(digits.count)
            }
            rest = rest.dropFirst()
        }
        // Blanks alone begin no container, but two of them may continue one; behind a mark they are mostly its own.
        if marks > 0 { depth = max(depth, marks + max(0, blanks - marks) / 2) }
        return line.count - rest.count
    }

    private mutating func endParagraph() {
        inline += paragraph.openers * paragraph.length
        if paragraph.columns > 1 { cells += paragraph.columns * (paragraph.lines + paragraph.columns) }
        if paragraph.startsLabel, paragraph.endsLabel {
            // An address is all in one line. A title, which is copied with it, can have many; it stands in quotes or
            // parentheses behind a blank.
            let length = paragraph.mayHaveTitle ? paragraph.length : paragraph.longestLine
            longestDefinition = max(longestDefinition, length)
        }
        paragraph = Paragraph()
    }
}
