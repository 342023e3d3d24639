import Accounts
import Acts
import Leaving
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC
import Web

@testable import Administration
@testable import Site

/// The pages about accounts and about who could publish, by the name of their golden file.
enum AdministratorPagesUnderTest {
    static let names = [
        "admin-users", "admin-users-none", "admin-user", "admin-user-disabled", "who", "who-admin",
        "proposals", "proposals-admin", "proposals-none", "role-return", "role-return-over", "account-deletion",
        "account-deletion-asked", "account-deletion-obstacle",
    ]

    private static let now = AccountPagesUnderTest.now

    static func page(
        _ name: String, _ label: String, _ holder: Session, _ factors: AccountFactors
    ) throws -> (Any, Template, ManageSection) {
        let disabling = AccountDisabling(since: now, reason: label)
        let board = try Fixture.name("Cheese_Board")
        switch name {
        case "admin-users":
            let held = HeldFactors(keys: factors.securityKeys.map(\.strength), hasApp: true)
            let people = try [holder.user, user("bob", disabling: disabling)].enumerated().map { index, user in
                PersonLine(
                    user: user, isVerified: index == 0, factors: index == 0 ? held : HeldFactors(),
                    probationUntil: index == 0 ? now + .hours(3) : nil, tokens: index, projects: 2,
                    lastSeenAt: index == 0 ? now : nil)
            }
            return (UsersPage(people, of: label, isFirst: false, hasMore: true, at: now), .adminUsers, .admin)
        case "admin-users-none":
            return (UsersPage([], of: "", isFirst: true, hasMore: false, at: now), .adminUsers, .admin)
        case "admin-user", "admin-user-disabled":
            let isDisabled = name == "admin-user-disabled"
            let user = try user("bob", disabling: isDisabled ? disabling : nil)
            let person = Person(
                user: user,
                addresses: [
                    AccountAddress(address: user.email, verifiedAt: isDisabled ? nil : now, isPrimary: true)
                ], factors: isDisabled ? AccountFactors() : factors, tokens: isDisabled ? [] : [token(of: user, label)],
                roles: isDisabled ? [] : [(board, .owner)], sessions: isDisabled ? 0 : 2,
                lastSeenAt: isDisabled ? nil : now,
                recovery: isDisabled
                    ? nil : AccountRecovery(requestedAt: now, dueAt: now + AccountRecovery.wait, approvedBy: nil))
            return (
                AdminUserPage(person, isOneself: false, typedReason: label, at: now), .adminUser, .admin
            )
        case "proposals-none": return (ProposalsPage(), .proposals, .projects)
        case "proposals", "proposals-admin":
            let isForAdministrators = name == "proposals-admin"
            var page = ProposalsPage()
            if isForAdministrators { page.proposing = .init(typed: FormFields("project=\(label)")) }
            page.rows = try proposals(label).map {
                isForAdministrators
                    ? .init(forAdministrator: $0, isCritical: true, seen: 7, by: holder.actor, at: now)
                    : .init(forOwner: $0, isCritical: true, seen: 7, by: holder.actor, at: now)
            }
            return (page, .proposals, isForAdministrators ? .admin : .projects)
        case "role-return", "role-return-over":
            let takenAt = now - (name == "role-return" ? .hours(1) : .hours(72))
            let loss = OwnershipLoss(
                project: board, user: holder.user.name, ownerSince: now - .days(400), became: .maintainer,
                takenBy: "user bob", takerSince: nil, takenAt: takenAt)
            return (RoleReturnPage(board, loss, for: holder.user.name, at: now), .roleReturn, .projects)
        case "account-deletion", "account-deletion-asked", "account-deletion-obstacle":
            let asked = AccountDeletion(askedAt: now, dueAt: now + AccountDeletionPolicy.wait)
            let page = AccountDeletionPage(
                holder.user.name, name == "account-deletion-asked" ? asked : nil,
                obstacle: name == "account-deletion-obstacle" ? label : nil)
            return (page, .accountDeletion, .account)
        default:
            let facts = ProjectFacts(
                exists: true, role: .owner,
                mandate: MandateFacts(
                    requiredByOwners: .secondFactor, holdings: FactorHoldings(strongest: factors.strongest)))
            let publishers = try [(holder.user, Role.owner), (user("bob", disabling: disabling), .maintainer)].map {
                Publisher(
                    $0, as: $1, on: board, factors: $1 == .owner ? factors : AccountFactors(),
                    tokens: $1 == .owner ? [token(of: $0, label)] : [], knowing: facts, at: now)
            }
            guard name == "who" else { return (WhoPage(publishers, of: board, at: now), .who, .admin) }
            let head = ProjectHead(try ManagePagesUnderTest.managed(holder, .owner, .active), .who)
            return (
                WhoPage(publishers.map { PublisherOutline($0, at: now) }, of: board, head: head), .who, .projects
            )
        }
    }

    /// One of each kind, before and on its day, and one that is over.
    private static func proposals(_ label: String) throws -> [Proposal] {
        let version = try Version(parsing: "1.0")
        let files = [true, false].map {
            ReturningFile(
                filename: "cheese_board-\($0 ? "1.0" : "1.1").tar.gz", sha256: String(repeating: "0f", count: 32),
                isGiven: $0)
        }
        let matters: [(Proposal.Matter, Timestamp, Proposal.End?)] = [
            (.restoration(of: .project, files: files), now + .days(3), nil),
            (.restoration(of: .release(version), files: files), now, nil),
            (.erasure(of: .file("cheese_board-1.0.tar.gz"), .personalData), now + .days(3), nil),
            (.nameRelease, now + .days(3), nil), (.nameRelease, now, nil),
            (.restoration(of: .project, files: files), now, .init(.approved, at: now)),
        ]
        return try matters.enumerated().map { number, matter in
            Proposal(
                id: ProposalID(Int64(number) + 1), project: try Fixture.name("Cheese_Board"), matter: matter.0,
                reason: label, proposedBy: "user bob", proposedAt: now - .days(27), dueAt: matter.1, end: matter.2)
        }
    }

    private static func user(_ name: String, disabling: AccountDisabling?) throws -> User {
        User(
            id: UserID(7), name: try Username(parsing: name), email: try EmailAddress(parsing: "\(name)@example.org"),
            isAdministrator: false, createdAt: Fixture.moment(daysAgo: 40), disabling: disabling)
    }

    private static func token(of user: User, _ label: String) -> APIToken {
        APIToken(
            id: "a", owner: user, rootKey: [], label: label, projects: nil, createdAt: Fixture.moment(daysAgo: 9),
            expiresAt: nil, revokedAt: nil, lastUsedAt: now, assurance: .password)
    }
}
