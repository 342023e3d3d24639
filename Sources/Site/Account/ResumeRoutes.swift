import Accounts
import Acts
import Identity
import PackagingFormats
import Policy
import Ports
import Web

/// Going on where one was: with a form whose session ended before it was sent.
struct ResumeRoutes: Sendable {
    let site: AccountSite
    let interrupted: InterruptedForms

    func add(to router: AccountRouter) {
        router.page("/account/resume", guard: .signedIn, use: show)
    }

    /// The form once more, with a token of now. It does nothing before its sender has pressed the button.
    @Sendable func show(_ visit: SessionVisit) async throws -> Reply {
        let user = visit.session.user
        guard let form = interrupted.form(of: user.id, for: visit.mark, at: visit.now) else {
            return .seeOther(AccountSite.home)
        }
        let factors = try await site.identity.factors.factors(of: user.id)
        var page = LinkPage(
            path: form.path, heading: "Go on where you were",
            what:
                "This was not done, because you were signed out, or confirmed something elsewhere, before it was sent. It is "
                + "still here: \(form.words(knowing: factors)).",
            button: "Send it now")
        page.carried = form.fields.map { ConfirmPage.Field(fieldName: $0.name, fieldValue: $0.value) }
        return site.page(page, .link, "Go on where you were", visit)
    }
}

extension InterruptedForms.Form {
    /// What it will do, or where it is sent, and what was typed: `make an API token, with description “laptop”`
    fileprivate func words(knowing factors: AccountFactors) -> String {
        let typed = fields.filter { !$0.value.isEmpty }.map { "\($0.name) “\($0.value.cut(to: .line))”" }
        return typed.isEmpty ? what(factors) : "\(what(factors)), with \(typed.joined(separator: ", "))"
    }

    private func what(_ factors: AccountFactors) -> String {
        let asked = act.flatMap { act -> String? in
            guard act.needsFreshProof else { return nil }
            return StepUp(action: act, object: object, assurance: .password).words(knowing: factors)
        }
        return asked ?? "what goes to \(path.prefix { $0 != "?" })"
    }

    /// What it is about, as far as a form says so: a project, a factor or an address.
    private var object: String {
        let named = fields.first { ["project", "factor", "address", "email"].contains($0.name) }?.value
        let inPath = path.split(separator: "/").drop { $0 != "project" }.dropFirst().first
        return named ?? inPath.map(String.init) ?? ""
    }
}
