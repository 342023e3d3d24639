import Accounts
import Acts
import Descriptions
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Web

/// What administrators do about projects that were deleted, and about names.
struct AdminProjectRoutes: Sendable {
    let site: ManageSite

    private static let page = "/admin/projects/"

    func add(to router: AccountRouter) {
        router.page("/admin/projects", guard: .administrator, use: show)
        router.form(
            "/admin/projects/restore", guard: .administrator, performs: .project(.restore), on: .at(Self.page),
            use: restore)
        router.form(
            "/admin/projects/reserve", guard: .administrator, performs: .project(.reserveName), on: .at(Self.page),
            use: reserve)
        router.form(
            "/admin/projects/unreserve", guard: .administrator, performs: .project(.unreserveName), on: .at(Self.page),
            use: unreserve)
    }

    @Sendable func show(_ visit: AdministratorVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = AdminProjectsPage(
            try await site.removals.removedProjects(), reserved: try await site.projects.reservedNames(),
            typed: refusal == nil ? .empty : visit.form)
        return site.account.page(
            model, .adminProjects, "Projects and names", visit, section: .admin, refusal: refusal)
    }

    @Sendable func restore(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .projectRestored) {
            let project = try visit.typedProject()
            let text = (visit.form["version"] ?? "").trimmedOfWhitespace
            guard !text.isEmpty else {
                return try await site.removals.restore(
                    project, by: visit.session.actor, from: visit.browser.origin, at: visit.now)
            }
            guard let version = try? Version(parsing: text) else { throw ManageFormRefusal.version }
            try await site.removals.restore(
                version, of: project, by: visit.session.actor, from: visit.browser.origin, at: visit.now)
        }
    }

    @Sendable func reserve(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .nameReserved) {
            try await site.projects.reserve(visit.typedProject("reserved"), by: visit.session.actor, at: visit.now)
        }
    }

    @Sendable func unreserve(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .nameUnreserved) {
            try await site.projects.unreserve(visit.typedProject(), by: visit.session.actor, at: visit.now)
        }
    }

    private func act(
        _ visit: AdministratorVisit, flash: FlashMessage, _ act: () async throws -> Void
    ) async throws -> Reply {
        try await site.act(visit, then: Self.page, flash: flash) {
            try await page(visit, refusal: $0)
        } _: {
            try await act()
        }
    }
}

/// Deleted projects and reserved names.
struct AdminProjectsPage {
    struct Row {
        let rowName: String
        let deletedBy: String
        let deletedAt: Moment
        let canUse: String
        let isFreed: Bool
    }

    let rows: [Row]
    let names: [String]
    let typedProject: String
    let typedVersion: String
    let typedReserved: String

    init(_ removed: [RemovedProject], reserved: [ProjectName], typed: FormFields) {
        rows = removed.map { removed in
            let owners = removed.roles.filter { $0.role == .owner }.map(\.user.display)
            return Row(
                rowName: removed.project.name.display, deletedBy: journalPerson(removed.removal.by),
                deletedAt: Moment(minuteOf: removed.removal.at),
                canUse: removed.isFreed
                    ? "everybody" : owners.isEmpty ? "the operator" : owners.joined(separator: ", "),
                isFreed: removed.isFreed)
        }
        names = reserved.map(\.display)
        typedProject = typed["project"] ?? ""
        typedVersion = typed["version"] ?? ""
        typedReserved = typed["reserved"] ?? ""
    }
}
