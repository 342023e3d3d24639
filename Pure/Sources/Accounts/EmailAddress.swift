import Primitives

/// An address for mail, `local@domain`, checked for its shape only: whether it works, only a mail can tell.
///
/// Source: RFC 5321, sections 4.1.2 and 4.5.3.1 (lengths). Quoted local parts and address literals are not taken.
public struct EmailAddress: Sendable, Hashable, CustomStringConvertible {
    /// As written.
    public let text: String

    /// Reads an address from outside.
    public init(parsing text: String) throws(InvalidEmailAddress) {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...64).contains(parts[0].utf8.count), (3...255).contains(parts[1].utf8.count) else {
            throw InvalidEmailAddress()
        }
        let forbidden = Set("\"(),:;<>[\\] ")
        let isPlain = text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard isPlain, !text.contains(where: forbidden.contains), labels.count >= 2,
            labels.allSatisfy({ !$0.isEmpty && !$0.hasPrefix("-") && !$0.hasSuffix("-") }),
            !parts[0].hasPrefix("."), !parts[0].hasSuffix("."), !parts[0].contains("..")
        else { throw InvalidEmailAddress() }
        self.text = text
    }

    /// For look-ups and comparison: with ASCII letters in lower case, and all others as they are.
    public var normalized: String { text.asciiLowercased }

    /// The address as written.
    public var description: String { text }
}

extension String {
    /// The text with `A` to `Z` in lower case.
    ///
    /// Unicode's own lower case makes an ASCII `k` of the sign for kelvin: with it, somebody else's address could be
    /// taken for one's own. It is also what `LOWER` does in SQLite.
    public var asciiLowercased: String {
        var lower = UnicodeScalarView()
        for scalar in unicodeScalars {
            lower.append(("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 0x20) : scalar)
        }
        return String(lower)
    }
}

/// A text that is no mail address.
public struct InvalidEmailAddress: Refusal {
    /// Always `invalid`.
    public var kind: RefusalKind { .invalid }
    /// `email.shape`
    public var code: String { "email.shape" }
    /// What an address looks like.
    public var explanation: String { "A mail address looks like name@example.org." }
}
