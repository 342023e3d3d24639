import Acts

/// What was done, with what belongs on record.
///
/// A new event is a new case, and does not compile until somebody has decided how it stands in the journal and what of
/// it everybody may know.
public enum JournalEvent: Sendable, Hashable {
    /// To a project, or to a name that may become one.
    case project(ProjectEvent)
    case account(AccountEvent)
    /// To the index as a whole.
    case index(IndexEvent)
    /// What this version has no word for: a newer one wrote it, or an older one. It is a change of its subject all the
    /// same.
    case unknown(EventRecord)

    /// How it stands in the journal.
    public var record: EventRecord {
        switch self {
        case .project(let event): event.record
        case .account(let event): event.record
        case .index(let event): event.record
        case .unknown(let record): record
        }
    }

    /// The event that an entry stands for. Whatever the entry says, there is one.
    public init(_ record: EventRecord) {
        let event: JournalEvent? =
            switch Act(rawValue: record.act) {
            case .project(let act): (try? ProjectEvent(act, record)).map(JournalEvent.project)
            case .account(let act): (try? AccountEvent(act, record)).map(JournalEvent.account)
            case .index(let act): (try? IndexEvent(act, record)).map(JournalEvent.index)
            case nil: nil
            }
        self = event ?? .unknown(record)
    }
}
