extension Alert {
    /// The alert that a line begins, `[!NOTE]`; nil for any other line.
    private init?(line: Substring) {
        guard line.utf8.count <= 16, line.hasPrefix("[!"), line.hasSuffix("]") else { return nil }
        self.init(rawValue: line.dropFirst(2).dropLast().lowercased())
    }

    /// Makes alerts of the quotations among some pieces that begin with the line of one.
    static func marked(in pieces: [HTMLPiece]) -> [HTMLPiece] {
        var marked: [HTMLPiece] = []
        marked.reserveCapacity(pieces.count)
        /// What the quotations that are open have become.
        var open: [Element] = []
        var index = 0
        while index < pieces.count {
            switch pieces[index] {
            case .open(.blockquote, _):
                if let (alert, rest, next) = alert(at: index, of: pieces) {
                    open.append(.div)
                    marked += alert.opening + rest
                    index = next
                    continue
                }
                open.append(.blockquote)
                marked.append(pieces[index])
            case .close(.blockquote): marked.append(.close(open.popLast() ?? .blockquote))
            case .open, .close, .text, .void: marked.append(pieces[index])
            }
            index += 1
        }
        return marked
    }

    private var opening: [HTMLPiece] {
        [
            .open(.div, [.class: styleClass]), .open(.p, [.class: StyleClass.alertTitle]), .text(title), .close(.p),
        ]
    }

    /// The alert that the quotation at `index` is, what its first paragraph goes on with, and where the pieces go on.
    private static func alert(
        at index: Int, of pieces: [HTMLPiece]
    ) -> (alert: Alert, rest: [HTMLPiece], next: Int)? {
        // As cmark writes it: a line end, a paragraph, its text.
        guard index + 4 < pieces.count, pieces[index + 1] == .text("\n"), pieces[index + 2] == .open(.p, [:]),
            case .text(let text) = pieces[index + 3]
        else { return nil }
        let line = text.prefix { $0 != "\n" }
        guard let alert = Alert(line: line) else { return nil }
        if line.endIndex < text.endIndex {
            let rest = String(text[line.endIndex...].dropFirst())
            return (alert, [.text("\n"), .open(.p, [:]), .text(rest)], index + 4)
        }
        switch pieces[index + 4] {
        case .close(.p): return (alert, [], index + 5)
        case .void(.br, _): return (alert, [.text("\n"), .open(.p, [:])], index + 5)
        case .open, .close, .text, .void: return nil
        }
    }
}
