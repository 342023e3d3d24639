import Foundation
import Giveaway
import Testing
import UTC

@Suite("What is agreed with a sponsor") struct GiveawayTermsTests {
    @Test("The programme of 2022: 4,000 keys, two to a code, eleven countries")
    func titan() throws {
        let terms = try Titan.terms()
        #expect(terms.keysPerCode == 2 && terms.codes == 2_000 && terms.eligibility == .criticalWithoutKey)
        #expect(
            terms.countries.map(\.name) == [
                "Austria", "Belgium", "Canada", "France", "Germany", "Italy", "Japan", "Spain", "Switzerland",
                "United Kingdom", "United States",
            ])
    }

    @Test("Without countries it is the eleven of 2022, and without a page for orders there is none")
    func usual() throws {
        let terms = try GiveawayTerms(
            sponsor: "Google", models: [KeyModel(parsing: "Titan")], keys: 2, opensAt: Titan.opens,
            closesAt: Titan.closes)
        #expect(try terms.countries == Titan.terms().countries && terms.countries.count == 11)
        #expect(terms.orderAddress == nil)
        let named = try GiveawayChange(orderAddress: "https://example.org/").applied(to: terms, codes: 0)
        #expect(named.orderAddress == "https://example.org/")
        #expect(try GiveawayChange(keys: 4).applied(to: named, codes: 0).orderAddress == "https://example.org/")
        #expect(try GiveawayChange(orderAddress: "").applied(to: named, codes: 0).orderAddress == nil)
        #expect(throws: GiveawayTermsRefusal.orderAddress) {
            try GiveawayChange(orderAddress: "x").applied(to: named, codes: 0)
        }
    }

    @Test("That it would close before it opens is said in the days that were named")
    func contradiction() throws {
        let (opens, closes) = (try GiveawayMoment.opening("2026-12-01"), try GiveawayMoment.closing("2026-11-30"))
        #expect(
            GiveawayTermsRefusal.closesBeforeItOpens(opens: opens, closes: closes).explanation
                == "It would close (the end of 30 Nov 2026, UTC) before it opens (1 Dec 2026, 00:00 UTC). Nothing was changed."
        )
    }

    @Test("It closes after it opens, and not in the same moment")
    func order() throws {
        let opens = Titan.opens
        for closes in [opens, opens - .seconds(1)] {
            #expect(throws: GiveawayTermsRefusal.closesBeforeItOpens(opens: opens, closes: closes)) {
                try Titan.terms(opens: opens, closes: closes)
            }
        }
        _ = try Titan.terms(opens: opens, closes: opens + .microseconds(1))
    }

    @Test("There are keys for at least one code", arguments: [-1, 0, 1, 10_000_001])
    func keys(keys: Int) throws {
        #expect(throws: GiveawayTermsRefusal.keys(keys, perCode: 2)) { try Titan.terms(keys: keys) }
    }

    @Test("An odd key is left over") func odd() throws { #expect(try Titan.terms(keys: 4_001).codes == 2_000) }

    @Test(
        "The sponsor's page is one that people can be sent to",
        arguments: [
            "", "store.example.com", "http://store.example.com/", "javascript:alert(1)", "https://", "https://store/",
            "https://a@b.example.com/", "https://store.example.com/a b", "https://store.example.com/\"x",
            "https://store.example.com/ü",
        ])
    func address(text: String) throws {
        #expect(throws: GiveawayTermsRefusal.orderAddress) { try Titan.terms(address: text) }
    }

    @Test("Without a sponsor, a model or a country there is none")
    func missing() throws {
        func terms(_ sponsor: String, _ models: [KeyModel], _ countries: [Country]) throws {
            _ = try GiveawayTerms(
                sponsor: sponsor, models: models, keys: 2, countries: countries, opensAt: Titan.opens,
                closesAt: Titan.closes, orderAddress: "https://example.org/")
        }
        let austria = [try Country(parsing: "AT")]
        let titan = [try KeyModel(parsing: "Titan")]
        try terms("Google", titan, austria)
        #expect(throws: GiveawayTermsRefusal.sponsor) { try terms(" \n", titan, austria) }
        #expect(throws: GiveawayTermsRefusal.sponsor) { try terms(String(repeating: "x", count: 101), titan, austria) }
        #expect(throws: GiveawayTermsRefusal.noModel) { try terms("Google", [], austria) }
        #expect(throws: GiveawayTermsRefusal.noCountry) { try terms("Google", titan, []) }
    }

    @Test(
        "Names stand in addresses", arguments: ["", "-a", "a-", "a b", "ä", "a/b", String(repeating: "a", count: 61)])
    func badName(text: String) {
        #expect(throws: GiveawayTermsRefusal.name) { try GiveawayName(parsing: text) }
    }

    @Test("Names do not depend on capitals") func name() throws {
        #expect(try GiveawayName(parsing: "Titan-2022") == GiveawayName(parsing: "titan-2022"))
    }

    // swift-format-ignore: a column for each
    static let moments: [(String, opens: String?, closes: String?)] = [
        ("2022-07-08", "2022-07-08T00:00:00", "2022-07-09T00:00:00"),
        ("2022-07-08T15:00", "2022-07-08T15:00:00", "2022-07-08T15:00:00"),
        ("2022-07-08 15:00", "2022-07-08T15:00:00", "2022-07-08T15:00:00"),
        ("2022-07-08T15:00Z", "2022-07-08T15:00:00", "2022-07-08T15:00:00"),
        ("2022-07-08T15:00:07Z", "2022-07-08T15:00:07", "2022-07-08T15:00:07"),
        ("2022-07-08T15:00:07", "2022-07-08T15:00:07", "2022-07-08T15:00:07"),
        ("9999-12-31", "9999-12-31T00:00:00", "9999-12-31T23:59:59"),
        ("9999-12-30", "9999-12-30T00:00:00", "9999-12-31T00:00:00"),
        ("2022-02-30", nil, nil), ("08.07.2022", nil, nil), ("2022-07-08T24:00", nil, nil), ("", nil, nil),
        ("tomorrow", nil, nil), ("2022-07-08T15:00+02:00", nil, nil),
    ]

    @Test("A day opens at its midnight and closes at its end", arguments: moments)
    func moment(text: String, opens: String?, closes: String?) {
        #expect((try? GiveawayMoment.opening(text))?.iso8601Seconds == opens)
        #expect((try? GiveawayMoment.closing(text))?.iso8601Seconds == closes)
    }

    @Test("Until a day and from the same day on is one day, and no contradiction")
    func oneDay() throws {
        _ = try Titan.terms(
            opens: GiveawayMoment.opening("2022-07-08"), closes: GiveawayMoment.closing("2022-07-08"))
    }

    @Test("A change keeps what it does not name, and is held to the same rules")
    func change() throws {
        let terms = try Titan.terms()
        let later = Titan.closes + .days(1)
        let changed = try GiveawayChange(closesAt: later, keys: 5_000).applied(to: terms, codes: 2_000)
        #expect(changed.closesAt == later && changed.keys == 5_000 && changed.countries == terms.countries)
        #expect(throws: GiveawayTermsRefusal.closesBeforeItOpens(opens: later, closes: Titan.closes)) {
            try GiveawayChange(opensAt: later).applied(to: terms, codes: 0)
        }
        #expect(throws: GiveawayTermsRefusal.fewerKeysThanCodes(keys: 3_999, codes: 2_000)) {
            try GiveawayChange(keys: 3_999).applied(to: terms, codes: 2_000)
        }
        #expect(GiveawayChange().isEmpty && !GiveawayChange(keys: 1).isEmpty)
    }
}

