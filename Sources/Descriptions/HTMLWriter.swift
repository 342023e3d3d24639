/// Writes clean HTML as a description is shown: headings below the page's own and with anchors, images as links,
/// links marked as a stranger's, addresses in text as links.
struct HTMLWriter {
    /// The level that the description's highest heading gets: the page has its name as `h1`, its sections as `h2`.
    static let highestHeading = 3

    private let pieces: [HTMLPiece]
    private let headingShift: Int
    private var html: [UInt8] = []
    private var identifiers: Set<String> = []
    private var slugCounts: [String: Int] = [:]
    /// How many links, and how many elements with literal text, are open.
    private var openLinks = 0
    private var openLiterals = 0
    /// The level of the heading that was written last; no heading is more than one below it.
    private var level = HTMLWriter.highestHeading - 1
    /// Whether the open heading's text is a link to itself.
    private var headingIsLink = false

    /// The HTML of a description; nil when it would have more bytes than `limit`.
    static func write(_ pieces: [HTMLPiece], limit: Int = .max) -> String? {
        var writer = HTMLWriter(pieces)
        for index in pieces.indices {
            writer.write(at: index)
            if writer.html.count > limit { return nil }
        }
        return String(decoding: writer.html, as: UTF8.self)
    }

    private init(_ pieces: [HTMLPiece]) {
        self.pieces = pieces
        let levels = pieces.compactMap { piece in
            if case .open(let element, _) = piece { element.headingLevel } else { nil }
        }
        headingShift = Self.highestHeading - (levels.min() ?? 1)
    }

    private mutating func write(at index: Int) {
        switch pieces[index] {
        case .text(let text): write(text)
        case .void(let element, let attributes): writeVoid(element, attributes)
        case .open(let element, let attributes):
            if let level = element.headingLevel {
                openHeading(level, attributes, at: index)
            } else {
                open(element, attributes)
            }
        case .close(let element): close(element)
        }
    }

    private mutating func write(_ text: String) {
        guard openLinks == 0, openLiterals == 0 else { return Escaping.append(text.utf8, to: &html) }
        Linkifier.write(text, to: &html)
    }

