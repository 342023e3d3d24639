import Bytes
import Findings

/// What is wrong with a rule's file, and where.
public struct RuleMistake: Error, Equatable, Sendable, CustomStringConvertible {
    public let file: String
    /// Counted from 1.
    public let line: Int
    /// What was expected there, for people.
    public let expected: String

    public init(file: String, line: Int, expected: String) {
        self.file = file
        self.line = line
        self.expected = expected
    }

    public var description: String { "\(file), line \(line): expected \(expected)" }
}

/// Reads rules, and the lists of names that they share. The form is in docs/rules.md.
public struct RuleReader {
    private let file: String
    private var sets: [String: [String]]

    /// How long a rule may be, in bytes.
    private static let sizeLimit = 256 << 10

    /// Reads a rule.
    ///
    /// - Parameters:
    ///   - file: its name, `decoded-and-executed.rule`; the part before the dot is the rule's identifier.
    ///   - sets: the lists of names that rules share, by their names.
    public static func rule(
        _ bytes: some Collection<UInt8>, file: String, sets: [String: [String]]
    ) throws(RuleMistake) -> Rule {
        var reader = RuleReader(file: file, sets: sets)
        return try reader.rule(reader.sections(bytes))
    }

    /// Reads lists of names: sections `names: @execute exec eval …`. A list may name others before it.
    public static func names(
        _ bytes: some Collection<UInt8>, file: String, sets: [String: [String]] = [:]
    ) throws(RuleMistake) -> [String: [String]] {
        var reader = RuleReader(file: file, sets: sets)
        for section in try reader.sections(bytes) {
            guard section.key == "names" else {
                throw reader.mistake(section.line, "names: in a file of lists; it stands there with another word")
            }
            try reader.define(section)
        }
        return reader.sets
    }

    private init(file: String, sets: [String: [String]]) { (self.file, self.sets) = (file, sets) }

    private func mistake(_ line: Int, _ expected: String) -> RuleMistake {
        RuleMistake(file: file, line: line, expected: expected)
    }

    // MARK: Sections

    /// `key: value`, and the lines behind it that are indented.
    private struct Section {
        let key: String
        let value: String
        let line: Int
        var body: [(text: String, line: Int)] = []
    }

    private static let keys: Set<String> = [
        "rule", "severity", "why", "confidential", "everywhere", "names", "match", "good", "bad",
    ]

