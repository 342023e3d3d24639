import Accounts
import Acts
import Identity
import Policy
import Primitives
import UTC
import Web

/// Passwords: set by a link, forgotten, changed.
struct PasswordRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    /// Anyone who has to change the password can do that, and nothing else.
    private static let held: Set<SessionRestriction> = [.passwordChangeOnly]

    func add(to router: AccountRouter) {
        router.page("/account/request-password-reset", guard: .everybody, use: showRequest)
        router.form("/account/request-password-reset", guard: .everybody, link: .mail, use: request)
        for path in ["/account/password/{secret}", "/account/reset-password/{secret}"] {
            router.page(path, guard: .everybody, use: showLink)
            router.form(path, guard: .everybody, performs: .account(.setPassword), use: set)
        }
        router.page(
            "/manage/account/change-password", guard: .signedIn(orHeldTo: Self.held), prepares: .account(.setPassword),
            use: showChange)
        router.form(
            "/manage/account/change-password", guard: .signedIn(orHeldTo: Self.held), performs: .account(.setPassword),
            use: change)
    }

    // MARK: Forgotten

    @Sendable func showRequest(_ visit: Visit) async throws -> Reply { requestForm(visit) }

    private func requestForm(_ visit: Visit, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            ForgottenPage(text: visit.form["username_or_email"] ?? ""), .forgotten, "Reset your password", visit,
            refusal: refusal)
    }

    @Sendable func request(_ visit: Visit) async throws -> Reply {
        try await visit.attempt {
            try await identity.membership.askForReset(
                of: String((visit.form["username_or_email"] ?? "").prefix(320)), visit.browser)
            return .seeOther("/account/request-password-reset/", flash: .resetMailed)
        } orShow: {
            requestForm(visit, refusal: $0)
        }
    }

    // MARK: By a link

    @Sendable func showLink(_ visit: Visit) async throws -> Reply {
        guard let user = try await holder(visit) else { return try await site.deadLink(visit) }
        return form(user, visit, isByLink: true)
    }

    @Sendable func set(_ visit: Visit) async throws -> Reply {
        guard let user = try await holder(visit) else { return try await site.deadLink(visit) }
        return try await visit.attempt {
            _ = try await identity.membership.setPassword(
                visit.form["new_password"] ?? "", by: visit.parameter("secret"), visit.browser)
            var reply = Reply.seeOther("/account/login/", flash: .passwordSet)
            // All of the account's sessions have ended; another account's in this browser goes on.
            reply.forgetsBrowser = visit.session?.user.id == user.id
            reply.remembersBrowser = true
            return reply
        } orShow: { refusal in
            guard refusal is LinkNotValid else { return form(user, visit, isByLink: true, refusal: refusal) }
            return try await site.deadLink(visit)
        }
    }

    private func holder(_ visit: Visit) async throws -> User? {
        guard let link = try await identity.membership.link(visit.parameter("secret")) else { return nil }
        // Before they think of a password.
        if let disabling = link.user?.disabling { throw AccessRefusal.accountDisabled(disabling) }
        return [.setPassword, .resetPassword].contains(link.purpose) ? link.user : nil
    }

    private func form(_ user: User, _ visit: some GuardedVisit, isByLink: Bool, refusal: (any Refusal)? = nil) -> Reply
    {
        let restriction = isByLink ? nil : visit.visit.session?.standing.restriction
        return site.page(
            PasswordPage(
                username: user.name.display, action: visit.path,
                heading: isByLink ? "Set your password" : "Change your password", isByLink: isByLink,
                isBreached: restriction == .passwordChangeOnly),
            .password, isByLink ? "Set your password" : "Change your password", visit, refusal: refusal)
    }

    // MARK: Changed

    @Sendable func showChange(_ visit: SessionVisit) async throws -> Reply {
        form(visit.session.user, visit, isByLink: false)
    }

    @Sendable func change(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let secret = try await identity.membership.changePassword(
                visit.form["new_password"] ?? "", in: visit.session, visit.browser)
            return .seeOther(AccountSite.home, flash: .passwordChanged).keeping(secret)
        } orShow: {
            form(visit.session.user, visit, isByLink: false, refusal: $0)
        }
    }
}

/// Where a link is asked for by anyone who has forgotten the password.
struct ForgottenPage {
    let text: String
    let lifetime = OneTimeLink.Purpose.resetPassword.lifetime.inLetters
}

/// Where a person sets a password.
struct PasswordPage {
    let username: String
    let action: String
    let heading: String
    let isByLink: Bool
    /// Whether the present one is known to thieves, and nothing else can be done before.
    let isBreached: Bool
    let minimumLength = PasswordRules().length.lowerBound
    let maximumLength = PasswordRules().length.upperBound
}
