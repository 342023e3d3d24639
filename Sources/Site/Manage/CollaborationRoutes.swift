import Accounts
import Acts
import Identity
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import UTC
import Web

/// Who works together on a project: roles and invitations.
struct CollaborationRoutes: Sendable {
    let site: ManageSite

    func add(to router: AccountRouter) {
        let page = "/manage/project/{name}/collaboration"
        router.page(page, guard: .role(.maintainer), use: show)
        router.form(page, guard: .role(.owner), performs: .project(.inviteCollaborator), use: invite)
        router.form("\(page)/change", guard: .role(.owner), performs: .project(.changeRole), on: .above, use: change)
        router.form("\(page)/delete", guard: .role(.owner), performs: .project(.removeRole), on: .above, use: remove)
        router.form(
            "\(page)/leave", guard: .role(.maintainer), performs: .project(.leaveProject), on: .above, use: leave)
        router.form(
            "\(page)/revoke_invite", guard: .role(.owner), performs: .project(.cancelInvitation), on: .above,
            use: cancel)
    }

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply { page(visit) }

    private func page(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) -> Reply {
        let typed = refusal == nil ? "" : visit.form["username"] ?? ""
        return site.page(
            CollaborationPage(visit.managed, typedName: typed), .manageCollaboration, "Collaboration", visit,
            refusal: refusal)
    }

    @Sendable func invite(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .collaboratorInvited) {
            let user = try visit.typedUser()
            guard let role = Role(form: visit.form["role_name"]) else { throw ManageFormRefusal.role }
            try await site.collaboration.invite(
                user, as: role, to: visit.managed.name, by: visit.managed.actor, from: visit.browser.origin,
                at: visit.now)
        }
    }

    @Sendable func change(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .roleChanged) {
            let user = try visit.typedUser()
            guard let role = Role(form: visit.form["role_name"]) else { throw ManageFormRefusal.role }
            try await site.roles.changeRole(
                of: user, to: role, on: visit.managed.name, by: visit.managed.actor, from: visit.browser.origin,
                at: visit.now)
        }
    }

    @Sendable func remove(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .roleRemoved) {
            try await site.roles.removeRole(
                on: visit.managed.name, from: visit.typedUser(), by: visit.managed.actor, from: visit.browser.origin,
                at: visit.now)
        }
    }

    @Sendable func leave(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, then: ManagePaths.projects, flash: .projectLeft) {
            try await site.roles.leave(
                visit.managed.name, by: visit.managed.actor, from: visit.browser.origin, at: visit.now)
        }
    }

    @Sendable func cancel(_ visit: ProjectVisit) async throws -> Reply {
        try await act(visit, flash: .invitationCancelled) {
            try await site.collaboration.cancelInvitation(
                of: visit.typedUser(), to: visit.managed.name, by: visit.managed.actor, from: visit.browser.origin,
                at: visit.now)
        }
    }

    private func act(
        _ visit: ProjectVisit, then path: String? = nil, flash: FlashMessage, _ act: () async throws -> Void
    ) async throws -> Reply {
        try await site.act(visit, then: path ?? visit.managed.path(.collaboration), flash: flash) {
            page(visit, refusal: $0)
        } _: {
            try await act()
        }
    }
}

/// Who works together on a project.
struct CollaborationPage {
    struct Row {
        let person: String
        let personAddress: String
        let personRole: String
        let personSince: Moment
        let isOneself: Bool
        /// What an owner can make of this person instead: the form's value, and in words; nil where nothing can be
        /// done.
        let otherRole: String?
        let otherRoleWords: String?
        let canBeRemoved: Bool
        /// Whether this is the reader, who can leave.
        let canLeave: Bool
        let leavingPath: String?
    }

    struct Pending {
        let pendingName: String
        let pendingRole: String
        let pendingBy: String
        let pendingUntil: Moment
        /// When it was accepted, and since when it waits for what they lack; nil where they have not answered.
        let pendingSince: Moment?
        /// Where one may be able to vouch for them.
        let vouchPath: String
    }

    let head: ProjectHead
    let path: String
    let rows: [Row]
    let pending: NonEmpty<Pending>?
    let isOwner: Bool
    let typedName: String
    /// What anyone who is invited must have; nil where nothing.
    let needed: String?
    /// How long an invitation can be accepted.
    let acceptTime = Invitation.lifetime.inDays

    init(_ managed: ManagedProject, typedName: String) {
        head = ProjectHead(managed, .collaboration)
        path = managed.path(.collaboration)
        isOwner = managed.isOwner
        self.typedName = typedName
        let owners = managed.collaboration.collaborators.count { $0.role == .owner }
        rows = managed.collaboration.collaborators.map { collaborator in
            let isOneself = collaborator.user == managed.session.user.name
            let isLastOwner = collaborator.role == .owner && owners == 1
            let other: Role = collaborator.role == .owner ? .maintainer : .owner
            let canChange = managed.isOwner && !isLastOwner
            return Row(
                person: collaborator.user.display, personAddress: "/user/\(collaborator.user.display)/",
                personRole: collaborator.role.words, personSince: Moment(collaborator.since), isOneself: isOneself,
                otherRole: canChange ? other.rawValue : nil, otherRoleWords: canChange ? other.rawValue : nil,
                canBeRemoved: canChange && !isOneself, canLeave: isOneself && !isLastOwner,
                leavingPath: isOneself && isLastOwner ? managed.path(.leaving) : nil)
        }
        pending = NonEmpty(
            managed.collaboration.invitations.map {
                Pending(
                    pendingName: $0.user.display, pendingRole: $0.role.words,
                    pendingBy: $0.invitedBy?.display ?? "the operator",
                    pendingUntil: Moment(minuteOf: $0.expiresAt),
                    pendingSince: $0.acceptedAt.map { Moment(minuteOf: $0) }, vouchPath: Place.vouch(for: $0.user).path)
            })
        needed = managed.project.requiredAssurance > .password ? managed.project.requiredAssurance.words : nil
    }
}
