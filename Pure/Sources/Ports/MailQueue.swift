import Letters
import Policy
import Primitives
import UTC

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
