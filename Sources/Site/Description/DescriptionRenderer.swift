import PackagingFormats

/// Renders a release's long description.
///
/// What comes out is safe to place in a page, whatever goes in: only known elements and attributes, links only to
/// http, https and mailto addresses, nothing that is loaded or run. It takes bounded time and memory.
public struct DescriptionRenderer: Sendable {
    /// From this many bytes on, a Markdown text is shown as plain text.
    public static let maximumMarkdownSize = 1 << 20

    /// A renderer; it has no state.
    public init() {}

    /// The HTML of a description.
    ///
    /// - Parameters:
    ///   - source: The description as its author wrote it.
    ///   - contentType: The core metadata field `Description-Content-Type`.
    /// - Returns: A fragment of HTML whose headings are of level 3 and lower and whose ids begin with `user-content-`.
    public func html(of source: String, contentType: String?) -> String {
        guard case .markdown(let variant) = Self.format(contentType),
            source.utf8.count < Self.maximumMarkdownSize,
            let html = Markdown.html(of: Array(source.utf8), variant: variant)
        else { return PlainText.html(of: source) }
        return HTMLWriter.write(HTMLSanitizer.pieces(of: html))
    }

    /// Decides as PyPI does: without a content type a description is reStructuredText, with an unknown one plain text.
    ///
    /// Source: packaging.python.org, core metadata, `Description-Content-Type`.
    static func format(_ contentType: String?) -> DescriptionContentType {
        guard let contentType, !contentType.trimmedOfWhitespace.isEmpty else { return .reStructuredText }
        return (try? DescriptionContentType(parsing: contentType)) ?? .plainText
    }
}
