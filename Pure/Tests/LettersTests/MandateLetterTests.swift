import PackagingFormats
import Testing
import UTC

@testable import Accounts
@testable import Acts
@testable import Letters
@testable import Policy

@Suite("A letter about critical projects") struct MandateLetterTests {
    /// A day's beginning: it is what demands bind from.
    static let now = Day(number: 20_000).start + .hours(12)
    static let nothing = FactorHoldings()
    static let app = FactorHoldings(strongest: .secondFactor)
    static let key = FactorHoldings(strongest: .phishingResistant, securityKeys: 1)

    static func day(_ days: Int64) -> Day { now.day + Int(days) }

    /// From the beginning of the day in so many days; nil for a day that is not set.
    static func from(_ days: Int64?) -> Timestamp? { days.map { day($0).start } }

    static func news(
        _ name: String, _ asked: [(Demand.Requirement, days: Int64?)], pendingFactor: PendingFactor? = nil,
        tokens: WeakTokens = .none,
        canDelay: Bool = false
    ) throws -> MandateNews {
        MandateNews(
            designation: Designation(
                name: try ProjectName(parsing: name), reason: .downloads(rank: 3, count: 4_567), asOf: now.day,
                windowDays: 183, designatedAt: now),
            role: .owner,
            asked: asked.map { what, days in
                DatedDemand(Demand(what, noticedAt: now, bindsAt: from(days) ?? now), from: from(days))
            }, pendingFactor: pendingFactor, tokens: tokens, canDelay: canDelay)
    }

    static func letter(
        _ news: [MandateNews], _ holdings: FactorHoldings, hasFreeKey: Bool = false
    ) throws -> Letter {
        Letter(mandate: news, to: try Username(parsing: "ada"), with: holdings, hasFreeKey: hasFreeKey, at: now)
    }

    static func text(_ letter: Letter) -> String {
        ([letter.subject] + letter.paragraphs + letter.facts.map { "\($0.name): \($0.value)" }
            + [letter.link?.label ?? ""] + (letter.pointers ?? []).flatMap { [$0.text] + $0.paths }).joined(
                separator: "\n")
    }

    @Test("says which projects, why, what is asked, before when, how, and where a free key is")
    func whole() throws {
        let letter = try Self.letter(
            [
                try Self.news("demo", [(.phishingResistant, 30)], canDelay: true),
                try Self.news("other", [(.phishingResistant, 30)], canDelay: true),
                try Self.news("third", [(.secondFactor, 30)]),
            ], Self.app, hasFreeKey: true)
        #expect(
            letter.subject
                == "2 of your projects: please add a security key or passkey before \(Self.day(30).readable)")
        #expect(letter.facts.map(\.name) == ["demo", "other", "third"])
        let text = Self.text(letter)
        for part in [
            "number 3 by downloads, 4,567 in 183 days",
            "Asked: a security key or passkey, from \(Self.day(30).readable) on.",
            "From \(Self.day(30).readable) on, publishing to demo and other", "You are an owner", "14 days",
            "once for each of these projects",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(
            letter.pointers?.map(\.paths) == [
                ["/security-key-giveaway/"], ["/manage/project/demo/security/", "/manage/project/other/security/"],
            ])
        #expect(letter.link?.path == "/manage/account/two-factor/")
        // Whatever stands on a day is refused on it: nothing is due "by" it, and nothing begins "after" it.
        #expect(!text.contains(" by \(Self.day(30).readable)") && !text.contains("fter that day"))
    }

    @Test("asks for nothing where nothing lacks")
    func ready() throws {
        let letter = try Self.letter([try Self.news("demo", [(.secondFactor, 30)])], Self.key, hasFreeKey: true)
        #expect(letter.subject == "demo is critical: you have what is asked for")
        #expect(letter.pointers == nil && letter.link?.path == "/security/")
    }

