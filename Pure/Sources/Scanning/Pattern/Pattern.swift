/// A pattern over bytes, a small part of what regular expressions are elsewhere: literals, `.`, classes, `\d \w \s \b`,
/// `^ $`, groups, `|`, `* + ? {m,n}`, and `/…/i` without regard to the case of ASCII letters.
///
/// It is matched in time that grows with the text, whatever the pattern: rules of other people cannot make a scanner
/// stand still. Nothing matches a line's end but `\n`.
public struct Pattern: Sendable, Hashable {
    /// As it is written, with its slashes.
    public let written: String
    /// In lower case: one of these occurs in whatever matches, the case of ASCII letters aside. Of three letters or more;
    /// empty when there are none such.
    public let words: [[UInt8]]
    let program: [PatternStep]

    /// Equal when they are written alike.
    public static func == (one: Pattern, other: Pattern) -> Bool { one.written == other.written }
    /// By how it is written.
    public func hash(into hasher: inout Hasher) { hasher.combine(written) }

    /// Reads `/…/` or `/…/i`; throws what was expected.
    public init(parsing written: String) throws(InvalidPattern) {
        let node = try PatternReader.read(Array(written.utf8))
        let words = RequiredWords.of(node) ?? []
        var program: [PatternStep] = []
        try node.compile(into: &program)
        program.append(.match)
        self.written = written
        self.words = words.allSatisfy { $0.count >= 3 } ? words : []
        self.program = program
    }

    /// How many steps a pattern may have.
    static let stepLimit = 4_000
}

/// What was expected where a pattern is no pattern.
public struct InvalidPattern: Error, Equatable, Sendable {
    public let expected: String
}

/// A set of bytes.
struct ByteSet: Sendable, Hashable {
    private var bits = SIMD4<UInt64>(repeating: 0)

    init() {}
    init(_ bytes: some Sequence<UInt8>) { for byte in bytes { insert(byte) } }

    mutating func insert(_ byte: UInt8) { bits[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
    func contains(_ byte: UInt8) -> Bool { bits[Int(byte >> 6)] >> UInt64(byte & 63) & 1 == 1 }
    mutating func formUnion(_ other: ByteSet) { bits |= other.bits }
    var inverted: ByteSet {
        var result = self
        result.bits = ~bits
        return result
    }
    /// Both cases of the letters in it.
    var withBothCases: ByteSet {
        var result = self
        for letter in UInt8(ascii: "a")...UInt8(ascii: "z") where contains(letter) || contains(letter - 32) {
            result.insert(letter)
            result.insert(letter - 32)
        }
        return result
    }
    /// All bytes in it.
    var members: [UInt8] { (UInt8.min...UInt8.max).filter { contains($0) } }

    static let digits = ByteSet(UInt8(ascii: "0")...UInt8(ascii: "9"))
    static let wordBytes: ByteSet = {
        var set = ByteSet([UInt8(ascii: "_")])
        set.formUnion(digits)
        set.formUnion(ByteSet(UInt8(ascii: "a")...UInt8(ascii: "z")))
        set.formUnion(ByteSet(UInt8(ascii: "A")...UInt8(ascii: "Z")))
        return set
    }()
    static let blanks = ByteSet([0x20, 0x09, 0x0D, 0x0B, 0x0C])
    static let lineEnd = ByteSet([0x0A])
}

/// A step of a compiled pattern. Numbers are places in the program.
enum PatternStep: Sendable, Hashable {
    case byte(ByteSet)
    case either(Int, Int)
    case jump(Int)
    case check(PatternCheck)
    case match
}

/// What has to be so between two bytes.
enum PatternCheck: Sendable, Hashable { case lineStart, lineEnd, wordEdge, noWordEdge }

/// A pattern as a tree.
indirect enum PatternNode {
    case bytes(ByteSet)
    case check(PatternCheck)
    case sequence([PatternNode])
    case choice([PatternNode])
    case repeated(PatternNode, Int, Int?)

    func compile(into program: inout [PatternStep]) throws(InvalidPattern) {
        guard program.count < Pattern.stepLimit else {
            throw InvalidPattern(expected: "a shorter pattern: this one has more than \(Pattern.stepLimit) steps")
        }
        switch self {
        case .bytes(let set): program.append(.byte(set))
        case .check(let check): program.append(.check(check))
        case .sequence(let nodes): for node in nodes { try node.compile(into: &program) }
        case .choice(let nodes):
            var ends: [Int] = []
            for (index, node) in nodes.enumerated() {
                guard index + 1 < nodes.count else {
                    try node.compile(into: &program)
                    break
                }
                let split = program.count
                program.append(.match)
                try node.compile(into: &program)
                ends.append(program.count)
                program.append(.match)
                program[split] = .either(split + 1, program.count)
            }
            for end in ends { program[end] = .jump(program.count) }
        case .repeated(let node, let least, let most):
            for _ in 0..<least { try node.compile(into: &program) }
            guard let most else {
                let split = program.count
                program.append(.match)
                try node.compile(into: &program)
                program.append(.jump(split))
                program[split] = .either(split + 1, program.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<max(least, most) {
                splits.append(program.count)
                program.append(.match)
                try node.compile(into: &program)
            }
            for split in splits { program[split] = .either(split + 1, program.count) }
        }
    }
}
