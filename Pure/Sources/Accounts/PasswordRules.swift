import Primitives

/// What is known of a password that somebody wants to use. Measuring it is for `Passwords`.
public struct PasswordFacts: Sendable, Hashable {
    /// Characters, as a person counts them.
    public var characters: Int
    /// Bytes of its UTF-8.
    public var bytes: Int
    /// How hard it is to guess, 0 to 4, by zxcvbn's scale.
    public var score: Int
    /// Whether it is in a published list of breached passwords.
    public var isBreached: Bool

    /// All that is known.
    public init(characters: Int, bytes: Int, score: Int, isBreached: Bool) {
        self.characters = characters
        self.bytes = bytes
        self.score = score
        self.isBreached = isBreached
    }
}

/// Which passwords are taken: by their length, by how hard they are to guess, and not when they are known to thieves.
/// Nothing is asked of the kinds of characters in them.
///
/// Source: NIST SP 800-63B, section 5.1.1.2; the score is PyPI's.
public struct PasswordRules: Sendable {
    /// How many characters it has.
    public var length = 8...1024
    /// The most bytes it has: a single character can be made of any number of them.
    public var maximumBytes = 4096
    /// The least score it has; 2 is about a million guesses.
    public var minimumScore = 2

    /// The rules that everybody gets.
    public init() {}

    /// Throws when the password must not be used.
    public func check(_ facts: PasswordFacts) throws(PasswordRefusal) {
        guard length.contains(facts.characters), facts.bytes <= maximumBytes else { throw .length(length) }
        // Before the strength: "password1" is both, and that it is known is the better reason.
        guard !facts.isBreached else { throw .breached }
        guard facts.score >= minimumScore else { throw .weak }
    }
}

/// Why a password must not be used.
public enum PasswordRefusal: Refusal, Hashable {
    /// It is shorter or longer than this many characters.
    case length(ClosedRange<Int>)
    /// It is easily guessed.
    case weak
    /// It is in a published list of breached passwords.
    case breached

    /// Always `invalid`.
    public var kind: RefusalKind { .invalid }

    /// `account.password-…`
    public var code: String {
        switch self {
        case .length: "account.password-length"
        case .weak: "account.password-weak"
        case .breached: "account.password-breached"
        }
    }

    /// What was refused, and what to do.
    public var explanation: String {
        switch self {
        case .length(let range):
            "A password has \(range.lowerBound) to \(range.upperBound) characters. Choose another one."
        case .weak:
            "This password is easy to guess. Choose a longer one: four words that have nothing to do with each other or with you, or what a password manager suggests."
        case .breached:
            "This password is in a published list of passwords that were stolen elsewhere, and thieves try those first. Choose another one, and change it wherever else you use it."
        }
    }
}
