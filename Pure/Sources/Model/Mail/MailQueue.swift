import UTC

/// The number of a mail in the queue.
public typealias MailID = Identifier<QueuedMail>

/// A letter to somebody. It becomes a mail when it is sent: only then it has to be known where the index is, which a
/// command beside the server may not know.
public struct AddressedLetter: Sendable, Hashable {
    /// Whom it is for.
    public let to: EmailAddress
    /// What it says.
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
    /// Its number.
    public let id: MailID
    /// What is to be sent.
    public let mail: AddressedLetter
    /// When it was put into the queue.
    public let queuedAt: Timestamp
    /// When it is to be tried next.
    public let dueAt: Timestamp
    /// How often it was tried.
    public let attempts: Int
    /// Why it was not delivered at the last attempt; nil before the first.
    public let lastError: String?

    /// A mail that waits to be sent.
    public init(
        id: MailID, mail: AddressedLetter, queuedAt: Timestamp, dueAt: Timestamp, attempts: Int, lastError: String?
    ) {
        self.id = id
        self.mail = mail
        self.queuedAt = queuedAt
        self.dueAt = dueAt
        self.attempts = attempts
        self.lastError = lastError
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
    /// Its number.
    public let id: MailID
    /// Whom it is for.
    public let to: EmailAddress
    /// Its subject.
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

/// The mails of the index, on their way out.
///
/// A mail that tells about a change is put here by the store that makes the change, in its transaction. It is sent at
/// least once: a crash between the mail server's yes and `delivered` sends it again, under the same Message-ID. Only one
/// process sends: the one that holds the lock of the data folder.
public protocol MailQueue: Sendable {
    /// Puts a mail into the queue that belongs to no other change. Nil when its key is known already; then nothing has
    /// changed.
    func add(_ mail: AddressedLetter, at now: Timestamp) async throws -> MailID?
    /// The mails that are to be tried now, those that have been due for longest first.
    func due(at now: Timestamp, limit: Int) async throws -> [QueuedMail]
    /// A mail that waits, due or not; nil when it does not.
    func waiting(_ id: MailID) async throws -> QueuedMail?
    /// Notes that a mail has been handed over, and forgets what it said.
    func delivered(_ id: MailID, receipt: String, at now: Timestamp) async throws
    /// Notes an attempt that failed, and what is to follow. What is given up keeps its letter, so that it can be tried again.
    func failed(_ id: MailID, error: String, then fate: MailFate, at now: Timestamp) async throws
    /// What became of a mail; nil when it is unknown or forgotten.
    func record(of id: MailID) async throws -> MailRecord?
    /// The mails that were queued last, the newest first.
    func recent(_ states: Set<MailState>, limit: Int) async throws -> [MailRecord]
    /// How many did not get through.
    func counts() async throws -> MailCounts
    /// Makes mails due now and forgets their attempts: all that wait or were given up, or just one of them. Returns how
    /// many.
    func retry(_ id: MailID?, at now: Timestamp) async throws -> Int
    /// Puts on record that somebody looks into a mail, whose links are secrets of whom it is for. Throws `AccessRefusal`.
    func noteReading(_ id: MailID, by actor: Actor, at now: Timestamp) async throws
    /// Makes mails due now, as `retry` does, for an administrator. Throws `AccessRefusal`.
    func retry(_ id: MailID, by actor: Actor, at now: Timestamp) async throws -> Int
    /// Removes what was delivered or given up before a moment. Their keys can be used again.
    func forget(endedBefore moment: Timestamp) async throws
}

extension MailQueue {
    /// The mails that were queued last, the newest first, whatever became of them.
    public func recent(limit: Int) async throws -> [MailRecord] {
        try await recent(Set(MailState.allCases), limit: limit)
    }
}