    private func sections(_ bytes: some Collection<UInt8>) throws(RuleMistake) -> [Section] {
        guard bytes.count <= Self.sizeLimit else { throw mistake(1, "at most \(Self.sizeLimit) bytes") }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw mistake(1, "UTF-8") }
        var sections: [Section] = []
        for (index, piece) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var line = String(piece)
            if line.utf8.last == 0x0D { line = String(piece.unicodeScalars.dropLast()) }
            let number = index + 1
            let isBlank = line.utf8.allSatisfy { $0 == 0x20 || $0 == 0x09 }
            if line.hasPrefix("  ") || isBlank {
                if isBlank, sections.isEmpty { continue }
                guard !sections.isEmpty else { throw mistake(number, "a key at the beginning of a line, as rule:") }
                sections[sections.count - 1].body.append((String(line.dropFirst(2)), number))
                continue
            }
            if line.hasPrefix("#") { continue }
            guard let colon = line.firstIndex(of: ":"), Self.keys.contains(String(line[..<colon])) else {
                throw mistake(
                    number,
                    "one of \(Self.keys.sorted().map { $0 + ":" }.joined(separator: " ")) or two blanks before "
                        + "what belongs to the line above")
            }
            let value = line[line.index(after: colon)...].trimmed
            sections.append(Section(key: String(line[..<colon]), value: value, line: number))
        }
        return sections
    }

    // MARK: A rule

    private mutating func rule(_ sections: [Section]) throws(RuleMistake) -> Rule {
        var single: [String: String] = [:]
        var matches: [Rule.Match] = []
        var cases: [Rule.Case] = []
        for section in sections {
            switch section.key {
            case "names": try define(section)
            case "match": matches.append(try match(section))
            case "good", "bad": cases.append(try example(section))
            case let key:
                guard single[key] == nil else { throw mistake(section.line, "\(key): once only") }
                let more = section.body.filter { !$0.text.trimmed.isEmpty }.map { $0.text.trimmed }
                single[key] = ([section.value] + more).joined(separator: " ").trimmed
            }
        }
        let id = String(file.prefix { $0 != "." })
        let isWellFormed = id.utf8.allSatisfy { $0.isASCIIDigit || $0 == 0x2D || (0x61...0x7A).contains($0) }
        guard isWellFormed, !id.isEmpty else {
            throw mistake(1, "a file's name of small letters, digits and -, as decoded-and-executed.rule")
        }
        guard single["rule"] == id else { throw mistake(1, "rule: \(id), as the file is called") }
        guard let severity = single["severity"].flatMap(Severity.init(rawValue:)) else {
            throw mistake(1, "severity: and one of \(Severity.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        guard let why = single["why"], why.utf8.count >= 20, why.utf8.count <= 300, why.hasSuffix(".") else {
            throw mistake(1, "why: and a sentence of 20 to 300 letters that says what somebody should know")
        }
        guard !matches.isEmpty else { throw mistake(1, "at least one match:") }
        guard cases.contains(where: \.isBad) else { throw mistake(1, "at least one bad: that the rule finds") }
        guard cases.contains(where: { !$0.isBad }) else {
            throw mistake(1, "at least one good: that looks like it and is not found")
        }
        return Rule(
            id: id, severity: severity, why: why, isConfidential: try yes(single["confidential"], "confidential"),
            isSameEverywhere: try yes(single["everywhere"], "everywhere"), matches: matches, cases: cases)
    }

    private func yes(_ value: String?, _ key: String) throws(RuleMistake) -> Bool {
        switch value {
        case nil: return false
        case "yes": return true
        case .some: throw mistake(1, "\(key): yes, or nothing")
        }
    }

    private func example(_ section: Section) throws(RuleMistake) -> Rule.Case {
        var body = section.body
        while let last = body.last, last.text.trimmed.isEmpty { body.removeLast() }
        while let first = body.first, first.text.trimmed.isEmpty { body.removeFirst() }
        guard !body.isEmpty else { throw mistake(section.line, "an example below, each line behind two blanks") }
        let marker = "# found"
        var lines: [Int] = []
        var text = ""
        for (index, line) in body.enumerated() {
            var piece = line.text
            if piece.hasSuffix(marker) {
                lines.append(index + 1)
                piece = String(piece.dropLast(marker.count)).trimmedAtEnd
            }
            text += Self.unescaped(piece) + "\n"
        }
        let isBad = section.key == "bad"
        guard isBad || lines.isEmpty else { throw mistake(section.line, "no '\(marker)' in an example that is good") }
        return Rule.Case(
            isBad: isBad, path: section.value.isEmpty ? "example/module.py" : section.value, text: text, lines: lines,
            lineOfRule: section.line)
    }

    /// `<<U+202E>>` is that character, so that nobody has to write one that is not seen; `<<a|b>>` is `ab`, so that a
    /// made-up secret is none in the rule's file.
    private static func unescaped(_ text: String) -> String {
        guard text.contains("<<") else { return text }
        var result = ""
        var rest = text[...]
        while let start = rest.firstRange(of: "<<"), let end = rest[start.upperBound...].firstRange(of: ">>") {
            result += rest[..<start.lowerBound]
            let inner = rest[start.upperBound..<end.lowerBound]
            if inner.hasPrefix("U+"), let value = UInt32(inner.dropFirst(2), radix: 16),
                let scalar = Unicode.Scalar(value)
            {
                result.unicodeScalars.append(scalar)
            } else {
                result += inner.filter { $0 != "|" }
            }
            rest = rest[end.upperBound...]
        }
        return result + rest
    }

    // MARK: Names

    private mutating func define(_ section: Section) throws(RuleMistake) {
        let words = ([section.value] + section.body.map(\.text)).flatMap { $0.split(separator: " ").map(String.init) }
        guard let name = words.first, name.hasPrefix("@"), words.count > 1 else {
            throw mistake(section.line, "names: @list and the names in it")
        }
        guard sets[name] == nil else { throw mistake(section.line, "a list that is not there yet: \(name) is") }
        sets[name] = try expanded(Array(words.dropFirst()), section.line)
    }

    private func expanded(_ words: [String], _ line: Int) throws(RuleMistake) -> [String] {
        var names: [String] = []
        for word in words {
            let word = word.hasSuffix(",") ? String(word.dropLast()) : word
            if word.hasPrefix("@") {
                guard let list = sets[word] else {
                    throw mistake(line, "one of the lists \(sets.keys.sorted().joined(separator: " ")), not \(word)")
                }
                names += list
            } else {
                let stars = word.utf8.count { $0 == UInt8(ascii: "*") }
                let isEdge = word.hasPrefix("*.") || word.hasSuffix(".*")
                guard stars == 0 || stars == 1 && isEdge && word.utf8.count > 3 else {
                    throw mistake(line, "a name with at most one *, at an end: os.system, subprocess.*, *.recv")
                }
                names.append(word)
            }
        }
        guard !names.isEmpty else { throw mistake(line, "names") }
        return names
    }

    // MARK: Matches

    private func match(_ section: Section) throws(RuleMistake) -> Rule.Match {
        var words = Words(section.value, line: section.line, reader: self)
        let kind = try words.word("call, read, assign, import, class, string, comment, line, problem, binary or path")
        let subject: Rule.Subject
        switch kind {
        case "call": subject = .call(try words.names())
        case "read": subject = .read(try words.names())
        case "assign": subject = .assignment(try words.names())
        case "import": subject = .imported(try words.names())
        case "class": subject = .type(try words.names())
        case "string": subject = .string(try words.tellingPattern())
        case "comment": subject = .comment(try words.tellingPattern())
        case "line": subject = .line(try words.tellingPattern())
        case "path": subject = .path(try words.pattern())
        case "problem": subject = .problem(try words.kinds(Rule.ProblemKind.self))
        case "binary": subject = .binary(try words.kinds(BinaryKind.self))
        default:
            throw mistake(
                section.line,
                "call, read, assign, import, class, string, comment, line, problem, binary or path, not \(kind)")
        }
        try words.end()
        var conditions: [Rule.Condition] = []
        var severity: Severity?
        for line in section.body where !line.text.trimmed.isEmpty && !line.text.hasPrefix("#") {
            var words = Words(line.text, line: line.line, reader: self)
            if words.skip("severity") {
                guard let level = Severity(rawValue: try words.word("a severity")) else {
                    throw mistake(line.line, "one of \(Severity.allCases.map(\.rawValue).joined(separator: ", "))")
                }
                severity = level
            } else {
                let isNegated = words.skip("not")
                conditions.append(Rule.Condition(isNegated: isNegated, test: try test(&words)))
            }
            try words.end()
        }
        return Rule.Match(subject: subject, conditions: conditions, severity: severity, lineOfRule: section.line)
    }

    private static let tests =
        "one of indirect, argument, receiver, key, value, method, runs, inside, file, function, written, path, in, text, found, section, entropy, bytes, count, severity"

    private func test(_ words: inout Words) throws(RuleMistake) -> Rule.Test {
        let line = words.line
        switch try words.word(Self.tests) {
        case "indirect": return .indirect
        case "argument": return .argument(try words.selector(), try valueTest(&words))
        case "receiver": return .argument(.receiver, try valueTest(&words))
        case "key": return .key(try words.pattern())
        case "value": return .value(try valueTest(&words))
        case "method": return .method(Set(try words.rest("names of methods")))
        case "runs": return .runs(try words.kinds(Rule.RunKind.self))
        case "inside":
            switch try words.word("function or class") {
            case "function": return .insideFunction(try words.pattern())
            case "class": return .insideType(try words.pattern())
            default: throw mistake(line, "inside function /…/ or inside class /…/")
            }
        case "file":
            switch try words.word("calls, reads, imports or text") {
            case "calls": return .fileCalls(try words.names())
            case "reads": return .fileReads(try words.names())
            case "imports": return .fileImports(try words.names())
            case "text": return .fileText(try words.pattern())
            default: throw mistake(line, "file calls, file reads, file imports or file text")
            }
        case "function":
            guard words.skip("calls") else { throw mistake(line, "function calls, and names") }
            let text = try words.patternAtEnd()
            return .functionCalls(try words.names(), text)
        case "written":
            guard words.skip("from") else { throw mistake(line, "written from, and names") }
            return .written(from: try words.names())
        case "path": return .path(try words.pattern())
        case "in": return .subject(try words.kinds(Rule.SubjectKind.self))
        case "text": return .text(try words.pattern())
        case "found": return .found(try words.pattern())
        case "section": return .section(try words.pattern())
        case "entropy": return .entropy(atLeast: try words.number())
        case "bytes": return .bytes(atLeast: Int(try words.number()))
        case "count": return .count(atLeast: Int(try words.number()))
        case let other: throw mistake(line, "\(Self.tests), not \(other)")
        }
    }

    private func valueTest(_ words: inout Words) throws(RuleMistake) -> Rule.ValueTest {
        let line = words.line
        switch try words.word("from, is, text, decoded, assembled, entry, constant or given") {
        case "from":
            let detail = try words.patternAtEnd()
            return .comes(from: try words.names(), detail: detail)
        case "is": return .isThing(try words.names())
        case "text": return .text(try words.pattern())
        case "decoded": return .decoded
        case "assembled": return .assembled
        case "entry": return .entry(Set(try words.rest("keys")))
        case "constant": return .isConstant
        case "given": return .isGiven
        default: throw mistake(line, "from, is, text, decoded, assembled, entry, constant or given")
        }
    }

    /// The words of a line, one after the other.
    private struct Words {
        private var text: Substring
        let line: Int
        private let reader: RuleReader

        init(_ text: String, line: Int, reader: RuleReader) {
            self.text = text.trimmed[...]
            self.line = line
            self.reader = reader
        }

        private func mistake(_ expected: String) -> RuleMistake { reader.mistake(line, expected) }

        private mutating func next() -> String? {
            text = text.drop { $0 == " " }
            guard !text.isEmpty else { return nil }
            let word = text.prefix { $0 != " " }
            text = text[word.endIndex...]
            return String(word)
        }

        mutating func skip(_ word: String) -> Bool {
            let before = text
            if next() == word { return true }
            text = before
            return false
        }

        mutating func word(_ expected: String) throws(RuleMistake) -> String {
            guard let word = next() else { throw mistake(expected) }
            return word
        }

        mutating func rest(_ expected: String) throws(RuleMistake) -> [String] {
            var words: [String] = []
            while let word = next() { words.append(word) }
            guard !words.isEmpty else { throw mistake(expected) }
            return words
        }

        mutating func names() throws(RuleMistake) -> NameSet {
            NameSet(try reader.expanded(try rest("names, as os.system or @execute"), line))
        }

        mutating func kinds<Kind: RawRepresentable & CaseIterable & Hashable>(
            _: Kind.Type
        ) throws(RuleMistake) -> Set<Kind> where Kind.RawValue == String {
            let expected = "one of \(Kind.allCases.map(\.rawValue).joined(separator: ", "))"
            var kinds: Set<Kind> = []
            for word in try rest(expected) {
                guard let kind = Kind(rawValue: word) else { throw mistake("\(expected), not \(word)") }
                kinds.insert(kind)
            }
            return kinds
        }

        mutating func pattern() throws(RuleMistake) -> Pattern {
            defer { text = "" }
            do { return try Pattern(parsing: String(text).trimmed) } catch { throw mistake(error.expected) }
        }

        /// A pattern that says itself which files are read.
        mutating func tellingPattern() throws(RuleMistake) -> Pattern {
            let pattern = try pattern()
            guard !pattern.words.isEmpty else {
                throw mistake(
                    "a pattern in which a word of three letters or more has to occur: it says which files are read")
            }
            return pattern
        }

        /// A pattern behind names: ` /…/`.
        mutating func patternAtEnd() throws(RuleMistake) -> Pattern? {
            guard let start = text.firstRange(of: " /") else { return nil }
            let written = String(text[start.lowerBound...]).trimmed
            text = text[..<start.lowerBound]
            do { return try Pattern(parsing: written) } catch { throw mistake(error.expected) }
        }

        mutating func selector() throws(RuleMistake) -> Rule.ArgumentSelector {
            let before = text
            guard let word = next() else { throw mistake("which argument, and what of it") }
            if let number = Int(word), number >= 1 { return .position(number - 1) }
            if word.hasSuffix("="), word.utf8.count > 1 { return .keyword(String(word.dropLast())) }
            text = before
            return .any
        }

        mutating func number() throws(RuleMistake) -> Double {
            guard let value = Double(try word("a number")), value >= 0, value < 1e12 else { throw mistake("a number") }
            return value
        }

        mutating func end() throws(RuleMistake) {
            if let word = next() { throw mistake("the end of the line, not \(word)") }
        }
    }
}

extension StringProtocol {
    /// Without blanks at its ends.
    fileprivate var trimmed: String {
        let start = drop { $0 == " " || $0 == "\t" }
        return String(start).trimmedAtEnd
    }
}
extension String {
    fileprivate var trimmedAtEnd: String {
        var result = self[...]
        while let last = result.last, last == " " || last == "\t" { result.removeLast() }
        return String(result)
    }
}
