import Documents
import Giveaway
import Giveaways
import Letters
import Policy
import Primitives
import UTC
import Web

@testable import Administration
@testable import Site

/// The pages about giveaways, by the names of their golden files.
enum GiveawayPagesUnderTest {
    static let names = [
        "giveaway-anonymous", "giveaway-form", "giveaway-code", "giveaway-refused", "giveaway-over",
        "giveaway-over-anonymous", "giveaway-none",
        "giveaway-upcoming-anonymous", "giveaway-two", "giveaways", "giveaways-refused", "giveaway-admin",
        "giveaway-admin-over",
    ]

    private static let now = AccountPagesUnderTest.now
    private static let ask = GiveawayPerson(criticalSince: Timestamp(seconds: 0))

    static func bytes(_ name: String, _ site: SiteRenderer, evil: String? = nil) throws -> [UInt8] {
        let text = evil ?? "Google"
        var extras = Frame.Extras(hasSearch: false, isPrivate: true)
        extras.token = "0123456789abcdef"
        guard name.hasPrefix("giveaways") || name.hasPrefix("giveaway-admin") else {
            let (model, refusal) = try publicPage(name, text)
            extras.problem = refusal?.sentence()
            if name == "giveaway-code" { extras.flash = FlashMessage.codeIssued.sentence }
            return site.render(model, as: .giveaway, titled: name, extras)
        }
        extras.nav = ManageSection.links(current: .admin, try AccountPagesUnderTest.session())
        if name.hasPrefix("giveaways") {
            let refusal = name == "giveaways-refused" ? GiveawayTermsRefusal.orderAddress : nil
            extras.problem = refusal?.sentence()
            let model = GiveawaysPage(
                name == "giveaways" ? [try report(text)] : [],
                typed: FormFields(
                    "name=a%22b&sponsor=\(Paths.percentEncoded(text))&models=a%0D%0Ab&eligible=everybody"),
                at: now)
            return site.render(model, as: .giveaways, titled: name, extras)
        }
        let isOver = name == "giveaway-admin-over"
        let refusal = CodeFileRefusal.lines([.init(line: 2, fault: .empty), .init(line: 3, fault: .sameAs(line: 1))])
        extras.problem = isOver ? nil : refusal.summary
        let typed = FormFields(isOver ? "" : "codes=%0D%0A\(Paths.percentEncoded(text))")
        let model = GiveawayAdminPage(
            try report(text, isOver: isOver), typed: typed, confirmation: isOver ? "/account/confirm/" : nil,
            refusal: isOver ? nil : refusal, at: now)
        return site.render(model, as: .giveawayAdmin, titled: name, extras)
    }

    private static func publicPage(_ name: String, _ text: String) throws -> (GiveawayPage, (any Refusal)?) {
        let brazil = try Country(parsing: "BR")
        func page(_ views: [Giveaways.View], _ refusal: (any Refusal)? = nil) -> (GiveawayPage, (any Refusal)?) {
            (GiveawayPage(views, chosen: refusal == nil ? nil : brazil, said: refusal, at: now), refusal)
        }
        switch name {
        case "giveaway-anonymous": return page([try view(text, nil)])
        case "giveaway-form": return page([try view(text, ask)])
        case "giveaway-code": return page([try view(text, GiveawayPerson(hasCode: true), code: "TITAN-\(text)-1")])
        case "giveaway-refused":
            let served = try terms(text).countries
            return page([try view(text, ask)], GiveawayRefusal.countryNotServed(brazil, sponsor: text, served: served))
        case "giveaway-over": return page([try view(text, ask, isOver: true)])
        case "giveaway-over-anonymous": return page([try view(text, nil, isOver: true)])
        case "giveaway-upcoming-anonymous": return page([try view(text, nil, isUpcoming: true)])
        case "giveaway-none": return page([])
        default:
            return page([
                try view(text, ask), try view(text, GiveawayPerson(hasCode: true), code: "TITAN-2", isOver: true),
                try view(text, GiveawayPerson()),
            ])
        }
    }

    private static func terms(_ text: String, isUpcoming: Bool = false) throws -> GiveawayTerms {
        try GiveawayTerms(
            sponsor: String(text.prefix(90)), models: [KeyModel(name: "Titan \(text)", aaguids: [])], keys: 4_000,
            countries: Country.list(parsing: "AT,BE,CA,FR,DE,IT,JP,ES,CH,GB,US"),
            opensAt: Day(number: isUpcoming ? 20_790 : 20_770).start, closesAt: Day(number: 20_800).start,
            orderAddress: "https://store.example.com/titan?a=b&c=d")
    }

    private static func programme(_ text: String, isOver: Bool, isUpcoming: Bool = false) throws -> GiveawayProgramme {
        GiveawayProgramme(
            id: GiveawayID(1), name: try GiveawayName(parsing: "titan-2022"),
            terms: try terms(text, isUpcoming: isUpcoming), createdAt: now,
            closedAt: isOver ? Day(number: 20_779).start : nil)
    }

    static func view(
        _ text: String, _ person: GiveawayPerson?, code: String? = nil, isOver: Bool = false, isUpcoming: Bool = false
    ) throws -> Giveaways.View {
        let own = try code.map { _ in
            IssuedGiveawayCode(fingerprint: [], sealed: [], country: try Country(parsing: "AT"), at: now)
        }
        return Giveaways.View(
            standing: GiveawayStanding(
                giveaway: try programme(text, isOver: isOver, isUpcoming: isUpcoming), codes: 2_000,
                left: isUpcoming ? 2_000 : 1_234, person: person, own: own),
            code: code)
    }

    private static func report(_ text: String, isOver: Bool = false) throws -> GiveawayReport {
        let key = GiveawayReport.EnrolledKey(aaguid: nil, modelName: "Titan \(text)", addedAt: now)
        let austria = try Country(parsing: "AT")
        return GiveawayReport(
            of: try programme(text, isOver: isOver), codes: isOver ? 2_000 : 1_500,
            issues: [.init(country: austria, at: now, keys: [key]), .init(country: austria, at: now, keys: [])])
    }
}
