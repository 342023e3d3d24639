import Names
import PackagingFormats

/// How a search is made: what is looked for, and in which order what is found comes.
public struct SearchPlan: Sendable {
    /// What was typed, as it was understood.
    public let asked: AskedText
    /// The words that a project must have, each with what its other forms begin with.
    public let words: [String]
    /// Whether nothing was typed.
    let isBlank: Bool
    private let ranking: SearchRanking

    public init(_ text: String) {
        isBlank = text.allSatisfy(\.isWhitespace)
        asked = AskedText(text)
        words = Self.independent(asked.tellingWords.map(SearchWords.stem))
        ranking = SearchRanking(asked)
    }

    /// Whether a word is looked for as a beginning, too: not one so short that half of all words begin with it.
    public static func isBeginning(_ word: String) -> Bool { word.utf8.count >= SearchWords.shortestBeginning }

    /// Those that are no beginning of another one, which would find nothing that the other does not.
    private static func independent(_ words: [String]) -> [String] {
        var kept: [String] = []
        for word in words where !kept.contains(word) {
            let isImplied = words.contains { $0 != word && $0.hasPrefix(word) && isBeginning(word) }
            if !isImplied { kept.append(word) }
        }
        return kept
    }

    // MARK: Names

    /// How many names of a kind are looked at.
    private static let mostNames = 100

    /// Names that are like one that was typed.
    typealias LikeNames = [(entry: NameDirectory.Entry, match: NameDirectory.Match)]

    /// The names that are each of those that were typed, begin with it or hold it.
    func likeNames(in directory: NameDirectory) -> [LikeNames] {
        asked.names.map { directory.names(like: FoldedName($0), limit: Self.mostNames) }
    }

    /// The projects that what was typed may be the name of, or a part of it.
    func named(_ like: [LikeNames], in directory: NameDirectory) -> [NameDirectory.Entry] {
        zip(asked.names, like).flatMap { name, like in
            like.map(\.entry)
                + (LikelyNames.project(ofModule: name).map { directory.names(whole: FoldedName($0), limit: 1) } ?? [])
        }
    }

    /// The numbers of the projects that may be meant by names that are not there, the likeliest first.
    public func likelyNames(in directory: NameDirectory, limit: Int) -> [NameDirectory.ID] {
        words.isEmpty ? [] : asked.names.flatMap { LikelyNames.meant(by: $0, in: directory, limit: limit).map(\.id) }
    }

    /// The projects that were meant where what was typed is the name of none, or of one that hardly anybody uses; the
    /// likeliest first.
    ///
    /// - Parameter found: how many projects have all words.
    func suggestions(
        beside like: [LikeNames], in directory: NameDirectory, found: Int, limit: Int
    ) -> [NameDirectory.Entry] {
        guard let name = asked.names.first, let like = like.first, asked.names.count == 1 else { return [] }
        if like.contains(where: { $0.match == .whole }) {
            // What has the name, separators aside, comes first in any case; only a name itself may be a slip of one that
            // is used far more.
            let normalized = (try? ProjectName(parsing: name))?.normalized
            guard like.contains(where: { $0.entry.normalized == normalized }) else { return [] }
        } else {
            // What begins names, is a module of one, or is what several projects are about, is no slip.
            guard LikelyNames.project(ofModule: name) == nil, found < Self.fewProjects,
                !like.contains(where: { $0.match == .beginning })
            else { return [] }
        }
        return LikelyNames.meant(by: name, in: directory, limit: limit)
    }

    private static let fewProjects = 5

    // MARK: Order

    /// The numbers of projects in the order of relevance; without those that have nothing of what was typed.
    ///
    /// - Parameter projects: whether each has all words, and what else is known of it.
    public func ordered<ID: Comparable>(
        _ projects: some Sequence<(id: ID, hasAllWords: Bool, facts: SearchRanking.Facts)>
    ) -> [ID] {
        projects.compactMap { project -> (id: ID, score: Double)? in
            let score = ranking.score(project.facts)
            return score > 0 ? (project.id, project.hasAllWords ? score : score * Self.someWords) : nil
        }.sorted { $0.score != $1.score ? $0.score > $1.score : $0.id < $1.id }.map(\.id)
    }

    /// What is left of a score where a word is nowhere: less than where it is in a description.
    private static let someWords = 0.001
}
