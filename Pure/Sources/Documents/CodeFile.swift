import Bytes
import Giveaway
import PackagingFormats
import Primitives
import UTC

/// The codes that a sponsor sends, one to a line: CSV.
///
/// Either each line is a code and nothing else, or the first line names the columns and one of them is `code`; the
/// others are not looked at. Every line has as many cells as the first. Blanks around a code are not part of it. Blank
/// lines at the end are not counted. Codes that differ in nothing but capitals are the same: anyone who orders may type
/// them either way.
///
/// What was taken in by mistake could not be taken back, so a first line that looks like the heading of codes, and is
/// another word for it, is refused.
///
/// Source: RFC 4180 for quotation marks and the ends of lines.
public struct CodeFile: Sendable, Hashable {
    /// A code, and where it stands.
    public struct Line: Sendable, Hashable {
        /// Counted from 1, as editors do.
        public let number: Int
        public let code: String
    }

    /// In the order of the file.
    public let lines: [Line]

    /// The most codes of one file.
    public static let maximumCodes = 20_000
    /// The most bytes of one file.
    public static let maximumBytes = 4 << 20

    /// Reads a file whole. Whatever is wrong in it is said at once, with its line, and then nothing of it is taken.
    public init(_ bytes: [UInt8]) throws(CodeFileRefusal) {
        guard bytes.count <= Self.maximumBytes else { throw .tooLarge }
        // Spreadsheets begin with a byte order mark.
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var rows = Self.rows(text)
        while rows.last?.isBlank == true { rows.removeLast() }
        guard let first = rows.first else { throw .empty }
        var column = 0
        let names = first.cells.map { $0.lowercased() }
        if let named = names.firstIndex(of: "code") {
            column = named
            rows.removeFirst()
        } else if first.cells.count > 1 {
            throw .columns(first.cells.count)
        }
        guard !rows.isEmpty else { throw .empty }
        if first.number == rows.first?.number, Self.isHeading(first.cells[0], above: rows.dropFirst().map(\.cells[0])) {
            throw .heading
        }
        guard rows.count <= Self.maximumCodes else { throw .tooMany(rows.count) }

        var problems: [CodeFileRefusal.Problem] = []
        var seen: [String: Int] = [:]
        var lines: [Line] = []
        for row in rows {
            let code = column < row.cells.count ? row.cells[column] : ""
            if row.isBroken {
                problems.append(.init(line: row.number, fault: .quotes))
            } else if row.isBlank {
                problems.append(.init(line: row.number, fault: .empty))
            } else if row.cells.count != first.cells.count {
                problems.append(.init(line: row.number, fault: .cells(row.cells.count, inFirst: first.cells.count)))
            } else if code.isEmpty {
                problems.append(.init(line: row.number, fault: .empty))
            } else if !Self.isCode(code) {
                problems.append(.init(line: row.number, fault: .malformed))
            } else if let before = seen[code.lowercased()] {
                problems.append(.init(line: row.number, fault: .sameAs(line: before)))
            } else {
                seen[code.lowercased()] = row.number
                lines.append(Line(number: row.number, code: code))
            }
        }
        guard problems.isEmpty else { throw .lines(problems) }
        self.lines = lines
    }

    /// 4 to 100 ASCII letters, digits and `-_.+/=:`, a letter or digit first: what sponsors make codes of. It keeps out
    /// notes, and lines that a spreadsheet wrote with semicolons.
    static func isCode(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (4...100).contains(bytes.count), let first = bytes.first, first.isASCIIAlphanumeric else { return false }
        return bytes.allSatisfy { $0.isASCIIAlphanumeric || "-_.+/=:".utf8.contains($0) }
    }

    /// Whether the first line says what the others are: it has a word for codes and no digit, and the word does not
    /// stand in all the others as well, for then it is how these codes begin.
    private static func isHeading(_ text: String, above others: [String]) -> Bool {
        let words = ["code", "source", "coupon"].filter(text.lowercased().contains)
        guard !words.isEmpty, !text.contains(where: \.isNumber) else { return false }
        return others.isEmpty || !words.allSatisfy { word in others.allSatisfy { $0.lowercased().contains(word) } }
    }

    // MARK: Rows

    private struct Row {
        var number: Int
        var cells: [String]
        /// Whether a quotation mark is not closed, or something stands after it.
        var isBroken = false
        var isBlank: Bool { !isBroken && cells.allSatisfy(\.isEmpty) }
    }

    /// Lines end with LF, CR or both. A quoted cell does not reach over the end of its line: no code does.
    private static func rows(_ text: ArraySlice<UInt8>) -> [Row] {
        var rows: [Row] = []
        var rest = text
        while !rest.isEmpty {
            let end = rest.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? rest.endIndex
            rows.append(row(rest[..<end], number: rows.count + 1))
            rest = rest[end...]
            if rest.first == 0x0D, rest.dropFirst().first == 0x0A { rest = rest.dropFirst() }
            rest = rest.dropFirst()
        }
        return rows
    }

