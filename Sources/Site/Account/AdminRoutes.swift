import Identity
import Model
import Web

/// What administrators do on the web.
struct AdminRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        router.page("/admin", use: show)
        router.form("/admin/invite", performs: .invite, on: "/admin/", use: invite)
    }

    private func administrator(_ visit: Visit) throws -> Session {
        let session = try visit.signedIn()
        guard session.user.isAdministrator else { throw AccessRefusal.administratorsOnly }
        return session
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        _ = try administrator(visit)
        return try await page(visit)
    }

    private func page(_ visit: Visit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = AdminPage(
            policy: identity.membership.registration, typedAddress: refusal == nil ? "" : visit.form["email"] ?? "")
        return site.page(model, .admin, "Administration", visit, section: .admin, refusal: refusal)
    }

    @Sendable func invite(_ visit: Visit) async throws -> Reply {
        let session = try administrator(visit)
        return try await visit.attempt {
            try await identity.membership.invite(visit.form["email"] ?? "", in: session)
            return .seeOther("/admin/", said: .invited)
        } orShow: { try await page(visit, refusal: $0) }
    }
}

/// What administrators see.
struct AdminPage {
    let registration: String
    let typedAddress: String

    init(policy: RegistrationPolicy, typedAddress: String) {
        registration =
            switch policy {
            case .open: "Everybody can register; an invitation spares them the verification of their address."
            case .invitation: "Only those whom you invite can register."
            case .closed: "Nobody registers by himself; those whom you invite can."
            }
        self.typedAddress = typedAddress
    }
}
