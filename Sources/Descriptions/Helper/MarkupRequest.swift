/// What the helper is asked for.
public enum MarkupRequest: Sendable, Hashable {
    /// The HTML of a reStructuredText. One that has to be clean is refused where docutils has a warning about it.
    case reStructuredText(String, isHeldToBeClean: Bool)
    /// Some code, a piece for each block, with what Pygments tells apart marked.
    case code([CodeBlock])

    /// Code in a language.
    public struct CodeBlock: Sendable, Hashable {
        /// As the author named it: `py`.
        public let language: String
        public let text: String
    }

    /// As `render.py` numbers them.
    var kind: UInt8 {
        switch self {
        case .reStructuredText(_, let isHeldToBeClean): isHeldToBeClean ? 0 : 1
        case .code: 2
        }
    }

    /// What stands behind length and kind.
    var payload: [UInt8] {
        switch self {
        case .reStructuredText(let text, _): Array(text.utf8)
        case .code(let blocks):
            blocks.flatMap { block in
                Frame.number(block.language.utf8.count) + Frame.number(block.text.utf8.count)
                    + Array(block.language.utf8) + Array(block.text.utf8)
            }
        }
    }
}

/// What the helper answers.
public enum MarkupAnswer: UInt8, Sendable {
    /// HTML, not yet safe. For code, the HTML of each block behind its length, or a length of all ones where nobody
    /// knows the language.
    case html
    /// The text had to be clean, and is not.
    case unclean
    /// The text takes too much, or docutils fails on it; it would do so again.
    case refused
    /// What renders it is not installed.
    case absent
    /// It was not done in time, or its process was killed, which may be this machine's fault.
    case late

    /// Whether the same request would be answered so again.
    var isKept: Bool {
        switch self {
        case .html, .unclean, .refused: true
        case .absent, .late: false
        }
    }
}

/// A message to or from the helper: its length in four bytes, the highest first, its kind in one, and its payload.
struct Frame: Equatable {
    var kind: UInt8
    var payload: [UInt8]

    /// Bytes before the payload.
    static let headSize = 5

    /// A number in four bytes, the highest first.
    static func number(_ value: Int) -> [UInt8] {
        let value = UInt32(clamping: value)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// The number in the four bytes at the start of `bytes`.
    static func number(in bytes: some Collection<UInt8>) -> Int { bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } }

    var bytes: [UInt8] { Self.number(payload.count) + [kind] + payload }
}