    private static func row(_ line: ArraySlice<UInt8>, number: Int) -> Row {
        var row = Row(number: number, cells: [])
        var rest = line
        repeat {
            rest = rest.drop(while: isBlank)
            var cell: [UInt8] = []
            if rest.first == quote {
                rest = rest.dropFirst()
                var isClosed = false
                while let byte = rest.first, !isClosed {
                    rest = rest.dropFirst()
                    guard byte == quote else {
                        cell.append(byte)
                        continue
                    }
                    // Two of them stand for one.
                    if rest.first == quote {
                        cell.append(quote)
                        rest = rest.dropFirst()
                    } else {
                        isClosed = true
                    }
                }
                rest = rest.drop(while: isBlank)
                if !isClosed || (rest.first.map { $0 != comma } ?? false) { row.isBroken = true }
                rest = rest.drop { $0 != comma }
            } else {
                cell = Array(rest.prefix { $0 != comma })
                rest = rest.dropFirst(cell.count)
            }
            while let last = cell.last, isBlank(last) { cell.removeLast() }
            row.cells.append(String(decoding: cell.drop(while: isBlank), as: UTF8.self))
            guard rest.first == comma else { break }
            rest = rest.dropFirst()
        } while true
        return row
    }

    private static let quote = UInt8(ascii: "\"")
    private static let comma = UInt8(ascii: ",")
    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
}

/// Why a file of codes was not taken, not even in part.
public enum CodeFileRefusal: Refusal, Hashable {
    /// There is nothing in it.
    case empty
    /// It has more bytes than are read.
    case tooLarge
    /// It has more codes than are taken at once.
    case tooMany(Int)
    /// It has several columns, and the first line does not say which one has the codes.
    case columns(Int)
    /// The first line looks like a heading, and is not `code`.
    case heading
    /// There would be more codes than keys for them.
    case tooManyForKeys(codes: Int, room: Int)
    /// Lines of it are wrong.
    case lines([Problem])

    /// A line, and what is wrong with it. Never the code itself: it is worth something.
    public struct Problem: Sendable, Hashable {
        /// Counted from 1.
        public let line: Int
        public let fault: Fault

        /// Something wrong with a line.
        public init(line: Int, fault: Fault) {
            self.line = line
            self.fault = fault
        }

        /// `Line 3: there is no code.`
        public var sentence: String { "Line \(line): \(fault.words)." }
    }

    /// What can be wrong with a line.
    public enum Fault: Sendable, Hashable {
        /// There is no code.
        case empty
        /// It is no code.
        case malformed
        /// It has another number of cells than the first line.
        case cells(Int, inFirst: Int)
        /// A quotation mark is not closed.
        case quotes
        /// The same code stands in an earlier line.
        case sameAs(line: Int)
        /// The code is there already.
        case imported(GiveawayName)

        var words: String {
            switch self {
            case .empty: "there is no code"
            case .malformed: "a code is 4 to 100 letters, digits and - _ . + / = :, and begins with a letter or digit"
            case .cells(let count, let first):
                "it has \(count == 1 ? "1 cell" : "\(count) cells"), and line 1 has \(first)"
            case .quotes: "a quotation mark is not closed, or something follows it"
            case .sameAs(let line): "the same code stands in line \(line)"
            case .imported(let name): "this code was imported already, into \(name)"
            }
        }
    }

    /// What kind of no it is.
    public var kind: RefusalKind {
        switch self {
        case .tooLarge: .tooLarge
        case .tooManyForKeys: .conflict
        case .empty, .tooMany, .columns, .heading, .lines: .invalid
        }
    }

    /// `giveaway.codes-…`
    public var code: String {
        switch self {
        case .empty: "giveaway.codes-empty"
        case .tooLarge: "giveaway.codes-too-large"
        case .tooMany: "giveaway.codes-too-many"
        case .columns: "giveaway.codes-columns"
        case .heading: "giveaway.codes-heading"
        case .tooManyForKeys: "giveaway.codes-beyond-keys"
        case .lines: "giveaway.codes-lines"
        }
    }

    /// What is wrong, without the lines: where they stand in a list of their own.
    public var summary: String {
        guard case .lines(let problems) = self else { return explanation }
        return problems.count == 1
            ? "No code was imported: one line is wrong." : "No code was imported: \(problems.count) lines are wrong."
    }

    /// How many lines are named one by one.
    private static let named = 20

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .empty: "No code was imported: there is none in the file."
        case .tooLarge:
            "No code was imported: the file has more than \(ByteSize(CodeFile.maximumBytes)). Import it in parts."
        case .tooMany(let count):
            "No code was imported: there are \(count) in the file, and at most \(CodeFile.maximumCodes) are taken at once. "
                + "Import it in parts."
        case .columns(let count):
            "No code was imported: line 1 has \(count) cells, and none of them is the heading “code”. Name the columns in "
                + "the first line, or leave nothing but the codes."
        case .heading:
            "No code was imported: line 1 looks like a heading. If it is one, write “code” instead; if it is a code, put a line "
                + "“code” above it."
        case .tooManyForKeys(let codes, let room):
            "No code was imported: there are \(codes) in the file, and the giveaway has keys for \(room) more."
        case .lines(let problems):
            (["No code was imported."] + problems.prefix(Self.named).map(\.sentence)
                + (problems.count > Self.named ? ["And \(problems.count - Self.named) more lines."] : []))
                .joined(separator: " ")
        }
    }
}
