import Accounts
import Acts
import Giveaways
import Identity
import Ports
import Primitives
import UTC
import Web

/// The second factors of an account: what there is, adding, renaming, removing.
struct FactorRoutes: Sendable {
    let site: AccountSite
    let giveaways: Giveaways
    private var identity: Identity { site.identity }

    private static let page = "/manage/account/two-factor/"
    /// A session after a recovery can add a factor, and so has to see these pages.
    private static let allowed: Set<SessionRestriction> = [.enrolmentOnly]

    func add(to router: AccountRouter) {
        router.page("/manage/account/two-factor", use: show)
        router.form("/manage/account/two-factor/rename", performs: .renameSecurityKey, on: .at(Self.page), use: rename)
        router.form("/manage/account/two-factor/remove", performs: .removeSecurityKey, on: .at(Self.page), use: remove)
        router.form(
            "/manage/account/two-factor/remove-app", performs: .removeAuthenticatorApp, on: .at(Self.page), use: remove)

        let keyPage = "/manage/account/webauthn-provision/"
        router.page("/manage/account/webauthn-provision", use: showKey)
        router.ceremony(
            "/manage/account/webauthn-provision/options", performs: .addSecurityKey, on: .at(keyPage), use: keyOptions)
        router.ceremony(
            "/manage/account/webauthn-provision/validate", performs: .addSecurityKey, on: .at(keyPage), use: addKey)

        router.page("/manage/account/totp-provision", use: showApp)
        router.form("/manage/account/totp-provision", performs: .addAuthenticatorApp, use: confirmApp)

        router.page("/manage/account/recovery-codes/generate", use: showCodes)
        router.form("/manage/account/recovery-codes/generate", performs: .makeRecoveryCodes, use: makeCodes)

        router.page("/manage/account/enrolment-link", use: showLink)
        router.form("/manage/account/enrolment-link", performs: .addSecurityKey, use: mailLink)
    }

    // MARK: What there is

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        try await page(visit, try visit.signedIn(allowing: Self.allowed))
    }

    private func page(_ visit: Visit, _ session: Session, refusal: (any Refusal)? = nil) async throws -> Reply {
        let factors = try await identity.factors.factors(of: session.user.id)
        let offers = session.isLive ? try await giveaways.offers(to: session.user.id, at: visit.now) : []
        return site.page(
            FactorsPage(session, factors, offers: offers, at: visit.now), .factors, "Second factors", visit,
            section: .factors,
            refusal: refusal)
    }

    @Sendable func rename(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn()
        return try await visit.attempt {
            try await identity.enrolment.rename(try factor(visit), to: visit.form["label"] ?? "", in: session)
            return .seeOther(Self.page, said: .keyRenamed)
        } orShow: {
            try await page(visit, session, refusal: $0)
        }
    }

    @Sendable func remove(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn()
        return try await visit.attempt {
            let factor = try factor(visit)
            try await identity.enrolment.remove(factor, in: session, visit.browser)
            guard session.standing.factor != factor else {
                // This session stood on it, and ended with it.
                var reply = Reply.seeOther("/account/login/", said: .factorRemoved)
                reply.forgetsBrowser = true
                return reply
            }
            return .seeOther(Self.page, said: .factorRemoved)
        } orShow: {
            try await page(visit, session, refusal: $0)
        }
    }

    private func factor(_ visit: Visit) throws -> FactorID {
        guard let number = visit.form["factor"].flatMap(Int64.init) else { throw FactorRefusal.noSuchFactor }
        return FactorID(number)
    }

    // MARK: Security keys

    @Sendable func showKey(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn(allowing: Self.allowed)
        try await identity.enrolment.requireRight(to: .addSecurityKey, in: session)
        return site.page(
            AddKeyPage(site.identity.party), .addKey, "Add a security key", visit, section: .factors, asksKeys: true)
    }

    @Sendable func keyOptions(_ visit: Visit) async throws -> Reply {
        .json(try await identity.enrolment.keyOptions(in: visit.signedIn(allowing: Self.allowed), visit.browser))
    }

    @Sendable func addKey(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn(allowing: Self.allowed)
        _ = try await identity.enrolment.addKey(
            visit.body, label: visit.query["label"] ?? "", in: session, visit.browser)
        // A session that could add a factor and nothing else has ended with it.
        guard session.standing.restriction == nil else {
            var reply = Reply.next("/account/login/", said: .enrolled)
            reply.forgetsBrowser = true
            return reply
        }
        return .next(Self.page, said: .keyAdded)
    }

    // MARK: Authenticator app

    @Sendable func showApp(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn(allowing: Self.allowed)
        return try await visit.attempt {
            appPage(visit, try await identity.enrolment.offerApp(in: session))
        } orShow: {
            try await page(visit, session, refusal: $0)
        }
    }

    private func appPage(_ visit: Visit, _ setup: Enrolment.AppSetup, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            AddAppPage(offer: setup.offer, secret: setup.secret, uri: setup.uri, svg: setup.svg), .addApp,
            "Add an authenticator app",
            visit, section: .factors, refusal: refusal)
    }

    @Sendable func confirmApp(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn(allowing: Self.allowed)
        return try await visit.attempt {
            try await identity.enrolment.addApp(
                visit.form["offer"] ?? "", code: visit.typedCode("totp_value"), in: session, visit.browser)
            guard session.standing.restriction == nil else {
                var reply = Reply.seeOther("/account/login/", said: .enrolled)
                reply.forgetsBrowser = true
                return reply
            }
            return .seeOther(Self.page, said: .appAdded)
        } orShow: { refusal in
            guard case FactorRefusal.codeNotAccepted = refusal else {
                return try await page(visit, session, refusal: refusal)
            }
            return appPage(
                visit, try await identity.enrolment.offerApp(in: session, again: visit.form["offer"]),
                refusal: refusal)
        }
    }

    // MARK: Recovery codes

    @Sendable func showCodes(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn()
        return try await codesForm(visit, session)
    }

    private func codesForm(_ visit: Visit, _ session: Session, refusal: (any Refusal)? = nil) async throws -> Reply {
        let factors = try await identity.factors.factors(of: session.user.id)
        let model = MakeCodesPage(
            hasFactor: factors.hasSecondFactor,
            left: factors.recoveryCodesLeft > 0 ? factors.recoveryCodesLeft.counted("code") : nil)
        return site.page(model, .makeCodes, "Recovery codes", visit, section: .factors, refusal: refusal)
    }

    @Sendable func makeCodes(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn()
        return try await visit.attempt {
            let codes = try await identity.enrolment.makeRecoveryCodes(in: session, visit.browser)
            let model = CodesPage(codes, of: session.user.name, host: identity.party.name, at: visit.now)
            return site.page(model, .codes, "Your recovery codes", visit, section: .factors)
        } orShow: {
            try await codesForm(visit, session, refusal: $0)
        }
    }

    // MARK: The first factor

    @Sendable func showLink(_ visit: Visit) async throws -> Reply { linkForm(visit, try visit.signedIn()) }

    private func linkForm(_ visit: Visit, _ session: Session, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            Heading(session.user.email.text), .enrolmentLink, "First, a link by mail", visit, section: .factors,
            refusal: refusal)
    }

    @Sendable func mailLink(_ visit: Visit) async throws -> Reply {
        let session = try visit.signedIn()
        return try await visit.attempt {
            try await identity.membership.askForFirstEnrolment(in: session, visit.browser)
            return .seeOther("/manage/account/enrolment-link/", said: .linkMailed)
        } orShow: {
            linkForm(visit, session, refusal: $0)
        }
    }
}
