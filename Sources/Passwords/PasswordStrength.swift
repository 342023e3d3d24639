import CZxcvbn
import Foundation

/// How hard a password is to guess for somebody who knows what people choose, by zxcvbn (libzxcvbn).
///
/// Source: Wheeler, "zxcvbn: Low-Budget Password Strength Estimation", USENIX Security 2016.
public struct PasswordStrength: Sendable, Hashable {
    /// The binary logarithm of the guesses that it takes.
    public let bits: Double

    /// Measures a password. Takes up to three milliseconds.
    ///
    /// Safe on any thread: the library keeps its dictionaries in constant data and has no state.
    ///
    /// - Parameters:
    ///   - password: its first `measuredBytes` are looked at; what follows can only make it stronger.
    ///   - words: what an attacker knows of its owner, such as name and addresses. Parts of them count, too.
    public init(of password: String, knowing words: [String] = []) {
        // Not a byte more: beyond a hundred the library gives short measure, takes ever longer, and with a word of ours
        // across that border writes past its memory. It takes a NUL for the end.
        let measured = password.utf8.prefix(Self.measuredBytes).prefix { $0 != 0 }.map(CChar.init(bitPattern:)) + [0]
        let copies = Self.parts(of: words).map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        var dictionary = copies.map { UnsafePointer<CChar>($0) } + [nil]
        // Without a character there is nothing to measure.
        bits = measured.count == 1 ? 0 : ZxcvbnMatch(measured, &dictionary, nil)
    }

    /// How much of a password is looked at.
    public static let measuredBytes = 100
    /// Words at most; a person has a few addresses.
    private static let maximumWords = 100

    /// 0 (a thousand guesses) to 4 (more than ten thousand million), on zxcvbn's scale; PyPI takes 2 and more.
    public var score: Int {
        [3.0, 6, 8, 10].count { bits >= $0 * log2(10) }
    }

    /// The words, and the words that they are made of: `ada.lovelace@example.org`, `ada`, `lovelace`, `example`. What
    /// is shorter than three letters is in every password.
    private static func parts(of words: [String]) -> [String] {
        let parts = words.flatMap { word in [word] + word.split { !$0.isLetter && !$0.isNumber }.map(String.init) }
        let usable = parts.filter { (3...measuredBytes).contains($0.utf8.count) && !$0.utf8.contains(0) }
        return Array(Set(usable).sorted().prefix(maximumWords))
    }
}
