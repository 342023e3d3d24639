import Accounts
import Acts
import Documents
import Giveaway
import Giveaways
import Identity
import Policy
import Primitives
import Site
import UTC
import Web

/// What administrators do about giveaways on the web.
struct GiveawayAdminRoutes: Sendable {
    let site: AccountSite
    let giveaways: Giveaways

    static let path = "/admin/giveaways/"

    func add(to router: AccountRouter) {
        router.page("/admin/giveaways", guard: .administrator, use: list)
        router.form("/admin/giveaways", guard: .administrator, performs: .index(.createGiveaway), use: create)
        router.page("/admin/giveaways/{name}", guard: .administrator, use: show)
        // A file of codes in a form, or its lines pasted; percent-encoding makes at most three bytes of one.
        router.form(
            "/admin/giveaways/{name}/codes", guard: .administrator, performs: .index(.importGiveawayCodes), on: .above,
            upTo: 3 * CodeFile.maximumBytes + 1_024, use: importCodes)
        router.form(
            "/admin/giveaways/{name}/change", guard: .administrator, performs: .index(.changeGiveaway), on: .above,
            use: change)
        router.form(
            "/admin/giveaways/{name}/close", guard: .administrator, performs: .index(.closeGiveaway), on: .above,
            use: close)
    }

    // MARK: All of them

    @Sendable func list(_ visit: AdministratorVisit) async throws -> Reply { try await listPage(visit) }

    private func listPage(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = GiveawaysPage(try await giveaways.reports(), typed: visit.form, at: visit.now)
        return site.page(
            model, .giveaways, "Giveaways of security keys", visit, section: .admin, refusal: refusal)
    }

    @Sendable func create(_ visit: AdministratorVisit) async throws -> Reply {
        try await visit.attempt {
            let wanted = try WantedGiveaway(visit.form, at: visit.now)
            let made = try await giveaways.create(wanted.name, wanted.terms, by: visit.session.actor, at: visit.now)
            let isOver = made.phase(at: visit.now) == .closed
            return .seeOther("\(Self.path)\(wanted.name)/", flash: isOver ? .giveawayMadeOver : .giveawayMade)
        } orShow: {
            try await listPage(visit, refusal: $0)
        }
    }

    // MARK: One of them

    private func name(_ visit: AdministratorVisit) throws -> GiveawayName {
        let text = try visit.parameter("name")
        guard let name = try? GiveawayName(parsing: text) else { throw NotFound(what: "giveaway named '\(text)'") }
        return name
    }

    @Sendable func show(_ visit: AdministratorVisit) async throws -> Reply { try await page(visit) }

    private func page(_ visit: AdministratorVisit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let report = try await giveaways.report(on: try name(visit))
        let isFresh =
            visit.session.standing.isFreshlyProven(for: .index(.importGiveawayCodes), object: "", at: visit.now)
        let model = GiveawayAdminPage(
            report, typed: visit.form, confirmation: isFresh ? nil : confirmation(visit), refusal: refusal,
            at: visit.now)
        return site.page(
            model, .giveawayAdmin, report.giveaway.name.text, visit, section: .admin, refusal: refusal,
            problem: (refusal as? CodeFileRefusal)?.summary)
    }

    /// Where an administrator shows who they are before pasting codes: they are too many to be carried along, and are
    /// better not in one more page.
    private func confirmation(_ visit: AdministratorVisit) -> String? {
        guard let name = try? name(visit) else { return nil }
        return ConfirmPath.path(
            for: StepUp(action: .index(.importGiveawayCodes), object: "", assurance: visit.session.standing.strongest),
            next: "\(Self.path)\(name)/")
    }

    @Sendable func importCodes(_ visit: AdministratorVisit) async throws -> Reply {
        do {
            return try await visit.attempt {
                let name = try name(visit)
                _ = try await giveaways.importCodes(
                    try sentCodes(visit.form), into: name, by: visit.session.actor, at: visit.now)
                return .seeOther("\(Self.path)\(name)/", flash: .codesImported)
            } orShow: {
                try await page(visit, refusal: $0)
            }
        } catch AccessRefusal.freshProofNeeded(_) {
            return .seeOther(confirmation(visit) ?? Self.path)
        }
    }

