import Accounts
import Acts
import Identity
import Letters
import Policy
import Ports
import Primitives
import Site
import UTC
import Web

/// The addresses of administrators' pages.
enum AdminPaths {
    static let users = "/admin/users/"

    /// Those of them who are something.
    static func users(_ filter: PersonQuery.Filter) -> String { "\(users)?q=\(filter.rawValue)" }

    static func user(_ name: Username) -> String { "/admin/users/\(name.normalized)/" }
}

/// What administrators see of accounts, and do about them.
struct UserRoutes: Sendable {
    let site: AccountSite
    let people: any PeopleStore

    private static let pageSize = 50

    func add(to router: AccountRouter) {
        router.page("/admin/users", guard: .administrator, use: list)
        router.page("/admin/users/{user}", guard: .administrator, use: show)
        router.form(
            "/admin/users/{user}/sign-out", guard: .administrator, performs: .account(.endSession), on: .above,
            use: signOut)
        router.form(
            "/admin/users/{user}/disable", guard: .administrator, performs: .account(.disableUser), on: .above,
            use: disable)
        router.form(
            "/admin/users/{user}/enable", guard: .administrator, performs: .account(.enableUser), on: .above,
            use: enable)
        router.form(
            "/admin/users/{user}/cancel-recovery", guard: .administrator, performs: .account(.cancelRecovery),
            on: .above, use: cancelRecovery)
        router.form(
            "/admin/users/{user}/make-administrator", guard: .administrator,
            performs: .account(.makeAdministrator), on: .above, use: makeAdministrator)
        router.form(
            "/admin/users/{user}/unmake-administrator", guard: .administrator,
            performs: .account(.unmakeAdministrator), on: .above, use: unmakeAdministrator)
    }

    // MARK: Reading

    @Sendable func list(_ visit: AdministratorVisit) async throws -> Reply {
        let typed = String((visit.query["q"] ?? "").prefix(320))
        let after = visit.query["after"].flatMap { try? Username(parsing: $0) }
        // One more, to know whether there are more.
        let found = try await people.people(
            matching: PersonQuery(typed), after: after, limit: Self.pageSize + 1, at: visit.now)
        let model = UsersPage(
            Array(found.prefix(Self.pageSize)), of: typed, isFirst: after == nil, hasMore: found.count > Self.pageSize,
            at: visit.now)
        return site.page(model, .adminUsers, "Users", visit, section: .admin)
    }

    @Sendable func show(_ visit: AdministratorVisit) async throws -> Reply { try await page(visit) }

    private func name(_ visit: AdministratorVisit) throws -> Username {
        let text = try visit.parameter("user")
        guard let name = try? Username(parsing: text) else { throw NotFound(what: "user named '\(text)'") }
        return name
    }

    private func page(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let name = try name(visit)
        guard let person = try await people.person(name, at: visit.now) else {
            throw NotFound(what: "user named '\(name)'")
        }
        let model = AdminUserPage(
            person, isOneself: person.user.id == visit.session.user.id,
            typedReason: refusal == nil ? "" : visit.form["reason"] ?? "", at: visit.now)
        return site.page(model, .adminUser, person.user.name.display, visit, section: .admin, refusal: refusal)
    }

    // MARK: Doing

    @Sendable func signOut(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .signedOutUser) { name, actor in
            // The session in which it is asked for stays, where it is one's own.
            let kept = visit.session.user.name.normalized == name.normalized ? visit.session.id : nil
            try await site.identity.sessions.endAll(of: name, except: kept, by: actor, at: visit.now)
        }
    }

    @Sendable func disable(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .userDisabled) { name, actor in
            try await people.disable(name, reason: visit.form["reason"] ?? "", by: actor, at: visit.now)
        }
    }

    @Sendable func enable(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .userEnabled) { name, actor in
            try await people.enable(name, by: actor, at: visit.now)
        }
    }

    @Sendable func cancelRecovery(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .recoveryCancelled) { name, actor in
            try await site.identity.recoveries.cancel(
                for: name, reason: visit.form["reason"] ?? "", by: actor, from: RequestOrigin(), at: visit.now)
        }
    }

    @Sendable func makeAdministrator(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .administratorMade) { name, actor in
            try await people.setAdministrator(true, name, by: actor, at: visit.now)
        }
    }

    @Sendable func unmakeAdministrator(_ visit: AdministratorVisit) async throws -> Reply {
        let isOneself = try name(visit).normalized == visit.session.user.name.normalized
        return try await act(visit, then: isOneself ? AccountSite.home : nil, flash: .administratorUnmade) {
            name, actor in
            try await people.setAdministrator(false, name, by: actor, at: visit.now)
        }
    }

    private func act(
        _ visit: AdministratorVisit, then path: String? = nil, flash: FlashMessage,
        _ act: (Username, Actor) async throws -> Void
    ) async throws -> Reply {
        let name = try name(visit)
        return try await visit.attempt {
            try await act(name, visit.session.actor)
            return .seeOther(path ?? AdminPaths.user(name), flash: flash)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }
}
