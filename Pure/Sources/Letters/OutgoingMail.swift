import Accounts

/// A mail as it will be sent: whom to, and its two parts.
public struct OutgoingMail: Sendable, Hashable {
    /// Whom it is for.
    public let to: EmailAddress
    /// One line, without control characters.
    public let subject: String
    /// The part for people who read plain text.
    public let text: String
    /// The same as HTML.
    public let html: String

    /// A mail. Throws for a subject that is no single line: it could bring header fields of its own.
    public init(
        to: EmailAddress, subject: String, text: String, html: String
    ) throws(InvalidMailLine) {
        guard subject.isMailLine else { throw InvalidMailLine() }
        self.to = to
        self.subject = subject
        self.text = text
        self.html = html
    }

    /// A mail whose subject is made one line here, for those who cannot be refused any more.
    init(to: EmailAddress, line subject: String, text: String, html: String) {
        self.to = to
        self.subject = subject.mailLine
        self.text = text
        self.html = html
    }
}

/// A text that was to stand in a header field of a mail holds a line break or another control character.
public struct InvalidMailLine: Error, Hashable {
    /// There is nothing more to say: the text itself is not repeated.
    public init() {}
}

extension String {
    /// Whether the text can stand in a header field: no line break and no other control character in it.
    public var isMailLine: Bool { unicodeScalars.allSatisfy { !$0.breaksLines } }

    /// The text with spaces in place of what cannot stand in a header field.
    var mailLine: String {
        var line = UnicodeScalarView()
        for scalar in unicodeScalars { line.append(scalar.breaksLines ? " " : scalar) }
        return String(line)
    }
}

extension Unicode.Scalar {
    /// Control characters and Unicode's own separators of lines and paragraphs.
    fileprivate var breaksLines: Bool {
        [.control, .lineSeparator, .paragraphSeparator].contains(properties.generalCategory)
    }
}
