import CCmark
import PackagingFormats

/// Markdown by cmark-gfm, with the extensions that authors for PyPI and GitHub count on: tables, strikethrough and
/// task lists. Raw HTML passes; what comes out is for the sanitizer.
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

    /// The HTML, not yet safe, of a Markdown text; nil when the text would cost too much, when more than `limit` bytes
    /// become of it, or cmark fails.
    static func html(
        of source: [UInt8], variant: DescriptionContentType.MarkdownVariant, limit: Int
    ) -> [UInt8]? {
        guard isReady, MarkdownCost.isBearable(source), let parser = cmark_parser_new(CMARK_OPT_UNSAFE) else {
            return nil
        }
        defer { cmark_parser_free(parser) }
        if variant == .gitHub {
            for name in extensions { cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name)) }
        }
        source.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { cmark_parser_feed(parser, $0.baseAddress, $0.count) }
        }
        guard let document = cmark_parser_finish(parser) else { return nil }
        defer { cmark_node_free(document) }
        let list = cmark_parser_get_syntax_extensions(parser)
        guard let rendered = cmark_render_html(document, CMARK_OPT_UNSAFE, list) else { return nil }
        defer { cmark_get_default_mem_allocator().pointee.free(rendered) }
        let html = Array(String(cString: rendered).utf8)
        // Cleaning costs more than rendering.
        return html.count <= limit ? html : nil
    }
}
