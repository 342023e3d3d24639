import Identity
import Model
import UTC
import Web

/// The pages of accounts, all of them.
public struct AccountRoutes: Sendable {
    private let site: AccountSite
    private let gate: AccountGate
    private let mail: any MailQueue

    /// The pages of an index's accounts.
    ///
    /// - Parameters:
    ///   - mail: what administrators see of the mails on their way.
    ///   - proxies: who is believed about where a request comes from.
    public init(
        identity: Identity, projects: any ProjectStore, mail: any MailQueue, renderer: SiteRenderer,
        proxies: TrustedProxies, now: @escaping @Sendable () -> Timestamp
    ) {
        site = AccountSite(identity: identity, renderer: renderer, projects: projects)
        self.mail = mail
        gate = AccountGate(identity: identity, tokens: FormTokens(keys: identity.keys), proxies: proxies, now: now)
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        let confirm = ConfirmRoutes(site: site, tokens: FormTokens(keys: site.identity.keys))
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
        AdminRoutes(site: site, mail: mail).add(to: router)
    }
}
