import Foundation
public import Guide
import Letters
import UTC

/// What the index says of itself.
public struct IndexProfile: Sendable {
    /// What it is called; nil where nobody named it: then pages say `Rind`, and mails, authenticators and apps its host.
    public var name: String?

    /// The terms of use, in Markdown; nil where there are none.
    public var terms: String?
    /// Whom to tell of a weakness; nil where nobody is named.
    public var security: SecurityContact?

    /// Nothing.
    public init() {}

    /// As many bytes of a name are shown by every authenticator.
    ///
    /// Source: WebAuthn Level 3, section 5.4.1 (`name`).
    private static let longestName = 64

    /// More than any terms have, and less than Markdown is rendered of.
    private static let longestTerms = 256 << 10

    /// Reads what the settings say of the index.
    ///
    /// - Parameter contact: who answers people's questions: of weaknesses, too, where nobody else is named.
    init(_ reader: inout SettingsReader, contact: String?) {
        if let text = reader.text(.name) {
            if text.isMailLine, text.utf8.count <= Self.longestName, text.contains(where: { !$0.isWhitespace }) {
                name = text
            } else {
                let _: Never? = reader.mistake(
                    .name, "'\(text)' is not a name: one line of at most \(Self.longestName) bytes")
            }
        }
        terms = reader.text(.terms).flatMap { path in
            guard let data = FileManager.default.contents(atPath: path), data.count <= Self.longestTerms,
                let text = String(data: data, encoding: .utf8)
            else {
                return reader.mistake(
                    .terms, "'\(path)' cannot be read, or is no text in UTF-8 of at most \(Self.longestTerms) bytes")
            }
            return text
        }
        var expires: Day?
        if let text = reader.text(.securityExpires) {
            expires = Day(iso8601: text) ?? reader.mistake(.securityExpires, "'\(text)' is no day such as 2027-06-30")
        }
        // A general contact may be an address that has no place in security.txt: then there is none.
        security = contact.flatMap { SecurityContact(parsing: $0, expires: expires) }
        if let text = reader.text(.securityContact) {
            security = SecurityContact(parsing: text, expires: expires)
            if security == nil {
                let _: Never? = reader.mistake(.securityContact, "'\(text)' is no mail address and no https address")
            }
        }
    }
}
