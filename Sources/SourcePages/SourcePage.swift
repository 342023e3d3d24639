import Differences
import PackagingFormats
import Projects
import Site

/// A file in an archive, as text.
struct SourcePage {
    let heading: String
    let steps: [FilesPage.Step]
    let facts: String
    let notices: [Notice]
    let linesHTML: String?
    let paging: Lines?
    let downloadPath: String

    /// Which lines are on the page, where they are not all.
    struct Lines {
        let shownLines: String
        let previousPath: String?
        let nextPath: String?
    }

    /// Which part of a long text somebody asks for.
    enum Place {
        /// From 1.
        case page(Int)
        /// The page on which this line begins, from 1.
        case line(Int)
    }

    /// How many rows are on a page.
    static let rows = 2_000
    /// How much text is on a page; see `SourceRows.weight`.
    static let weight = 250_000
    /// How many bytes a row has at most; a line that is longer takes several.
    static let rowBytes = 4_000

    /// - Parameters:
    ///   - content: its bytes; nil for what is not shown.
    ///   - place: which part of it is shown.
    init(
        _ entry: Inventory.Entry, content: [UInt8]?, at place: Place, of file: DistributionFile, _ name: ProjectName,
        _ version: Version
    ) {
        let path = SourceAddress.member(entry.path, in: file.filename, of: name, version)
        heading = ShownLine(Array(entry.name.utf8)[...], limit: 512).plain
        steps = FilesPage.steps(name, version, in: file.filename, path: entry.path)
        downloadPath = file.path
        guard let content else {
            facts = "\(entry.kind.words.capitalized), \(readableSize(entry.size))."
            notices = [Self.notShown(entry)]
            (linesHTML, paging) = (nil, nil)
            return
        }
        let text = SourceText(content)
        let pages = SourceRows(text)
        let number =
            switch place {
            case .page(let page): min(max(page, 1), pages.count) - 1
            case .line(let line): pages.page(with: line)
            }
        var markup = SourceMarkup()
        var hasDeception = false
        for row in pages.rows(of: number) {
            let shown = ShownLine(text.bytes[row.range])
            hasDeception = hasDeception || shown.hasDeception
            markup.line(row.line, shown, continues: row.continues)
        }
        facts = Self.facts(entry, text)
        notices =
            hasDeception
            ? [
                Notice(
                    .warning, "There are characters here that nobody sees",
                    "They are marked by their numbers in Unicode, and change nothing on this page. Elsewhere they can make code look like something else."
                )
            ] : []
        linesHTML = markup.text
        paging =
            pages.count < 2
            ? nil
            : Lines(
                shownLines: pages.words(of: number),
                previousPath: number > 0 ? "\(path)?page=\(number)" : nil,
                nextPath: number + 1 < pages.count ? "\(path)?page=\(number + 2)" : nil)
    }

    private static func notShown(_ entry: Inventory.Entry) -> Notice {
        if entry.kind == .link {
            let target = ShownLine(Array((entry.target ?? "").utf8)[...], limit: 512).plain
            return Notice(.info, "This is a link", "It leads to \(target). Links are not followed here.")
        }
        guard entry.kind.isText else {
            return Notice(
                .info, "This is not text",
                "What it is was told by its first bytes. Download the file it is in to look into it.")
        }
        return Notice(
            .info, "This text is too long to be shown",
            "It has more than \(readableSize(Int64(SourceReader.textLimit))). Download the file it is in to read it.")
    }

    private static func facts(_ entry: Inventory.Entry, _ text: SourceText) -> String {
        guard !text.ranges.isEmpty else { return "An empty file." }
        var facts = ["\(text.ranges.count.counted("line"))", readableSize(entry.size)]
        if text.encoding != .utf8 { facts.append("shown as \(text.encoding.rawValue)") }
        switch text.hasCarriageReturns {
        case true: facts.append("line ends of Windows")
        case nil: facts.append("line ends of two kinds")
        case false, .some: break
        }
        return facts.joined(separator: ", ") + "."
    }
}

/// The rows of a text, in pages.
struct SourceRows {
    struct Row {
        /// From 1.
        let line: Int
        let range: Range<Int>
        /// Whether it goes on with a line that is too long for one row.
        let continues: Bool
    }

    private var rows: [Row] = []
    /// The first row of each page.
    private var starts: [Int] = [0]

    init(_ text: SourceText) {
        var weight = 0
        func fits(_ count: Int, _ weight: Int) -> Bool { count <= SourcePage.rows && weight <= SourcePage.weight }
        for (index, range) in text.ranges.enumerated() {
            var start = range.lowerBound
            repeat {
                var end = min(start + SourcePage.rowBytes, range.upperBound)
                // No character is taken apart.
                while end < range.upperBound, end > start + 1, text.bytes[end] & 0xC0 == 0x80 { end -= 1 }
                let row = Row(line: index + 1, range: start..<end, continues: start > range.lowerBound)
                let ownWeight = Self.weight(of: text.bytes[start..<end])
                weight += ownWeight
                if let first = starts.last, !fits(rows.count - first + 1, weight) {
                    starts.append(rows.count)
                    weight = ownWeight
                }
                rows.append(row)
                start = end
            } while start < range.upperBound
        }
    }

    /// About how long some text becomes in HTML: what is escaped takes more, and most what is marked.
    private static func weight(of text: ArraySlice<UInt8>) -> Int {
        text.reduce(0) { weight, byte in
            switch byte {
            case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "\""), UInt8(ascii: "'"):
                weight + 5
            case 0x09, 0x20..<0x7F: weight + 1
            case 0x80...: weight + 4
            default: weight + 60
            }
        }
    }

    var count: Int { starts.count }

    func rows(of page: Int) -> ArraySlice<Row> {
        rows[starts[page]..<(page + 1 < starts.count ? starts[page + 1] : rows.count)]
    }

    /// The page on which a line begins; the last for one behind it.
    func page(with line: Int) -> Int {
        starts.lastIndex { start in
            start < rows.count && (rows[start].line < line || rows[start].line == line && !rows[start].continues)
        }
            ?? 0
    }

    /// `Lines 2,001 to 4,000`
    func words(of page: Int) -> String {
        let rows = rows(of: page)
        return
            "Lines \((rows.first?.line ?? 1).grouped) to \((rows.last?.line ?? 1).grouped) of \((self.rows.last?.line ?? 1).grouped)"
    }
}

extension SiteRenderer {
    /// `GET /project/{name}/{version}/files/{filename}/{path}`
    func source(_ page: SourcePage) -> [UInt8] {
        self.page(page, as: .source, titled: page.heading, description: "\(page.heading), as text.")
    }
}
