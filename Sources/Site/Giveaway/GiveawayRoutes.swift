import Accounts
import Acts
import Giveaway
import Giveaways
import Identity
import Ports
import Primitives
import UTC
import Web

/// The page about security keys that are given away.
struct GiveawayRoutes: Sendable {
    let site: AccountSite
    let giveaways: Giveaways

    func add(to router: AccountRouter) {
        router.page("/security-key-giveaway", guard: .everybody, use: show)
        router.form("/security-key-giveaway", guard: .signedIn, performs: .account(.issueGiveawayCode), use: ask)
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: some GuardedVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        // Who has shown the password and not yet the second factor is nobody yet.
        let holder = visit.visit.session.flatMap { $0.isLive ? $0.user.id : nil }
        let views = try await giveaways.views(for: holder, at: visit.now)
        let model = GiveawayPage(
            views, chosen: visit.form["country"].flatMap { try? Country(parsing: $0) }, said: refusal, at: visit.now)
        return site.page(model, .giveaway, "Free security keys", visit, refusal: refusal)
    }

    @Sendable func ask(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let name = try await wanted(visit)
            _ = try await giveaways.issueCode(
                of: name, in: visit.session, declaring: Country(parsing: visit.form["country"] ?? ""),
                from: visit.browser.origin, at: visit.now)
            // The page shows the code: to send the form twice would be to ask twice.
            return .seeOther(GiveawayPage.path, flash: .codeIssued)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    /// The giveaway that is asked for; where none is named, the first on the page.
    private func wanted(_ visit: SessionVisit) async throws -> GiveawayName {
        if let text = visit.form["giveaway"] { return try GiveawayName(parsing: text) }
        let first = try await giveaways.views(for: visit.session.user.id, at: visit.now).first
        guard let first else { throw GiveawayRefusal.none }
        return first.standing.giveaway.name
    }
}
