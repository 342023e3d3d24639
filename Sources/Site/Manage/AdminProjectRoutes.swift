import Accounts
import Acts
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
        router.page("/admin/projects", use: show)
        router.form("/admin/projects/restore", performs: .restore, on: .at(Self.page), use: restore)
        router.form("/admin/projects/free", performs: .freeName, on: .at(Self.page), use: free)
        router.form("/admin/projects/reserve", performs: .reserveName, on: .at(Self.page), use: reserve)
        router.form("/admin/projects/unreserve", performs: .unreserveName, on: .at(Self.page), use: unreserve)
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        _ = try administrator(visit)
        return try await page(visit)
    }

    private func administrator(_ visit: Visit) throws -> Session {
        let session = try visit.signedIn()
        guard session.user.isAdministrator else { throw AccessRefusal.administratorsOnly }
        return session
    }

    private func page(_ visit: Visit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = AdminProjectsPage(
            try await site.removals.removedProjects(), reserved: try await site.projects.reservedNames(),
            typed: refusal == nil ? .empty : visit.form)
        return site.account.page(
            model, .adminProjects, "Projects and names", visit, section: .admin, refusal: refusal)
    }

    @Sendable func restore(_ visit: Visit) async throws -> Reply {
        try await act(visit, said: .projectRestored) { session in
            let project = try visit.typedProject()
            let text = (visit.form["version"] ?? "").trimmedOfWhitespace
            guard !text.isEmpty else {
                return try await site.removals.restore(
                    project, by: session.actor, from: visit.browser.origin, at: visit.now)
            }
            guard let version = try? Version(parsing: text) else { throw ManageFormRefusal.version }
            try await site.removals.restore(
                version, of: project, by: session.actor, from: visit.browser.origin, at: visit.now)
        }
    }

    @Sendable func free(_ visit: Visit) async throws -> Reply {
        try await act(visit, said: .nameFreed) { session in
            try await site.removals.free(visit.typedProject(), by: session.actor, at: visit.now)
        }
    }

    @Sendable func reserve(_ visit: Visit) async throws -> Reply {
        try await act(visit, said: .nameReserved) { session in
            try await site.projects.reserve(visit.typedProject("reserved"), by: session.actor, at: visit.now)
        }
    }

    @Sendable func unreserve(_ visit: Visit) async throws -> Reply {
        try await act(visit, said: .nameUnreserved) { session in
            try await site.projects.unreserve(visit.typedProject(), by: session.actor, at: visit.now)
        }
    }

    private func act(
        _ visit: Visit, said: Said, _ act: (Session) async throws -> Void
    ) async throws -> Reply {
        let session = try administrator(visit)
        return try await site.act(visit, then: Self.page, said: said) {
            try await page(visit, refusal: $0)
        } _: {
            try await act(session)
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
