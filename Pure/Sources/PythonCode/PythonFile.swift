// Positions, strings, comments and problems are part of what this module says.
@_exported import PythonSyntax

/// What a file of Python code says and does, as far as can be told without running it.
///
/// Nothing of the file is run, and nothing that it says is trusted: any bytes are a file, and every file is read in
/// time that grows with its length. What Python would refuse is read as far as it makes sense (`problems`).
///
/// Three depths, so that most files cost little: the bytes are searched for the words of the vocabulary; strings,
/// comments and problems are collected from the tokens; and only where a word of the vocabulary occurs, expressions are
/// folded and followed through variables, which gives calls, reads, assignments and definitions.
public struct PythonFile: Sendable {
    /// The bytes that were read, as they were.
    public internal(set) var bytes: [UInt8]
    /// How many lines there are; a last one without its end counts.
    public internal(set) var lineCount = 0
    /// Whether a word of the vocabulary occurs, so that calls, reads, assignments and definitions were looked for.
    public internal(set) var wasFollowed = false
    /// In the order of the file.
    public internal(set) var imports: [PythonImport] = []
    /// Calls of what the vocabulary names, in the order of their lines. A call that was given the value of a parameter is
    /// here once, with all that callers give.
    public internal(set) var calls: [PythonCall] = []
    /// What the vocabulary names where it is read and not called: `os.environ`, `sys.meta_path`, `target=os.system`.
    public internal(set) var reads: [PythonRead] = []
    /// Assignments to dotted names and subscripts of them that the vocabulary names (`socket.socket.connect = f`),
    /// and assignments at module level of values with origins or constants.
    public internal(set) var assignments: [PythonAssignment] = []
    /// Functions and classes, whatever the vocabulary.
    public internal(set) var definitions: [PythonDefinition] = []
    /// String literals as they are written, one for each token; the parts of an f-string one by one.
    public internal(set) var strings: [PythonString] = []
    /// Constants that were put together or decoded, the longest only: `"ex" + "ec"`, `b64decode("…")`.
    public internal(set) var folded: [FoldedConstant] = []
    /// Code that is given to `exec`, `eval`, `compile` or an interpreter as a constant, read as a file of its own.
    public internal(set) var embedded: [EmbeddedCode] = []
    public internal(set) var comments: [PythonComment] = []
    /// What is odd about the text; at most `ReadingBounds.problems` of them.
    public internal(set) var problems: [CodeProblem] = []

    /// How the bytes of strings are to be read.
    private var charset = Notes.Charset.utf8

    /// The content of a string literal with its escapes resolved: bytes of a bytes literal, UTF-8 of any other.
    public func content(of string: PythonString) -> [UInt8] {
        bytes.withUnsafeBufferPointer { bytes in
            guard string.range.upperBound <= bytes.count else { return [] }
            var text: [UInt8] = []
            Literal.resolve(
                UnsafeBufferPointer(rebasing: bytes[string.range]), string.stringFlags, charset, into: &text)
            return text
        }
    }

    /// The text of some part of the file, with what is not UTF-8 replaced.
    public func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range.clamped(to: bytes.indices)], as: UTF8.self)
    }

    /// - Parameters:
    ///   - bytes: the file.
    ///   - vocabulary: what is looked for.
    ///   - bounds: how much is done for one file.
    public init(
        reading bytes: [UInt8], for vocabulary: Vocabulary = .everything, within bounds: ReadingBounds = ReadingBounds()
    ) {
        self.bytes = bytes
        bytes.withUnsafeBufferPointer { read($0, vocabulary, bounds) }
    }

    /// How many nodes of the tree are looked at together: 16 MB of them.
    private static let chunk = 1_000_000

    private mutating func read(
        _ buffer: UnsafeBufferPointer<UInt8>, _ vocabulary: Vocabulary, _ bounds: ReadingBounds
    ) {
        var notes = Notes(most: bounds.problems)
        notes.look(at: buffer)
        charset = notes.charset
        let nesting = max(1, min(bounds.nesting, 200))
        // Letters that are read as others are not found by searching.
        wasFollowed = notes.hasCompatibilityForms || vocabulary.occurs(in: buffer)
        guard wasFollowed else {
            var lexer = Lexer(buffer, notes: notes, nesting: nesting)
            while lexer.next().kind != .end {}
            take(&lexer)
            return
        }
        var parser = Parser(buffer, notes: notes, nesting: nesting, names: vocabulary.words)
        var flow = Flow(buffer, vocabulary: vocabulary, bounds: bounds, charset: charset, names: vocabulary.words)
        while true {
            let statements = parser.moduleStatements(upTo: Self.chunk)
            if parser.tree.isFull { flow.reachedBounds.insert("nodes") }
            if statements.isEmpty { break }
            flow.names = parser.names
            flow.look(at: statements, of: parser.tree)
            parser.names = flow.names
            flow.tree = SyntaxTree()
            parser.tree.removeAll()
        }
        take(&parser.lexer)
        Reading(flow, buffer).fill(&self, bounds, vocabulary)
    }

    private mutating func take(_ lexer: inout Lexer) {
        lexer.notes.finish()
        strings = lexer.strings
        comments = lexer.comments
        problems = lexer.notes.problems
        let isOpen = lexer.position > lexer.lineStart || lexer.count > lexer.lineStart
        lineCount = lexer.line - (isOpen ? 0 : 1)
    }
}

/// A constant that was put together or decoded.
public struct FoldedConstant: Sendable, Hashable {
    public var constant: PythonConstant
    public var position: CodePosition
    public var place: CodePlace
}

/// Code in a constant that is run.
public struct EmbeddedCode: Sendable {
    /// What runs it: `exec`, `eval`, `compile`, `subprocess.Popen`.
    public var runner: String
    /// What was folded on the way, how often it was decoded.
    public var constant: PythonConstant
    public var position: CodePosition
    public var place: CodePlace
    /// The code; its lines count from its own beginning.
    public var file: PythonFile
}
