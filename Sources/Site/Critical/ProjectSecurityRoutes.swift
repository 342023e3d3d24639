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

/// What is asked of those who hold roles on a project, and who of them is ready.
struct ProjectSecurityRoutes: Sendable {
    let site: AccountSite
    let critical: any CriticalStore

    /// The page of a project.
    static func path(_ name: ProjectName) -> String { ManagePaths.project(name, .security) }

    func add(to router: AccountRouter) {
        router.page("/manage/project/{name}/security", guard: .role(.maintainer), use: show)
        router.form(
            "/manage/project/{name}/security/delay", guard: .role(.maintainer), performs: .project(.delayMandate),
            on: .above,
            use: delay)
    }

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let (managed, session) = (visit.managed, visit.managed.session)
        let name = managed.name
        let obligation = try await critical.obligations(of: session.user.id, at: visit.now).first {
            $0.project == name
        }
        let model = ProjectSecurityPage(
            managed.project, role: managed.role, session.user.name, critical: try await critical.critical(name),
            rule: try await critical.settings().mandate,
            readiness: try await critical.readiness(of: name, at: visit.now), obligation: obligation, at: visit.now)
        return site.page(
            model, .projectSecurity, "Security · \(name.display)", visit, section: .projects, refusal: refusal)
    }

    @Sendable func delay(_ visit: ProjectVisit) async throws -> Reply {
        let name = visit.managed.name
        return try await visit.attempt {
            _ = try await critical.delay(name, by: visit.managed.actor, from: visit.browser.origin, at: visit.now)
            return .seeOther(Self.path(name), flash: .mandateDelayed)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }
}

/// What is asked of those who hold roles on a project, and who of them is ready.
struct ProjectSecurityPage {
    struct Person {
        let personName: String
        let personRole: String
        let personState: String
        let isReady: Bool
        let isRefused: Bool
        let isOneself: Bool
    }

    /// The one time that it can be put off.
    struct Delay {
        let delayUntil: String
        let delayDays = MandateRule.delayDays
    }

    let head: ProjectHead
    let delayPath: String
    /// Whether everybody's state is shown: to owners. A maintainer sees nobody's but their own.
    let isOwner: Bool
    let isCritical: Bool
    let why: String
    let since: Moment?
    let nowRank: String?
    let phaseText: String
    let demands: NonEmpty<CriticalAdminPage.Demanded>?
    /// What the owners ask for; nil where it is a password.
    let ownersAsk: String?
    let isNothingAsked: Bool
    let people: [Person]
    let readyCount: String
    /// What lacks, of anyone who looks; nil for nothing.
    let ownLack: String?
    /// What there is to know besides: how long a first factor waits, that the own one waits, tokens that are too weak.
    let ownMore: [String]
    let delay: Delay?
    let delayedUntil: String?

    init(
        _ project: Project, role: Role, _ user: Username, critical: (project: CriticalProject, demands: [Demand])?,
        rule: MandateRule, readiness: [Readiness], obligation: Obligation?, at now: Timestamp
    ) {
        delayPath = ProjectSecurityRoutes.path(project.name) + "delay/"
        isOwner = role == .owner
        isCritical = critical != nil
        why = critical?.project.designation.whyInSentence ?? ""
        since = critical.map { Moment($0.project.designation.designatedAt) }
        nowRank = critical?.project.latestRank?.grouped
        phaseText =
            RuleWords(CriticalSettings(critical: .usual, mandate: rule), latest: nil, at: now).phaseText
        let isOff = rule.phase(at: now) == .off
        let dated = critical.map { rule.dated($0.demands, isInTopShare: $0.project.isInTopShare) } ?? []
        demands =
            isOff ? nil : NonEmpty(dated.map { .init(demandWords: $0.demand.what.words, demandWhen: $0.when(at: now)) })
        ownersAsk = project.requiredAssurance > .password ? project.requiredAssurance.words : nil
        isNothingAsked = critical == nil && project.requiredAssurance <= .password
        head = ProjectHead(project, role: role, isBound: !isNothingAsked, .security)
        people = readiness.filter { role == .owner || $0.user == user }.map { Person($0, isOneself: $0.user == user) }
        readyCount = "\(people.count { $0.isReady }) of \(people.count)"
        ownLack = obligation?.judgement.missing
        ownMore = obligation.map { Self.more($0, at: now) } ?? []
        delayedUntil = obligation?.delayedUntil?.day.readable
        delay = obligation?.canDelayUntil.map { Delay(delayUntil: $0.day.readable) }
    }

    private static func more(_ obligation: Obligation, at now: Timestamp) -> [String] {
        [
            [obligation].firstFactor(at: now), obligation.pendingFactor?.explanation(at: now),
            obligation.tokens.explanation,
        ].compactMap { $0 }
    }
}

extension ProjectSecurityPage.Person {
    init(_ readiness: Readiness, isOneself: Bool) {
        let state = ReadinessWords(readiness)
        personName = readiness.user.display
        personRole = readiness.role == .owner ? "owner" : "maintainer"
        personState = state.words
        isReady = state.isReady
        isRefused = state.isRefused
        self.isOneself = isOneself
    }
}
