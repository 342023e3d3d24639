/// How much of a text that a stranger wrote is shown where it is one of many: on a page, in a feed, in a document, a
/// mail, a search result, a line of the log, a sentence.
///
/// This is the one rule for it. What a file may say at all is bounded by ``MetadataLimits``, but what is in the index
/// may be older than they are, or imported; and ten bounded texts in a list of a hundred are still a long page.
///
/// The raw value counts Unicode scalars, each of which takes four bytes at most. Characters are no measure: one of
/// them can consist of any number of accents.
public enum ShownText: Int, Sendable, CaseIterable {
    /// A name in a sentence.
    case quotation = 120
    /// A name, a version, a label, a file's name, a person: all that is shown in one column.
    case label = 256
    /// A summary, a reason, a condition: one line of prose. A summary that may be published is never cut.
    case line = 512
    /// All that is shown of a text of several lines, and the longest address that is a link in a list.
    case paragraph = 2_048
}

extension StringProtocol {
    /// The text where it is no longer than `length`; else as much of it, and `…`.
    public func cut(to length: ShownText) -> String {
        // Every scalar takes a byte at least.
        guard utf8.count > length.rawValue else { return String(self) }
        let end = unicodeScalars.index(unicodeScalars.startIndex, offsetBy: length.rawValue, limitedBy: endIndex)
        guard let end, end < endIndex else { return String(self) }
        return String(self[..<end]) + "…"
    }
}
