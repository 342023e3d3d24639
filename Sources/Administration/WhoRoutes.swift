import Accounts
import Acts
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import Projects
import Site
import UTC
import Web

/// The addresses of the page that says who could publish a project.
enum WhoPaths {
    static func administrators(_ project: ProjectName) -> String { "/admin/project/\(project.normalized)/who/" }
}

/// Who could publish a project, and with what: for its owners, and for administrators.
struct WhoRoutes: Sendable {
    let site: ManageSite
    let people: any PeopleStore

    func add(to router: AccountRouter) {
        router.page("/manage/project/{name}/who", guard: .role(.owner), use: showOwner)
        router.page("/admin/project", guard: .administrator, use: find)
        router.page("/admin/project/{name}/who", guard: .administrator, use: showAdministrator)
    }

    @Sendable func showOwner(_ visit: ProjectVisit) async throws -> Reply {
        let managed = visit.managed
        let publishers = try await people.publishers(of: managed.name, at: visit.now) ?? []
        return site.page(
            WhoPage(
                publishers.map { PublisherOutline($0, at: visit.now) }, of: managed.name,
                head: ProjectHead(managed, .who)),
            .who, "Who could publish", visit)
    }

    /// Leads from a name that somebody typed to its page.
    @Sendable func find(_ visit: AdministratorVisit) async throws -> Reply {
        let text = String((visit.query["name"] ?? "").filter { !$0.isWhitespace }.prefix(200))
        guard let name = try? ProjectName(parsing: text) else { throw NotFound(what: "project named '\(text)'") }
        return .seeOther(WhoPaths.administrators(name))
    }

    @Sendable func showAdministrator(_ visit: AdministratorVisit) async throws -> Reply {
        let text = try visit.parameter("name")
        guard let name = try? ProjectName(parsing: text),
            let publishers = try await people.publishers(of: name, at: visit.now)
        else { throw NotFound(what: "project named '\(text)'") }
        return site.account.page(
            WhoPage(publishers, of: name, at: visit.now), .who, "Who could publish \(name.display)", visit,
            section: .admin)
    }
}

/// Who could publish a project, and with what.
struct WhoPage {
    struct Row {
        let whoName: String
        let whoRole: String
        /// Where administrators look after the account; nil for owners.
        let whoPath: String?
        let couldPublish: Bool
        let webWords: String
        let whoFactors: [String]
        let whoTokens: [TokenLine]
    }

    struct TokenLine {
        let tokenText: String
        /// For administrators; nil for owners.
        let tokenUse: Use?
        let tokenAnswer: String
    }

    struct Use {
        let tokenUsed: Moment?
    }

    /// The project's tabs; nil for administrators.
    let head: ProjectHead?
    let whoProject: String
    let whoCount: String
    let rows: [Row]

    private init(_ rows: [Row], of project: ProjectName, head: ProjectHead?) {
        self.head = head
        whoProject = project.display
        whoCount = "\(rows.count { $0.couldPublish }.grouped) of \(rows.count.grouped)"
        self.rows = rows
    }

    /// For administrators, who see all.
    init(_ publishers: [Publisher], of project: ProjectName, at now: Timestamp) {
        let rows = publishers.map { publisher in
            Row(
                whoName: publisher.user.name.display, whoRole: publisher.role.words,
                whoPath: AdminPaths.user(publisher.user.name), couldPublish: publisher.couldPublish,
                webWords: Self.webWords(publisher.refusal?.whyNotPublished),
                whoFactors: publisher.factors.lines(at: now).map { line in
                    "\(line.kind)\(line.label.isEmpty ? "" : " “\(line.label)”"): \(line.state)"
                },
                whoTokens: publisher.tokens.map { TokenLine($0, of: project) })
        }
        self.init(rows, of: project, head: nil)
    }

    /// For owners, who see no more of each other than a release needs.
    init(_ publishers: [PublisherOutline], of project: ProjectName, head: ProjectHead) {
        let rows = publishers.map { publisher in
            Row(
                whoName: publisher.name.display, whoRole: publisher.role.words, whoPath: nil,
                couldPublish: publisher.couldPublish, webWords: Self.webWords(publisher.whyNotOnTheWeb),
                whoFactors: publisher.factors.map { "\($0.words): \($0.counts ? "counts" : "does not count")" },
                whoTokens: publisher.tokens.map {
                    TokenLine(tokenText: $0.words, tokenUse: nil, tokenAnswer: $0.counts ? "accepted" : "refused")
                })
        }
        self.init(rows, of: project, head: head)
    }

    private static func webWords(_ whyNot: String?) -> String {
        whyNot.map { "Not let in on the web: \($0)." } ?? "Let in on the web."
    }
}

extension PublisherOutline.Line {
    fileprivate var words: String { count == 1 ? kind : "\(kind) (\(count.grouped))" }
}

extension WhoPage.TokenLine {
    fileprivate init(_ found: Publisher.Token, of project: ProjectName) {
        let token = found.token
        // What else it is for is nobody's business but its owner's.
        let others = token.projects.map { $0.count - 1 }
        let scope =
            others.map { $0 == 0 ? "for this project alone" : "for this project and \($0.counted("other"))" }
            ?? "for all projects of its owner"
        let ends = token.expiresAt.map { "until \($0.readable)" } ?? "without end"
        tokenText = "API token “\(token.nameForPeople)”, made with \(token.assurance.words), \(scope), \(ends)"
        tokenUse = WhoPage.Use(tokenUsed: token.lastUsedAt.map { Moment(minuteOf: $0) })
        tokenAnswer = found.refusal.map { "refused, \($0.whyNotPublished)" } ?? "accepted"
    }
}
