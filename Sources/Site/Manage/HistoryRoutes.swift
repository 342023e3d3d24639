import Acts
import Identity
import Journal
import PackagingFormats
import Policy
import Ports
import Primitives
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
        return "\(person) \(words)."
    }

    private var words: String {
        guard case .project(let act)? = action else { return "did: \(actionName)" }
        return switch act {
        case .createProject: "made the project"
        case .recreateProject: "made the project again"
        case .createRelease: "made the release \(of("version"))"
        case .uploadFile: "uploaded \(of("filename"))"
        case .yankRelease: "yanked the release \(of("version"))\(reason)"
        case .unyankRelease: "un-yanked the release \(of("version"))"
        case .addRole, .changeRole: "made \(of("user")) \(of("role"))"
        case .removeRole: "took the role of \(of("role")) from \(of("user"))"
        case .leaveProject: "gave up the role of \(of("role"))"
        case .inviteCollaborator: "invited \(of("user")) to be \(of("role"))"
        case .cancelInvitation: "took back the invitation of \(of("user")) to be \(of("role"))"
        case .acceptRole: "became \(of("role")), invited by \(of("invited-by"))"
        case .declineRole: "declined to be \(of("role"))"
        case .changeProjectStatus: "set the status to \(of("status"))\(reason)"
        case .requireAssurance: "asked for \(assurance("assurance")) instead of \(assurance("before"))"
        case .deleteProject: "deleted the project"
        case .deleteRelease: "deleted the release \(of("version"))"
        case .deleteFile: "deleted \(of("filename"))"
        case .restore, .undoRemoval:
            if let filename = details["filename"] {
                "brought back \(filename)"
            } else {
                details["version"].map { "brought back the release \($0)" } ?? "brought back the project"
            }
        case .freeName: "let everybody have the name"
        case .reserveName: "reserved the name"
        case .unreserveName: "ended the reservation of the name"
        case .designate: "found the name critical"
        case .liftDesignation: "lifted the designation as critical\(reason)"
        case .delayMandate: "put off for themselves what is asked, until \(of("until"))"
        case .demand: "did: \(actionName)"
        }
    }

    private var reason: String { details["reason"].map { " (“\($0.cut(to: .line))”)" } ?? "" }
    private func of(_ name: String) -> String { details[name]?.cut(to: .label) ?? "?" }
    private func assurance(_ name: String) -> String { Assurance(rawValue: of(name))?.words ?? of(name) }
}
