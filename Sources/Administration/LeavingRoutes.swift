import Accounts
import Acts
import Identity
import Leaving
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Site
import UTC
import Web

/// What is asked to be taken away: for those with a role on the project, and for administrators, who confirm it where no
/// other owner does.
struct LeavingRoutes: Sendable {
    let site: ManageSite
    let removals: any RemovalStore

    private static let queue = "/admin/removals/"

    func add(to router: AccountRouter) {
        let leaving = "/manage/project/{name}/leaving"
        router.page(leaving, guard: .role(.maintainer), use: show)
        router.form(
            "\(leaving)/confirm", guard: .role(.owner), performs: .project(.confirmRemoval), on: .above, use: confirm)
        router.form(
            "\(leaving)/object", guard: .role(.maintainer), performs: .project(.objectToRemoval), on: .above,
            use: object)
        router.form(
            "\(leaving)/take-over", guard: .role(.maintainer), performs: .project(.takeOver), on: .above,
            use: takeOver)
        router.form(
            "\(leaving)/leave", guard: .role(.maintainer), performs: .project(.leaveProject), on: .above, use: leave)
        router.page("/admin/removals", guard: .administrator, use: showAll)
        router.form(
            "/admin/removals/confirm", guard: .administrator, performs: .project(.confirmRemoval),
            on: .at(Self.queue), use: confirmAsAdministrator)
        router.form(
            "/admin/removals/object", guard: .administrator, performs: .project(.objectToRemoval), on: .at(Self.queue),
            use: objectAsAdministrator)
        router.form(
            "/admin/removals/quarantine", guard: .administrator, performs: .project(.quarantine), on: .at(Self.queue),
            use: quarantine)
        router.form(
            "/admin/removals/lift", guard: .administrator, performs: .project(.liftQuarantine), on: .at(Self.queue),
            use: lift)
    }

