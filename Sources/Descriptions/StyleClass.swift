/// The classes that a description may bring along: those that the style sheet knows for it.
enum StyleClass {
    /// Of the line above what an alert says.
    static let alertTitle = "alert-title"
    /// Of the notes below a text.
    static let footnotes = "footnotes"
    /// Of words in code: comment, keyword, string, number, function or class, built-in name, attribute; in differences
    /// what was inserted and deleted, and headings; in dialogues prompt and output.
    static let code: Set<String> = [
        "hl-c", "hl-k", "hl-s", "hl-m", "hl-f", "hl-b", "hl-a", "hl-i", "hl-d", "hl-h", "hl-p",
    ]
}

/// What an author sets apart for its reader's attention: GitHub's alerts, and the admonitions of reStructuredText.
///
/// Source: GitHub's documentation, "Basic writing and formatting syntax", section "Alerts".
enum Alert: String, CaseIterable {
    case note, tip, important, warning, caution

    /// The line above what it says.
    var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
    /// The class of the box.
    var styleClass: String { "alert alert-\(rawValue)" }
}