@Suite("Models of keys") struct KeyModelTests {
    static let titan = "42b4fb4a-2866-43b2-9bf7-6c6669c2e5d3"

    @Test("are named, with their AAGUIDs where they have them")
    func parse() throws {
        let bare = try KeyModel(parsing: "  Titan  Security Key ")
        #expect(bare.name == "Titan Security Key" && bare.aaguids.isEmpty)
        let full = try KeyModel(
            parsing: "Titan = \(Self.titan.uppercased()), 00000000-0000-0000-0000-000000000001,\(Self.titan)")
        #expect(full.name == "Titan" && full.aaguids == [Self.titan, "00000000-0000-0000-0000-000000000001"])
    }

    @Test(
        "are refused with what is not an AAGUID",
        arguments: [
            "", "42b4fb4a", "42b4fb4a286643b29bf76c6669c2e5d3", "00000000-0000-0000-0000-000000000000",
            "42b4fb4a-2866-43b2-9bf7-6c6669c2e5dg", "42b4fb4a-2866-43b2-9bf76-c6669c2e5d3",
        ])
    func badAAGUID(text: String) {
        #expect(throws: GiveawayTermsRefusal.aaguid(text)) { try KeyModel(parsing: "Titan=\(text)") }
        #expect(throws: GiveawayTermsRefusal.modelName) { try KeyModel(parsing: "=\(Self.titan)") }
    }

