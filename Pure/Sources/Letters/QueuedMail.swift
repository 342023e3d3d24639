import Accounts
import Primitives
import UTC

/// A letter to somebody. It becomes a mail when it is sent: only then it has to be known where the index is, which a
/// command beside the server may not know.
public struct AddressedLetter: Sendable, Hashable {
    /// Whom it is for.
    public let to: EmailAddress
    public let letter: Letter
    /// What the mail is about, where the same thing may be asked for twice: a mail whose key is known already is not
    /// queued again. Nil for a mail that is always its own.
    public let key: String?

    /// A letter to somebody.
    public init(_ letter: Letter, to address: EmailAddress, key: String? = nil) {
        self.letter = letter
        self.to = address
        self.key = key
    }
}

/// A mail that waits to be sent.
public struct QueuedMail: Sendable, Hashable {
    public let id: MailID
    /// What is to be sent.
    public let mail: AddressedLetter
    /// When it was put into the queue.
    public let queuedAt: Timestamp

    /// A mail that waits to be sent.
    public init(id: MailID, mail: AddressedLetter, queuedAt: Timestamp) {
        self.id = id
        self.mail = mail
        self.queuedAt = queuedAt
    }
}

/// What became of a mail so far.
public enum MailState: String, Sendable, CaseIterable {
    /// It waits for its first or its next attempt.
    case waiting
    /// The mail server took it, or it stands in the outbox folder.
    case delivered
    /// The mail server refused it for good, or three days were not enough.
    case givenUp = "given-up"
}

/// What administrators see of a mail: never what it says, for the links in it are secrets of whom it is for.
public struct MailRecord: Sendable, Hashable {
    public let id: MailID
    /// Whom it is for.
    public let to: EmailAddress
    public let subject: String
    /// What became of it.
    public let state: MailState
    /// When it was put into the queue.
    public let queuedAt: Timestamp
    /// When it will be tried next; nil unless it waits.
    public let dueAt: Timestamp?
    /// When it was delivered or given up; nil while it waits.
    public let endedAt: Timestamp?
    /// How often it was tried.
    public let attempts: Int
    /// What the mail server answered last, where the file is, or why there was no answer; nil before the first attempt.
    public let reply: String?

    /// What administrators see of a mail.
    public init(
        id: MailID, to: EmailAddress, subject: String, state: MailState, queuedAt: Timestamp, dueAt: Timestamp?,
        endedAt: Timestamp?, attempts: Int, reply: String?
    ) {
        self.id = id
        self.to = to
        self.subject = subject
        self.state = state
        self.queuedAt = queuedAt
        self.dueAt = dueAt
        self.endedAt = endedAt
        self.attempts = attempts
        self.reply = reply
    }
}

/// How many mails did not get through (yet).
public struct MailCounts: Sendable, Hashable {
    /// They wait for their first or next attempt.
    public var waiting: Int
    /// They were given up within the last thirty days.
    public var givenUp: Int

    /// How many mails did not get through (yet).
    public init(waiting: Int, givenUp: Int) {
        self.waiting = waiting
        self.givenUp = givenUp
    }
}
