import UTC

/// What came of a giveaway, in figures.
public struct GiveawayReport: Sendable, Hashable {
    /// What became of one code that was given out. Not the code, and not who has it.
    public struct Issue: Sendable, Hashable {
        /// What the person declared.
        public var country: Country
        public var at: Timestamp
        /// The security keys that the person has now.
        public var keys: [EnrolledKey]

        /// What became of one code.
        public init(country: Country, at: Timestamp, keys: [EnrolledKey]) {
            self.country = country
            self.at = at
            self.keys = keys
        }
    }

    /// As much of a security key as says which make it is.
    public struct EnrolledKey: Sendable, Hashable {
        /// The model's AAGUID, where it has one.
        public var aaguid: String?
        /// The model's name, where it is known.
        public var modelName: String?
        /// When it was enrolled.
        public var addedAt: Timestamp
        /// Whether its model is attested; otherwise it is what the key, or the browser, claims.
        public var isAttested: Bool

        /// As much of a key as says which make it is.
        public init(aaguid: String?, modelName: String?, addedAt: Timestamp, isAttested: Bool = false) {
            self.isAttested = isAttested
            self.aaguid = aaguid
            self.modelName = modelName
            self.addedAt = addedAt
        }
    }

    /// The figures of one country.
    public struct Row: Sendable, Hashable {
        public var country: Country
        /// How many codes were given to people who say that they are there.
        public var issued: Int
        /// How many of those people have enrolled a key of the sponsor's since.
        public var enrolled: Int
        /// How many of these have one whose model is attested.
        public var attested: Int
        /// How many of these have only such as claim to be of that make.
        public var claimed: Int { enrolled - attested }
    }

    public let giveaway: GiveawayProgramme
    /// How many codes were imported.
    public let codes: Int
    /// How many of them were given out.
    public let issued: Int
    /// How many of those who have one enrolled a key of the sponsor's models since.
    public let enrolled: Int
    /// How many of these have one whose model is attested.
    public let attested: Int
    /// How many of these have only such as claim to be of that make: anybody can write a program that does.
    public var claimed: Int { enrolled - attested }
    /// For each country that is served or was, in the order of the names.
    public let countries: [Row]

    /// How many codes nobody has.
    public var left: Int { codes - issued }
    /// How many keys the codes that were given out are good for.
    public var keysPromised: Int { issued * giveaway.terms.keysPerCode }
    /// How many more codes there are keys for.
    public var codesToCome: Int { max(0, giveaway.terms.codes - codes) }

    /// Counts.
    ///
    /// - Parameters:
    ///   - codes: how many codes were imported, those given out included.
    ///   - issues: every code that was given out.
    public init(of giveaway: GiveawayProgramme, codes: Int, issues: [Issue]) {
        let enrolled = issues.filter { Self.hasEnrolled($0, giveaway.terms.models) }
        let attested = enrolled.filter { Self.hasEnrolled($0, giveaway.terms.models, attested: true) }
        let attestedByCountry = Dictionary(grouping: attested, by: \.country)
        let byCountry = Dictionary(grouping: issues, by: \.country)
        let enrolledByCountry = Dictionary(grouping: enrolled, by: \.country)
        self.giveaway = giveaway
        self.codes = codes
        issued = issues.count
        self.enrolled = enrolled.count
        self.attested = attested.count
        countries = Country.inOrder(giveaway.terms.countries + byCountry.keys).map {
            Row(
                country: $0, issued: byCountry[$0]?.count ?? 0, enrolled: enrolledByCountry[$0]?.count ?? 0,
                attested: attestedByCountry[$0]?.count ?? 0)
        }
    }

    /// Whether the person added a key of one of these makes after the code was given out.
    ///
    /// - Parameter isAttested: whether only keys count whose model is attested.
    static func hasEnrolled(_ issue: Issue, _ models: [KeyModel], attested isAttested: Bool = false) -> Bool {
        issue.keys.contains { key in
            key.addedAt >= issue.at && (key.isAttested || !isAttested)
                && models.contains { $0.includes(aaguid: key.aaguid, modelName: key.modelName) }
        }
    }
}
