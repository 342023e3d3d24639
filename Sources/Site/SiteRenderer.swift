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

    package let address: IndexAddress
    /// What stands before every path on a page.
    package let basePath: BasePath
    /// What the index is called; nil where nobody named it.
    let name: String?
    /// Who answers people's questions, a mail or web address; nil where nobody is named.
    package let contact: String?
    /// Whether there is a page of terms to link to.
    let hasTerms: Bool
    private let library: MustacheLibrary
    private let assetPaths: AssetPaths
    /// Whether everybody can register, so that each page offers it.
    private let offersRegistration: Bool

    /// What the index is called in a sentence.
    var place: String { name ?? address.host }

    /// The name in the head of every page.
    private var brand: String { name ?? "Rind" }

    /// Reads the templates.
    ///
    /// - Parameter baseURL: The address at which people and clients reach the index, `https://packages.example.org`,
    ///   with or without a slash at its end.
    /// - Parameter name: What the index is called; nil where nobody named it.
    /// - Parameter contact: Who answers people's questions, a mail or web address; nil where nobody is named.
    /// - Parameter hasTerms: Whether there is a page of terms to link to.
    /// - Parameter offersRegistration: Whether everybody can register.
    /// - Throws: What is wrong with a template, which a test finds before anyone else does.
    public init(
        baseURL: String, name: String? = nil, contact: String? = nil, hasTerms: Bool = false,
        offersRegistration: Bool = false
    ) throws {
        self.offersRegistration = offersRegistration
        address = IndexAddress(baseURL: baseURL)
        basePath = BasePath(baseURL: address.base)
        self.name = name
        self.contact = contact
        self.hasTerms = hasTerms
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
    ///
    /// - Parameter title: what the page is about, before the index's name; nil for the index itself.
    func render<Model>(_ model: Model, as template: Template, titled title: String?, _ extras: Frame.Extras = .init())
        -> [UInt8]
    {
        let frame = Frame(
            title: title.map { "\($0) · \(brand)" } ?? name ?? "Rind package index", brand: brand, hasTerms: hasTerms,
            assets: assetPaths, extras: extras, isForEverybody: Template.sameForEverybody.contains(template),
            offersRegistration: offersRegistration,
            nameCookie: BrowserCookie.name(isSecure: address.base.hasPrefix("https://"), below: basePath).name)
        let page = Page(frame: frame, page: model)
        // The names are those of `embeddedTemplates`; a test renders each of them.
        let html = Array((library.render(page, withTemplate: template.rawValue) ?? "").utf8)
        return basePath.prefixing(html: html)
    }
}

extension SiteRenderer {
    /// A page of another module, the same for everybody.
    package func page<Model>(
        _ model: Model, as template: Template, titled title: String, description: String
    ) -> [UInt8] {
        render(model, as: template, titled: title, Frame.Extras(description: description))
    }
}

/// The templates that are whole pages.
package enum Template: String, CaseIterable {
    case home, search, project, file, log, user, notFound = "not_found", error, help, terms, timeTravel = "time_travel"
    case comparison, source, sourceFiles = "source_files"

    // MARK: Accounts
    case login, twoFactor = "two_factor", recoveryCode = "recovery_code", recover, vouch, confirm
    case register, link, linkGone = "link_gone", forgotten, password
    case account, factors, addKey = "add_key", addApp = "add_app", makeCodes = "make_codes", codes
    case enrolmentLink = "enrolment_link", sessions, tokens, token, tokenFor = "token_for", events, ownProjects =
        "own_projects", admin, mail

    // MARK: For those who run the index
    case adminUsers = "admin_users", adminUser = "admin_user", who, leaving, proposals, stages, stage
    case roleReturn = "role_return", accountDeletion = "account_deletion"
    // MARK: Keys that are given away
    case giveaway, giveaways, giveawayAdmin = "giveaway_admin"
    // MARK: Projects, for those who look after them
    case manageReleases = "manage_releases", manageRelease = "manage_release"
    case manageCollaboration = "manage_collaboration", manageSettings = "manage_settings"
    case manageHistory = "manage_history", adminProjects = "admin_projects"
    // MARK: Critical projects
    case security, criticalAdmin = "critical_admin", criticalSettings = "critical_settings"
    case criticalPreview = "critical_preview", projectSecurity = "project_security", delay

    /// Pages that know nothing of who reads them, so that one copy serves all. A button to sign out takes the token of
    /// a session, so they link to the page that has one.
    static let sameForEverybody: Set<Template> = [
        .home, .search, .project, .file, .log, .user, .security, .notFound, .error, .help, .terms, .timeTravel,
        .comparison, .source, .sourceFiles,
    ]
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
        /// What the page is, in a sentence for search engines.
        var description: String?
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
        /// Whose session it is; nil where nobody has one, and on pages for everybody.
        var user: String?
        /// Whether the page asks security keys.
        var asksKeys = false
        /// Where else somebody who is signed in can go.
        var nav: ManageSection.Nav?
        /// What critical projects ask of anyone who is signed in.
        var banner: MandateBanner?
        /// Where the person wanted to go, where the message about what was done offers it.
        var wayBack: String?
    }

    struct Feed {
        let feedTitle: String
        let feedPath: String
    }

    let title: String
    let brand: String
    let hasTerms: Bool
    let description: String?
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
    let wayBack: String?
    let signsOut: Bool
    let user: String?
    let offersRegistration: Bool
    /// The cookie that says who is signed in, on pages that do not know it; nil on the others.
    let nameCookie: String?
    /// Whether the page links to the one that signs out.
    let linksSignOut: Bool
    let keysScript: String?
    let nav: ManageSection.Nav?
    let banner: MandateBanner?

    init(
        title: String, brand: String, hasTerms: Bool, assets: AssetPaths, extras: Extras, isForEverybody: Bool,
        offersRegistration: Bool, nameCookie: String
    ) {
        user = extras.user
        self.offersRegistration = offersRegistration
        self.nameCookie = isForEverybody ? nameCookie : nil
        self.title = title
        self.brand = brand
        self.hasTerms = hasTerms
        description = extras.description
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
        wayBack = extras.wayBack
        signsOut = extras.signsOut
        linksSignOut = isForEverybody
        keysScript = extras.asksKeys ? assets.keysScript : nil
        nav = extras.nav
        banner = extras.banner
    }
}
