import Giveaway
import Giveaways
import Primitives
import UTC

/// Where people see what is given away, ask for a code, and find theirs.
struct GiveawayPage {
    static let path = "/security-key-giveaway/"

    /// A giveaway, as it looks to anyone who is here.
    struct Offer {
        /// Tells the ids of several on one page apart.
        let suffix: String
        let sponsor: String
        let makes: String
        let keysOfCode: String
        let isSeveral: Bool
        let audience: String
        let countries: String
        let opens: String
        let closes: String
        let left: String
        let own: Own?
        let problem: Problem?
        let form: Form?
    }

    /// The code that somebody has.
    struct Own {
        let codeText: String
        let issued: Moment
        let country: String
        /// Nil where the sponsor says elsewhere how to order.
        let order: String?
    }

    /// Why there is none, and what to do.
    struct Problem {
        let problemTitle: String
        let problemText: String
        let remedyPath: String?
        let remedyText: String
    }

    struct Form {
        let giveawayName: String
        let served: [Option]
        let others: [Option]
    }

    struct Option {
        let optionCode: String
        let optionName: String
        let isChosen: Bool
    }

    let offers: [Offer]

    /// - Parameters:
    ///   - chosen: the country that somebody has chosen already.
    ///   - said: what the page says as an answer, and need not say again.
    init(_ views: [Giveaways.View], chosen: Country?, said: (any Refusal)?, at now: Timestamp) {
        offers = views.enumerated().map { number, view in
            Offer(view, suffix: number == 0 ? "" : "-\(number + 1)", chosen: chosen, said: said, at: now)
        }
    }
}

extension GiveawayPage.Offer {
    init(
        _ view: Giveaways.View, suffix: String, chosen: Country?, said: (any Refusal)?, at now: Timestamp
    ) {
        let standing = view.standing
        let terms = standing.giveaway.terms
        let refusal = view.refusal(at: now)
        let own: GiveawayPage.Own? =
            if let code = view.code, let issued = standing.own {
                GiveawayPage.Own(
                    codeText: code, issued: Moment(minuteOf: issued.at), country: issued.country.name,
                    order: terms.orderAddress)
            } else { nil }
        self.init(
            suffix: suffix, sponsor: terms.sponsor, makes: terms.makes, keysOfCode: terms.keysOfCode,
            isSeveral: terms.keysPerCode > 1, audience: terms.audience,
            countries: terms.countries.map(\.name).joined(separator: ", "), opens: terms.opensAt.readableMinute,
            closes: standing.giveaway.endsAt.readableAsEnd().capitalized,
            left: "\(standing.left.grouped) of \(standing.codes.counted("code"))", own: own,
            problem: refusal.flatMap {
                $0 == said as? GiveawayRefusal ? nil : GiveawayPage.Problem($0, at: now, of: standing)
            },
            form: own == nil && refusal == nil
                ? GiveawayPage.Form(standing.giveaway, chosen: chosen) : nil)
    }
}

extension GiveawayPage.Form {
    init(_ giveaway: GiveawayProgramme, chosen: Country?) {
        func option(_ country: Country) -> GiveawayPage.Option {
            GiveawayPage.Option(
                optionCode: country.code, optionName: country.name, isChosen: country == chosen)
        }
        let served = Set(giveaway.terms.countries)
        self.init(
            giveawayName: giveaway.name.text, served: giveaway.terms.countries.map(option),
            others: Country.all.filter { !served.contains($0) }.map(option))
    }
}

extension GiveawayPage.Problem {
    init(_ refusal: GiveawayRefusal, at now: Timestamp, of standing: GiveawayStanding) {
        let giveaway = standing.giveaway
        // Nobody should sign in to hear that it is too early or too late; but anyone who has a code has to.
        let said: GiveawayRefusal =
            if refusal == .notSignedIn {
                switch giveaway.phase(at: now) {
                case .upcoming: .notOpenYet(giveaway.terms.opensAt)
                case .open: refusal
                case .closed: .closed(giveaway.endsAt)
                }
            } else {
                refusal
            }
        let (path, text): (String?, String) =
            switch refusal.remedy {
            // Where no code was given out, nobody has one to look at.
            case .signIn where said != refusal && standing.left == standing.codes: (nil, "")
            case .signIn:
                (
                    "/account/login/?next=\(Paths.percentEncoded(GiveawayPage.path))",
                    said == refusal ? "Sign in" : "Sign in, if you have a code"
                )
            case .seeProjects: ("/manage/projects/", "Your projects")
            case .seeFactors: ("/manage/account/two-factor/", "Your security keys")
            case nil: (nil, "")
            }
        self.init(
            problemTitle: Self.title(of: said), problemText: said.explanation, remedyPath: path, remedyText: text)
    }

    private static func title(of refusal: GiveawayRefusal) -> String {
        switch refusal {
        case .notSignedIn: "Sign in to get a code"
        case .notEligible: "For maintainers of critical projects"
        case .hasKey: "You have a key already"
        case .criticalTooShortly: "Not yet"
        case .countryNotServed(let country, _, _): "Not in \(country)"
        case .notOpenYet: "Not open yet"
        case .closed: "It is over"
        case .noneLeft: "None is left"
        case .none: "Nothing at the moment"
        }
    }
}

extension GiveawayTerms {
    /// Whom it is for: `Owners and maintainers of critical projects, critical for 7 days`
    package var audience: String {
        eligibility.words.capitalized
            + (eligibility == .everybody || criticalDays == 0 ? "" : ", critical for \(criticalDays.counted("day"))")
    }

    /// `Titan Security Key, Titan Mini`
    package var makes: String { models.map(\.name).joined(separator: ", ") }

    /// `two keys`
    var keysOfCode: String {
        switch keysPerCode {
        case 1: "one key"
        case 2: "two keys"
        default: "\(keysPerCode.grouped) keys"
        }
    }
}
