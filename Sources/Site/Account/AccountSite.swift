import Accounts
import HTTPTypes
import Identity
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
        extras.problem = problem ?? refusal?.explanation
        extras.said = visit.query["said"].flatMap(Said.init)?.sentence
        extras.asksKeys = asksKeys
        // The other pages offer it beside what is theirs.
        extras.signsOut =
            visit.session != nil && section == nil && template != .twoFactor && template != .password
        if let section {
            extras.nav = ManageSection.links(current: section, visit.session)
            extras.banner = MandateBanner(visit, contact: renderer.contact)
        }
        let html = renderer.render(
            model, as: template, titled: "\(refusal == nil ? "" : "Error: ")\(title) · Rind", extras)
        var reply = Reply.page(html, status: refusal?.kind.status ?? .ok)
        if case .tooMany(let seconds) = refusal?.kind { reply.headers[.retryAfter] = String(seconds) }
        return reply
    }

    /// Where somebody goes who has just shown who he is.
    static func destination(of session: Session, next: LocalPath?) -> String {
        if let restriction = session.standing.restriction {
            return AccountGate.remedy(.restricted(restriction), then: next?.text ?? home) ?? home
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

/// The page of somebody's things that is shown.
enum ManageSection: String, CaseIterable {
    case account, factors, tokens, projects, sessions, events, admin

    private var path: String {
        switch self {
        case .account: "/manage/account/"
        case .factors: "/manage/account/two-factor/"
        case .tokens: "/manage/account/token/"
        case .projects: "/manage/projects/"
        case .sessions: "/manage/account/sessions/"
        case .events: "/manage/account/events/"
        case .admin: "/admin/"
        }
    }

    private var name: String {
        switch self {
        case .account: "Account"
        case .factors: "Second factors"
        case .tokens: "API tokens"
        case .projects: "Projects"
        case .sessions: "Sessions"
        case .events: "Event log"
        case .admin: "Administration"
        }
    }

    struct Link {
        let navPath: String
        let navName: String
        let isCurrent: Bool
    }

    struct Nav {
        let navUser: String
        let links: [Link]
    }

    /// What a session can go to: one that is held to something has nowhere else to go.
    static func links(current: ManageSection, _ session: Session?) -> Nav? {
        guard let session else { return nil }
        let sections = allCases.filter { section in
            guard session.isLive else { return section == current }
            return section != .admin || session.user.isAdministrator
        }
        return Nav(
            navUser: session.user.name.display,
            links: sections.map { Link(navPath: $0.path, navName: $0.name, isCurrent: $0 == current) })
    }
}

/// A page that says one thing.
struct Heading {
    let text: String
    init(_ text: String) { self.text = text }
}
