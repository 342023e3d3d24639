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
        guard case .markdown(let variant) = DescriptionFormat(contentType: contentType),
            source.utf8.count < Self.maximumMarkdownSize,
            let html = Markdown.html(of: Array(source.utf8), variant: variant)
        else { return PlainText.html(of: source) }
        return HTMLWriter.write(HTMLSanitizer.pieces(of: html))
    }
}

/// What a description is written in.
enum DescriptionFormat: Equatable {
    case markdown(Markdown.Variant)
    case reStructuredText
    case plain

    /// Decides as PyPI does: without a content type it is reStructuredText, with an unknown one plain text, and
    /// Markdown is GitHub's unless its `variant` says `CommonMark`.
    ///
    /// Source: packaging.python.org, core metadata, `Description-Content-Type`.
    init(contentType: String?) {
        let parts = (contentType ?? "").split(separator: ";").map { $0.trimmedOfWhitespace.lowercased() }
        switch parts.first ?? "" {
        case "", "text/x-rst": self = .reStructuredText
        case "text/markdown":
            let isCommonMark = parts.dropFirst().contains { parameter in
                let pair = parameter.split(separator: "=", maxSplits: 1).map(\.trimmedOfWhitespace)
                return pair.first == "variant" && pair.last?.filter { $0 != "\"" } == "commonmark"
            }
            self = .markdown(isCommonMark ? .commonMark : .gitHub)
        default: self = .plain
        }
    }
}
