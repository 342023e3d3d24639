import UTC

/// What is agreed with a sponsor. Anyone who has one has it complete and without contradictions.
public struct GiveawayTerms: Sendable, Hashable {
    /// Who gives the keys.
    public let sponsor: String
    public let models: [KeyModel]
    /// How many keys.
    public let keys: Int
    /// How many keys a code is good for.
    public let keysPerCode: Int
    /// Where they are sent, in the order of the names.
    public let countries: [Country]
    /// From when on codes are given out.
    public let opensAt: Timestamp
    /// From when on no more are.
    public let closesAt: Timestamp
    public let eligibility: GiveawayEligibility
    /// Where a code is turned into keys: the sponsor's page. Nil where the sponsor tells people in another way.
    public let orderAddress: String?
    /// For how many days a project must have been critical before it makes its people eligible: otherwise a program
    /// that downloads for an afternoon would make somebody's own project critical, and order keys with it.
    public let criticalDays: Int

    /// How many days where nobody says otherwise: a week, in which somebody looks at a list of critical projects.
    public static let usualCriticalDays = 7
    /// The keys of a code where nobody says otherwise: one to use, one to keep elsewhere.
    public static let usualKeysPerCode = 2
    /// Where keys are sent where nobody says otherwise: the eleven countries of the programme of 2022, in the order of
    /// the names.
    public static let usualCountries = Country.of(["AT", "BE", "CA", "FR", "DE", "IT", "JP", "ES", "CH", "GB", "US"])
    /// The most keys of a giveaway.
    public static let maximumKeys = 10_000_000
    /// The most keys for one code.
    static let maximumKeysPerCode = 1_000
    /// The most days that a project must have been critical.
    static let maximumCriticalDays = 1_000
    /// The most characters of a sponsor's name, and of that of a make.
    static let maximumText = 100

    /// Puts them together, or says what contradicts what.
    public init(
        sponsor: String, models: [KeyModel], keys: Int, keysPerCode: Int = usualKeysPerCode,
        countries: [Country] = usualCountries, opensAt: Timestamp, closesAt: Timestamp,
        eligibility: GiveawayEligibility = .criticalWithoutKey, orderAddress: String? = nil,
        criticalDays: Int = usualCriticalDays
    ) throws(GiveawayTermsRefusal) {
        guard (0...Self.maximumCriticalDays).contains(criticalDays) else { throw .criticalDays(criticalDays) }
        self.criticalDays = criticalDays
        self.sponsor = try Self.line(sponsor, .sponsor)
        guard !models.isEmpty, models.count <= 100 else { throw .noModel }
        guard (1...Self.maximumKeys).contains(keys), (1...Self.maximumKeysPerCode).contains(keysPerCode),
            keysPerCode <= keys
        else {
            throw .keys(keys, perCode: keysPerCode)
        }
        guard !countries.isEmpty else { throw .noCountry }
        guard opensAt < closesAt else { throw .closesBeforeItOpens(opens: opensAt, closes: closesAt) }
        if let orderAddress, !Self.isAddress(orderAddress) { throw .orderAddress }
        self.models = models
        self.keys = keys
        self.keysPerCode = keysPerCode
        self.countries = Country.inOrder(countries)
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.eligibility = eligibility
        self.orderAddress = orderAddress
    }

    /// How many codes there can be.
    public var codes: Int { keys / keysPerCode }

    /// Throws for a model that nobody could ever be found to have: it has no AAGUID, and its name is in none of those
    /// that are known. Where no models are known at all, nothing can be said.
    public func requireKnownModels(among names: [String]) throws(GiveawayTermsRefusal) {
        guard !names.isEmpty else { return }
        for model in models where model.aaguids.isEmpty && !names.contains(where: model.isNamed(in:)) {
            throw .unknownModel(model.name)
        }
    }

    /// A text of one line with something in it.
    static func line(_ text: String, _ refusal: GiveawayTermsRefusal) throws(GiveawayTermsRefusal) -> String {
        let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard (1...maximumText).contains(line.count),
            line.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
        else { throw refusal }
        return line
    }

