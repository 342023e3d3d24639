import Archives
import Bytes
import Findings
import PythonCode

/// Tries the rules on files, one after the other. It remembers what it learns about names and patterns; not for several
/// threads.
final class Matching {
    let rules: RuleSet
    let subject: ReleaseScanner.Subject
    private var matchers: [Pattern: PatternMatcher] = [:]
    private var callMatches: [String: [Int]] = [:]
    private var readMatches: [String: [Int]] = [:]
    private var assignmentMatches: [String: [Int]] = [:]
    private var importMatches: [String: [Int]] = [:]
    /// Matches of a kind, by their place in `rules.matches`.
    let stringMatches: [Int]
    let commentMatches: [Int]
    let problemMatches: [Int]
    let typeMatches: [Int]
    private let codeMatches: [Int]
    private let lineMatches: [Int]
    private let binaryMatches: [Int]
    private let pathMatches: [Int]

    init(_ rules: RuleSet, _ subject: ReleaseScanner.Subject) {
        self.rules = rules
        self.subject = subject
        func indices(_ holds: (Rule.Subject) -> Bool) -> [Int] {
            rules.matches.indices.filter { holds(rules.matches[$0].match.subject) }
        }
        stringMatches = indices { if case .string = $0 { true } else { false } }
        commentMatches = indices { if case .comment = $0 { true } else { false } }
        problemMatches = indices { if case .problem = $0 { true } else { false } }
        typeMatches = indices { if case .type = $0 { true } else { false } }
        lineMatches = indices { if case .line = $0 { true } else { false } }
        binaryMatches = indices { if case .binary = $0 { true } else { false } }
        pathMatches = indices { if case .path = $0 { true } else { false } }
        codeMatches = rules.matches.indices.filter { rules.matches[$0].isAboutCode }
    }

    func matcher(_ pattern: Pattern) -> PatternMatcher {
        if let known = matchers[pattern] { return known }
        let made = PatternMatcher(pattern)
        matchers[pattern] = made
        return made
    }

    func matches(_ pattern: Pattern, _ text: String) -> Bool { matcher(pattern).matches(text.utf8) }

    func callMatches(for name: String) -> [Int] {
        remembered(name, &callMatches) { if case .call(let names) = $0 { names } else { nil } }
    }
    func readMatches(for name: String) -> [Int] {
        remembered(name, &readMatches) { if case .read(let names) = $0 { names } else { nil } }
    }
    func assignmentMatches(for name: String) -> [Int] {
        remembered(name, &assignmentMatches) { if case .assignment(let names) = $0 { names } else { nil } }
    }
    func importMatches(for name: String) -> [Int] {
        remembered(name, &importMatches) { if case .imported(let names) = $0 { names } else { nil } }
    }

    private func remembered(
        _ name: String, _ memory: inout [String: [Int]], _ names: (Rule.Subject) -> NameSet?
    ) -> [Int] {
        if let known = memory[name] { return known }
        let found = rules.matches.indices.filter { names(rules.matches[$0].match.subject)?.contains(name) ?? false }
        if memory.count < 100_000 { memory[name] = found }
        return found
    }

    /// What is found in a file, and which bound was reached.
    func findings(in file: ArchiveFile, at path: String, bounds: ScanBounds) -> (findings: [Finding], bound: String?) {
        var bound: String?
        let findings = file.content.withUnsafeBufferPointer { bytes in
            let kind = BinaryKind(bytes, path: path)
            var words = WordsFound(count: rules.wordSearch.count)
            if kind == nil { rules.wordSearch.mark(bytes, in: &words) }
            let tried = FileTried(
                path: path, place: FilePlace(path), bytes: bytes, size: file.size, kind: kind, words: words,
                isHiding: words.containsAny(of: rules.hidingWords))
            var found = FindingsOfFile(tried, rules: rules, limit: bounds.findingsOfRule)
            for index in pathMatches {
                guard case .path(let pattern) = rules.matches[index].match.subject, matches(pattern, path) else {
                    continue
                }
                consider(index, tried, nil, at: nil, secret: nil, &found)
            }
            if let kind {
                for index in binaryMatches {
                    guard case .binary(let kinds) = rules.matches[index].match.subject, kinds.contains(kind) else {
                        continue
                    }
                    consider(index, tried, nil, at: nil, secret: nil, &found)
                }
                return found.all
            }
            matchLines(tried, &found)
            if let code = code(tried, bounds, &bound) {
                matchCode(code, tried, &found)
            }
            return found.all
        }
        return (findings, bound)
    }

