import Accounts
import Acts
import Identity
import Letters
import Policy
import Ports
import Primitives
import UTC
import Web

/// Making an account, and the links that are mailed for it.
struct RegistrationRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    func add(to router: AccountRouter) {
        router.page("/account/register", guard: .everybody, use: show)
        router.form("/account/register", guard: .everybody, performs: .account(.register), use: register)
        router.page("/account/register/{secret}", guard: .everybody, use: show)
        router.form("/account/register/{secret}", guard: .everybody, performs: .account(.register), use: register)
        router.page("/account/verify-email/{secret}", guard: .everybody, use: showVerification)
        router.form(
            "/account/verify-email/{secret}", guard: .everybody, performs: .account(.verifyAddress), use: verify)
        router.page("/account/not-me/{secret}", guard: .everybody, use: showDisowning)
        router.form("/account/not-me/{secret}", guard: .everybody, performs: .account(.disownFactors), use: disown)
        router.page("/account/enrol/{secret}", guard: .signedIn, use: showEnrolment)
        router.form("/account/enrol/{secret}", guard: .signedIn, link: .follow, use: allowEnrolment)
    }

    // MARK: Registration

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        let secret = visit.optionalParameter("secret")
        guard let secret else { return form(visit, invited: nil) }
        guard let invited = try await identity.membership.invitedAddress(secret) else {
            return try await site.deadLink(visit)
        }
        return form(visit, invited: invited)
    }

    private func form(_ visit: Visit, invited: String?, refusal: (any Refusal)? = nil) -> Reply {
        let policy = identity.membership.registration
        let model = RegisterPage(
            path: visit.path, typedName: visit.form["username"] ?? "",
            typedAddress: visit.form["email"] ?? invited ?? "",
            isPossible: policy == .open || (policy == .invitation && invited != nil),
            isByInvitation: policy == .invitation, refusal: refusal)
        return site.page(model, .register, "Register", visit, refusal: refusal)
    }

    @Sendable func register(_ visit: Visit) async throws -> Reply {
        let secret = visit.optionalParameter("secret")
        let invited = if let secret { try await identity.membership.invitedAddress(secret) } else { nil as String? }
        guard secret == nil || invited != nil else { return try await site.deadLink(visit) }
        return try await visit.attempt {
            let isVerified = try await identity.membership.register(
                visit.form["username"] ?? "", visit.form["email"] ?? "", visit.form["new_password"] ?? "",
                invitation: secret, from: visit.browser)
            var reply = Reply.seeOther("/account/login/", flash: isVerified ? .registeredInvited : .registered)
            reply.remembersBrowser = true
            return reply
        } orShow: {
            form(visit, invited: invited, refusal: $0)
        }
    }

    // MARK: Links

    /// Mail programs follow links to look at them, so a link only shows a button.
    @Sendable func showVerification(_ visit: Visit) async throws -> Reply {
        let link = try await identity.membership.link(visit.parameter("secret"))
        guard let link, link.purpose == .verifyAddress, let user = link.user else {
            return try await site.deadLink(visit)
        }
        let page = LinkPage(
            path: visit.path, heading: "Verify your address",
            what: "\(link.object) is to be an address of the account \(user.name).", button: "Verify this address")
        return site.page(page, .link, "Verify your address", visit)
    }

    @Sendable func verify(_ visit: Visit) async throws -> Reply {
        try await visit.attempt {
            let session = visit.session.flatMap { $0.isLive ? $0 : nil }
            let secret = try await identity.membership.verifyAddress(
                visit.parameter("secret"), in: session, visit.browser)
            return .seeOther(session == nil ? "/account/login/" : AccountSite.home, flash: .verified).keeping(secret)
        } orShow: { _ in
            try await site.deadLink(visit)
        }
    }

    @Sendable func showEnrolment(_ visit: SessionVisit) async throws -> Reply {
        let link = try await identity.membership.link(visit.parameter("secret"))
        // Opened once more where it was used, it leads on.
        if link == nil, let until = visit.session.standing.firstEnrolmentUntil, visit.now < until {
            return .seeOther(Place.factors.path)
        }
        guard let link, link.purpose == .enrolFirstFactor, link.user?.id == visit.session.user.id else {
            return try await site.deadLink(visit)
        }
        let user = visit.session.user
        let lacksHere = try await identity.factors.firstFactorGaps(
            of: user, in: visit.browser.origin.mark ?? [], at: visit.now)
        let lacksElsewhere = try await identity.factors.firstFactorGaps(of: user, in: nil, at: visit.now)
        // A telephone that opens the mail must not use up what would count at once at the desk.
        let isBetterElsewhere = !lacksHere.isEmpty && lacksElsewhere.isEmpty
        let advice =
            isBetterElsewhere
            ? " Added here, it counts \(Probation.lengthWords) later. In a browser in which you have signed in for "
                + "\(FirstFactorEvidence.browserAge.inDays) or longer it counts at once: open the link there." : ""
        let page = LinkPage(
            path: visit.path, heading: "Add your second factor",
            what:
                "For the next \(FirstEnrolment.lifetime.behindTheNext), a security key or an authenticator app can be added to "
                + "the account \(user.name) in this browser.\(advice)",
            button: isBetterElsewhere ? "Go on here all the same" : "Go on", goesOn: !isBetterElsewhere)
        return site.page(page, .link, "Add your second factor", visit)
    }

    @Sendable func allowEnrolment(_ visit: SessionVisit) async throws -> Reply {
        try await visit.attempt {
            let secret = try await identity.membership.allowFirstEnrolment(visit.parameter("secret"), in: visit.session)
            return .seeOther("/manage/account/two-factor/").keeping(secret)
        } orShow: { _ in
            try await site.deadLink(visit)
        }
    }

    // MARK: A factor that is somebody else's

    @Sendable func showDisowning(_ visit: Visit) async throws -> Reply {
        let link = try await identity.membership.link(visit.parameter("secret"))
        guard let link, link.purpose == .disownFactors, let user = link.user else {
            return try await site.deadLink(visit)
        }
        let page = LinkPage(
            path: visit.path, heading: "Was it not you?",
            what:
                "A second factor was added to the account \(user.name). If it was not you, freeze it: it proves nothing any "
                + "more, everybody is signed out, and API tokens that were made since are revoked. Signing in takes the "
                + "password alone until you add a factor again, which then counts after \(Probation.lengthWords).",
            button: "Freeze it")
        return site.page(page, .link, "Was it not you?", visit)
    }

    @Sendable func disown(_ visit: Visit) async throws -> Reply {
        try await visit.attempt {
            try await identity.membership.disown(by: visit.parameter("secret"), visit.browser)
            return .seeOther(Place.passwordReset.path, flash: .disowned)
        } orShow: { _ in
            try await site.deadLink(visit)
        }
    }
}

