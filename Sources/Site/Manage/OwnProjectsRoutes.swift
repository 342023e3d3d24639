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
import UTC
import Web

/// The projects of somebody, and those to which they are invited.
struct OwnProjectsRoutes: Sendable {
    let site: ManageSite

    func add(to router: AccountRouter) {
        router.page("/manage/projects", guard: .signedIn, use: show)
        router.form(
            "/manage/projects/accept", guard: .signedIn, performs: .project(.acceptRole), on: .at(ManagePaths.projects),
            use: accept)
        router.form(
            "/manage/projects/decline", guard: .signedIn, performs: .project(.declineRole),
            on: .at(ManagePaths.projects), use: decline)
        router.form(
            "/manage/projects/restore", guard: .signedIn, performs: .project(.undoRemoval),
            on: .at(ManagePaths.projects), use: restore)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let session = visit.session
        let model = OwnProjectsPage(
            try await site.projects.projects(of: session.user.id),
            invitations: try await site.collaboration.invitations(for: session.user.id, at: visit.now),
            outlooks: try await site.collaboration.outlooks(for: session.user.id, at: visit.now),
            lost: try await site.roles.losses(of: session.user.id, at: visit.now),
            removed: try await site.removals.removedProjects(of: session.user.id), of: session.user.name,
            under: try await site.removals.rule(), at: visit.now)
        return site.account.page(model, .ownProjects, "Your projects", visit, section: .projects, refusal: refusal)
    }

    @Sendable func accept(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let project = try visit.typedProject()
            let missing = try await site.collaboration.acceptInvitation(
                to: project, by: visit.session.actor, from: visit.browser.origin, at: visit.now)
            if let missing {
                // What they can add themselves is the next step.
                let next = missing.remedy == .addFactor ? Place.factors.path : ManagePaths.projects
                return .seeOther(next, flash: .invitationWaits)
            }
            return .seeOther(ManagePaths.project(project, .releases), flash: .invitationAccepted)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func decline(_ visit: SessionVisit) async throws -> Reply {
        try await site.act(visit, then: ManagePaths.projects, flash: .invitationDeclined) {
            try await page(visit, refusal: $0)
        } _: {
            try await site.collaboration.declineInvitation(
                to: visit.typedProject(), by: visit.session.actor, from: visit.browser.origin, at: visit.now)
        }
    }

    /// What somebody deleted themselves comes back by their own hand.
    @Sendable func restore(_ visit: SessionVisit) async throws -> Reply {
        try await site.act(visit, then: ManagePaths.projects, flash: .projectRestored) {
            try await page(visit, refusal: $0)
        } _: {
            try await site.removals.undoRemoval(
                of: visit.typedProject(), by: visit.session.actor, from: visit.browser.origin, at: visit.now)
        }
    }
}

/// Somebody's projects.
struct OwnProjectsPage {
    struct Row {
        let rowName: String
        let managePath: String
        let publicPath: String
        let rowSummary: String?
        let rowRole: String
        let rowStatus: String?
        let rowRequires: String?
    }

    struct Invited {
        let invitedTo: String
        let invitedName: String
        let invitedRole: String
        let invitedBy: String
        let invitedUntil: Moment
        let invitedPath: String
        /// Whether it was accepted, and waits.
        let isAccepted: Bool
        /// What lacks, and from when it counts; nil where the role is theirs at once, or nothing more is asked.
        let invitedLacks: String?
        /// Whether they can add what lacks.
        let asksToAdd: Bool
    }

    struct Deleted {
        let deletedName: String
        let deletedBy: String
        let deletedAt: Moment
        /// Whether its name is this person's to use again.
        let isOwn: Bool
        let undo: Undo?
    }

    /// How to bring it, or one's own role, back oneself.
    struct Undo {
        let undoneProject: String
        let undoneName: String
        let undoUntil: Moment
    }

    let rows: [Row]
    let invitations: NonEmpty<Invited>?
    let lost: NonEmpty<Undo>?
    let deleted: NonEmpty<Deleted>?

    init(
        _ projects: [(project: Project, role: Role, summary: String?)], invitations: [Invitation],
        outlooks: [String: InvitationOutlook] = [:], lost: [OwnershipLoss] = [], removed: [RemovedProject],
        of user: Username,
        under rule: RemovalRule, at now: Timestamp
    ) {
        rows = projects.map { project, role, summary in
            Row(
                rowName: project.name.display, managePath: ManagePaths.project(project.name, .releases),
                publicPath: Paths.project(project.name), rowSummary: summary, rowRole: role.words,
                rowStatus: project.status == .active ? nil : project.status.rawValue.capitalized,
                rowRequires: project.requiredAssurance > .password
                    ? "Takes \(project.requiredAssurance.words)" : nil)
        }
        self.invitations = NonEmpty(
            invitations.map {
                let outlook = outlooks[$0.project.normalized]
                return Invited(
                    invitedTo: $0.project.normalized, invitedName: $0.project.display,
                    invitedRole: $0.role.wordsWithArticle, invitedBy: $0.invitedBy?.display ?? "The operator",
                    invitedUntil: Moment(minuteOf: $0.expiresAt), invitedPath: Paths.project($0.project),
                    isAccepted: $0.acceptedAt != nil,
                    invitedLacks: outlook?.explanation(hasAccepted: $0.acceptedAt != nil),
                    asksToAdd: outlook?.asksToAdd ?? false)
            })
        self.lost = NonEmpty(
            lost.filter { $0.isOpen(at: now) }.map {
                Undo(
                    undoneProject: $0.project.normalized, undoneName: $0.project.display,
                    undoUntil: Moment(minuteOf: $0.undoneUntil))
            })
        deleted = NonEmpty(
            removed.map { removed in
                let isOwn = removed.roles.contains { $0.user == user && $0.role == .owner }
                let name = removed.project.name
                return Deleted(
                    deletedName: removed.project.name.display, deletedBy: journalPerson(removed.removal.by),
                    deletedAt: Moment(minuteOf: removed.removal.at),
                    isOwn: isOwn,
                    undo: isOwn && RemovalPolicy.canUndo(removed.removal, under: rule, at: now)
                        ? Undo(
                            undoneProject: name.normalized, undoneName: name.display,
                            undoUntil: Moment(minuteOf: RemovalPolicy.canUndo(until: removed.removal, under: rule)))
                        : nil)
            })
    }
}
