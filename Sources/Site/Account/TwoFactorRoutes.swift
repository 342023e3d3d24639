import Accounts
import Acts
import Identity
import Policy
import Ports
import Primitives
import Web

/// The second step of signing in; for anyone who is signed in without it, because the factor is new, the step that was
/// missing.
struct TwoFactorRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    /// Anyone who has no factor to show is sent on to where they should be.
    private static let held = Set(SessionRestriction.allCases)

    func add(to router: AccountRouter) {
        router.page("/account/two-factor", guard: .signedIn(orHeldTo: Self.held), use: show)
        router.form("/account/two-factor", guard: .factorToShow, performs: .account(.signIn), use: code)
        router.ceremony(
            "/account/two-factor/options", guard: .factorToShow, performs: .account(.signIn), on: .above,
            use: keyOptions)
        router.ceremony(
            "/account/two-factor/verify", guard: .factorToShow, performs: .account(.signIn), on: .above, use: key)
        router.page("/account/recovery-code", guard: .signedIn(orHeldTo: Self.held), use: showRecovery)
        router.form(
            "/account/recovery-code", guard: .secondFactorDue, performs: .account(.useRecoveryCode), use: recoveryCode)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        guard session.canShowFactor else { return .seeOther(AccountSite.destination(of: session, next: visit.next)) }
        return try await form(visit)
    }

    private func form(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let session = visit.session
        let factors = try await identity.factors.factors(of: session.user.id)
        let page = TwoFactorPage(
            name: session.user.name.display, next: visit.next?.text, hasKeys: !factors.usableKeys.isEmpty,
            // Anyone who is signed in is here for the most that they have.
            hasApp: !factors.authenticatorApps.isEmpty
                && (!session.isLive || session.standing.strongest == .secondFactor),
            hasFrozenKeys: factors.securityKeys.contains { $0.frozenAt != nil },
            hasCodes: factors.recoveryCodesLeft > 0, isSignedIn: session.isLive)
        return site.page(
            page, .twoFactor, "Show your second factor", visit, refusal: refusal, asksKeys: page.hasKeys)
    }

    @Sendable func code(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let signedIn = try await identity.signIn.code(
                visit.typedCode("totp_value"), for: .secondFactor, in: visit.session, visit.browser)
            return .seeOther(AccountSite.destination(of: signedIn.session, next: visit.next)).keeping(signedIn)
        } orShow: {
            try await form(visit, refusal: $0)
        }
    }

    @Sendable func keyOptions(_ visit: SessionVisit) async throws -> Reply {
        .json(
            try await identity.signIn.keyOptions(for: .secondFactor, in: visit.session, visit.browser))
    }

    @Sendable func key(_ visit: SessionVisit) async throws -> Reply {
        let signedIn = try await identity.signIn.key(
            visit.body, for: .secondFactor, in: visit.session, visit.browser)
        return .next(AccountSite.destination(of: signedIn.session, next: visit.next)).keeping(signedIn)
    }

    // MARK: Recovery codes

    @Sendable func showRecovery(_ visit: SessionVisit) async throws -> Reply {
        guard visit.session.standing.restriction == .secondFactorDue else {
            return .seeOther(AccountSite.destination(of: visit.session, next: visit.next))
        }
        return recoveryForm(visit)
    }

    private func recoveryForm(_ visit: SessionVisit, refusal: (any Refusal)? = nil) -> Reply {
        site.page(RecoveryCodePage(), .recoveryCode, "Use a recovery code", visit, refusal: refusal)
    }

    @Sendable func recoveryCode(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let signedIn = try await identity.signIn.recoveryCode(
                String((visit.form["recovery_code_value"] ?? "").prefix(200)), in: visit.session, visit.browser)
            return .seeOther(AccountSite.destination(of: signedIn.session, next: nil)).keeping(signedIn)
        } orShow: { refusal in
            guard case FactorRefusal.codeNotAccepted(hint: nil) = refusal else {
                return recoveryForm(visit, refusal: refusal)
            }
            let hint = "This recovery code was not accepted: it is wrong, or was used already. Each of them works once."
            return recoveryForm(visit, refusal: FactorRefusal.codeNotAccepted(hint: hint))
        }
    }
}

struct TwoFactorPage {
    let name: String
    let next: String?
    let hasKeys: Bool
    let hasApp: Bool
    let hasFrozenKeys: Bool
    let hasCodes: Bool
    /// Whether the person is signed in, with less.
    let isSignedIn: Bool
    let query: String

    init(
        name: String, next: String?, hasKeys: Bool, hasApp: Bool, hasFrozenKeys: Bool, hasCodes: Bool,
        isSignedIn: Bool = false
    ) {
        self.name = name
        self.next = next
        self.hasKeys = hasKeys
        self.hasApp = hasApp
        self.hasFrozenKeys = hasFrozenKeys
        self.hasCodes = hasCodes
        self.isSignedIn = isSignedIn
        query = next.map { "?next=\(Paths.percentEncoded($0))" } ?? ""
    }
}
