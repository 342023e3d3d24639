import Accounts
import Acts
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import UTC
import Web

/// Getting an account back whose factors are lost, and vouching for somebody.
struct RecoveryRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        let page = "/account/recover/"
        router.page("/account/recover", guard: .signedIn(orHeldTo: [.secondFactorDue]), use: show)
        router.form("/account/recover", guard: .secondFactorDue, performs: .account(.requestRecovery), use: request)
        router.form(
            "/account/recover/cancel", guard: .signedIn, performs: .account(.cancelRecovery), on: .at(page), use: cancel
        )
        router.form(
            "/account/recover/complete", guard: .secondFactorDue, performs: .account(.completeRecovery), on: .at(page),
            use: complete)
        router.page("/account/vouch/{user}", guard: .voucher, use: showVouching)
        router.form(
            "/account/vouch/{user}/recovery", guard: .voucher, performs: .account(.approveRecovery), on: .above,
            use: approveRecovery)
        router.form(
            "/account/vouch/{user}/probation", guard: .voucher, performs: .account(.endProbation), on: .above,
            use: endProbation)
    }

    // MARK: Recovery

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let session = visit.session
        let model = RecoverPage(
            session, try await identity.recoveries.recovery(of: session.user.id), at: visit.now)
        return site.page(model, .recover, "Recover your account", visit, refusal: refusal)
    }

    @Sendable func request(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            _ = try await identity.recoveries.request(
                for: visit.session.user.name, by: visit.session.actor, from: visit.browser.origin, at: visit.now)
            return .seeOther("/account/recover/", flash: .recoveryRequested)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func cancel(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            try await identity.recoveries.cancel(
                for: visit.session.user.name, reason: nil, by: visit.session.actor, from: visit.browser.origin,
                at: visit.now)
            return .seeOther(AccountSite.home, flash: .recoveryCancelled)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func complete(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let secret = OneTimeSecret()
            let recovered = try await identity.recoveries.complete(
                in: visit.session.id, newSecretHash: secret.hash, from: visit.browser.origin, at: visit.now)
            var reply = Reply.seeOther(AccountSite.destination(of: recovered, next: nil))
            reply.secret = secret
            return reply
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    // MARK: Vouching

    @Sendable func showVouching(_ visit: VoucherVisit) async throws -> Reply {
        try await vouchingPage(visit)
    }

    private func vouchingPage(_ visit: VoucherVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let user = visit.user
        let factors = try await identity.factors.factors(of: user.id)
        // Who vouched already has said what they can say.
        let probation = factors.probation.flatMap {
            $0.until > visit.now && $0.reason.canBeEnded && $0.voucher != visit.session.user.name ? $0 : nil
        }
        let recovery = try await identity.recoveries.recovery(of: user.id)
        let model = VouchPage(
            user, probation: probation, recovery: recovery, isForOwn: !visit.session.user.isAdministrator, at: visit.now
        )
        return site.page(
            model, .vouch, "Vouch for \(user.name)", visit, section: .account, refusal: refusal)
    }

    @Sendable func approveRecovery(_ visit: VoucherVisit) async throws -> Reply {
        try await vouch(visit) { user, source in
            try await identity.recoveries.approve(
                for: user.name, by: source, from: visit.browser.origin, at: visit.now)
        }
    }

    @Sendable func endProbation(_ visit: VoucherVisit) async throws -> Reply {
        try await vouch(visit) { user, source in
            try await identity.factors.endProbation(
                of: user.name, by: source, from: visit.browser.origin, at: visit.now)
        }
    }

    private func vouch(_ visit: VoucherVisit, _ act: (User, Actor) async throws -> Void) async throws -> Reply {
        try await visit.attempt {
            try await act(visit.user, visit.session.actor)
            return .seeOther("/account/vouch/\(visit.user.name)/", flash: .vouched)
        } orShow: {
            try await vouchingPage(visit, refusal: $0)
        }
    }
}

/// Where an account's recovery stands.
struct RecoverPage {
    struct UnderWay {
        let requestedAt: String
        let dueAt: String
        let approvedBy: String?
        let canComplete: Bool
        let mustWait: Bool
        let canCancel: Bool
    }

    let name: String
    let canRequest: Bool
    let wait = AccountRecovery.wait.inDays.capitalized
    let probation = Probation.length.inHours
    let underWay: UnderWay?
    /// Whether somebody who is signed in looks, and nothing is under way.
    let isNothing: Bool

    init(_ session: Session, _ recovery: AccountRecovery?, at now: Timestamp) {
        let isWaiting = session.standing.restriction == .secondFactorDue
        name = session.user.name.display
        canRequest = isWaiting && recovery == nil
        isNothing = !isWaiting && recovery == nil
        underWay = recovery.map {
            UnderWay(
                requestedAt: $0.requestedAt.readable, dueAt: $0.dueAt.readable,
                approvedBy: $0.approvedBy.map { $0.hasPrefix("user ") ? String($0.dropFirst(5)) : $0 },
                canComplete: isWaiting && $0.dueAt <= now, mustWait: isWaiting && $0.dueAt > now,
                canCancel: !isWaiting)
        }
    }
}

/// Whom one vouches for, and for what.
struct VouchPage {
    struct Recovery {
        let requestedAt: String
        let dueAt: String
        let isWaiting: Bool
    }

    let name: String
    let probationUntil: String?
    let recovery: Recovery?
    let isForOwn: Bool
    let isNothing: Bool

    /// - Parameter isForOwn: whether one vouches for one's own projects, as a co-owner does.
    init(_ user: User, probation: Probation?, recovery: AccountRecovery?, isForOwn: Bool, at now: Timestamp) {
        name = user.name.display
        self.isForOwn = isForOwn
        probationUntil = probation?.until.readable
        self.recovery = recovery.map {
            Recovery(
                requestedAt: $0.requestedAt.readable, dueAt: $0.dueAt.readable,
                isWaiting: $0.approvedBy == nil && $0.dueAt > now)
        }
        isNothing = probation == nil && recovery == nil
    }
}
