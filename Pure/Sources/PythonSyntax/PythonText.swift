/// Where something is in a file.
public struct CodePosition: Sendable, Hashable {
    /// From 1.
    public var line: Int
    /// Bytes from the beginning of the line, from 1.
    public var column: Int

    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }
}

/// A string literal.
public struct PythonString: Sendable, Hashable {
    private let start: UInt32
    private let length: UInt32
    private let line: UInt32
    private let column: UInt32
    private var flags: UInt8

    /// The bytes between the quotes, as they are written.
    public var range: Range<Int> { Int(start)..<Int(start + length) }
    /// Where it begins, its prefix and its quotes with it.
    public var position: CodePosition { CodePosition(line: Int(line), column: Int(column)) }
    public var isBytes: Bool { stringFlags.contains(.bytes) }
    public var isRaw: Bool { stringFlags.contains(.raw) }
    /// Whether it is a part of an f-string between its expressions.
    public var isFormatted: Bool { stringFlags.contains(.format) }
    /// Whether it is a statement of its own: a docstring, or text that does nothing.
    public var isStatement: Bool { flags & 128 != 0 }

    package var stringFlags: StringFlags { StringFlags(rawValue: flags) }

    init(start: Int, end: Int, position: CodePosition, flags: StringFlags) {
        self.start = UInt32(start)
        length = UInt32(end - start)
        line = UInt32(position.line)
        column = UInt32(position.column)
        self.flags = flags.rawValue & 0x7f
    }

    mutating func markStatement() { flags |= 128 }
}

/// A comment.
public struct PythonComment: Sendable, Hashable {
    private let start: UInt32
    private let length: UInt32
    private let line: UInt32
    private let column: UInt32

    /// From `#` to the end of the line.
    public var range: Range<Int> { Int(start)..<Int(start + length) }
    public var position: CodePosition { CodePosition(line: Int(line), column: Int(column)) }

    init(start: Int, end: Int, position: CodePosition) {
        self.start = UInt32(start)
        length = UInt32(end - start)
        line = UInt32(position.line)
        column = UInt32(position.column)
    }
}

/// What is odd about the text of a file.
public struct CodeProblem: Sendable, Hashable {
    /// In which part of the text it is.
    public enum Part: Sendable, Hashable { case code, string, comment }

    /// What it is that is odd.
    public enum Kind: Sendable, Hashable {
        /// A character that changes the direction of text, so that code is shown in another order than it runs.
        case bidirectional(UInt32, Part)
        /// A character that nobody sees: zero width, a filler, a tag.
        case invisible(UInt32, Part)
        /// A name in which letters of two scripts are mixed that look alike: Cyrillic and Latin.
        case mixedScripts(String)
        /// A name written in other letters that Python reads as these (NFKC): `ｅｘｅｃ` is `exec`.
        case compatibilityForm(of: String)
        /// Code far to the right, behind so many blanks on its line.
        case farRight(blanks: Int)
        /// A coding cookie of a codec by which the text is not what is seen: `utf-7`, `rot13`, `unicode_escape`.
        case codec(String)
        /// Neither UTF-8 nor declared to be anything else.
        case notUTF8
        /// A zero byte, which Python refuses.
        case zeroByte
        /// What Python would refuse: a string without end, brackets that do not match, a character outside of strings.
        case notPython
        /// Something is left out: a bound of `ReadingBounds` was reached, its name.
        case bound(String)
    }

    public var kind: Kind
    public var position: CodePosition

    public init(kind: Kind, position: CodePosition) {
        self.kind = kind
        self.position = position
    }
}