    /// The file that was chosen, or what was pasted.
    private func sentCodes(_ form: FormFields) throws -> [UInt8] {
        let pasted = form["codes"] ?? ""
        guard let file = form["file"] else { return Array(pasted.utf8) }
        guard pasted.allSatisfy(\.isWhitespace) else { throw TwoSourcesOfCodes() }
        return Array(file.utf8)
    }

    @Sendable func change(_ visit: AdministratorVisit) async throws -> Reply {
        try await visit.attempt {
            let name = try name(visit)
            try await giveaways.change(name, GiveawayChange(visit.form), by: visit.session.actor, at: visit.now)
            return .seeOther("\(Self.path)\(name)/", flash: .giveawayChanged)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func close(_ visit: AdministratorVisit) async throws -> Reply {
        try await visit.attempt {
            let name = try name(visit)
            try await giveaways.close(name, by: visit.session.actor, at: visit.now)
            return .seeOther("\(Self.path)\(name)/", flash: .giveawayClosed)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }
}

/// A giveaway as an administrator describes it.
private struct WantedGiveaway {
    let name: GiveawayName
    let terms: GiveawayTerms

    /// Reads the form. Throws `GiveawayTermsRefusal` or `UnknownCountry`.
    init(_ form: FormFields, at now: Timestamp) throws {
        func typed(_ field: String) -> String { form.line(field) ?? "" }
        name = try GiveawayName(parsing: typed("name"))
        let lines = (form["models"] ?? "").split(whereSeparator: \.isNewline).map(String.init)
        guard let eligibility = GiveawayEligibility(rawValue: typed("eligible")) else {
            throw GiveawayTermsRefusal.eligibility
        }
        let order = typed("order")
        terms = try GiveawayTerms(
            sponsor: typed("sponsor"),
            models: lines.filter { !$0.allSatisfy(\.isWhitespace) }.map { try KeyModel(parsing: $0) },
            keys: numberOfKeys(typed("keys")), keysPerCode: numberOfKeys(typed("keys_per_code")),
            countries: Country.list(parsing: typed("countries")),
            opensAt: typed("opens").isEmpty ? now : GiveawayMoment.opening(typed("opens")),
            closesAt: GiveawayMoment.closing(typed("closes")), eligibility: eligibility,
            orderAddress: order.isEmpty ? nil : order)
    }
}

extension GiveawayChange {
    /// Reads the form: what differs from what it showed. What it did not show is changed if it is there.
    ///
    /// The closing time above all is sent along by anyone who changes something else, and would open what was closed.
    fileprivate init(_ form: FormFields) throws {
        func changed(_ field: String) -> String? {
            guard let typed = form.line(field), typed != form.line("shown_\(field)") else { return nil }
            return typed
        }
        self.init(
            opensAt: try changed("opens").map { try GiveawayMoment.opening($0) },
            closesAt: try changed("closes").map { try GiveawayMoment.closing($0) },
            keys: try changed("keys").map { try numberOfKeys($0) },
            countries: try changed("countries").map { try Country.list(parsing: $0) },
            eligibility: try changed("eligible").map { text in
                guard let known = GiveawayEligibility(rawValue: text) else { throw GiveawayTermsRefusal.eligibility }
                return known
            },
            orderAddress: changed("order"))
    }
}

extension FormFields {
    /// A field of one line, each blank in it one space; nil where there is no such field.
    fileprivate func line(_ field: String) -> String? {
        self[field].map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
    }
}

/// Reads how many keys somebody typed.
private func numberOfKeys(_ text: String) throws(GiveawayTermsRefusal) -> Int {
    guard let number = Int(text) else { throw .number(text) }
    return number
}

/// Codes were pasted, and a file was chosen, too.
private struct TwoSourcesOfCodes: Refusal {
    let kind = RefusalKind.invalid
    let code = "giveaway.codes-twice"
    let explanation = "No code was imported: choose a file or paste codes, and not both."
}
