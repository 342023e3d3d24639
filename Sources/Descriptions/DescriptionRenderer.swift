import PackagingFormats

/// Renders a release's long description.
///
/// What comes out is safe to place in a page, whatever goes in: only known elements and attributes, links only to
/// http, https and mailto addresses, nothing that is loaded or run. It takes bounded time and memory.
public struct DescriptionRenderer: Sendable {
    /// Beyond this many bytes, a Markdown text is shown as plain text. The largest that PyPI has (yt-dlp) is 175 KiB
    /// long, and the dearest text of this length takes a tenth of a second.
    public static let maximumMarkdownSize = 256 << 10

    /// The most bytes of HTML that become of a description. Headings, links and escaped characters take up to twenty
    /// times the bytes that they are written with.
    static let maximumHTML = 1 << 20

    /// The most tags and texts of a description's HTML; half a mebibyte of empty paragraphs has six times as many, and
    /// takes a third of a second. A change log of two thousand releases has half.
    static let maximumPieces = 120_000

    /// A renderer; it has no state.
    public init() {}

    /// The HTML of a description.
    ///
    /// - Parameters:
    ///   - source: The description as its author wrote it.
    ///   - contentType: The core metadata field `Description-Content-Type`.
    /// - Returns: A fragment of HTML whose headings are of level 3 and lower and whose ids begin with `user-content-`.
    ///   It has 1 MiB at most: a text that would become more, or too many pieces, is shown as it is written, and from
    ///   where that is more, cut.
    public func html(of source: String, contentType: String?) -> String {
        guard case .markdown(let variant) = Self.format(contentType),
            source.utf8.count <= Self.maximumMarkdownSize,
            let markdown = Markdown.html(of: Array(source.utf8), variant: variant, limit: Self.maximumHTML),
            case let pieces = HTMLSanitizer.pieces(of: markdown, limit: Self.maximumPieces),
            pieces.count <= Self.maximumPieces,
            let html = HTMLWriter.write(pieces, limit: Self.maximumHTML)
        else { return PlainText.html(of: source, limit: Self.maximumHTML) }
        return html
    }

    /// Decides as PyPI does: without a content type a description is reStructuredText, with an unknown one plain text.
    ///
    /// Source: packaging.python.org, core metadata, `Description-Content-Type`.
    static func format(_ contentType: String?) -> DescriptionContentType {
        guard let contentType, !contentType.trimmedOfWhitespace.isEmpty else { return .reStructuredText }
        return (try? DescriptionContentType(parsing: contentType)) ?? .plainText
    }
}
