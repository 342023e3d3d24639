import PythonSyntax

/// The names that rules can name. A file that has none of their words is not looked into any deeper.
///
/// A name is dotted and canonical, as `PythonCall.name` says it: `os.system`, `exec`, `requests.get`. Calls on the way
/// are left out: `open(p).read()` calls `open.read`.
/// - `subprocess.*` is `subprocess` and everything below it.
/// - `*.recv` is `recv` of anything, known or not.
/// - `*` is everything.
public struct Vocabulary: Sendable {
    /// All names match: for tests, and for looking at a file.
    public static let everything = Vocabulary(names: ["*"])

    /// The words of all names, and those that the reader knows, with the numbers that a file's table begins with.
    let words: NameTable
    /// Dotted names that the reader knows.
    private(set) var dotted = DottedNames()
    let isEverything: Bool
    /// From a state and a word to a state.
    private var transitions: [UInt64: Int32] = [:]
    /// What a state is: `DottedNames.Marks`.
    private var states: [DottedNames.Marks] = [[]]
    /// Words that are enough, by their number.
    private var suffixes: [Int32: DottedNames.Marks] = [:]
    /// By number of a word, what its occurrence means.
    private var weights: [Trigger] = []
    /// By number of a word, what a method of that name does.
    private var methods: [Fold] = []
    /// Numbers that are asked for often.
    private(set) var known = KnownNumbers()
    /// For each first byte of a word the lengths that triggers have, as bits.
    private var lengths = [UInt64](repeating: 0, count: 256)

    /// Whether a file that has a word is looked into.
    private struct Trigger: OptionSet {
        let rawValue: UInt8
        static let enough = Trigger(rawValue: 1)
        /// With a `way` it is.
        static let thing = Trigger(rawValue: 2)
        static let way = Trigger(rawValue: 4)
    }

    /// - Parameters:
    ///   - names: what is looked for: calls, reads, and where values come from.
    ///   - answers: calls whose result is not made of their arguments, names in the same form: what `requests.post`
    ///     gives back comes from the network, and not from the token that was sent.
    public init(names: some Sequence<String>, answers: some Sequence<String> = [] as [String]) {
        var words = NameTable()
        for word in KnownNames.words { _ = words.intern(word) }
        var everything = false
        var triggers: Set<Int32> = []
        var heads: Set<Int32> = []
        for (name, mark) in names.map({ ($0, DottedNames.Marks.match) }) + answers.map({ ($0, .answer) }) {
            var parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            if parts == ["*"] {
                everything = true
                continue
            }
            if parts.first == "*", let last = parts.last {
                let word = words.intern(last)
                suffixes[word, default: []].insert(mark)
                if mark == .match { triggers.insert(word) }
                continue
            }
            if parts.count > 1, let first = parts.first { heads.insert(words.intern(first)) }
            let isBelow = parts.last == "*"
            if isBelow { parts.removeLast() }
            var state: Int32 = 0
            for part in parts {
                let key = Self.key(state, words.intern(part))
                if let next = transitions[key] {
                    state = next
                } else {
                    transitions[key] = Int32(states.count)
                    state = Int32(states.count)
                    states.append([])
                }
                states[Int(state)].insert(.path)
            }
            states[Int(state)].insert(mark)
            if isBelow { states[Int(state)].insert(mark == .match ? .matchBelow : .answerBelow) }
            if mark == .match, let last = parts.last { triggers.insert(words.intern(last)) }
        }
        for word in KnownNames.indirect { triggers.insert(words.intern(word)) }
        isEverything = everything
        weights = [Trigger](repeating: [], count: words.count)
        for word in triggers { weights[Int(word)].insert(.enough) }
        for word in heads { weights[Int(word)].insert(.thing) }
        for word in KnownNames.indirectOfThings { weights[Int(words.intern(word))].insert(.way) }
        for word in weights.indices where weights[word] != [] {
            let word = Int32(word)
            let bytes = words.bytes(word)
            if let first = bytes.first { lengths[Int(first)] |= 1 << UInt64(min(bytes.count, 63)) }
        }
        methods = [Fold](repeating: .none, count: words.count)
        for (name, fold) in KnownNames.methods { methods[Int(words.intern(name))] = fold }
        self.words = words
        // The names that the reader knows, judged by this vocabulary.
        var known = DottedNames()
        for (name, fold) in KnownNames.folds {
            var node = DottedNames.root
            for part in name.split(separator: ".") {
                node = known.child(node, words.find(String(part)) ?? 0, self)
            }
            known.setFold(node, fold)
        }
        let numbers = KnownNumbers(words: words, dotted: &known, self)
        dotted = known
        self.known = numbers
    }

    private static func key(_ state: Int32, _ word: Int32) -> UInt64 {
        UInt64(UInt32(state)) << 32 | UInt64(UInt32(word))
    }

    /// Where a name leads to, one word further; -1 for nowhere.
    func step(_ state: Int32, _ word: Int32) -> Int32 {
        guard state >= 0, Int(word) < words.count else { return -1 }
        return transitions[Self.key(state, word)] ?? -1
    }

    func marks(_ state: Int32, _ word: Int32) -> DottedNames.Marks {
        var marks: DottedNames.Marks = isEverything ? [.match] : []
        if state >= 0 { marks.formUnion(states[Int(state)]) }
        if Int(word) < words.count, !suffixes.isEmpty, let suffix = suffixes[word] { marks.formUnion(suffix) }
        return marks
    }

    @inline(__always) func method(_ word: Int32) -> Fold {
        Int(word) < methods.count ? methods[Int(word)] : .none
    }

    /// Whether one of the words occurs, in code, a string or a comment.
    public func occurs(in bytes: [UInt8]) -> Bool { bytes.withUnsafeBufferPointer { occurs(in: $0) } }

