import Bytes
import Names
import PackagingFormats

/// How well a project answers what was typed: a number, greater for better, from what is known of it.
///
/// The order is that of what people mean. A name that is typed is meant, whatever else there is. Then come projects whose
/// names, keywords, summaries and topics have the words; what is downloaded more is meant more, and among what is
/// downloaded alike the better match. A word that stands only in a long description is hardly about the project.
/// The weights are ours; `SearchTableTests` holds them to a table of three hundred queries.
public struct SearchRanking: Sendable {
    /// What is known of a project.
    public struct Facts: Sendable, Hashable {
        /// `SearchEntry.rankedText`.
        public var text: [UInt8]
        /// In the window of days that projects are ranked by.
        public var downloads: Int64
        /// Whether nobody should begin to use it: it is archived or deprecated.
        public var isDiscouraged: Bool
        /// Whether some words of the query may be in its description.
        public var isByDescription: Bool

        public init(text: [UInt8], downloads: Int64, isDiscouraged: Bool = false, isByDescription: Bool = false) {
            self.text = text
            self.downloads = downloads
            self.isDiscouraged = isDiscouraged
            self.isByDescription = isByDescription
        }
    }

    /// A word that is looked for, and what its other forms begin with.
    fileprivate struct Word {
        let whole: [UInt8]
        let stem: [UInt8]
    }

    private let words: [Word]
    private let names: [[UInt8]]
    private let foldedNames: [[UInt8]]
    private let modules: [[UInt8]]

    /// The ranking for what was typed.
    public init(_ asked: AskedText) {
        words = asked.tellingWords.map { Word(whole: Array($0.utf8), stem: Array(SearchWords.stem($0).utf8)) }
        let normalized = asked.names.compactMap { try? ProjectName(parsing: $0) }.map(\.normalized)
        names = normalized.map { Array($0.utf8) }
        foldedNames = normalized.map { FoldedName($0).bytes }
        modules = asked.names.compactMap { LikelyNames.project(ofModule: $0) }.map { Array($0.utf8) }
    }

    /// How well a project answers; 0 for one that has none of the words.
    ///
    /// Hundreds of projects are asked this for one search, so it goes over the text without taking it apart.
    public func score(_ facts: Facts) -> Double {
        let text = facts.text
        guard let name = Field(text, from: 0, separator: UInt8(ascii: "-")),
            let keywords = Field(text, from: name.end + 1, separator: UInt8(ascii: " ")),
            let summary = Field(text, from: keywords.end + 1, separator: UInt8(ascii: " ")),
            let topics = Field(text, from: summary.end + 1, separator: UInt8(ascii: " "))
        else { return 0 }
        if let bonus = named(text[name.start..<name.end]) { return bonus + Self.popularity(facts) }
        guard !words.isEmpty else { return 0 }
        // Of a summary of three words, one is what it is about.
        let weightOfSummary =
            Self.summaryWeight * (Self.summaryBase + Self.summaryShare / Double(max(1, summary.tellingWords(of: text))))
        var (sum, covered) = (0.0, 0)
        for word in words {
            let inName = name.qualityInName(of: word, in: text)
            covered += inName.covered
            var places = Places()
            places.add(Self.nameWeight * inName.quality)
            places.add(Self.keywordWeight * keywords.quality(of: word, in: text))
            places.add(weightOfSummary * summary.quality(of: word, in: text))
            places.add(Self.topicWeight * topics.quality(of: word, in: text))
            if facts.isByDescription { places.add(Self.descriptionWeight) }
            sum += places.best + Self.more * places.others
        }
        guard sum > 0 else { return 0 }
        // A name that is hardly more than the words says more than one with others in it.
        let share = min(1, Double(covered) / Double(max(1, name.tellingLetters(of: text))))
        let match = sum / Double(words.count) + Self.coverageWeight * share
        let popularity = Self.popularity(facts)
        // Twice as good a match outweighs a fifth of the downloads, and not a thousandth.
        let score = match * popularity * popularity * popularity.squareRoot()
        return facts.isByDescription ? score * Self.last : score
    }

    /// Where a word was found: what the best place counts, and the two after it.
    private struct Places {
        var best = 0.0
        private var second = 0.0
        private var third = 0.0

        var others: Double { second + third }

        mutating func add(_ weight: Double) {
            if weight > best {
                (best, second, third) = (weight, best, second)
            } else if weight > second {
                (second, third) = (weight, second)
            } else {
                third = max(third, weight)
            }
        }
    }

    /// More than words can reach, for a project that is named: by its name as it is compared, or by that of its module,
    /// or with other separators.
    private func named(_ name: ArraySlice<UInt8>) -> Double? {
        if let place = names.firstIndex(where: { name.elementsEqual($0) }) { return 10_000 - Double(place) }
        if modules.contains(where: { name.elementsEqual($0) }) { return 5_000 }
        let folded = name.filter { $0 != UInt8(ascii: "-") }
        return foldedNames.contains { $0 == folded } ? 8_000 : nil
    }

