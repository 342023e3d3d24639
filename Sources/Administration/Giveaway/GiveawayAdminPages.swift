import Documents
import Giveaway
import Primitives
import Site
import UTC
import Web

/// All giveaways, and the form for a new one.
struct GiveawaysPage {
    struct Row {
        let rowPath: String
        let rowName: String
        let phase: String
        let isOpen: Bool
        let makes: String
        let sponsor: String
        let figures: String
    }

    let rows: [Row]
    let typedName: String
    let typedSponsor: String
    let typedModels: String
    let typedKeys: String
    let typedPerCode: String
    let typedCountries: String
    let typedOpens: String
    let typedCloses: String
    let typedOrder: String
    let audiences: [AudienceChoice]

    init(_ reports: [GiveawayReport], typed: FormFields, at now: Timestamp) {
        rows = reports.map { report in
            let giveaway = report.giveaway
            return Row(
                rowPath: "\(GiveawayAdminRoutes.path)\(giveaway.name)/", rowName: giveaway.name.text,
                phase: giveaway.phase(at: now).words, isOpen: giveaway.phase(at: now) == .open,
                makes: giveaway.terms.makes, sponsor: giveaway.terms.sponsor,
                figures:
                    "\(report.issued.grouped) of \(report.codes.counted("code")) issued, \(report.left.grouped) left, "
                    + "\(report.enrolled.grouped) enrolled since (\(report.attested.grouped) attested)")
        }
        typedName = typed["name"] ?? ""
        typedSponsor = typed["sponsor"] ?? ""
        typedModels = typed["models"] ?? ""
        typedKeys = typed["keys"] ?? ""
        typedPerCode = typed["keys_per_code"] ?? "\(GiveawayTerms.usualKeysPerCode)"
        typedCountries = typed["countries"] ?? GiveawayTerms.usualCountries.typed
        typedOpens = typed["opens"] ?? ""
        typedCloses = typed["closes"] ?? ""
        typedOrder = typed["order"] ?? ""
        audiences = AudienceChoice.all(chosen: typed["eligible"] ?? GiveawayEligibility.criticalWithoutKey.rawValue)
    }
}

/// Whom a giveaway can be for.
struct AudienceChoice {
    let choiceValue: String
    let choiceName: String
    let isChosen: Bool

    static func all(chosen: String) -> [AudienceChoice] {
        GiveawayEligibility.allCases.map {
            AudienceChoice(choiceValue: $0.rawValue, choiceName: $0.words.capitalized, isChosen: $0.rawValue == chosen)
        }
    }
}

/// One giveaway: what came of it, and what can be done with it.
struct GiveawayAdminPage {
    struct Place {
        let placeName: String
        let placeIssued: String
        let placeEnrolled: String
    }

    /// What opens a giveaway again that an administrator closed.
    struct Reopening {
        let reopenedUntil: String
        let reopenedCloses: String
    }

    /// What a form showed when it was opened. What is sent back unchanged changes nothing, whatever happened meanwhile.
    struct Shown {
        let shownName: String
        let shownValue: String
    }

    let heading: String
    let path: String
    let state: String
    let isOver: Bool
    let sponsor: String
    let makes: String
    let keys: String
    let audience: String
    let opens: String
    let closes: String
    let order: String?
    let codes: String
    let issued: String
    let left: String
    let enrolled: String
    let places: [Place]
    let room: String
    let canImport: Bool
    /// Where it is shown first that it is the administrator; nil where they have just done so.
    let mustConfirm: String?
    /// What was pasted and not taken.
    let typedCodes: String
    let shown: [Shown]
    let typedOpens: String
    let typedCloses: String
    let typedKeys: String
    let typedCountries: String
    let typedOrder: String
    let audiences: [AudienceChoice]
    /// The closing time that was agreed, where an administrator closed the giveaway before it: what opens it again.
    let reopening: Reopening?
    /// The lines of a file that are wrong, one by one.
    let problems: NonEmpty<String>?
    /// How many more there are.
    let moreProblems: String?

