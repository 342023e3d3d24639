import Accounts
import Database
import Letters
import Policy
import Primitives
import UTC

// How much mail others can cause reaches one address.

extension Transaction {
    /// Puts a mail into the queue where its address has not had its share of the group, and otherwise, once for a
    /// while, one that says that there is more.
    ///
    /// - Parameter group: nil for what is always sent.
    func enqueue(
        _ letter: Letter, to address: EmailAddress, of user: Username, in group: MailGroup?, at now: Timestamp
    ) throws {
        guard let group else { return try enqueue(letter, to: address, at: now) }
        let sent = try mailed(in: group, to: address, at: now)
        do throws(TooManyAttempts) {
            try group.admit(after: sent, at: now)
        } catch {
            guard group.isFolded else { return }
            let slot = now.seconds / MailGroup.fold.components.seconds
            try enqueue(
                AddressedLetter(
                    .more(group, to: user), to: address, key: "more \(group.rawValue) \(address.normalized) \(slot)"),
                at: now)
            return
        }
        try enqueueCounted(letter, to: address, in: group, at: now)
    }

    /// Puts a mail into the queue that somebody asks for. Throws `TooManyAttempts` where its address has had its share.
    func enqueueAsked(
        _ letter: Letter, to address: EmailAddress, in group: MailGroup, at now: Timestamp
    ) throws {
        try requireShare(of: group, for: address, at: now)
        try enqueueCounted(letter, to: address, in: group, at: now)
    }

    /// Throws `TooManyAttempts` where an address has had its share of a group.
    func requireShare(of group: MailGroup, for address: EmailAddress, at now: Timestamp) throws {
        try group.admit(after: mailed(in: group, to: address, at: now), at: now)
    }

    private func enqueueCounted(
        _ letter: Letter, to address: EmailAddress, in group: MailGroup, at now: Timestamp
    ) throws {
        guard let mail = try enqueue(AddressedLetter(letter, to: address), at: now) else { return }
        try execute(
            "UPDATE outbox SET counted_as = $1 WHERE id = $2", group.counted(for: address), mail.number)
    }

    /// When mails of a group went to an address within the last day.
    private func mailed(in group: MailGroup, to address: EmailAddress, at now: Timestamp) throws -> [Timestamp] {
        try rows(
            "SELECT queued_at FROM outbox WHERE counted_as = $1 AND queued_at > $2 ORDER BY queued_at DESC LIMIT 100",
            group.counted(for: address), (now - .days(1)).microseconds
        ).map { Timestamp(microseconds: try $0.integer("queued_at")) }
    }
}

extension MailGroup {
    fileprivate func counted(for address: EmailAddress) -> String { "\(rawValue) \(address.normalized)" }
}
