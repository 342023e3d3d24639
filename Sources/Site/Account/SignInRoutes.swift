import Accounts
import Acts
import Identity
import Policy
import Ports
import Primitives
import Web

/// Signing in with a password or a passkey, and signing out.
struct SignInRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        router.page("/account/login", guard: .everybody, use: show)
        router.form("/account/login", guard: .everybody, performs: .account(.signIn), use: password)
        router.ceremony(
            "/account/login/passkey/options", guard: .everybody, performs: .account(.signIn),
            on: .at("/account/login/"), use: passkeyOptions)
        router.ceremony(
            "/account/login/passkey", guard: .everybody, performs: .account(.signIn), on: .above, use: passkey)
        router.page("/account/logout", guard: .everybody, use: showSignOut)
        router.form(
            "/account/logout", guard: .everybody, performs: .account(.endSession), on: .at("/account/login/"),
            use: signOut)
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        if let session = visit.session {
            return .seeOther(AccountSite.destination(of: session, next: visit.next))
        }
        return form(visit)
    }

    private func form(_ visit: Visit, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            SignInPage(
                typedName: visit.form["username"] ?? "", next: visit.next?.text,
                isOpen: identity.membership.registration == .open, isStopped: refusal is TooManyAttempts),
            .login, "Sign in", visit, refusal: refusal, asksKeys: true)
    }

    @Sendable func password(_ visit: Visit) async throws -> Reply {
        try await visit.attempt {
            let signedIn = try await identity.signIn.password(
                visit.form["username"] ?? "", visit.form["password"] ?? "", from: visit.browser)
            try await leave(visit)
            return .seeOther(AccountSite.destination(of: signedIn.session, next: visit.next)).keeping(signedIn)
        } orShow: {
            form(visit, refusal: $0)
        }
    }

    @Sendable func passkeyOptions(_ visit: Visit) async throws -> Reply {
        .json(try await identity.signIn.passkeyOptions(for: visit.browser))
    }

    @Sendable func passkey(_ visit: Visit) async throws -> Reply {
        let signedIn = try await identity.signIn.passkey(visit.body, from: visit.browser)
        try await leave(visit)
        return .next(AccountSite.destination(of: signedIn.session, next: visit.next)).keeping(signedIn)
    }

    /// Where the pages lead that are the same for everybody, and so cannot sign anybody out themselves.
    @Sendable func showSignOut(_ visit: Visit) async throws -> Reply {
        guard let session = visit.session else { return .seeOther("/account/login/") }
        let page = LinkPage(
            path: visit.path, heading: "Sign out",
            what: "You are signed in as \(session.user.name) in this browser.", button: "Sign out")
        return site.page(page, .link, "Sign out", visit)
    }

    @Sendable func signOut(_ visit: Visit) async throws -> Reply {
        try await leave(visit)
        var reply = Reply.seeOther("/account/login/", flash: .signedOut)
        reply.forgetsBrowser = true
        return reply
    }

    /// Ends the session that the browser had: nobody could reach it any more.
    private func leave(_ visit: Visit) async throws {
        guard let session = visit.session, let id = session.standing.id else { return }
        try await identity.sessions.end(id, of: session.user.name, by: session.actor, at: visit.now)
    }
}

struct SignInPage {
    let typedName: String
    let next: String?
    let isOpen: Bool
    /// Whether there were too many attempts, so that it helps to know what is not stopped by those of strangers.
    let isStopped: Bool
}
