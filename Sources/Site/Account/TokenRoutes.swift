import Accounts
import Acts
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import UTC
import Web

/// The API tokens of an account.
struct TokenRoutes: Sendable {
    let site: AccountSite
    private var identity: Identity { site.identity }

    private static let page = "/manage/account/token/"

    func add(to router: AccountRouter) {
        router.page("/manage/account/token", guard: .signedIn, use: show)
        router.form("/manage/account/token", guard: .signedIn, performs: .account(.issueToken), use: issue)
        router.form(
            "/manage/account/token/revoke", guard: .signedIn, performs: .account(.revokeToken), on: .at(Self.page),
            use: revoke)
    }

    @Sendable func show(_ visit: SessionVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let session = visit.session
        let projects = try await site.projects.projects(of: session.user.id).map(\.project.name)
        let model = TokensPage(
            try await identity.tokens.tokens(of: session.user.name), projects: projects, typed: visit.form,
            madeWith: session.assurance, canShowMore: session.assurance < session.standing.strongest, at: visit.now)
        return site.page(model, .tokens, "API tokens", visit, section: .tokens, refusal: refusal)
    }

    @Sendable func issue(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        return try await visit.attempt {
            let wanted = try await WantedToken(
                visit.form, own: site.projects.projects(of: session.user.id).map(\.project.name))
            let (text, record) = try await identity.mint.issue(
                for: session.user.name, label: wanted.label, projects: wanted.projects,
                expiresAt: wanted.lifetime.map { visit.now + $0 }, by: session.actor, from: visit.browser.origin,
                at: visit.now)
            return site.page(
                TokenPage(text, record), .token, "Your new API token", visit, section: .tokens)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func revoke(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        let id = visit.form["token"] ?? ""
        let own = try await identity.tokens.tokens(of: session.user.name)
        guard own.contains(where: { $0.id == id }) else { throw NotFound(what: "such token of yours") }
        try await identity.tokens.revoke(id, by: session.actor, from: visit.browser.origin, at: visit.now)
        return .seeOther(Self.page, flash: .tokenRevoked)
    }
}

/// A token as somebody asks for it.
private struct WantedToken {
    let label: String
    /// Nil for every project of the account.
    let projects: [ProjectName]?
    /// Nil for one that does not end.
    let lifetime: Duration?

    /// Reads the form. Throws `TokenFormRefusal`.
    init(_ form: FormFields, own: [ProjectName]) throws {
        let line = (form["description"] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !line.isEmpty, line.count <= TokenFormRefusal.maximumName,
            line.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw TokenFormRefusal.name }
        label = line
        switch form["token_scope"] {
        case "account": projects = nil
        case "projects":
            let chosen = Set(form.all("project"))
            projects = own.filter { chosen.contains($0.normalized) }
            // What was chosen and is not there any more would be missed; and a token for nothing is a mistake.
            guard let projects, !projects.isEmpty, projects.count == chosen.count else { throw TokenFormRefusal.scope }
            // They are named when one confirms who they are, and that has to be read by a person.
            guard NewAPIToken.object(for: projects).utf8.count <= 1_000 else { throw TokenFormRefusal.tooMany }
        default: throw TokenFormRefusal.scope
        }
        guard let choice = TokenLifetime(rawValue: form["expires"] ?? "") else { throw TokenFormRefusal.lifetime }
        lifetime = choice.duration
    }
}

/// How long a token can last.
enum TokenLifetime: String, CaseIterable {
    case month = "30"
    case quarter = "90"
    case year = "365"
    case forever = "never"

    var duration: Duration? { Int(rawValue).map { .days($0) } }
    var words: String { Int(rawValue).map { "\($0) days" } ?? "No end" }
}

/// Why a token was not made.
enum TokenFormRefusal: Refusal, Hashable {
    case name, scope, tooMany, lifetime

    /// Characters of a token's name.
    static let maximumName = 100

    /// Always `invalid`.
    var kind: RefusalKind { .invalid }
    /// `token.form-…`
    var code: String {
        switch self {
        case .name: "token.form-name"
        case .scope: "token.form-scope"
        case .tooMany: "token.form-too-many"
        case .lifetime: "token.form-lifetime"
        }
    }
    var explanation: String {
        switch self {
        case .name:
            "Give the token a name of at most \(Self.maximumName) characters, so that you know it again."
        case .scope: "Choose what the token is for: the whole account, or at least one of your projects."
        case .tooMany: "These are too many projects for one token. Make it for fewer, or for the whole account."
        case .lifetime: "Choose how long the token is good for."
        }
    }
}

/// The tokens of an account, and the form for a new one.
struct TokensPage {
    struct Row {
        let tokenID: String
        let label: String
        let scope: String
        let made: Moment
        let madeWith: String
        let expires: Moment?
        let hasExpired: Bool
        let lastUsed: Moment?
    }

    struct Choice {
        let choiceID: String
        let choiceValue: String
        let choiceName: String
        let isChosen: Bool
    }

    let rows: [Row]
    let ended: NonEmpty<Row>?
    let typedName: String
    let maximumName = TokenFormRefusal.maximumName
    let isForAccount: Bool
    let isForProjects: Bool
    let projects: NonEmpty<Choice>?
    let lifetimes: [Choice]
    let sessionWords: String
    /// Whether the account has a factor that proves more than the session does.
    let canShowMore: Bool

    init(
        _ tokens: [APIToken], projects: [ProjectName], typed: FormFields, madeWith assurance: Assurance,
        canShowMore: Bool,
        at now: Timestamp
    ) {
        func isOver(_ token: APIToken) -> Bool { token.expiresAt.map { $0 <= now } ?? false }
        let known = tokens.filter { $0.revokedAt == nil }
        rows = known.filter { !isOver($0) }.map { Row($0, hasExpired: false) }
        ended = NonEmpty(known.filter(isOver).map { Row($0, hasExpired: true) })
        typedName = typed["description"] ?? ""
        isForProjects = typed["token_scope"] == "projects"
        isForAccount = typed["token_scope"] == "account"
        let chosen = Set(typed.all("project"))
        self.projects = NonEmpty(
            projects.map {
                Choice(
                    choiceID: "project-\($0.normalized)", choiceValue: $0.normalized, choiceName: $0.display,
                    isChosen: chosen.contains($0.normalized))
            })
        let lifetime = typed["expires"] ?? TokenLifetime.year.rawValue
        lifetimes = TokenLifetime.allCases.map {
            Choice(
                choiceID: "expires-\($0.rawValue)", choiceValue: $0.rawValue, choiceName: $0.words,
                isChosen: $0.rawValue == lifetime)
        }
        sessionWords = assurance.words
        self.canShowMore = canShowMore
    }
}

extension TokensPage.Row {
    fileprivate init(_ token: APIToken, hasExpired: Bool) {
        self.init(
            tokenID: token.id, label: token.label.isEmpty ? "Without a name (\(token.id))" : token.label,
            scope: token.projects.map { $0.map(\.display).joined(separator: ", ") } ?? "All your projects",
            made: Moment(token.createdAt), madeWith: token.assurance.words,
            expires: token.expiresAt.map { Moment($0) }, hasExpired: hasExpired,
            lastUsed: token.lastUsedAt.map { Moment(minuteOf: $0) })
    }
}

/// A token, once.
struct TokenPage {
    let tokenText: String
    let label: String
    let scope: String

    init(_ text: String, _ record: APIToken) {
        tokenText = text
        label = record.label
        scope = record.projects.map { $0.map(\.display).joined(separator: ", ") } ?? "all your projects"
    }
}