    /// How many lines are named one by one.
    private static let mostProblems = 200

    init(
        _ report: GiveawayReport, typed: FormFields, confirmation: String?, refusal: (any Refusal)?, at now: Timestamp
    ) {
        let giveaway = report.giveaway
        let terms = giveaway.terms
        heading = "\(giveaway.name)"
        path = "\(GiveawayAdminRoutes.path)\(giveaway.name)/"
        state = giveaway.phase(at: now).words
        isOver = giveaway.phase(at: now) == .closed
        let isReopenable = giveaway.closedAt != nil && terms.closesAt > now
        sponsor = terms.sponsor
        makes = terms.makes
        keys = "\(terms.keys.counted("key")), \(terms.keysPerCode.grouped) for each code"
        audience = terms.audience
        opens = terms.opensAt.readableMinute
        closes =
            giveaway.endsAt.readableAsEnd().capitalized + (giveaway.closedAt == nil ? "" : " (by an administrator)")
        order = terms.orderAddress
        codes = report.codes.grouped
        issued = report.issued.grouped
        left = report.left.grouped
        enrolled =
            "\(report.enrolled.grouped) of \(report.issued.grouped): \(report.attested.grouped) attested, "
            + "\(report.claimed.grouped) by what the key claims"
        places = report.countries.map {
            Place(placeName: $0.country.name, placeIssued: $0.issued.grouped, placeEnrolled: $0.enrolled.grouped)
        }
        canImport = report.codesToCome > 0
        room =
            report.codesToCome > 0
            ? "There are keys for \(report.codesToCome.counted("more code"))."
            : "Every key has its code; no more can be imported."
        mustConfirm = confirmation
        typedCodes = typed["codes"] ?? ""
        let current = terms.typed
        shown = GiveawayTerms.changeable.map {
            let name = "shown_\($0)"
            return Shown(shownName: name, shownValue: typed[name] ?? current[$0] ?? "")
        }
        func value(_ field: String) -> String { typed[field] ?? current[field] ?? "" }
        typedOpens = value("opens")
        typedCloses = value("closes")
        typedKeys = value("keys")
        typedCountries = value("countries")
        typedOrder = value("order")
        audiences = AudienceChoice.all(chosen: value("eligible"))
        reopening =
            isReopenable
            ? Reopening(reopenedUntil: terms.closesAt.readableAsEnd(), reopenedCloses: terms.closesAt.typedAsClosing)
            : nil
        let lines: [CodeFileRefusal.Problem] =
            if case .lines(let lines) = refusal as? CodeFileRefusal { lines } else { [] }
        problems = NonEmpty(lines.prefix(Self.mostProblems).map(\.sentence))
        let more = lines.count - Self.mostProblems
        moreProblems = more > 0 ? more.counted("more line") : nil
    }
}

extension GiveawayTerms {
    /// The fields of the form with which they are changed.
    static let changeable = ["opens", "closes", "keys", "countries", "eligible", "order"]

    /// As they are typed into that form.
    var typed: [String: String] {
        [
            "opens": opensAt.typedAsOpening, "closes": closesAt.typedAsClosing, "keys": "\(keys)",
            "countries": countries.typed, "eligible": eligibility.rawValue, "order": orderAddress ?? "",
        ]
    }
}

extension [Country] {
    /// As they are typed into a form: `AT, BE`
    fileprivate var typed: String { map(\.code).joined(separator: ", ") }
}

extension GiveawayProgramme.Phase {
    /// For people.
    var words: String {
        switch self {
        case .upcoming: "Not open yet"
        case .open: "Open"
        case .closed: "Closed"
        }
    }
}

extension Timestamp {
    /// As it is typed into a form: a day where it begins with this moment, or `2022-07-08T15:00`.
    fileprivate var typedAsOpening: String { day.start == self ? "\(day)" : String(iso8601Seconds.prefix(16)) }
    /// As it is typed into a form: a day where it ends with this moment.
    fileprivate var typedAsClosing: String { day.start == self ? "\(day - 1)" : typedAsOpening }
}