    /// Whether people can be sent there: `https`, a host, and nothing that would end an attribute or begin a
    /// credential.
    private static func isAddress(_ text: String) -> Bool {
        let rest = text.dropFirst("https://".count)
        let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        return text.lowercased().hasPrefix("https://") && text.utf8.count <= 1_000
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }
            && host.contains(".") && !host.hasPrefix(".") && !host.contains("@")
    }
}

/// What of the terms is changed while a giveaway goes on; nil stays as it is. Sponsor, makes and keys per code do not
/// change: they are what the codes were made for.
public struct GiveawayChange: Sendable, Hashable {
    /// From when on codes are given out.
    public var opensAt: Timestamp?
    /// From when on no more are. A giveaway that was closed opens again with it.
    public var closesAt: Timestamp?
    /// How many keys.
    public var keys: Int?
    /// Where they are sent.
    public var countries: [Country]?
    public var eligibility: GiveawayEligibility?
    /// Where a code is turned into keys; nothing in it takes the address away.
    public var orderAddress: String?
    /// For how many days a project must have been critical.
    public var criticalDays: Int?

    /// A change of what is named.
    public init(
        opensAt: Timestamp? = nil, closesAt: Timestamp? = nil, keys: Int? = nil, countries: [Country]? = nil,
        eligibility: GiveawayEligibility? = nil, orderAddress: String? = nil, criticalDays: Int? = nil
    ) {
        self.criticalDays = criticalDays
        self.opensAt = opensAt
        self.closesAt = closesAt
        self.keys = keys
        self.countries = countries
        self.eligibility = eligibility
        self.orderAddress = orderAddress
    }

    /// Whether nothing is changed.
    public var isEmpty: Bool { self == GiveawayChange() }

    /// The terms afterwards.
    ///
    /// - Parameter codes: how many codes there are: as many keys have to stay.
    public func applied(to terms: GiveawayTerms, codes: Int) throws(GiveawayTermsRefusal) -> GiveawayTerms {
        let order = orderAddress ?? terms.orderAddress ?? ""
        let changed = try GiveawayTerms(
            sponsor: terms.sponsor, models: terms.models, keys: keys ?? terms.keys, keysPerCode: terms.keysPerCode,
            countries: countries ?? terms.countries, opensAt: opensAt ?? terms.opensAt,
            closesAt: closesAt ?? terms.closesAt, eligibility: eligibility ?? terms.eligibility,
            orderAddress: order.isEmpty ? nil : order, criticalDays: criticalDays ?? terms.criticalDays)
        guard changed.codes >= codes else { throw .fewerKeysThanCodes(keys: changed.keys, codes: codes) }
        return changed
    }
}

/// A moment as administrators write it, in UTC: `2022-07-08`, `2022-07-08T15:00` or `2022-07-08T15:00:00Z`.
public enum GiveawayMoment {
    /// From when on; a day begins at its midnight.
    public static func opening(_ text: String) throws(GiveawayTermsRefusal) -> Timestamp {
        guard let moment = Day(iso8601: text)?.start ?? clock(text) else { throw .moment(String(text.prefix(60))) }
        return moment
    }

    /// Until when; of a day, its end, for anyone who says "until Friday" means Friday as well. The last day that can be
    /// written ends a second early: its midnight belongs to a year of five digits, which nobody could read back.
    public static func closing(_ text: String) throws(GiveawayTermsRefusal) -> Timestamp {
        guard let moment = Day(iso8601: text).map(end) ?? clock(text) else { throw .moment(String(text.prefix(60))) }
        return moment
    }

    private static func end(of day: Day) -> Timestamp {
        let end = (day + 1).start
        return end.day.civil.year > 9_999 ? end - .seconds(1) : end
    }

    private static func clock(_ text: String) -> Timestamp? {
        var text = text.replacing(" ", with: "T")
        if !text.hasSuffix("Z") { text += "Z" }
        // Forms send minutes.
        if text.utf8.count == 17 { text = "\(text.dropLast()):00Z" }
        return Timestamp(iso8601: text)
    }
}
