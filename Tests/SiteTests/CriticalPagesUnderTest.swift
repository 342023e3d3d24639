import Accounts
import Acts
import Letters
import PackagingFormats
import Policy
import Primitives
import Projects
import UTC
import Web

@testable import Administration
@testable import Site

/// The pages about critical projects, in every state that looks different.
enum CriticalPagesUnderTest {
    static let names = [
        "security", "security-off", "security-few", "critical-admin", "critical-admin-none", "critical-settings",
        "critical-settings-refused", "critical-preview", "critical-preview-same", "project-security",
        "project-security-owners", "project-security-nothing", "project-security-maintainer", "project-critical",
        "project-delay",
    ]

    static let now = Fixture.moment(daysAgo: 0)

    static func bytes(_ name: String, _ site: SiteRenderer, evil: String? = nil) throws -> [UInt8] {
        switch name {
        case "security": return site.security(try report(), hosted: ["cheese-board"], at: now)
        case "security-off": return site.security(try report(.usual, people: 0, isEmpty: true), hosted: [], at: now)
        case "security-few": return site.security(try report(people: 2), hosted: [], at: now)
        case "project-critical":
            let snapshot = try Fixture.snapshot()
            let project = try project("Cheese_Board")
            let badge = CriticalBadge(project, demands: demands(), rule: try rule(), at: now)
            return site.project(
                snapshot, release: snapshot.latest, metadata: Fixture.metadata,
                descriptionHTML: Fixture.descriptionHTML(Fixture.metadata), downloads: Fixture.downloads,
                today: Fixture.today, hosted: [], critical: badge)
        default: break
        }
        let (model, template, section, refusal) = try page(name, evil)
        var extras = Frame.Extras(hasSearch: false, isPrivate: true)
        extras.token = "0123456789abcdef"
        extras.problem = refusal?.sentence()
        extras.nav = ManageSection.links(current: section, try AccountPagesUnderTest.session())
        return site.render(model, as: template, titled: name, extras)
    }

    private typealias Parts = (Any, Template, ManageSection, (any Refusal)?)

    private static func page(_ name: String, _ evil: String?) throws -> Parts {
        let settings = CriticalSettings(critical: .usual, mandate: try rule())
        switch name {
        case "critical-admin":
            let model = CriticalAdminPage(
                try report(), try standings(), try forecast(), designating: evil ?? "",
                lifting: (evil ?? "Cheese_Board", evil ?? ""),
                at: now)
            return (model, .criticalAdmin, .admin, nil)
        case "critical-admin-none":
            return (
                CriticalAdminPage(
                    try report(.usual, people: 0, isEmpty: true), [], try forecast(.usual), at: now), .criticalAdmin,
                .admin,
                nil
            )
        case "critical-settings":
            return (
                CriticalSettingsPage(CriticalSettingsForm(settings), now: settings, .on, at: now), .criticalSettings,
                .admin,
                nil
            )
        case "critical-settings-refused":
            var form = CriticalSettingsForm(FormFields("extent=number&number=x&announced=tomorrow"))
            form.number = evil ?? "x"
            let refusal = CriticalFormRefusal.number("number of projects", form.number)
            return (
                CriticalSettingsPage(form, now: settings, .offForTopShare, at: now), .criticalSettings, .admin, refusal
            )
        case "critical-preview", "critical-preview-same":
            var form = CriticalSettingsForm(settings)
            if name == "critical-preview" { (form.required, form.topShare) = ("phishing-resistant", "") }
            let designation = try project("old-bread").designation
            let preview = CriticalPreview(
                ranking: Ranking(
                    total: 1, extent: settings.critical.extent, candidates: [0], counts: [9],
                    names: { _ in [0: "old-bread"] }), designated: [designation],
                remaining: [try project("Cheese_Board")],
                topShare: form.topShare.isEmpty ? [] : ["cheese-board"],
                people: try standings().flatMap(\.people).map(\.readiness), forecast: try forecast(settings.mandate))
            form.share = evil ?? form.share
            let model = CriticalPreviewPage(
                form, evil == nil ? try form.settings() : settings, before: settings, preview, .off, at: now)
            return (model, .criticalPreview, .admin, nil)
        case "project-delay":
            guard let page = DelayPage(try lacking(), at: now) else { throw NotFound() }
            return (page, .delay, .projects, nil)
        default: return (try security(name), .projectSecurity, .projects, nil)
        }
    }

    /// What is asked of somebody who has nothing and can put it off.
    private static func lacking() throws -> Obligation {
        Obligation(
            project: try Fixture.name("Cheese_Board"), role: .owner,
            designation: try project("Cheese_Board").designation, demands: demands(),
            judgement: try standings()[0].people[1].readiness.judgement, delayedUntil: nil,
            canDelayUntil: now + .days(24))
    }

