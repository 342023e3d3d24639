import Accounts
import Letters
import Primitives
import UTC

/// Where mails go: to a mail server, or into a folder.
public protocol MailTransport: Sendable {
    /// Hands a mail over, and returns what to note about it: the mail server's answer, or where the file is.
    ///
    /// Throws `MailFailure`, or `CancellationError` when the task was cancelled before it was known what became of the
    /// mail: it may have been handed over then.
    func send(_ message: MailMessage) async throws -> String
}

/// A mail with all that its header needs. The same row of the queue always gives the same header, Message-ID included:
/// anyone who gets a mail twice can tell.
public struct MailMessage: Sendable, Hashable {
    /// The number of its row.
    public let id: MailID
    public let sender: MailSender
    public let mail: OutgoingMail
    /// When it was written.
    public let date: Timestamp

    /// A mail of the queue, from somebody.
    ///
    /// - Parameter head: what stands at its foot, and where its links lead.
    public init(_ queued: QueuedMail, from sender: MailSender, _ head: LetterHead) {
        self.init(
            id: queued.id, sender: sender, mail: queued.mail.letter.rendered(to: queued.mail.to, from: head),
            date: queued.queuedAt)
    }

    package init(id: MailID, sender: MailSender, mail: OutgoingMail, date: Timestamp) {
        self.id = id
        self.sender = sender
        self.mail = mail
        self.date = date
    }

    /// `<12.1700000000000000@packages.example.org>`
    public var messageID: String { "<\(id).\(date.microseconds)@\(sender.domain)>" }
}

/// Who sends the index's mail.
public struct MailSender: Sendable, Hashable {
    /// Where answers and bounces go.
    public let address: EmailAddress
    /// What people see instead; nil shows them the address.
    public let name: String?

    public init(address: EmailAddress, name: String? = nil) {
        self.address = address
        self.name = name
    }

    /// Reads `rind@example.org` or `Our packages <rind@example.org>`; nil for anything else.
    public init?(parsing text: String) {
        guard text.isMailLine else { return nil }
        guard let opening = text.lastIndex(of: "<") else {
            guard let address = try? EmailAddress(parsing: text) else { return nil }
            self.init(address: address)
            return
        }
        guard text.last == ">",
            let address = try? EmailAddress(parsing: String(text[text.index(after: opening)...].dropLast()))
        else { return nil }
        var name = text[..<opening]
        while name.last == " " { name.removeLast() }
        if name.count >= 2, name.first == "\"", name.last == "\"" { name = name.dropFirst().dropLast() }
        self.init(address: address, name: name.isEmpty ? nil : String(name))
    }

    var domain: String { address.text.split(separator: "@").last.map(String.init) ?? "localhost" }
}
