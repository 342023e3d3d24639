import Bytes
import Crypto
import Findings
import PythonCode

/// Rules, ready to look at files.
///
/// What they ask of a file is put together once: the words of which one has to occur before a file is read any deeper,
/// and the names that the reader of Python code looks for.
public struct RuleSet: Sendable {
    public let rules: [Rule]
    /// A digest over all files that the rules were read from: the same version finds the same.
    public let version: String
    /// The lists of names, by their names.
    let sets: [String: [String]]

    let matches: [CompiledMatch]
    let wordSearch: WordSearch
    /// The numbers of the words by which names and texts are hidden.
    let hidingWords: [Int]
    let vocabulary: Vocabulary

    /// A file of rules or names, as it is.
    public struct File: Sendable {
        public let name: String
        public let bytes: [UInt8]

        public init(name: String, bytes: [UInt8]) { (self.name, self.bytes) = (name, bytes) }
    }

    /// Reads rules (`*.rule`) and lists of names (`*.names`); files called otherwise are no rules.
    ///
    /// - Parameter base: rules that these are added to, whose lists of names they may use.
    public init(reading files: [File], addedTo base: RuleSet? = nil) throws(RuleMistake) {
        let files = files.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
        var sets = base?.sets ?? [:]
        for file in files where file.name.hasSuffix(".names") {
            sets = try RuleReader.names(file.bytes, file: file.name, sets: sets)
        }
        var rules = base?.rules ?? []
        var known = Set(rules.map(\.id))
        for file in files where file.name.hasSuffix(".rule") {
            let rule = try RuleReader.rule(file.bytes, file: file.name, sets: sets)
            guard known.insert(rule.id).inserted else {
                throw RuleMistake(file: file.name, line: 1, expected: "a name of its own: there is a rule \(rule.id)")
            }
            rules.append(rule)
        }
        var digest = SHA256()
        digest.update(data: Array((base?.version ?? "").utf8))
        for file in files {
            digest.update(data: Array("\(file.name.utf8.count):\(file.name)\(file.bytes.count):".utf8))
            digest.update(data: file.bytes)
        }
        self.init(rules, sets: sets, version: "rules-\(Array(digest.finalize()).hexadecimal.prefix(16))")
    }

    private init(_ rules: [Rule], sets: [String: [String]], version: String) {
        self.rules = rules
        self.sets = sets
        self.version = version
        var words = WordTable()
        var matches: [CompiledMatch] = []
        var names = NameCollector()
        for (index, rule) in rules.enumerated() {
            for match in rule.matches {
                matches.append(CompiledMatch(match, of: index, &words))
                names.collect(match)
            }
        }
        hidingWords = Self.hiding.map { words.number(Array($0.utf8)) }
        self.matches = matches
        wordSearch = WordSearch(words.words)
        vocabulary = Vocabulary(names: names.names.sorted(), answers: (sets["@answers"] ?? []).sorted())
    }

    /// Where one of these occurs, a name or a text may be hidden: no other word has to occur.
    private static let hiding = [
        "__dict__[", "__getattribute__", "__import__", "import_module(", "globals()", "locals()", "__builtins__",
        "b64decode",
        "b85decode", "b32decode", "a85decode", "fromhex(", "unhexlify", "rot13", "rot_13", "marshal", "exec(", "eval(",
        "zlib.d",
        "codecs.decode", "chr(", "[::-1]",
    ]

    /// Runs the cases of the rules, those of `base` left out: what a rule does not find that it should, and finds that it
    /// should not.
    public func checkCases(leavingOut base: RuleSet? = nil) -> [RuleMistake] {
        let known = Set(base?.rules.map(\.id) ?? [])
        let scanner = ReleaseScanner(self)
        return rules.filter { !known.contains($0.id) }.flatMap { rule in
            rule.cases.compactMap { scanner.mistake(in: $0, of: rule) }
        }
    }
}

/// Words with their numbers, each once.
struct WordTable {
    private(set) var words: [[UInt8]] = []
    private var numbers: [[UInt8]: Int] = [:]

    /// The number of a word; the case of ASCII letters is of no interest.
    mutating func number(_ word: [UInt8]) -> Int {
        let word = word.map(\.asciiLowercased)
        if let number = numbers[word] { return number }
        numbers[word] = words.count
        words.append(word)
        return words.count - 1
    }
}

/// A match with what has to occur in a file before it is tried.
struct CompiledMatch: Sendable {
    let rule: Int
    let match: Rule.Match
    /// Of each group one word has to occur.
    let groups: [[Int]]

    init(_ match: Rule.Match, of rule: Int, _ words: inout WordTable) {
        self.rule = rule
        self.match = match
        var groups: [[Int]] = []
        func number(_ list: [[UInt8]]) -> [Int]? { list.isEmpty ? nil : list.map { words.number($0) } }
        func number(_ names: NameSet) -> [Int]? {
            let parts = names.names.map { Self.telling($0) }
            return parts.contains { $0.utf8.count < 3 } ? nil : number(Set(parts).sorted().map { Array($0.utf8) })
        }
        func add(_ group: [Int]?) { if let group { groups.append(group) } }
        switch match.subject {
        case .call(let names), .read(let names), .assignment(let names), .imported(let names), .type(let names):
            add(number(names))
        case .string(let pattern), .comment(let pattern), .line(let pattern): add(number(pattern.words))
        case .problem, .binary, .path: break
        }
        for condition in match.conditions where !condition.isNegated {
            switch condition.test {
            case .argument(_, .comes(let names, _)), .value(.comes(let names, _)), .fileCalls(let names),
                .fileReads(let names), .fileImports(let names), .functionCalls(let names, _), .written(let names),
                .argument(_, .isThing(let names)), .value(.isThing(let names)):
                add(number(names))
            case .argument(_, .text(let pattern)), .value(.text(let pattern)), .fileText(let pattern),
                .key(let pattern):
                add(number(pattern.words))
            case .argument, .value, .indirect, .method, .runs, .insideFunction, .insideType, .path, .subject, .text,
                .found, .section, .entropy, .bytes, .count:
                break
            }
        }
        self.groups = groups
    }

    /// The part of a name that a file has to have in it: the last one, as `system` of `os.system`.
    private static func telling(_ name: String) -> String {
        let parts = name.split(separator: ".").filter { $0 != "*" && $0 != "?" }
        return String(parts.last ?? "")
    }

    /// Whether it is about what Python code says.
    var isAboutCode: Bool {
        switch match.subject {
        case .call, .read, .assignment, .imported, .type, .string, .comment, .problem: true
        case .line, .binary, .path: false
        }
    }
}

/// Puts together the names that rules ask of Python code.
private struct NameCollector {
    var names: Set<String> = ["builtins.*"]

    mutating func collect(_ match: Rule.Match) {
        switch match.subject {
        case .call(let set), .read(let set), .assignment(let set), .type(let set), .imported(let set):
            names.formUnion(set.names)
        case .string, .comment, .line, .problem, .binary, .path: break
        }
        for condition in match.conditions {
            switch condition.test {
            case .argument(_, let test), .value(let test):
                switch test {
                case .comes(let set, _), .isThing(let set): names.formUnion(set.names)
                case .text, .decoded, .assembled, .entry, .isConstant, .isGiven: break
                }
            case .fileCalls(let set), .fileReads(let set), .functionCalls(let set, _), .written(let set):
                names.formUnion(set.names)
            case .fileImports, .indirect, .key, .method, .runs, .insideFunction, .insideType, .fileText, .path,
                .subject,
                .text, .found, .section, .entropy, .bytes, .count:
                break
            }
        }
    }
}
