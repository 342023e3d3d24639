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

    /// Elements that are left out together with everything in them.
    static let hidden: Set<String> = [
        "applet", "audio", "button", "canvas", "datalist", "dialog", "math", "object", "select", "svg", "template",
        "video",
    ]

    /// Elements without content and end tag.
    var isVoid: Bool { [.br, .col, .hr, .img, .input, .wbr].contains(self) }

    /// The level of a heading, 1 to 6.
    var headingLevel: Int? {
        switch self {
        case .h1: 1
        case .h2: 2
        case .h3: 3
        case .h4: 4
        case .h5: 5
        case .h6: 6
        default: nil
        }
    }

    /// The heading of a level; beyond 6 it is 6.
    static func heading(level: Int) -> Element {
        [.h1, .h2, .h3, .h4, .h5, .h6][min(max(level, 1), 6) - 1]
    }

    /// Elements that end an open paragraph.
    var isBlock: Bool {
        switch self {
        case .blockquote, .dd, .details, .div, .dl, .dt, .figcaption, .figure, .hr, .li, .ol, .p, .pre, .summary,
            .table, .ul:
            true
        default: headingLevel != nil
        }
    }

    /// Whether this element may stand only within certain others.
    var needsContainer: Bool {
        switch self {
        case .li, .dt, .dd, .summary: true
        default: isTablePart
        }
    }

    /// The elements that make up a table, which cannot stand elsewhere.
    var isTablePart: Bool {
        switch self {
        case .caption, .col, .colgroup, .tbody, .td, .tfoot, .th, .thead, .tr: true
        default: false
        }
    }

    /// Whether `part`, which needs a container, can stand in this element. The nearest such element also bounds what
    /// the part's start tag ends.
    func holds(_ part: Element) -> Bool {
        switch part {
        case .li: self == .ol || self == .ul
        case .dt, .dd: self == .dl
        case .summary: self == .details
        default: part.isTablePart && self == .table
        }
    }

    /// Whether this open element ends where `next` starts, because its author left its end tag out.
    func ends(before next: Element) -> Bool {
        switch (next, self) {
        case (.li, .li), (.summary, .summary), (.dt, .dt), (.dt, .dd), (.dd, .dt), (.dd, .dd): true
        case (.td, .td), (.td, .th), (.th, .td), (.th, .th): true
        case (.tr, .tr), (.tr, .td), (.tr, .th): true
        case (.tbody, _), (.thead, _), (.tfoot, _), (.caption, _), (.colgroup, _): isTablePart
        case (.col, _), (.tr, _), (.td, _), (.th, _): self == .caption || (self == .colgroup && next != .col)
        default: false
        }
    }
}

/// The attributes that mean something in a description.
enum Attribute: String, CaseIterable, Sendable {
    case align, alt, checked, `class`, colspan, href, id, name, open, rowspan, src, start, title, type

    /// The value to keep for this attribute on an element; nil when it is to be left out.
    func value(on element: Element, from value: String) -> String? {
        // Values are compared as text.
        guard !value.hasExcessMarks else { return nil }
        return switch (self, element) {
        case (.href, .a): DescriptionLink(value)?.href
        case (.src, .img): DescriptionLink(value)?.href
        case (.alt, .img), (.checked, .input), (.title, .a), (.title, .abbr), (.title, .dfn): value
        case (.id, _), (.name, .a): identifier(value)
        case (.open, .details): ""
        case (.colspan, .td), (.colspan, .th), (.rowspan, .td), (.rowspan, .th): number(value, in: 1...1_000)
        case (.start, .ol): number(value, in: 0...1_000_000)
        case (.type, .input): value.lowercased() == "checkbox" ? "checkbox" : nil
        case (.align, _) where element.isBlock || element.isTablePart:
            ["left", "right", "center"].contains(value.lowercased()) ? value.lowercased() : nil
        case (.class, .code): value.hasPrefix("language-") && !value.contains(where: \.isWhitespace) ? value : nil
        default: nil
        }
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
    /// before the scheme is looked at). Nil for other schemes, and for relative addresses, which lead nowhere here.
    public init?(_ address: String) {
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
        } else {
            return nil
        }
    }

    /// Whether an address begins with `http://` or `https://` and something behind it.
    static func hasWebScheme(_ address: String) -> Bool {
        let bytes = Array(address.utf8.prefix(9))
        return (bytes.hasPrefix("http://", at: 0) && bytes.count > 7)
            || (bytes.hasPrefix("https://", at: 0) && bytes.count > 8)
    }
}