struct RegisterPage {
    let path: String
    let typedName: String
    let typedAddress: String
    let isPossible: Bool
    let isByInvitation: Bool
    /// Which field was refused. None, where it was something else.
    let isWrongName: Bool
    let isWrongAddress: Bool
    let isWrongPassword: Bool
    let maximumName = Username.maximumLength
    let minimumLength = PasswordRules().length.lowerBound
    let maximumLength = PasswordRules().length.upperBound

    init(
        path: String, typedName: String, typedAddress: String, isPossible: Bool, isByInvitation: Bool,
        refusal: (any Refusal)? = nil
    ) {
        self.path = path
        self.typedName = typedName
        self.typedAddress = typedAddress
        self.isPossible = isPossible
        self.isByInvitation = isByInvitation
        let isNameTaken = if case .nameTaken = refusal as? AccountRefusal { true } else { false }
        isWrongName = refusal is InvalidUsername || isNameTaken
        isWrongAddress = refusal is InvalidEmailAddress
        isWrongPassword = refusal is PasswordRefusal
    }
}

/// What a link that was mailed leads to: one sentence and a button.
struct LinkPage {
    let path: String
    let heading: String
    let what: String
    let button: String
    /// Whether the form sends itself where scripts run: the link is what the person asked for a moment ago, and gives
    /// nothing to anybody but who is signed in here.
    var goesOn = false
    /// Further fields of the form, where it was filled in before.
    var carried: [ConfirmPage.Field] = []
}
