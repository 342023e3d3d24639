import PackagingFormats

/// The elements that a description may consist of: those that PyPI lets through, without what is obsolete.
enum Element: String, CaseIterable, Sendable {
    case a, abbr, b, blockquote, br, caption, cite, code, col, colgroup, dd, del, details, dfn, div, dl, dt, em
    case figcaption, figure, h1, h2, h3, h4, h5, h6, hr, i, img, input, ins, kbd, li, mark, ol, p, pre, q, s, samp
    case small, span, strong, sub, summary, sup, table, tbody, td, tfoot, th, thead, tr, u, ul, `var`, wbr

    /// The element that a tag's name stands for. Sections become plain `div`s, lest a description add landmarks to
    /// the page; obsolete names become what replaced them. Nil for all that is not allowed.
    init?(tag name: String) {
        switch name {
        case "address", "article", "aside", "center", "footer", "header", "main", "nav", "section": self = .div
        case "acronym": self = .abbr
        case "strike": self = .s
        case "tt": self = .code
        default: self.init(rawValue: name)
        }
    }

    /// The element as one without content and end tag; nil for all others.
    var void: VoidElement? { VoidElement(rawValue: rawValue) }

    /// What an element is among others: from it follows where it may stand, and what ends where it begins.
    private enum Kind: Equatable {
        case heading(level: Int)
        case block
        case listItem
        case termOrDescription
        case summary
        case tablePart(TablePart)
        case phrase
    }

    private enum TablePart {
        case caption, columns, column, rows, row, cell
    }

    private var kind: Kind {
        switch self {
        case .h1: .heading(level: 1)
        case .h2: .heading(level: 2)
        case .h3: .heading(level: 3)
        case .h4: .heading(level: 4)
        case .h5: .heading(level: 5)
        case .h6: .heading(level: 6)
        case .blockquote, .details, .div, .dl, .figcaption, .figure, .hr, .ol, .p, .pre, .table, .ul: .block
        case .li: .listItem
        case .dt, .dd: .termOrDescription
        case .summary: .summary
        case .caption: .tablePart(.caption)
        case .colgroup: .tablePart(.columns)
        case .col: .tablePart(.column)
        case .tbody, .thead, .tfoot: .tablePart(.rows)
        case .tr: .tablePart(.row)
        case .td, .th: .tablePart(.cell)
        case .a, .abbr, .b, .br, .cite, .code, .del, .dfn, .em, .i, .img, .input, .ins, .kbd, .mark, .q, .s, .samp,
            .small, .span, .strong, .sub, .sup, .u, .var, .wbr:
            .phrase
        }
    }

    /// The level of a heading, 1 to 6.
    var headingLevel: Int? {
        if case .heading(let level) = kind { level } else { nil }
    }

    /// The heading of a level; beyond 6 it is 6.
    static func heading(level: Int) -> Element {
        [.h1, .h2, .h3, .h4, .h5, .h6][min(max(level, 1), 6) - 1]
    }

    /// Elements that end an open paragraph.
    var isBlock: Bool {
        switch kind {
        case .heading, .block, .listItem, .termOrDescription, .summary: true
        case .tablePart, .phrase: false
        }
    }

    /// Whether this element may stand only within certain others.
    var needsContainer: Bool {
        switch kind {
        case .listItem, .termOrDescription, .summary, .tablePart: true
        case .heading, .block, .phrase: false
        }
    }

    /// The elements that make up a table, which cannot stand elsewhere.
    var isTablePart: Bool {
        if case .tablePart = kind { true } else { false }
    }

    /// Whether `part`, which needs a container, can stand in this element. The nearest such element also bounds what
    /// the part's start tag ends.
    func holds(_ part: Element) -> Bool {
        switch part.kind {
        case .listItem: self == .ol || self == .ul
        case .termOrDescription: self == .dl
        case .summary: self == .details
        case .tablePart: self == .table
        case .heading, .block, .phrase: false
        }
    }

    /// Whether this open element ends where `next` starts, because its author left its end tag out.
    func ends(before next: Element) -> Bool {
        switch next.kind {
        case .listItem, .termOrDescription, .summary: kind == next.kind
        case .tablePart(let next):
            if case .tablePart(let part) = kind { Self.ends(part, before: next) } else { false }
        case .heading, .block, .phrase: false
        }
    }

    private static func ends(_ part: TablePart, before next: TablePart) -> Bool {
        switch next {
        case .caption, .columns, .rows: true
        case .row: [.caption, .columns, .row, .cell].contains(part)
        case .cell: [.caption, .columns, .cell].contains(part)
        case .column: part == .caption
        }
    }
}

/// The elements without content and end tag.
enum VoidElement: String, CaseIterable, Sendable {
    case br, col, hr, img, input, wbr
}

/// The attributes that mean something in a description.
enum Attribute: String, CaseIterable, Sendable {
    case align, alt, checked, `class`, colspan, href, id, name, open, rowspan, src, start, title, type