    // swift-format-ignore: a column for each
    static let keys: [(aaguid: String?, name: String?, isOne: Bool)] = [
        (titan, nil, true), (titan.uppercased(), "YubiKey 5", true), (nil, "Titan Security Key", true),
        (nil, "Google TITAN Security Key v2", true), (nil, "Titan Security", false),
        (nil, "Titanic Security Key", false),
        (nil, nil, false), ("00000000-0000-0000-0000-000000000001", nil, false), (nil, "", false),
    ]

    @Test("include a key by its AAGUID, or by the name that is known of it", arguments: keys)
    func includes(aaguid: String?, name: String?, isOne: Bool) throws {
        let model = try KeyModel(parsing: "Titan Security Key=\(Self.titan)")
        #expect(model.includes(aaguid: aaguid, modelName: name) == isOne)
    }

    @Test("that nobody could be found to have are refused where models are known")
    func unknown() throws {
        let terms = try Titan.terms(models: [KeyModel(parsing: "Titn"), KeyModel(parsing: "X=\(Self.titan)")])
        try terms.requireKnownModels(among: [])
        try terms.requireKnownModels(among: ["Titn key"])
        #expect(throws: GiveawayTermsRefusal.unknownModel("Titn")) {
            try terms.requireKnownModels(among: ["Titan", "YubiKey 5"])
        }
    }
}

@Suite("Countries") struct CountryTests {
    @Test("are those of ISO 3166, each with its code and a name of its own")
    func all() throws {
        #expect(Country.all.count == 249 && Set(Country.all.map(\.code)).count == 249)
        #expect(Set(Country.all.map { $0.name.lowercased() }).count == 249)
        for country in Country.all {
            #expect(country.code.utf8.count == 2 && country.code.utf8.allSatisfy { (0x41...0x5A).contains($0) })
            #expect(try Country(parsing: country.name) == country && Country(parsing: country.code) == country)
        }
        // The list that every system has for its time zones.
        let path = "/usr/share/zoneinfo/iso3166.tab"
        guard let table = try? String(contentsOfFile: path, encoding: .utf8) else { return }
        let codes = table.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { String($0.prefix(2)) }
        #expect(Set(codes) == Set(Country.all.map(\.code)))
    }

    @Test("are written by code or name", arguments: [" at ", "AT", "austria", "Austria"])
    func parse(text: String) throws { #expect(try Country(parsing: text).name == "Austria") }

    @Test("that do not exist are refused by name", arguments: ["", "XX", "UK", "Austria Hungary", "A", "AUT"])
    func unknown(text: String) {
        #expect(throws: UnknownCountry.self) { try Country(parsing: text) }
        #expect(throws: UnknownCountry.self) { try Country.list(parsing: "AT,\(text.isEmpty ? "-" : text),BE") }
    }

    @Test("of a list count once and come in the order of their names")
    func list() throws {
        #expect(try Country.list(parsing: "us, AT ,at,,Belgium").map(\.code) == ["AT", "BE", "US"])
        #expect(try Country.list(parsing: " ").isEmpty)
        #expect(UnknownCountryHint.text.contains("GB"))
    }

    private enum UnknownCountryHint {
        static var text: String {
            do {
                _ = try Country(parsing: "UK")
                return ""
            } catch { return error.explanation }
        }
    }
}
