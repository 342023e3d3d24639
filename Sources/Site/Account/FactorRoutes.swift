import Accounts
import Acts
import Giveaways
import Identity
import Policy
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
            on: .at(Self.page), use: rename)
        router.form(
            "/manage/account/two-factor/remove", guard: .signedIn, performs: .account(.removeSecurityKey),
            on: .at(Self.page), use: remove)
        router.form(
            "/manage/account/two-factor/remove-app", guard: .signedIn, performs: .account(.removeAuthenticatorApp),
            on: .at(Self.page), use: remove)

        let keyPage = "/manage/account/webauthn-provision/"
        router.page(
            "/manage/account/webauthn-provision", guard: .signedIn(orHeldTo: Self.held),
            prepares: .account(.addSecurityKey), use: showKey)
        router.ceremony(
            "/manage/account/webauthn-provision/options", guard: .signedIn(orHeldTo: Self.held),
            performs: .account(.addSecurityKey), on: .at(keyPage), use: keyOptions)
        router.ceremony(
            "/manage/account/webauthn-provision/validate", guard: .signedIn(orHeldTo: Self.held),
            performs: .account(.addSecurityKey), on: .at(keyPage), use: addKey)

        router.page(
            "/manage/account/totp-provision", guard: .signedIn(orHeldTo: Self.held),
            prepares: .account(.addAuthenticatorApp), use: showApp)
        router.form(
            "/manage/account/totp-provision", guard: .signedIn(orHeldTo: Self.held),
            performs: .account(.addAuthenticatorApp), use: confirmApp)

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
        // What was disowned is to be seen, though it counts for nothing.
        guard factors.hasSecondFactor || !factors.disowned.isEmpty, session.isLive else {
            return try await adding(visit, FactorsPage.Gift(offers, hasKey: false), refusal: refusal)
        }
        let flash = visit.flash
        let model = FactorsPage(
            session, factors, offers: offers, answer: flash?.answersEnrolment == true ? flash?.sentence : nil,
            vouchAddress: site.vouchAddress(of: session.user.name), obligations: visit.obligations,
            wasPutOff: flash == .mandateDelayed, at: visit.now)
        return site.page(
            model, .factors, "Second factors", visit, section: .factors, refusal: refusal,
            saysFlash: model.probation?.answer != nil)
    }

    /// What somebody sees who has no second factor, or has lost it: how to add one, or the link that it takes.
    private func adding(
        _ visit: SessionVisit, _ gift: FactorsPage.Gift?, refusal: (any Refusal)? = nil
    ) async throws -> Reply {
        do {
            try await identity.enrolment.requireRight(to: .addSecurityKey, in: visit.session)
        } catch AccessRefusal.enrolmentLinkNeeded {
            return linkForm(visit, gift, refusal: refusal)
        }
        let app: AddAppPage?
        do {
            app = AddAppPage(try await identity.enrolment.offerApp(in: visit.session), isAlone: false)
        } catch AccessRefusal.freshProofNeeded {
            // What was shown for a key was not shown for an app: that has its own page, which asks for it.
            app = nil
        }
        let page = AddKeyPage(
            identity.party, isFirst: true, app: app, gift: gift, isRecovered: !visit.session.isLive)
        return site.page(
            page, .addKey, "Add your second factor", visit, section: .factors, refusal: refusal, asksKeys: true)
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
        guard try await identity.factors.factors(of: visit.session.user.id).hasSecondFactor else {
            return try await adding(visit, nil)
        }
        return site.page(
            AddKeyPage(site.identity.party), .addKey, "Add a security key", visit, section: .factors, asksKeys: true)
    }

    @Sendable func keyOptions(_ visit: SessionVisit) async throws -> Reply {
        .json(try await identity.enrolment.keyOptions(in: visit.session, visit.browser))
    }

    @Sendable func addKey(_ visit: SessionVisit) async throws -> Reply {
        let (_, secret) = try await identity.enrolment.addKey(
            visit.body, label: visit.query["label"] ?? "", in: visit.session, visit.browser)
        let next = try await onward(visit, after: .keyAdded)
        return .next(next.path, flash: next.flash).keeping(secret)
    }

    /// Where somebody goes on who has added a factor: to a new token, where those that they have are too weak for a
    /// project and the factor counts there already. What is said there: of a first factor that counts at once, that it
    /// does; of one that waits, the page of the factors says why.
    private func onward(
        _ visit: SessionVisit, after added: FlashMessage
    ) async throws -> (path: String, flash: FlashMessage) {
        let probation = try await identity.factors.factors(of: visit.session.user.id).probation
        let waits = probation.map { visit.now < $0.until } ?? false
        let flash = visit.session.standing.firstEnrolmentUntil != nil && !waits ? .firstFactorCounts : added
        let asking = visit.obligations.filter { !$0.tokens.isEmpty }.map(\.project)
        guard !asking.isEmpty, !waits, visit.returnPath == nil else { return (Self.page, flash) }
        return (TokenForPage.path(for: asking), flash)
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
            AddAppPage(setup), .addApp, "Add an authenticator app", visit, section: .factors, refusal: refusal)
    }

    @Sendable func confirmApp(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let secret = try await identity.enrolment.addApp(
                visit.form["offer"] ?? "", code: visit.typedCode("totp_value"), in: visit.session, visit.browser)
            let next = try await onward(visit, after: .appAdded)
            return .seeOther(next.path, flash: next.flash).keeping(secret)
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

    private func linkForm(
        _ visit: SessionVisit, _ gift: FactorsPage.Gift? = nil, refusal: (any Refusal)? = nil
    ) -> Reply {
        let isMailed = visit.query["flash"] == FlashMessage.linkMailed.rawValue
        return site.page(
            EnrolmentLinkPage(isMailed: isMailed, gift: gift), .enrolmentLink,
            isMailed ? "Check your e-mail" : "First, a link by mail", visit, section: .factors, refusal: refusal)
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
