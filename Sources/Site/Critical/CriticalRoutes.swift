import Identity
import Ports
import UTC
import Web

/// The pages about critical projects that take somebody who is signed in: an administrator's, and a role holder's.
public struct CriticalRoutes: Sendable {
    private let site: AccountSite
    private let gate: AccountGate
    private let critical: any CriticalStore

    /// The pages about an index's critical projects.
    ///
    /// - Parameter proxies: who is believed about where a request comes from.
    public init(
        critical: any CriticalStore, identity: Identity, projects: any ProjectStore, renderer: SiteRenderer,
        proxies: TrustedProxies, now: @escaping @Sendable () -> Timestamp
    ) {
        self.critical = critical
        site = AccountSite(identity: identity, renderer: renderer, projects: projects)
        gate = AccountGate(
            identity: identity, tokens: FormTokens(keys: identity.keys), proxies: proxies,
            basePath: renderer.basePath, now: now)
    }

    /// Registers the routes.
    public func add(to router: IndexRouter) {
        let router = AccountRouter(router: router, gate: gate, confirm: ConfirmRoutes(site: site))
        CriticalAdminRoutes(site: site, critical: critical).add(to: router)
        ProjectSecurityRoutes(site: site, critical: critical).add(to: router)
    }
}
