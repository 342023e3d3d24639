/// The classifiers that a release can have.
///
/// Source: PEP 301; the list is PyPI's.
public enum TroveClassifiers {
    /// What a classifier is to an index.
    public enum Standing: Hashable, Sendable {
        /// One of the list.
        case known
        /// Of the list, and not to be used any more; with what is to be used instead.
        case deprecated(instead: [String])
        /// Below `Private ::`: on no list, so that the public index refuses whatever has it. That is what it is for.
        case isPrivate
        /// None of these.
        case unknown
    }

    /// What a text is, compared letter by letter.
    ///
    /// - Parameter more: what an operator added to the list.
    public static func standing(of text: String, knowing more: Set<String> = []) -> Standing {
        if known.contains(text) || more.contains(text) { return .known }
        if let instead = TroveClassifierList.deprecated[text] { return .deprecated(instead: instead) }
        return text.hasPrefix("Private :: ") ? .isPrivate : .unknown
    }

    /// Whether the text has the form of a classifier: two parts at least, ` :: ` between them, no control characters.
    public static func isClassifier(_ text: String) -> Bool {
        guard text.utf8.count <= 256 else { return false }
        let parts = text.split(separator: " :: ", omittingEmptySubsequences: false)
        return parts.count >= 2
            && parts.allSatisfy { part in
                !part.isEmpty && part.utf8.first != 0x20 && part.utf8.last != 0x20
                    && part.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            }
    }

    private static let known = Set(TroveClassifierList.lines.split(separator: "\n").map(String.init))
}
