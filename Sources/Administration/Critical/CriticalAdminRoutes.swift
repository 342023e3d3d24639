import Accounts
import Acts
import Descriptions
import HTTPTypes
import Hummingbird
import Identity
import PackagingFormats
import Policy
import Ports
import Primitives
import Site
import UTC
import Web

/// What administrators do about critical projects on the web.
struct CriticalAdminRoutes: Sendable {
    let site: AccountSite
    let critical: any CriticalStore

    static let path = "/admin/critical/"
    static let settingsPath = "/admin/critical/settings/"

    func add(to router: AccountRouter) {
        router.page("/admin/critical", guard: .administrator, use: show)
        router.form(
            "/admin/critical/designate", guard: .administrator, performs: .project(.designate), on: .at(Self.path),
            use: designate
        )
        router.form(
            "/admin/critical/lift", guard: .administrator, performs: .project(.liftDesignation), on: .at(Self.path),
            use: lift)
        router.page("/admin/critical/settings", guard: .administrator, use: showSettings)
        router.page("/admin/critical/preview", guard: .administrator, use: preview)
        router.form(
            "/admin/critical/set", guard: .administrator, performs: .index(.setCriticalRule),
            on: .at(Self.settingsPath),
            use: set)
        router.document("/admin/critical.json", guard: .administrator, use: document)
    }

    // MARK: What there is

    @Sendable func show(_ visit: AdministratorVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let report = try await CriticalReport(of: critical, at: visit.now)
        let isLift = visit.path.hasSuffix("/lift/")
        let standings = try await critical.standings(at: visit.now)
        let waiting = standings.flatMap(\.people).map(\.readiness).filter { $0.pendingFactor != nil }
        let vouchable = try await site.identity.accounts.vouchable(
            among: Array(Set(waiting.map(\.user))), by: visit.session.user, at: visit.now)
        let model = CriticalAdminPage(
            report, standings, try await critical.forecast(at: visit.now), vouchable: vouchable,
            page: visit.query["page"].flatMap { Int($0) } ?? 1,
            designating: isLift ? "" : visit.form["name"] ?? "",
            lifting: (
                isLift ? visit.form["name"] ?? "" : String((visit.query["lift"] ?? "").prefix(100)),
                visit.form["reason"] ?? ""
            ), at: visit.now)
        return site.page(model, .criticalAdmin, "Critical projects", visit, section: .admin, refusal: refusal)
    }

    @Sendable func document(_ visit: AdministratorVisit) async throws -> Reply {
        let report = try await CriticalReport(of: critical, at: visit.now)
        let standings = try await critical.standings(at: visit.now)
        return .json(try jsonDocument(AdminCriticalDocument(report, standings, at: visit.now)))
    }

    // MARK: One name

    private func typedName(_ visit: AdministratorVisit) throws -> ProjectName {
        let text = String((visit.form["name"] ?? "").trimmedOfWhitespace.prefix(200))
        guard let name = try? ProjectName(parsing: text) else { throw CriticalFormRefusal.name(text) }
        return name
    }

    @Sendable func designate(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .designated) {
            try await critical.designate(try typedName(visit), by: visit.session.actor, at: visit.now)
        }
    }

    @Sendable func lift(_ visit: AdministratorVisit) async throws -> Reply {
        try await act(visit, flash: .designationLifted) {
            let reason = (visit.form["reason"] ?? "").trimmedOfWhitespace.cut(to: .line)
            try await critical.lift(try typedName(visit), reason: reason, by: visit.session.actor, at: visit.now)
        }
    }

    private func act(_ visit: AdministratorVisit, flash: FlashMessage, _ act: () async throws -> Void) async throws
        -> Reply
    {
        try await visit.attempt {
            try await act()
            return .seeOther(Self.path, flash: flash)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    // MARK: The settings

    @Sendable func showSettings(_ visit: AdministratorVisit) async throws -> Reply {
        try await settingsPage(visit, visit.query)
    }

    private func settingsPage(
        _ visit: AdministratorVisit, _ typed: FormFields, refusal: (any Refusal)? = nil
    ) async throws -> Reply {
        let settings = try await critical.settings()
        let isTyped = typed["extent"] != nil
        let model = CriticalSettingsPage(
            isTyped ? CriticalSettingsForm(typed) : CriticalSettingsForm(settings), now: settings,
            try await critical.firstFactorEvidence(), at: visit.now)
        return site.page(
            model, .criticalSettings, "The rule for critical projects", visit, section: .admin, refusal: refusal)
    }

    /// What the typed settings would do. It changes nothing, so it has an address of its own that can be kept and sent.
    @Sendable func preview(_ visit: AdministratorVisit) async throws -> Reply {
        try await visit.attempt {
            let form = CriticalSettingsForm(visit.query)
            let settings = try form.settings()
            let model = CriticalPreviewPage(
                form, settings, before: try await critical.settings(),
                try await critical.preview(settings, asOf: visit.now.day, at: visit.now),
                try await critical.firstFactorEvidence(), at: visit.now)
            return site.page(
                model, .criticalPreview, "What these settings would do", visit, section: .admin)
        } orShow: {
            try await settingsPage(visit, visit.query, refusal: $0)
        }
    }

    @Sendable func set(_ visit: AdministratorVisit) async throws -> Reply {
        try await visit.attempt {
            let settings = try CriticalSettingsForm(visit.form).settings()
            try await critical.set(settings, by: visit.session.actor, at: visit.now)
            return .seeOther(Self.path, flash: .criticalRuleSet)
        } orShow: {
            try await settingsPage(visit, visit.form, refusal: $0)
        }
    }
}
