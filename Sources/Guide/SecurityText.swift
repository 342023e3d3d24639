import Accounts
import Bytes
import UTC

/// Whom to tell of a weakness of the index.
public struct SecurityContact: Sendable, Hashable {
    /// `mailto:security@example.org` or `https://example.org/security`.
    public let address: String
    /// Until when that is known to be so; nil for half a year from whenever it is asked.
    public let expires: Day?

    /// Reads a mail or web address; nil for anything else. Web addresses have to be https.
    public init?(parsing text: String, expires: Day? = nil) {
        self.expires = expires
        if let mail = try? EmailAddress(parsing: text) {
            address = "mailto:" + mail.text.utf8.percentEncoded { $0.isASCIIAlphanumeric || "@._-+".utf8.contains($0) }
            return
        }
        let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard isPlain, ["https://", "mailto:", "tel:"].contains(where: { text.hasPrefix($0) && text != $0 }) else {
            return nil
        }
        address = text
    }
}

extension SecurityContact {
    /// From how many days before its end on somebody is reminded of it.
    static let noticeDays = 14

    /// Whether it must not be used any more.
    ///
    /// Source: RFC 9116, section 2.5.5.
    func isOver(at now: Timestamp) -> Bool { expires.map { $0 <= now.day } ?? false }

    /// That it is over, or soon will be, in a sentence for those who run the index; nil where neither is so.
    public func expiryWords(at now: Timestamp) -> String? {
        guard let expires, expires <= now.day + Self.noticeDays else { return nil }
        return isOver(at: now)
            ? "security.txt: it was good until \(expires.readable) and is not served any more"
            : "security.txt: it is good until \(expires.readable), and is not served from then on"
    }
}

/// `/.well-known/security.txt`.
///
/// Source: RFC 9116, section 2.5.
struct SecurityText: Sendable {
    private let contact: SecurityContact
    private let canonical: String

    init(_ contact: SecurityContact, baseURL: String) {
        self.contact = contact
        canonical = "\(baseURL)/.well-known/security.txt"
    }

    /// How long a contact without a date is good for: less than a year, as section 2.5.5 asks, and to the day, so that
    /// the text is the same all day.
    static let lifetime = 180

    func text(at now: Timestamp) -> String {
        let expires = contact.expires ?? now.day + Self.lifetime
        return """
            Contact: \(contact.address)
            Expires: \(expires)T00:00:00Z
            Preferred-Languages: en
            Canonical: \(canonical)

            """
    }
}
