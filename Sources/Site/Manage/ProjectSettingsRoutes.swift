import Accounts
import Acts
import Descriptions
import Identity
import Leaving
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Web

/// What the owners of a project decide about it: what it takes to publish, whether it is archived, whether it stays.
struct ProjectSettingsRoutes: Sendable {
    let site: ManageSite

    func add(to router: AccountRouter) {
        let project = "/manage/project/{name}"
        router.page("\(project)/settings", guard: .role(.maintainer), use: show)
        router.form(
            "\(project)/settings/require", guard: .role(.owner), performs: .project(.requireAssurance), on: .above,
            use: require)
        router.form(
            "\(project)/settings/archive", guard: .role(.owner), performs: .project(.changeProjectStatus), on: .above,
            use: archive)
        router.form(
            "\(project)/settings/unarchive", guard: .role(.owner), performs: .project(.changeProjectStatus), on: .above,
            use: unarchive)
        router.form(
            "\(project)/settings/deprecate", guard: .role(.owner), performs: .project(.changeProjectStatus), on: .above,
            use: deprecate)
        router.form(
            "\(project)/settings/undeprecate", guard: .role(.owner), performs: .project(.changeProjectStatus),
            on: .above, use: undeprecate)
        router.form(
            "\(project)/settings/delete_project", guard: .role(.owner), performs: .project(.deleteProject), on: .above,
            use: delete)
    }

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = ProjectSettingsPage(
            visit.managed, visit.obligations, archiving: try await site.outlook(on: .archiving, visit),
            deletion: try await site.outlook(on: .project, visit))
        return site.page(model, .manageSettings, "Settings", visit, refusal: refusal)
    }

    @Sendable func require(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .requirementSet) {
            guard let assurance = visit.form["assurance"].flatMap(Assurance.init), assurance > .anonymous else {
                throw ManageFormRefusal.assurance
            }
            try await site.projects.requireAssurance(
                assurance, on: visit.managed.name, by: visit.managed.actor, at: visit.now)
        }
    }

    @Sendable func archive(_ visit: ProjectVisit) async throws -> Reply {
        try await site.remove(.archiving, visit, then: visit.managed.path(.settings), flash: .archived) {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func unarchive(_ visit: ProjectVisit) async throws -> Reply {
        try await set(.active, visit, flash: .unarchived)
    }

    @Sendable func deprecate(_ visit: ProjectVisit) async throws -> Reply {
        try await set(.deprecated, visit, flash: .deprecated)
    }

    @Sendable func undeprecate(_ visit: ProjectVisit) async throws -> Reply {
        try await set(.active, visit, flash: .undeprecated)
    }

    private func set(_ status: ProjectStatus, _ visit: ProjectVisit, flash: FlashMessage) async throws -> Reply {
        try await act(visit, flash: flash) {
            try await site.removals.setStatus(
                status, reason: visit.form["reason"], of: visit.managed.name, by: visit.managed.actor, at: visit.now)
        }
    }

    @Sendable func delete(_ visit: ProjectVisit) async throws -> Reply {
        try await site.remove(.project, visit, then: ManagePaths.projects, flash: .projectDeleted) {
            try await page(visit, refusal: $0)
        } check: {
            let typed = try? ProjectName(parsing: (visit.form["confirm_project_name"] ?? "").trimmedOfWhitespace)
            guard typed?.normalized == visit.managed.name.normalized else {
                throw ManageFormRefusal.notConfirmed(visit.managed.name.display)
            }
        }
    }

    private func act(
        _ visit: ProjectVisit, then path: String? = nil, flash: FlashMessage, _ act: () async throws -> Void
    ) async throws -> Reply {
        try await site.act(visit, then: path ?? visit.managed.path(.settings), flash: flash) {
            try await page(visit, refusal: $0)
        } _: {
            try await act()
        }
    }
}

/// The settings of a project.
struct ProjectSettingsPage {
    struct Choice {
        let choiceID: String
        let choiceValue: String
        let choiceName: String
        let isChosen: Bool
    }

    let head: ProjectHead
    let path: String
    let name: String
    let isOwner: Bool
    let required: String
    /// Where it says more, if the index asks for more than the owners; nil where it does not.
    let criticalPath: String?
    let sessionWords: String
    /// What can be asked for instead; nil where it cannot be more.
    let choices: NonEmpty<Choice>?
    let statusWords: String
    /// What comes of archiving it, and when; nil where it cannot be.
    let archiving: Outlook?
    let canUnarchive: Bool
    let canDeprecate: Bool
    let canUndeprecate: Bool
    let isQuarantined: Bool
    /// What comes of deleting it, and when; nil where it is not for them.
    let deletion: Outlook?
    /// The serial that it is decided by.
    let seen: String

    /// - Parameter obligations: what is asked of anyone who looks.
    init(_ managed: ManagedProject, _ obligations: [Obligation], archiving: Outlook, deletion: Outlook) {
        seen = String(managed.project.serial)
        head = ProjectHead(managed, .settings)
        path = managed.path(.settings)
        name = managed.name.display
        isOwner = managed.isOwner
        let current = managed.project.requiredAssurance
        let binding = obligations.first { $0.project.normalized == managed.name.normalized }?.required ?? current
        required = max(current, binding).words
        criticalPath = binding > current ? ProjectSecurityRoutes.path(managed.name) : nil
        sessionWords = managed.session.assurance.words
        let possible = Assurance.allCases.filter { $0 > .anonymous && $0 >= current }
        choices =
            possible.count > 1
            ? NonEmpty(
                possible.map {
                    Choice(
                        choiceID: "requires-\($0.rawValue)", choiceValue: $0.rawValue,
                        choiceName: $0.words.capitalized, isChosen: $0 == current)
                }) : nil
        let status = managed.project.status
        isQuarantined = status == .quarantined
        self.archiving = managed.isOwner && (status == .active || status == .deprecated) ? archiving : nil
        canUnarchive = managed.isOwner && status == .archived
        canDeprecate = managed.isOwner && status == .active
        canUndeprecate = managed.isOwner && status == .deprecated
        self.deletion = managed.isOwner && !isQuarantined ? deletion : nil
        statusWords =
            switch status {
            case .active: "It is active: it takes new releases."
            case .archived: "It is archived: it takes no new files, and installers say that none are to be expected."
            case .deprecated: "It is deprecated: installers say that something else should be used."
            case .quarantined:
                "It is quarantined: its files are not served until the people who run this index end that."
            }
    }
}
