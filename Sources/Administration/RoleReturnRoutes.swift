import Accounts
import Acts
import Leaving
import Letters
import PackagingFormats
import Policy
import Ports
import Primitives
import Site
import UTC
import Web

/// Where somebody takes back the role of an owner, for as long as that can be undone: the mail about it leads there.
struct RoleReturnRoutes: Sendable {
    let site: ManageSite

    func add(to router: AccountRouter) {
        let page = "/manage/role/{name}"
        router.page(page, guard: .signedIn, use: show)
        router.form(page, guard: .signedIn, performs: .project(.returnAsOwner), use: takeBack)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit, name(visit)) }

    @Sendable func takeBack(_ visit: SessionVisit) async throws -> Reply {
        let name = try name(visit)
        return try await site.act(visit, then: ManagePaths.project(name, .collaboration), flash: .roleReturned) {
            try await page(visit, name, refusal: $0)
        } _: {
            try await site.roles.returnAsOwner(
                of: name, for: nil, seen: visit.form["seen"].flatMap(Int64.init).map { Timestamp(microseconds: $0) },
                by: visit.session.actor, from: visit.origin, at: visit.now)
        }
    }

    private func name(_ visit: SessionVisit) throws -> ProjectName {
        let text = try visit.parameter("name")
        guard let name = try? ProjectName(parsing: text) else { throw NotFound(what: "project named '\(text)'") }
        return name
    }

    private func page(
        _ visit: SessionVisit, _ name: ProjectName, refusal: (any Refusal)? = nil
    ) async throws -> Reply {
        let losses = try await site.roles.losses(of: visit.session.user.id, at: visit.now)
        let loss = losses.first { $0.project.normalized == name.normalized }
        return site.account.page(
            RoleReturnPage(name, loss, for: visit.session.user.name, at: visit.now), .roleReturn,
            "An owner again · \(loss?.project.display ?? name.display)", visit, section: .projects,
            refusal: refusal ?? RoleReturnPage.refusal(of: name, loss, at: visit.now))
    }
}

/// What somebody can undo, or why not.
struct RoleReturnPage {
    /// What they lost.
    struct Lost {
        let lostBy: String
        let lostAt: Moment
        /// What was left to them; nil for nothing.
        let leftWith: String?
        let lostSeen: String
        let lostUntil: Moment
        /// Nil where it cannot be undone any more, for a reason that the page says as a refusal.
        let returnPath: String?
    }

    let lostProject: String
    let lostUser: String
    let lost: Lost?

    init(_ name: ProjectName, _ loss: OwnershipLoss?, for user: Username, at now: Timestamp) {
        lostProject = loss?.project.display ?? name.display
        lostUser = user.display
        lost = loss.flatMap { loss in
            guard loss.returnedAt == nil else { return nil }
            return Lost(
                lostBy: journalPerson(loss.takenBy), lostAt: Moment(minuteOf: loss.takenAt),
                leftWith: loss.became?.rawValue, lostSeen: String(loss.takenAt.microseconds),
                lostUntil: Moment(minuteOf: loss.undoneUntil),
                returnPath: loss.isOpen(at: now) ? Place.returning(name).path : nil)
        }
    }

    /// Why nothing can be undone there; nil where it can, as far as the page knows.
    static func refusal(of name: ProjectName, _ loss: OwnershipLoss?, at now: Timestamp) -> (any Refusal)? {
        guard let loss else { return RoleChangeRefusal.nothingLost(name) }
        if let back = loss.returnedAt { return RoleChangeRefusal.isBack(loss.project, since: back) }
        return loss.isOpen(at: now) ? nil : RoleChangeRefusal.undoneTooLate(loss.project, until: loss.undoneUntil)
    }
}
