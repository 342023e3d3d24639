import Descriptions
import Differences

/// Lines of source as HTML. Whatever an author wrote is text: all of it is escaped, and what nobody sees is marked.
struct SourceMarkup {
    private(set) var html: [UInt8] = []
    /// Once so many bytes are written, no further line is begun.
    let limit: Int

    init(limit: Int = .max) { self.limit = limit }

    var isFull: Bool { html.count >= limit }
    var text: String { String(decoding: html, as: UTF8.self) }

    /// A line of a file, with an anchor.
    ///
    /// - Parameter continues: whether it is the further part of a long line, which has no number.
    mutating func line(_ number: Int, _ shown: ShownLine, continues: Bool = false) {
        if continues {
            html += "<div><b></b><code>".utf8
        } else {
            html += "<div id=\"L\(number)\"><a href=\"#L\(number)\">\(number)</a><code>".utf8
        }
        write(shown)
        html += "</code></div>\n".utf8
    }

    /// The lines of a difference.
    ///
    /// - Parameters:
    ///   - oldPath, newPath: the pages of the file before and after; nil where there is none.
    /// - Returns: how many lines were left out because there is no room for them.
    mutating func difference(_ text: TextDifference, oldPath: String?, newPath: String?) -> Int {
        var leftOut = text.leftOut
        for hunk in text.hunks {
            guard !isFull, let first = hunk.lines.first else {
                leftOut += hunk.lines.count { $0.side != .both }
                continue
            }
            let number = first.new ?? first.old ?? 1
            let path = first.new == nil ? oldPath : newPath
            html += "<div class=\"hunk\">".utf8
            if let path {
                html += "<a href=\"".utf8
                Escaping.append("\(path)?line=\(number)#L\(number)".utf8, to: &html)
                html += "\">Line \(number)</a>".utf8
            } else {
                html += "Line \(number)".utf8
            }
            html += "</div>\n".utf8
            for line in hunk.lines {
                guard !isFull else {
                    leftOut += line.side == .both ? 0 : 1
                    continue
                }
                write(line)
            }
        }
        return leftOut
    }

    private mutating func write(_ line: TextDifference.Line) {
        let number = { (number: Int?) in number.map(String.init) ?? "" }
        let element: String
        switch line.side {
        case .both: element = "code"
        case .old: element = "del"
        case .new: element = "ins"
        }
        html +=
            "<div class=\"\(line.side.rawValue)\"><b>\(number(line.old))</b><b>\(number(line.new))</b><\(element)>".utf8
        write(line.shown)
        html += "</\(element)></div>\n".utf8
    }

    private mutating func write(_ shown: ShownLine) {
        if shown.leftOut.before > 0 { left(out: shown.leftOut.before) }
        for piece in shown.pieces {
            switch piece {
            case .text(let text): Escaping.append(text.utf8, to: &html)
            case .mark(let label, let words):
                html += "<mark title=\"".utf8
                Escaping.append(words.utf8, to: &html)
                html += "\">".utf8
                Escaping.append(label.utf8, to: &html)
                html += "</mark>".utf8
            }
        }
        if shown.leftOut.behind > 0 { left(out: shown.leftOut.behind) }
    }

    private mutating func left(out count: Int) {
        html += "<mark title=\"left out here\">\(count) characters</mark>".utf8
    }
}
