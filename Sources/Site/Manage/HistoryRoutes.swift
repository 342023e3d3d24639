import Accounts
import Acts
import Identity
import Journal
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import UTC
import Web

/// What happened to a project, for those who hold roles on it: its part of the journal.
struct HistoryRoutes: Sendable {
    let site: ManageSite

    private static let entriesOnPage = 50

    func add(to router: AccountRouter) {
        router.page("/manage/project/{name}/history", guard: .role(.maintainer), use: show)
    }

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply {
        let managed = visit.managed
        var query = JournalQuery(limit: Self.entriesOnPage)
        query.subject = Subject.project(managed.name).journalName
        query.newestFirst = true
        query.before = visit.query["before"].flatMap(Serial.init)
        let entries = try await site.journal.entries(query)
        let older = entries.count == Self.entriesOnPage ? entries.last?.serial : nil
        let model = HistoryPage(managed, entries, olderThan: older, isFirst: query.before == nil)
        return site.page(model, .manageHistory, "History", visit)
    }
}

/// What happened to a project.
struct HistoryPage {
    struct Row {
        let sentence: String
        let at: Moment
        let serial: String
    }

    let head: ProjectHead
    let rows: [Row]
    let newestPath: String?
    let olderPath: String?

    init(_ managed: ManagedProject, _ entries: [JournalEntry], olderThan: Serial?, isFirst: Bool) {
        head = ProjectHead(managed, .history)
        rows = entries.map {
            Row(sentence: $0.sentence, at: Moment(minuteOf: $0.at), serial: String($0.serial))
        }
        newestPath = isFirst ? nil : managed.path(.history)
        olderPath = olderThan.map { "\(managed.path(.history))?before=\($0)" }
    }
}

extension JournalEntry {
    /// What happened to a project, for people: `ada uploaded demo-1.0.tar.gz.`
    var sentence: String {
        // A name is written as it is, wherever it stands.
        let person = actor.hasPrefix("user ") ? journalPerson(actor) : journalPerson(actor).capitalized
        return "\(person) \(event.words)."
    }
}

extension JournalEvent {
    /// What somebody did, after their name.
    fileprivate var words: String {
        switch self {
        case .project(let event): event.words
        // None of these is about a project; and a newer version may know what this one does not.
        case .account, .index, .unknown: "did: \(record.act)"
        }
    }
}

extension ProjectEvent {
    fileprivate var words: String {
        switch self {
        case .created: "made the project"
        case .recreated: "made the project again"
        case .statusSet(let status, let reason): "set the status to \(status.rawValue)\(quoted(reason))"
        case .assuranceRequired(let assurance, let before): "asked for \(assurance.words) instead of \(before.words)"
        case .nameReserved: "reserved the name"
        case .nameUnreserved: "ended the reservation of the name"
        case .nameFreed: "let everybody have the name"
        case .content(let event): event.words
        case .removal(let event): event.words
        case .departure(let event): event.words
        case .proposal(let event): event.words
        case .stage(let event): event.words
        case .role(let event): event.words
        case .critical(let event): event.words
        }
    }
}

extension ContentEvent {
    fileprivate var words: String {
        switch self {
        case .releaseCreated(let version): "made the release \(version)"
        case .fileUploaded(let file, _): "uploaded \(file.filename.text)"
        case .yanked(let version, let reason): "yanked the release \(version)\(quoted(reason))"
        case .unyanked(let version): "un-yanked the release \(version)"
        case .fileYanked(let file, let reason): "yanked \(file.filename.text)\(quoted(reason))"
        case .fileUnyanked(let file): "un-yanked \(file.filename.text)"
        }
    }
}