    /// A step for each tenfold; nobody's first release is nothing.
    private static func popularity(_ facts: Facts) -> Double {
        let steps = log10(of: Double(max(0, facts.downloads)) + 10)
        return facts.isDiscouraged ? steps / 2 : steps
    }

    /// Without a library of mathematics: exact at powers of ten, and straight between them.
    private static func log10(of value: Double) -> Double {
        var (rest, steps) = (value, 0.0)
        while rest >= 10 {
            rest /= 10
            steps += 1
        }
        return steps + (rest - 1) / 9
    }

    // MARK: Weights

    private static let nameWeight = 0.6
    private static let keywordWeight = 0.5
    private static let summaryWeight = 0.7
    private static let topicWeight = 0.3
    /// What a word counts that may be in the description: next to nothing, and it makes the project one of the last.
    private static let descriptionWeight = 0.12
    private static let last = 0.01
    /// What the second and third places of a word add.
    private static let more = 0.15
    /// What it adds that the words are all of the name.
    private static let coverageWeight = 0.2
    /// Of a summary, what counts in any case, and what its shortness adds.
    private static let summaryBase = 0.75
    private static let summaryShare = 0.5
}

/// A line of a project's text: words with separators between them.
private struct Field {
    let start: Int
    /// Behind the last byte.
    let end: Int
    private let separator: UInt8

    /// The line that begins somewhere; nil where the text ends before.
    init?(_ text: [UInt8], from start: Int, separator: UInt8) {
        guard start <= text.count else { return nil }
        self.start = start
        end = text[start...].firstIndex(of: UInt8(ascii: "\n")) ?? text.count
        self.separator = separator
    }

    private func forEachWord(in text: [UInt8], _ body: (Range<Int>) -> Void) {
        var first = start
        for place in start...end where place == end || text[place] == separator {
            if place > first { body(first..<place) }
            first = place + 1
        }
    }

    /// How well a word is met by the best of the field's: 1 as it is, less in another form or as a beginning.
    func quality(of word: SearchRanking.Word, in text: [UInt8]) -> Double {
        var (best, place) = (0.0, 0)
        forEachWord(in: text) { range in
            // What is said first is what it is.
            best = max(best, Self.quality(of: word, in: text, range) * (place < 6 ? 1 : 0.8))
            place += 1
        }
        return best
    }

    private static func quality(of word: SearchRanking.Word, in text: [UInt8], _ range: Range<Int>) -> Double {
        guard text.has(word.stem, at: range.lowerBound, before: range.upperBound) else { return 0 }
        let isBeginning = text.has(word.whole, at: range.lowerBound, before: range.upperBound)
        if isBeginning, range.count == word.whole.count { return 1 }
        // `tests` and `testing` of `test`, and not `testament`.
        if word.stem.count >= 3, SearchWords.isEnding(text[(range.lowerBound + word.stem.count)..<range.upperBound]) {
            return 0.85
        }
        return isBeginning && word.whole.count >= SearchWords.shortestBeginning ? 0.35 : 0
    }

    /// The same of a name, in which a word may also stand without a separator; with how many of its letters are met.
    func qualityInName(of word: SearchRanking.Word, in text: [UInt8]) -> (quality: Double, covered: Int) {
        var best = (quality: 0.0, covered: 0)
        let whole = word.whole
        forEachWord(in: text) { range in
            var met = Self.quality(of: word, in: text, range)
            var covered = met > 0 ? min(whole.count, range.count) : 0
            // `orjson` of `json`; a letter or two are inside of everything, and may begin it.
            if met < 0.8, whole.count < range.count {
                let last = whole.count >= 3 ? range.upperBound - whole.count : range.lowerBound
                if (range.lowerBound...last).contains(where: { text.has(whole, at: $0, before: range.upperBound) }) {
                    met = max(met, 0.2 + 0.7 * Double(whole.count) / Double(range.count))
                    covered = whole.count
                }
            }
            if met > best.quality { best = (met, covered) }
        }
        return best
    }

    /// How many letters the words have that say something.
    func tellingLetters(of text: [UInt8]) -> Int {
        var letters = 0
        forEachWord(in: text) { range in
            if !Self.fillers.contains(Self.key(of: text[range])) { letters += range.count }
        }
        return letters
    }

    /// How many words say something.
    func tellingWords(of text: [UInt8]) -> Int {
        var count = 0
        forEachWord(in: text) { range in
            if !Self.emptyWords.contains(Self.key(of: text[range])) { count += 1 }
        }
        return count
    }

    /// A word of up to eight bytes as a number; 0 for a longer one.
    private static func key(of word: some Collection<UInt8>) -> UInt64 {
        word.count > 8 ? 0 : word.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static let emptyWords = Set(SearchWords.empty.map { key(of: $0.utf8) })
    /// What is in every second name and tells nothing.
    private static let fillers: Set<UInt64> = [key(of: "python".utf8), key(of: "py".utf8)]
}

extension [UInt8] {
    /// Whether other bytes stand at a place, and end before another one.
    fileprivate func has(_ other: [UInt8], at place: Int, before end: Int) -> Bool {
        place + other.count <= end && other.indices.allSatisfy { self[place + $0] == other[$0] }
    }
}
