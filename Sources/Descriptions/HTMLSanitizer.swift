/// A piece of clean HTML. A list of them is balanced: what is opened is closed, in the right order.
enum HTMLPiece: Equatable {
    case text(String)
    case open(Element, [Attribute: String])
    case close(Element)
    /// An element without content.
    case void(VoidElement, [Attribute: String])
}

/// Makes clean HTML from any HTML: allowed elements with allowed attributes, properly nested, and text.
///
/// Every element is looked at once and the number of open ones is bounded, so the time is linear in the input.
struct HTMLSanitizer {
    /// How many elements may be open at once; the tags of deeper ones are left out, their text stays.
    static let maximumDepth = 100

    private var open: [Element] = []
    private var pieces: [HTMLPiece] = []
    private let base: String?

    private init(base: String?) { self.base = base }

    /// The clean form of some HTML, or of its beginning: where there are more than `limit` pieces, no more is read.
    ///
    /// - Parameter base: what relative addresses are of; nil where they lead nowhere.
    static func pieces(of source: [UInt8], limit: Int = .max, relativeTo base: String? = nil) -> [HTMLPiece] {
        var tokens = HTMLTokenizer(source)
        var sanitizer = HTMLSanitizer(base: base)
        while sanitizer.pieces.count <= limit, let token = tokens.next() { sanitizer.take(token) }
        while let innermost = sanitizer.open.last { sanitizer.close(upTo: innermost) }
        return sanitizer.pieces
    }

    private mutating func take(_ token: HTMLToken) {
        switch token {
        case .text(let text):
            if !text.allSatisfy(\.isWhitespace) { openCell() }
            pieces.append(.text(text))
        case .end(let name):
            guard let element = Element(tag: name) else { return }
            if element == .br { start(.br, isCentered: false, [:]) } else { close(upTo: element) }
        case .start(let name, let attributes):
            if let element = Element(tag: name) { start(element, isCentered: name == "center", attributes) }
        }
    }

    private mutating func start(_ element: Element, isCentered: Bool, _ attributes: [Attribute: String]) {
        var kept: [Attribute: String] = isCentered ? [.align: "center"] : [:]
        for (attribute, value) in attributes {
            if let value = attribute.value(on: element, from: value, relativeTo: base) { kept[attribute] = value }
        }
        if let name = kept.removeValue(forKey: .name), kept[.id] == nil { kept[.id] = name }
        if element.needsContainer {
            guard let around = open.lastIndex(where: { $0.holds(element) }) else { return }
            // A description list or a row that begins ends its predecessor, but only within its own list or table.
            if let previous = open[around...].firstIndex(where: { $0.ends(before: element) }) {
                close(downTo: previous)
            }
        }
        if element.isTablePart {
            if element == .td || element == .th { openRow() }
            guard element != .col || open.last == .table || open.last == .colgroup else { return }
        } else {
            openCell()
        }
        endOthers(before: element)
        if let void = element.void { return pieces.append(.void(void, kept)) }
        guard open.count < Self.maximumDepth else { return }
        open.append(element)
        pieces.append(.open(element, kept))
    }

    /// Opens a cell for what comes next if that would stand in a table, but in no cell. A browser would move it out of
    /// the table, and end tables that stand in each other; then our end tags would end something else.
    private mutating func openCell() {
        if open.last == .colgroup { close(downTo: open.count - 1) }
        openRow()
        if open.last == .tr { push(.td) }
    }

    /// Opens a row if a table or a part of one waits for it.
    private mutating func openRow() {
        guard let last = open.last, [.table, .tbody, .thead, .tfoot].contains(last) else { return }
        push(.tr)
    }

    private mutating func push(_ element: Element) {
        open.append(element)
        pieces.append(.open(element, [:]))
    }

    /// A paragraph and a heading end where a block begins, a link where another begins.
    private mutating func endOthers(before element: Element) {
        let scope = (open.lastIndex { $0 == .table || $0 == .td || $0 == .th } ?? -1) + 1
        if element.isBlock, let heading = open.firstIndex(where: { $0.headingLevel != nil }) { close(downTo: heading) }
        if element.isBlock, scope <= open.count, let paragraph = open[scope...].lastIndex(of: .p) {
            close(downTo: paragraph)
        }
        if element == .a, let link = open.firstIndex(of: .a) { close(downTo: link) }
    }

    /// Ends the innermost `element` and all within it; an end tag without its start tag does nothing. An end tag in a
    /// table does not reach beyond the table.
    private mutating func close(upTo element: Element) {
        let isHeading = element.headingLevel != nil
        for index in open.indices.reversed() {
            if open[index] == element || (isHeading && open[index].headingLevel != nil) {
                return close(downTo: index)
            }
            if open[index] == .table { return }
        }
    }

    private mutating func close(downTo index: Int) {
        while open.count > index { pieces.append(.close(open.removeLast())) }
    }
}
