import Letters
import Policy
import Primitives
import UTC

/// The mails of the index, on their way out: the jobs of the kind `mail` in the outbox, as people see them.
///
/// A mail that tells about a change is put here by the store that makes the change, in its transaction. It is sent at
/// least once: a crash between the mail server's yes and the note of it sends it again, under the same Message-ID.
public protocol MailQueue: Sendable {
    /// Puts a mail into the queue that belongs to no other change. Nil when its key is known already; then nothing has
    /// changed.
    func add(_ mail: AddressedLetter, at now: Timestamp) async throws -> MailID?
    /// The mails that wait and whose time has come by a moment, those that have been due for longest first. To look at:
    /// anyone who sends them claims them from the outbox.
    func due(at now: Timestamp, limit: Int) async throws -> [QueuedMail]
    /// The mail that a job of the outbox is about. Throws where it is of a form that this version does not read.
    func mail(in job: Job) throws -> QueuedMail
    /// What became of a mail; nil when it is unknown or forgotten.
    func record(of id: MailID) async throws -> MailRecord?
    /// The mails that were queued last, the newest first.
    func recent(_ states: Set<MailState>, limit: Int) async throws -> [MailRecord]
    /// How many did not get through.
    func counts() async throws -> MailCounts
    /// Puts on record that somebody looks into a mail, whose links are secrets of whom it is for. Throws
    /// `AccessRefusal`.
    func noteReading(_ id: MailID, by actor: Actor, at now: Timestamp) async throws
    /// Makes mails due now and forgets their attempts: all that wait or were given up, or just one of them. Returns how
    /// many. Throws `AccessRefusal`.
    func retry(_ id: MailID?, by actor: Actor, at now: Timestamp) async throws -> Int
}

extension MailQueue {
    /// The mails that were queued last, the newest first, whatever became of them.
    public func recent(limit: Int) async throws -> [MailRecord] {
        try await recent(Set(MailState.allCases), limit: limit)
    }
}
