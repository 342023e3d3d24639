import Accounts
import Acts
import Descriptions
import Identity
import Letters
import PackagingFormats
import Past
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

    /// With projects in its address, the page asks for a token for these and nothing else.
    @Sendable func show(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        let wanted = Set(visit.query.all("project"))
        let projects = try await site.projects.projects(of: session.user.id).map(\.project.name)
            .filter { wanted.contains($0.normalized) }
        guard !projects.isEmpty else { return try await page(visit) }
        return site.page(TokenForPage(projects), .tokenFor, "Make a token", visit, section: .tokens)
    }

    private func page(_ visit: SessionVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let session = visit.session
        let projects = try await site.projects.projects(of: session.user.id).map(\.project.name)
        let model = TokensPage(
            try await identity.tokens.tokens(of: session.user.name), projects: projects, typed: visit.form,
            madeWith: session.assurance, strongest: session.standing.strongest, asking: visit.obligations,
            at: visit.now)
        return site.page(model, .tokens, "API tokens", visit, section: .tokens, refusal: refusal)
    }

    @Sendable func issue(_ visit: SessionVisit) async throws -> Reply {
        let session = visit.session
        return try await visit.attempt {
            let wanted = try await WantedToken(
                visit.form, own: site.projects.projects(of: session.user.id).map(\.project.name))
            let (text, record) = try await identity.mint.issue(
                for: session.user.name, label: wanted.label, projects: wanted.projects,
                expiresAt: wanted.lifetime.map { visit.now + $0 }, asOf: wanted.asOf, by: session.actor,
                from: visit.browser.origin, at: visit.now)
            return site.page(
                TokenPage(text, record, at: site.renderer.address), .token, "Your new API token", visit,
                section: .tokens)
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
    /// As of when it reads the index; nil for one that publishes.
    let asOf: PointInTime?

    /// Reads the form. Throws `TokenFormRefusal`.
    init(_ form: FormFields, own: [ProjectName]) throws {
        let line = (form["description"] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !line.isEmpty, line.count <= TokenFormRefusal.maximumName,
            line.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw TokenFormRefusal.name }
        label = line
        asOf = try form["token_scope"] == "past" ? PointInTime(parsing: form["as_of"]?.trimmedOfWhitespace ?? "") : nil
        switch form["token_scope"] {
        case "past": projects = []
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
        /// What lacks for it, so that it is not offered; nil where nothing does.
        var choiceLacks: String?
    }

    let rows: [Row]
    let ended: NonEmpty<Row>?
    let typedName: String
    let maximumName = TokenFormRefusal.maximumName
    let isForAccount: Bool
    let isForProjects: Bool
    let isForPast: Bool
    let typedAsOf: String
    let projects: NonEmpty<Choice>?
    let lifetimes: [Choice]
    let sessionWords: String
    /// What the account can show beyond the session, and is asked for when the token is made; nil for nothing.
    let asksFor: String?
    /// What a token without limits is good for: not what would refuse it whatever is shown.
    let accountScope: String

    /// - Parameters:
    ///   - strongest: what the account can show.
    ///   - obligations: what the account's projects ask for.
    init(
        _ tokens: [APIToken], projects: [ProjectName], typed: FormFields, madeWith assurance: Assurance,
        strongest: Assurance, asking obligations: [Obligation], at now: Timestamp
    ) {
        let lacking = Dictionary(
            obligations.compactMap { asked in
                asked.lacksForNewToken(showing: strongest, at: now).map { (asked.project.normalized, $0) }
            }
        ) { first, _ in first }
        func isOver(_ token: APIToken) -> Bool { token.expiresAt.map { $0 <= now } ?? false }
        let known = tokens.filter { $0.revokedAt == nil }
        rows = known.filter { !isOver($0) }.map { Row($0, hasExpired: false) }
        ended = NonEmpty(known.filter(isOver).map { Row($0, hasExpired: true) })
        typedName = typed["description"] ?? ""
        isForProjects = typed["token_scope"] == "projects"
        isForAccount = typed["token_scope"] == "account"
        isForPast = typed["token_scope"] == "past"
        typedAsOf = typed["as_of"] ?? ""
        let chosen = Set(typed.all("project"))
        self.projects = NonEmpty(
            projects.map {
                Choice(
                    choiceID: "project-\($0.normalized)", choiceValue: $0.normalized, choiceName: $0.display,
                    isChosen: chosen.contains($0.normalized) && lacking[$0.normalized] == nil,
                    choiceLacks: lacking[$0.normalized])
            })
        let lifetime = typed["expires"] ?? TokenLifetime.year.rawValue
        lifetimes = TokenLifetime.allCases.map {
            Choice(
                choiceID: "expires-\($0.rawValue)", choiceValue: $0.rawValue, choiceName: $0.words,
                isChosen: $0.rawValue == lifetime)
        }
        sessionWords = assurance.words
        asksFor = assurance < strongest ? strongest.words : nil
        let refusing = projects.filter { lacking[$0.normalized] != nil }.map(\.display)
        accountScope =
            refusing.isEmpty
            ? "All your projects, those to come included"
            : refusing.count == projects.count
                ? "Projects to come; those that you have would refuse it"
                : "All your projects, those to come included, but not \(refusing.joined(separator: ", "))"
    }
}

extension Obligation {
    /// What lacks so that a token which is made now is good there; nil where nothing does.
    ///
    /// - Parameter strongest: what is shown when it is made.
    fileprivate func lacksForNewToken(showing strongest: Assurance, at now: Timestamp) -> String? {
        if required > strongest { return required.words }
        if case .refused(let refusal) = judgement { return refusal.missingWords }
        guard let pendingFactor, pendingFactor.from <= now else { return nil }
        return "time: your second factor counts from \(pendingFactor.until.readableMinute) on"
    }
}

extension TokensPage.Row {
    fileprivate init(_ token: APIToken, hasExpired: Bool) {
        self.init(
            tokenID: token.id, label: token.label.isEmpty ? "Without a name (\(token.id))" : token.label,
            scope: token.asOf.map { "Reads the index as of \($0)" }
                ?? token.projects.map { $0.map(\.display).joined(separator: ", ") } ?? "All your projects",
            made: Moment(token.createdAt), madeWith: token.assurance.words,
            expires: token.expiresAt.map { Moment($0) }, hasExpired: hasExpired,
            lastUsed: token.lastUsedAt.map { Moment(minuteOf: $0) })
    }
}

/// The form of a token for projects that are known already.
struct TokenForPage {
    let names: String
    let typedName: String
    let maximumName = TokenFormRefusal.maximumName
    let projects: [String]
    let lifetime = TokenLifetime.year.rawValue
    let lifetimeWords = TokenLifetime.year.words

    /// - Parameter projects: at least one.
    init(_ projects: [ProjectName]) {
        names = projects.map(\.display).joined(separator: ", ")
        typedName = String("Publishing \(names)".prefix(TokenFormRefusal.maximumName))
        self.projects = projects.map(\.normalized)
    }

    /// Its address. There are a few at most: a page has an address that servers on the way take.
    static func path(for projects: [ProjectName]) -> String {
        Place.tokens.path + "?" + projects.prefix(20).map { "project=\($0.normalized)" }.joined(separator: "&")
    }
}

/// A token, once.
struct TokenPage {
    let reading: NonEmpty<Snippet>?
    let tokenText: String
    let label: String
    let scope: String
    /// What twine is told in the shell.
    let twine: Snippet
    /// What other tools are told, and twine's file: each whole.
    let settings: [Snippet]

    init(_ text: String, _ record: APIToken, at address: IndexAddress) {
        tokenText = text
        label = record.label
        reading = record.asOf == nil ? nil : NonEmpty(address.reading(with: text))
        scope =
            record.asOf.map { "reading the index as of \($0)" }
            ?? record.projects.map { $0.map(\.display).joined(separator: ", ") } ?? "all your projects"
        twine = address.twine(publishingWith: text)
        settings = address.settings(publishingWith: text)
    }
}
