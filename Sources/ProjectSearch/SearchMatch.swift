import Search

/// A question in the engine's query language. Words of it are letters and digits only, in quotes: nothing that somebody
/// typed means anything in it.
struct SearchMatch: Sendable {
    let text: String

    /// Asks for what has every one of some words; nil where there is nothing to look for.
    init?(everyOf words: [String]) {
        guard !words.isEmpty else { return nil }
        text = words.map { SearchPlan.isBeginning($0) ? "\"\($0)\"*" : "\"\($0)\"" }.joined(separator: " AND ")
    }
}