    /// Whether the words occur that the match needs.
    func isPossible(_ index: Int, _ file: FileTried) -> Bool {
        let match = rules.matches[index]
        if file.isHiding, match.isAboutCode { return true }
        return match.groups.allSatisfy { file.words.containsAny(of: $0) }
    }

    /// The file as Python code, if it is some and a rule may find something in it.
    private func code(_ file: FileTried, _ bounds: ScanBounds, _ bound: inout String?) -> PythonFile? {
        guard file.place.isPython || file.place.isPathFile || file.isPythonScript else { return nil }
        var source = file.bytes[...]
        if source.count > bounds.codeBytes {
            bound = "code of more than \(bounds.codeBytes >> 20) MiB"
            source = source.prefix(bounds.codeBytes)
        }
        if file.place.isPathFile { return PythonFile(reading: Self.codeLines(of: source), for: rules.vocabulary) }
        let isOdd = file.isOdd
        let isWanted = codeMatches.contains { index in
            if case .problem = rules.matches[index].match.subject { return isOdd }
            return isPossible(index, file)
        }
        return isWanted ? PythonFile(reading: Array(source), for: rules.vocabulary) : nil
    }

    /// The lines of a `.pth` file that are run, the others empty: `site` runs those that begin with `import`.
    private static func codeLines(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8] {
        let lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map { line -> [UInt8] in
            line.starts(with: "import ".utf8) || line.starts(with: "import\t".utf8) ? Array(line) : []
        }
        return Array(lines.joined(separator: [0x0A]))
    }

    private func matchLines(_ file: FileTried, _ found: inout FindingsOfFile) {
        for index in lineMatches {
            guard case .line(let pattern) = rules.matches[index].match.subject,
                rules.matches[index].groups.allSatisfy({ file.words.containsAny(of: $0) })
            else { continue }
            let matcher = matcher(pattern)
            var position = 0
            var tries = 0
            while position < file.bytes.count, tries < 1_000,
                let range = matcher.range(in: file.bytes, from: position, upTo: file.bytes.count)
            {
                tries += 1
                let secret = file.bytes[range].prefix(200)
                consider(
                    index, tried: file, line: file.line(at: range.lowerBound),
                    secret: String(decoding: secret, as: UTF8.self),
                    &found)
                // On with the next line.
                position =
                    file.bytes[max(range.upperBound, range.lowerBound + 1)...].firstIndex(of: 0x0A) ?? file.bytes.count
            }
        }
    }

    private func consider(
        _ index: Int, tried file: FileTried, line: Int, secret: String?, _ found: inout FindingsOfFile
    ) {
        consider(index, file, nil, at: line, secret: secret, &found)
    }

    /// Notes a finding if the conditions that are about the file hold, and those about `code` if there is some.
    func consider(
        _ index: Int, _ file: FileTried, _ code: CodeTried?, at line: Int?, secret: String?,
        _ found: inout FindingsOfFile
    ) {
        let match = rules.matches[index].match
        for condition in match.conditions
        where holds(condition.test, file, code, secret, line) == condition.isNegated { return }
        found.note(index, line: line, secret: secret)
    }
}

/// A file while rules are tried on it.
struct FileTried {
    let path: String
    let place: FilePlace
    let bytes: UnsafeBufferPointer<UInt8>
    let size: Int64
    let kind: BinaryKind?
    let words: WordsFound
    let isHiding: Bool
    private let lineStarts: LineStarts

    init(
        path: String, place: FilePlace, bytes: UnsafeBufferPointer<UInt8>, size: Int64, kind: BinaryKind?,
        words: WordsFound,
        isHiding: Bool
    ) {
        (self.path, self.place, self.bytes, self.size) = (path, place, bytes, size)
        (self.kind, self.words, self.isHiding) = (kind, words, isHiding)
        lineStarts = LineStarts(bytes)
    }

    /// Whether its first line says that Python runs it.
    var isPythonScript: Bool {
        guard bytes.starts(with: "#!".utf8) else { return false }
        let first = String(decoding: bytes.prefix(200).prefix { $0 != 0x0A }, as: UTF8.self)
        return first.contains("python")
    }

