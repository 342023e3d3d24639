import Accounts
import Acts
import Identity
import Letters
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
        router.page("/manage/project/{name}/security/delay", guard: .role(.maintainer), use: showDelay)
        router.form(
            "/manage/project/{name}/security/delay", guard: .role(.maintainer), performs: .project(.delayMandate),
            on: .above, use: delay)
    }

    @Sendable func show(_ visit: ProjectVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: ProjectVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let (managed, session) = (visit.managed, visit.managed.session)
        let name = managed.name
        let obligation = try await critical.obligations(of: session.user.id, at: visit.now).first {
            $0.project == name
        }
        let readiness = try await critical.readiness(of: name, at: visit.now)
        let vouchable =
            try await managed.isOwner
            ? site.identity.accounts.vouchable(
                among: readiness.filter { $0.pendingFactor != nil }.map(\.user), by: session.user, at: visit.now) : []
        let model = ProjectSecurityPage(
            managed.project, role: managed.role, session.user.name, critical: try await critical.critical(name),
            rule: try await critical.settings().mandate,
            readiness: readiness, vouchable: vouchable, obligation: obligation, at: visit.now)
        return site.page(
            model, .projectSecurity, "Security · \(name.display)", visit, section: .projects, refusal: refusal)
    }

    /// Where a refusal sends those for whom that is quickest; anyone who can put off nothing sees what is asked.
    @Sendable func showDelay(_ visit: ProjectVisit) async throws -> Reply {
        let name = visit.managed.name
        guard let obligation = visit.obligations.first(where: { $0.project == name }),
            let page = DelayPage(obligation, at: visit.now)
        else { return .seeOther(Self.path(name)) }
        return site.page(page, .delay, "What \(name.display) asks of you", visit)
    }

    @Sendable func delay(_ visit: ProjectVisit) async throws -> Reply {
        let name = visit.managed.name
        return try await visit.attempt {
            _ = try await critical.delay(name, by: visit.managed.actor, from: visit.browser.origin, at: visit.now)
            return .seeOther(visit.next?.text ?? Self.path(name), flash: .mandateDelayed)
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
        /// Where the person who looks can vouch for them; nil where they cannot, or nothing waits for it.
        let vouchPath: String?
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
    let demands: NonEmpty<RuleWords.Demanded>?
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

    /// - Parameter vouchable: for whom the person who looks could vouch now, by normalized name.
    init(
        _ project: Project, role: Role, _ user: Username, critical: (project: CriticalProject, demands: [Demand])?,
        rule: MandateRule, readiness: [Readiness], vouchable: Set<String> = [], obligation: Obligation?,
        at now: Timestamp
    ) {
        delayPath = Place.delay(project.name).path
        isOwner = role == .owner
        isCritical = critical != nil
        why = critical?.project.designation.whyInSentence ?? ""
        since = critical.map { Moment($0.project.designation.designatedAt) }
        nowRank = critical?.project.latestRank?.grouped
        phaseText = RuleWords.phase(rule, at: now)
        let isOff = rule.phase(at: now) == .off
        let dated = critical.map { rule.dated($0.demands, isInTopShare: $0.project.isInTopShare) } ?? []
        demands =
            isOff ? nil : NonEmpty(dated.map { .init(demandWords: $0.demand.what.words, demandWhen: $0.when(at: now)) })
        ownersAsk = project.requiredAssurance > .password ? project.requiredAssurance.words : nil
        isNothingAsked = critical == nil && project.requiredAssurance <= .password
        head = ProjectHead(project, role: role, isBound: !isNothingAsked, .security)
        people = readiness.filter { role == .owner || $0.user == user }.map {
            Person(
                $0, isOneself: $0.user == user,
                vouchPath: vouchable.contains($0.user.normalized) ? Place.vouch(for: $0.user).path : nil)
        }
        readyCount = "\(people.count { $0.isReady }) of \(people.count)"
        ownLack = obligation?.judgement.missing
        ownMore = obligation.map { Self.more($0, at: now) } ?? []
        delayedUntil = obligation?.delayedUntil?.day.readable
        delay = obligation?.canDelayUntil.map { Delay(delayUntil: $0.day.readable) }
    }

    private static func more(_ obligation: Obligation, at now: Timestamp) -> [String] {
        [
            [obligation].firstFactor(at: now), obligation.pendingFactor?.explanation(at: now).written(),
            obligation.tokens.explanation,
        ].compactMap { $0 }
    }
}

extension ProjectSecurityPage.Person {
    init(_ readiness: Readiness, isOneself: Bool, vouchPath: String?) {
        self.vouchPath = vouchPath
        let state = ReadinessWords(readiness)
        personName = readiness.user.display
        personRole = readiness.role == .owner ? "owner" : "maintainer"
        personState = state.words
        isReady = state.isReady
        isRefused = state.isRefused
        self.isOneself = isOneself
    }
}

/// Where somebody puts off what a project asks of them: that alone, and what they can do instead.
struct DelayPage {
    let project: String
    let delayPath: String
    let securityPath: String
    /// What is asked, and what lacks.
    let words: String
    let until: String
    /// Whether they can add what lacks instead; not where a factor only waits.
    let canAdd: Bool

    /// Nil where nothing lacks, or it cannot be put off.
    init?(_ obligation: Obligation, at now: Timestamp) {
        guard let until = obligation.canDelayUntil else { return nil }
        // The way that this page is for goes without saying.
        let waits = obligation.pendingFactor.map {
            PendingFactor(from: $0.from, until: $0.until).explanation(of: obligation.project.display, at: now)
                .written()
        }
        guard let words = waits ?? obligation.words(at: now) else { return nil }
        project = obligation.project.display
        delayPath = Place.delay(obligation.project).path
        securityPath = ProjectSecurityRoutes.path(obligation.project)
        self.words = words
        self.until = until.day.readable
        canAdd = obligation.judgement != .allowed
    }
}