    @Test("says now only of what binds now and lacks")
    func severalDemands() throws {
        // The second factor binds and is there; a spare is asked for later.
        let letter = try Self.letter([try Self.news("demo", [(.secondFactor, -1), (.spare, 30)])], Self.key)
        #expect(
            letter.subject
                == "demo: please add a second key or printed recovery codes before \(Self.day(30).readable)")
        #expect(!Self.text(letter).contains("now takes") && Self.text(letter).contains("until then nothing changes"))
        #expect(Self.text(letter).contains("Asked: a second factor, since \(Self.day(-1).readable); two security keys"))
    }

    @Test("says what is refused already, beside what will be")
    func refusedAlready() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, -9)]), try Self.news("other", [(.phishingResistant, 30)])],
            Self.nothing)
        #expect(letter.subject == "Publishing to demo now takes a second factor")
        let text = Self.text(letter)
        #expect(text.contains("Publishing to demo and changing it is refused until your account has a second factor."))
        #expect(
            text.contains(
                "From \(Self.day(30).readable) on, publishing to other and changing it also takes a security key or passkey."
            ))
        #expect(!text.contains("nothing changes for you"))
    }

    @Test("names what binds now by what lacks, not by what comes")
    func whatLacks() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, -9), (.phishingResistant, 30)])], Self.app)
        #expect(letter.subject == "demo: please add a security key or passkey before \(Self.day(30).readable)")
    }

    // swift-format-ignore
    static let spares: [(FactorHoldings, [Demand.Requirement], String)] = [
        (nothing, [.spare], "two security keys, or one and printed recovery codes"),
        (app,     [.spare], "two security keys, or one and printed recovery codes"),
        (key,     [.spare], "a second key or printed recovery codes"),
        (nothing, [.secondFactor, .spare], "two security keys, or one and printed recovery codes"),
        (app,     [.phishingResistant, .spare], "two security keys, or one and printed recovery codes"),
        (key,     [.attestedHardware, .spare], "a security key whose model is attested"),
        (app,     [.attestedHardware, .spare],
            "a security key whose model is attested, and a second key or printed recovery codes"),
    ]

    @Test("asks for what fulfils a spare with what the account has", arguments: spares)
    func spare(holdings: FactorHoldings, what: [Demand.Requirement], words: String) throws {
        let letter = try Self.letter([try Self.news("demo", what.map { ($0, days: 0) })], holdings)
        #expect(letter.subject == "Publishing to demo now takes \(words)")
        #expect(letter.link?.label == "Add \(words)")
    }

    @Test("says that a first factor waits three days, and names the earlier day while there is time")
    func firstFactor() throws {
        let early = try Self.letter([try Self.news("demo", [(.secondFactor, 30)])], Self.nothing)
        #expect(early.subject == "demo: please add a second factor before \(Self.day(27).readable)")
        #expect(
            Self.text(early).contains(
                "counts three days after it was added: add yours before \(Self.day(27).readable)."))
        #expect(Self.text(early).contains("From \(Self.day(30).readable) on"))
        let late = try Self.letter([try Self.news("demo", [(.secondFactor, 1)])], Self.nothing)
        #expect(late.subject == "demo: please add a second factor before \(Self.day(1).readable)")
        #expect(Self.text(late).contains("counts three days after it was added. A co-owner"))
        let another = try Self.letter([try Self.news("demo", [(.phishingResistant, 30)])], Self.app)
        #expect(!Self.text(another).contains("three days"))
    }

    @Test("says from when a new factor counts, where that is later than it is asked for")
    func pendingFactor() throws {
        let until = Self.now + .days(2)
        let pendingFactor = PendingFactor(from: Self.now, until: until)
        let letter = try Self.letter(
            [try Self.news("demo", [(.secondFactor, 0)], pendingFactor: pendingFactor)], Self.key)
        #expect(letter.subject == "demo: your second factor counts from \(until.day.readable) on")
        #expect(Self.text(letter).contains("it counts from \(until.readableMinute) on. Until then publishing"))
        #expect(!Self.text(letter).contains("sign in with it as you do"))
    }

    @Test("is about tokens that are too weak, where nothing else lacks")
    func tokens() throws {
        let refused = WeakTokens(refused: ["“laptop”"], later: [], from: nil, needed: .secondFactor)
        let now = try Self.letter([try Self.news("demo", [(.secondFactor, 0)], tokens: refused)], Self.app)
        #expect(now.subject == "demo: API tokens of yours are refused")
        #expect(Self.text(now).contains("Refused already, because that was too little: “laptop”."))
        #expect(Self.text(now).contains("Make new ones in a session with a second factor"))
        #expect(now.link?.path == "/manage/account/token/")
        let later = WeakTokens(refused: [], later: ["“ci”"], from: Self.from(30), needed: .phishingResistant)
        let soon = try Self.letter([try Self.news("demo", [(.phishingResistant, 30)], tokens: later)], Self.key)
        #expect(soon.subject == "demo: please make new API tokens before \(Self.day(30).readable)")
        #expect(Self.text(soon).contains("From \(Self.day(30).readable) on, these are refused: “ci”."))
    }

    @Test("has whole addresses in both parts, and fits a phone whatever a project is called")
    func rendered() throws {
        let letter = try Self.letter(
            [try Self.news("demo", [(.phishingResistant, 30)], canDelay: true)], Self.app, hasFreeKey: true)
        let mail = letter.rendered(
            to: try EmailAddress(parsing: "ada@example.org"), from: LetterHead(baseURL: "https://packages.example.org"))
        for path in ["/security-key-giveaway/", "/manage/project/demo/security/"] {
            #expect(mail.text.split(separator: "\n").contains { $0 == "https://packages.example.org\(path)" })
            #expect(mail.html.contains("href=\"https://packages.example.org\(path)\""))
        }
        #expect(mail.html.contains("overflow-wrap:anywhere") && mail.html.contains("table-layout:fixed"))
    }
}
