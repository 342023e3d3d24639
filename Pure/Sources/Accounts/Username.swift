import Bytes
import Primitives

/// The name of an account: 1 to 50 ASCII letters, digits, `.`, `-` and `_`, a letter or digit at both ends.
///
/// Two names are the same account when they are equal without regard to case, as on PyPI.
public struct Username: Sendable, Hashable, CustomStringConvertible {
    /// The most characters of one.
    public static let maximumLength = 50

    /// As its owner wrote it.
    public let display: String
    /// For look-ups and comparison: lower case.
    public let normalized: String

    /// Reads a name from outside.
    public init(parsing text: String) throws(InvalidUsername) {
        let bytes = Array(text.utf8)
        guard (1...Self.maximumLength).contains(bytes.count) else { throw .length }
        guard bytes.allSatisfy({ $0.isASCIIAlphanumeric || [0x2D, 0x2E, 0x5F].contains($0) }) else { throw .character }
        guard let first = bytes.first, let last = bytes.last, first.isASCIIAlphanumeric, last.isASCIIAlphanumeric else {
            throw .edge
        }
        display = text
        normalized = text.lowercased()
    }

    /// The name as its owner wrote it.
    public var description: String { display }

    /// Equal without regard to case.
    public static func == (left: Username, right: Username) -> Bool { left.normalized == right.normalized }

    /// Consistent with `==`.
    public func hash(into hasher: inout Hasher) { hasher.combine(normalized) }
}

/// Why a text is no user name.
public enum InvalidUsername: Refusal {
    /// Empty, or longer than ``Username/maximumLength``.
    case length
    /// A character other than the allowed ones.
    case character
    /// The first or last character is no letter or digit.
    case edge

    /// Always `invalid`.
    public var kind: RefusalKind { .invalid }
    /// `username.…`
    public var code: String {
        switch self {
        case .length: "username.length"
        case .character: "username.character"
        case .edge: "username.edge"
        }
    }
    /// What a user name looks like.
    public var explanation: String {
        switch self {
        case .length: "A user name has 1 to \(Username.maximumLength) characters."
        case .character: "A user name is made of ASCII letters, digits, full stops, hyphens and underscores."
        case .edge: "A user name starts and ends with a letter or a digit."
        }
    }
}
