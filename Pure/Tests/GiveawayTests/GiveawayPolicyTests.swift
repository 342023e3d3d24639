import Giveaway
import Primitives
import Testing
import UTC

/// The programme of 2022, as its announcement describes it.
enum Titan {
    static let opens = Timestamp(seconds: 1_657_238_400)  // 2022-07-08
    static let closes = Timestamp(seconds: 1_664_668_800)  // 2022-10-02, the end of 1 October

    static func country(_ code: String) throws -> Country { try Country(parsing: code) }

    static func terms(
        eligibility: GiveawayEligibility = .criticalWithoutKey, models: [KeyModel]? = nil, keys: Int = 4_000,
        opens: Timestamp = opens, closes: Timestamp = closes, address: String? = "https://store.example.com/titan"
    ) throws -> GiveawayTerms {
        try GiveawayTerms(
            sponsor: "Google", models: try models ?? [KeyModel(parsing: "Titan Security Key")], keys: keys,
            countries: try Country.list(parsing: "AT,BE,CA,FR,DE,IT,JP,ES,CH,GB,US"), opensAt: opens, closesAt: closes,
            eligibility: eligibility, orderAddress: address)
    }

    static func programme(
        eligibility: GiveawayEligibility = .criticalWithoutKey, closedAt: Timestamp? = nil
    ) throws -> GiveawayProgramme {
        GiveawayProgramme(
            id: GiveawayID(1), name: try GiveawayName(parsing: "titan-2022"),
            terms: try terms(eligibility: eligibility), createdAt: Timestamp(seconds: 0), closedAt: closedAt)
    }
}

@Suite("Who gets a code for security keys") struct GiveawayPolicyTests {
    /// What a row of the tables ends with.
    enum Outcome: Equatable {
        case newCode, sameCode, notSignedIn, notEligible, hasKey, notOpenYet, closed, notServed, noneLeft
    }

    enum Moment { case before, opening, during, last, closing, after }
    enum Place { case unasked, austria, brazil }

    // The columns are the point: + yes, - no; of the person: maintains a critical project, has a key, has a code.
    // swift-format-ignore
    static let table: [(GiveawayEligibility, String, Moment, Place, left: Int, Outcome)] = [
        // For maintainers of critical projects who have no key.
        (.criticalWithoutKey, "+ - -", .during,  .austria, 1, .newCode),
        (.criticalWithoutKey, "+ - -", .during,  .unasked, 1, .newCode),
        (.criticalWithoutKey, "+ - -", .opening, .austria, 1, .newCode),
        (.criticalWithoutKey, "+ - -", .before,  .austria, 1, .notOpenYet),
        (.criticalWithoutKey, "+ - -", .last,    .austria, 1, .newCode),
        (.criticalWithoutKey, "+ - -", .closing, .austria, 1, .closed),
        (.criticalWithoutKey, "+ - -", .after,   .austria, 1, .closed),
        (.criticalWithoutKey, "+ - -", .during,  .brazil,  1, .notServed),
        (.criticalWithoutKey, "+ - -", .during,  .brazil,  0, .notServed),
        (.criticalWithoutKey, "+ - -", .during,  .austria, 0, .noneLeft),
        (.criticalWithoutKey, "+ - -", .during,  .unasked, 0, .noneLeft),
        (.criticalWithoutKey, "+ + -", .during,  .austria, 1, .hasKey),
        (.criticalWithoutKey, "+ + -", .before,  .austria, 1, .hasKey),
        (.criticalWithoutKey, "+ + -", .during,  .brazil,  0, .hasKey),
        (.criticalWithoutKey, "- - -", .during,  .austria, 1, .notEligible),
        (.criticalWithoutKey, "- + -", .during,  .austria, 1, .notEligible),
        (.criticalWithoutKey, "- - -", .before,  .austria, 1, .notEligible),
        (.criticalWithoutKey, "- - -", .after,   .austria, 1, .closed),
        // Anyone who has a code sees it again, whatever happened since.
        (.criticalWithoutKey, "+ - +", .during,  .austria, 1, .sameCode),
        (.criticalWithoutKey, "+ + +", .during,  .austria, 1, .sameCode),
        (.criticalWithoutKey, "- - +", .during,  .austria, 0, .sameCode),
        (.criticalWithoutKey, "+ - +", .during,  .brazil,  0, .sameCode),
        (.criticalWithoutKey, "+ + +", .closing, .unasked, 0, .sameCode),
        (.criticalWithoutKey, "- + +", .after,   .brazil,  0, .sameCode),
        (.criticalWithoutKey, "- - +", .before,  .unasked, 0, .sameCode),
        // For maintainers of critical projects.
        (.critical,           "+ + -", .during,  .austria, 1, .newCode),
        (.critical,           "+ - -", .during,  .austria, 1, .newCode),
        (.critical,           "- + -", .during,  .austria, 1, .notEligible),
        (.critical,           "+ + -", .before,  .austria, 1, .notOpenYet),
        (.critical,           "+ + -", .during,  .brazil,  1, .notServed),
        (.critical,           "+ + -", .during,  .austria, 0, .noneLeft),
        // For everybody.
        (.everybody,          "- + -", .during,  .austria, 1, .newCode),
        (.everybody,          "- - -", .during,  .austria, 1, .newCode),
        (.everybody,          "- - -", .before,  .austria, 1, .notOpenYet),
        (.everybody,          "- - -", .closing, .austria, 1, .closed),
        (.everybody,          "- - -", .during,  .brazil,  1, .notServed),
        (.everybody,          "- - -", .during,  .austria, 0, .noneLeft),
        (.everybody,          "- - +", .after,   .austria, 0, .sameCode),
    ]

