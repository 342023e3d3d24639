import Giveaways
import Identity
import Letters
import Ports
import Primitives
import UTC
import Web

/// What administrators see and do on the web beside accounts.
public struct Administration: Sendable {
    let mail: any MailQueue
    let authenticators: any AuthenticatorStore
    let outbox: (@Sendable (MailID) -> String?)?

    /// - Parameters:
    ///   - mail: the mails on their way.
    ///   - authenticators: what is known of makes of security keys.
    ///   - outbox: what a mail says that was written into a folder; nil where a mail server takes them, for then what they
    ///     say is nobody's business but that of whom they are for.
    public init(
        mail: any MailQueue, authenticators: any AuthenticatorStore, outbox: (@Sendable (MailID) -> String?)?
    ) {
        self.mail = mail
        self.authenticators = authenticators
        self.outbox = outbox
    }
}

/// The pages of accounts, all of them.
public struct AccountRoutes: Sendable {
    private let site: AccountSite
    private let gate: AccountGate
    private let administration: Administration
    private let giveaways: Giveaways

    /// The pages of an index's accounts.
    ///
    /// - Parameters:
    ///   - giveaways: what the page of second factors points to.
    ///   - administration: what administrators see and do beside accounts.
    ///   - proxies: who is believed about where a request comes from.
    public init(
        identity: Identity, giveaways: Giveaways, projects: any ProjectStore, administration: Administration,
        renderer: SiteRenderer, proxies: TrustedProxies, now: @escaping @Sendable () -> Timestamp
    ) {
        site = AccountSite(identity: identity, renderer: renderer, projects: projects)
        self.administration = administration
        self.giveaways = giveaways
        gate = AccountGate(
            identity: identity, tokens: FormTokens(keys: identity.keys), proxies: proxies,
            basePath: renderer.basePath, now: now)
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
        FactorRoutes(site: site, giveaways: giveaways).add(to: router)
        SessionRoutes(site: site).add(to: router)
        TokenRoutes(site: site).add(to: router)
        AdminRoutes(site: site, administration: administration).add(to: router)
    }
}
