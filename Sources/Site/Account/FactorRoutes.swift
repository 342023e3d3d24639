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
    private static let held: Set<SessionRestriction> = [.enrolmentOnly]

    func add(to router: AccountRouter) {
        router.page("/manage/account/two-factor", guard: .signedIn(orHeldTo: Self.held), use: show)
        router.form(
            "/manage/account/two-factor/rename", guard: .signedIn, performs: .account(.renameSecurityKey),
            on: .at(Self.page),
            use: rename)
        router.form(
            "/manage/account/two-factor/remove", guard: .signedIn, performs: .account(.removeSecurityKey),
            on: .at(Self.page),
            use: remove)
        router.form(
            "/manage/account/two-factor/remove-app", guard: .signedIn, performs: .account(.removeAuthenticatorApp),
            on: .at(Self.page), use: remove)

        let keyPage = "/manage/account/webauthn-provision/"
        router.page(
            "/manage/account/webauthn-provision", guard: .signedIn(orHeldTo: Self.held),
            prepares: .account(.addSecurityKey),
            use: showKey)
        router.ceremony(
            "/manage/account/webauthn-provision/options", guard: .signedIn(orHeldTo: Self.held),
            performs: .account(.addSecurityKey), on: .at(keyPage), use: keyOptions)
        router.ceremony(
            "/manage/account/webauthn-provision/validate", guard: .signedIn(orHeldTo: Self.held),
            performs: .account(.addSecurityKey), on: .at(keyPage), use: addKey)

        router.page(
            "/manage/account/totp-provision", guard: .signedIn(orHeldTo: Self.held),
            prepares: .account(.addAuthenticatorApp),
            use: showApp)
        router.form(
            "/manage/account/totp-provision", guard: .signedIn(orHeldTo: Self.held),
            performs: .account(.addAuthenticatorApp),
            use: confirmApp)

        router.page("/manage/account/recovery-codes/generate", guard: .signedIn, use: showCodes)
        router.form(
            "/manage/account/recovery-codes/generate", guard: .signedIn, performs: .account(.makeRecoveryCodes),
            use: makeCodes)

        router.page("/manage/account/enrolment-link", guard: .signedIn, use: showLink)
        router.form("/manage/account/enrolment-link", guard: .signedIn, link: .mail, use: mailLink)
    }

    // MARK: What there is

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let session = visit.session
        let factors = try await identity.factors.factors(of: session.user.id)
        let offers = session.isLive ? try await giveaways.offers(to: session.user.id, at: visit.now) : []
        return site.page(
            FactorsPage(session, factors, offers: offers, at: visit.now), .factors, "Second factors", visit,
            section: .factors,
            refusal: refusal)
    }

    @Sendable func rename(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            try await identity.enrolment.rename(try factor(visit), to: visit.form["label"] ?? "", in: visit.session)
            return .seeOther(Self.page, flash: .keyRenamed)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func remove(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let factor = try factor(visit)
            try await identity.enrolment.remove(factor, in: visit.session, visit.browser)
            guard visit.session.standing.factor != factor else {
                // This session stood on it, and ended with it.
                var reply = Reply.seeOther("/account/login/", flash: .factorRemoved)
                reply.forgetsBrowser = true
                return reply
            }
            return .seeOther(Self.page, flash: .factorRemoved)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    private func factor(_ visit: SessionVisit) throws -> FactorID {
        guard let number = visit.form["factor"].flatMap(Int64.init) else { throw FactorRefusal.noSuchFactor }
        return FactorID(number)
    }

    // MARK: Security keys

    @Sendable func showKey(_ visit: SessionVisit) async throws -> Reply {
        site.page(
            AddKeyPage(site.identity.party), .addKey, "Add a security key", visit, section: .factors, asksKeys: true)
    }

    @Sendable func keyOptions(_ visit: SessionVisit) async throws -> Reply {
        .json(try await identity.enrolment.keyOptions(in: visit.session, visit.browser))
    }

    @Sendable func addKey(_ visit: SessionVisit) async throws -> Reply {
        _ = try await identity.enrolment.addKey(
            visit.body, label: visit.query["label"] ?? "", in: visit.session, visit.browser)
        // A session that could add a factor and nothing else has ended with it.
        guard visit.session.standing.restriction == nil else {
            var reply = Reply.next("/account/login/", flash: .enrolled)
            reply.forgetsBrowser = true
            return reply
        }
        return .next(Self.page, flash: .keyAdded)
    }

    // MARK: Authenticator app

    @Sendable func showApp(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            appPage(visit, try await identity.enrolment.offerApp(in: visit.session))
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    private func appPage(_ visit: SessionVisit, _ setup: Enrolment.AppSetup, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            AddAppPage(offer: setup.offer, secret: setup.secret, uri: setup.uri, svg: setup.svg), .addApp,
            "Add an authenticator app",
            visit, section: .factors, refusal: refusal)
    }

    @Sendable func confirmApp(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            try await identity.enrolment.addApp(
                visit.form["offer"] ?? "", code: visit.typedCode("totp_value"), in: visit.session, visit.browser)
            guard visit.session.standing.restriction == nil else {
                var reply = Reply.seeOther("/account/login/", flash: .enrolled)
                reply.forgetsBrowser = true
                return reply
            }
            return .seeOther(Self.page, flash: .appAdded)
        } orShow: { refusal in
            guard case FactorRefusal.codeNotAccepted = refusal else {
                return try await page(visit, refusal: refusal)
            }
            return appPage(
                visit, try await identity.enrolment.offerApp(in: visit.session, again: visit.form["offer"]),
                refusal: refusal)
        }
    }

    // MARK: Recovery codes

    @Sendable func showCodes(_ visit: SessionVisit) async throws -> Reply {
        try await codesForm(visit)
    }

    private func codesForm(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let factors = try await identity.factors.factors(of: visit.session.user.id)
        let model = MakeCodesPage(
            hasFactor: factors.hasSecondFactor,
            left: factors.recoveryCodesLeft > 0 ? factors.recoveryCodesLeft.counted("code") : nil)
        return site.page(model, .makeCodes, "Recovery codes", visit, section: .factors, refusal: refusal)
    }

    @Sendable func makeCodes(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let codes = try await identity.enrolment.makeRecoveryCodes(in: visit.session, visit.browser)
            let model = CodesPage(codes, of: visit.session.user.name, host: identity.party.name, at: visit.now)
            return site.page(model, .codes, "Your recovery codes", visit, section: .factors)
        } orShow: {
            try await codesForm(visit, refusal: $0)
        }
    }

    // MARK: The first factor

    @Sendable func showLink(_ visit: SessionVisit) async throws -> Reply { linkForm(visit) }

    private func linkForm(_ visit: SessionVisit, refusal: (any Refusal)? = nil) -> Reply {
        site.page(
            EnrolmentLinkPage(), .enrolmentLink, "First, a link by mail", visit, section: .factors,
            refusal: refusal)
    }

    @Sendable func mailLink(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            try await identity.membership.askForFirstEnrolment(in: visit.session, visit.browser)
            return .seeOther("/manage/account/enrolment-link/", flash: .linkMailed)
        } orShow: {
            linkForm(visit, refusal: $0)
        }
    }
}