    private static func security(_ name: String) throws -> ProjectSecurityPage {
        let isMaintainer = name == "project-security-maintainer"
        let isCritical = name == "project-security" || isMaintainer
        let project = Project(
            id: ProjectID(1), name: try Fixture.name("Cheese_Board"), createdAt: now, status: .active,
            statusReason: nil, serial: 7,
            requiredAssurance: name == "project-security-owners" ? .phishingResistant : .password)
        let readiness = try standings()[0].people.map(\.readiness)
        let obligation = try lacking()
        return ProjectSecurityPage(
            project, role: isMaintainer ? .maintainer : .owner, try Fixture.user("Bob"),
            critical: isCritical ? (try Self.project("Cheese_Board"), demands()) : nil, rule: try rule(),
            readiness: isCritical ? readiness : [readiness[0]], obligation: isCritical ? obligation : nil, at: now)
    }

    // MARK: Facts

    static func rule() throws -> MandateRule {
        try MandateRule(
            announcedFrom: Fixture.today - 40, enforcedFrom: Fixture.today - 5,
            stricter: .init(share: Share(percent: "10"), assurance: .phishingResistant))
    }

    /// What is to be expected of one critical project where people were told of both demands.
    static func forecast(_ rule: MandateRule? = nil) throws -> RefusalForecast {
        let rule = try rule ?? Self.rule()
        return RefusalForecast(
            rule, toldUnder: rule, at: [.init(told: demands(), isInTopShare: true)], now: now)
    }

    /// A second factor that binds already, and a key that will.
    static func demands() -> [Demand] {
        [
            Demand(.secondFactor, noticedAt: now - .days(35), bindsAt: now - .days(5)),
            Demand(.phishingResistant, noticedAt: now, bindsAt: now + .days(30)),
        ]
    }

    static func project(
        _ name: String, _ reason: Designation.Reason = .downloads(rank: 3, count: 1_234_567)
    ) throws -> CriticalProject {
        CriticalProject(
            designation: Designation(
                name: try Fixture.name(name), reason: reason, asOf: Fixture.today - 40, windowDays: 183,
                designatedAt: Fixture.moment(daysAgo: 40)), latestRank: 2, latestDownloads: 1_500_000,
            isInTopShare: true)
    }

    static func standings() throws -> [CriticalProjectStanding] {
        let project = try project("Cheese_Board")
        func person(
            _ user: String, _ role: Role, _ holdings: FactorHoldings, probation: Timestamp? = nil,
            delayed: Timestamp? = nil
        ) throws -> CriticalProjectStanding.Person {
            let name = project.designation.name
            let facts = MandateFacts(
                designation: project.designation, rule: try rule(), isInTopShare: true, demands: demands(),
                delay: delayed.map { MandateDelay(until: $0, lacking: Set(Demand.Requirement.allCases)) },
                holdings: holdings,
                probationUntil: probation)
            let readiness = Readiness(of: try Fixture.user(user), as: role, on: name, knowing: facts, at: now)
            return CriticalProjectStanding.Person(
                readiness: readiness, delayedUntil: delayed, weakTokens: user == "Ada" ? 2 : 0)
        }
        let key = FactorHoldings(strongest: .phishingResistant, securityKeys: 1, hasRecoveryCodes: true)
        let app = FactorHoldings(strongest: .secondFactor)
        let later = now + .days(10)
        return [
            CriticalProjectStanding(
                project: project, isThere: true, demands: try rule().dated(demands(), isInTopShare: true),
                people: [
                    try person("Ada", .owner, key), try person("Bob", .owner, FactorHoldings()),
                    try person("Carla", .maintainer, app), try person("Dan", .maintainer, key, probation: later),
                    try person("Eve", .maintainer, FactorHoldings(), delayed: later),
                ]),
            CriticalProjectStanding(
                project: try Self.project("old-bread", .dependency(of: try Fixture.name("Cheese_Board"))),
                isThere: false, demands: [], people: []),
        ]
    }

    static func report(
        _ mandate: MandateRule? = nil, people: Int = 5, isEmpty: Bool = false
    ) throws -> CriticalReport {
        let days = (0..<(isEmpty ? 0 : 45)).map { ago in
            CriticalDay(
                day: Fixture.today - (44 - ago), projects: 1_200, threshold: 4_000, critical: 10 + ago / 10,
                people: people, withFactor: people == 0 ? 0 : ago * people / 45, phishingResistant: ago / 30)
        }
        return CriticalReport(
            settings: CriticalSettings(critical: .usual, mandate: try mandate ?? rule()), evidence: .on,
            figures: CriticalFigures(
                critical: isEmpty ? 0 : 14, people: people, withFactor: min(people, 4),
                phishingResistant: min(people, 1)), days: days,
            projects: isEmpty
                ? [] : [try project("Cheese_Board"), try project("old-bread", .dependency(of: Fixture.name("a")))])
    }
}
