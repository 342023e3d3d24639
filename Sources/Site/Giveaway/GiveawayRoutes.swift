import Accounts
import Acts
import Giveaway
import Giveaways
import Identity
import Ports
import Primitives
import UTC
import Web

/// The pages about security keys that are given away.
public struct GiveawayRoutes: Sendable {
    private let site: AccountSite
    private let gate: AccountGate
    private let giveaways: Giveaways

    /// The pages of an index's giveaways.
    ///
    /// - Parameter proxies: who is believed about where a request comes from.
    public init(
        giveaways: Giveaways, identity: Identity, projects: any ProjectStore, renderer: SiteRenderer,
        proxies: TrustedProxies, now: @escaping @Sendable () -> Timestamp
    ) {
        self.giveaways = giveaways
        site = AccountSite(identity: identity, renderer: renderer, projects: projects)
        gate = AccountGate(
            identity: identity, tokens: FormTokens(keys: identity.keys), proxies: proxies,
            basePath: renderer.basePath, now: now)
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        let router = AccountRouter(router: router, gate: gate, confirm: ConfirmRoutes(site: site))
        router.page("/security-key-giveaway", use: show)
        router.form("/security-key-giveaway", performs: .issueGiveawayCode, use: ask)
        GiveawayAdminRoutes(site: site, giveaways: giveaways).add(to: router)
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: Visit, refusal: (any Refusal)? = nil) async throws -> Reply {
        // Who has shown the password and not yet the second factor is nobody yet.
        let holder = visit.session.flatMap { $0.isLive ? $0.user.id : nil }
        let views = try await giveaways.views(for: holder, at: visit.now)
        let model = GiveawayPage(
            views, chosen: visit.form["country"].flatMap { try? Country(parsing: $0) }, said: refusal, at: visit.now)
        return site.page(model, .giveaway, "Free security keys", visit, refusal: refusal)
    }

    @Sendable func ask(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn()
        return try await visit.attempt {
            let name = try await wanted(visit, session)
            _ = try await giveaways.issueCode(
                of: name, in: session, declaring: Country(parsing: visit.form["country"] ?? ""),
                from: visit.browser.origin, at: visit.now)
            // The page shows the code: to send the form twice would be to ask twice.
            return .seeOther(GiveawayPage.path, said: .codeIssued)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    /// The giveaway that is asked for; where none is named, the first on the page.
    private func wanted(_ visit: Visit, _ session: Session) async throws -> GiveawayName {
        if let text = visit.form["giveaway"] { return try GiveawayName(parsing: text) }
        let first = try await giveaways.views(for: session.user.id, at: visit.now).first
        guard let first else { throw GiveawayRefusal.none }
        return first.standing.giveaway.name
    }
}
