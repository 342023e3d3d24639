import Bytes
import Names

/// The names that a new one may be a look-alike of: what is or ever was popular, and what an operator protects.
///
/// Made once, and asked many times: some thirty thousand names take a few megabytes.
public struct NameCorpus: Sendable {
    /// How much a name has to lose: the more, the less likeness is needed.
    public enum Tier: Int, Sendable, Hashable, Comparable, CaseIterable {
        /// An operator protects it, or it is among the five hundred most downloaded.
        case leading
        /// Among the three thousand most downloaded.
        case popular
        /// Among the fifteen thousand most downloaded.
        case known
        /// Any other name of the list.
        case other

        /// The one that has more to lose comes first.
        public static func < (a: Tier, b: Tier) -> Bool { a.rawValue < b.rawValue }

        /// The tier of the name that has `rank` others before it.
        init(rank: Int) {
            self = rank < 500 ? .leading : rank < 3_000 ? .popular : rank < 15_000 ? .known : .other
        }
    }

    /// A name in the corpus.
    public struct Target: Sendable, Hashable {
        /// `scikit-learn`.
        public let normalized: String
        public let tier: Tier
        /// Whether it is there because an operator protects it, as a name or a brand.
        public let isProtected: Bool
        let folded: [UInt8]
    }

    let targets: [Target]
    private let numbers: [String: Int]
    private let byFolded: [[UInt8]: [Int]]
    private let bySkeleton: [[UInt8]: [Int]]
    private let byWords: [[String]: [Int]]
    private let byPythonCore: [String: [Int]]
    private let oneSlip: DeletionIndex
    private let twoSlips: DeletionIndex
    private let wordCounts: [String: Int]
    private let families: [String: Int]
    private let brands: [[UInt8]]

    /// - Parameters:
    ///   - popular: normalized names with their downloads, in any order; of a name that is there twice, the greater
    ///     number counts.
    ///   - protected: normalized names and brands that count as leading ones, whatever their downloads.
    public init(popular: some Sequence<(name: String, downloads: Int)>, protected: some Sequence<String> = []) {
        let downloads = Dictionary(popular.map { ($0.name, $0.downloads) }, uniquingKeysWith: max)
        let protected = Set(protected)
        let ranked = downloads.filter { !protected.contains($0.key) }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        let targets =
            protected.sorted().map {
                Target(normalized: $0, tier: .leading, isProtected: true, folded: FoldedName($0).bytes)
            }
            + ranked.enumerated().map { rank, entry in
                Target(
                    normalized: entry.key, tier: Tier(rank: rank), isProtected: false,
                    folded: FoldedName(entry.key).bytes)
            }
        func index<Key: Hashable>(_ key: (Target) -> Key?) -> [Key: [Int]] {
            var index: [Key: [Int]] = [:]
            for (number, target) in targets.enumerated() {
                if let key = key(target) { index[key, default: []].append(number) }
            }
            return index
        }
        self.targets = targets
        numbers = index(\.normalized).mapValues { $0[0] }
        byFolded = index(\.folded)
        bySkeleton = index { Lettering.skeleton(of: $0.folded) }
        byWords = index {
            let words = NameWords.words(of: $0.normalized)
            return words.count > 1 ? words.sorted() : nil
        }
        byPythonCore = index { $0.tier <= .popular ? NameWords.pythonCore(of: $0.normalized) : nil }
        let all = targets.enumerated().map { (number: $0.offset, text: $0.element.folded) }
        oneSlip = DeletionIndex(all, depth: 1)
        twoSlips = DeletionIndex(
            all.filter { targets[$0.number].tier <= .popular && $0.text.count >= LookAlikeRule.leastForTwoSlips },
            depth: 2)
        var wordCounts: [String: Int] = [:]
        var families: [String: Int] = [:]
        for target in targets {
            let words = NameWords.words(of: target.normalized)
            for word in Set(words) { wordCounts[word, default: 0] += 1 }
            for pattern in NameWords.patterns(of: words) { families[pattern, default: 0] += 1 }
        }
        self.wordCounts = wordCounts
        self.families = families.filter { $0.value >= LookAlikeRule.family }
        brands = targets.filter { $0.isProtected && $0.folded.count >= LookAlikeRule.leastForBrand }.map(\.folded)
    }

    /// How many names there are.
    public var count: Int { targets.count }

    /// Whether a name is in the corpus itself.
    public func contains(_ normalized: String) -> Bool { numbers[normalized] != nil }

    func target(named normalized: String) -> Target? { numbers[normalized].map { targets[$0] } }
    func targets(folded: [UInt8]) -> [Target] { (byFolded[folded] ?? []).map { targets[$0] } }
    func targets(lookingLike folded: [UInt8]) -> [Target] {
        (bySkeleton[Lettering.skeleton(of: folded)] ?? []).map { targets[$0] }
    }
    func targets(ofWords words: [String]) -> [Target] { (byWords[words.sorted()] ?? []).map { targets[$0] } }
    func targets(ofPythonCore core: String) -> [Target] { (byPythonCore[core] ?? []).map { targets[$0] } }
    func targets(near folded: [UInt8]) -> [Target] { oneSlip.numbers(near: folded).map { targets[$0] } }
    func targets(nearish folded: [UInt8]) -> [Target] { twoSlips.numbers(near: folded).map { targets[$0] } }
    /// The brand that a name begins with.
    func brand(before folded: [UInt8]) -> [UInt8]? {
        brands.first { folded.count > $0.count && folded.starts(with: $0) }
    }

    /// Whether two names are siblings, and not a name and a slip of it: all their words but one are the same, and these
    /// are words that other names have as well (`django-tags`, `django-tabs`), or stand where a family of longer names
    /// has different ones (`types-boto-sqs`, `types-boto-sns`).
    func areSiblings(_ name: String, _ target: Target) -> Bool {
        let (own, others) = (NameWords.words(of: name), NameWords.words(of: target.normalized))
        guard own.count == others.count, own.count > 1 else { return false }
        let different = own.indices.filter { own[$0] != others[$0] }
        guard different.count == 1 else { return false }
        if own.count > 2, families[NameWords.pattern(of: own, without: different[0])] != nil { return true }
        return wordCounts[own[different[0]], default: 0] > 1 && wordCounts[others[different[0]], default: 0] > 1
    }
}

/// What names are put together from.
enum NameWords {
    /// `python-dateutil` has two.
    static func words(of normalized: String) -> [String] { normalized.split(separator: "-").map(String.init) }

    /// A name with a hole in it: `types-*-sqs`.
    static func pattern(of words: [String], without place: Int) -> String {
        words.enumerated().map { $0.offset == place ? "*" : $0.element }.joined(separator: "-")
    }

    static func patterns(of words: [String]) -> [String] {
        words.count > 1 ? words.indices.map { pattern(of: words, without: $0) } : []
    }

    /// What says no more than that it is for Python.
    private static let python: Set<String> = ["py", "py2", "py3", "python", "python2", "python3"]

    /// A name without what says that it is for Python, its words in order: `dateutil` of `python-dateutil`,
    /// `dateutil-python`, `pydateutil` and `dateutil`.
    static func pythonCore(of normalized: String) -> String {
        let words = words(of: normalized).filter { !python.contains($0) }.sorted()
        let core = words.isEmpty ? normalized : words.joined()
        for affix in ["python3", "python", "py3", "py"] where core.utf8.count >= affix.utf8.count + 3 {
            if core.hasPrefix(affix) { return String(core.dropFirst(affix.count)) }
            if core.hasSuffix(affix) { return String(core.dropLast(affix.count)) }
        }
        return core
    }
}
