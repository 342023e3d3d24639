import Descriptions
import Mustache

/// What the templates escape with, in place of the library's own HTML type, which replaces by `Character`.
struct EscapedHTML: MustacheContentType {
    /// The name by which a template asks for it.
    static let name = "RIND_HTML"

    func escapeText(_ text: String) -> String { Escaping.escape(text) }
}
