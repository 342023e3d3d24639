import Crypto
import Mustache
import Web

/// The pages that people see, as HTML in UTF-8.
///
/// For each page there is a model, a plain value that a pure function makes from what the stores know, and a template
/// of the same name. Templates and static files are part of the binary; they are read once, here.
public struct SiteRenderer: Sendable {
    /// The `Content-Security-Policy` of every page: all that a page loads comes from this index, nothing runs or is
    /// styled inline, and no other site frames it.
    public static let contentSecurityPolicy = [
        "default-src 'none'", "style-src 'self'", "script-src 'self'", "img-src 'self'", "font-src 'self'",
        "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
    ].joined(separator: "; ")

    /// The files that the pages refer to, to be served at their paths.
    public let assets: [StaticAsset]

    let address: IndexAddress
    /// What stands before every path on a page.
    let basePath: BasePath
    /// Who answers people's questions, a mail or web address; nil where nobody is named.
    let contact: String?
    private let library: MustacheLibrary
    private let assetPaths: AssetPaths

    /// Reads the templates.
    ///
    /// - Parameter baseURL: The address at which people and clients reach the index, `https://packages.example.org`,
    ///   with or without a slash at its end.
    /// - Parameter contact: Who answers people's questions, a mail or web address; nil where nobody is named.
    /// - Throws: What is wrong with a template, which a test finds before anyone else does.
    public init(baseURL: String, contact: String? = nil) throws {
        address = IndexAddress(baseURL: baseURL)
        basePath = BasePath(baseURL: address.base)
        self.contact = contact
        assets = StaticAsset.all
        assetPaths = AssetPaths(assets)
        library = MustacheLibrary(templates: try Self.templates())
    }

    /// Every template asks for our own escaping first: the library's leaves out what a combining character follows,
    /// and a partial goes back to it.
    private static func templates() throws -> [String: MustacheTemplate] {
        MustacheContentTypes.register(EscapedHTML(), named: EscapedHTML.name)
        return try embeddedTemplates.mapValues { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(EscapedHTML.name)}}" + text)
        }
    }

    /// A page: its template, filled in.
    func render<Model>(_ model: Model, as template: Template, titled title: String, _ extras: Frame.Extras = .init())
        -> [UInt8]
    {
        let frame = Frame(
            title: title, assets: assetPaths, extras: extras,
            linksSignOut: Template.sameForEverybody.contains(template))
        let page = Page(frame: frame, page: model)
        // The names are those of `embeddedTemplates`; a test renders each of them.
        let html = Array((library.render(page, withTemplate: template.rawValue) ?? "").utf8)
        return basePath.prefixing(html: html)
    }
}

/// The templates that are whole pages.
enum Template: String, CaseIterable {
    case home, search, project, user, notFound = "not_found", error

    // MARK: Accounts
    case login, twoFactor = "two_factor", recoveryCode = "recovery_code", recover, vouch, confirm
    case register, link, linkGone = "link_gone", forgotten, password
    case account, factors, addKey = "add_key", addApp = "add_app", makeCodes = "make_codes", codes
    case enrolmentLink = "enrolment_link", sessions, tokens, token, events, ownProjects = "own_projects", admin, mail

    // MARK: Keys that are given away
    case giveaway, giveaways, giveawayAdmin = "giveaway_admin"
    // MARK: Projects, for those who look after them
    case manageReleases = "manage_releases", manageRelease = "manage_release"
    case manageCollaboration = "manage_collaboration", manageSettings = "manage_settings"
    case manageHistory = "manage_history", adminProjects = "admin_projects"
    // MARK: Critical projects
    case security, criticalAdmin = "critical_admin", criticalSettings = "critical_settings"
    case criticalPreview = "critical_preview", projectSecurity = "project_security"

    /// Pages that know nothing of who reads them, so that one copy serves all. A button to sign out takes the token of
    /// a session, so they link to the page that has one.
    static let sameForEverybody: Set<Template> = [.home, .search, .project, .user, .security, .notFound, .error]
}

/// What a template sees.
private struct Page<Model> {
    let frame: Frame
    let page: Model
}

/// What surrounds each page.
struct Frame {
    /// What only some pages have.
    struct Extras {
        /// The normal address of a page that has several.
        var canonical: String?
        /// A feed to subscribe to: its title and path.
        var feed: Feed?
        /// What the search field in the header holds.
        var searchText = ""
        /// Whether the header has a search field; not where the page has its own.
        var hasSearch = true
        /// Whether search engines should leave the page out.
        var isPrivate = false
        /// What stands hidden in the page's forms.
        var token: String?
        /// Why what was sent was refused.
        var problem: String?
        /// What was done just now.
        var flash: String?
        /// Whether the page has a button to sign out at its top: where somebody is signed in, and nothing else offers
        /// it.
        var signsOut = false
        /// Whether the page asks security keys.
        var asksKeys = false
        /// Where else somebody who is signed in can go.
        var nav: ManageSection.Nav?
        /// What critical projects ask of anyone who is signed in.
        var banner: MandateBanner?
    }

    struct Feed {
        let feedTitle: String
        let feedPath: String
    }

    let title: String
    let stylesheet: String
    let script: String
    let icon: String
    let canonical: String?
    let feed: Feed?
    let searchText: String
    let hasSearch: Bool
    let isPrivate: Bool
    let token: String?
    let problem: String?
    let flash: String?
    let signsOut: Bool
    /// Whether the page links to the one that signs out.
    let linksSignOut: Bool
    let keysScript: String?
    let nav: ManageSection.Nav?
    let banner: MandateBanner?

    init(title: String, assets: AssetPaths, extras: Extras, linksSignOut: Bool) {
        self.title = title
        stylesheet = assets.stylesheet
        script = assets.script
        icon = assets.icon
        canonical = extras.canonical
        feed = extras.feed
        searchText = extras.searchText
        hasSearch = extras.hasSearch
        isPrivate = extras.isPrivate
        token = extras.token
        problem = extras.problem
        flash = extras.flash
        signsOut = extras.signsOut
        self.linksSignOut = linksSignOut
        keysScript = extras.asksKeys ? assets.keysScript : nil
        nav = extras.nav
        banner = extras.banner
    }
}
