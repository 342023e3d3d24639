import Identity
import Model
import UTC
import Web

/// The pages of accounts, all of them.
public struct AccountRoutes: Sendable {
    private let site: AccountSite
    private let gate: AccountGate

    /// The pages of an index's accounts.
    ///
    /// - Parameters:
    ///   - tokens: what stands hidden in forms.
    ///   - proxies: who is believed about where a request comes from.
    public init(
        identity: Identity, tokens: FormTokens, projects: any ProjectStore, renderer: SiteRenderer,
        proxies: TrustedProxies, now: @escaping @Sendable () -> Timestamp
    ) {
        site = AccountSite(identity: identity, renderer: renderer, projects: projects)
        gate = AccountGate(identity: identity, tokens: tokens, proxies: proxies, now: now)
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        let confirm = ConfirmRoutes(site: site)
        let router = AccountRouter(router: router, gate: gate, confirm: confirm)
        SignInRoutes(site: site).add(to: router)
        TwoFactorRoutes(site: site).add(to: router)
        RecoveryRoutes(site: site).add(to: router)
        confirm.add(to: router)
        RegistrationRoutes(site: site).add(to: router)
        PasswordRoutes(site: site).add(to: router)
        OverviewRoutes(site: site).add(to: router)
        FactorRoutes(site: site).add(to: router)
        SessionRoutes(site: site).add(to: router)
        TokenRoutes(site: site).add(to: router)
        AdminRoutes(site: site).add(to: router)
    }
}
