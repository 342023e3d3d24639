import Accounts
import HTTPTypes
import Identity
import Letters
import Policy
import Ports
import Primitives
import Web

/// What the pages of accounts are made of.
package struct AccountSite: Sendable {
    package let identity: Identity
    let renderer: SiteRenderer
    let projects: any ProjectStore

    /// A page, with what was refused on it.
    ///
    /// - Parameters:
    ///   - problem: how that is said where the page itself tells the rest; nil for the refusal's own words.
    ///   - saysFlash: whether the page itself says what was done just now.
    package func page<Model>(
        _ model: Model, _ template: Template, _ title: String, _ visit: some GuardedVisit,
        section: ManageSection? = nil,
        refusal: (any Refusal)? = nil, problem: String? = nil, asksKeys: Bool = false,
        saysFlash: Bool = false
    ) -> Reply {
        let visit = visit.visit
        var extras = Frame.Extras(hasSearch: false, isPrivate: true)
        extras.token = visit.token
        extras.problem =
            problem
            ?? refusal.map { refusal in
                ([refusal.sentence(contact: renderer.contact)] + refusal.otherWays(contact: renderer.contact))
                    .joined(separator: " ")
            }
        let flash = visit.flash
        extras.flash = saysFlash ? nil : flash?.sentence
        let wayBack = visit.isBack ? nil : visit.returnPath?.text
        extras.asksKeys = asksKeys
        extras.user = visit.session?.user.name.display
        // The other pages offer it beside what is theirs.
        extras.signsOut =
            visit.session != nil && section == nil && template != .twoFactor && template != .password
        if let section {
            extras.nav = ManageSection.links(current: section, visit.session)
            // After an enrolment there is one message, and it says all.
            if flash?.answersEnrolment == true {
                extras.wayBack = wayBack
            } else {
                extras.banner = MandateBanner(
                    visit.obligations, returnPath: wayBack, path: visit.path, offersFreeKey: visit.offersFreeKey,
                    contact: renderer.contact, at: visit.now)
            }
        }
        let html = renderer.render(
            model, as: template, titled: "\(refusal == nil ? "" : "Error: ")\(title)", extras)
        var reply = Reply.page(html, status: refusal?.kind.status ?? .ok)
        reply.refusalCode = refusal?.code
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

    /// What somebody whose second factor waits passes on to those who can vouch for them: whole, for it is read elsewhere.
    func vouchAddress(of user: Username) -> String { renderer.address.base + Place.vouch(for: user).path }

    /// Where an account begins.
    package static let home = "/manage/account/"

    /// That a link does not work, whatever it was for.
    func deadLink(_ visit: some GuardedVisit) async throws -> Reply {
        let refusal = try await identity.membership.refusal(of: visit.optionalParameter("secret") ?? "")
        return page(
            DeadLinkPage(refusal), .linkGone,
            refusal.use == nil ? "This link does not work" : "This link was used already",
            visit, refusal: refusal)
    }
}

/// What somebody sees who opens a link that does not work, and what they can do instead.
struct DeadLinkPage {
    let wasUsed: Bool
    /// Whether it helps to ask for another one on the page of second factors.
    let leadsToFactors: Bool

    init(_ refusal: LinkNotValid) {
        wasUsed = refusal.use != nil
        leadsToFactors = refusal.use?.purpose == .enrolFirstFactor
    }
}