extension DepartureEvent {
    fileprivate var words: String {
        func what(_ departure: Departure) -> String { departure.words(of: "the project") }
        return switch self {
        case .asked(let departure, let due, let reason):
            "asked for \(what(departure)), on \(due.day.readable)\(quoted(reason))"
        case .confirmed(let departure): "confirmed \(what(departure))"
        case .objected(let departure, let reason): "stopped \(what(departure))\(quoted(reason))"
        case .takenOver(let departure, let user): "made \(user) owner instead of \(what(departure))"
        case .lapsed(let departure): "ended \(what(departure)): nobody had confirmed it"
        }
    }
}

extension ProposalEvent {
    fileprivate var words: String {
        func what(_ kind: ProposalKind, _ scope: Departure) -> String { kind.words(of: scope, "the project") }
        return switch self {
        case .returnProposed(let scope, _, let due, let reason):
            "proposed \(what(.restoration, scope)), asking its owners until \(due.day.readable)\(quoted(reason))"
        case .returnApproved(let scope, _): "approved \(what(.restoration, scope))"
        case .returnDeclined(let scope, let reason): "declined \(what(.restoration, scope))\(quoted(reason))"
        case .returnDecided(let scope, _): "decided \(what(.restoration, scope)), without an answer"
        case .erasureProposed(let scope, _, let reason): "proposed \(what(.erasure, scope))\(quoted(reason))"
        case .erasureConfirmed(let scope, let category, _): "confirmed \(what(.erasure, scope)), \(category.words)"
        case .nameReleaseProposed(let due, let reason):
            "proposed that everybody can have the name, asking its owners until \(due.day.readable)\(quoted(reason))"
        case .nameReleaseObjected(let reason): "kept the name\(quoted(reason))"
        case .withdrawn(let kind, let scope): "took back the proposal of \(what(kind, scope))"
        case .lapsed(let kind, let scope): "ended the proposal of \(what(kind, scope)), of which nothing came"
        }
    }
}

extension RemovalEvent {
    fileprivate var words: String {
        switch self {
        case .projectDeleted: "deleted the project"
        case .releaseDeleted(let version): "deleted the release \(version)"
        case .quarantined(let what, let reason):
            "put \(what.subject(of: "the project")) into quarantine\(quoted(reason))"
        case .erased(let file, nil): "freed the bytes of \(file.filename.text), which was removed long before"
        case .erased(let file, let category?): "erased \(file.filename.text), \(category.words)"
        case .quarantineLifted(let what): "ended the quarantine of \(what.subject(of: "the project"))"
        case .fileDeleted(let file): "deleted \(file.filename.text)"
        case .restored(.project), .undone(.project): "brought back the project"
        case .restored(.release(let version, _)), .undone(.release(let version, _)):
            "brought back the release \(version)"
        case .restored(.file(let filename, _, _)), .undone(.file(let filename, _, _)): "brought back \(filename.text)"
        }
    }
}

extension RoleEvent {
    fileprivate var words: String {
        switch change {
        case .added, .changed: "made \(user) \(role.rawValue)"
        case .removed: "took the role of \(role.rawValue) from \(user)"
        case .left: "gave up the role of \(role.rawValue)"
        case .invited: "invited \(user) to be \(role.rawValue)"
        case .invitationCancelled: "took back the invitation of \(user) to be \(role.rawValue)"
        case .accepted(let inviter): "became \(role.rawValue), invited by \(inviter?.display ?? "operator")"
        case .agreed: "accepted to be \(role.rawValue), once they have what the project asks for"
        case .declined: "declined to be \(role.rawValue)"
        case .returned: "took the role of \(role.rawValue) back"
        }
    }
}

extension CriticalEvent {
    fileprivate var words: String {
        switch self {
        case .designated: "found the name critical"
        case .lifted(let reason): "lifted the designation as critical\(quoted(reason))"
        case .demanded(let what, let binds): "asked for \(what.words), from \(binds.day.readable) on"
        case .delayed(let until, _): "put off for themselves what is asked, until \(until.iso8601)"
        }
    }
}

/// A reason in brackets, as long as is shown; nothing where there is none.
private func quoted(_ reason: String?) -> String { reason.map { " (“\($0.cut(to: .line))”)" } ?? "" }
