import CCmark
import PackagingFormats
import Synchronization

/// Markdown by cmark-gfm, with the extensions that authors for PyPI and GitHub count on: tables, strikethrough,
/// task lists and footnotes. Raw HTML passes; what comes out is for the sanitizer.
///
/// Two extensions are left out. `autolink` takes quadratic time on a crafted word in the versions that distributions
/// ship; `Linkifier` does its work. `tagfilter` would show forbidden tags as text; the sanitizer removes them.
enum Markdown {
    private static let extensions = ["table", "strikethrough", "tasklist"]

    /// Registered once for the process: cmark keeps its extensions in a global list.
    private static let isReady: Bool = {
        cmark_gfm_core_extensions_ensure_registered()
        return true
    }()

    /// One text at a time: cmark-gfm keeps in a global table which characters mean something to the extensions of the
    /// text that it reads, and clears it after each. Two at once lose strikethrough.
    private static let reading = Mutex(())

    /// How often a text is read anew at most: for each kind of HTML that goes on to the end of the text where nothing
    /// closes it.
    private static let readings = 5

    /// The HTML, not yet safe, of a Markdown text; nil when the text would cost too much, when more than `limit` bytes
    /// become of it, or cmark fails.
    ///
    /// A line that begins with `<?`, `<!` or `<script>` swallows all of the text behind it where nothing closes it. Its
    /// author speaks of it, then: it is text, and what follows is Markdown.
    static func html(
        of source: [UInt8], variant: DescriptionContentType.MarkdownVariant, limit: Int
    ) -> [UInt8]? { html(of: source, variant, limit, readings: readings) }

    private static func html(
        of source: [UInt8], _ variant: DescriptionContentType.MarkdownVariant, _ limit: Int,
        readings: Int
    ) -> [UInt8]? {
        let options = CMARK_OPT_UNSAFE | (variant == .gitHub ? CMARK_OPT_FOOTNOTES : 0)
        guard isReady, MarkdownCost.isBearable(source), let parser = cmark_parser_new(options) else { return nil }
        defer { cmark_parser_free(parser) }
        if variant == .gitHub {
            for name in extensions { cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name)) }
        }
        source.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        let address = reading.withLock { _ in UInt(bitPattern: cmark_parser_finish(parser)) }
        guard let document = OpaquePointer(bitPattern: address) else { return nil }
        defer { cmark_node_free(document) }
        if readings > 0 {
            let unclosed = unclosedHTML(in: document, of: source)
            if !unclosed.isEmpty {
                var escaped = source
                for place in unclosed.reversed() { escaped.insert(UInt8(ascii: "\\"), at: place) }
                return html(of: escaped, variant, limit, readings: readings - 1)
            }
        }
        let list = cmark_parser_get_syntax_extensions(parser)
        guard let rendered = cmark_render_html(document, options, list) else { return nil }
        defer { cmark_get_default_mem_allocator().pointee.free(rendered) }
        let html = Array(String(cString: rendered).utf8)
        // Cleaning costs more than rendering.
        return html.count <= limit ? html : nil
    }

    /// Where in a text the blocks of HTML begin that nothing closes, in their order.
    private static func unclosedHTML(
        in document: OpaquePointer, of source: [UInt8]
    ) -> [Int] {
        guard source.contains(UInt8(ascii: "<")), let iterator = cmark_iter_new(document) else {
            return []
        }
        defer { cmark_iter_free(iterator) }
        var starts: [(line: Int, column: Int)] = []
        while true {
            let event = cmark_iter_next(iterator)
            if event == CMARK_EVENT_DONE { break }
            guard event == CMARK_EVENT_ENTER, let node = cmark_iter_get_node(iterator),
                cmark_node_get_type(node) == CMARK_NODE_HTML_BLOCK,
                let literal = cmark_node_get_literal(node),
                isUnclosed(Array(String(cString: literal).utf8))
            else { continue }
            starts.append((Int(cmark_node_get_start_line(node)), Int(cmark_node_get_start_column(node))))
        }
        guard !starts.isEmpty else { return [] }
        let lines = lineStarts(of: source)
        return starts.compactMap { start in
            guard lines.indices.contains(start.line - 1) else { return nil }
            let place = lines[start.line - 1] + start.column - 1
            // A line that cmark changed, for a byte that is no UTF-8, has its columns elsewhere.
            return source.indices.contains(place) && source[place] == UInt8(ascii: "<") ? place : nil
        }
    }

    /// Where the lines of a text begin, as cmark tells them apart.
    private static func lineStarts(of source: [UInt8]) -> [Int] {
        var starts = [0]
        for (index, byte) in source.enumerated() {
            let isReturn = byte == UInt8(ascii: "\r") && !source.hasPrefix("\n", at: index + 1)
            if byte == UInt8(ascii: "\n") || isReturn { starts.append(index + 1) }
        }
        return starts
    }

    /// Whether a block of HTML ends because its text does.
    ///
    /// Source: CommonMark 0.31, section 4.6, start conditions 1 to 5; a declaration has to end in its line here.
    private static func isUnclosed(_ block: [UInt8]) -> Bool {
        let html = Array(block.drop { $0 == UInt8(ascii: " ") })
        func contains(_ end: StaticString) -> Bool { html.indices.contains { html.hasPrefix(end, at: $0) } }
        if html.hasPrefix("<!--", at: 0) { return !contains("-->") }
        if html.hasPrefix("<?", at: 0) { return !contains("?>") }
        if html.hasPrefix("<![cdata[", at: 0) { return !contains("]]>") }
        if html.hasPrefix("<!", at: 0) {
            let ends = [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
            return html.dropFirst().first(where: ends.contains) != UInt8(ascii: ">")
        }
        let starts: [StaticString] = ["<script", "<pre", "<style", "<textarea"]
        let ends: [StaticString] = ["</script>", "</pre>", "</style>", "</textarea>"]
        return starts.contains { html.hasPrefix($0, at: 0) } && !ends.contains(where: contains)
    }
}
