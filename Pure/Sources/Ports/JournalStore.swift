import Acts
import Journal
import Policy
import Primitives
import UTC

/// The record of all changes. It is written by the stores, in the transaction of each change, and
/// by nobody else.
public protocol JournalStore: Sendable {
    /// The entries that a query asks for.
    func entries(_ query: JournalQuery) async throws -> [JournalEntry]
    /// What was changed after a serial, in the order of commits: what is not there yet has a greater serial than all
    /// that is.
    func changes(after serial: Serial, limit: Int) async throws -> [JournalChange]
    /// Puts an act on record that changes something beside the database, and decides who gets in all the same: the file
    /// of keys, the list of breached passwords. Throws `AccessRefusal`.
    func note(_ change: ChangeBeside, by actor: Actor, at now: Timestamp) async throws
    /// The serial of the latest change; 0 for an index that never changed.
    func latestSerial() async throws -> Serial
}
