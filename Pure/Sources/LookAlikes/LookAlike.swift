import Bytes
import Names
import PackagingFormats

/// What a look at a new name says.
public struct LookAlike: Sendable, Hashable {
    /// What is done.
    public enum Verdict: String, Sendable, Hashable, Comparable, CaseIterable {
        /// It is like no other name.
        case clear
        /// It is published, and a person looks at it.
        case review
        /// It waits until a person has looked at it.
        case hold

        /// By how grave it is.
        public static func < (a: Verdict, b: Verdict) -> Bool { a.severity < b.severity }
        private var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
    }

    /// In what it is like the other name.
    public enum Mechanism: Sendable, Hashable {
        /// It differs in separators only: `setup-tools`.
        case separators
        /// It looks the same: `djanqo` does not, `jeIlyfish` does.
        case lookingTheSame
        /// It is one slip away.
        case slip(Slip.Kind)
        /// It is two slips away from a long name that is much used.
        case twoSlips
        /// It has the same words in another order: `dateutil-python`.
        case wordOrder
        /// It says more or less often that it is for Python: `python-requests`, `pyrequests`, `requests-py`.
        case pythonAffix
        /// A word is put before or behind it that adds no meaning: `requests-sdk`.
        case affix
        /// It begins with a brand that is not the owner's.
        case scope
        /// It is the name of a module of the standard library, which nobody has to install.
        case standardLibrary

        /// The word for machines: `additional-key`.
        public var code: String {
            switch self {
            case .separators: "separators"
            case .lookingTheSame: "looks-the-same"
            case .slip(let kind): kind.rawValue
            case .twoSlips: "two-slips"
            case .wordOrder: "word-order"
            case .pythonAffix: "python-affix"
            case .affix: "affix"
            case .scope: "scope"
            case .standardLibrary: "standard-library"
            }
        }
    }

    public let verdict: Verdict
    /// The name that it is like; nil for none.
    public let target: String?
    public let mechanism: Mechanism?

    /// It is like no other name.
    public static let clear = LookAlike(verdict: .clear, target: nil, mechanism: nil)

    init(verdict: Verdict, target: String?, mechanism: Mechanism?) {
        self.verdict = verdict
        self.target = target
        self.mechanism = mechanism
    }
}

extension LookAlike {
    /// In what it is like the other name, as the end of a sentence.
    public var words: String {
        switch mechanism {
        case .separators: "it differs in separators only"
        case .lookingTheSame: "it looks the same"
        case .slip(let kind): "it is one slip away (\(kind.rawValue))"
        case .twoSlips: "it is two slips away"
        case .wordOrder: "it has the same words in another order"
        case .pythonAffix: "it differs in saying that it is for Python"
        case .affix: "it has a word more that adds no meaning"
        case .scope: "it begins with that name"
        case .standardLibrary: "it is a module of the standard library"
        case nil: "it is like no other"
        }
    }
}

extension NameCorpus {
    /// Judges a name that nobody has yet: the gravest likeness, and of equal ones that to the name that has most to lose.
    ///
    /// - Parameters:
    ///   - name: a name of the corpus itself is clear.
    ///   - own: names of the corpus whose owner asks: nobody imitates themselves.
    public func judge(_ name: ProjectName, own: Set<String> = []) -> LookAlike {
        let normalized = name.normalized
        guard !contains(normalized) else { return .clear }
        var best = LookAlike.clear
        var bestTier = Tier.other
        func consider(_ verdict: LookAlike.Verdict, _ target: Target, _ mechanism: LookAlike.Mechanism) {
            guard !own.contains(target.normalized) else { return }
            guard verdict > best.verdict || verdict == best.verdict && target.tier < bestTier else { return }
            best = LookAlike(verdict: verdict, target: target.normalized, mechanism: mechanism)
            bestTier = target.tier
        }
        let folded = FoldedName(normalized).bytes
        judgeSpelling(normalized, folded, consider)
        guard best.verdict != .hold else { return best }
        judgeWords(normalized, folded, consider)
        if best == .clear, StandardLibrary.contains(name) {
            return LookAlike(verdict: .review, target: normalized, mechanism: .standardLibrary)
        }
        return best
    }

