import Giveaways
import Identity
import Letters
import Ports
import Primitives
import UTC
import Web

/// The pages that are for one person at a time: of accounts, of the projects that people look after, of administrators.
/// All of them go through one gate.
public struct PersonalRoutes: Sendable {
    private let site: AccountSite
    private let manage: ManageSite
    private let gate: AccountGate
    private let interrupted = InterruptedForms()
    private let giveaways: Giveaways

    /// The pages of an index.
    ///
    /// - Parameters:
    ///   - proxies: who is believed about where a request comes from.
    public init(
        identity: Identity, giveaways: Giveaways, projects: any ProjectStore, collaboration: any CollaborationStore,
        roles: any RoleStore, removals: any RemovalStore, journal: any JournalStore, renderer: SiteRenderer,
        proxies: TrustedProxies,
        now: @escaping @Sendable () -> Timestamp
    ) {
        site = AccountSite(identity: identity, renderer: renderer, projects: projects)
        manage = ManageSite(
            account: site, collaboration: collaboration, roles: roles, removals: removals, journal: journal)
        gate = AccountGate(
            identity: identity,
            stores: AdmittingStores(
                accounts: identity.accounts, collaboration: collaboration, critical: identity.critical),
            tokens: CSRFTokens(keys: identity.keys), interrupted: interrupted, proxies: proxies,
            basePath: renderer.basePath, now: now)
        self.giveaways = giveaways
    }

    /// Registers the routes, and those of other modules.
    package func add(to router: IndexRouter, with more: any PersonalPages...) {
        let confirm = ConfirmRoutes(site: site)
        let router = AccountRouter(router: router, gate: gate, confirm: confirm)
        let critical = site.identity.critical
        SignInRoutes(site: site).add(to: router)
        TwoFactorRoutes(site: site).add(to: router)
        RecoveryRoutes(site: site).add(to: router)
        ResumeRoutes(site: site, interrupted: interrupted).add(to: router)
        confirm.add(to: router)
        RegistrationRoutes(site: site).add(to: router)
        PasswordRoutes(site: site).add(to: router)
        OverviewRoutes(site: site).add(to: router)
        FactorRoutes(site: site, giveaways: giveaways).add(to: router)
        SessionRoutes(site: site).add(to: router)
        TokenRoutes(site: site).add(to: router)
        GiveawayRoutes(site: site, giveaways: giveaways).add(to: router)
        OwnProjectsRoutes(site: manage).add(to: router)
        ManageReleaseRoutes(site: manage).add(to: router)
        CollaborationRoutes(site: manage).add(to: router)
        ProjectSettingsRoutes(site: manage).add(to: router)
        ProjectSecurityRoutes(site: site, critical: critical).add(to: router)
        HistoryRoutes(site: manage).add(to: router)
        AdminProjectRoutes(site: manage).add(to: router)
        for pages in more { pages.add(to: router, for: manage) }
    }
}

/// Pages of another module that go through the same gate.
package protocol PersonalPages: Sendable {
    /// Registers them.
    func add(to router: AccountRouter, for site: ManageSite)
}