    @Test("follows from what it is for, who asks, when, where and what is left", arguments: table)
    func decide(
        eligibility: GiveawayEligibility, person: String, moment: Moment, place: Place, left: Int, outcome: Outcome
    ) throws {
        let known = person.filter { $0 != " " }.map { $0 == "+" }
        #expect(
            try Self.outcome(
                Titan.programme(eligibility: eligibility),
                GiveawayPerson(
                    criticalSince: known[0] ? Timestamp(seconds: 0) : nil, hasKey: known[1], hasCode: known[2]), moment,
                place, left)
                == outcome)
    }

    @Test("Nobody gets one without signing in, at any time", arguments: GiveawayEligibility.allCases)
    func anonymous(eligibility: GiveawayEligibility) throws {
        for moment in [Moment.before, .during, .after] {
            let programme = try Titan.programme(eligibility: eligibility)
            #expect(try Self.outcome(programme, nil, moment, .austria, 1) == .notSignedIn)
        }
    }

    // The columns are the point.
    // swift-format-ignore
    static let waits: [(GiveawayEligibility, days: Int, criticalFor: Duration, gets: Bool)] = [
        (.critical,           7, .days(7),     true),
        (.critical,           7, .days(7) - .seconds(1), false),
        (.criticalWithoutKey, 7, .days(7),     true),
        (.criticalWithoutKey, 7, .seconds(0),              false),
        (.critical,           0, .seconds(0),              true),
        (.critical,          30, .days(29),    false),
        (.everybody,          7, .seconds(0),              true),
    ]

    @Test("A project must have been critical for some days, and anyone who waits is told until when", arguments: waits)
    func criticalForSomeTime(
        eligibility: GiveawayEligibility, days: Int, criticalFor: Duration, gets: Bool
    ) throws {
        let now = Titan.opens + .days(60)
        let terms = try GiveawayTerms(
            sponsor: "Google", models: [KeyModel(parsing: "Titan")], keys: 10, opensAt: Titan.opens,
            closesAt: Titan.closes, eligibility: eligibility, criticalDays: days)
        let programme = GiveawayProgramme(
            id: GiveawayID(1), name: try GiveawayName(parsing: "titan"), terms: terms,
            createdAt: Timestamp(seconds: 0), closedAt: nil)
        let since = now - criticalFor
        func ask(at moment: Timestamp) throws -> GiveawayPolicy.Decision {
            try GiveawayPolicy.decide(
                programme, for: GiveawayPerson(criticalSince: since), in: nil, codesLeft: 1, at: moment)
        }
        guard !gets else {
            #expect(try ask(at: now) == .newCode)
            return
        }
        let until = since + .days(days)
        #expect(throws: GiveawayRefusal.criticalTooShortly(days: days, until: until)) { try ask(at: now) }
        #expect(try ask(at: until) == .newCode)
    }

    @Test("A giveaway that was closed early gives nothing more, and what it gave is still shown")
    func closedEarly() throws {
        let programme = try Titan.programme(closedAt: Titan.opens + .seconds(60))
        let maintainer = GiveawayPerson(criticalSince: Timestamp(seconds: 0))
        #expect(try Self.outcome(programme, maintainer, .opening, .austria, 1) == .newCode)
        #expect(try Self.outcome(programme, maintainer, .during, .austria, 1) == .closed)
        #expect(
            throws: GiveawayRefusal.closed(Titan.opens + .seconds(60)),
            performing: {
                try GiveawayPolicy.decide(programme, for: maintainer, in: nil, codesLeft: 1, at: Titan.closes)
            })
        let holder = GiveawayPerson(hasCode: true)
        #expect(try Self.outcome(programme, holder, .after, .austria, 0) == .sameCode)
        // Closed before it opened: it never opens.
        let never = try Titan.programme(closedAt: Titan.opens - .seconds(60))
        #expect(try Self.outcome(never, maintainer, .during, .austria, 1) == .closed)
    }

    @Test("Each refusal has words of its own, a code of its own, and says what to do where something can be done")
    func refusals() throws {
        let brazil = try Titan.country("BR")
        let served = try Titan.terms().countries
        let all: [(GiveawayRefusal, GiveawayRefusal.Remedy?)] = [
            (.notSignedIn, .signIn), (.notEligible, .seeProjects), (.hasKey, .seeFactors),
            (.countryNotServed(brazil, sponsor: "Google", served: served), .seeFactors),
            (.notOpenYet(Titan.opens), nil), (.closed(Titan.closes), .seeFactors), (.noneLeft, .seeFactors),
            (.none, nil), (.criticalTooShortly(days: 7, until: Titan.opens), nil),
        ]
        #expect(Set(all.map(\.0.code)).count == all.count && Set(all.map(\.0.explanation)).count == all.count)
        for (refusal, remedy) in all { #expect(refusal.remedy == remedy, "\(refusal)") }
        #expect(
            all[3].0.explanation.contains("Google does not send keys to Brazil. It sends them to Austria, Belgium,"))
        #expect(all[3].0.explanation.contains("United Kingdom and United States."))
        #expect(all[4].0.explanation.contains("8 Jul 2022, 00:00 UTC"))
        #expect(all[5].0.explanation.contains("the end of 1 Oct 2022"))
    }

    private static func outcome(
        _ programme: GiveawayProgramme, _ person: GiveawayPerson?, _ moment: Moment, _ place: Place, _ left: Int
    ) throws -> Outcome {
        let now =
            switch moment {
            case .before: Titan.opens + .microseconds(-1)
            case .opening: Titan.opens
            case .during: Titan.opens + .days(1)
            case .last: Titan.closes + .microseconds(-1)
            case .closing: Titan.closes
            case .after: Titan.closes + .days(365)
            }
        let country: Country? =
            switch place {
            case .unasked: nil
            case .austria: try Titan.country("AT")
            case .brazil: try Titan.country("BR")
            }
        do {
            return switch try GiveawayPolicy.decide(programme, for: person, in: country, codesLeft: left, at: now) {
            case .newCode: .newCode
            case .sameCode: .sameCode
            }
        } catch {
            return switch error {
            case .notSignedIn: .notSignedIn
            case .notEligible: .notEligible
            case .hasKey: .hasKey
            case .criticalTooShortly: throw error
            case .notOpenYet: .notOpenYet
            case .closed: .closed
            case .countryNotServed: .notServed
            case .noneLeft: .noneLeft
            case .none: throw error
            }
        }
    }
}
