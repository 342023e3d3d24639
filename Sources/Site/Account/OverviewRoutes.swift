import Accounts
import Acts
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import UTC
import Web

/// The first page of an account, and its mail addresses.
struct OverviewRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        let page = AccountSite.home
        router.page("/manage/account", guard: .signedIn, use: show)
        router.form(
            "/manage/account/addresses/add", guard: .signedIn, performs: .account(.addAddress), on: .at(page),
            use: addAddress)
        router.form(
            "/manage/account/addresses/remove", guard: .signedIn, performs: .account(.removeAddress), on: .at(page),
            use: removeAddress)
        router.form(
            "/manage/account/addresses/primary", guard: .signedIn, performs: .account(.setPrimaryAddress),
            on: .at(page), use: setPrimary)
        router.form(
            "/manage/account/addresses/verify", guard: .signedIn, link: .mail, on: .at(page), use: askForVerification)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let user = visit.session.user.id
        let model = OverviewPage(
            visit.session, typedAddress: refusal == nil ? "" : visit.form["email"] ?? "",
            addresses: try await identity.accounts.addresses(of: user),
            factors: try await identity.factors.factors(of: user),
            recovery: try await identity.recoveries.recovery(of: user),
            vouchAddress: site.vouchAddress(of: visit.session.user.name), obligations: visit.obligations, at: visit.now)
        return site.page(model, .account, "Your account", visit, section: .account, refusal: refusal)
    }

    @Sendable func addAddress(_ visit: SessionVisit) async throws -> Reply {
        try await change(visit, flash: .addressAdded) {
            try await identity.membership.addAddress(visit.form["email"] ?? "", in: visit.session, visit.browser)
        }
    }

    @Sendable func removeAddress(_ visit: SessionVisit) async throws -> Reply {
        try await change(visit, flash: .addressRemoved) {
            try await identity.membership.removeAddress(visit.form["address"] ?? "", in: visit.session, visit.browser)
        }
    }

    @Sendable func setPrimary(_ visit: SessionVisit) async throws -> Reply {
        try await change(visit, flash: .primaryChanged) {
            try await identity.membership.setPrimaryAddress(
                visit.form["address"] ?? "", in: visit.session, visit.browser)
        }
    }

    @Sendable func askForVerification(_ visit: SessionVisit) async throws -> Reply {
        try await change(visit, flash: .linkMailed) {
            try await identity.membership.askForVerification(
                of: visit.form["address"] ?? "", in: visit.session, visit.browser)
        }
    }

    private func change(
        _ visit: SessionVisit, flash: FlashMessage, _ act: () async throws -> Void
    ) async throws -> Reply {
        try await visit.attempt {
            try await act()
            return .seeOther(AccountSite.home, flash: flash)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }
}

/// The first page of an account.
struct OverviewPage {
    struct Address {
        let address: String
        let isPrimary: Bool
        let isVerified: Bool
        let canBePrimary: Bool
        let canGo: Bool
    }

    let name: String
    let typedAddress: String
    let addresses: [Address]
    let factorWords: String
    let hasNoFactor: Bool
    let probation: ProbationWords?
    let recoveryDue: String?
    let signedInWith: String

    init(
        _ session: Session, typedAddress: String, addresses: [AccountAddress], factors: AccountFactors,
        recovery: AccountRecovery?, vouchAddress: String, obligations: [Obligation] = [], at now: Timestamp
    ) {
        name = session.user.name.display
        self.typedAddress = typedAddress
        self.addresses = addresses.map {
            Address(
                address: $0.address.text, isPrimary: $0.isPrimary, isVerified: $0.verifiedAt != nil,
                canBePrimary: !$0.isPrimary && $0.verifiedAt != nil, canGo: !$0.isPrimary)
        }
        factorWords = factors.words
        hasNoFactor = !factors.hasSecondFactor
        probation = ProbationWords(
            factors.probation, isAdministrator: session.user.isAdministrator, vouchAddress: vouchAddress, obligations,
            at: now)
        recoveryDue = recovery?.dueAt.readable
        signedInWith = session.assurance.words
    }
}

/// Why an account has no right on some projects, and until when.
struct ProbationWords {
    let why: String
    /// Where the account has no right, and where it has by now; without a full stop.
    private(set) var reach: String
    let probationUntil: String
    /// What is said first to somebody who has just added the factor; nil to everybody else.
    let answer: String?
    /// What they pass on to those who can vouch for them; nil where nobody can.
    let vouchAddress: String?
    /// Who that is, those who own projects by name.
    let vouchers: String
    /// The projects of which the person put off what they ask, and until when; nil where there are none.
    let delayed: String?

    /// - Parameters:
    ///   - answer: what is said to somebody who has just added a factor; nil to everybody else.
    ///   - isAdministrator: whether they administrate the index.
    ///   - vouchAddress: what they pass on to those who can vouch for them.
    ///   - obligations: what the rule for critical projects says of the person.
    init?(
        _ probation: Probation?, after answer: String? = nil, isAdministrator: Bool, vouchAddress: String,
        _ obligations: [Obligation], at now: Timestamp
    ) {
        guard let probation, probation.until > now else { return nil }
        // Once somebody has vouched, it is said only to those who have something for which that does not speak.
        // The word of a co-owner speaks for no act of an administrator.
        if probation.voucher != nil, !isAdministrator, !obligations.contains(where: { $0.pendingFactor != nil }) {
            return nil
        }
        self.answer = answer
        probationUntil = probation.until.readable
        reach =
            probation.voucher.map {
                "\($0) vouched for it: it counts on the projects that \($0) owns. Until then your account has no right on "
                    + "others that require two factors"
            } ?? "Until then your account has no right on projects that require two factors"
        if isAdministrator { reach += ", and what administrators do is refused" }
        self.vouchAddress = probation.reason.canBeEnded ? vouchAddress : nil
        let named = obligations.flatMap(\.ways).compactMap { way -> String? in
            if case .vouching(let vouchers, _) = way { vouchers.orWords } else { nil }
        }
        let putOff = obligations.compactMap { obligation -> String? in
            guard let until = obligation.delayedUntil, now < until, !obligation.isRefused(at: now) else { return nil }
            return "\(obligation.project.display) (until \(until.day.readable))"
        }
        delayed = putOff.isEmpty || !probation.reason.canBeEnded ? nil : putOff.joined(separator: ", ")
        vouchers = named.first.map { "\($0), or an administrator," } ?? "An administrator"
        why =
            switch probation.reason {
            case .firstFactor:
                "Your second factor is new"
                    + (probation.because.isEmpty ? "" : ", and it has to wait because \(probation.because.listed)")
            case .recoveryCode: "A recovery code of your account was used"
            case .recovery: "Your account was recovered"
            }
    }
}

extension AccountFactors {
    /// `2 security keys, an authenticator app, 10 recovery codes`
    var words: String {
        var parts: [String] = []
        if !securityKeys.isEmpty { parts.append(securityKeys.count.counted("security key")) }
        switch authenticatorApps.count {
        case 0: break
        case 1: parts.append("an authenticator app")
        case let apps: parts.append("\(apps) authenticator apps")
        }
        if recoveryCodesLeft > 0 { parts.append(recoveryCodesLeft.counted("recovery code")) }
        return parts.isEmpty ? "none" : parts.joined(separator: ", ")
    }
}
