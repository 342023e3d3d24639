import Giveaways
import Identity
import Model
import UTC
import Web

/// What administrators do about giveaways on the web.
struct GiveawayAdminRoutes: Sendable {
    let site: AccountSite
    let giveaways: Giveaways

    static let path = "/admin/giveaways/"

    func add(to router: AccountRouter) {
        router.page("/admin/giveaways", use: list)
        router.form("/admin/giveaways", performs: .createGiveaway, use: create)
        router.page("/admin/giveaways/{name}", use: show)
        // A file of codes in a form; percent-encoding makes at most three bytes of one.
        router.form(
            "/admin/giveaways/{name}/codes", performs: .importGiveawayCodes, on: .above,
            upTo: 3 * CodeFile.maximumBytes + 1_024, use: importCodes)
        router.form("/admin/giveaways/{name}/change", performs: .changeGiveaway, on: .above, use: change)
        router.form("/admin/giveaways/{name}/close", performs: .closeGiveaway, on: .above, use: close)
    }

    private func administrator(_ visit: Visit) throws -> Session {
        let session = try visit.signedIn()
        guard session.user.isAdministrator else { throw AccessRefusal.administratorsOnly }
        return session
    }

    // MARK: All of them

    @Sendable func list(_ visit: Visit) async throws -> Reply {
        _ = try administrator(visit)
        return try await listPage(visit)
    }

    private func listPage(_ visit: Visit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let model = GiveawaysPage(try await giveaways.reports(), typed: visit.form, at: visit.now)
        return site.page(
            model, .giveaways, "Giveaways of security keys", visit, section: .admin, refusal: refusal)
    }

    @Sendable func create(_ visit: Visit) async throws -> Reply {
        let session = try administrator(visit)
        return try await visit.attempt {
            let wanted = try WantedGiveaway(visit.form, at: visit.now)
            try await giveaways.create(wanted.name, wanted.terms, by: session.actor, at: visit.now)
            return .seeOther("\(Self.path)\(wanted.name)/", said: .giveawayMade)
        } orShow: {
            try await listPage(visit, refusal: $0)
        }
    }

    // MARK: One of them

    private func name(_ visit: Visit) throws -> GiveawayName {
        let text = try visit.parameter("name")
        guard let name = try? GiveawayName(parsing: text) else { throw NothingHere(what: "giveaway named '\(text)'") }
        return name
    }

    @Sendable func show(_ visit: Visit) async throws -> Reply {
        _ = try administrator(visit)
        return try await page(visit)
    }

    private func page(_ visit: Visit, refusal: (any Refusal)? = nil) async throws -> Reply {
        let report = try await giveaways.report(on: try name(visit))
        let isFresh =
            visit.session?.standing.isFreshlyProven(for: .importGiveawayCodes, object: "", at: visit.now) ?? false
        let model = GiveawayAdminPage(
            report, typed: visit.form, confirmation: isFresh ? nil : confirmation(visit), refusal: refusal,
            at: visit.now)
        return site.page(model, .giveawayAdmin, report.giveaway.name.text, visit, section: .admin, refusal: refusal)
    }

    /// Where an administrator shows that it is he before he pastes codes: they are too many to be carried along, and are
    /// better not in one more page.
    private func confirmation(_ visit: Visit) -> String? {
        guard let session = visit.session, let name = try? name(visit) else { return nil }
        return ConfirmRoutes.path(
            for: StepUp(action: .importGiveawayCodes, object: "", assurance: session.standing.strongest),
            next: "\(Self.path)\(name)/")
    }

    @Sendable func importCodes(_ visit: Visit) async throws -> Reply {
        let session = try administrator(visit)
        do {
            return try await visit.attempt {
                let name = try name(visit)
                _ = try await giveaways.importCodes(
                    Array((visit.form["codes"] ?? "").utf8), into: name, by: session.actor, at: visit.now)
                return .seeOther("\(Self.path)\(name)/", said: .codesImported)
            } orShow: {
                try await page(visit, refusal: $0)
            }
        } catch AccessRefusal.freshProofNeeded(_) {
            return .seeOther(confirmation(visit) ?? Self.path)
        }
    }

    @Sendable func change(_ visit: Visit) async throws -> Reply {
        let session = try administrator(visit)
        return try await visit.attempt {
            let name = try name(visit)
            let change = GiveawayChange(
                opensAt: try GiveawayMoment.opening(visit.form["opens"] ?? ""),
                closesAt: try GiveawayMoment.closing(visit.form["closes"] ?? ""))
            try await giveaways.change(name, change, by: session.actor, at: visit.now)
            return .seeOther("\(Self.path)\(name)/", said: .giveawayChanged)
        } orShow: {
            try await page(visit, refusal: $0)
        }
    }

    @Sendable func close(_ visit: Visit) async throws -> Reply {
        let session = try administrator(visit)
        return try await visit.attempt {
            let name = try name(visit)
            try await giveaways.close(name, by: session.actor, at: visit.now)
            return .seeOther("\(Self.path)\(name)/", said: .giveawayClosed)
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
        func typed(_ field: String) -> String {
            (form[field] ?? "").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        func number(_ field: String) -> Int { Int(typed(field)) ?? 0 }
        name = try GiveawayName(parsing: typed("name"))
        let lines = (form["models"] ?? "").split(whereSeparator: \.isNewline).map(String.init)
        guard let eligibility = GiveawayEligibility(rawValue: typed("eligible")) else {
            throw GiveawayTermsRefusal.eligibility
        }
        terms = try GiveawayTerms(
            sponsor: typed("sponsor"),
            models: lines.filter { !$0.allSatisfy(\.isWhitespace) }.map { try KeyModel(parsing: $0) },
            keys: number("keys"), keysPerCode: number("keys_per_code"),
            countries: Country.list(parsing: typed("countries")),
            opensAt: typed("opens").isEmpty ? now : GiveawayMoment.opening(typed("opens")),
            closesAt: GiveawayMoment.closing(typed("closes")), eligibility: eligibility, orderAddress: typed("order"))
    }
}
