import Acts
import PackagingFormats
import Primitives
import UTC

/// One change of the index, as it was recorded in the transaction of the change.
public struct JournalEntry: Sendable, Hashable {
    public let serial: Serial
    /// When it was judged.
    public let at: Timestamp
    /// Who did it: `user ada`, `operator`, `index`.
    public let actor: String
    /// To what: `project flask`, `user ada`.
    public let subject: String
    /// What was done, as stored.
    public let record: EventRecord

    /// One change, as recorded.
    public init(serial: Serial, at: Timestamp, actor: String, subject: String, record: EventRecord) {
        self.serial = serial
        self.at = at
        self.actor = actor
        self.subject = subject
        self.record = record
    }

    /// What was done, with what belongs on record.
    public var event: JournalEvent { JournalEvent(record) }

    /// What was done, as stored. A newer command beside this server may have done what it has no word for.
    public var actionName: String { record.act }

    /// What else belongs on record, by name. Never secrets.
    public var details: [String: String] { record.details }

    /// What was done; nil where this version has no word for it. It is a change of its subject all the same.
    public var action: Act? { Act(rawValue: actionName) }

    /// The normalized name of the project that was changed; nil when it was something else.
    public var project: String? {
        subject.hasPrefix("project ") ? String(subject.dropFirst("project ".count)) : nil
    }
}

/// That something was changed: all that those need to know who keep what it shows. What an entry says beyond that is
/// not read for them, so that one of a newer version cannot stop them.
public struct JournalChange: Sendable, Hashable {
    public let serial: Serial
    /// What was done; nil where this version has no word for it: it may have changed anything.
    public let action: Act?
    /// The normalized name of the project that was changed; nil when it was something else.
    public let project: String?
    /// The normalized names of projects that a change of something else concerns.
    public let concerned: [String]

    /// That something was changed.
    ///
    /// - Parameters:
    ///   - actionName: what was done, as stored.
    ///   - subject: to what, as stored: `project flask`.
    ///   - event: what was done with what belongs on record; nil where the act says enough.
    public init(serial: Serial, actionName: String, subject: String, event: JournalEvent? = nil) {
        self.serial = serial
        concerned =
            if case .index(.advisories(let event)) = event { event.projects.map(\.normalized) } else { [] }
        action = Act(rawValue: actionName)
        project = subject.hasPrefix("project ") ? String(subject.dropFirst("project ".count)) : nil
    }
}

/// Which entries of the journal are asked for.
public struct JournalQuery: Sendable, Hashable {
    /// Only entries with a greater serial.
    public var after: Serial
    /// Only entries with a smaller serial; nil for no such bound.
    public var before: Serial?
    /// Only entries about this subject, `project flask` for example.
    public var subject: String?
    /// Only entries of this actor, `user ada` for example.
    public var actor: String?
    /// Only these actions; empty means all.
    public var actions: [Act] = []
    /// Newest first instead of oldest first.
    public var newestFirst = false
    /// At most so many.
    public var limit: Int

    /// Everything after an entry, oldest first.
    public init(after: Serial = 0, limit: Int = 100) {
        self.after = after
        self.limit = limit
    }
}
