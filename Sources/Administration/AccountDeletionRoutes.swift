import Accounts
import Acts
import Leaving
import Letters
import Policy
import Ports
import Primitives
import Site
import UTC
import Web

/// Where somebody has their account deleted, or keeps it after all.
struct AccountDeletionRoutes: Sendable {
    let site: AccountSite
    let deletions: any AccountDeletionStore

    func add(to router: AccountRouter) {
        let page = "/manage/account/delete"
        router.page(page, guard: .signedIn, use: show)
        router.form(page, guard: .signedIn, performs: .account(.askDeletion), use: ask)
        router.form("\(page)/stop", guard: .signedIn, performs: .account(.stopDeletion), on: .above, use: stop)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit) }

    @Sendable func ask(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        return try await change(visit, flash: .deletionAsked) {
            try await deletions.ask(
                deletionOf: session.user.name,
                confirming: (visit.form["confirm_username"] ?? "").filter { !$0.isWhitespace }, by: session.actor,
                from: visit.origin, at: visit.now)
        }
    }

    @Sendable func stop(_ visit: SessionVisit) async throws -> Reply {
        try await change(visit, flash: .deletionStopped) {
            try await deletions.stop(
                deletionOf: visit.session.user.name, by: visit.session.actor, from: visit.origin, at: visit.now)
        }
    }

    private func change(
        _ visit: SessionVisit, flash: FlashMessage, _ act: () async throws -> Void
    ) async throws -> Reply {
        try await visit.attempt {
            try await act()
            return .seeOther(Place.accountDeletion.path, flash: flash)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let user = visit.session.user
        let known = try await deletions.deletion(of: user.id)
        var obstacle: String?
        if known == nil {
            do { try await deletions.requireDeletable(user.name, at: visit.now) } catch {
                guard let refusal = error as? AccountDeletionRefusal else { throw error }
                obstacle = refusal.sentence()
            }
        }
        return site.page(
            AccountDeletionPage(user.name, known, obstacle: obstacle), .accountDeletion, "Delete your account", visit,
            section: .account, refusal: refusal)
    }
}

/// That an account is to be deleted, or how it would be.
struct AccountDeletionPage {
    let deletedName: String
    /// When it will be; nil where nobody asked for it.
    let deletedOn: Moment?
    /// What stands against it now; nil where nothing does.
    let obstacle: String?
    /// Where it is asked for; nil where something stands against it, or it is asked for already.
    let askPath: String?
    let waits = AccountDeletionPolicy.wait.inHours

    init(_ name: Username, _ deletion: AccountDeletion?, obstacle: String?) {
        deletedName = name.display
        deletedOn = (deletion?.dueAt).map { Moment(minuteOf: $0) }
        self.obstacle = obstacle
        askPath = deletion == nil && obstacle == nil ? Place.accountDeletion.path : nil
    }
}
