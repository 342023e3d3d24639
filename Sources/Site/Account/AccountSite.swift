import Accounts
import HTTPTypes
import Identity
import Letters
import Policy
import Ports
import Primitives
import Web

/// What the pages of accounts are made of.
struct AccountSite: Sendable {
    let identity: Identity
    let renderer: SiteRenderer
    let projects: any ProjectStore

    /// A page, with what was refused on it.
    ///
    /// - Parameter problem: how that is said where the page itself tells the rest; nil for the refusal's own words.
    func page<Model>(
        _ model: Model, _ template: Template, _ title: String, _ visit: some GuardedVisit,
        section: ManageSection? = nil,
        refusal: (any Refusal)? = nil, problem: String? = nil, asksKeys: Bool = false
    ) -> Reply {
        let visit = visit.visit
        var extras = Frame.Extras(hasSearch: false, isPrivate: true)
        extras.token = visit.token
        extras.problem = problem ?? refusal?.sentence()
        extras.flash = visit.query["flash"].flatMap(FlashMessage.init)?.sentence
        extras.asksKeys = asksKeys
        // The other pages offer it beside what is theirs.
        extras.signsOut =
            visit.session != nil && section == nil && template != .twoFactor && template != .password
        if let section {
            extras.nav = ManageSection.links(current: section, visit.session)
            extras.banner = MandateBanner(
                visit.obligations, returnPath: visit.isBack ? nil : visit.returnPath?.text, path: visit.path,
                offersFreeKey: visit.offersFreeKey, contact: renderer.contact, at: visit.now)
        }
        let html = renderer.render(
            model, as: template, titled: "\(refusal == nil ? "" : "Error: ")\(title) · Rind", extras)
        var reply = Reply.page(html, status: refusal?.kind.status ?? .ok)
        if case .tooMany(let seconds) = refusal?.kind { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }

    /// Where somebody goes who has just shown who they are.
    static func destination(of session: Session, next: LocalPath?) -> String {
        if let restriction = session.standing.restriction {
            return AccessRefusal.restricted(restriction).remedyPath(then: next?.text ?? home) ?? home
        }
        return next?.text ?? home
    }

    /// Where an account begins.
    static let home = "/manage/account/"

    /// That a link does not work, whatever it was for.
    func deadLink(_ visit: some GuardedVisit) -> Reply {
        page(Heading(LinkNotValid().explanation), .linkGone, "This link does not work", visit, refusal: LinkNotValid())
    }
}

/// A page that says one thing.
struct Heading {
    let text: String
    init(_ text: String) { self.text = text }
}