    private func judgeSpelling(
        _ normalized: String, _ folded: [UInt8],
        _ consider: (LookAlike.Verdict, Target, LookAlike.Mechanism) -> Void
    ) {
        for target in targets(folded: folded) {
            consider(target.tier <= .popular && target.folded.count >= 6 ? .hold : .review, target, .separators)
        }
        for target in targets(lookingLike: folded) where target.folded != folded && folded.count >= 4 {
            guard !areSiblings(normalized, target) else { continue }
            consider(target.tier <= .popular && target.folded.count >= 6 ? .hold : .review, target, .lookingTheSame)
        }
        for target in targets(near: folded) {
            guard let slip = Slip.between(folded, target.folded) else { continue }
            let (review, hold) = LookAlikeRule.leastLength(for: slip, of: target.tier)
            guard let review, target.folded.count >= review, !areSiblings(normalized, target) else { continue }
            let isHeld = hold.map { target.folded.count >= $0 } ?? false
            consider(isHeld ? .hold : .review, target, .slip(slip.kind))
        }
        guard folded.count >= LookAlikeRule.leastForTwoSlips else { return }
        for target in targets(nearish: folded) where target.folded.first == folded.first {
            let least =
                target.tier == .leading ? LookAlikeRule.leastForTwoSlips : LookAlikeRule.leastForTwoSlipsOfPopular
            guard target.folded.count >= least, !areSiblings(normalized, target),
                EditDistance.between(folded, target.folded, limit: 2) == 2
            else { continue }
            consider(.review, target, .twoSlips)
        }
    }

    private func judgeWords(
        _ normalized: String, _ folded: [UInt8],
        _ consider: (LookAlike.Verdict, Target, LookAlike.Mechanism) -> Void
    ) {
        let words = NameWords.words(of: normalized)
        if words.count > 1 {
            for target in targets(ofWords: words) where target.tier <= .known { consider(.review, target, .wordOrder) }
        }
        let core = NameWords.pythonCore(of: normalized)
        for target in targets(ofPythonCore: core) {
            let least =
                target.tier == .leading ? LookAlikeRule.leastForAffix.leading : LookAlikeRule.leastForAffix.popular
            if core.utf8.count >= least { consider(.review, target, .pythonAffix) }
        }
        for rest in withoutAffixes(words, folded) {
            for target in targets(folded: rest) where target.tier == .leading { consider(.review, target, .affix) }
        }
        if let brand = brand(before: folded) {
            for target in targets(folded: brand) where target.isProtected { consider(.review, target, .scope) }
        }
    }

    /// What is left of a name without a word before or behind it that adds no meaning.
    private func withoutAffixes(_ words: [String], _ folded: [UInt8]) -> [[UInt8]] {
        var rests: [[UInt8]] = []
        if words.count > 1 {
            if LookAlikeRule.suffixes.contains(words[words.count - 1]) {
                rests.append(FoldedName(words.dropLast().joined()).bytes)
            }
            if LookAlikeRule.prefixes.contains(words[0]) { rests.append(FoldedName(words.dropFirst().joined()).bytes) }
        }
        for word in LookAlikeRule.glue where folded.count >= word.utf8.count + LookAlikeRule.leastForGlue {
            if folded.suffix(word.utf8.count).elementsEqual(word.utf8) {
                rests.append(folded.dropLast(word.utf8.count))
            }
        }
        for word in LookAlikeRule.prefixes where folded.count >= word.utf8.count + LookAlikeRule.leastForGlue {
            if folded.starts(with: word.utf8) { rests.append(Array(folded.dropFirst(word.utf8.count))) }
        }
        return rests
    }
}