    // MARK: For those with a role

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let managed = visit.managed
        let requests = try await removals.requests(of: managed.name)
        let dependents = requests.isEmpty ? [] : try await removals.dependents(of: managed.name)
        var page = LeavingPage(head: ProjectHead(managed, .leaving))
        page.rows = requests.map {
            LeavingPage.Row($0, on: managed, dependents: dependents, at: visit.now)
        }
        if managed.isLastOwner {
            page.lastRole = LeavingPage.LastRole(managed, outlook: try await site.outlook(on: .lastRole, visit))
        }
        return site.page(page, .leaving, "Leaving", visit, refusal: refusal)
    }

    @Sendable func confirm(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .removalConfirmed) { id in
            try await removals.confirm(
                id, of: visit.managed.name, seen: visit.form["seen"].flatMap(Serial.init), by: visit.managed.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable func object(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .removalStopped) { id in
            try await removals.object(
                to: id, of: visit.managed.name, reason: visit.form["reason"] ?? "", by: visit.managed.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable func takeOver(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .projectTakenOver) { id in
            try await removals.takeOver(
                insteadOf: id, of: visit.managed.name, by: visit.managed.actor, from: visit.origin, at: visit.now)
        }
    }

    @Sendable func leave(_ visit: ProjectVisit) async throws -> Reply {
        try await site.remove(.lastRole, visit, then: ManagePaths.projects, flash: .projectLeft) {
            try await page(visit, refusal: $0)
        } check: {
            let typed = try? ProjectName(
                parsing: (visit.form["confirm_project_name"] ?? "").filter { !$0.isWhitespace })
            guard typed?.normalized == visit.managed.name.normalized else {
                throw ManageFormRefusal.notConfirmed(visit.managed.name.display)
            }
        }
    }

    private func act(
        _ visit: ProjectVisit, flash: FlashMessage, _ act: (RemovalRequestID) async throws -> Void
    ) async throws -> Reply {
        try await site.act(visit, then: visit.managed.path(.leaving), flash: flash) {
            try await page(visit, refusal: $0)
        } _: {
            try await act(try visit.typedRequest(of: visit.managed.name))
        }
    }

    // MARK: For administrators

    @Sendable func showAll(_ visit: AdministratorVisit) async throws -> Reply { try await queue(visit) }

    private func queue(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        var page = LeavingPage(head: nil)
        page.quarantine = LeavingPage.Quarantine(
            withheld: try await removals.withheld(), typed: refusal == nil ? .empty : visit.form)
        for request in try await removals.requests() {
            guard let snapshot = try await site.projects.snapshot(of: request.project) else { continue }
            page.rows.append(
                LeavingPage.Row(
                    request, of: snapshot.project, dependents: try await removals.dependents(of: request.project),
                    for: visit.session.user.name, at: visit.now))
        }
        return site.account.page(
            page, .leaving, "Requests for removals", visit, section: .admin, refusal: refusal)
    }

    @Sendable func confirmAsAdministrator(_ visit: AdministratorVisit) async throws -> Reply {
        try await site.act(visit, then: Self.queue, flash: .removalConfirmed) {
            try await queue(visit, refusal: $0)
        } _: {
            let project = try visit.typedProject()
            try await removals.confirm(
                try visit.typedRequest(of: project), of: project, seen: visit.form["seen"].flatMap(Serial.init),
                by: visit.session.actor, from: visit.origin, at: visit.now)
        }
    }

    @Sendable func objectAsAdministrator(_ visit: AdministratorVisit) async throws -> Reply {
        try await site.act(visit, then: Self.queue, flash: .removalStopped) {
            try await queue(visit, refusal: $0)
        } _: {
            let project = try visit.typedProject()
            try await removals.object(
                to: try visit.typedRequest(of: project), of: project, reason: visit.form["reason"] ?? "",
                by: visit.session.actor, from: visit.origin, at: visit.now)
        }
    }
}

extension LeavingRoutes {
    @Sendable fileprivate func quarantine(_ visit: AdministratorVisit) async throws -> Reply {
        try await site.act(visit, then: Self.queue, flash: .quarantined) {
            try await queue(visit, refusal: $0)
        } _: {
            try await removals.quarantine(
                try visit.typedContent(), of: try visit.typedProject(), reason: visit.form["reason"] ?? "",
                by: visit.session.actor, at: visit.now)
        }
    }

    @Sendable fileprivate func lift(_ visit: AdministratorVisit) async throws -> Reply {
        try await site.act(visit, then: Self.queue, flash: .quarantineLifted) {
            try await queue(visit, refusal: $0)
        } _: {
            try await removals.liftQuarantine(
                of: try visit.typedContent(), of: try visit.typedProject(), by: visit.session.actor, at: visit.now)
        }
    }
}

extension GuardedVisit {
    /// What of a project a form names: a file, a release, or all of it where neither is named.
    func typedContent() throws(RemovalFormRefusal) -> Departure {
        let (file, version) = (typed("file"), typed("version"))
        if !file.isEmpty { return .file(file) }
        guard !version.isEmpty else { return .project }
        guard let version = try? Version(parsing: version) else { throw .version }
        return .release(version)
    }

    private func typed(_ field: String) -> String { (visit.form[field] ?? "").filter { !$0.isWhitespace } }

    /// The request that a form names.
    fileprivate func typedRequest(of project: ProjectName) throws(RemovalRefusal) -> RemovalRequestID {
        guard let number = visit.form["request"].flatMap(Int64.init) else { throw .noSuchRequest(project) }
        return RemovalRequestID(number)
    }
}

/// Why a form about what is withheld was not understood.
enum RemovalFormRefusal: Refusal, Hashable {
    /// No version.
    case version

    var kind: RefusalKind { .invalid }
    var code: String { "removal.form-version" }
    var explanation: String { "Give a version, such as 1.2, or none." }
}

/// Requests for removals, of a project or of all.
struct LeavingPage {
    struct Row {
        let requestNumber: String
        /// The project, where the page is about all of them.
        let requestProject: String?
        let requestProjectPath: String
        let requestName: String
        let requestWords: String
        let requestReason: String
        let requestSeen: String
        let askedBy: String
        let askedAt: Moment
        let dueAt: Moment
        let confirmedBy: String?
        let confirmer: String?
        let needers: String?
        let actPath: String
        let canConfirm: Bool
        /// Why an owner does not; nil where there is no need to say so.
        let whyNotConfirm: String?
        let canTakeOver: Bool
        let canObject: Bool
        let objectWords: String
    }

    /// What is in quarantine, and what administrators typed.
    struct Quarantine {
        struct Row {
            let withheldWords: String
            let withheldPath: String
            let withheldProject: String
            let withheldVersion: String
            let withheldFile: String
            /// How the button is found: the project, or the file or release of it.
            let withheldName: String
            let withheldReason: String?
        }

        let withheld: [Row]
        let typedProject: String
        let typedVersion: String
        let typedFile: String
        let typedReason: String

        init(withheld: [WithheldContent], typed: FormFields) {
            self.withheld = withheld.map(Row.init)
            typedProject = typed["project"] ?? ""
            typedVersion = typed["version"] ?? ""
            typedFile = typed["file"] ?? ""
            typedReason = typed["reason"] ?? ""
        }
    }

    struct LastRole {
        let ifLeft: Outlook
        let leavePath: String
        let leaveName: String
        let leaveSeen: String
    }

    let head: ProjectHead?
    var rows: [Row] = []
    var lastRole: LastRole?
    var quarantine: Quarantine?

    init(head: ProjectHead?) { self.head = head }
}

extension LeavingPage.Quarantine.Row {
    fileprivate init(_ content: WithheldContent) {
        let (version, file) = (content.what.version?.description ?? "", content.what.filename ?? "")
        self.init(
            withheldWords: content.what.subject(of: content.project.display),
            withheldPath: Place.project(content.project).path, withheldProject: content.project.normalized,
            withheldVersion: version, withheldFile: file,
            withheldName: [content.project.normalized, version, file].filter { !$0.isEmpty }.joined(separator: " "),
            withheldReason: content.reason)
    }
}

extension LeavingPage.LastRole {
    init(_ managed: ManagedProject, outlook: Outlook) {
        self.init(
            ifLeft: outlook, leavePath: "\(managed.path(.leaving))leave/", leaveName: managed.name.display,
            leaveSeen: String(managed.project.serial))
    }
}

extension LeavingPage.Row {
    /// As those see it who have a role.
    fileprivate init(
        _ request: RemovalRequest, on managed: ManagedProject, dependents: [ProjectName], at now: Timestamp
    ) {
        let isAsker = request.askedBy.normalized == managed.session.user.name.normalized
        let isOpen = now < request.dueAt
        let couldConfirm =
            isOpen && managed.isOwner && !isAsker && request.confirmation == nil && request.confirmer == .owner
        let isTrusted = managed.since.map {
            RemovalRequestPolicy.isTrusted(ownerSince: $0, toConfirmWhatIsAskedAt: request.askedAt)
        }
        self.init(
            request, of: managed.project, shownName: nil, dependents: dependents, path: managed.path(.leaving),
            canConfirm: couldConfirm && isTrusted == true,
            whyNotConfirm: couldConfirm && isTrusted != true
                ? "You became an owner less than \(RemovalRequestPolicy.ownership.inDays) before it was asked for, so that "
                    + "somebody else has to confirm it." : nil,
            canTakeOver: isOpen && !isAsker, canObject: isOpen, isAsker: isAsker)
    }

    /// As administrators see it.
    fileprivate init(
        _ request: RemovalRequest, of project: Project, dependents: [ProjectName], for administrator: Username,
        at now: Timestamp
    ) {
        let isAsker = request.askedBy.normalized == administrator.normalized
        self.init(
            request, of: project, shownName: project.name.display, dependents: dependents, path: "/admin/removals/",
            canConfirm: now < request.dueAt && !isAsker && request.confirmation == nil, whyNotConfirm: nil,
            canTakeOver: false,
            canObject: now < request.dueAt, isAsker: isAsker)
    }

    private init(
        _ request: RemovalRequest, of project: Project, shownName: String?, dependents: [ProjectName], path: String,
        canConfirm: Bool, whyNotConfirm: String?, canTakeOver: Bool, canObject: Bool, isAsker: Bool
    ) {
        self.init(
            requestNumber: request.id.description, requestProject: shownName,
            requestProjectPath: Place.project(project.name).path, requestName: project.name.normalized,
            requestWords: request.departure.words(of: project.name.display), requestReason: request.reason,
            requestSeen: String(project.serial), askedBy: request.askedBy.display,
            askedAt: Moment(minuteOf: request.askedAt), dueAt: Moment(minuteOf: request.dueAt),
            confirmedBy: request.confirmation.map { journalPerson($0.by) },
            confirmer: request.confirmation == nil ? request.confirmer.words : nil,
            needers: dependents.isEmpty ? nil : dependents.map(\.display).joined(separator: ", "), actPath: path,
            canConfirm: canConfirm, whyNotConfirm: whyNotConfirm, canTakeOver: canTakeOver, canObject: canObject,
            objectWords: isAsker ? "Take it back" : "Object")
    }
}
