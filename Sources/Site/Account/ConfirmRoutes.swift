import Accounts
import Acts
import HTTPTypes
import Identity
import Policy
import Ports
import Primitives
import Web

/// Showing once more who one is, for one act.
struct ConfirmRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }
    private var tokens: CSRFTokens { CSRFTokens(keys: site.identity.keys) }

    func add(to router: AccountRouter) {
        router.page("/account/confirm", guard: .confirming, use: show)
        router.form("/account/confirm", guard: .confirming, performs: .account(.stepUp), use: prove)
        router.ceremony(
            "/account/confirm/options", guard: .confirming, performs: .account(.stepUp),
            on: .at(AccountSite.home), use: keyOptions)
        router.ceremony(
            "/account/confirm/verify", guard: .confirming, performs: .account(.stepUp),
            on: .at(AccountSite.home), use: key)
    }

    // MARK: The page

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply {
        let stepUp = try wanted(visit)
        if visit.session.standing.isFreshlyProven(for: stepUp.action, object: stepUp.object, at: visit.now) {
            return .seeOther(visit.next?.text ?? AccountSite.home)
        }
        return try await page(stepUp, visit, after: .page(visit.next?.text ?? AccountSite.home))
    }

    /// The page that a person comes from who does not want to show anything: where the form stands, or their account.
    private static func back(from page: String?) -> String {
        guard let page = LocalPath(parsing: page), !page.path.hasPrefix(ConfirmPath.page) else {
            return AccountSite.home
        }
        return page.text
    }

    /// The page in place of an answer to a form that takes a proof. The form goes along and is sent once more when the
    /// proof is given, so that nobody has to do things twice.
    ///
    /// It is only ever made of a form that came with this browser's token: nobody else can choose what it will do.
    @Sendable func ask(_ stepUp: StepUp, _ visit: SessionVisit, back: String) async throws -> Reply {
        try await page(stepUp, visit, after: .form(visit.path, back: Self.back(from: back)))
    }

    /// What happens when the proof is given.
    private enum Sequel {
        case page(String)
        /// The form that is carried along is sent to its path; it stands on another page.
        case form(String, back: String)
    }

    private func page(
        _ stepUp: StepUp, _ visit: SessionVisit, after sequel: Sequel, refusal: (any Refusal)? = nil
    ) async throws -> Reply {
        let session = visit.session
        let factors = try await identity.factors.factors(of: session.user.id)
        let strongest = session.standing.strongest
        let keys = factors.keys(proving: strongest)
        let path: String
        var next: String?
        var repeatPath: String?
        var carried: [FormFields.Field] = []
        var backPath = AccountSite.home
        switch sequel {
        case .page(let page):
            path = ConfirmPath.path(for: stepUp, next: page)
            next = page
        case .form(let target, let back):
            path = ConfirmPath.page + ConfirmPath.query(stepUp, [("then", target), ("back", back)])
            repeatPath = target
            backPath = back
            carried = visit.form.fields.filter { $0.name != "csrf" && !Self.own.contains($0.name) }
        }
        let model = ConfirmPage(
            name: session.user.name.display,
            what: stepUp.words(knowing: factors), path: path,
            query: ConfirmPath.query(stepUp, next.map { [("next", $0)] } ?? []),
            repeatPath: repeatPath, backPath: backPath,
            carried: carried.map { ConfirmPage.Field(fieldName: $0.name, fieldValue: $0.value) },
            takesKey: strongest >= .phishingResistant && !keys.isEmpty,
            takesCode: strongest == .secondFactor && !factors.authenticatorApps.isEmpty,
            takesPassword: strongest == .password)
        return site.page(
            model, .confirm, "Confirm that it is you", visit, refusal: refusal, asksKeys: model.takesKey)
    }

    // MARK: Proving

    private static let own = ["proof_code", "proof_password"]

    @Sendable func prove(_ visit: SessionVisit) async throws -> Reply {
        let stepUp = try wanted(visit)
        // It stands in the address that our own page sends to, and the token has shown that it is that page.
        let then = LocalPath(parsing: visit.query["then"])
        let sequel: Sequel =
            then.map { .form($0.text, back: Self.back(from: visit.query["back"])) }
            ?? .page(visit.next?.text ?? AccountSite.home)
        return try await visit.attempt {
            let proven =
                if visit.form["proof_code"] != nil {
                    try await identity.signIn.code(
                        visit.typedCode("proof_code"), for: .stepUp(stepUp.action, object: stepUp.object),
                        in: visit.session, visit.browser)
                } else {
                    try await identity.signIn.password(
                        visit.form["proof_password"] ?? "", for: stepUp, in: visit.session, visit.browser)
                }
            switch sequel {
            case .page(let path): return .seeOther(path).keeping(proven.secret)
            case .form(let path, _):
                // The browser sends the form as it is, with the token for the secret that it had.
                let pass = tokens.graceCode(for: path, token: visit.token, proven.secret, at: visit.now)
                return .sameForm(to: "\(path)?pass=\(pass)").keeping(proven.secret)
            }
        } orShow: {
            try await page(stepUp, visit, after: sequel, refusal: $0)
        }
    }

    @Sendable func keyOptions(_ visit: SessionVisit) async throws -> Reply {
        let stepUp = try wanted(visit)
        return .json(
            try await identity.signIn.keyOptions(
                for: .stepUp(stepUp.action, object: stepUp.object), in: visit.session, visit.browser))
    }

    @Sendable func key(_ visit: SessionVisit) async throws -> Reply {
        let stepUp = try wanted(visit)
        let proven = try await identity.signIn.key(
            visit.body, for: .stepUp(stepUp.action, object: stepUp.object), in: visit.session, visit.browser)
        return .next(
            visit.next?.text ?? AccountSite.home,
            token: tokens.text(for: proven.secret, of: proven.session.user.id, mark: visit.mark)
        )
        .keeping(proven.secret)
    }

    /// What a proof is wanted for.
    private func wanted(_ visit: SessionVisit) throws -> StepUp {
        guard let action = visit.query["action"].flatMap(Act.init(rawValue:)), action.needsFreshProof else {
            throw NotFound()
        }
        let object = visit.query["object"] ?? ""
        guard object.utf8.count <= 1_200 else { throw NotFound() }
        return StepUp(action: action, object: object, assurance: visit.session.standing.strongest)
    }
}
