import Findings

/// What is looked for, why, and how its author knows that it is found. It is written in a file of its own, which
/// `RuleReader` reads.
public struct Rule: Sendable {
    /// The name of its file: `decoded-and-executed`.
    public let id: String
    /// How bad a finding is, where a match says nothing else.
    public let severity: Severity
    /// One sentence for people.
    public let why: String
    /// Whether what is found is a secret of the author's own, which nobody else is shown.
    public let isConfidential: Bool
    /// Whether a finding weighs as much in tests, documentation and copies of other packages as elsewhere.
    public let isSameEverywhere: Bool
    /// Any of these is a finding.
    public let matches: [Match]
    /// What its author says that it finds, and what it does not.
    public let cases: [Case]

    /// A piece of a file in which something is, or is not, to be found.
    public struct Case: Sendable {
        /// Whether something is to be found.
        public let isBad: Bool
        /// The path of the file that it stands for.
        public let path: String
        public let text: String
        /// The lines on which something is to be found, counted from 1; none if any line will do.
        public let lines: [Int]
        /// Where it begins in the rule's file.
        public let lineOfRule: Int
    }

    /// One way to match: a subject, with conditions that hold all at once.
    public struct Match: Sendable {
        let subject: Subject
        let conditions: [Condition]
        let severity: Severity?
        let lineOfRule: Int
    }

    /// What a match is about.
    enum Subject: Sendable {
        case call(NameSet)
        case read(NameSet)
        case assignment(NameSet)
        case imported(NameSet)
        case type(NameSet)
        case string(Pattern)
        case comment(Pattern)
        case line(Pattern)
        case problem(Set<ProblemKind>)
        case binary(Set<BinaryKind>)
        case path(Pattern)
    }

    /// What has to hold besides.
    struct Condition: Sendable {
        let isNegated: Bool
        let test: Test
    }

    enum Test: Sendable {
        case indirect
        case argument(ArgumentSelector, ValueTest)
        case key(Pattern)
        case value(ValueTest)
        case method(Set<String>)
        case runs(Set<RunKind>)
        case insideFunction(Pattern)
        case insideType(Pattern)
        case fileCalls(NameSet)
        case fileReads(NameSet)
        case fileImports(NameSet)
        case fileText(Pattern)
        case functionCalls(NameSet, Pattern?)
        case written(from: NameSet)
        case path(Pattern)
        case subject(Set<SubjectKind>)
        case text(Pattern)
        case found(Pattern)
        case section(Pattern)
        case entropy(atLeast: Double)
        case bytes(atLeast: Int)
        case count(atLeast: Int)
    }

    /// Which of the arguments of a call.
    enum ArgumentSelector: Sendable {
        case any
        case position(Int)
        case keyword(String)
        case receiver
    }

    /// What is asked of a value.
    enum ValueTest: Sendable {
        case comes(from: NameSet, detail: Pattern?)
        case isThing(NameSet)
        case text(Pattern)
        case decoded
        case assembled
        case entry(Set<String>)
        case isConstant
        case isGiven
    }

    /// When code runs.
    enum RunKind: String, Sendable, CaseIterable {
        case onImport = "on-import", asProgram = "as-program", whenCalled = "when-called"
    }

    /// In what the file is.
    enum SubjectKind: String, Sendable, CaseIterable { case wheel, pureWheel = "pure-wheel", sdist, folder }

    /// What is odd about the text of a file of Python code.
    enum ProblemKind: String, Sendable, CaseIterable {
        case bidirectional, invisible, mixedScripts = "mixed-scripts", compatibilityForm = "compatibility-form"
        case farRight = "far-right", codec, notUTF8 = "not-utf8", zeroByte = "zero-byte"
    }
}

/// Names, some of them with a `*`: `os.system`, `subprocess.*`, `*.recv`.
public struct NameSet: Sendable, Hashable {
    let exact: Set<String>
    /// `subprocess` of `subprocess.*`.
    let below: [String]
    /// `recv` of `*.recv`.
    let endings: [String]
    /// In the order in which they were written.
    let names: [String]

    init(_ names: [String]) {
        self.names = names
        exact = Set(names.filter { !$0.utf8.contains(UInt8(ascii: "*")) })
        below = names.filter { $0.hasSuffix(".*") }.map { String($0.dropLast(2)) }
        endings = names.filter { $0.hasPrefix("*.") }.map { String($0.dropFirst(2)) }
    }

    /// Whether the name is in it.
    func contains(_ name: String) -> Bool {
        if exact.contains(name) { return true }
        // Behind `from builtins import *` any name may be one of `builtins`.
        if name.hasPrefix("builtins."), contains(String(name.dropFirst("builtins.".count))) { return true }
        if below.contains(where: { name == $0 || name.hasPrefix($0 + ".") }) { return true }
        return endings.contains { name.hasSuffix("." + $0) }
    }
}