    /// The value to keep for this attribute on an element; nil when it is to be left out.
    ///
    /// - Parameter base: what relative addresses are of; nil where they lead nowhere.
    func value(on element: Element, from value: String, relativeTo base: String? = nil) -> String? {
        // Values are compared as text.
        guard !value.hasExcessMarks else { return nil }
        return switch self {
        case .href: element == .a ? DescriptionLink(value, relativeTo: base)?.href : nil
        case .src: element == .img ? DescriptionLink(value, relativeTo: base)?.href : nil
        case .alt: element == .img ? value : nil
        case .checked: element == .input ? value : nil
        case .title: [.a, .abbr, .dfn].contains(element) ? value : nil
        case .id: identifier(value)
        case .name: element == .a ? identifier(value) : nil
        case .open: element == .details ? "" : nil
        case .colspan, .rowspan: element == .td || element == .th ? number(value, in: 1...1_000) : nil
        case .start: element == .ol ? number(value, in: 0...1_000_000) : nil
        case .type:
            if element == .ol {
                ["1", "a", "A", "i", "I"].contains(value) ? value : nil
            } else {
                element == .input && value.lowercased() == "checkbox" ? "checkbox" : nil
            }
        case .align:
            (element.isBlock || element.isTablePart) && ["left", "right", "center"].contains(value.lowercased())
                ? value.lowercased() : nil
        case .class: styleClass(value, on: element)
        }
    }

    /// The classes that a description may bring along: those that the style sheet knows for it.
    private func styleClass(_ value: String, on element: Element) -> String? {
        let isLanguage = value.hasPrefix("language-") && !value.contains(where: \.isWhitespace)
        let isBox = value == StyleClass.footnotes || Alert.allCases.contains { $0.styleClass == value }
        let isKnown =
            (element == .code && isLanguage) || (element == .div && isBox)
            || (element == .p && value == StyleClass.alertTitle)
            || (element == .span && StyleClass.code.contains(value))
        return isKnown ? value : nil
    }

    private func identifier(_ value: String) -> String? {
        guard !value.isEmpty, value.utf8.count <= 200, !value.contains(where: \.isWhitespace) else { return nil }
        return DescriptionLink.anchorPrefix + value
    }

    private func number(_ value: String, in range: ClosedRange<Int>) -> String? {
        Int(value).flatMap { range.contains($0) ? String($0) : nil }
    }
}

/// Where a link in a description may lead: to an http, https or mailto address, or within the description.
public struct DescriptionLink: Equatable, Sendable {
    /// Before every anchor of a description, so that none is taken for one of the page's own.
    static let anchorPrefix = "user-content-"

    /// The checked address, to be escaped and written.
    public let href: String

    /// Reads an address as a browser would (the URL standard, section 4.4: outer blanks and all tabs and line ends go
    /// before the scheme is looked at). Nil for other schemes.
    ///
    /// - Parameter base: an address that a relative one is below, with or without a slash at its beginning, and that has
    ///   none at its end; nil, as of descriptions, which come from elsewhere: then they lead nowhere.
    public init?(_ address: String, relativeTo base: String? = nil) {
        var scalars = String.UnicodeScalarView()
        for scalar in address.unicodeScalars where scalar != "\t" && scalar != "\n" && scalar != "\r" {
            scalars.append(scalar)
        }
        while let last = scalars.last, last.value <= 0x20 { scalars.removeLast() }
        let text = String(String.UnicodeScalarView(scalars.drop { $0.value <= 0x20 }))
        guard !text.isEmpty, text.utf8.count <= 65_536, !text.hasExcessMarks,
            text.unicodeScalars.allSatisfy({ $0.value > 0x1F })
        else {
            return nil
        }
        if text.utf8.first == UInt8(ascii: "#") {
            guard text.utf8.count > 1 else { return nil }
            href = "#" + Self.anchorPrefix + text.dropFirst()
        } else if Self.hasWebScheme(text) || text.prefix(7).lowercased() == "mailto:" {
            href = text
        } else if let base, !Self.hasScheme(text) {
            // Two slashes begin the address of another host.
            href = text.hasPrefix("//") ? "https:\(text)" : "\(base)\(text.hasPrefix("/") ? "" : "/")\(text)"
        } else {
            return nil
        }
    }

    /// Whether an address begins with a scheme, whichever it is: a colon before any step, query or fragment.
    private static func hasScheme(_ address: String) -> Bool {
        address.first { ":/?#".contains($0) } == ":"
    }

    /// Whether an address begins with `http://` or `https://` and something behind it.
    static func hasWebScheme(_ address: String) -> Bool {
        let bytes = Array(address.utf8.prefix(9))
        return (bytes.hasPrefix("http://", at: 0) && bytes.count > 7)
            || (bytes.hasPrefix("https://", at: 0) && bytes.count > 8)
    }
}
