import PackagingFormats

/// Renders a release's long description.
///
/// What comes out is safe to place in a page, whatever goes in: only known elements and attributes, links only to
/// http, https and mailto addresses, nothing that is loaded or run. It takes bounded time and memory.
public struct DescriptionRenderer: Sendable {
    /// Beyond this many bytes, a text is shown as it is written. The largest that PyPI has (yt-dlp) is 175 KiB long,
    /// and the dearest Markdown of this length takes a tenth of a second.
    public static let maximumMarkupSize = 256 << 10

    /// The most bytes of HTML that become of a description. Headings, links and escaped characters take up to twenty
    /// times the bytes that they are written with.
    static let maximumHTML = 1 << 20

    /// The most tags and texts of a description's HTML; half a mebibyte of empty paragraphs has six times as many, and
    /// takes a third of a second. A change log of two thousand releases has half.
    static let maximumPieces = 120_000

    private let helper: MarkupHelper?

    /// A renderer.
    ///
    /// - Parameter helper: renders reStructuredText and highlights code; nil for a renderer that does neither.
    public init(helper: MarkupHelper? = nil) { self.helper = helper }

    /// A description as it is shown.
    public struct Rendered: Sendable, Equatable {
        /// A fragment of HTML whose headings are of level 3 and lower and whose ids begin with `user-content-`. It has
        /// 1 MiB at most: a text that would become more, or too many pieces, is shown as it is written, and from where
        /// that is more, cut.
        public let html: String
        /// Whether it would be the same in a minute. It may not be where the helper could not be asked.
        public let isLasting: Bool
    }

    /// A description as it is shown. Nobody's thread waits for the helper meanwhile.
    ///
    /// - Parameters:
    ///   - source: The description as its author wrote it.
    ///   - contentType: The core metadata field `Description-Content-Type`.
    public func rendered(_ source: String, contentType: String?) async -> Rendered {
        guard let helper else { return Rendered(html: html(of: source, contentType: contentType), isLasting: true) }
        do {
            let html = try await Self.html(of: source, contentType, with: helper)
            return Rendered(html: html ?? self.html(of: source, contentType: contentType), isLasting: true)
        } catch {
            return Rendered(html: html(of: source, contentType: contentType), isLasting: false)
        }
    }

    /// The HTML of a description without the helper: reStructuredText as it is written, code all alike.
    ///
    /// - Parameter base: the address, without a slash at its end, that relative addresses are below; nil where they lead
    ///   nowhere, as in descriptions.
    public func html(of source: String, contentType: String?, relativeTo base: String? = nil) -> String {
        switch Self.format(contentType) {
        case .markdown(let variant):
            Self.pieces(ofMarkdown: source, variant, relativeTo: base).flatMap(Self.html) ?? Self.plain(source)
        case .reStructuredText, .plainText: Self.plain(source)
        }
    }

    /// Decides as PyPI does: without a content type a description is reStructuredText, with an unknown one plain text.
    ///
    /// Source: packaging.python.org, core metadata, `Description-Content-Type`.
    static func format(_ contentType: String?) -> DescriptionContentType {
        guard isNamed(contentType), let contentType else { return .reStructuredText }
        return (try? DescriptionContentType(parsing: contentType)) ?? .plainText
    }

    private static func isNamed(_ contentType: String?) -> Bool { contentType?.trimmedOfWhitespace.isEmpty == false }

    /// The HTML that takes the helper; nil where it adds nothing to what can be done without.
    private static func html(
        of source: String, _ contentType: String?, with helper: MarkupHelper
    ) async throws -> String? {
        guard source.utf8.count <= maximumMarkupSize else { return nil }
        switch format(contentType) {
        case .plainText: return nil
        case .markdown(let variant):
            guard let pieces = pieces(ofMarkdown: source, variant) else { return nil }
            let blocks = HighlightedCode.blocks(in: pieces)
            guard !blocks.isEmpty,
                let answer = try await made(helper.answer(to: .code(blocks.map(\.code))))
            else { return nil }
            return html(HighlightedCode.pieces(pieces, with: answer, for: blocks))
        case .reStructuredText:
            // Much that says nothing of its format is plain text, and some that says so is not clean.
            let request = MarkupRequest.reStructuredText(source, isHeldToBeClean: !isNamed(contentType))
            return try await made(helper.answer(to: request)).flatMap { pieces(of: $0) }.flatMap(html)
        }
    }

    /// The HTML of an answer, not yet safe; nil where there is none, and the next time would be none.
    private static func made(_ answer: (kind: MarkupAnswer, html: [UInt8])) throws(HelperFailure) -> [UInt8]? {
        switch answer.kind {
        case .html: return answer.html
        case .unclean, .refused, .absent: return nil
        case .late: throw .silent
        }
    }

    /// The clean pieces of a Markdown text; nil where it is too large, or they would be too many.
    private static func pieces(
        ofMarkdown source: String, _ variant: DescriptionContentType.MarkdownVariant, relativeTo base: String? = nil
    ) -> [HTMLPiece]? {
        guard source.utf8.count <= maximumMarkupSize,
            let markdown = Markdown.html(of: Array(source.utf8), variant: variant, limit: maximumHTML),
            let pieces = pieces(of: markdown, relativeTo: base)
        else { return nil }
        return variant == .gitHub ? Alert.marked(in: pieces) : pieces
    }

    /// The clean pieces of some HTML; nil where they would be too many.
    private static func pieces(of html: [UInt8], relativeTo base: String? = nil) -> [HTMLPiece]? {
        let pieces = HTMLSanitizer.pieces(of: html, limit: maximumPieces, relativeTo: base)
        return pieces.count <= maximumPieces ? pieces : nil
    }

    /// The HTML of some pieces; nil where it would be too much.
    private static func html(_ pieces: [HTMLPiece]) -> String? {
        pieces.count <= maximumPieces ? HTMLWriter.write(pieces, limit: maximumHTML) : nil
    }

    private static func plain(_ source: String) -> String { PlainText.html(of: source, limit: maximumHTML) }
}