    func occurs(in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        if isEverything { return true }
        let count = bytes.count
        var seen: Trigger = []
        return lengths.withUnsafeBufferPointer { lengths in
            var place = 0
            while place < count {
                let first = bytes[place]
                guard first.isNamePart else {
                    place += 1
                    continue
                }
                let start = place
                place += 1
                while place < count, bytes[place].isNamePart { place += 1 }
                let bits = lengths[Int(first)]
                guard bits != 0, bits & (1 << UInt64(min(place - start, 63))) != 0 else { continue }
                if let word = words.find(UnsafeBufferPointer(rebasing: bytes[start..<place])) {
                    seen.formUnion(weights[Int(word)])
                    if seen.contains(.enough) || seen.isSuperset(of: [.thing, .way]) { return true }
                }
            }
            return false
        }
    }
}

/// Numbers of words and of dotted names that the reader asks for often.
struct KnownNumbers: Sendable {
    private(set) var dict: Int32 = 0
    private(set) var builtins: [Int32] = []
    private(set) var sysModules: Int32 = 0
    private(set) var initializer: Int32 = 0
    private(set) var name: Int32 = 0
    private(set) var kinds: [Int32] = []

    init() {}

    init(words: NameTable, dotted: inout DottedNames, _ vocabulary: Vocabulary) {
        func word(_ text: String) -> Int32 { words.find(text) ?? 0 }
        dict = word("__dict__")
        initializer = word("__init__")
        name = word("__name__")
        let sys = dotted.child(DottedNames.root, word("sys"), vocabulary)
        sysModules = dotted.child(sys, word("modules"), vocabulary)
        builtins = ["builtins", "__builtins__", "__builtin__"].map {
            dotted.child(DottedNames.root, word($0), vocabulary)
        }
        // In the order of `Constant.Kind`.
        kinds = ["str", "bytes", "int", "str", "list", "tuple", "dict", "str"].map {
            dotted.child(DottedNames.root, word($0), vocabulary)
        }
    }
}

/// Dotted names of a file, each with a number: a tree of words.
struct DottedNames {
    struct Marks: OptionSet, Sendable {
        let rawValue: UInt8
        static let match = Marks(rawValue: 1)
        static let answer = Marks(rawValue: 2)
        static let matchBelow = Marks(rawValue: 4)
        static let answerBelow = Marks(rawValue: 8)
        /// On the way to a name of the vocabulary.
        static let path = Marks(rawValue: 16)
    }

    struct Entry {
        var parent: Int32
        var word: Int32
        var state: Int32
        var marks: Marks
        var depth: UInt8
        var fold = Fold.none
    }

    /// Names that nothing in the file says anything about stand below this one.
    static let root: Int32 = 1
    /// What is below something unknown.
    static let unknown: Int32 = 2
    /// What the file defines itself.
    static let local: Int32 = 3
    /// Longer names are cut.
    private static let mostDepth = 12

    private var entries: [Entry]
    private var slots: [Int32]
    private var mask = 1_023

    init() {
        let nothing = Entry(parent: 0, word: 0, state: -1, marks: [], depth: 0)
        entries = [nothing, nothing, nothing, nothing]
        entries[Int(Self.root)].state = 0
        slots = [Int32](repeating: 0, count: 1_024)
    }

    @inline(__always) subscript(_ name: Int32) -> Entry { entries[Int(name)] }

    mutating func setFold(_ name: Int32, _ fold: Fold) { entries[Int(name)].fold = fold }

    private static func hash(_ parent: Int32, _ word: Int32) -> Int {
        Int(truncatingIfNeeded: (UInt64(UInt32(parent)) << 32 | UInt64(UInt32(word))) &* 0x9e37_79b9_7f4a_7c15 >> 33)
    }

    mutating func child(_ parent: Int32, _ word: Int32, _ vocabulary: Vocabulary) -> Int32 {
        let above = entries[Int(parent)]
        // Of what is unknown only the last word says something.
        let parent = above.parent == Self.unknown || Int(above.depth) >= Self.mostDepth ? Self.unknown : parent
        var slot = Self.hash(parent, word) & mask
        while slots[slot] != 0 {
            let entry = entries[Int(slots[slot])]
            if entry.parent == parent && entry.word == word { return slots[slot] }
            slot = (slot + 1) & mask
        }
        let from = entries[Int(parent)]
        let state = vocabulary.step(from.state, word)
        var marks = vocabulary.marks(state, word)
        if from.marks.contains(.matchBelow) { marks.formUnion([.match, .matchBelow]) }
        if from.marks.contains(.answerBelow) { marks.formUnion([.answer, .answerBelow]) }
        let name = Int32(truncatingIfNeeded: entries.count)
        entries.append(
            Entry(parent: parent, word: word, state: state, marks: marks, depth: from.depth + 1))
        slots[slot] = name
        if entries.count * 2 > mask { grow() }
        return name
    }

    private mutating func grow() {
        mask = mask * 2 + 1
        slots = [Int32](repeating: 0, count: mask + 1)
        for index in 4..<entries.count {
            var slot = Self.hash(entries[index].parent, entries[index].word) & mask
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(truncatingIfNeeded: index)
        }
    }

    func text(_ name: Int32, _ words: NameTable) -> String {
        var parts: [String] = []
        var name = name
        while name > Self.local {
            parts.append(words.text(entries[Int(name)].word))
            name = entries[Int(name)].parent
        }
        if name == Self.unknown { parts.append("?") }
        let text = parts.reversed().joined(separator: ".")
        // The dots of a relative import are a word of their own.
        return text.hasPrefix("..") || text == "." ? String(text.dropFirst()) : text
    }
}
