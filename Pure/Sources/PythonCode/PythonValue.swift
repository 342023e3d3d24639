import PythonSyntax

/// What is known of a value: which thing it is, which constants it can be, where it comes from.
public struct PythonValue: Sendable, Hashable {
    /// What it is, canonical, if it is a module, a function, a class or the like, or the result of calling one:
    /// `os.system`, `requests.get` for `requests.get(u)`. Nil if it is unknown or a constant.
    public var name: String?
    /// The names of the things in it, of a list, a tuple or a dictionary.
    public var names: [String] = []
    /// Which constants it can be: several after branches and in loops over constants; those in a list, a tuple or a
    /// dictionary with its keys (`isContainer`).
    public var constants: [PythonConstant] = []
    /// Whether it is a list, a tuple, a set or a dictionary whose parts `names` and `constants` are.
    public var isContainer = false
    /// Keys of a dictionary with what they stand for, as far as they are constants.
    public var entries: [Entry] = []
    /// The calls and reads of the vocabulary that it was made from, through variables, containers, operators, methods,
    /// arguments of calls, parameters and results of functions of the file, attributes of `self`. A call that is an
    /// answer (`Vocabulary`) hides the origins of its arguments.
    public var origins: [PythonOrigin] = []
    /// Whether nothing unknown is in it: literals, and calls of known functions on such, decompression too.
    public var isMadeOfConstants = false

    /// An entry of a dictionary.
    public struct Entry: Sendable, Hashable {
        public var key: String
        public var value: PythonValue
    }

    /// The constant that it is, if there is exactly one possibility and it is no container.
    public var constant: PythonConstant? { constants.count == 1 && !isContainer ? constants[0] : nil }

    /// The constant's text; of a list, those of its elements with spaces between them. Nil if there is no constant.
    public var text: String? {
        constants.isEmpty ? nil : constants.map(\.text).joined(separator: " ")
    }

    /// Whether an origin has that name.
    public func comes(from name: String) -> Bool { origins.contains { $0.name == name } }
}

/// Something that a value was made from.
public struct PythonOrigin: Sendable, Hashable {
    /// Canonical, as in `PythonCall.name`: `os.environ`, `open`, `requests.get`.
    public var name: String
    /// The first argument of the call, or the key of the subscript, if it is a constant: the path of `open`.
    public var detail: String?
    public var line: Int
}

/// A constant: a literal, or what was folded from some.
public struct PythonConstant: Sendable, Hashable {
    /// The type of the constant, as far as rules tell them apart.
    public enum Kind: Sendable, Hashable { case string, bytes, integer, other }
    public var kind: Kind
    /// UTF-8 of a string, the bytes of bytes, digits of an integer, `True`, `False` or `None`. Of a long one the first
    /// 16 KB.
    public var bytes: [UInt8]
    /// How many bytes it has in all.
    public var length: Int
    /// Whether parts of it are unknown; each stands as U+FFFC, the object replacement character: `\u{FFFC}/.ssh/id_rsa`.
    public var isPartial: Bool
    /// How it was made.
    public var steps: FoldingSteps
    /// How many decodings it went through: base64 of base64 are 2. Concatenations are not decodings.
    public var decodings: Int

    /// With what is not UTF-8 replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// How a constant was put together.
public struct FoldingSteps: OptionSet, Sendable, Hashable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// `+`, adjacent literals on several tokens, `join`, `*`.
    public static let concatenation = FoldingSteps(rawValue: 1 << 0)
    /// `%`, `format`, f-strings.
    public static let formatting = FoldingSteps(rawValue: 1 << 1)
    /// Slices and elements, `[::-1]` is `reversal`.
    public static let slicing = FoldingSteps(rawValue: 1 << 2)
    public static let reversal = FoldingSteps(rawValue: 1 << 3)
    /// `chr`, `ord`, `bytes([…])`, arithmetic on characters.
    public static let characters = FoldingSteps(rawValue: 1 << 4)
    /// `replace`, `translate`, `strip`, `split`.
    public static let replacement = FoldingSteps(rawValue: 1 << 5)
    public static let base64 = FoldingSteps(rawValue: 1 << 6)
    public static let base32 = FoldingSteps(rawValue: 1 << 7)
    /// Base85 and Ascii85.
    public static let base85 = FoldingSteps(rawValue: 1 << 8)
    public static let hexadecimal = FoldingSteps(rawValue: 1 << 9)
    public static let rot13 = FoldingSteps(rawValue: 1 << 10)
    /// `zlib`, `gzip`, `bz2`, `lzma`.
    public static let decompression = FoldingSteps(rawValue: 1 << 11)
    /// `bytes` to `str` and back.
    public static let charset = FoldingSteps(rawValue: 1 << 12)
    /// Escapes in a literal of what is written without: `"\x65xec"`.
    public static let escapes = FoldingSteps(rawValue: 1 << 13)
}