    private mutating func open(_ element: Element, _ attributes: [Attribute: String]) {
        if element == .a { openLinks += 1 }
        if element == .code || element == .pre || element == .kbd || element == .samp { openLiterals += 1 }
        // A wide table scrolls by itself, so that the page does not.
        if element == .table { html += #"<div class="scroll">"#.utf8 }
        writeTag(element.rawValue, attributes)
    }

    private mutating func close(_ element: Element) {
        if element == .a { openLinks -= 1 }
        if element == .code || element == .pre || element == .kbd || element == .samp { openLiterals -= 1 }
        if element.headingLevel != nil {
            if headingIsLink {
                html += "</a>".utf8
                openLinks -= 1
                headingIsLink = false
            }
            html += "</\(Element.heading(level: level).rawValue)>".utf8
        } else {
            html += "</\(element.rawValue)>".utf8
        }
        if element == .table { html += "</div>".utf8 }
    }

    private mutating func writeVoid(_ element: VoidElement, _ attributes: [Attribute: String]) {
        switch element {
        case .img: writeImage(attributes)
        case .input: writeTaskMark(attributes)
        case .br, .col, .hr, .wbr: writeTag(element.rawValue, attributes)
        }
    }

    /// The page shows no image from elsewhere, which would tell a stranger who reads it: a link takes its place.
    private mutating func writeImage(_ attributes: [Attribute: String]) {
        let alternative = attributes[.alt]?.trimmedOfWhitespace ?? ""
        let text = alternative.isEmpty ? "image" : alternative
        if let source = attributes[.src], openLinks == 0 {
            writeLink(to: source, class: "image", text: text)
        } else if !alternative.isEmpty || openLinks > 0 {
            html += #"<span class="image">"#.utf8
            Escaping.append(text.utf8, to: &html)
            html += "</span>".utf8
        }
    }

    private mutating func writeTaskMark(_ attributes: [Attribute: String]) {
        guard attributes[.type] == "checkbox" else { return }
        let isDone = attributes[.checked] != nil
        html += #"<span class="task" role="img" aria-label="\#(isDone ? "done" : "to do")">"#.utf8
        html += "\(isDone ? "☑" : "☐")</span>".utf8
    }

    private mutating func writeLink(to address: String, class name: String, text: String) {
        html += #"<a class="\#(name)" rel="nofollow noopener ugc" href=""#.utf8
        Escaping.append(address.utf8, to: &html)
        html += "\">".utf8
        Escaping.append(text.utf8, to: &html)
        html += "</a>".utf8
    }

    private mutating func writeTag(_ name: String, _ attributes: [Attribute: String]) {
        html += "<\(name)".utf8
        let classes = [attributes[.align].map { "align-" + $0 }, attributes[.class]].compactMap(\.self)
        if !classes.isEmpty { write("class", classes.joined(separator: " ")) }
        // In a fixed order, so that equal descriptions give equal pages.
        for attribute in Attribute.allCases {
            guard let value = attributes[attribute] else { continue }
            switch attribute {
            case .align, .class: break
            case .id: if identifiers.insert(value).inserted { write("id", value) }
            case .href:
                if !value.hasPrefix("#") { write("rel", "nofollow noopener ugc") }
                write("href", value)
            case .alt, .checked, .colspan, .name, .open, .rowspan, .src, .start, .title, .type:
                write(attribute.rawValue, value)
            }
        }
        html.append(UInt8(ascii: ">"))
    }

    private mutating func write(_ name: String, _ value: String) {
        html += " \(name)=\"".utf8
        Escaping.append(value.utf8, to: &html)
        html.append(UInt8(ascii: "\""))
    }

    // MARK: Headings

    private mutating func openHeading(_ written: Int, _ attributes: [Attribute: String], at index: Int) {
        var attributes = attributes
        let content = headingContent(at: index)
        if attributes[.id].map(identifiers.contains) ?? true {
            attributes[.id] = identifier(forHeading: content.text)
        }
        level = min(written + headingShift, level + 1, 6)
        writeTag(Element.heading(level: level).rawValue, attributes)
        guard !content.hasLink, openLinks == 0, let identifier = attributes[.id] else { return }
        html += "<a class=\"anchor\" href=\"#".utf8
        Escaping.append(identifier.utf8, to: &html)
        html += "\">".utf8
        openLinks += 1
        headingIsLink = true
    }

    /// The text of the heading at `index`, and whether there is a link in it.
    private func headingContent(at index: Int) -> (text: String, hasLink: Bool) {
        var text = ""
        var hasLink = false
        for piece in pieces[(index + 1)...] {
            switch piece {
            case .text(let part): text += part
            case .open(.a, _): hasLink = true
            case .void(.img, let attributes):
                hasLink = true
                text += attributes[.alt] ?? ""
            case .close(let element) where element.headingLevel != nil: return (text, hasLink)
            case .open, .close, .void: break
            }
        }
        return (text, hasLink)
    }

    /// The anchor of a heading, as GitHub makes it: lower case, blanks as hyphens, punctuation left out, numbered
    /// when taken.
    private mutating func identifier(forHeading text: String) -> String? {
        let slug = String(
            text.trimmedOfWhitespace.lowercased().unicodeScalars.prefix(100).compactMap { scalar in
                if scalar == " " { return Character("-") }
                let isKept = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                return isKept || scalar == "-" || scalar == "_" ? Character(scalar) : nil
            })
        guard !slug.isEmpty else { return nil }
        var number = slugCounts[slug, default: 0]
        var identifier = DescriptionLink.anchorPrefix + slug + (number == 0 ? "" : "-\(number)")
        while identifiers.contains(identifier) {
            number += 1
            identifier = DescriptionLink.anchorPrefix + "\(slug)-\(number)"
        }
        slugCounts[slug] = number + 1
        return identifier
    }
}

extension Linkifier {
    /// Appends `text`, escaped, its web addresses as links.
    static func write(_ text: String, to html: inout [UInt8]) {
        for part in parts(of: text) {
            switch part {
            case .text(let text): Escaping.append(text.utf8, to: &html)
            case .link(let address):
                html += #"<a rel="nofollow noopener ugc" href=""#.utf8
                Escaping.append(address.utf8, to: &html)
                html += "\">".utf8
                Escaping.append(address.utf8, to: &html)
                html += "</a>".utf8
            }
        }
    }
}

extension StringProtocol {
    /// Without the white space at both ends.
    public var trimmedOfWhitespace: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }),
            let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
