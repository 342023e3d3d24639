import Accounts
import Acts
import Identity
import Journal
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC
import Web

@testable import Site

/// Every page of those who look after projects, in every state that looks different.
enum ManagePagesUnderTest {
    static let names = [
        "manage-releases", "manage-releases-none", "manage-release", "manage-release-yanked",
        "manage-release-maintainer", "manage-release-quarantined", "manage-collaboration",
        "manage-collaboration-maintainer",
        "manage-collaboration-refused", "manage-settings", "manage-settings-archived", "manage-settings-maintainer",
        "manage-settings-quarantined", "manage-history", "admin-projects", "admin-projects-none",
    ]

    private static let now = Fixture.moment(daysAgo: 0)

    static func page(
        _ name: String, _ label: String, _ session: Session
    ) throws -> (Any, Template, ManageSection?, (any Refusal)?) {
        let isMaintainer = name.hasSuffix("-maintainer")
        let status: ProjectStatus =
            name.hasSuffix("-quarantined") ? .quarantined : name.hasSuffix("-archived") ? .archived : .active
        let managed = try managed(session, isMaintainer ? .maintainer : .owner, status)
        switch name {
        case "manage-releases", "manage-releases-none":
            return (try releases(managed, isEmpty: name == "manage-releases-none"), .manageReleases, .projects, nil)
        case _ where name.hasPrefix("manage-release"):
            let snapshot = try Fixture.snapshot(of: managed.project)
            let version = name.hasSuffix("-yanked") ? "1.1" : "2.0"
            let found = snapshot.release(try Fixture.version(version)) ?? snapshot.latest
            guard let release = found else { throw NotFound() }
            return (
                ManageReleasePage(
                    managed, release, deletion: Outlook(outlookText: "It takes effect at once.", canBe: true)),
                .manageRelease, .projects,
                nil
            )
        case _ where name.hasPrefix("manage-collaboration"):
            let refusal: (any Refusal)? =
                name.hasSuffix("-refused") ? RoleRefusal.isInvited(try Fixture.user("Bob"), managed.name) : nil
            return (CollaborationPage(managed, typedName: label), .manageCollaboration, .projects, refusal)
        case _ where name.hasPrefix("manage-settings"):
            return (
                ProjectSettingsPage(
                    managed, [], archiving: Outlook(outlookText: "It takes effect at once.", canBe: true),
                    deletion: Outlook(outlookText: label, isAsked: true, canBe: true)),
                .manageSettings, .projects, nil
            )
        case "manage-history": return (history(managed, label), .manageHistory, .projects, nil)
        default:
            let removed = name == "admin-projects" ? try removed(session.user.name) : []
            let reserved = name == "admin-projects" ? [try Fixture.name("acme-core")] : []
            let page = AdminProjectsPage(removed, reserved: reserved, typed: FormFields("reserved=a%20b"))
            return (page, .adminProjects, .admin, nil)
        }
    }

    static func ownProjects(_ label: String, _ session: Session) throws -> OwnProjectsPage {
        OwnProjectsPage(
            [
                (try Fixture.project(), .owner, label),
                (try Fixture.project("old-bread", status: .archived), .maintainer, nil),
            ],
            invitations: [try invitation("Cheese_Cellar", of: session.user.name)],
            removed: try removed(session.user.name), of: session.user.name,
            under: .usual, at: now)
    }

    private static func invitation(_ project: String, of user: Username) throws -> Invitation {
        Invitation(
            project: try Fixture.name(project), user: user, role: .maintainer, invitedBy: try Fixture.user("Grace"),
            invitedAt: now, expiresAt: now + Invitation.lifetime)
    }

    private static func removed(_ user: Username) throws -> [RemovedProject] {
        [
            RemovedProject(
                project: try Fixture.project("mouldy"), removal: Removal(at: now, by: "user ada"), isFreed: false,
                roles: [RoleHolder(user: user, role: .owner)]),
            RemovedProject(
                project: try Fixture.project("rotten"), removal: Removal(at: now, by: "operator"), isFreed: true,
                roles: []),
        ]
    }

    static func managed(
        _ session: Session, _ role: Role, _ status: ProjectStatus
    ) throws -> ManagedProject {
        let project = try Fixture.project(status: status)
        let others = [
            Collaborator(user: try Fixture.user("Bob"), role: .maintainer, since: Fixture.moment(daysAgo: 3)),
            Collaborator(user: try Fixture.user("Grace"), role: .owner, since: Fixture.moment(daysAgo: 30)),
        ]
        let me = Collaborator(user: session.user.name, role: role, since: Fixture.moment(daysAgo: 300))
        return ManagedProject(
            session: session,
            collaboration: Collaboration(
                project: project, collaborators: [me] + others,
                invitations: [try invitation("Cheese_Board", of: Fixture.user("Linus"))]),
            role: role)
    }

    private static func releases(_ managed: ManagedProject, isEmpty: Bool) throws -> ManageReleasesPage {
        let full = try Fixture.snapshot(of: managed.project)
        let snapshot =
            isEmpty ? ProjectSnapshot(project: managed.project, releases: [], roles: full.roles) : full
        let removal = Removal(at: now, by: "user ada")
        let removed = [
            RemovedPart(version: try Fixture.version("0.9"), filename: nil, removal: removal),
            RemovedPart(version: try Fixture.version("1.0"), filename: "cheese_board-1.0.tar.gz", removal: removal),
        ]
        return ManageReleasesPage(managed, snapshot, removed: isEmpty ? [] : removed, under: .usual, at: now)
    }

    private static func history(_ managed: ManagedProject, _ label: String) -> HistoryPage {
        let details = [
            "version": "1.0", "filename": "cheese_board-1.0.tar.gz", "user": "bob", "role": "owner",
            "invited-by": "ada", "status": "archived", "reason": label, "assurance": "second-factor",
            "before": "password", "name": "Cheese_Board", "sha256": "ab", "size": "5", "files": "1",
        ]
        let actions: [ProjectAct] = [
            .requireAssurance, .changeProjectStatus, .restore, .deleteFile, .deleteRelease, .deleteProject,
            .recreateProject, .leaveProject, .removeRole, .changeRole, .acceptRole, .declineRole, .cancelInvitation,
            .inviteCollaborator, .addRole, .unyankRelease, .yankRelease, .uploadFile, .createRelease, .createProject,
        ]
        let entries = actions.enumerated().map { number, action in
            var details = details
            if action == .changeRole { details["before"] = "maintainer" }
            return JournalEntry(
                serial: Serial(number + 1), at: now, actor: number.isMultiple(of: 7) ? "operator" : "user ada",
                subject: "project cheese-board", record: EventRecord(act: action.rawValue, details: details))
        }
        return HistoryPage(managed, entries, olderThan: 1, isFirst: false)
    }
}