    /// Whether something in it is not ASCII, or far to the right.
    var isOdd: Bool {
        var blanks = 0
        for byte in bytes {
            if byte >= 0x80 || byte == 0 { return true }
            blanks = byte == 0x20 || byte == 0x09 ? blanks + 1 : 0
            if blanks >= 80 { return true }
        }
        return bytes.prefix(300).contains { $0 == UInt8(ascii: "#") }
            && String(decoding: bytes.prefix(300), as: UTF8.self).contains("coding")
    }

    /// The line of a byte, counted from 1.
    func line(at offset: Int) -> Int { lineStarts.line(at: offset) }

    /// The last line above that begins with `[`, as sections of INI files do; empty if there is none near.
    func section(above line: Int) -> String {
        for number in stride(from: line - 1, to: max(0, line - 500), by: -1) {
            let text = text(ofLine: number)
            if text.first == UInt8(ascii: "[") { return String(decoding: text.prefix(200), as: UTF8.self) }
        }
        return ""
    }

    /// The text of a line, without its end.
    func text(ofLine line: Int) -> Slice<UnsafeBufferPointer<UInt8>> { lineStarts.text(ofLine: line) }
}

/// Where the lines of a file begin, found out when it is asked for the first time.
private final class LineStarts {
    private let bytes: UnsafeBufferPointer<UInt8>
    private lazy var starts: [Int] = {
        var starts = [0]
        for (index, byte) in bytes.enumerated() where byte == 0x0A { starts.append(index + 1) }
        return starts
    }()

    init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    func line(at offset: Int) -> Int {
        var (low, high) = (0, starts.count)
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= offset { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func text(ofLine line: Int) -> Slice<UnsafeBufferPointer<UInt8>> {
        guard line >= 1, line <= starts.count else { return bytes[0..<0] }
        let start = starts[line - 1]
        let end = line < starts.count ? starts[line] - 1 : bytes.count
        return bytes[start..<max(start, end)]
    }
}

/// What was found in a file so far.
struct FindingsOfFile {
    private let file: FileTried
    private let rules: RuleSet
    private let limit: Int
    private var counts: [Int: Int] = [:]
    private var places: [Place: Int] = [:]
    private var notes: [(match: Int, finding: Finding)] = []

    private struct Place: Hashable {
        let rule: Int
        let line: Int?
    }

    init(_ file: FileTried, rules: RuleSet, limit: Int) {
        (self.file, self.rules, self.limit) = (file, rules, limit)
    }

    /// Notes a finding of a match, at most one of a rule on a line: the worst.
    mutating func note(_ match: Int, line: Int?, secret: String?) {
        let compiled = rules.matches[match]
        let rule = rules.rules[compiled.rule]
        var evidence: String
        if rule.isConfidential {
            guard let secret, !Placeholders.isPlaceholder(secret) else { return }
            evidence = "\(rule.id.split(separator: "-").joined(separator: " ")): \(secret.prefix(4))…"
        } else {
            evidence = line.map { Evidence.line(file.text(ofLine: $0), around: nil) } ?? file.path
        }
        if let kind = file.kind {
            evidence = "\(kind.rawValue), \(file.size) bytes"
        }
        counts[match, default: 0] += 1
        let discount = rule.isSameEverywhere ? 0 : file.place.discount
        let severity = (compiled.match.severity ?? rule.severity).lowered(by: discount)
        let finding = Finding(
            rule: rule.id, severity: severity, path: file.path, line: line, evidence: evidence, why: rule.why,
            isConfidential: rule.isConfidential)
        let place = Place(rule: compiled.rule, line: line)
        if let known = places[place] {
            if notes[known].finding.severity < severity { notes[known] = (match, finding) }
            return
        }
        guard counts[match, default: 0] <= limit else { return }
        places[place] = notes.count
        notes.append((match, finding))
    }

    /// All of them; of a match that wants several, only where there are so many, and the first.
    var all: [Finding] {
        var told: Set<Int> = []
        return notes.filter { note in
            let least = rules.matches[note.match].match.conditions.compactMap { condition -> Int? in
                if case .count(let least) = condition.test { least } else { nil }
            }.max()
            guard let least else { return true }
            return counts[note.match, default: 0] >= least && told.insert(note.match).inserted
        }.map(\.finding)
    }
}
