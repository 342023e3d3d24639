import Accounts
import Foundation
import Letters
import UTC

/// The header of a mail, ready to be sent: RFC 5322, with words that are not ASCII encoded as RFC 2047 wants it.
///
/// No text brings a field of its own: everything with a line break or another control character is refused.
struct MailHeader {
    /// `Subject: …` and so on, without a line's end; long ones are folded.
    let lines: [String]

    init(_ message: MailMessage) throws(MailFailure) {
        let fields = [
            ("From", Self.mailbox(message.sender), [message.sender.address.text, message.sender.name ?? ""]),
            ("To", message.mail.to.text, [message.mail.to.text]),
            ("Subject", Self.unstructured(message.mail.subject), [message.mail.subject]),
            ("Date", message.date.httpDate.replacing("GMT", with: "+0000"), []),
            ("Message-ID", message.messageID, [message.messageID]),
            // Programs must not answer (RFC 3834).
            ("Auto-Submitted", "auto-generated", []),
        ]
        for (name, _, sources) in fields where !sources.allSatisfy(\.isMailLine) {
            throw MailFailure(reason: "its \(name) holds a control character", isPermanent: true)
        }
        lines = fields.map { name, value, _ in "\(name): \(value)" }
    }

    private static func mailbox(_ sender: MailSender) -> String {
        guard let name = sender.name else { return sender.address.text }
        let phrase =
            name.isPlain
            ? "\"\(name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\"" : encodedWords(name)
        return "\(phrase) <\(sender.address.text)>"
    }

    private static func unstructured(_ text: String) -> String { text.isPlain ? text : encodedWords(text) }

    /// RFC 2047, section 2: words of at most 75 characters, each whole in itself, one a line.
    private static func encodedWords(_ text: String) -> String {
        var pieces: [String] = []
        for scalar in text.unicodeScalars {
            // 45 bytes are 60 digits.
            if let last = pieces.last, last.utf8.count + UTF8.width(scalar) <= 45 {
                pieces[pieces.count - 1].unicodeScalars.append(scalar)
            } else {
                pieces.append(String(scalar))
            }
        }
        return pieces.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
    }
}

extension String {
    /// Whether it can stand as it is: short ASCII that does not look encoded.
    fileprivate var isPlain: Bool {
        utf8.allSatisfy { (0x20...0x7E).contains($0) } && utf8.count <= 500 && !contains("=?")
    }
}
