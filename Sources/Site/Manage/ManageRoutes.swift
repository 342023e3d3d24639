import Identity
import Ports
import UTC
import Web

/// The pages by which people look after their projects.
public struct ManageRoutes: Sendable {
    private let site: ManageSite
    private let gate: AccountGate

    /// The pages of an index's projects, for those who hold roles on them.
    ///
    /// - Parameter proxies: who is believed about where a request comes from.
    public init(
        identity: Identity, projects: any ProjectStore, collaboration: any CollaborationStore,
        removals: any RemovalStore, journal: any JournalStore, renderer: SiteRenderer, proxies: TrustedProxies,
        now: @escaping @Sendable () -> Timestamp
    ) {
        site = ManageSite(
            account: AccountSite(identity: identity, renderer: renderer, projects: projects),
            collaboration: collaboration, removals: removals, journal: journal)
        gate = AccountGate(
            identity: identity, tokens: FormTokens(keys: identity.keys), proxies: proxies,
            basePath: renderer.basePath, now: now)
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        let router = AccountRouter(router: router, gate: gate, confirm: ConfirmRoutes(site: site.account))
        OwnProjectsRoutes(site: site).add(to: router)
        ManageReleaseRoutes(site: site).add(to: router)
        CollaborationRoutes(site: site).add(to: router)
        ProjectSettingsRoutes(site: site).add(to: router)
        HistoryRoutes(site: site).add(to: router)
        AdminProjectRoutes(site: site).add(to: router)
    }
}
